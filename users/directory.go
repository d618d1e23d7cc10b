package users

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"
)

// A Directory is one actor's view of a [Store], and the only way to it. A record out
// of the actor's reach is not found. A Directory is cheap to open: open one per
// request. Several goroutines may use it.
type Directory struct {
	store Store // a panic is an error
	bare  Store
	actor Actor
	opts  Options

	mu       sync.Mutex
	partners []AccountID // partners' own accounts, once they were read
	asked    bool
}

// Options configure a [Directory]. The zero value and nil mean the defaults.
type Options struct {
	// Now returns the time. Default: time.Now.
	Now func() time.Time
	// NewID returns a new id. Default: [NewID].
	NewID func() ID
}

// Open returns the actor's view of the store. opts may be nil. A panic inside the
// store is returned as [ErrPanic].
func Open(s Store, a Actor, opts *Options) *Directory {
	d := &Directory{store: guarded{s}, bare: s, actor: a}
	if opts != nil {
		d.opts = *opts
	}
	if d.opts.Now == nil {
		d.opts.Now = time.Now
	}
	if d.opts.NewID == nil {
		d.opts.NewID = NewID
	}
	return d
}

// Actor returns the actor of the Directory.
func (d *Directory) Actor() Actor { return d.actor }

// ActorIn returns the actor of the Directory, bound by the account's catalogue of
// roles ([Actor.Under]) and by its subscriptions. A preview asks it what a commit may
// do. [Directory.Apply] checks again with the catalogue and subscriptions of that
// moment. ActorIn is for importers.
func (d *Directory) ActorIn(ctx context.Context, account AccountID) (Actor, error) {
	if d.actor.kind == host {
		return d.actor, nil
	}
	roles, err := d.Roles(ctx, account)
	if err != nil {
		return d.actor, err
	}
	var products []string
	for r, err := range d.All(ctx, Query{Kind: KindSubscription, Scope: Scope{Accounts: []AccountID{account}}, Limit: 1000}) {
		if err != nil {
			return d.actor, err
		}
		if s, ok := r.Data.(*Subscription); ok {
			products = append(products, s.Product)
		}
	}
	return d.actor.within(roles, products), nil
}

// Roles returns the account's catalogue of roles, ordered by name. It is empty for an
// account out of reach.
func (d *Directory) Roles(ctx context.Context, account AccountID) ([]Role, error) {
	var out []Role
	for r, err := range d.All(ctx, Query{Kind: KindRole, Scope: Scope{Accounts: []AccountID{account}}, Limit: 1000}) {
		if err != nil {
			return nil, err
		}
		if role, ok := r.Data.(*Role); ok {
			out = append(out, *role)
		}
	}
	return out, nil
}

// Now returns the time in UTC, to the millisecond.
func (d *Directory) Now() time.Time { return d.opts.Now().UTC().Truncate(time.Millisecond) }

// NewID returns a new id.
func (d *Directory) NewID() ID { return d.opts.NewID() }

// Scope returns every account that the actor reaches. Scope is for importers.
func (d *Directory) Scope(ctx context.Context) (Scope, error) {
	switch d.actor.kind {
	case host:
		return Scope{All: true}, nil

	case accountAdmin, syncer:
		return Scope{Accounts: []AccountID{d.actor.account}}, nil

	case partner:
		d.mu.Lock()
		defer d.mu.Unlock()
		if !d.asked {
			q := Query{Kind: KindAccount, Scope: Scope{All: true}, Having: []Key{{Space: linkPartner, Value: "yes"}}, Limit: 1000}
			for r, err := range pages(ctx, d.store.List, q) {
				if err != nil {
					return Scope{}, err
				}
				d.partners = append(d.partners, r.Account)
			}
			d.asked = true
		}
		return Scope{All: true, Except: d.partners}, nil
	}
	return Scope{}, ErrActor
}

// pages yields every record that a query finds, page by page, until the first error.
func pages(ctx context.Context, list func(context.Context, Query) (Page, error), q Query) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for {
			p, err := list(ctx, q)
			if err != nil {
				yield(Record{}, err)
				return
			}
			for _, r := range p.Records {
				if !yield(r, nil) {
					return
				}
			}
			if p.Next == "" {
				return
			}
			q.After = p.Next
		}
	}
}

