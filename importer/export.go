package importer

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// ExportOptions choose what [Export] writes. The zero value and nil mean the defaults.
type ExportOptions struct {
	// Account is the account whose users are written. Default: the only account
	// that the actor reaches; it is required for an actor with several.
	Account users.AccountID
	// Table is the number of the Template's table, from 0.
	Table int
	// Lang is the language of headings and values, for example "fr". Default: "en",
	// which also replaces a language in which some column has no heading.
	Lang string
	// Having and Text choose the users, as in [users.Query].
	Having []users.Key
	Text   string
}

// Exported is the result of [Export].
type Exported struct {
	// Sheet has one row for each user, in the Store's order, or as many rows as
	// the table's Unfold returns.
	Sheet formats.Sheet
	// Rows is the number of rows in Sheet.
	Rows int
	// LeftOut lists the users who are not in the sheet, or not with everything
	// that the table can say, in the Store's order.
	LeftOut []users.ID
	// Findings report what is not in the sheet. Each cell left blank is a warning with
	// the row of the sheet. Each reason why a user was left out is an error with row
	// 0. Their arguments are "who" and "id", the user's name and id.
	//
	// The codes of the warnings:
	//
	//   - export.unreadable: the column would read the value as another or none.
	//   - export.unnamed: the record that the field refers to has no name in the
	//     column's space.
	//   - export.circle: the references form a circle, and an import refuses a circle.
	//   - export.sensitive: the column is sensitive; once for each such column.
	//
	// The codes of the errors:
	//
	//   - export.missing: a required column has no value.
	//   - export.clears: a blank cell of the column would empty the field.
	//   - export.nothing: no column has a value.
	//   - export.unsaid: no row of the table can express a thing of the user.
	Findings []formats.Finding
}

// Export returns the users of an account as a table of the Template. The sheet,
// written and read again, changes nothing in any mode. A field that cannot be
// written so has a blank cell. If the cell cannot be left blank either, the user is
// left out. Findings report both.
//
// A cell is the user's value of the column's field ([users.Record.Field]), as its
// label in the language. In a column with [Column.RefersIn] it is the name, in that
// space, of the record whose id the field holds. If the Template's Draft does more
// with a cell than want, claim or refer to its value, reading the sheet again may
// change something.
//
// The whole sheet is in memory. opts may be nil. The error is [ErrTemplate],
// [ErrAccount], [ErrTables], or one of the directory.
func Export(ctx context.Context, dir *users.Directory, tpl *Template, opts *ExportOptions) (*Exported, error) {
	if opts == nil {
		opts = &ExportOptions{}
	}
	if err := tpl.Check(); err != nil {
		return nil, err
	}
	account, err := (&Importer{dir: dir, opts: Options{Account: opts.Account}}).account(ctx)
	if err != nil {
		return nil, err
	}
	if opts.Table < 0 || opts.Table >= len(tpl.Tables) {
		return nil, ErrTables
	}

	x := &export{dir: dir, account: account, spec: &tpl.Tables[opts.Table], known: map[users.ID]*known{}, out: &Exported{}}
	x.lang = x.spec.language(opts.Lang)
	if err := x.readRecords(ctx, opts); err != nil {
		return nil, fmt.Errorf("importer: export: %w", err)
	}

	// A reference is left out if it is part of a circle, so circles come before cells.
	x.numberCircles()
	x.out.Sheet = tpl.Sheet(opts.Table, x.lang)
	x.out.Sheet.AsRead = true
	x.writeRows()
	return x.out, nil
}

// language returns lang if every column has a heading in it, and "en" if not.
func (t *Table) language(lang string) string {
	if slices.ContainsFunc(t.Columns, func(c Column) bool { return len(c.Headings[lang]) == 0 }) {
		return "en"
	}
	return lang
}

// export is one call of Export.
type export struct {
	dir     *users.Directory
	account users.AccountID
	spec    *Table
	lang    string
	users   []*known
	all     []*known // the users, and the records that their references lead to
	known   map[users.ID]*known
	held    map[users.ID][]users.Record // by holder; nil for a table without Unfold
	draft   Draft                       // reads cells back
	out     *Exported
}

// known is a record that was read.
type known struct {
	users.Record
	at     uint32 // index in export.all
	circle int    // the number of its circle of references, or 0
}

// readRecords reads the users, the records that they refer to and, for a table
// with Unfold, the things that they hold.
func (x *export) readRecords(ctx context.Context, opts *ExportOptions) error {
	q := users.Query{Kind: users.KindUser, Scope: users.Scope{Accounts: []users.AccountID{x.account}}, Having: opts.Having, Text: opts.Text, Limit: 1000}
	for r, err := range x.dir.All(ctx, q) {
		if err != nil {
			return err
		}
		x.users = append(x.users, x.remember(r))
	}

	if err := x.readReferences(ctx); err != nil {
		return err
	}
	if x.spec.Unfold == nil {
		return nil
	}
	return x.readHeld(ctx)
}

