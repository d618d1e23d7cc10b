package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/usher-go/usher/users"
)

// This file handles rows of the host's table that cannot be read. Only that person is set
// aside in a table, with the reason, until the host writes the row again or Migrate reads
// every row. All others are settled and returned.

// setAside marks those of ids as unread that are in unread, and no others of ids. unread
// has ids and reasons in turn.
func (t *task) setAside(ctx context.Context, ids, unread []any) error {
	err := t.exec(ctx, t.tx, tuples{head: "DELETE FROM @unread WHERE id IN (VALUES ", width: 1, tail: ")"}, ids)
	if err != nil {
		return err
	}
	return t.exec(ctx, t.tx, tuples{head: "INSERT INTO @unread (id, why) VALUES ", width: 2}, unread)
}

// checkReadable fails if the batch writes or needs a person who is set aside, because it
// is not known what it would overwrite or rely on.
func (t *task) checkReadable(ctx context.Context) error {
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

// asksFor reports whether one of the keys is the record's id or unique key. A link may
// belong to other records as well.
func asksFor(keys []users.Key, r users.Record) bool {
	return slices.Contains(keys, users.ByID(r.ID)) ||
		slices.ContainsFunc(r.Keys(), func(k users.Key) bool { return slices.Contains(keys, k) })
}
