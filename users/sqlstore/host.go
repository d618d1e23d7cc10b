package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/usher-go/usher/users"
)

// This file writes a batch into the host's table (carryOut) and reads back what the table
// made of it (readBack).

// An operation writes one row of the host's table.
type operation struct {
	id   users.ID
	verb verb
	text string
	args []any
	// parked writes the same row with unused values first, for rows that take each
	// other's values. It is nil if the row has no unique value.
	parked *operation
}

type verb int

const (
	remove verb = iota
	update
	insert
)

func (v verb) String() string { return [...]string{"delete", "update", "insert"}[v] }

// writeHost writes the people of the batch into the host's table, and changes their
// records to what the table then has.
func (t *task) writeHost(ctx context.Context) error {
	if t.users == nil {
		return nil
	}

	var ops []operation
	var ids, freed []any
	for _, c := range t.changes {
		o, err := t.users.operation(c)
		if err != nil {
			return err
		}
		switch {
		case o != nil:
			ops, ids = append(ops, *o), append(ids, string(c.ID))
		case c.before != nil && c.after == nil:
			freed = append(freed, string(c.ID))
		}
	}

	// While a record of another kind had its id, a row of the host's was not a person.
	err := t.exec(ctx, t.tx, tuples{
		head: "INSERT INTO @dirty (id, noted) SELECT CAST(h." + quote(t.users.ID) + " AS TEXT), '' FROM " + quote(t.users.Name) +
			" AS h WHERE h." + quote(t.users.ID) + " IN (VALUES ",
		width: 1, tail: ") ON CONFLICT (id) DO NOTHING",
	}, freed)

	if err != nil || len(ops) == 0 {
		return err
	}

	slices.SortFunc(ops, func(a, b operation) int {
		return cmp.Or(cmp.Compare(a.verb, b.verb), strings.Compare(string(a.id), string(b.id)))
	})
	if err := t.carryOut(ctx, ops); err != nil {
		return fmt.Errorf("table %s: %w", t.users.Name, err)
	}
	if err := t.readBack(ctx, ids); err != nil {
		return err
	}
	return t.deleteNotes(ctx, ids)
}

// operation returns the write of the host's table for the change, and nil for none.
func (t *Table) operation(c change) (*operation, error) {
	was, is := c.before.profile(), c.after.profile()
	if is != nil && t.Account == "" && c.after.record.Account != t.Fixed {
		return nil, t.about(c.ID, fmt.Errorf("account %q: all people in it are of %q", c.after.record.Account, t.Fixed))
	}

	one := " WHERE " + quote(t.Name) + "." + quote(t.ID) + " = ?"
	switch {
	case was == nil && is == nil:
		return nil, nil

	case is == nil:
		return &operation{id: c.ID, verb: remove, text: "DELETE FROM " + quote(t.Name) + one, args: []any{string(c.ID)}}, nil

	case was == nil:
		o := operation{id: c.ID, verb: insert, args: []any{string(c.ID)}}
		if t.Account != "" {
			o.args = append(o.args, string(c.after.record.Account))
		}
		for _, x := range t.Columns {
			value, err := x.encode(is.Field(x.Field))
			if err != nil {
				return nil, t.about(c.ID, err)
			}
			o.args = append(o.args, value)
		}
		var names []string
		for _, name := range t.names() {
			names = append(names, quote(name))
		}
		o.text = "INSERT INTO " + quote(t.Name) + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Repeat(", ?", len(names))[2:] + ")"
		return &o, nil
	}

	var sets, parks []string
	o, p := operation{id: c.ID, verb: update}, operation{id: c.ID, verb: update}
	if t.Account != "" && c.before.record.Account != c.after.record.Account {
		sets, o.args = append(sets, quote(t.Account)+" = ?"), append(o.args, string(c.after.record.Account))
	}

	for _, x := range t.changed(was, is) {
		set := quote(x.Name) + " = ?"
		value, err := x.encode(is.Field(x.Field))
		if err != nil {
			return nil, t.about(c.ID, err)
		}
		sets, o.args = append(sets, set), append(o.args, value)
		if park := parking(x.Field, c.ID); park != "" {
			if value, err := x.encode(park); err == nil { // otherwise this column is not parked
				parks, p.args = append(parks, set), append(p.args, value)
			}
		}
	}

	if len(sets) == 0 {
		return nil, nil
	}

	o.text, o.args = "UPDATE "+quote(t.Name)+" SET "+strings.Join(sets, ", ")+one, append(o.args, string(c.ID))
	if len(parks) > 0 {
		p.text, p.args = "UPDATE "+quote(t.Name)+" SET "+strings.Join(parks, ", ")+one, append(p.args, string(c.ID))
		o.parked = &p
	}

	return &o, nil
}

// about adds the person's id to an error.
func (t *Table) about(id users.ID, err error) error {
	return fmt.Errorf("table %s: record %s: %w", t.Name, id, err)
}

// changed returns the columns whose fields differ. No other column is written, because a
// column may hold more than its field can say.
func (t *Table) changed(was, is *users.Profile) []Column {
	return slices.DeleteFunc(slices.Clone(t.Columns), func(c Column) bool { return was.Field(c.Field) == is.Field(c.Field) })
}

