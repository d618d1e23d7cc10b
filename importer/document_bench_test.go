package importer_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// What a document is long, and what saving and opening one takes, beside the
// preview that opening makes.
func BenchmarkDocument(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		table := cleanUsers(n)
		dir := users.Open(memstore.New(), users.Host("bench"), nil)
		im := importer.New(dir, cloudlink.Users(), &importer.Options{Account: acme})
		p, err := im.Preview(b.Context(), table)
		require.NoError(b, err)
		var document bytes.Buffer
		require.NoError(b, p.Save(&document))
		b.Run(fmt.Sprintf("save/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				require.NoError(b, p.Save(io.Discard))
			}
			b.ReportMetric(float64(document.Len())/float64(n), "bytes/row")
		})
		b.Run(fmt.Sprintf("open/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			var q *importer.Preview
			for b.Loop() {
				if q, err = importer.Reopen(b.Context(), dir, bytes.NewReader(document.Bytes()), cloudlink.Users()); err != nil {
					b.Fatal(err)
				}
			}
			runtime.KeepAlive(q)
		})
		b.Run(fmt.Sprintf("preview/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := im.Preview(b.Context(), table); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
