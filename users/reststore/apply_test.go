package reststore_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
	"github.com/usher-go/usher/users/reststore"
)

// given makes records, each under an import of its own.
func given(t *testing.T, s users.Store, recs ...users.Record) {
	t.Helper()
	for _, r := range recs {
		require.NoError(t, s.Apply(t.Context(), users.Batch{Import: "given " + r.ID, Writes: []users.Write{put(r, 0)}}))
	}
}

func line(id users.ID) users.Record {
	return users.Record{Head: users.Head{ID: id, Account: acme}, Data: &users.Line{PBX: "p", Short: string(id)}}
}

// What the service refuses although all was well when it was asked is a
// Conflict with the reason there is by then; nothing is written, and the batch
// can be tried again as the first of its import.
func TestRefusedByTheService(t *testing.T) {
	first := func(r users.Record, version uint64) users.Batch {
		return row(1, put(r, version), put(importing(nil), 0))
	}
	key := users.KeyOf(acme, users.SpaceEmail, "new@example.com")
	for _, x := range []struct {
		name, reason string
		batch        users.Batch
		meanwhile    users.Write // between the look and the call
		refuse       error       // by a rule of the service's own, instead
		want         users.Conflict
	}{
		{name: "address taken", reason: "who took it is found", batch: first(person("eve", "new@example.com"), 0),
			meanwhile: put(person("ann", "new@example.com"), 0), want: users.Conflict{Keys: []users.KeyConflict{{Key: key, Wants: "eve", Holder: "ann"}}}},
		{name: "changed", reason: "nobody's change is overwritten", batch: first(person("ada", "new@example.com"), 1),
			meanwhile: put(person("ada", "theirs@example.com"), 1), want: users.Conflict{Stale: []users.ID{"ada"}}},
		{name: "deleted", reason: "who is gone stays gone", batch: first(person("ada", "new@example.com"), 1),
			meanwhile: users.Write{ID: "ada", Version: 1}, want: users.Conflict{Stale: []users.ID{"ada"}}},
		{name: "made", reason: "the id is somebody else's by then", batch: first(person("eve", "new@example.com"), 0),
			meanwhile: put(person("eve", "eve@example.com"), 0), want: users.Conflict{Stale: []users.ID{"eve"}}},
		{name: "unique by the service's rule", reason: "nobody is found under the keys, so all of them are named", batch: first(person("eve", "new@example.com"), 0),
			refuse: reststore.Taken, want: users.Conflict{Keys: []users.KeyConflict{{Key: key, Wants: "eve"}}}},
		{name: "unique, and without keys", reason: "a Conflict names something", batch: first(person("eve", ""), 0),
			refuse: reststore.Taken, want: users.Conflict{Stale: []users.ID{"eve"}}},
		{name: "said by the service", reason: "it knows best", batch: first(person("eve", "new@example.com"), 0),
			refuse: &users.Conflict{Keys: []users.KeyConflict{{Key: key, Wants: "eve", Holder: "hidden"}}},
			want:   users.Conflict{Keys: []users.KeyConflict{{Key: key, Wants: "eve", Holder: "hidden"}}}},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Log(x.reason)
			a := newAPI(t)
			service := &picky{client: a.client()}
			beside := memstore.New()
			store := reststore.New(service, beside, nil)
			given(t, store, person("ada", "ada@example.com"))
			service.refuse = x.refuse
			service.meanwhile = func() {
				if x.meanwhile.ID != "" {
					require.NoError(t, a.people.Apply(t.Context(), users.Batch{Import: "others", Writes: []users.Write{x.meanwhile}}))
				}
			}
			err := store.Apply(t.Context(), x.batch)
			conflict := new(users.Conflict)
			require.ErrorAs(t, err, &conflict)
			require.Empty(t, cmp.Diff(x.want, *conflict, cmpopts.EquateEmpty()), "the conflict (-want +got)")
			require.Empty(t, find(t, store, imp))
			require.Empty(t, entries(t, store))
			require.Empty(t, find(t, beside, "intents of "+imp)[0].Data.(*users.Profile).Custom, "no intent is left")

			service.refuse, service.meanwhile = nil, nil
			require.NoError(t, store.Apply(t.Context(), row(1, put(person("zoe", "zoe@example.com"), 0), put(importing(nil), 0))))
			require.Len(t, entries(t, store), 1)
			require.Equal(t, uint64(1), find(t, store, imp)[0].Version)
		})
	}
}

