package integration_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
)

// A townsman is a person as a plain model has them.
type townsman struct {
	Email, Name string // of the host's table
	Admin       bool
	Mobile      string // usher's alone
}

// A town is a plain model of a host's table and the Store over it, in which
// nothing has a trigger, a note or a version.
type town struct {
	people map[users.ID]townsman
	holder map[string]users.ID // by folded address
	known  map[users.ID]seen   // as the Store last answered
	left   map[users.ID]bool   // whose row went since, whoever has the id now
	floor  map[users.ID]uint64 // no answer may be below, unless a batch makes the record again
}

type seen struct {
	version uint64
	townsman
}

// settle gives every address that was let go to the first of those who wait,
// those who come in after those who were there.
func (m *town) settle(came map[users.ID]bool) {
	for _, late := range []bool{false, true} {
		for k, id := range m.holder {
			if p, here := m.people[id]; !here || users.FoldEmail(p.Email) != k {
				delete(m.holder, k)
			}
		}
		for _, id := range slices.Sorted(maps.Keys(m.people)) {
			k := users.FoldEmail(m.people[id].Email)
			if _, held := m.holder[k]; k != "" && !held && came[id] == late {
				m.holder[k] = id
			}
		}
	}
}

// A random mix of the host's statements and of batches, through two pools, ends
// every step as a plain model says. A batch at a version that was read before the
// host wrote is a conflict, and no version goes back.
func TestAHostsTableIsAsTheModelSays(t *testing.T) {
	folder := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		n++
		src := source(filepath.Join(folder, fmt.Sprint(n)))
		require.NoError(t, os.Mkdir(filepath.Join(folder, fmt.Sprint(n)), 0o700))
		src += "&_pragma=synchronous(off)"
		pools := make([]*sql.DB, rapid.IntRange(1, 2).Draw(t, "pools"))
		stores := make([]*sqlstore.Store, len(pools))
		for i := range pools {
			db, err := sql.Open("sqlite", src)
			require.NoError(t, err)
			defer db.Close()
			if i == 0 {
				_, err = db.Exec("CREATE TABLE people (id TEXT PRIMARY KEY, email TEXT, name TEXT NOT NULL DEFAULT '', is_admin INTEGER DEFAULT 0, hash TEXT NOT NULL DEFAULT 'h')")
				require.NoError(t, err)
			}
			pools[i] = db
			stores[i] = sqlstore.New(db, &sqlstore.Options{Users: &sqlstore.Table{Name: "people", ID: "id", Fixed: "acme", Columns: []sqlstore.Column{
				{Field: "email", Name: "email", Encode: sqlstore.EmptyIsNull}, {Field: "name", Name: "name"}, adminColumn("role", "is_admin"),
			}}})
			require.NoError(t, stores[i].Migrate(ctx))
		}
		m := &town{people: map[users.ID]townsman{}, holder: map[string]users.ID{}, known: map[users.ID]seen{}, left: map[users.ID]bool{}, floor: map[users.ID]uint64{}}
		for step := range rapid.IntRange(1, 14).Draw(t, "steps") {
			db, s := pools[step%len(pools)], stores[rapid.IntRange(0, len(stores)-1).Draw(t, "store")]
			if rapid.IntRange(0, 1).Draw(t, "who") == 0 {
				for range rapid.IntRange(1, 3).Draw(t, "statements") {
					m.hostWrites(t, db)
				}
			}
			if rapid.IntRange(0, 1).Draw(t, "then") == 0 {
				m.batch(t, ctx, s)
			}
			m.compare(t, ctx, stores[rapid.IntRange(0, len(stores)-1).Draw(t, "reader")], step)
		}
	})
}

func drawAddress(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "a@example.com", "A@Example.com", "b@example.com", "c@example.com"}).Draw(t, "email")
}

func townIDs() *rapid.Generator[users.ID] {
	return rapid.SampledFrom([]users.ID{"u1", "u2", "u3", "u4"})
}

