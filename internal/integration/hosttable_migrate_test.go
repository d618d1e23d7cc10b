package integration_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
)

// Replicas that start at once migrate one after the other, the first time too.
func TestReplicasMigrateAtOnce(t *testing.T) {
	const rounds = 40
	for _, x := range []struct {
		name string
		opts *sqlstore.Options
	}{{"usher's tables", nil}, {"the host's", &sqlstore.Options{Users: looseTable()}}} {
		t.Run(x.name, func(t *testing.T) {
			src := source(t.TempDir())
			one, two := open(t, src), open(t, src)
			hostDoes(t, one, looseDDL)
			var wg sync.WaitGroup
			for _, s := range []*sqlstore.Store{sqlstore.New(one, x.opts), sqlstore.New(two, x.opts)} {
				wg.Go(func() {
					for range rounds {
						if !assert.NoError(t, s.Migrate(t.Context())) {
							return
						}
					}
				})
			}
			wg.Wait()
		})
	}
}

// A host whose ids are numbers gives usher a column of text beside them.
func TestIDsBesideNumbers(t *testing.T) {
	db, s := inHost(t, `CREATE TABLE people (number INTEGER PRIMARY KEY, id TEXT UNIQUE, email TEXT, login TEXT);
CREATE TRIGGER give_id AFTER INSERT ON people WHEN NEW.id IS NULL BEGIN UPDATE people SET id = 'p' || number WHERE number = NEW.number; END`, looseTable())
	hostDoes(t, db, "INSERT INTO people (email) VALUES ('ada@example.com')")
	require.Equal(t, users.ID("p1"), holderOf(t, s, "ada@example.com"))
	require.NoError(t, s.Apply(t.Context(), writeUser("new", 0, &users.Profile{Email: "bob@example.com"})))
	require.Equal(t, []string{"1 p1", "2 new"}, columnOf(t, db, "SELECT number || ' ' || id FROM people ORDER BY number"))
}