// parking returns an unused value for a field that is a unique key.
func parking(field string, id users.ID) string {
	switch field {
	case users.FieldEmail:
		return string(id) + "@parked.invalid"
	case users.FieldLogin, users.FieldExternalID, users.FieldLANID, users.FieldPBXID:
		return "parked " + string(id)
	}
	return ""
}

// carryOut runs the operations, whose result must not depend on their order. The database
// checks every statement alone, so it refuses a value that another row has not given up
// yet. A refused operation is tried again after the others. Rows that wait for each other
// are parked.
func (t *task) carryOut(ctx context.Context, ops []operation) error {
	statements := map[string]*sql.Stmt{}
	defer func() {
		for _, s := range statements {
			s.Close()
		}
	}()

	do := func(o operation) error {
		s := statements[o.text]
		if s == nil {
			var err error
			if s, err = t.tx.PrepareContext(ctx, o.text); err != nil {
				return err
			}
			statements[o.text] = s
		}
		if _, err := s.ExecContext(ctx, o.args...); err != nil {
			return fmt.Errorf("record %s: %s: %w", o.id, o.verb, err)
		}
		return nil
	}

	for _, s := range []string{t.words.deferred, "SAVEPOINT @host"} {
		if _, err := t.tx.ExecContext(ctx, t.text(s)); err != nil {
			return err
		}
	}

	// A constraint may roll back the whole transaction. A later statement would then
	// be written for good. The savepoint is gone in that case, which alive finds out.
	alive := func() bool {
		_, err := t.tx.ExecContext(ctx, t.text("RELEASE @host"))
		if err == nil {
			_, err = t.tx.ExecContext(ctx, t.text("SAVEPOINT @host"))
		}
		return err == nil
	}

	for len(ops) > 0 {
		var left []operation
		var first error
		for _, o := range ops {
			err := do(o)
			if err == nil {
				continue
			}
			if !alive() {
				return err
			}
			left, first = append(left, o), cmp.Or(first, err)
		}

		if len(left) == len(ops) {
			parked := false
			for i, o := range left {
				if o.parked == nil {
					continue
				}
				if err := do(*o.parked); err == nil {
					parked = true
				} else if !alive() {
					return err
				}
				left[i].parked = nil
			}
			if !parked {
				return first
			}
		}

		slices.Reverse(left) // a chain in the opposite order is done in the next round
		ops = left
	}

	_, err := t.tx.ExecContext(ctx, t.text("RELEASE @host"))
	return err
}

// readBack compares the rows with what was written. The record gets a value that comes
// back in another form (a trigger or Encode folds it), and a value that a new row got
// where the record had none. A value that is lost or cut fails the batch.
func (t *task) readBack(ctx context.Context, ids []any) error {
	people, err := t.people(ctx, t.tx, ids)
	if err != nil {
		return err
	}

	written := make(map[users.ID]bool, len(ids))
	for _, id := range ids {
		written[users.ID(id.(string))] = true
	}

	adapted := false
	for i, c := range t.changes {
		was, is := c.before.profile(), c.after.profile()
		p, here := people[c.ID]
		switch {
		case is == nil && was != nil && here:
			return t.users.about(c.ID, errors.New("its row is still there"))
		case is == nil || !written[c.ID]:
			continue
		case !here:
			return t.users.about(c.ID, errors.New("it has no row"))
		}

		got, err := t.users.got(c, p)
		if err != nil {
			return t.users.about(c.ID, err)
		}
		if got == nil {
			continue
		}

		rec := c.after.record
		rec.Data = got
		adapted = true
		if t.changes[i].after, err = rowOf(users.Write{ID: c.ID, Version: c.Version, Record: &rec}); err != nil {
			return err
		}
	}

	if adapted {
		return t.release(ctx) // the keys that the record does not keep after all
	}
	return nil
}

// got returns the record as the row has it, and nil if it is as it was written.
func (t *Table) got(c change, p *person) (*users.Profile, error) {
	if err := p.err(); err != nil {
		return nil, err
	}

	was, is := c.before.profile(), c.after.profile()
	got := t.profile(is, p)
	if p.account != c.after.record.Account {
		return nil, fmt.Errorf("account %q reads back as %q", c.after.record.Account, p.account)
	}

	written := t.Columns
	if was != nil {
		written = t.changed(was, is)
	}

	same := true
	for _, x := range t.Columns {
		want, have := is.Field(x.Field), got.Field(x.Field)
		if want == have {
			continue
		}
		same = false
		mine := slices.ContainsFunc(written, func(w Column) bool { return w.Field == x.Field }) && (was != nil || want != "")
		if mine && !isAlike(x.Field, want, have) {
			return nil, fmt.Errorf("column %s cannot hold %s %q: it reads back as %q", x.Name, x.Field, want, have)
		}
	}

	if same {
		return nil, nil
	}
	return got, nil
}

// isAlike reports whether two values are the same value in two forms.
func isAlike(field, a, b string) bool {
	if field == users.FieldEmail {
		return users.FoldEmail(a) == users.FoldEmail(b)
	}
	return users.Fold(a) == users.Fold(b)
}
