package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"github.com/usher-go/usher/users"
)

// This file takes over the writes of the host's program. Triggers note the rows, and
// settling computes the records of these people again.

// settleSize is how many people are settled at once.
const settleSize = 1000

// A note says that the host wrote a person's row.
type note struct {
	id   users.ID
	when time.Time
	gone bool // the row was deleted, even if another row has the id now
}

// settle makes the records agree with the host's table. It writes nothing if nothing is
// noted.
func (s *Store) settle(ctx context.Context) error {
	if s.users == nil {
		return nil
	}
	for {
		if dirty, err := s.isTrue(ctx, s.db, "SELECT EXISTS (SELECT 1 FROM @dirty)"); err != nil || !dirty {
			return err
		}
		err := s.inTx(ctx, func(tx *sql.Tx) error {
			t := &task{Store: s, tx: tx}
			if err := t.lock(ctx); err != nil {
				return err
			}
			_, err := t.settlePart(ctx)
			return err
		})
		if err != nil {
			return err
		}
	}
}

// settle does the same inside the batch's transaction, so that the batch is judged by
// the content of the table.
func (t *task) settle(ctx context.Context) error {
	_, err := t.settleAll(ctx)
	return err
}

// settleAll settles everyone who is noted and returns how many people it settled.
func (t *task) settleAll(ctx context.Context) (all int, err error) {
	if t.users == nil {
		return 0, nil
	}
	for {
		n, err := (&task{Store: t.Store, tx: t.tx}).settlePart(ctx)
		if all += n; err != nil || n == 0 {
			return all, err
		}
	}
}

// settleAgain takes over the rows that the database wrote because of the batch: rows that
// are deleted with another, or that a trigger changes. People whom the batch needs or has
// written must still exist.
func (t *task) settleAgain(ctx context.Context) error {
	n, err := t.settleAll(ctx)
	if err != nil || n == 0 {
		return err
	}
	if err := t.checkReadable(ctx); err != nil {
		return err
	}

	needs := slices.Clone(t.batch.Needs)
	for _, c := range t.changes {
		if c.after.profile() != nil {
			needs = append(needs, users.Need{ID: c.ID})
		}
	}

	versions, err := t.versions(ctx, needs)
	if err != nil {
		return err
	}

	if gone := missing(needs, versions); len(gone) > 0 {
		slices.Sort(gone)
		return &users.Conflict{Gone: slices.Compact(gone)}
	}

	return nil
}

// settlePart settles the next people who are noted and returns how many they were.
func (t *task) settlePart(ctx context.Context) (int, error) {
	notes, ids, err := t.nextNotes(ctx)
	if err != nil || len(notes) == 0 {
		return 0, err
	}

	before := make(map[users.ID]*row, len(ids))
	err = t.readIndexed(ctx, byID(), ids, func(r *row) error { before[r.record.ID] = r; return nil })
	if err != nil {
		return 0, err
	}

	people, err := t.people(ctx, t.tx, ids)
	if err != nil {
		return 0, err
	}

	departed, err := t.departed(ctx)
	if err != nil {
		return 0, err
	}

	var unread []any
	left := map[users.Key]time.Time{} // when people left, by the key of their lines
	for _, n := range notes {
		was := before[n.id]
		c, why, err := t.users.settledChange(n, was, people[n.id], departed)
		if err != nil {
			return 0, err
		}
		if why != nil {
			unread = append(unread, string(n.id), why.Error())
		}
		if c == nil {
			continue
		}
		t.changes = append(t.changes, *c)
		if was != nil && (n.gone || c.after == nil || c.after.record.Account != was.record.Account) {
			left[users.KeyOf(was.record.Account, users.LinkHolder, string(n.id))] = n.when
		}
	}

	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return t.releaseLines(ctx, left) },
		func(ctx context.Context) error { return t.deleteNotes(ctx, ids) },
		func(ctx context.Context) error { return t.setAside(ctx, ids, unread) },
		t.release, t.write,
	} {
		if err := step(ctx); err != nil {
			return 0, err
		}
	}

	return len(ids), nil
}

// nextNotes returns the next notes, with their ids.
func (t *task) nextNotes(ctx context.Context) (notes []note, ids []any, err error) {
	err = t.rows(ctx, t.tx, "SELECT id, noted, gone FROM @dirty ORDER BY id LIMIT ?", []any{settleSize}, func(rows *sql.Rows) error {
		var n note
		var when string
		err := rows.Scan(&n.id, &when, &n.gone)
		if err != nil {
			return err
		}
		n.when, err = parseTime(when)
		notes, ids = append(notes, n), append(ids, string(n.id))
		return err
	})
	return notes, ids, err
}

