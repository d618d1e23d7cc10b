package integration_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
	"github.com/usher-go/usher/users/sqlstore"
)

// Two Stores that were written apart answer every batch alike, conflicts
// included, and hold the same in the end. The batches are of so few ids, keys
// and rows that most of them meet.
func TestStoresAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		db, err := sql.Open("sqlite", ":memory:")
		require.NoError(t, err)
		defer db.Close()
		db.SetMaxOpenConns(1)
		ours, theirs := memstore.New(), sqlstore.New(db, nil)
		require.NoError(t, theirs.Migrate(ctx))

		versions := map[users.ID]uint64{}
		for n := range rapid.IntRange(1, 12).Draw(t, "batches") {
			b := drawBatch(t, versions)
			agreeOnAmending(t, ctx, ours, theirs)
			got, want := theirs.Apply(ctx, b), ours.Apply(ctx, b)
			c := new(users.Conflict)
			if want != nil && !errors.As(want, &c) && !errors.Is(want, users.ErrDigest) {
				t.Fatalf("batch %d: %v", n, want)
			}
			same(t, fmt.Sprintf("the error of batch %d", n), outcome(want), outcome(got))
			if want == nil {
				for _, w := range b.Writes {
					versions[w.ID] = w.Version + 1
					if w.Record == nil {
						delete(versions, w.ID)
					}
				}
			}
		}
		same(t, "the store", dump(t, ctx, ours), dump(t, ctx, theirs))
	})
}

// agreeOnAmending changes a journal in both, now and then, and holds them to one answer.
func agreeOnAmending(t *rapid.T, ctx context.Context, ours, theirs users.Amender) {
	imp := users.ID(fmt.Sprintf("import%d", rapid.IntRange(0, 1).Draw(t, "journal")))
	switch rapid.IntRange(0, 7).Draw(t, "amend") {
	case 0:
		require.NoError(t, ours.Discard(ctx, imp))
		require.NoError(t, theirs.Discard(ctx, imp))
	case 1, 2:
		var entries []users.Entry
		for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(1, 8), 1, 2, rapid.ID).Draw(t, "amended") {
			e := users.Entry{Row: users.RowAt(0, n), Note: []byte(fmt.Sprintf(`{"amended":%d}`, n))}
			if rapid.Bool().Draw(t, "image") {
				r := drawRecord("u0", func(name string, n int) int { return rapid.IntRange(0, n-1).Draw(t, name) })
				e.Images = []users.Image{{After: r}}
			}
			entries = append(entries, e)
		}
		got, want := theirs.Amend(ctx, imp, entries), ours.Amend(ctx, imp, entries)
		require.Equal(t, want == nil, got == nil, "Amend: memstore %v, sqlstore %v", want, got)
	}
}

func same(t *rapid.T, what string, want, got any) {
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s (-memstore +sqlstore):\n%s", what, diff)
	}
}

// outcome is an error as two Stores must agree on it.
func outcome(err error) any {
	if c := new(users.Conflict); errors.As(err, &c) {
		return *c
	}
	return fmt.Sprint(err)
}

func drawBatch(t *rapid.T, versions map[users.ID]uint64) users.Batch {
	pick := func(name string, n int) int { return rapid.IntRange(0, n-1).Draw(t, name) }
	b := users.Batch{Import: users.ID(fmt.Sprintf("import%d", pick("import", 2))), Digest: []string{"", "d1", "d1", "d1", "d2"}[pick("digest", 5)]}
	for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(1, 8), 1, 2, rapid.ID).Draw(t, "rows") {
		b.Rows = append(b.Rows, users.RowNote{Row: users.RowAt(0, n)})
	}
	for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, 5), 0, 4, rapid.ID).Draw(t, "ids") {
		w := users.Write{ID: users.ID(fmt.Sprintf("u%d", n))}
		w.Version = versions[w.ID]
		if pick("stale", 12) == 0 {
			w.Version = uint64(pick("version", 3))
		}
		if pick("bookkeeping", 4) > 0 {
			w.Row = b.Rows[pick("row", len(b.Rows))].Row
		}
		if w.Version == 0 || pick("delete", 4) > 0 {
			w.Record = drawRecord(w.ID, pick)
		}
		b.Writes = append(b.Writes, w)
	}
	if pick("bookkeeping", 6) == 0 {
		w := users.Write{ID: b.Import, Version: versions[b.Import]}
		w.Record = &users.Record{Head: users.Head{ID: b.Import}, Data: &users.Import{Digest: b.Digest, Template: "t"}}
		b.Writes = append(b.Writes, w)
	}
	return b
}

func drawRecord(id users.ID, pick func(string, int) int) *users.Record {
	r := &users.Record{Head: users.Head{ID: id, Account: users.AccountID(fmt.Sprintf("a%d", pick("account", 2)))}}
	if pick("kind", 4) == 0 {
		r.Data = &users.Line{PBX: "p", Short: fmt.Sprint(pick("short", 4)), Number: fmt.Sprintf("+3312345678%d", pick("number", 4))}
		return r
	}
	p := &users.Profile{Email: fmt.Sprintf("e%d@example.com", pick("email", 4)), Inactive: pick("inactive", 2) == 0}
	if n := pick("login", 6); n < 3 {
		p.Login = fmt.Sprintf("login%d", n)
	}
	p.Grant("reader", pick("reader", 2) == 0)
	r.Data = p
	return r
}

// dump is everything a Store holds, as it answers it.
func dump(t *rapid.T, ctx context.Context, s users.Store) map[string]any {
	out := map[string]any{}
	for _, kind := range []users.Kind{users.KindUser, users.KindLine, users.KindImport} {
		for _, descending := range []bool{false, true} {
			p, err := s.List(ctx, users.Query{Kind: kind, Scope: users.Scope{All: true}, Descending: descending, Count: true})
			require.NoError(t, err)
			out[fmt.Sprint(kind, descending)] = p
			for _, r := range p.Records {
				for _, k := range append(r.Keys(), r.Index().Links...) {
					out[k.String()], err = s.Find(ctx, []users.Key{k})
					require.NoError(t, err)
				}
			}
		}
	}
	for _, imp := range []users.ID{"import0", "import1"} {
		var entries []users.Entry
		for e, err := range s.Journal(ctx, imp, 0) {
			require.NoError(t, err)
			entries = append(entries, e)
		}
		out[string(imp)] = entries
	}
	return out
}
