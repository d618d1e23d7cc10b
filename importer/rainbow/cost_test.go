package rainbow_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/extensions/e164"
	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/rainbow"
	"github.com/usher-go/usher/internal/office"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// size is that of an account and of a file about a fifth of it.
func size() (people, rows int) {
	if os.Getenv("USHER_LONG") != "" {
		return 100_000, 20_000
	}
	return 10_000, 2_000
}

func company(t testing.TB, n int) *memstore.Store {
	t.Helper()
	store := memstore.New()
	b := users.Batch{Import: "seed"}
	for _, r := range office.Company(n) {
		b.Writes = append(b.Writes, users.Write{ID: r.ID, Record: &r})
	}
	require.NoError(t, store.Apply(t.Context(), b))
	return store
}

// An asking store notes which keys it was asked for, and how often.
type asking struct {
	users.Store
	calls int
	keys  map[users.Key]int
}

func (a *asking) Find(ctx context.Context, keys []users.Key) ([]users.Record, error) {
	a.calls++
	for _, k := range keys {
		a.keys[k]++
	}
	return a.Store.Find(ctx, keys)
}

// limit is what Find may be called: once for each five hundred distinct keys of each space.
func (a *asking) limit() (calls int, bySpace map[users.Space]int) {
	bySpace = map[users.Space]int{}
	for k := range a.keys {
		bySpace[k.Space]++
	}
	for _, n := range bySpace {
		calls += (n + users.MaxFind - 1) / users.MaxFind
	}
	return calls, bySpace
}

// A preview asks for every key once, in batches; a commit asks once more, and
// for what it has written.
func TestFindCalls(t *testing.T) {
	people, rows := size()
	store := &asking{Store: company(t, people), keys: map[users.Key]int{}}
	file := office.Move(rows, true)
	dir := users.Open(store, users.Partner("pat"), nil)
	p, err := file.Preview(t.Context(), dir, "")
	require.NoError(t, err)
	require.Equal(t, rows, p.Summary().Rows)
	require.Zero(t, p.Summary().Errors)
	limit, bySpace := store.limit()
	t.Logf("%d rows against %d people: %d calls of Find, at most %d, of keys %v", rows, people, store.calls, limit, bySpace)
	require.LessOrEqual(t, store.calls, limit)
	for k, n := range store.keys {
		require.Equal(t, 1, n, "%s was asked for", k)
	}
	// The file has no more keys than these: a person, two people and a line, an internal and a public number a row.
	require.LessOrEqual(t, bySpace[users.SpaceEmail], rows)
	require.LessOrEqual(t, bySpace[users.SpaceLine], rows)
	require.LessOrEqual(t, bySpace[users.SpaceInternal], rows)
	require.LessOrEqual(t, bySpace[users.SpaceNumber], rows)
}

// BenchmarkLines is a preview of 20,000 rows against 100,000 people in memory,
// without public numbers, with them as they are, and read by extensions/e164:
// the share of the last is what it takes more than the second.
func BenchmarkLines(b *testing.B) {
	const people, rows = 100_000, 20_000
	store := company(b, people)
	for _, x := range []struct {
		name       string
		numbers    bool
		normalizer func() extensions.Normalizer
	}{
		{"no numbers", false, func() extensions.Normalizer { return nil }},
		{"numbers", true, func() extensions.Normalizer { return nil }},
		{"numbers, e164", true, func() extensions.Normalizer { return e164.New(nil) }},
	} {
		b.Run(x.name, func(b *testing.B) {
			table := read(b, office.Move(rows, x.numbers).CSV(0))
			dir := users.Open(store, users.Partner("pat"), nil)
			b.ReportAllocs()
			for b.Loop() {
				tpl := rainbow.Lines(&rainbow.Options{Normalizer: x.normalizer(), Region: "FR"})
				p, err := importer.New(dir, tpl, &importer.Options{Account: acme}).Preview(b.Context(), table)
				require.NoError(b, err)
				require.Zero(b, p.Summary().Errors)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}

func read(t testing.TB, text string) *formats.Table {
	t.Helper()
	table, err := csv.Read(t.Context(), strings.NewReader(text), nil)
	require.NoError(t, err)
	return table
}
