package integration_test

import (
	"database/sql"
	"fmt"
	"strings"
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

// BenchmarkRaw is the floor of BenchmarkApply/create: the same rows, ready made,
// into the same tables, each by a prepared statement, in one transaction.
func BenchmarkRaw(b *testing.B) {
	const n = 10_000
	full := file(b)
	require.NoError(b, migrated(b, full, nil).Apply(b.Context(), batch(n)))
	tables := []string{"records", "keys", "links", "journal"}
	rows := map[string][][]any{}
	for _, table := range tables {
		rows[table] = contents(b, full, table)
	}
	for range b.N {
		b.StopTimer()
		db := file(b)
		migrated(b, db, nil)
		b.StartTimer()
		tx, err := db.Begin()
		require.NoError(b, err)
		for _, table := range tables {
			stmt, err := tx.Prepare("INSERT INTO " + table + " VALUES (" + strings.Repeat(", ?", len(rows[table][0]))[2:] + ")")
			require.NoError(b, err)
			for _, row := range rows[table] {
				_, err := stmt.Exec(row...)
				require.NoError(b, err)
			}
			require.NoError(b, stmt.Close())
		}
		require.NoError(b, tx.Commit())
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/record")
}

// contents is every row of the table.
func contents(b testing.TB, db *sql.DB, table string) (all [][]any) {
	rows, err := db.Query("SELECT * FROM " + table)
	require.NoError(b, err)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(b, err)
	for rows.Next() {
		row := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		require.NoError(b, rows.Scan(into...))
		all = append(all, row)
	}
	require.NoError(b, rows.Err())
	return all
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

// BenchmarkFindInAHostsTable is BenchmarkFind over a table of the host's that
// nobody writes to meanwhile, and with one key, where the question whether
// somebody did weighs most.
func BenchmarkFindInAHostsTable(b *testing.B) {
	const n = 100_000
	for _, opts := range []*sqlstore.Options{nil, {Users: hostedTable()}} {
		db := file(b)
		hostDoes(b, db, hosted)
		s := migrated(b, db, opts)
		require.NoError(b, s.Apply(b.Context(), batch(n)))
		for _, size := range []int{1, users.MaxFind} {
			b.Run(fmt.Sprintf("mapped=%v/keys=%d", opts != nil, size), func(b *testing.B) {
				keys := make([]users.Key, size)
				for i := range keys {
					keys[i] = users.KeyOf("acme", users.SpaceEmail, fmt.Sprintf("person%d@example.com", i*101))
				}
				for b.Loop() {
					found, err := s.Find(b.Context(), keys)
					require.NoError(b, err)
					require.Len(b, found, size)
				}
			})
		}
	}
}

// BenchmarkApplyInAHostsTable is BenchmarkApply/create over a table of the host's.
func BenchmarkApplyInAHostsTable(b *testing.B) {
	const n = 10_000
	for range b.N {
		b.StopTimer()
		db := file(b)
		hostDoes(b, db, hosted)
		s := migrated(b, db, &sqlstore.Options{Users: hostedTable()})
		made := batch(n)
		b.StartTimer()
		require.NoError(b, s.Apply(b.Context(), made))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/record")
}

// BenchmarkSettle is what it takes to take over a row that the host wrote.
func BenchmarkSettle(b *testing.B) {
	const n = 10_000
	db := file(b)
	hostDoes(b, db, hosted)
	s := migrated(b, db, &sqlstore.Options{Users: hostedTable()})
	require.NoError(b, s.Apply(b.Context(), batch(n)))
	for i := range b.N {
		b.StopTimer()
		hostDoes(b, db, fmt.Sprintf("UPDATE people SET badge = %d", i))
		b.StartTimer()
		_, err := s.Find(b.Context(), []users.Key{users.ByID("x")})
		require.NoError(b, err)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/record")
}