// picky is the API for one that has rules of its own, and colleagues.
type picky struct {
	client
	refuse    error
	meanwhile func()
}

func (p *picky) Put(ctx context.Context, rec users.Record, version uint64) error {
	if p.meanwhile != nil {
		p.meanwhile()
	}
	if p.refuse != nil {
		return p.refuse
	}
	return p.client.Put(ctx, rec, version)
}

// A client that repeats a call whose reply it lost is refused by its own first
// call. The person stands as intended, so the row is done.
func TestRepeatedByTheClient(t *testing.T) {
	a := newAPI(t)
	store := reststore.New(repeating{a.client()}, memstore.New(), nil)
	for n, w := range []users.Write{
		put(person("ada", "ada@example.com"), 0), put(person("ada", "new@example.com"), 1), {ID: "ada", Version: 2},
	} {
		require.NoError(t, store.Apply(t.Context(), row(n+1, w)))
		require.Len(t, entries(t, store), n+1)
	}
	require.Empty(t, find(t, a.people, "ada"))
}

// repeating calls everything twice.
type repeating struct{ client }

func (r repeating) Put(ctx context.Context, rec users.Record, version uint64) error {
	if err := r.client.Put(ctx, rec, version); err != nil {
		return err
	}
	return r.client.Put(ctx, rec, version)
}

func (r repeating) Delete(ctx context.Context, id users.ID, version uint64) error {
	if err := r.client.Delete(ctx, id, version); err != nil {
		return err
	}
	return r.client.Delete(ctx, id, version)
}

// What a rule of the service's own forbids fails its row, and no other.
func TestDeniedByTheService(t *testing.T) {
	s := scenes()[0]
	r := newRig(t, s)
	dir := users.Open(r.store, users.Host("test"), nil)
	u, err := dir.Add(t.Context(), acme, users.Profile{DisplayName: "Mobile", Mobile: "+999"})
	denied := new(users.Denied)
	require.ErrorAs(t, err, &denied)
	require.Equal(t, []users.Refused{{ID: u.ID, Field: "mobile", Problem: users.Problem{Code: "mobile.form"}}}, denied.Refusals)
	require.Empty(t, find(t, r.store, u.ID))

	p := r.preview(t, s, "new", "")
	require.NoError(t, r.api.people.Apply(t.Context(), users.Batch{Import: "others", Writes: []users.Write{
		put(func() users.Record {
			ada := find(t, r.store, "u0")[0].Clone()
			ada.Data.(*users.Profile).Mobile = "+999"
			return ada
		}(), 1)}}))
	report, err := p.Commit(t.Context(), options())
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeCreated: 2, importer.OutcomeUnchanged: 1, importer.OutcomeFailed: 2}, report.Counts)
}

// An id is one record's, whichever of the two keeps it.
func TestAnIDIsOneRecords(t *testing.T) {
	store := reststore.New(newAPI(t).client(), memstore.New(), nil)
	given(t, store, person("ada", "ada@example.com"), line("l1"))
	for _, x := range []struct {
		name  string
		write users.Write
	}{
		{"a line is made under a person's id", put(line("ada"), 0)},
		{"a person becomes a line", put(line("ada"), 1)},
		{"a person is made under a line's id", put(person("l1", "l1@example.com"), 0)},
		{"a line becomes a person", put(person("l1", "l1@example.com"), 1)},
	} {
		t.Run(x.name, func(t *testing.T) {
			conflict := new(users.Conflict)
			require.ErrorAs(t, store.Apply(t.Context(), row(1, x.write)), &conflict)
			require.Equal(t, []users.ID{x.write.ID}, conflict.Stale)
			require.Len(t, find(t, store, "ada", "l1"), 2)
			require.Empty(t, entries(t, store))
		})
	}
}

