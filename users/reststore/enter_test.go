package reststore_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/reststore"
	"github.com/usher-go/usher/users/storetest"
)

// nameless is somebody with no unique key: no rule of the service keeps one
// from being made twice.
func nameless(id users.ID) users.Record {
	return users.Record{Head: users.Head{ID: id, Account: acme, Created: noon(), Updated: noon()}, Data: &users.Profile{DisplayName: "Ada"}}
}

// lose has a call of the service come late: Apply fails, and the call is under way still.
func (r *rig) lose(t *testing.T, b users.Batch) (land func()) {
	t.Helper()
	require.Error(t, reststore.New(losing{r.api}, r.inner, nil).Apply(t.Context(), b))
	land = r.api.arrival()
	require.NotNil(t, land)
	return land
}

// losing is the API for one whose every write comes late.
type losing struct{ api *api }

func (l losing) Find(ctx context.Context, keys []users.Key) ([]users.Record, error) {
	return l.api.client().Find(ctx, keys)
}

func (l losing) List(ctx context.Context, q users.Query) (users.Page, error) {
	return l.api.client().List(ctx, q)
}

func (l losing) Put(ctx context.Context, rec users.Record, version uint64) error {
	return l.late(func() error { return l.api.client().Put(ctx, rec, version) })
}

func (l losing) Delete(ctx context.Context, id users.ID, version uint64) error {
	return l.late(func() error { return l.api.client().Delete(ctx, id, version) })
}

func (l losing) late(call func() error) error {
	l.api.told(func() { l.api.late = func(int) bool { return true } })
	defer l.api.disarm()
	return call()
}

// requireSettled: nothing is unfinished, of no import.
func (r *rig) requireSettled(t *testing.T) {
	t.Helper()
	page, err := r.inner.List(t.Context(), users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}})
	require.NoError(t, err)
	require.NotEmpty(t, page.Records)
	for _, p := range page.Records {
		require.Empty(t, cmp.Diff(&users.Profile{}, p.Data), p.ID)
	}
}

// A row whose call is under way still is done again by a process that draws
// another id. Then the first arrives: whom it makes is taken back, unless they
// are somebody's by then.
func TestMadeTwice(t *testing.T) {
	elsewhere := func(writes ...users.Write) func(*testing.T, *rig) {
		return func(t *testing.T, r *rig) {
			require.NoError(t, r.api.people.Apply(t.Context(), users.Batch{Import: "others", Writes: writes}))
		}
	}
	under := nameless("bob")
	under.Data = &users.Profile{ContactCentre: &users.ContactCentre{LANID: "l", Supervisor: "a1"}}
	held := line("l1")
	held.Data.(*users.Line).Holder = "a1"
	for _, x := range []struct {
		name, reason string
		again        users.Batch
		since        func(*testing.T, *rig)
		stays        bool
	}{
		{"untouched", "it is this import's own doing", row(1, put(nameless("a2"), 0), put(importing(nil), 0)), nil, false},
		{"row done without a person", "the journal says that nobody was made", row(1, put(importing(nil), 0)), nil, false},
		{"changed", "somebody works with them", row(1, put(nameless("a2"), 0), put(importing(nil), 0)), elsewhere(put(person("a1", "ada@example.com"), 1)), true},
		{"supervisor", "somebody is under them", row(1, put(nameless("a2"), 0), put(importing(nil), 0)), elsewhere(put(under, 0)), true},
		{"line", "a line is theirs", row(1, put(nameless("a2"), 0), put(importing(nil), 0)),
			func(t *testing.T, r *rig) { given(t, r.store, held) }, true},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Log(x.reason)
			r := newRig(t, scene{})
			land := r.lose(t, row(1, put(nameless("a1"), 0), put(importing(nil), 0)))
			r.restart()
			require.NoError(t, r.store.Apply(t.Context(), x.again))
			before := entries(t, r.store)
			require.Len(t, before, 1)
			require.Empty(t, find(t, r.store, "a1"))

			land()
			if x.since != nil {
				x.since(t, r)
			}
			require.Empty(t, cmp.Diff(before, entries(t, r.store)), "the journal stays as it is")
			require.Equal(t, x.stays, len(find(t, r.store, "a1")) == 1)
			r.requireSettled(t)
		})
	}
}

