package importer_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// An edit must cost what it touches: the pairs at 1,000 and 100,000 rows lie
// within a factor of two, but for the person whom all rows refer to.
func BenchmarkEdit(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		for _, c := range []struct {
			name  string
			scene func(int) *scene
			row   int
			field string
			value string // with a number that changes
		}{
			{"plain cell", dependants, 9, "name", "Zoe%d"},
			{"key of a plain row", dependants, 9, "email", "zoe%d@x.com"},
			{"reference of one of all who refer to one", dependants, 9, "supervisor", "l%d"},
			{"LAN ID of one of all who refer to one", dependants, 9, "lan_id", "zoe%d"},
			{"name of whom all refer to", dependants, 2, "name", "Zoe%d"},
			{"LAN ID of whom all refer to", dependants, 2, "lan_id", "zoe%d"},
			{"one of all who share an address", equals, 9, "email", "zoe%d@x.com"},
		} {
			b.Run(fmt.Sprintf("%s/%d", c.name, n), func(b *testing.B) {
				p := c.scene(n).preview(b, memstore.New())
				i := 0
				was, err := p.Row(users.RowAt(0, c.row))
				require.NoError(b, err)
				for b.Loop() {
					i++
					value := fmt.Sprintf(c.value, 10+i%50)
					if i%2 == 0 {
						value = was.Cells[c.field]
					}
					if _, err := p.Edit(b.Context(), importer.Set(users.RowAt(0, c.row), c.field, value)); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// A clean file of users: what a row costs, from the table to the preview.
func BenchmarkPreview(b *testing.B) {
	const n = 100_000
	table := cleanUsers(n)
	im := importer.New(users.Open(memstore.New(), users.Host("bench"), nil), cloudlink.Users(), &importer.Options{Account: acme})
	b.ReportAllocs()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		p, err := im.Preview(b.Context(), table)
		if err != nil {
			b.Fatal(err)
		}
		if s := p.Summary(); s.Actions["create"] != n {
			b.Fatal(s)
		}
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(b.N)/n, "allocs/row")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}

func cleanUsers(n int) *formats.Table {
	rows := make([][]string, n)
	for i := range rows {
		rows[i] = []string{fmt.Sprint("First", i%5000), fmt.Sprint("Lastname", i%70000), fmt.Sprintf("First%d Lastname%d", i%5000, i%70000), fmt.Sprintf("person%d@example.com", i), "User"}
	}
	return newSheet(cloudlink.Users().Tables[0], rows...).table("Users")
}
