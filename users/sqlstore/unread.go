package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/usher-go/usher/users"
)

// A row of the host's may say what cannot be read. That one person is set aside
// in a table, with the reason, until the host writes the row again or usher looks
// at every row; everybody else is settled and answered.

// setAside holds those of ids, and no others of them, to be unread: unread are
// ids and reasons in turn.
func (t *task) setAside(ctx context.Context, ids, unread []any) error {
	err := t.exec(ctx, t.tx, tuples{head: "DELETE FROM @unread WHERE id IN (VALUES ", width: 1, tail: ")"}, ids)
	if err != nil {
		return err
	}
	return t.exec(ctx, t.tx, tuples{head: "INSERT INTO @unread (id, why) VALUES ", width: 2}, unread)
}

// readable fails if the batch writes or needs somebody who is set aside: nobody
// knows what would be overwritten, or what is relied on.
func (t *task) readable(ctx context.Context) error {
	if t.users == nil {
		return nil
	}
	var ids []any
	for _, c := range t.changes {
		ids = append(ids, string(c.ID))
	}
	for _, n := range t.batch.Needs {
		ids = append(ids, string(n.ID))
	}
	return t.query(ctx, t.tx, tuples{head: "SELECT id, why FROM @unread WHERE id IN (VALUES ", width: 1, tail: ")"}, ids, func(rows *sql.Rows) error {
		var id users.ID
		var why string
		if err := rows.Scan(&id, &why); err != nil {
			return err
		}
		return t.users.about(id, errors.New(why))
	})
}

// asksFor reports whether one of the keys is the record's own, and not a link
// that others stand under as well.
func asksFor(keys []users.Key, r users.Record) bool {
	return slices.Contains(keys, users.ByID(r.ID)) ||
		slices.ContainsFunc(r.Keys(), func(k users.Key) bool { return slices.Contains(keys, k) })
}