// remember returns the known record with the id of r, and adds r if it is new.
func (x *export) remember(r users.Record) *known {
	k := x.known[r.ID]
	if k == nil {
		k = &known{Record: r, at: uint32(len(x.all))}
		x.known[r.ID], x.all = k, append(x.all, k)
	}
	return k
}

// references yields the columns whose cells name records.
func (x *export) references(yield func(*Column) bool) {
	for i := range x.spec.Columns {
		if c := &x.spec.Columns[i]; c.RefersIn != "" && !yield(c) {
			return
		}
	}
}

// readReferences reads the records that references lead to, and those that they
// refer to, until none is new. A circle may close among people who are not exported.
func (x *export) readReferences(ctx context.Context) error {
	for from := 0; from < len(x.all); {
		var keys []users.Key
		for _, k := range x.all[from:] {
			for c := range x.references {
				if id := users.ID(k.Field(c.holds())); id != "" && x.known[id] == nil {
					keys = append(keys, users.ByID(id))
				}
			}
		}

		from = len(x.all)
		slices.SortFunc(keys, users.Key.Compare)
		found, err := x.dir.Find(ctx, slices.Compact(keys)...) // users.MaxFind at a time
		if err != nil {
			return err
		}
		for _, r := range found.Records {
			if r.Account == x.account {
				x.remember(r)
			}
		}
	}
	return nil
}

// readHeld reads the things that the users hold, each user's in order of id.
func (x *export) readHeld(ctx context.Context) error {
	keys := make([]users.Key, len(x.users))
	for i, k := range x.users {
		keys[i] = users.KeyOf(x.account, users.LinkHolder, string(k.ID))
	}
	found, err := x.dir.Find(ctx, keys...)
	if err != nil {
		return err
	}

	x.held = map[users.ID][]users.Record{}
	slices.SortFunc(found.Records, func(a, b users.Record) int { return cmp.Compare(a.ID, b.ID) })
	for _, r := range found.Records {
		x.held[r.Holder()] = append(x.held[r.Holder()], r)
	}
	return nil
}

// referredBy returns the record that the column's field of k refers to, or nil.
func (x *export) referredBy(k *known, c *Column) *known { return x.known[users.ID(k.Field(c.holds()))] }

// numberCircles gives the records of each circle of references one number, from 1.
func (x *export) numberCircles() {
	rows := make([]uint32, len(x.all))
	for i := range rows {
		rows[i] = uint32(i)
	}

	edges := make([][]uint32, len(x.all))
	for i, k := range x.all {
		for c := range x.references {
			if to := x.referredBy(k, c); to != nil && !c.RefersIn.Managed() {
				edges[i] = append(edges[i], to.at)
			}
		}
	}

	for n, circle := range components(rows, func(i uint32) []uint32 { return edges[i] }) {
		for _, i := range circle {
			if len(circle) > 1 || slices.Contains(edges[i], i) {
				x.all[i].circle = n + 1
			}
		}
	}
}

// writeRows fills the sheet and the findings.
func (x *export) writeRows() {
	x.draft = newDraft(&said{})
	for c := range x.spec.Columns {
		if col := &x.spec.Columns[c]; col.Sensitive {
			x.out.Findings = append(x.out.Findings, formats.Finding{Severity: formats.Warning, Code: "export.sensitive", Column: c + 1, Field: col.Field})
		}
	}

	var rows [][]string
	for _, k := range x.users {
		if x.spec.Unfold == nil {
			x.writeRow(k, nil, &rows)
			continue
		}
		for _, values := range x.spec.Unfold(k.Record, x.held[k.ID]) {
			if values != nil {
				x.writeRow(k, values, &rows)
				continue
			}
			x.leaveOut(k)
			x.out.Findings = append(x.out.Findings, formats.Finding{Severity: formats.Error, Code: "export.unsaid", Args: x.args(k)})
		}
	}

	x.out.Rows, x.out.Sheet.Rows = len(rows), formats.Rows(rows...)
}

// leaveOut lists a user of whom something is not in the sheet, once: the rows of
// one user follow each other.
func (x *export) leaveOut(k *known) {
	if n := len(x.out.LeftOut); n == 0 || x.out.LeftOut[n-1] != k.ID {
		x.out.LeftOut = append(x.out.LeftOut, k.ID)
	}
}