func drawName(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "Ada", "ada", "ÿ"}).Draw(t, "name")
}

// hostWrites does one statement of the host's, and says so to the model.
func (m *town) hostWrites(t *rapid.T, db *sql.DB) {
	id := townIDs().Draw(t, "id")
	p, here := m.people[id]
	exec := func(statement string, args ...any) {
		_, err := db.Exec(statement, args...)
		require.NoError(t, err)
	}
	switch what := rapid.SampledFrom([]string{"put", "put", "email", "email", "name", "hash", "delete", "rename"}).Draw(t, "what"); {
	case what == "delete":
		exec("DELETE FROM people WHERE id = ?", string(id))
		delete(m.people, id)
		m.left[id] = m.left[id] || here
	case what == "rename" && here:
		to := townIDs().Draw(t, "to")
		if _, taken := m.people[to]; !taken {
			exec("UPDATE people SET id = ? WHERE id = ?", string(to), string(id))
			m.people[to] = townsman{p.Email, p.Name, p.Admin, ""}
			delete(m.people, id)
			m.left[id] = true
		}
	case what == "put" || !here:
		p = townsman{drawAddress(t), drawName(t), rapid.Bool().Draw(t, "admin"), p.Mobile}
		exec("INSERT OR REPLACE INTO people (id, email, name, is_admin) VALUES (?, ?, ?, ?)", string(id), sqlstore.EmptyIsNull(p.Email), p.Name, p.Admin)
		m.people[id] = p
	case what == "email":
		p.Email = drawAddress(t)
		exec("UPDATE people SET email = ? WHERE id = ?", p.Email, string(id))
		m.people[id] = p
	case what == "name":
		p.Name = drawName(t)
		exec("UPDATE people SET name = ?, is_admin = NOT is_admin", p.Name)
		for id, p2 := range m.people {
			p2.Name, p2.Admin = p.Name, !p2.Admin
			m.people[id] = p2
		}
	default:
		exec("UPDATE people SET hash = hash || 'h'")
	}
}

// batch applies up to three writes at the versions last read, or an older one,
// and holds the answer against the model.
func (m *town) batch(t *rapid.T, ctx context.Context, s *sqlstore.Store) {
	m.settle(m.came())
	b := users.Batch{Import: "i"}
	var stale []users.ID
	after := maps.Clone(m.people)
	for _, id := range rapid.SliceOfNDistinct(townIDs(), 1, 3, rapid.ID).Draw(t, "writes") {
		was, read := m.known[id]
		w := users.Write{ID: id, Version: was.version}
		p, here := m.people[id]
		if read != here || read && (was.townsman != p || m.left[id]) {
			stale = append(stale, id)
		} else if rapid.IntRange(0, 9).Draw(t, "old") == 0 && w.Version > 1 {
			w.Version--
			stale = append(stale, id)
		}
		if w.Version == 0 || rapid.IntRange(0, 3).Draw(t, "delete") > 0 {
			p = townsman{drawAddress(t), drawName(t), rapid.Bool().Draw(t, "admin"), rapid.SampledFrom([]string{"", "+33612345678"}).Draw(t, "mobile")}
			data := &users.Profile{Email: p.Email, DisplayName: p.Name, Mobile: p.Mobile}
			data.Grant(users.RoleAdmin, p.Admin)
			w.Record = &users.Record{Head: users.Head{ID: id, Account: "acme"}, Data: data}
			after[id] = p
		} else {
			delete(after, id)
		}
		b.Writes = append(b.Writes, w)
	}
	slices.Sort(stale)
	clash := m.clash(b, after)
	err := s.Apply(ctx, b)
	c := new(users.Conflict)
	switch {
	case len(stale) > 0 || clash:
		if !errors.As(err, &c) {
			t.Fatalf("Apply of %v: %v, want a conflict: stale %v, a key %v", b.Writes, err, stale, clash)
		}
		if diff := cmp.Diff(stale, c.Stale); diff != "" {
			t.Fatalf("stale (-want +got):\n%s", diff)
		}
		if len(stale) == 0 && len(c.Keys) == 0 {
			t.Fatalf("%v, want a key", c)
		}
	case err != nil:
		t.Fatalf("Apply: %v", err)
	default:
		for _, w := range b.Writes {
			if w.Version == 0 {
				m.floor[w.ID] = 0
			}
			m.known[w.ID] = seen{w.Version + 1, after[w.ID]}
			if w.Record == nil {
				delete(m.known, w.ID)
			}
		}
		came := map[users.ID]bool{}
		for _, w := range b.Writes {
			came[w.ID] = users.FoldEmail(m.people[w.ID].Email) != users.FoldEmail(after[w.ID].Email)
		}
		m.people, m.left = after, map[users.ID]bool{}
		m.settle(came)
	}
}

