package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"time"

	"github.com/usher-go/usher/users"
)

// This file takes over what the host's program wrote into its table: triggers
// note whose row it was, and the records of those people are made again.

// settlePart is how many people are settled at once.
const settlePart = 1000

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
	for more := t.users != nil; more; {
		n, err := (&task{Store: t.Store, tx: t.tx}).settlePart(ctx)
		if err != nil {
			return err
		}
		more = n > 0
	}
	return nil
}

// settlePart settles the next of those who are noted, and answers how many they were.
func (t *task) settlePart(ctx context.Context) (int, error) {
	var ids []any
	var noted []time.Time
	err := t.rows(ctx, t.tx, "SELECT id, noted FROM @dirty ORDER BY id LIMIT ?", []any{settlePart}, func(rows *sql.Rows) error {
		var id, text string
		err := rows.Scan(&id, &text)
		if err != nil {
			return err
		}
		when, err := parseTime(text)
		ids, noted = append(ids, id), append(noted, when)
		return err
	})
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	before := make(map[users.ID]*row, len(ids))
	err = t.query(ctx, t.tx, byID(), ids, func(rows *sql.Rows) error {
		r, err := scanRow(rows)
		if err == nil {
			r.index = r.record.Index()
			before[r.record.ID] = r
		}
		return err
	})
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
	for i := range ids {
		id := users.ID(ids[i].(string))
		was := before[id]
		p, here := people[id]
		switch {
		case !isID(id) || was != nil && was.record.Kind() != users.KindUser:
			// Nobody, or an id that another kind of record has.
		case here:
			c, err := t.users.settled(id, was, p, noted[i], departed)
			if err != nil {
				return 0, err
			}
			if c != nil {
				t.changes = append(t.changes, *c)
			}
		case was != nil:
			t.changes = append(t.changes, change{Write: users.Write{ID: id}, before: was})
		}
	}
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return t.forget(ctx, ids) }, t.release, t.write,
	} {
		if err := step(ctx); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// settled is the record as the row has it; nil if it is already so.
func (t *Table) settled(id users.ID, was *row, p person, noted time.Time, departed uint64) (*change, error) {
	rec := users.Record{Head: users.Head{ID: id, Created: noted}}
	version := departed
	var base *users.Profile
	if was != nil {
		rec.Head, version = was.record.Head, was.record.Version
		base = was.record.Data.(*users.Profile)
	}
	rec.Account, rec.Data = p.account, t.profile(base, p)
	if !noted.IsZero() {
		rec.Updated = noted
	}
	c := change{Write: users.Write{ID: id, Version: version, Record: &rec}, before: was}
	var err error
	if c.after, err = rowOf(c.Write); err != nil {
		return nil, err
	}
	if was != nil && was.record.Account == rec.Account {
		// Encoded again, because a later usher may write the same data otherwise.
		same, err := users.EncodeData(base)
		if err != nil || bytes.Equal(same, c.after.data) {
			return nil, err
		}
	}
	return &c, nil
}

// forget takes away the notes of those people.
func (t *task) forget(ctx context.Context, ids []any) error {
	return t.exec(ctx, t.tx, tuples{head: "DELETE FROM @dirty WHERE id IN (VALUES ", width: 1, tail: ")"}, ids)
}

// departed is the highest version that a user who is gone had. Whom the host
// makes begins above it: the host may use an id again, and a batch that was read
// for the one must not fit the other.
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