// settledChange returns the change of a record whose row now has p; p is nil if the row
// does not exist. The change is nil if the record is already so. why is the reason if the
// row could not be read.
func (t *Table) settledChange(n note, was *row, p *person, departed uint64) (c *change, why, err error) {
	switch {
	case !isID(n.id) || was != nil && was.record.Kind() != users.KindUser:
		return nil, nil, nil // no person, or the id of another kind of record
	case p == nil && was == nil:
		return nil, nil, nil
	case p == nil:
		return &change{Write: users.Write{ID: n.id}, before: was}, nil, nil
	}

	rec := users.Record{Head: users.Head{ID: n.id, Created: n.when}}
	version := departed
	var base *users.Profile
	switch {
	case was != nil && n.gone: // another person, who inherits nothing
		version = max(version, was.record.Version)
	case was != nil:
		rec.Head, version = was.record.Head, was.record.Version
		base = was.profile()
	}

	if why = p.err(); why != nil && base != nil {
		return nil, why, nil // the record stays unchanged
	}

	rec.Account, rec.Data = p.account, t.profile(base, p)
	if !n.when.IsZero() {
		rec.Updated = n.when
	}

	c = &change{Write: users.Write{ID: n.id, Version: version, Record: &rec}, before: was}
	if c.after, err = rowOf(c.Write); err != nil {
		return nil, nil, err
	}

	if base != nil && was.record.Account == rec.Account {
		// Encode the stored data again: a later version of usher may encode them differently.
		same, err := users.EncodeData(base)
		if err != nil || bytes.Equal(same, c.after.data) {
			return nil, nil, err
		}
	}

	return c, why, nil
}

// releaseLines removes the holder from the lines of people who left an account or the
// table. The next person with the id must not hold them.
func (t *task) releaseLines(ctx context.Context, left map[users.Key]time.Time) error {
	held := tuples{head: "SELECT " + recordColumns + " FROM @records WHERE id IN (SELECT record FROM @links WHERE (account, space, value) IN (VALUES ", width: 3, tail: "))"}
	keys := slices.SortedFunc(maps.Keys(left), users.Key.Compare)
	return t.readIndexed(ctx, held, keyArgs(keys), func(r *row) error {
		rec := r.record.Clone()
		if when := left[users.KeyOf(rec.Account, users.LinkHolder, string(rec.Holder()))]; !when.IsZero() {
			rec.Updated = when
		}
		rec.SetField(users.FieldHolder, "")
		c := change{Write: users.Write{ID: rec.ID, Version: rec.Version, Record: &rec}, before: r}
		var err error
		c.after, err = rowOf(c.Write)
		t.changes = append(t.changes, c)
		return err
	})
}

// deleteNotes deletes the notes of those people.
func (t *task) deleteNotes(ctx context.Context, ids []any) error {
	return t.exec(ctx, t.tx, tuples{head: "DELETE FROM @dirty WHERE id IN (VALUES ", width: 1, tail: ")"}, ids)
}

// departed returns the highest version of a deleted user. A person whom the host adds
// begins above it, so that a batch read for a deleted person does not fit another person
// with the same id.
func (t *task) departed(ctx context.Context) (version uint64, err error) {
	err = t.rows(ctx, t.tx, "SELECT COALESCE(MAX(version), 0) FROM @departed", nil, func(rows *sql.Rows) error { return rows.Scan(&version) })
	return version, err
}

// noteDeparted records the versions of the users who are deleted.
func (t *task) noteDeparted(ctx context.Context) error {
	var version uint64
	for _, c := range t.changes {
		if c.before.profile() != nil && c.after == nil {
			version = max(version, c.before.record.Version)
		}
	}
	if t.users == nil || version == 0 {
		return nil
	}
	_, err := t.tx.ExecContext(ctx, t.text("INSERT INTO @departed (one, version) VALUES (1, ?)"+
		" ON CONFLICT (one) DO UPDATE SET version = MAX(version, excluded.version)"), int64(version))
	return err
}

// profile returns the data of a person, and nil for no record and for any other kind.
func (r *row) profile() *users.Profile {
	if r == nil {
		return nil
	}
	p, _ := r.record.Data.(*users.Profile)
	return p
}
