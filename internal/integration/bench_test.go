package integration_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
)

// batch makes n users, each by a row of its own.
func batch(n int) users.Batch {
	b := users.Batch{Import: "i1"}
	for i := range n {
		row := users.RowAt(0, i+1)
		id := users.NewID()
		b.Rows = append(b.Rows, users.RowNote{Row: row, Note: []byte(`{"outcome":"created"}`)})
		b.Writes = append(b.Writes, users.Write{Row: row, ID: id, Record: &users.Record{
			Head: users.Head{ID: id, Account: "acme"},
			Data: &users.Profile{
				Email: fmt.Sprintf("person%d@example.com", (i*7919)%n), FirstName: "Person", LastName: fmt.Sprint(i),
				Login: fmt.Sprintf("login%d", i), Roles: []string{users.RoleAdmin},
			},
		}})
	}
	return b
}

// changed is the batch that changes what b made: the address of every tenth.
func changed(b users.Batch) users.Batch {
	out := users.Batch{Import: "i2", Rows: b.Rows}
	for i, w := range b.Writes {
		r := w.Record.Clone()
		p := r.Data.(*users.Profile)
		p.LastName += " Jr."
		if i%10 == 0 {
			p.Email = "new" + p.Email
		}
		out.Writes = append(out.Writes, users.Write{Row: w.Row, ID: w.ID, Version: 1, Record: &r})
	}
	return out
}

func BenchmarkApply(b *testing.B) {
	const n = 10_000
	for _, x := range []struct {
		name    string
		prepare func(*sqlstore.Store) users.Batch
	}{
		{"create", func(*sqlstore.Store) users.Batch { return batch(n) }},
		{"update", func(s *sqlstore.Store) users.Batch {
			made := batch(n)
			require.NoError(b, s.Apply(b.Context(), made))
			return changed(made)
		}},
	} {
		b.Run(x.name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				b.StopTimer()
				s := migrated(b, file(b), nil)
				batch := x.prepare(s)
				b.StartTimer()
				require.NoError(b, s.Apply(b.Context(), batch))
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/record")
		})
	}
}

func BenchmarkFind(b *testing.B) {
	const n = 100_000
	s := migrated(b, file(b), nil)
	require.NoError(b, s.Apply(b.Context(), batch(n)))
	keys := make([]users.Key, users.MaxFind)
	for i := range keys {
		keys[i] = users.KeyOf("acme", users.SpaceEmail, fmt.Sprintf("person%d@example.com", i*101))
	}
	for b.Loop() {
		found, err := s.Find(b.Context(), keys)
		require.NoError(b, err)
		require.Len(b, found, len(keys))
	}
}