// Two processes do a row at the same moment, each under an id of its own: one
// person is left, and that one is in the journal.
func TestMadeByTwoProcesses(t *testing.T) {
	r := newRig(t, scene{})
	service := &picky{client: r.api.client()}
	service.meanwhile = func() {
		require.NoError(t, r.store.Apply(t.Context(), row(1, put(nameless("a2"), 0), put(importing(nil), 0))))
	}
	err := reststore.New(service, r.beside, nil).Apply(t.Context(), row(1, put(nameless("a1"), 0), put(importing(nil), 0)))
	conflict := new(users.Conflict)
	require.ErrorAs(t, err, &conflict)
	require.Equal(t, []users.RowID{users.RowAt(0, 1)}, conflict.Done)
	people := find(t, r.store, "a1", "a2")
	require.Len(t, people, 1)
	done := entries(t, r.store)
	require.Len(t, done, 1)
	require.Equal(t, people[0].ID, done[0].Images[0].After.ID)
	r.requireSettled(t)
}

// Two imports of one document begin at the same moment. The second's first
// person is made, entered and told; its import gives the document up, and is in
// nobody's way.
func TestDocumentTakenMeanwhile(t *testing.T) {
	batch := func(of, who users.ID) users.Batch {
		once := importing(nil)
		once.ID = of
		once.Data.(*users.Import).Once = true
		b := row(1, put(person(who, string(who)+"@example.com"), 0))
		b.Import, b.Writes = of, append(b.Writes, put(once, 0))
		return b
	}
	for _, x := range []struct {
		name, reason string
		dies         bool
	}{
		{"told", "the process that did the row learns that it should do no more", false},
		{"settled", "the process died before it entered the row, and another does", true},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Log(x.reason)
			r := newRig(t, scene{})
			service := &picky{client: r.api.client()}
			service.meanwhile = func() {
				service.meanwhile = nil
				require.NoError(t, reststore.New(r.api.client(), r.inner, nil).Apply(t.Context(), batch("first", "a")))
			}
			if x.dies {
				r.beside.Before = func(op string, n int) error {
					if op == storetest.OpApply && n > 2 { // it was asked, and the intent is stored
						return errFault
					}
					return nil
				}
			}
			err := reststore.New(service, r.beside, nil).Apply(t.Context(), batch(imp, "b"))
			if x.dies {
				require.ErrorIs(t, err, errFault)
			} else {
				require.EqualError(t, err, "reststore: apply: the row is done, but its document was imported meanwhile")
			}
			r.restart()
			done := entries(t, r.store)
			require.Len(t, done, 1)
			require.Equal(t, users.ID("b"), done[0].Images[0].After.ID)
			found := find(t, r.store, "a", "b", "first", imp)
			require.Len(t, found, 4)
			once := map[users.ID]bool{}
			for _, f := range found {
				if d, ok := f.Data.(*users.Import); ok {
					once[f.ID] = d.Once
				}
			}
			require.Equal(t, map[users.ID]bool{"first": true, imp: false}, once)
			r.requireSettled(t)
		})
	}
}

// An import that cannot be settled is found as it is stored, and others with it;
// its journal says why. It can be discarded.
func TestUnsettledSpoilsNoLook(t *testing.T) {
	r := newRig(t, scene{})
	given(t, r.store, person("ada", "ada@example.com"))
	land := r.lose(t, row(1, put(person("eve", "eve@example.com"), 0), put(importing(nil), 0)))
	land()
	other := importing(nil)
	other.Data.(*users.Import).Digest = "another"
	require.NoError(t, r.inner.Apply(t.Context(), users.Batch{Import: imp, Digest: "another", Writes: []users.Write{put(other, 0)}}))

	require.Len(t, find(t, r.store, "ada", "eve", imp), 3)
	for _, err := range r.store.Journal(t.Context(), imp, 0) {
		require.ErrorIs(t, err, users.ErrDigest)
	}
	require.NoError(t, r.store.Discard(t.Context(), imp))
	require.Empty(t, entries(t, r.store))
	r.requireSettled(t)
}

