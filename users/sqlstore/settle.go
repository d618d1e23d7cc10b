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

// This file takes over what the host's program wrote into its table: triggers
// note whose row it was, and the records of those people are made again.

// settleSize is how many people are settled at once.
const settleSize = 1000

// A note says that the host wrote somebody's row.
type note struct {
	id   users.ID
	when time.Time
	gone bool // the row went, whoever has the id now
}

// settle makes the records agree with the host's table. Where nothing is noted
// it writes nothing.
func (s *Store) settle(ctx context.Context) error {
	if s.users == nil {
		return nil
	}
	for {
		if dirty, err := s.yes(ctx, s.db, "SELECT EXISTS (SELECT 1 FROM @dirty)"); err != nil || !dirty {
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

// settle does it inside the batch's transaction, so that the batch is judged
// by what is in the table.
func (t *task) settle(ctx context.Context) error {
	_, err := t.settleAll(ctx)
	return err
}

// settleAll settles everybody who is noted, and answers how many they were.
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

// settleAgain takes over what the batch had the host's database write beside:
// rows that go with a deleted one, or that a trigger changes. Whom the batch
// needs, or has written, must still be there.
func (t *task) settleAgain(ctx context.Context) error {
	n, err := t.settleAll(ctx)
	if err != nil || n == 0 {
		return err
	}
	if err := t.readable(ctx); err != nil {
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

// settlePart settles the next of those who are noted, and answers how many they were.
func (t *task) settlePart(ctx context.Context) (int, error) {
	notes, ids, err := t.notes(ctx)
	if err != nil || len(notes) == 0 {
		return 0, err
	}
	before := make(map[users.ID]*row, len(ids))
	err = t.indexed(ctx, byID(), ids, func(r *row) error { before[r.record.ID] = r; return nil })
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
	left := map[users.Key]time.Time{} // by the key under which their lines stand
	for _, n := range notes {
		was := before[n.id]
		c, why, err := t.users.settled(n, was, people[n.id], departed)
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
		func(ctx context.Context) error { return t.free(ctx, left) },
		func(ctx context.Context) error { return t.forget(ctx, ids) },
		func(ctx context.Context) error { return t.setAside(ctx, ids, unread) },
		t.release, t.write,
	} {
		if err := step(ctx); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// notes are the next of them, with their ids.
func (t *task) notes(ctx context.Context) (notes []note, ids []any, err error) {
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

// settled is what becomes of a record, now that the row says p, nil for none:
// nil if the record is already so. why is why the row could not be read.
func (t *Table) settled(n note, was *row, p *person, departed uint64) (c *change, why, err error) {
	switch {
	case !isID(n.id) || was != nil && was.record.Kind() != users.KindUser:
		return nil, nil, nil // nobody, or an id that another kind of record has
	case p == nil && was == nil:
		return nil, nil, nil
	case p == nil:
		return &change{Write: users.Write{ID: n.id}, before: was}, nil, nil
	}
	rec := users.Record{Head: users.Head{ID: n.id, Created: n.when}}
	version := departed
	var base *users.Profile
	switch {
	case was != nil && n.gone: // somebody else, who has nothing of theirs
		version = max(version, was.record.Version)
	case was != nil:
		rec.Head, version = was.record.Head, was.record.Version
		base = was.profile()
	}
	if why = p.err(); why != nil && base != nil {
		return nil, why, nil // the record stays as it was
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
		// Encoded again, because a later usher may write the same data otherwise.
		same, err := users.EncodeData(base)
		if err != nil || bytes.Equal(same, c.after.data) {
			return nil, nil, err
		}
	}
	return c, why, nil
}

// free takes the lines from those who left an account, or the table: the next
// person of that id must not hold them.
func (t *task) free(ctx context.Context, left map[users.Key]time.Time) error {
	held := tuples{head: "SELECT " + recordColumns + " FROM @records WHERE id IN (SELECT record FROM @links WHERE (account, space, value) IN (VALUES ", width: 3, tail: "))"}
	keys := slices.SortedFunc(maps.Keys(left), users.Key.Compare)
	return t.indexed(ctx, held, keyArgs(keys), func(r *row) error {
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

// forget takes away the notes of those people.
func (t *task) forget(ctx context.Context, ids []any) error {
	return t.exec(ctx, t.tx, tuples{head: "DELETE FROM @dirty WHERE id IN (VALUES ", width: 1, tail: ")"}, ids)
}

// departed is the highest version that a user who is gone had. Whom the host
// makes begins above it, so that a batch which was read for somebody who is gone
// does not fit another person under the same id.
func (t *task) departed(ctx context.Context) (version uint64, err error) {
	err = t.rows(ctx, t.tx, "SELECT COALESCE(MAX(version), 0) FROM @departed", nil, func(rows *sql.Rows) error { return rows.Scan(&version) })
	return version, err
}

// depart notes the versions of the users who go.
func (t *task) depart(ctx context.Context) error {
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

// profile is what the record says of a person; nil for none, and for any other kind.
func (r *row) profile() *users.Profile {
	if r == nil {
		return nil
	}
	p, _ := r.record.Data.(*users.Profile)
	return p
}
