package importer

import (
	"context"
	"iter"

	"github.com/usher-go/usher/users"
)

// unasked appends the drafted row's keys that the store has not been asked about.
func (t *turn) unasked(to []uint32) []uint32 {
	for i := range t.keys {
		if k := &t.keys[i]; t.plan.keyUnasked(k) {
			t.plan.keys.state[k.id].fact = factNone // asked once
			to = append(to, k.id)
		}
	}
	return to
}

// learnAll asks the store about keys, and then, one round for each, about what
// the people of those rows have, and about those who hold what the rows name.
func (p *plan) learnAll(ctx context.Context, keys []uint32, rows iter.Seq[uint32]) error {
	err := ctx.Err()
	if err == nil {
		err = p.ask(ctx, keys)
	}
	if err != nil {
		for _, k := range keys {
			p.keys.state[k].fact = factUnasked
		}
		return err
	}
	if p.grants && !p.bound {
		if p.actor, err = p.dir.ActorIn(ctx, p.account); err != nil {
			p.actor = p.dir.Actor()
			return err
		}
		p.bound = true
	}
	if len(p.facts.recs) == 0 {
		return nil // nobody is known: nobody has, leads or refers to anything
	}
	var people, leaders []int32
	var more []uint32 // keys that follow from what a record is now
	var present []users.ID
	above := map[step]bool{}
	for r := range rows {
		t := p.read(r)
		d, rec := &t.says, t.person()
		if rec >= 0 && (len(d.releases) > 0 || d.deletes) {
			people = append(people, rec)
			if d.restores != nil {
				leaders = append(leaders, rec)
			}
		}
		more = t.unasked(more)
		if !p.asked && rec >= 0 && (d.deletes || t.leadDelta(rec) < 0) {
			if err := p.askLeading(ctx); err != nil {
				return err
			}
			p.asked = true
		}
		t.steps(above)
		for i := range t.keys {
			if k := &t.keys[i]; k.rel == relRefer && rec >= 0 { // whom the person refers to now
				present = append(present, users.ID(p.facts.recs[rec].Field(k.field)))
			}
		}
		for i := range d.wants {
			if w := &d.wants[i]; w.unrefer && rec >= 0 {
				present = append(present, users.ID(p.facts.recs[rec].Field(w.field)))
			}
		}
		if d.restores != nil && rec >= 0 {
			for _, f := range references {
				present = append(present, users.ID(p.facts.recs[rec].Field(f)))
			}
		}
	}
	if err := p.ask(ctx, more); err != nil {
		for _, k := range more {
			p.keys.state[k].fact = factUnasked
		}
		return err
	}
	if err := p.askIDs(ctx, present); err != nil {
		return err
	}
	if err := p.askHeld(ctx, people); err != nil {
		return err
	}
	err = p.askLed(leaders, func(keys []users.Key) ([]users.Record, error) {
		found, err := p.find(ctx, keys)
		return found.Records, err
	})
	if err != nil {
		return err
	}
	if err := p.askAbove(ctx, above); err != nil {
		return err
	}
	return p.askPeople(ctx)
}