// Found is the result of [Directory.Find].
type Found struct {
	// Records have one of the keys. Each occurs once. They are ordered by id.
	Records []Record
	// OutOfReach are the keys, unique over all accounts, that a record out of the
	// actor's reach holds. Nothing more is known about them.
	OutOfReach []Key
}

// Find returns the records that have any of the keys. It calls the store once for
// every [MaxFind] keys.
func (d *Directory) Find(ctx context.Context, keys ...Key) (Found, error) {
	var out Found
	scope, err := d.Scope(ctx)
	if err != nil || len(keys) == 0 {
		return out, err
	}

	seen := map[ID]bool{}
	for part := range slices.Chunk(keys, MaxFind) {
		recs, err := d.store.Find(ctx, part)
		if err != nil {
			return Found{}, fmt.Errorf("users: find: %w", err)
		}

		for _, r := range recs {
			switch {
			case scope.Has(r.Account):
				if !seen[r.ID] {
					seen[r.ID] = true
					out.Records = append(out.Records, r)
				}
			default:
				for _, k := range r.Keys() {
					if k.Account == "" && slices.Contains(part, k) {
						out.OutOfReach = append(out.OutOfReach, k)
					}
				}
			}
		}
	}

	slices.SortFunc(out.Records, func(a, b Record) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(out.OutOfReach, Key.Compare)
	out.OutOfReach = slices.Compact(out.OutOfReach)
	return out, nil
}

// Get returns the record with the id, or [ErrNotFound].
func (d *Directory) Get(ctx context.Context, id ID) (Record, error) {
	f, err := d.Find(ctx, ByID(id))
	if err != nil {
		return Record{}, err
	}
	if len(f.Records) == 0 {
		return Record{}, ErrNotFound
	}
	return f.Records[0], nil
}

// User returns the person with the id, or [ErrNotFound].
func (d *Directory) User(ctx context.Context, id ID) (User, error) {
	r, err := d.Get(ctx, id)
	if err != nil {
		return User{}, err
	}
	u, ok := r.User()
	if !ok {
		return User{}, ErrNotFound
	}
	return u, nil
}

// List returns one page of the records that fit q. A q.Scope whose Accounts are nil
// means every account that the actor reaches, except q.Scope.Except. Accounts out of
// reach are left out.
func (d *Directory) List(ctx context.Context, q Query) (Page, error) {
	reach, err := d.Scope(ctx)
	if err != nil {
		return Page{}, err
	}

	if want := q.Scope; !want.All && want.Accounts != nil {
		in := slices.DeleteFunc(slices.Clone(want.Accounts), func(a AccountID) bool { return !reach.Has(a) })
		reach = Scope{Accounts: in}
	} else {
		reach.Except = append(slices.Clip(reach.Except), want.Except...)
		reach.Accounts = slices.DeleteFunc(slices.Clone(reach.Accounts), func(a AccountID) bool { return slices.Contains(want.Except, a) })
	}

	q.Scope = reach
	p, err := d.store.List(ctx, q)
	if err != nil {
		return Page{}, fmt.Errorf("users: list: %w", err)
	}
	return p, nil
}

// All yields every record that fits q, page by page. It ends after the first error.
func (d *Directory) All(ctx context.Context, q Query) iter.Seq2[Record, error] {
	return pages(ctx, d.List, q)
}

// Journal yields the rows that an import did. It yields nothing for an import out of
// reach, and leaves out images of records out of reach.
func (d *Directory) Journal(ctx context.Context, imp ID, after RowID) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		_, err := d.Get(ctx, imp)
		if errors.Is(err, ErrNotFound) {
			return
		}

		scope, err2 := d.Scope(ctx)
		if err = cmp.Or(err, err2); err != nil {
			yield(Entry{}, err)
			return
		}

		for e, err := range d.store.Journal(ctx, imp, after) {
			e.Images = slices.DeleteFunc(slices.Clone(e.Images), func(i Image) bool {
				return i.Before != nil && !scope.Has(i.Before.Account) || i.After != nil && !scope.Has(i.After.Account)
			})
			if !yield(e, err) {
				return
			}
		}
	}
}

