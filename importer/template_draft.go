package importer

import (
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// A Row holds the cells of one row for [Table.Draft]. Each cell is trimmed,
// checked against its column and parsed.
type Row struct {
	spec  *Table
	cells []cell
}

// cell is a cell as read by the rules of its column.
type cell struct {
	value string // as parsed; "" if blank or bad
	blank bool
	bad   bool
	away  bool // the file has no such column
}

// cell returns the cell of a field, or a blank one for a field without a column.
func (r Row) cell(field string) cell {
	if i := r.spec.column(field); i >= 0 {
		return r.cells[i]
	}
	return cell{blank: true}
}

// Value returns the parsed value of the field's cell. In a column with Values it
// is the Name of one of them. It is "" for a cell that is blank or bad, and for
// an unknown field.
func (r Row) Value(field string) string { return r.cell(field).value }

// Blank reports whether the field's cell holds nothing. A column that the file
// does not have is blank in every row.
func (r Row) Blank(field string) bool { return r.cell(field).blank }

// Bad reports whether the field's cell could not be read. The draft already has
// its findings.
func (r Row) Bad(field string) bool { return r.cell(field).bad }

// A Draft collects what one row says, from its cells alone:
//
//   - the person it is about
//   - the keys it claims, refers to and releases
//   - the fields it wants
//   - its problems
//
// The engine decides the rest: the action, the changes, and what the row means for
// other rows. The package comment lists the methods by purpose.
//
// A Draft that names a field, a space or a column that does not exist fails its
// row ("internal.template").
type Draft struct {
	spec *Table
	lang string // of the file's headings
	row  Row

	*said

	values  map[*Column]allowed
	misread map[*Column]map[string]misread
	names   knownNames
}

// said is the part of a draft that the engine reads.
type said struct {
	keys     []draftKey
	releases []release
	wants    []want
	notes    []note
	about    int   // index in keys, -1 if the row is about no one
	sought   []int // the columns in which the row should name its person, if it names no one there
	sole     bool  // no other row may be about the person
	deletes  bool  // the person shall be deleted
	restores *span // the work of an import on one record, which the row takes back
}

// A relation says why a row names a key.
type relation uint8

const (
	relAbout relation = iota // the row is about its holder
	relClaim                 // the person shall hold it
	relTake                  // the person shall hold it, also against its holder
	relRefer                 // a field shall refer to its holder
	relSlot                  // the row uses it alone; see [Draft.Exclusive]
)

// draftKey is one key that a row names, and why.
type draftKey struct {
	space  users.Space
	rel    relation
	value  string // as given, not folded
	field  string // the field that keeps a reference
	column int    // the column of the value, or -1
	made   bool   // claimed only for a thing that the row creates
	stored bool   // a record that the file creates does not satisfy the reference
}

// isClaim reports whether the person shall hold the key, with or without force.
func (k *draftKey) isClaim() bool { return k.rel == relClaim || k.rel == relTake }

// release is a kind of thing that the person gives up: {"line", "pbx", "PBX1"} is
// every line of PBX1, and {"line", "", ""} every line.
type release struct {
	kind  users.Kind
	field string
	value string // folded
}

// want is a value that a field of the person shall have.
type want struct {
	field   string
	value   string
	onlyNew bool        // only for a person or thing that the row creates
	space   users.Space // the space of the value, if it is a key
	unrefer bool        // the field shall refer to no one
	member  member      // the value is one of several
}

// member says what happens to one value of a field that is a set.
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
	column   int    // index in the table's columns, -1 for the whole row
	key      uint32 // the key it is about, or none
	args     map[string]string
	fix      *string
	value    string                                   // replaces the cell's text
	rows     []uint32                                 // the rows it names
	onlyNew  bool                                     // does not count for an existing person
	stored   func(was func(field string) string) bool // counts only for an existing person for whom it returns true
}

// newDraft returns a draft that collects in to. It serves many rows: see reset.
func newDraft(to *said) Draft {
	return Draft{said: to, values: map[*Column]allowed{}, misread: map[*Column]map[string]misread{}}
}

// reset empties the draft for the next row and keeps its memory.
func (d *Draft) reset(spec *Table, lang string, row Row) {
	d.spec, d.lang, d.row = spec, lang, row
	d.keys, d.releases, d.wants, d.notes = d.keys[:0], d.releases[:0], d.wants[:0], d.notes[:0]
	d.about, d.sought, d.sole, d.deletes, d.restores = -1, d.sought[:0], false, false, nil
}

