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
	// Account is whose users are written. Default: the actor's own; mandatory
	// for an actor who has none.
	Account users.AccountID
	// Table is the number of the Template's table, from 0.
	Table int
	// Lang is the language of headings and values. Default "en", also for one in
	// which a column has no heading.
	Lang string
	// Having and Text choose among the users, as in [users.Query].
	Having []users.Key
	Text   string
}

// Exported is what [Export] found.
type Exported struct {
	// Sheet has a row for each user, in the Store's order, or as many as the
	// table's Unfold gives.
	Sheet formats.Sheet
	// Rows is how many.
	Rows int
	// LeftOut are users who are not in the sheet, or not with all that the table
	// says of people, in the Store's order.
	LeftOut []users.ID
	// Findings say what is not in the sheet, and why: a warning for each cell
	// that was left blank, with the row of the sheet, and an error for each
	// reason why a user was left out, with row 0. Their arguments are "who" and
	// the "id" of the user.
	//
	// The codes of warnings: "export.unreadable" (the value would be read
	// as another, or as none), "export.unnamed" (the record the field refers to
	// has no name in the column's space), "export.circle" (whom the field leads
	// to leads back to the user, which no file may say), and once for a sensitive
	// column "export.sensitive". Those of errors: "export.missing" (a required
	// column has nothing), "export.clears" (a blank cell of the column would empty
	// the field), "export.nothing" (no column has anything) and "export.unsaid"
	// (what no row of the table can say).
	Findings []formats.Finding
}

// Export writes the users of an account as a table of the Template, such that
// the sheet, written and read again, changes nothing in any mode. Where a field
// cannot be written so, its cell stays blank; where a blank would not do, the
// user is left out; both are told.
//
// A cell is what the user has in the field that the column holds ([users.Record.Field]),
// by its label in the language; that of a column which Names records is the
// name there of the record whose id the field holds. A Template whose Draft wants
// anything else of its cells than to have, to be or to refer to them may see changes.
//
// The whole sheet is in memory. The error is [ErrAccount], [ErrTables], or the
// directory's.
func Export(ctx context.Context, dir *users.Directory, tpl *Template, opts *ExportOptions) (*Exported, error) {
	if opts == nil {
		opts = &ExportOptions{}
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
	q := users.Query{Kind: users.KindUser, Scope: users.Scope{Accounts: []users.AccountID{account}}, Having: opts.Having, Text: opts.Text, Limit: 1000}
	for r, err := range dir.All(ctx, q) {
		if err != nil {
			return nil, fmt.Errorf("importer: export: %w", err)
		}
		x.users = append(x.users, x.know(r))
	}
	err = x.follow(ctx)
	if err == nil && x.spec.Unfold != nil {
		err = x.have(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("importer: export: %w", err)
	}
	x.circles()
	x.out.Sheet = tpl.Sheet(opts.Table, x.lang)
	x.write()
	return x.out, nil
}

// language is lang if every column has a heading in it, else "en".
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
	all     []*known // those and whom their references lead to
	known   map[users.ID]*known
	held    map[users.ID][]users.Record
	draft   Draft
	out     *Exported
}

// known is a record that was read.
type known struct {
	users.Record
	at     uint32 // in export.all
	circle int    // records of one circle have the same number; 0 for those of none
}

func (x *export) know(r users.Record) *known {
	k := x.known[r.ID]
	if k == nil {
		k = &known{Record: r, at: uint32(len(x.all))}
		x.known[r.ID], x.all = k, append(x.all, k)
	}
	return k
}

// names yields the columns that name records.
func (x *export) names(yield func(*Column) bool) {
	for i := range x.spec.Columns {
		if c := &x.spec.Columns[i]; c.RefersIn != "" && !yield(c) {
			return
		}
	}
}

// follow reads the records that references lead to, a round for each step,
// because a circle may close among people who are not exported.
func (x *export) follow(ctx context.Context) error {
	for from := 0; from < len(x.all); {
		var keys []users.Key
		for _, k := range x.all[from:] {
			for c := range x.names {
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
				x.know(r)
			}
		}
	}
	return nil
}

// have reads what the users have.
func (x *export) have(ctx context.Context) error {
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

// to is the record that a field of a record refers to; nil if there is none.
func (x *export) to(k *known, c *Column) *known { return x.known[users.ID(k.Field(c.holds()))] }

// circles numbers the circles of references.
func (x *export) circles() {
	rows := make([]uint32, len(x.all))
	for i := range rows {
		rows[i] = uint32(i)
	}
	edges := make([][]uint32, len(x.all))
	for i, k := range x.all {
		for c := range x.names {
			if to := x.to(k, c); to != nil && !c.RefersIn.Managed() {
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

func (x *export) write() {
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

// leaveOut notes that something about a user is not in the sheet.
func (x *export) leaveOut(k *known) {
	if n := len(x.out.LeftOut); n == 0 || x.out.LeftOut[n-1] != k.ID {
		x.out.LeftOut = append(x.out.LeftOut, k.ID)
	}
}

func (x *export) args(k *known) map[string]string {
	return map[string]string{"who": x.who(k), "id": string(k.ID)}
}

func (x *export) writeRow(k *known, values map[string]string, rows *[][]string) {
	cells, found := x.row(k, values)
	if slices.ContainsFunc(found, func(f formats.Finding) bool { return f.Severity == formats.Error }) {
		x.leaveOut(k)
	} else {
		*rows = append(*rows, cells)
		for i := range found {
			found[i].Row = len(*rows) + 1 // below the headings
		}
	}
	x.out.Findings = append(x.out.Findings, found...)
}

// row is the row of a user, and what is not in it.
func (x *export) row(k *known, values map[string]string) ([]string, []formats.Finding) {
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

// who names a user, unless a sensitive column has that name.
func (x *export) who(k *known) string {
	u, _ := k.User()
	who := personIs(&u.Profile)
	for i := range x.spec.Columns {
		if c := &x.spec.Columns[i]; c.Sensitive && k.Field(c.holds()) == who {
			return string(k.ID)
		}
	}
	return formats.Show(who)
}

// cell is the text of a user's cell, or else the code that says why it is
// blank, with the value that is not there.
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
		to := x.to(k, c)
		if to == nil {
			return "", "", "export.unnamed"
		}
		if value = to.Name(c.RefersIn); value == "" {
			return "", "", "export.unnamed"
		}
		if k.circle > 0 && k.circle == to.circle {
			return "", value, "export.circle"
		}
	}
	text = c.Label(value, x.lang)
	if !x.reads(column, text, value) {
		return "", value, "export.unreadable"
	}
	return text, value, ""
}

// reads reports whether the column reads a text as the value: the same, or
// where values are keys, one that means the same there. A guard that a format
// puts before a text is taken away as it came ([formats.Unguard]).
func (x *export) reads(column int, text, value string) (same bool) {
	defer func() {
		if !same {
			_ = recover() // the column's Parse is the host's
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

// space is the one in which the column's values are keys: the one it names
// records in, or the one of its field; "" if they are none.
func (c *Column) space() users.Space {
	if c.RefersIn != "" {
		return c.RefersIn
	}
	for _, s := range []users.Space{users.SpaceEmail, users.SpaceLogin, users.SpaceLANID, users.SpaceStation} {
		if s.Field() == c.holds() {
			return s
		}
	}
	return ""
}