// Add creates a user. The profile's source must be the actor's or empty. The user
// must have one of the three names, and an e-mail address that is unused in the
// account. The error is a [*Denied], a [*Conflict], or the store's.
func (d *Directory) Add(ctx context.Context, account AccountID, p Profile) (User, error) {
	u := User{Head: Head{ID: d.NewID(), Account: account}, Profile: p}
	if u.Source == "" {
		u.Source = d.actor.Source()
	}
	u.Roles, u.Products = sortedSet(u.Roles), sortedSet(u.Products)
	err := d.applyByHand(ctx, "add", nil, &u)
	return u, err
}

// Edit writes the user u, which must have been read at u.Version. The error is a
// [*Denied], a [*Conflict], [ErrNotFound], or the store's.
func (d *Directory) Edit(ctx context.Context, u User) (User, error) {
	before, err := d.User(ctx, u.ID)
	if err != nil {
		return User{}, err
	}
	u.Account, u.Created = before.Account, before.Created
	u.Roles, u.Products = sortedSet(u.Roles), sortedSet(u.Products)
	err = d.applyByHand(ctx, "edit", &before, &u)
	return u, err
}

// BrakeLeader is the code that holds back the deletion of a person who is the
// supervisor of others, until the deletion is approved by it.
const BrakeLeader = "leader.deleted"

// Delete deletes a user and releases the lines that the user holds. A person who
// comes from a PBX or SCIM stays listed without an account and keeps the lines
// ([Remainder]). Delete reports whether the person stays.
//
// A person who is the supervisor of others is deleted only if approve contains
// [BrakeLeader]; those others then have no supervisor. Otherwise the deletion is
// refused with that code and names them. The error is a [*Denied], a [*Conflict],
// [ErrNotFound], or the store's.
func (d *Directory) Delete(ctx context.Context, id ID, approve ...string) (stays bool, err error) {
	before, err := d.User(ctx, id)
	if err != nil {
		return false, err
	}
	if p := d.actor.PermitsDelete(before.Record()); p != nil {
		return false, &Denied{Refusals: []Refused{{ID: id, Problem: *p}}}
	}

	if left := Remainder(before.Record()); left != nil {
		u, _ := left.User()
		err := d.applyByHand(ctx, "delete", &before, &u)
		return err == nil, err
	}

	held, err := d.Find(ctx, KeyOf(before.Account, LinkHolder, string(id)))
	if err != nil {
		return false, err
	}

	released := d.clearing(held.Records, FieldHolder)
	if slices.Contains(approve, BrakeLeader) {
		led, err := d.Find(ctx, KeyOf(before.Account, LinkSupervisor, string(id)))
		if err != nil {
			return false, err
		}
		released = append(released, d.clearing(led.Records, FieldSupervisor)...)
	}

	return false, d.applyByHand(ctx, "delete", &before, nil, released...)
}

// clearing returns writes that empty a field of records.
func (d *Directory) clearing(recs []Record, field string) []Write {
	var out []Write
	for _, r := range recs {
		cleared := r.Clone()
		cleared.SetField(field, "")
		cleared.Updated = d.Now()
		out = append(out, Write{Row: RowAt(0, 1), ID: r.ID, Version: r.Version, Record: &cleared})
	}
	return out
}

// TemplateHand is the template of an import that is a single edit by hand.
const TemplateHand = "hand"

// applyByHand applies one edit by hand, as an import of one row.
func (d *Directory) applyByHand(ctx context.Context, what string, before, after *User, more ...Write) error {
	now := d.Now()
	w := Write{Row: RowAt(0, 1)}
	var account AccountID
	if before != nil {
		w.ID, w.Version, account = before.ID, before.Version, before.Account
	}

	if after != nil {
		if before != nil {
			w.Version = after.Version
		}
		if after.Created.IsZero() {
			after.Created = now
		}
		after.Updated = now
		rec := after.Record()
		w.ID, w.Record, account = after.ID, &rec, after.Account
	}

	imp := d.NewID()
	err := d.Apply(ctx, Batch{
		Import: imp,
		Rows:   []RowNote{{Row: w.Row}},
		Writes: append([]Write{w, {ID: imp, Record: &Record{
			Head: Head{ID: imp, Account: account, Created: now, Updated: now},
			Data: &Import{Label: what, Template: TemplateHand, Actor: d.actor.String(), State: ImportDone, Rows: 1},
		}}}, more...),
	})

	if err == nil && after != nil {
		after.Version = w.Version + 1
	}
	return err
}
