package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/usher-go/usher/users"
)

// Apply writes the whole batch or nothing, in one transaction. It returns the errors of
// [users.Store] and those of [users.Batch.Check]. Conflicts are found by queries inside
// the transaction, never by reading a driver's error.
func (s *Store) Apply(ctx context.Context, b users.Batch) error {
	if s.err != nil {
		return s.err
	}
	err := s.apply(ctx, b)
	if c := new(users.Conflict); err == nil || errors.Is(err, users.ErrDigest) || errors.As(err, &c) {
		return err
	}
	return fmt.Errorf("sqlstore: apply: %w", err)
}

func (s *Store) apply(ctx context.Context, b users.Batch) error {
	if err := b.Check(); err != nil {
		return err
	}

	changes := make([]change, len(b.Writes))
	for i, w := range b.Writes {
		after, err := rowOf(w)
		if err != nil {
			return err
		}
		changes[i] = change{Write: w, after: after}
	}

	return s.inTx(ctx, func(tx *sql.Tx) error {
		t := &task{Store: s, tx: tx, batch: b, changes: changes}
		for _, step := range []func(context.Context) error{t.lock, t.checkWatched, t.settle, t.checkReadable, t.checkDigest, t.read, t.release, t.judge, t.writeHost, t.write, t.settleAgain, t.writeEntries} {
			if err := step(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// A change is a write with the record before and after it.
type change struct {
	users.Write
	before, after *row
}

// A task is one batch in its transaction. Its methods are called in the order of this
// file.
type task struct {
	*Store
	tx      *sql.Tx
	batch   users.Batch
	changes []change
}

// lock makes other writers wait.
func (t *task) lock(ctx context.Context) error {
	_, err := t.tx.ExecContext(ctx, t.text(t.words.lock))
	return err
}

func byID() tuples {
	return tuples{head: "SELECT " + recordColumns + " FROM @records WHERE id IN (VALUES ", width: 1, tail: ")"}
}

// checkDigest compares the batch's digest with that of the import's record.
func (t *task) checkDigest(ctx context.Context) error {
	return t.query(ctx, t.tx, byID(), []any{string(t.batch.Import)}, func(rows *sql.Rows) error {
		r, err := scanRow(rows)
		if err != nil {
			return err
		}
		if imp, ok := r.record.Data.(*users.Import); ok && imp.Digest != "" && imp.Digest != t.batch.Digest {
			return users.ErrDigest
		}
		return nil
	})
}

// read fetches the stored records that the batch writes.
func (t *task) read(ctx context.Context) error {
	places := make(map[users.ID]int, len(t.changes))
	ids := make([]any, len(t.changes))
	for i, c := range t.changes {
		places[c.ID], ids[i] = i, string(c.ID)
	}
	return t.readIndexed(ctx, byID(), ids, func(r *row) error {
		t.changes[places[r.record.ID]].before = r
		return nil
	})
}

// readIndexed passes each record of a query to do, with its keys and links.
func (t *task) readIndexed(ctx context.Context, q tuples, args []any, do func(*row) error) error {
	return t.query(ctx, t.tx, q, args, func(rows *sql.Rows) error {
		r, err := scanRow(rows)
		if err != nil {
			return err
		}
		r.index = r.record.Index()
		return do(r)
	})
}

// release removes the keys and links that the batch's records give up. If the batch is
// refused, the transaction restores them.
func (t *task) release(ctx context.Context) error {
	var keys, links []holding
	for _, c := range t.changes {
		for _, k := range without(c.before.keys(), c.after.keys()) {
			keys = append(keys, holding{k, c.ID})
		}
		for _, k := range without(c.before.links(), c.after.links()) {
			links = append(links, holding{k, c.ID})
		}
	}
	if err := t.drop(ctx, keys); err != nil {
		return err
	}
	return t.exec(ctx, t.tx, tuples{head: "DELETE FROM @links WHERE (account, space, value, record) IN (VALUES ", width: 4, tail: ")"}, holdingArgs(links))
}

// judge returns a Conflict with every reason against the batch, or nil. It runs after
// release, so a record that still has a key does not give it up.
func (t *task) judge(ctx context.Context) error {
	c := new(users.Conflict)
	var err error
	if c.Done, err = t.doneRows(ctx); err != nil {
		return err
	}
	if c.Gone, err = t.goneNeeds(ctx); err != nil {
		return err
	}
	if c.Used, err = t.usedLinks(ctx); err != nil {
		return err
	}

	holders, err := t.holders(ctx)
	if err != nil {
		return err
	}

	for _, x := range t.changes {
		var version uint64
		if x.before != nil {
			version = x.before.record.Version
		}
		if version != x.Version {
			c.Stale = append(c.Stale, x.ID)
		}

		// A key that the record had before is not asked for again: the record may be
		// waiting for it.
		for _, k := range without(x.after.keys(), x.before.keys()) {
			holder, taken := holders[k]
			if !taken {
				holders[k] = x.ID
			} else if holder != x.ID {
				c.Keys = append(c.Keys, users.KeyConflict{Key: k, Wants: x.ID, Holder: holder})
			}
		}
	}

	if c.Empty() {
		return nil
	}

	slices.Sort(c.Done)
	slices.Sort(c.Gone)
	slices.Sort(c.Stale)
	slices.SortStableFunc(c.Keys, func(a, b users.KeyConflict) int {
		if n := a.Key.Compare(b.Key); n != 0 {
			return n
		}
		return strings.Compare(string(a.Wants), string(b.Wants))
	})

	return c
}

// doneRows returns the batch's rows that the import did before.
func (t *task) doneRows(ctx context.Context) (done []users.RowID, err error) {
	args := make([]any, 0, 2*len(t.batch.Rows))
	for _, r := range t.batch.Rows {
		args = append(args, string(t.batch.Import), int64(r.Row))
	}
	err = t.query(ctx, t.tx, tuples{head: "SELECT row FROM @journal WHERE (import, row) IN (VALUES ", width: 2, tail: ")"}, args,
		func(rows *sql.Rows) error {
			var id int64
			err := rows.Scan(&id)
			done = append(done, users.RowID(id))
			return err
		})
	return done, err
}

// goneNeeds returns the needed records that would not exist at the end of the batch.
func (t *task) goneNeeds(ctx context.Context) ([]users.ID, error) {
	versions, err := t.versions(ctx, t.batch.Needs)
	for _, c := range t.changes {
		if delete(versions, c.ID); c.after != nil {
			versions[c.ID] = c.Version + 1
		}
	}
	return missing(t.batch.Needs, versions), err
}

// versions returns the stored versions of the needed records.
func (t *task) versions(ctx context.Context, needs []users.Need) (map[users.ID]uint64, error) {
	versions := make(map[users.ID]uint64, len(needs))
	args := make([]any, len(needs))
	for i, n := range needs {
		args[i] = string(n.ID)
	}
	err := t.query(ctx, t.tx, tuples{head: "SELECT id, version FROM @records WHERE id IN (VALUES ", width: 1, tail: ")"}, args, func(rows *sql.Rows) error {
		var id users.ID
		var version int64
		err := rows.Scan(&id, &version)
		versions[id] = uint64(version)
		return err
	})
	return versions, err
}

// missing returns the needed records that do not exist or are at another version.
func missing(needs []users.Need, versions map[users.ID]uint64) []users.ID {
	var gone []users.ID
	for _, n := range needs {
		if v, there := versions[n.ID]; !there || n.Version != 0 && v != n.Version {
			gone = append(gone, n.ID)
		}
	}
	return gone
}

// holders returns the records that have a key which the batch's records gain.
func (t *task) holders(ctx context.Context) (map[users.Key]users.ID, error) {
	var gained []users.Key
	for _, c := range t.changes {
		gained = append(gained, without(c.after.keys(), c.before.keys())...)
	}
	slices.SortFunc(gained, users.Key.Compare)
	return t.keyHolders(ctx, slices.Compact(gained))
}

func keyArgs(keys []users.Key) []any {
	args := make([]any, 0, 3*len(keys))
	for _, k := range keys {
		args = appendKey(args, k)
	}
	return args
}

// without returns the keys of a that are not in b, in order. Both are sorted.
func without(a, b []users.Key) []users.Key {
	var out []users.Key
	for _, k := range a {
		for len(b) > 0 && b[0].Compare(k) < 0 {
			b = b[1:]
		}
		if len(b) == 0 || b[0] != k {
			out = append(out, k)
		}
	}
	return out
}
