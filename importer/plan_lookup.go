package importer

import (
	"context"
	"iter"
	"slices"

	"github.com/usher-go/usher/users"
)

// unasked appends the row's keys about which the store was not asked, and marks
// them as asked, so that no key is asked twice.
func (t *turn) unasked(to []uint32) []uint32 {
	for i := range t.keys {
		if k := &t.keys[i]; t.plan.keyUnasked(k) {
			t.plan.keys.state[k.id].fact = factNone
			to = append(to, k.id)
		}
	}
	return to
}

// wanting is what decisions about rows need to know of the store, beyond the holders
// of the keys in their cells.
type wanting struct {
	keys      []uint32      // keys that follow from what a record is now
	held, led []int32       // people whose things, or whose team, a row may change
	present   []users.ID    // records to which people refer now
	above     map[step]bool // stored references to follow
	admins    bool          // the number of the account's admins
}

// lookUp asks the store about keys. Then it asks about what follows from the answers
// for those rows, one round for each question.
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

// bindActor reads from the account's catalogue which roles the actor may give. It
// does so once, as soon as a row gives or takes a role.
func (p *plan) bindActor(ctx context.Context) error {
	if !p.grants || p.bound {
		return nil
	}

	actor, err := p.dir.ActorIn(ctx, p.account)
	if err != nil {
		return err
	}
	p.actor, p.bound = p.asUndoing(actor), true
	return nil
}

// asUndoing returns the actor as one who undoes an import, if the plan does.
func (p *plan) asUndoing(a users.Actor) users.Actor {
	if p.undo != nil {
		return a.Restoring()
	}
	return a
}

// collect returns what the decisions about the rows need to know.
func (p *plan) collect(rows iter.Seq[uint32]) *wanting {
	w := &wanting{above: map[step]bool{}}
	for r := range rows {
		p.read(r).want(w)
	}

	for rec := range p.giving {
		for field := range p.referring {
			w.above[step{rec, field}] = true
		}
	}
	return w
}

// givers notes the row's stored person if the row gives them a key, and the fields by
// which rows refer: a reference by that key leads to the person, and on from there.
func (t *turn) givers(rec int32) {
	for i := range t.keys {
		switch k := &t.keys[i]; {
		case k.rel == relRefer && !k.space.Managed():
			t.plan.referring[k.field] = true
		case rec >= 0 && k.isClaim() && k.space.Field() != "" && t.plan.facts.holderOf(k.id) != rec:
			t.plan.giving[rec] = true
		}
	}
}

// want adds what the decision about the row needs to know.
func (t *turn) want(w *wanting) {
	d, rec := &t.says, t.person()
	w.keys = t.unasked(w.keys)
	t.referred(w.above)
	t.givers(rec)
	if rec < 0 {
		return
	}

	if len(d.releases) > 0 || d.deletes {
		w.held = append(w.held, rec)
		if d.restores != nil || d.deletes {
			w.led = append(w.led, rec)
		}
	}
	w.admins = w.admins || d.deletes || t.adminDelta(rec) < 0

	// A reference is compared with the record it names now.
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

// referred notes the row's references to stored people.
func (t *turn) referred(at map[step]bool) {
	for i := range t.keys {
		k := &t.keys[i]
		if k.rel != relRefer || k.space.Managed() {
			continue
		}
		if rec := t.plan.facts.holderOf(k.id); rec >= 0 {
			at[step{rec, k.field}] = true
		}
	}
}

// askAll asks what is wanted, one round each. Keys come first: until they are asked
// they count as unused. Holders come last, because every round may bring records
// that a person holds.
func (p *plan) askAll(ctx context.Context, w *wanting) error {
	f := p.facts
	rounds := []func() error{
		func() error { return f.ask(ctx, w.keys) },
		func() error { return p.askAdmins(ctx, w.admins) },
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

// askAdmins counts the account's admins, once a row may leave too few.
func (p *plan) askAdmins(ctx context.Context, wanted bool) error {
	if !wanted || p.asked {
		return nil
	}
	err := p.facts.askAdmins(ctx)
	p.asked = err == nil
	return err
}

// makesFirst reports whether rows make admins of an account that has none.
func (p *plan) makesFirst(ctx context.Context) (bool, error) {
	if p.keys.state[p.adminKey()].head[chainRelease] == none || p.dir.Actor().Unbound() {
		return false, nil
	}
	q := users.Query{Kind: users.KindUser, Scope: users.Scope{Accounts: []users.AccountID{p.account}}, Limit: 1, Having: users.Leading()}
	page, err := p.dir.List(ctx, q)
	return err == nil && len(page.Records) == 0, err
}

// refresh looks rows up again: their keys, their people, and what these people hold.
func (p *plan) refresh(ctx context.Context, rows []uint32) error {
	// The rows leave their keys first: where they belong follows from the new facts.
	keys := p.unplaceAll(rows)
	holders := p.forgetHolders(keys)
	p.facts.admins, p.asked = -1, false

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

// unplaceAll takes rows out of all chains. It returns the keys to look up again:
// those the rows were at and those they name, as far as the store may hold them.
func (p *plan) unplaceAll(rows []uint32) []uint32 {
	var keys []uint32
	for _, r := range rows {
		p.unplace(r, func(key uint32) {
			space, id := p.keys.parts(key)
			if space == spaceReferrer { // the person may refer to another one by now
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

// forgetHolders forgets which records hold keys. It returns those of the records
// that are people whose things were asked for.
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
