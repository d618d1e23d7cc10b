package importer

import (
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// A Row is what a Template reads: the cells of one row, each already trimmed,
// checked against its column and parsed.
type Row struct {
	spec  *Table
	cells []cell
}

type cell struct {
	value string // as parsed; "" if blank or bad
	blank bool
	bad   bool
	away  bool // the file has no such column
}

func (r Row) cell(field string) cell {
	if i := r.spec.column(field); i >= 0 {
		return r.cells[i]
	}
	return cell{blank: true}
}

// Value is the parsed value of the field's cell: one of the column's value
// names where it has Values. It is "" for a cell that is blank, or bad.
func (r Row) Value(field string) string { return r.cell(field).value }

// Blank reports whether the cell holds nothing.
func (r Row) Blank(field string) bool { return r.cell(field).blank }

// Bad reports whether the cell holds something that could not be read. Its
// findings are in the draft already.
func (r Row) Bad(field string) bool { return r.cell(field).bad }

// A Draft is what one row says, from its cells alone: whom it is about, which
// keys it claims, what it refers to, what it frees, what it wants, and what is
// wrong with it. The engine decides the rest: the action, the changes, and what
// the row means for other rows.
type Draft struct {
	spec *Table
	lang string // of the file's headings
	row  Row

	*said

	values  map[*Column]allowed
	misread map[*Column]map[string]misread
}

// said is what the engine reads of a draft.
type said struct {
	keys     []draftKey
	releases []release
	wants    []want
	notes    []note
	about    int // index in keys, -1 if the row is about no one
	sole     bool
	deletes  bool
	restores *span // what an import did to a record, which the row takes back
}

type relation uint8

const (
	relAbout relation = iota
	relClaim
	relTake
	relRefer
	relSlot
)

type draftKey struct {
	space  users.Space
	rel    relation
	value  string // as given, not folded
	field  string // the field a reference is kept in
	column int    // in which the value stands, or -1
	made   bool   // claimed only for a thing that the row makes
	stored bool   // no row of the file makes what the reference names
}

// isClaim reports whether the person shall hold the key, by force or not.
func (k *draftKey) isClaim() bool { return k.rel == relClaim || k.rel == relTake }

// release is a kind of thing that the person gives up: all of it, or where a field has a value.
type release struct {
	kind  users.Kind
	field string
	value string
}

type want struct {
	field   string
	value   string
	onlyNew bool
	space   users.Space // of the key that the value is, where it is one
	unrefer bool        // the person shall refer to nobody by it
	member  member      // the value is one of several
}

// member says what becomes of one value of a field that is a set.
type member uint8

const (
	notMember member = iota
	memberIn
	memberOut
)

// note is a finding before it is placed in its file.
type note struct {
	severity formats.Severity
	code     string
	column   int // index in the table's columns, -1 for the whole row
	key      uint32
	args     map[string]string
	fix      *string
	value    string                                   // instead of the cell's
	rows     []uint32                                 // the rows it names
	onlyNew  bool                                     // does not count for somebody who exists
	stored   func(was func(field string) string) bool // counts only for somebody who exists and is so
}

// newDraft returns a draft that writes to what a row says.
func newDraft(to *said) Draft {
	return Draft{said: to, values: map[*Column]allowed{}, misread: map[*Column]map[string]misread{}}
}

func (d *Draft) reset(spec *Table, lang string, row Row) {
	d.spec, d.lang, d.row = spec, lang, row
	d.keys, d.releases, d.wants, d.notes = d.keys[:0], d.releases[:0], d.wants[:0], d.notes[:0]
	d.about, d.sole, d.deletes, d.restores = -1, false, false, nil
}

// About says whom the row is about: the person who holds the value in the
// space. The last call counts. An empty value says nothing.
func (d *Draft) About(space users.Space, value string) {
	if value != "" {
		d.about = len(d.keys)
		d.keys = append(d.keys, draftKey{space: space, rel: relAbout, value: value, column: d.columnOf(space, value)})
	}
}

// Claim says that the person shall hold the value. In a space that is a field
// of the person it is wanted there, and what the person held in it before is
// freed. A row that claims the key it is about may make that person.
//
// What a person has may be known by several keys: a line by its short, its
// internal and its public number. The first one claimed says which thing is
// meant; the others are values of it, which the row wants as well ("line.number"),
// and leave the thing they stand with, if that is another.
func (d *Draft) Claim(space users.Space, value string) { d.claim(relClaim, space, value) }

// ClaimIfCreating is Claim for a thing that the row makes: a default name, which a
// thing that is there already does not get. Another Claim must say first which thing is meant.
func (d *Draft) ClaimIfCreating(space users.Space, value string) { d.claimNew(relClaim, space, value) }

// TakeIfCreating is Take for a thing that the row makes, as ClaimIfCreating is Claim.
func (d *Draft) TakeIfCreating(space users.Space, value string) { d.claimNew(relTake, space, value) }

func (d *Draft) claimNew(rel relation, space users.Space, value string) {
	n := len(d.keys)
	if d.claim(rel, space, value); len(d.keys) > n {
		d.keys[n].made = true
	}
}

// Take is Claim although somebody else may hold the value in the store: they
// lose it, with all that the thing is known by. It overrules nobody in the file:
// whoever claims another key of that thing is contested. It is for what a person
// has, like a line, not for what a person is.
func (d *Draft) Take(space users.Space, value string) { d.claim(relTake, space, value) }

func (d *Draft) claim(rel relation, space users.Space, value string) {
	if value == "" {
		return
	}
	d.keys = append(d.keys, draftKey{space: space, rel: rel, value: value, column: d.columnOf(space, value)})
	if f := space.Field(); f != "" {
		d.wants = append(d.wants, want{field: f, value: value, space: space})
	}
}

// columnOf is the column a key came from: the one that holds its field, or says
// its space, or is called so, or else the one with just that value; -1 if none does.
func (d *Draft) columnOf(space users.Space, value string) int {
	if f := space.Field(); f != "" {
		if c := d.spec.holding(f); c >= 0 {
			return c
		}
	}
	for c := range d.spec.Columns {
		if d.spec.Columns[c].Space == space {
			return c
		}
	}
	if c := d.spec.column(string(space)); c >= 0 {
		return c
	}
	for c := range d.row.cells {
		if d.row.cells[c].value == value {
			return c
		}
	}
	return -1
}

// Refer says that the field shall name the record that holds the value: a
// supervisor by LAN ID. A row of the file may make it.
func (d *Draft) Refer(field string, space users.Space, value string) {
	if value != "" {
		d.keys = append(d.keys, draftKey{space: space, rel: relRefer, value: value, field: field, column: d.spec.holding(field)})
	}
}

// ReferStored is Refer to what the store has already: a row that makes it does not count.
func (d *Draft) ReferStored(field string, space users.Space, value string) {
	d.Refer(field, space, value)
	if value != "" {
		d.keys[len(d.keys)-1].stored = true
	}
}

// ReferCell is Refer to what the field's own cell names; a bad cell refers to
// nothing, and a blank one follows the column's [BlankPolicy].
func (d *Draft) ReferCell(field string, space users.Space) {
	i := d.spec.column(field)
	if i < 0 {
		return
	}
	c, col := d.row.cells[i], &d.spec.Columns[i]
	switch {
	case c.bad, c.away:
	case !c.blank:
		d.Refer(col.holds(), space, c.value)
	case col.Blank == BlankClears:
		d.wants = append(d.wants, want{field: col.holds(), unrefer: !space.Managed()})
	}
}

// Exclusive says that no other row may say Exclusive with the same value: a place in the
// file that takes one row. field is where the finding stands if two do.
func (d *Draft) Exclusive(field, value string) {
	if value != "" {
		d.keys = append(d.keys, draftKey{space: spaceSlot, rel: relSlot, value: value, column: d.spec.column(field)})
	}
}

// Release says that the person gives up everything of that kind they hold, but
// what the row claims. A row that claims nothing of the kind, about somebody who
// holds nothing of it, has the warning "line.none", by the name of the kind.
func (d *Draft) Release(kind users.Kind) { d.releases = append(d.releases, release{kind: kind}) }

// ReleaseWhere is Free of those alone in which the field has the value. Values are
// compared as the space of the field's name folds them (pbx: [users.SpacePBX]),
// letter case aside where there is none.
func (d *Draft) ReleaseWhere(kind users.Kind, field, value string) {
	d.releases = append(d.releases, release{kind, field, users.Space(field).Fold(value)})
}

// has reports whether what the person holds is of those they give up.
func (f release) has(r users.Record) bool {
	return r.Kind() == f.kind && (f.field == "" || f.fold(r.Field(f.field)) == f.value)
}

func (f release) fold(value string) string { return users.Space(f.field).Fold(value) }

// OneRowPerPerson says that no other row may be about the same person.
func (d *Draft) OneRowPerPerson() { d.sole = true }

// Delete says that the person shall be deleted, and with it everything they
// hold freed. One who stays listed ([users.Remainder]) keeps both.
func (d *Draft) Delete() { d.deletes = true }

// Want says that a field of the person shall have the value, which may be
// empty. The fields of what the person has are called by its kind: "line.internal".
func (d *Draft) Want(field, value string) {
	d.wants = append(d.wants, want{field: field, value: value})
}

// Include says that the value shall be one of those of the field, which is a set
// ("roles", "products"): the others stay, whoever gave them and whenever. Several
// rows about one person may each include something. A row says either this
// and Exclude of a field, or Want.
func (d *Draft) Include(field, value string) {
	d.wants = append(d.wants, want{field: field, value: value, member: memberIn})
}

// Exclude says that the value shall be none of those of the field; see Include.
func (d *Draft) Exclude(field, value string) {
	d.wants = append(d.wants, want{field: field, value: value, member: memberOut})
}

// WantIfCreating is Want for a person the row makes, or for a thing it makes
// ("line.internal"): a default.
func (d *Draft) WantIfCreating(field, value string) {
	d.wants = append(d.wants, want{field: field, value: value, onlyNew: true})
}

// WantCell wants the value of the field's own cell, in the field that the
// column holds. A bad cell wants nothing,
// and neither does one whose column the file does not have; a
// blank one follows the column's [BlankPolicy].
func (d *Draft) WantCell(field string) {
	i := d.spec.column(field)
	if i < 0 {
		return
	}
	c := d.row.cells[i]
	switch {
	case c.bad:
	case c.away:
	case !c.blank:
		d.wants = append(d.wants, want{field: d.spec.Columns[i].holds(), value: c.value})
	case d.spec.Columns[i].Blank == BlankClears:
		d.wants = append(d.wants, want{field: d.spec.Columns[i].holds()})
	}
}

// Ignore says that the field's cell means nothing in this row: what was wrong
// with it is no matter, unless it makes doubtful where the cells of the row end.
func (d *Draft) Ignore(field string) {
	c := d.spec.column(field)
	d.notes = slices.DeleteFunc(d.notes, func(n note) bool {
		return c >= 0 && n.column == c && !strings.HasPrefix(n.code, "csv.")
	})
}

// Error adds an error to the cell of the field, or to the row if field is "".
// args are names and values in turn.
func (d *Draft) Error(field, code string, args ...string) { d.note(formats.Error, field, code, args) }

// ErrorIfCreating is Error for a person the row makes; about somebody who exists it says nothing.
func (d *Draft) ErrorIfCreating(field, code string, args ...string) {
	d.note(formats.Error, field, code, args)
	d.notes[len(d.notes)-1].onlyNew = true
}

// ErrorIf is Error about somebody who exists and of whom is reports true: a rule
// about several fields of which the row sets some. was answers what a field holds
// before the row; a reference is the id of a record. is gets called more than
// once, and must depend on those answers alone. Whoever is as the row wants
// already should pass, so that what was exported changes nothing.
func (d *Draft) ErrorIf(is func(was func(field string) string) bool, field, code string, args ...string) {
	d.note(formats.Error, field, code, args)
	d.notes[len(d.notes)-1].stored = is
}

// Warn adds a warning, like Error.
func (d *Draft) Warn(field, code string, args ...string) { d.note(formats.Warning, field, code, args) }

// Problem adds what a rule found about the cell of the field, or about the row
// if field is "": an error or a warning, with its Fix.
func (d *Draft) Problem(field string, p users.Problem) { d.problem(d.spec.column(field), p) }

func (d *Draft) note(s formats.Severity, field, code string, args []string) {
	n := note{severity: s, code: code, column: -1, key: none}
	if field != "" {
		n.column = d.spec.column(field)
	}
	for i := 0; i+1 < len(args); i += 2 {
		if n.args == nil {
			n.args = map[string]string{}
		}
		n.args[args[i]] = args[i+1]
	}
	d.notes = append(d.notes, n)
}

// problem adds what a rule found in a cell.
func (d *Draft) problem(column int, p users.Problem) {
	n := note{severity: formats.Error, code: p.Code, column: column, key: none, args: p.Args}
	if p.Warning {
		n.severity = formats.Warning
	}
	if p.Fix != "" {
		n.fix = &p.Fix
	}
	d.notes = append(d.notes, n)
}