// What a line needs of people is looked up in the service, and what a person
// needs of units beside; one Conflict names both.
func TestNeedsOfBoth(t *testing.T) {
	store := reststore.New(newAPI(t).client(), memstore.New(), nil)
	given(t, store, person("ada", "ada@example.com"), line("l1"))
	needs := func(b users.Batch, version uint64, ids ...users.ID) users.Batch {
		for _, id := range ids {
			b.Needs = append(b.Needs, users.Need{ID: id, Version: version})
		}
		return b
	}
	for _, b := range []users.Batch{row(1, put(line("l2"), 0)), row(2, put(person("bob", "bob@example.com"), 0))} {
		for _, version := range []uint64{0, 2} {
			conflict := new(users.Conflict)
			require.ErrorAs(t, store.Apply(t.Context(), needs(b, version, "l1", "nobody", "ada")), &conflict)
			want := []users.ID{"nobody"}
			if version == 2 {
				want = []users.ID{"ada", "l1", "nobody"}
			}
			require.Equal(t, want, conflict.Gone)
		}
		require.NoError(t, store.Apply(t.Context(), needs(b, 1, "l1", "ada")))
	}
	require.Len(t, entries(t, store), 2)
}

// What a batch needs is looked at again as its intent is stored.
func TestNeedGoneAsTheIntentIsStored(t *testing.T) {
	r := newRig(t, scene{})
	given(t, r.store, line("l1"))
	base := r.beside.Calls("apply")
	r.beside.Before = func(op string, n int) error {
		if op == "apply" && n == base+2 { // it was asked, and stores the intent
			return r.inner.Apply(t.Context(), users.Batch{Import: "others", Writes: []users.Write{{ID: "l1", Version: 1}}})
		}
		return nil
	}
	b := row(1, put(person("bob", "bob@example.com"), 0))
	b.Needs = []users.Need{{ID: "l1"}}
	conflict := new(users.Conflict)
	require.ErrorAs(t, r.store.Apply(t.Context(), b), &conflict)
	require.Equal(t, []users.ID{"l1"}, conflict.Gone)
	require.Empty(t, find(t, r.store, "bob"))
}

// A batch of two records is refused in words, and so is one of no rows whose
// import cannot be stored after its person was.
func TestRefusedInWords(t *testing.T) {
	r := newRig(t, scene{})
	err := r.store.Apply(t.Context(), row(1, put(person("ada", ""), 0), put(line("l1"), 0), put(importing(nil), 0)))
	require.EqualError(t, err, "reststore: apply: a batch of 2 records: the service writes one at a time")
	require.Empty(t, find(t, r.store, "ada", "l1", imp))

	base := r.beside.Calls("apply")
	r.beside.Before = func(op string, n int) error {
		if op == "apply" && n == base+2 {
			return errFault
		}
		return nil
	}
	err = r.store.Apply(t.Context(), users.Batch{Import: imp, Writes: []users.Write{put(person("ada", ""), 0), put(importing(nil), 0)}})
	require.EqualError(t, err, "reststore: apply: record ada is written, its import is not: fault")

	_, err = r.store.Find(t.Context(), make([]users.Key, users.MaxFind+1))
	require.EqualError(t, err, "reststore: find: 501 keys, at most 500")
}

// A service may answer too much; what was not asked for is left out.
func TestServiceAnswersTooMuch(t *testing.T) {
	service := &phonebook{}
	store := reststore.New(service, memstore.New(), nil)
	given(t, store, person("ada", "ada@example.com"), person("bob", "bob@example.com"))
	service.people = append(slices.Repeat(service.people, 2), line("l1"))
	require.Len(t, find(t, store, "ada"), 1)
	recs, err := store.Find(t.Context(), []users.Key{users.KeyOf(acme, users.SpaceEmail, "bob@example.com"), users.KeyOf(acme, users.LinkActive, "no"), users.ByID("l1")})
	require.NoError(t, err)
	require.Len(t, recs, 1)
}

// What is kept beside for this Store's own use is nobody's record.
func TestIntentsAreNoRecords(t *testing.T) {
	store := reststore.New(newAPI(t).client(), memstore.New(), nil)
	require.NoError(t, store.Apply(t.Context(), row(1, put(person("ada", "ada@example.com"), 0))))
	require.Empty(t, find(t, store, "intents of "+imp))
	page, err := store.List(t.Context(), users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}, Count: true})
	require.NoError(t, err)
	require.Equal(t, 1, page.Total)
}

// A store beside whose journals cannot be changed is passed on as it is.
func TestAmendUnsupported(t *testing.T) {
	store := reststore.New(newAPI(t).client(), struct{ users.Store }{memstore.New()}, nil)
	require.ErrorIs(t, store.Amend(t.Context(), imp, nil), errors.ErrUnsupported)
	require.ErrorIs(t, store.Discard(t.Context(), imp), errors.ErrUnsupported)
}
