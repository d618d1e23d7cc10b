package importer

import (
	"context"
	"iter"
	"slices"

	"github.com/usher-go/usher/users"
)

// unasked appends those of the row's keys that the store was not asked about.
func (t *turn) unasked(to []uint32) []uint32 {
	for i := range t.keys {
		if k := &t.keys[i]; t.plan.keyUnasked(k) {
			t.plan.keys.state[k.id].fact = factNone // asked once
			to = append(to, k.id)
		}
	}
	return to
}

// wanting is what the decisions about rows want to know of the store, beyond who
// holds the keys that stand in the rows.
type wanting struct {
	keys      []uint32      // keys that follow from what a record is now
	held, led []int32       // people whose things, and whose team, a row may change
	present   []users.ID    // whom people refer to now
	above     map[step]bool // where references lead from
	leading   bool          // how many admins the account has
}

// lookUp asks the store about keys, and then, one round for each question, what
// follows from the answers for those rows.
func (p *plan) lookUp(ctx context.Context, keys []uint32, rows iter.Seq[uint32]) error {
	if err := ctx.Err(); err != nil {
		for _, k := range keys {
			p.keys.state[k].fact = factUnasked
		}
		return err
	}
	if err := p.facts.ask(ctx, keys); err != nil {
		return err
	}
	if err := p.bindActor(ctx); err != nil {
		return err
	}
	if len(p.facts.recs) == 0 {
		return nil // no one is known: no one has, leads or refers to anything
	}

	return p.askAll(ctx, p.collect(rows))
}

// bindActor reads what the account's catalogue says of the roles the actor may
// give, once a row gives or takes any.
func (p *plan) bindActor(ctx context.Context) error {
	if !p.grants || p.bound {
		return nil
	}
	actor, err := p.dir.ActorIn(ctx, p.account)
	if err != nil {
		p.actor = p.dir.Actor()
		return err
	}
	p.actor, p.bound = actor, true
	return nil
}

// collect gathers what the decisions about the rows want to know.
func (p *plan) collect(rows iter.Seq[uint32]) *wanting {
	w := &wanting{above: map[step]bool{}}
	for r := range rows {
		p.read(r).want(w)
	}
	return w
}

// want adds what the decision about the row wants to know.
func (t *turn) want(w *wanting) {
	d, rec := &t.says, t.person()
	w.keys = t.unasked(w.keys)
	t.referred(w.above)
	if rec < 0 {
		return
	}

	if len(d.releases) > 0 || d.deletes {
		w.held = append(w.held, rec)
		if d.restores != nil {
			w.led = append(w.led, rec)
		}
	}
	w.leading = w.leading || d.deletes || t.leadDelta(rec) < 0

	refersBy := func(field string) {
		w.present = append(w.present, users.ID(t.plan.facts.recs[rec].Field(field)))
	}
	for i := range t.keys {
		if k := &t.keys[i]; k.rel == relRefer {
			refersBy(k.field)
		}
	}
	for i := range d.wants {
		if d.wants[i].unrefer {
			refersBy(d.wants[i].field)
		}
	}
	if d.restores != nil {
		for _, field := range references {
			refersBy(field)
		}
	}
}

// referred notes the stored people whom the row refers to.
func (t *turn) referred(at map[step]bool) {
	for i := range t.keys {
		if k := &t.keys[i]; k.rel == relRefer && !k.space.Managed() {
			if rec := t.plan.facts.holderOf(k.id); rec >= 0 {
				at[step{rec, k.field}] = true
			}
		}
	}
}

// askAll asks what is wanted, one round each. Keys come first: until they are
// asked they count as held by no one. People are named last, because every round
// may bring records that someone holds.
func (p *plan) askAll(ctx context.Context, w *wanting) error {
	f := p.facts
	rounds := []func() error{
		func() error { return f.ask(ctx, w.keys) },
		func() error { return p.askLeading(ctx, w.leading) },
		func() error { return f.askIDs(ctx, w.present) },
		func() error { return f.askHeld(ctx, w.held) },
		func() error { return f.askLed(ctx, w.led) },
		func() error { return f.askAbove(ctx, w.above) },
		func() error { return f.askPeople(ctx) },
	}
	for _, round := range rounds {
		if err := round(); err != nil {
			return err
		}
	}
	return nil
}

// askLeading counts the account's admins, once a row may leave too few.
func (p *plan) askLeading(ctx context.Context, wanted bool) error {
	if !wanted || p.asked {
		return nil
	}
	err := p.facts.askLeading(ctx)
	p.asked = err == nil
	return err
}

// makesFirst reports whether rows make admins of an account that has none.
func (p *plan) makesFirst(ctx context.Context) (bool, error) {
	if p.keys.state[p.leadKey()].head[chainRelease] == none || p.dir.Actor().Unbound() {
		return false, nil
	}
	q := users.Query{Kind: users.KindUser, Scope: users.Scope{Accounts: []users.AccountID{p.account}}, Limit: 1, Having: users.Leading()}
	page, err := p.dir.List(ctx, q)
	return err == nil && len(page.Records) == 0, err
}

// refresh looks rows up again: their keys, their people and what these have.
func (p *plan) refresh(ctx context.Context, rows []uint32) error {
	keys := p.unplaceAll(rows)
	holders := p.forgetHolders(keys)
	p.facts.leading, p.asked = -1, false
	if err := p.lookUp(ctx, keys, slices.Values(rows)); err != nil {
		return err
	}
	if err := p.facts.askHeld(ctx, holders); err != nil {
		return err
	}

	for _, r := range rows {
		p.read(r).place(func(uint32) {})
	}
	return nil
}

// unplaceAll takes rows out of all chains, and returns the keys that the store
// may hold of those they were at, and of those they name.
func (p *plan) unplaceAll(rows []uint32) []uint32 {
	var keys []uint32
	for _, r := range rows {
		p.unplace(r, func(key uint32) {
			if space, id := p.keys.parts(key); space == spaceReferrer { // the person may refer to another by now
				key = p.keys.key(users.SpaceID, id)
			}
			keys = append(keys, key)
		})
		for _, k := range p.read(r).keys {
			keys = append(keys, k.id)
		}
	}

	slices.Sort(keys)
	keys = slices.Compact(keys)
	return slices.DeleteFunc(keys, func(k uint32) bool {
		s := p.keys.spaceOf(k)
		return s.Kind() == "" && s != users.SpaceID
	})
}

// forgetHolders forgets who holds keys, and returns the people among them whose
// things were asked for.
func (p *plan) forgetHolders(keys []uint32) []int32 {
	f := p.facts
	var holders []int32
	for _, k := range keys {
		if rec := f.holderOf(k); rec >= 0 {
			if _, asked := f.held[rec]; asked {
				delete(f.held, rec)
				delete(f.led, rec)
				holders = append(holders, rec)
			}
			f.forget(rec)
		}
		p.keys.state[k].fact = factNone
	}
	return holders
}
