package integration_test

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
)

// What the host writes between our read and our batch makes the batch stale,
// whoever looked at it meanwhile, in one pool and in two.
func TestTheHostWritesBetweenReadAndApply(t *testing.T) {
	for _, x := range []struct{ name, statement string }{
		{"a change", "UPDATE people SET email = 'countess@example.com'"},
		{"a change of something else", "UPDATE people SET login = 'countess'"},
		{"a deletion", "DELETE FROM people"},
		{"another under the same id", "DELETE FROM people; INSERT INTO people (id, email) VALUES ('ada', 'other@example.com')"},
	} {
		for _, pools := range []int{1, 2} {
			for _, looked := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, %d pools, looked at %v", x.name, pools, looked), func(t *testing.T) {
					src := source(t.TempDir())
					theirs := open(t, src)
					hostDoes(t, theirs, looseDDL)
					ours := theirs
					if pools == 2 {
						ours = open(t, src)
					}
					s := migrated(t, ours, &sqlstore.Options{Users: looseTable()})
					hostDoes(t, theirs, "INSERT INTO people (id, email) VALUES ('ada', 'ada@example.com')")
					ada := oneUser(t, s, "ada")

					hostDoes(t, theirs, x.statement)
					want := columnOf(t, theirs, "SELECT id || email || coalesce(login, '') FROM people")
					if looked {
						foundIn(t, s, users.ByID("ada"))
					}
					for _, p := range []*users.Profile{{Email: "lovelace@example.com"}, nil} {
						require.Equal(t, users.Conflict{Stale: []users.ID{"ada"}}, conflictOf(t, s, writeUser("ada", ada.Version, p)))
					}
					require.Equal(t, users.Conflict{Gone: []users.ID{"ada"}}, conflictOf(t, s, users.Batch{Import: "i", Needs: []users.Need{{ID: "ada", Version: ada.Version}}}))
					require.Equal(t, want, columnOf(t, theirs, "SELECT id || email || coalesce(login, '') FROM people"))
				})
			}
		}
	}
}

// The host and usher count in one row at once, each in its own way, and no
// count is lost.
func TestNoCountOfTheHostsIsLost(t *testing.T) {
	const times = 40
	src := source(t.TempDir())
	theirs, ours := open(t, src), open(t, src)
	hostDoes(t, theirs, "CREATE TABLE people (id TEXT PRIMARY KEY, n INTEGER)", "INSERT INTO people VALUES ('ada', 0)")
	s := migrated(t, ours, &sqlstore.Options{Users: &sqlstore.Table{Name: "people", ID: "id", Fixed: "acme", Columns: []sqlstore.Column{{Field: "custom.n", Name: "n"}}}})
	var wg sync.WaitGroup
	wg.Go(func() {
		for range times {
			_, err := theirs.Exec("UPDATE people SET n = n + 1")
			assert.NoError(t, err)
		}
	})
	for range 2 {
		wg.Go(func() {
			for done := 0; done < times; {
				recs, err := s.Find(t.Context(), []users.Key{users.ByID("ada")})
				if !assert.NoError(t, err) || !assert.Len(t, recs, 1) {
					return
				}
				p := recs[0].Clone().Data.(*users.Profile)
				n, err := strconv.Atoi(p.Custom["n"])
				assert.NoError(t, err)
				p.Custom["n"] = strconv.Itoa(n + 1)
				err = s.Apply(t.Context(), writeUser("ada", recs[0].Version, p))
				if c := new(users.Conflict); errors.As(err, &c) {
					continue
				}
				if !assert.NoError(t, err) {
					return
				}
				done++
			}
		})
	}
	wg.Wait()
	require.Equal(t, []string{strconv.Itoa(3 * times)}, columnOf(t, theirs, "SELECT n FROM people"))
	require.Equal(t, strconv.Itoa(3*times), oneUser(t, s, "ada").Data.(*users.Profile).Custom["n"])
}

// Where the host wrote nothing, to look writes nothing.
func TestLookingWritesNothing(t *testing.T) {
	src := source(t.TempDir())
	db := open(t, src)
	hostDoes(t, db, looseDDL)
	opts := &sqlstore.Options{Users: looseTable()}
	s := migrated(t, db, opts)
	hostDoes(t, db, "INSERT INTO people (id, email) VALUES ('ada', 'ada@example.com')")
	reader := sqlstore.New(open(t, src+"&_pragma=query_only(1)"), opts)
	_, err := reader.Find(t.Context(), []users.Key{users.ByID("ada")})
	require.ErrorContains(t, err, "sqlstore: find: ", "there is something to settle")
	oneUser(t, s, "ada")
	oneUser(t, reader, "ada")
	_, err = reader.List(t.Context(), users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}})
	require.NoError(t, err)
}