// About says that the row is about the person who holds the value in the space:
// About([users.SpaceEmail], "ada@example.com"). The last call counts. An empty
// value says nothing.
func (d *Draft) About(space users.Space, value string) {
	column := d.columnOf(space, value)
	if value == "" {
		d.sought = append(d.sought, column)
		return
	}
	d.about = len(d.keys)
	d.keys = append(d.keys, draftKey{space: space, rel: relAbout, value: value, column: column})
}

// Claim says that the person shall hold the value in the space. It is an error if
// another person holds it and keeps it. Where the space is a field of the person,
// Claim also wants the value there, and the key held before is released. A row
// that claims the key it is about may create that person.
//
// A thing of a person may be known by several keys: a line by its short,
// internal and public number. The first key claimed says which thing is meant.
// The others are its values, which the row must want as well ("line.number").
// They are released from another thing that has them.
func (d *Draft) Claim(space users.Space, value string) { d.claim(relClaim, space, value) }

// ClaimIfCreating claims a default key for a thing that the row creates. Call Claim
// first, to say which thing. An existing thing does not get the key. For example, a
// new line has its short number as internal number.
func (d *Draft) ClaimIfCreating(space users.Space, value string) { d.claimNew(relClaim, space, value) }

// TakeIfCreating is Take for a thing that the row creates, as ClaimIfCreating is
// for Claim.
func (d *Draft) TakeIfCreating(space users.Space, value string) { d.claimNew(relTake, space, value) }

// claimNew claims a key for a thing that the row creates.
func (d *Draft) claimNew(rel relation, space users.Space, value string) {
	n := len(d.keys)
	d.claim(rel, space, value)
	if len(d.keys) > n {
		d.keys[n].made = true
	}
}

// Take is Claim by force: another person who holds the value in the store loses
// it, with all other keys of that thing. It does not overrule rows of the file: a
// row that claims another key of the thing is contested. Take is for things that
// a person has, like a line, and not for keys that identify a person.
func (d *Draft) Take(space users.Space, value string) { d.claim(relTake, space, value) }

// claim adds a key, and a want where the key is a field of the person.
func (d *Draft) claim(rel relation, space users.Space, value string) {
	if value == "" {
		return
	}
	d.keys = append(d.keys, draftKey{space: space, rel: rel, value: value, column: d.columnOf(space, value)})
	if f := space.Field(); f != "" {
		d.wants = append(d.wants, want{field: f, value: value, space: space})
	}
}

// columnOf returns the column that a key came from, or -1. It tries the column that
// sets the key's field, then the column with that Space, then the column with the
// name of the space. Last it tries a column whose value equals the key's.
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
		if value != "" && d.row.cells[c].value == value {
			return c
		}
	}
	return -1
}

// Refer says that the field shall name the record that holds the value in the
// space: Refer("supervisor", [users.SpaceLANID], "cbabbage"). A row of the file may
// create that record. An empty value says nothing.
func (d *Draft) Refer(field string, space users.Space, value string) {
	if value != "" {
		d.keys = append(d.keys, draftKey{space: space, rel: relRefer, value: value, field: field, column: d.spec.holding(field)})
	}
}

// ReferStored is Refer to a record that the store has already. A row of the file
// that creates it does not count.
func (d *Draft) ReferStored(field string, space users.Space, value string) {
	d.Refer(field, space, value)
	if value != "" {
		d.keys[len(d.keys)-1].stored = true
	}
}

