package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/usher-go/usher/users"
)

// write applies the batch after judge accepted it. It writes all rows in the order of
// their keys, because a B-tree larger than the cache takes unordered rows many times
// slower.
func (t *task) write(ctx context.Context) error {
	changes := slices.Clone(t.changes)
	slices.SortFunc(changes, func(a, b change) int { return strings.Compare(string(a.ID), string(b.ID)) })
	var gone, records []any
	var keys, links []holding
	for _, c := range changes {
		if c.after == nil {
			gone = append(gone, string(c.ID))
			continue
		}
		h, x := c.after.record.Head, c.after.index
		records = append(records, string(h.ID), string(c.after.record.Kind()), string(h.Account), int64(h.Version), x.Sort, x.Search,
			string(c.after.data), timeText(h.Created), timeText(h.Updated))
		for _, k := range without(c.after.keys(), c.before.keys()) {
			keys = append(keys, holding{k, h.ID})
		}
		for _, k := range without(c.after.links(), c.before.links()) {
			links = append(links, holding{k, h.ID})
		}
	}

	for _, x := range []struct {
		do   tuples
		args []any
	}{
		{tuples{head: "DELETE FROM @records WHERE id IN (VALUES ", width: 1, tail: ")"}, gone},
		{tuples{head: "INSERT INTO @records (id, kind, account, version, sort, search, data, created, updated) VALUES ", width: 9,
			tail: " ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, account = excluded.account, version = excluded.version," +
				" sort = excluded.sort, search = excluded.search, data = excluded.data, created = excluded.created, updated = excluded.updated"}, records},
		{tuples{head: "INSERT INTO @links (account, space, value, record) VALUES ", width: 4}, holdingArgs(links)},
	} {
		if err := t.exec(ctx, t.tx, x.do, x.args); err != nil {
			return err
		}
	}

	if err := t.gain(ctx, keys); err != nil {
		return err
	}
	return t.noteDeparted(ctx)
}

// A holding is a key or link and the record that has it.
type holding struct {
	key    users.Key
	record users.ID
}

// holdingArgs returns them sorted, as arguments.
func holdingArgs(hs []holding) []any {
	slices.SortFunc(hs, func(a, b holding) int {
		return cmp.Or(a.key.Compare(b.key), strings.Compare(string(a.record), string(b.record)))
	})
	args := make([]any, 0, 4*len(hs))
	for _, h := range hs {
		args = append(appendKey(args, h.key), string(h.record))
	}
	return args
}

// writeEntries writes the rows into the journal.
func (t *task) writeEntries(ctx context.Context) error {
	if len(t.batch.Rows) == 0 {
		return nil
	}

	images := make(map[users.RowID][]image, len(t.batch.Rows))
	for _, c := range t.changes {
		if c.Row != 0 {
			images[c.Row] = append(images[c.Row], image{c.before.image(), c.after.image()})
		}
	}

	var seq int64
	err := t.rows(ctx, t.tx, "SELECT COALESCE(MAX(seq), 0) FROM @journal WHERE import = ?", []any{string(t.batch.Import)},
		func(rows *sql.Rows) error { return rows.Scan(&seq) })
	if err != nil {
		return err
	}

	args := make([]any, 0, 5*len(t.batch.Rows))
	for i, r := range t.batch.Rows {
		text, err := encodeImages(images[r.Row])
		if err != nil {
			return fmt.Errorf("row %d: %w", r.Row, err)
		}
		// A RowID above the half is stored as a negative number and read back unchanged.
		args = append(args, string(t.batch.Import), int64(r.Row), seq+int64(i)+1, string(r.Note), text)
	}

	return t.exec(ctx, t.tx, tuples{head: "INSERT INTO @journal (import, row, seq, note, images) VALUES ", width: 5}, args)
}
