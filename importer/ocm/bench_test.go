package ocm_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/storetest"
)

// BenchmarkTriple is 50,000 people under 2,000 supervisors, each with a feature
// and a channel: 156,000 rows. "preview" reports look-ups and the memory that a
// preview keeps, "edit" the LAN ID of a supervisor of 25.
func BenchmarkTriple(b *testing.B) {
	const n, supervisors = 50_000, 2_000
	var rows, feats, chans []string
	add := func(text, lan string) {
		rows = append(rows, text)
		feats, chans = append(feats, lan+",Recording,yes"), append(chans, lan+",voice,1")
	}
	for i := range n {
		lan := fmt.Sprint("a", i)
		add(fmt.Sprintf("%s A s%d %d", lan, i%supervisors, 10_000+i), lan)
	}
	for i := range supervisors {
		lan := fmt.Sprint("s", i)
		add(fmt.Sprintf("%s S - %d", lan, 900_000+i), lan)
	}
	files := []string{people(rows...), features(feats...), channels(chans...)}
	store := storetest.NewFaulty(newStore(b))
	opts := options(b)
	live := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var p *importer.Preview
	b.Run("preview", func(b *testing.B) {
		p = nil
		before, calls := live(), store.Calls(storetest.OpFind)
		for b.Loop() {
			p = preview(b, store, users.Partner("pat"), opts, "", files...)
		}
		b.ReportMetric(float64(store.Calls(storetest.OpFind)-calls)/float64(b.N), "finds/op")
		b.ReportMetric(float64(live()-before)/1e6, "MB_kept")
		require.Zero(b, p.Summary().Errors)
	})
	b.Run("edit", func(b *testing.B) {
		at, i := users.RowAt(0, n+2), 0
		rows := 0
		for b.Loop() {
			i++
			d, err := p.Edit(b.Context(), importer.Set(at, "lan_id", []string{"s0", "chief"}[i%2]))
			require.NoError(b, err)
			rows += len(d.Rows)
		}
		b.ReportMetric(float64(rows)/float64(b.N), "rows/op")
	})
	b.Run("commit", func(b *testing.B) {
		for b.Loop() {
			p := preview(b, newStore(b), users.Partner("pat"), opts, "", files...)
			r, err := p.Commit(b.Context(), nil)
			require.NoError(b, err)
			require.True(b, r.Done())
		}
	})
}