// A deletion that was called for and never carried out is not the import's
// doing when somebody else deletes.
func TestDeletedBySomebodyElse(t *testing.T) {
	deletion := func() users.Write { return users.Write{ID: "ada", Version: 1} }
	for _, x := range []struct {
		name, reason string
		batch        users.Batch
	}{
		{"another import", "its journal says so", users.Batch{Import: "hand", Rows: []users.RowNote{{Row: 1}}, Writes: []users.Write{{Row: 1, ID: "ada", Version: 1}}}},
		{"without a row", "no journal says so, and this one does not either", users.Batch{Import: "hand", Writes: []users.Write{deletion()}}},
		{"another row", "one of them did it", row(2, deletion())},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Log(x.reason)
			r := newRig(t, scene{})
			given(t, r.store, person("ada", "ada@example.com"))
			land := r.lose(t, row(1, deletion(), put(importing(nil), 0)))
			r.restart()
			require.Empty(t, entries(t, r.store))
			require.NoError(t, r.store.Apply(t.Context(), x.batch))
			land() // and is refused
			for _, e := range entries(t, r.store) {
				require.Equal(t, users.RowAt(0, 2), e.Row)
			}
			r.requireSettled(t)
			conflict := new(users.Conflict)
			require.ErrorAs(t, r.store.Apply(t.Context(), row(1, deletion())), &conflict)
			require.Empty(t, cmp.Diff(&users.Conflict{Stale: []users.ID{"ada"}}, conflict, cmpopts.EquateEmpty()), "(-want +got)")
		})
	}
}

// Of two who delete one person at the same moment, one journal says so. Another
// process that looks in between enters what the first did, and the first is told.
func TestDeletedByTwo(t *testing.T) {
	hand := users.Batch{Import: "hand", Rows: []users.RowNote{{Row: 1}}, Writes: []users.Write{{Row: 1, ID: "ada", Version: 1}}}
	for _, x := range []struct {
		name, reason string
		meanwhile    func(*testing.T, *rig) // after the call took effect
		want         users.Conflict
		entries      int
	}{
		{"rival", "it was told that it did", func(t *testing.T, r *rig) {
			ada := person("ada", "ada@example.com")
			ada.Version = 1
			rival := reststore.New(&behind{r.api.client(), []users.Record{ada}}, r.inner, nil)
			require.NoError(t, rival.Apply(t.Context(), hand))
		}, users.Conflict{Stale: []users.ID{"ada"}}, 0},
		{"settled elsewhere", "it is in the journal", func(t *testing.T, r *rig) {
			require.Len(t, entries(t, reststore.New(r.api.client(), r.inner, nil)), 1)
		}, users.Conflict{Done: []users.RowID{users.RowAt(0, 1)}}, 1},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Log(x.reason)
			r := newRig(t, scene{})
			given(t, r.store, person("ada", "ada@example.com"))
			store := reststore.New(hooked{r.api.client(), func() { x.meanwhile(t, r) }}, r.inner, nil)
			conflict := new(users.Conflict)
			require.ErrorAs(t, store.Apply(t.Context(), row(1, users.Write{ID: "ada", Version: 1}, put(importing(nil), 0))), &conflict)
			require.Empty(t, cmp.Diff(x.want, *conflict, cmpopts.EquateEmpty()), "(-want +got)")
			require.Len(t, entries(t, r.store), x.entries)
			r.requireSettled(t)
		})
	}
}

// hooked lets others in after a deletion took effect, and before it is answered.
type hooked struct {
	client
	then func()
}

func (h hooked) Delete(ctx context.Context, id users.ID, version uint64) error {
	err := h.client.Delete(ctx, id, version)
	h.then()
	return err
}

// behind answers its first look as it was some time ago.
type behind struct {
	client
	was []users.Record
}

func (b *behind) Find(ctx context.Context, keys []users.Key) ([]users.Record, error) {
	if was := b.was; was != nil {
		b.was = nil
		return was, nil
	}
	return b.client.Find(ctx, keys)
}
