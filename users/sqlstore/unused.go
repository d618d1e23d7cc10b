package sqlstore

import (
	"context"
	"database/sql"
	"slices"

	"github.com/usher-go/usher/users"
)

// usedLinks returns the links that must be unused when the batch is done and that a
// record has. It runs after release, which removes what the batch's records give up.
func (t *task) usedLinks(ctx context.Context) ([]users.Key, error) {
	var used []users.Key
	err := t.query(ctx, t.tx, tuples{head: "SELECT DISTINCT account, space, value FROM @links WHERE (account, space, value) IN (VALUES ", width: 3, tail: ")"},
		keyArgs(t.batch.Unused), func(rows *sql.Rows) error {
			var k users.Key
			err := rows.Scan(&k.Account, &k.Space, &k.Value)
			used = append(used, k)
			return err
		})

	if err != nil {
		return nil, err
	}

	for _, c := range t.changes {
		for _, k := range c.after.links() {
			if slices.Contains(t.batch.Unused, k) {
				used = append(used, k)
			}
		}
	}

	slices.SortFunc(used, users.Key.Compare)
	return slices.Compact(used), nil
}