// args returns the arguments of findings about a user.
func (x *export) args(k *known) map[string]string {
	return map[string]string{"who": x.nameFor(k), "id": string(k.ID)}
}

// writeRow adds a row of a user, or leaves the user out if it has an error.
func (x *export) writeRow(k *known, values map[string]string, rows *[][]string) {
	cells, found := x.cellsOf(k, values)
	if slices.ContainsFunc(found, func(f formats.Finding) bool { return f.Severity == formats.Error }) {
		x.leaveOut(k)
	} else {
		*rows = append(*rows, cells)
		for i := range found {
			found[i].Row = len(*rows) + 1 // row 1 has the headings
		}
	}

	x.out.Findings = append(x.out.Findings, found...)
}

// cellsOf returns the cells of a row of a user, and the findings about what is not
// in it. values replaces fields of the user, as Unfold returned them.
func (x *export) cellsOf(k *known, values map[string]string) ([]string, []formats.Finding) {
	cells := make([]string, len(x.spec.Columns))
	var found []formats.Finding
	args := x.args(k)
	find := func(s formats.Severity, c int, code, value string) {
		f := formats.Finding{Severity: s, Code: code, Value: formats.Show(value), Args: args}
		if c >= 0 {
			f.Column, f.Field = c+1, x.spec.Columns[c].Field
		}
		found = append(found, f)
	}

	blank := true
	for c := range x.spec.Columns {
		col := &x.spec.Columns[c]
		text, value, fault := x.cell(k, c, values)
		cells[c], blank = text, blank && text == ""
		if fault != "" {
			find(formats.Warning, c, fault, value)
		}

		// A cell that had to stay blank is an error where a blank cell has a meaning.
		switch {
		case text != "":
		case col.Required:
			find(formats.Error, c, "export.missing", "")
		case col.Blank == BlankClears && k.Field(col.holds()) != "":
			find(formats.Error, c, "export.clears", "")
		}
	}
	if blank {
		find(formats.Error, -1, "export.nothing", "")
	}
	return cells, found
}

// nameFor returns the name of a user for findings, without values of sensitive columns.
func (x *export) nameFor(k *known) string {
	var v veil
	for i := range x.spec.Columns {
		if c := &x.spec.Columns[i]; c.Sensitive {
			v.fields = append(v.fields, c.holds())
		}
	}
	return formats.Show(v.nameOf(k.Record))
}

// cell returns the text of a user's cell. If the cell must stay blank, it returns
// the code of the reason and the value that is left out.
func (x *export) cell(k *known, column int, values map[string]string) (text, value, fault string) {
	c := &x.spec.Columns[column]
	value, own := values[c.Field]
	if !own {
		value = k.Field(c.holds())
	}
	if value == "" || c.Sensitive {
		return "", "", ""
	}

	if c.RefersIn != "" {
		to := x.referredBy(k, c)
		if to == nil {
			return "", "", "export.unnamed"
		}
		value = to.Name(c.RefersIn)
		if value == "" {
			return "", "", "export.unnamed"
		}
		if k.circle > 0 && k.circle == to.circle {
			return "", value, "export.circle"
		}
	}

	if text = c.Label(value, x.lang); formats.Unguard(text) != text {
		text = "'" + text // an apostrophe of its own, before the one that is text
	}
	if !x.readsBack(column, text, value) {
		return "", value, "export.unreadable"
	}
	return text, value, ""
}

// readsBack reports whether the column reads a text as the value. Keys only have to
// fold to the same: BOB@example.com is read back as bob@example.com. A guard that a
// format puts before a text is removed when it is read ([formats.Unguard]).
func (x *export) readsBack(column int, text, value string) (same bool) {
	defer func() {
		if !same {
			_ = recover() // the column's Parse belongs to the host and may panic
		}
	}()

	c := &x.spec.Columns[column]
	x.draft.reset(x.spec, x.lang, Row{})
	got := x.draft.readCell(column, text)
	switch space := c.space(); {
	case got.bad || got.value == "":
		return false
	case space != "":
		return space.Fold(got.value) == space.Fold(value)
	}
	return got.value == value
}

// space returns the space in which the column's values are keys: RefersIn, or the
// space of its field. It returns "" if they are no keys.
func (c *Column) space() users.Space {
	if c.RefersIn != "" {
		return c.RefersIn
	}
	for _, s := range keySpaces() {
		if s.Field() == c.holds() {
			return s
		}
	}
	return ""
}

// keySpaces returns the spaces whose values are fields of people.
func keySpaces() []users.Space {
	return []users.Space{users.SpaceEmail, users.SpaceLogin, users.SpaceLANID, users.SpaceStation}
}