// ReferCell is Refer by the value of the field's own cell. A bad cell and a
// column that the file does not have say nothing. A blank cell follows the
// column's [BlankPolicy].
func (d *Draft) ReferCell(field string, space users.Space) {
	i := d.columnOrUnknown(field)
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

// Exclusive says that no other row may call Exclusive with the same value. The value
// is "ada@example.com PBX1", for example, if each person and PBX may have one row. If
// two rows call it, the finding is at field. An empty value says nothing.
func (d *Draft) Exclusive(field, value string) {
	if value != "" {
		d.keys = append(d.keys, draftKey{space: spaceSlot, rel: relSlot, value: value, column: d.placeOf(field)})
	}
}

// Release says that the person gives up all things of the kind except those that
// the row claims. If the row claims none and the person holds none, the row gets a
// warning named after the kind: "line.none".
func (d *Draft) Release(kind users.Kind) { d.releases = append(d.releases, release{kind: kind}) }

// ReleaseWhere is Release of the things whose field has the value:
// ReleaseWhere([users.KindLine], "pbx", "PBX1"). The space with the field's name
// folds both values before they are compared (pbx: [users.SpacePBX]). Without such
// a space, letter case is ignored.
func (d *Draft) ReleaseWhere(kind users.Kind, field, value string) {
	d.releases = append(d.releases, release{kind, field, users.Space(field).Fold(value)})
}

// has reports whether a record is one of the things that the person gives up.
func (f release) has(r users.Record) bool {
	return r.Kind() == f.kind && (f.field == "" || f.fold(r.Field(f.field)) == f.value)
}

// fold folds a value of the field for comparison.
func (f release) fold(value string) string { return users.Space(f.field).Fold(value) }

// OneRowPerPerson says that no other row may be about the same person.
func (d *Draft) OneRowPerPerson() { d.sole = true }

// Delete says that the person shall be deleted, and that everything the person
// holds is released. A person who stays listed ([users.Remainder]) keeps both.
func (d *Draft) Delete() { d.deletes = true }

// Want says that a field of the person shall have the value, which may be empty.
// A field of a thing that the person has begins with its kind: "line.internal".
func (d *Draft) Want(field, value string) {
	d.wants = append(d.wants, want{field: field, value: value})
}

// Include says that a field that is a set ("roles", "products") shall have the
// value among others. The other values stay. Several rows about one person may
// each include something. Of one field a row uses Include and Exclude, or Want,
// and not both.
func (d *Draft) Include(field, value string) {
	d.wants = append(d.wants, want{field: field, value: value, member: memberIn})
}

// Exclude says that a field that is a set shall not have the value; see Include.
func (d *Draft) Exclude(field, value string) {
	d.wants = append(d.wants, want{field: field, value: value, member: memberOut})
}

// WantIfCreating is Want for a person or a thing ("line.internal") that the row
// creates: a default.
func (d *Draft) WantIfCreating(field, value string) {
	d.wants = append(d.wants, want{field: field, value: value, onlyNew: true})
}

// WantCell is Want with the value of the field's own cell, for the column's
// [Column.PersonField]. A bad cell and a column that the file does not have say
// nothing. A blank cell follows the column's [BlankPolicy].
func (d *Draft) WantCell(field string) {
	i := d.columnOrUnknown(field)
	if i < 0 {
		return
	}
	c, col := d.row.cells[i], &d.spec.Columns[i]
	switch {
	case c.bad, c.away:
	case !c.blank:
		d.wants = append(d.wants, want{field: col.holds(), value: c.value})
	case col.Blank == BlankClears:
		d.wants = append(d.wants, want{field: col.holds()})
	}
}

// Ignore says that the field's cell has no meaning in this row, and drops its
// findings. Findings about the form of a text file ("csv.…") stay, because all cells
// of such a row may be split in the wrong place.
func (d *Draft) Ignore(field string) {
	c := d.columnOrUnknown(field)
	d.notes = slices.DeleteFunc(d.notes, func(n note) bool {
		return c >= 0 && n.column == c && !strings.HasPrefix(n.code, "csv.")
	})
}

// Error adds an error to the field's cell, or to the row if field is "". args
// are names and values in turn: "count", "3".
//
// A code is "space.fact", as "badge.form". Package messages shows a code that it
// does not know with the text of its last part: "badge.form" as "*.form". A host
// that wants other words makes the text itself.
func (d *Draft) Error(field, code string, args ...string) { d.note(formats.Error, field, code, args) }

// ErrorIfCreating is Error for a person that the row creates. It does not count
// for an existing person.
func (d *Draft) ErrorIfCreating(field, code string, args ...string) {
	d.note(formats.Error, field, code, args)
	d.notes[len(d.notes)-1].onlyNew = true
}

// ErrorIf adds an error if the person exists and test returns true. Use it for a
// rule about several fields when the row sets only some of them. before returns the
// value of a field before the row. The value of a reference is a record's id.
//
// The engine calls test several times. test must use only before. It should return
// false for a person who already is as the row wants, so that an exported file
// changes nothing.
func (d *Draft) ErrorIf(test func(before func(field string) string) bool, field, code string, args ...string) {
	d.note(formats.Error, field, code, args)
	d.notes[len(d.notes)-1].stored = test
}

// Warn adds a warning to the field's cell or to the row, with args as in Error.
func (d *Draft) Warn(field, code string, args ...string) { d.note(formats.Warning, field, code, args) }

// Problem adds a problem, with its Fix, to the field's cell, or to the row if
// field is "". It is an error or a warning as the problem says.
func (d *Draft) Problem(field string, p users.Problem) { d.problem(d.placeOf(field), p) }

// note adds a finding to the field's cell or to the row.
func (d *Draft) note(s formats.Severity, field, code string, args []string) {
	n := note{severity: s, code: code, column: d.placeOf(field), key: none}
	for i := 0; i+1 < len(args); i += 2 {
		if n.args == nil {
			n.args = map[string]string{}
		}
		n.args[args[i]] = args[i+1]
	}
	d.notes = append(d.notes, n)
}

// problem adds a problem to the cell of a column, or to the row if column is -1.
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