// came are those whose address the host changed since the Store last looked.
func (m *town) came() map[users.ID]bool {
	out := map[users.ID]bool{}
	for id, p := range m.people {
		out[id] = users.FoldEmail(m.known[id].Email) != users.FoldEmail(p.Email)
	}
	return out
}

// clash reports whether a write takes an address that another would still have.
func (m *town) clash(b users.Batch, after map[users.ID]townsman) bool {
	gains := map[users.ID]bool{}
	for _, w := range b.Writes {
		k := users.FoldEmail(after[w.ID].Email)
		gains[w.ID] = w.Record != nil && k != "" && k != users.FoldEmail(m.people[w.ID].Email)
	}
	for id := range gains {
		for other, p := range after {
			if gains[id] && other != id && users.FoldEmail(p.Email) == users.FoldEmail(after[id].Email) {
				return true
			}
		}
	}
	return false
}

// compare holds what the Store answers against the model.
func (m *town) compare(t *rapid.T, ctx context.Context, s *sqlstore.Store, step int) {
	m.settle(m.came())
	page, err := s.List(ctx, users.Query{Kind: users.KindUser, Scope: users.Scope{Accounts: []users.AccountID{"acme"}}, Count: true})
	require.NoError(t, err)
	require.Equal(t, len(page.Records), page.Total)
	got := map[users.ID]townsman{}
	known := map[users.ID]seen{}
	for _, r := range page.Records {
		p := r.Data.(*users.Profile)
		got[r.ID] = townsman{p.Email, p.DisplayName, p.Admin(), p.Mobile}
		if old := m.known[r.ID]; r.Version < m.floor[r.ID] || r.Version == m.floor[r.ID] && got[r.ID] != old.townsman {
			t.Fatalf("step %d: %s is at version %d and says %v, after version %d that said %v", step, r.ID, r.Version, got[r.ID], m.floor[r.ID], old.townsman)
		}
		if old, read := m.known[r.ID]; read && m.left[r.ID] && r.Version <= old.version {
			t.Fatalf("step %d: %s is somebody else, at version %d after %d", step, r.ID, r.Version, old.version)
		}
		m.floor[r.ID] = r.Version
		known[r.ID] = seen{r.Version, got[r.ID]}
		recs, err := s.Find(ctx, []users.Key{users.ByID(r.ID)})
		require.NoError(t, err)
		if diff := cmp.Diff([]users.Record{r}, recs); diff != "" {
			t.Fatalf("step %d: %s listed and found (-want +got):\n%s", step, r.ID, diff)
		}
	}
	if diff := cmp.Diff(m.people, got); diff != "" {
		t.Fatalf("step %d: the people (-want +got):\n%s", step, diff)
	}
	m.known, m.left = known, map[users.ID]bool{}
	for _, a := range []string{"a@example.com", "b@example.com", "c@example.com"} {
		recs, err := s.Find(ctx, []users.Key{emailKey(strings.ToUpper(a))})
		require.NoError(t, err)
		var id users.ID
		for _, r := range recs {
			id += r.ID
		}
		if want := m.holder[a]; id != want {
			t.Fatalf("step %d: %s is %q's, want %q's", step, a, id, want)
		}
	}
}
