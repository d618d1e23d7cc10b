package importer

import (
	"iter"
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/folding"
	"github.com/usher-go/usher/users"
)

// A RowView is one row of a preview as a person sees it.
type RowView struct {
	ID users.RowID `json:"-"`
	// Table is the name of the row's table. It is empty if the Template has one table.
	Table string `json:"table,omitempty"`
	// Number is the record number, as a spreadsheet shows it, from 1. Line is the
	// line of the text file, from 1, and 0 for an added row.
	Number int `json:"row"`
	Line   int `json:"line,omitempty"`
	// Action is what the row will do.
	Action Action `json:"action"`
	// Stale says that the document showed another effect; see [Preview.Stale].
	Stale bool `json:"changed,omitempty"`
	// Who names the person that the row is about, if the row or the store does.
	Who string `json:"who,omitempty"`
	// Cells has the present text of each cell that is not empty, by field. It is
	// left out of JSON.
	Cells map[string]string `json:"-"`
	// Changes lists the fields that will change, or that a new person will have.
	Changes []Change `json:"changes,omitempty"`
	// Gains lists the keys of things that the person gains, such as a line. Keys
	// that the row does not name come along: a public number follows its line,
	// unless another row claims it.
	Gains []Gain `json:"gains,omitempty"`
	// Keeps lists the keys that the row claims and the person holds already.
	Keeps []Gain `json:"keeps,omitempty"`
	// Losses lists the keys that this person or another will no longer hold.
	Losses []Loss `json:"losses,omitempty"`
	// Findings are in order of columns. Those of the whole row come first.
	Findings []formats.Finding `json:"findings,omitempty"`
}

// A Change is one field before and after. For a field that is a set
// ([Draft.Include]), Old lists the values taken out and New the values put in. The
// other values of the set are not listed.
type Change struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

// A Gain is a key that the person will hold, or holds and keeps: that of a line.
type Gain struct {
	Space users.Space `json:"space"`
	// Value is the name of the thing in the space, not folded ([users.Record.Name]).
	Value string `json:"value"`
}

// A Loss is a key that a person will no longer hold.
type Loss struct {
	Space users.Space `json:"space"`
	Value string      `json:"value"`
	// Who is the name of the person who loses it, and ID that person's id.
	Who string   `json:"who"`
	ID  users.ID `json:"id"`
	// Forced says that another person takes it by force ([Draft.Take]).
	Forced bool `json:"forced,omitempty"`
}

// A RowFilter reports whether to yield a row: see [WithFindings], [WithErrors],
// [WithAction], [WithCode] and [WithText]. It is called at most once for each row,
// in order, while [Preview.Rows] runs. It must not call the preview.
type RowFilter func(*RowView) bool

// WithFindings chooses rows that have findings.
func WithFindings(r *RowView) bool { return len(r.Findings) > 0 }

// WithErrors chooses rows that have a finding of severity error.
func WithErrors(r *RowView) bool {
	return slices.ContainsFunc(r.Findings, func(f formats.Finding) bool { return f.Severity == formats.Error })
}

// WithAction returns a filter for rows that will do one of the actions.
func WithAction(actions ...Action) RowFilter {
	return func(r *RowView) bool { return slices.Contains(actions, r.Action) }
}

// WithCode returns a filter for rows that have a finding of the code.
func WithCode(code string) RowFilter {
	return func(r *RowView) bool {
		return slices.ContainsFunc(r.Findings, func(f formats.Finding) bool { return f.Code == code })
	}
}

// WithText returns a filter for rows with a cell that contains the text. It ignores
// letter case, accents, blanks, hyphens and underscores.
func WithText(text string) RowFilter {
	want := folding.Heading(text)
	return func(r *RowView) bool {
		for _, c := range r.Cells {
			if strings.Contains(folding.Heading(c), want) {
				return true
			}
		}
		return false
	}
}

// Rows yields the rows that every filter chooses, by table and record number.
//
// The preview should not be edited while Rows runs: collect the edits and apply
// them after the loop. Rows that are added meanwhile are not yielded, and the
// others are yielded as they are when the loop comes to them.
func (p *Preview) Rows(filters ...RowFilter) iter.Seq[RowView] {
	return func(yield func(RowView) bool) {
		for r := range p.grid.ordered {
			v := p.rowView(r)
			if !slices.ContainsFunc(filters, func(f RowFilter) bool { return !f(&v) }) && !yield(v) {
				return
			}
		}
	}
}

// CountBy counts rows of a table by the value of a column: {"attach": 12,
// "detach": 3}. It counts rows that will be written, and unchanged ones. table
// counts from 0. The map is empty for an unknown table or field.
func (p *Preview) CountBy(table int, field string) map[string]int {
	out := map[string]int{}
	for r := range p.grid.ordered {
		if p.grid.rows[r].id.Table() != table || !p.actionOf(r).writes() && p.actionOf(r) != ActionUnchanged {
			continue
		}
		if v := p.read(r).draft.row.Value(field); v != "" {
			out[v]++
		}
	}
	return out
}

// Row returns the row with the id. The error is [ErrRow] if the preview does not
// have it, or if it was removed.
func (p *Preview) Row(id users.RowID) (RowView, error) {
	r, ok := p.grid.find(id)
	if !ok || p.grid.rows[r].removed {
		return RowView{}, ErrRow
	}
	return p.rowView(r), nil
}

// rowView returns the row as a person sees it, marked if it is stale.
func (p *Preview) rowView(row uint32) RowView {
	v := p.show(row)
	_, v.Stale = p.unseen[row]
	return v
}

// Group returns the rows that claim a key, and those about the person who holds
// it, by table and record number. A finding such as "email.contested" counts these
// rows. value may be written in any case.
func (p *Preview) Group(space users.Space, value string) []users.RowID {
	value = space.Fold(value)
	rows := map[uint32]bool{}
	gather := func(key uint32, c chain) {
		if key != none {
			for r := range p.keys.rows(key, c) {
				rows[r] = true
			}
		}
	}

	key := p.keys.known(space, value)
	gather(key, chainClaim)
	gather(key, chainAbout)

	// Other rows may be about the holder by another key.
	for _, r := range p.facts.recs {
		if f := space.Field(); f != "" && space.Fold(r.Field(f)) == value {
			gather(p.keys.known(users.SpaceID, string(r.ID)), chainAbout)
		}
	}

	var out []users.RowID
	for _, r := range p.sorted(rows) {
		out = append(out, p.grid.rows[r].id)
	}
	return out
}

// show returns the row as a person sees it.
func (p *plan) show(row uint32) RowView { return p.decided(row).show() }

// show returns the decided row as a person sees it.
func (t *turn) show() RowView {
	p, g, v := t.plan, t.plan.grid, &t.verdict
	at := &g.rows[t.row]
	table := &g.tables[at.id.Table()]
	out := RowView{ID: at.id, Number: at.id.Number(), Action: p.actionOf(t.row), Who: t.personName(), Cells: map[string]string{}}
	if len(g.tpl.Tables) > 1 {
		out.Table = g.tpl.Tables[at.id.Table()].Name
	}
	if at.src >= 0 {
		out.Line = table.read.Row(int(at.src)).Line()
	}

	spec := g.spec(t.row)
	for i := range spec.Columns {
		if s := g.text(t.row, i); s != "" && s != withheld {
			out.Cells[spec.Columns[i].Field] = s
		}
	}
	if out.Action != ActionError && out.Action != ActionSkip {
		t.showEffect(&out, v)
	}

	for i := range v.notes {
		out.Findings = append(out.Findings, p.finding(t.row, &v.notes[i]))
	}
	if f, ok := t.followedFinding(); ok {
		out.Findings = append(out.Findings, f)
	}
	for _, n := range p.domainNotes(t.row) {
		out.Findings = append(out.Findings, p.finding(t.row, &n))
	}
	slices.SortStableFunc(out.Findings, func(a, b formats.Finding) int { return a.Column - b.Column })
	t.hideSecrets(&out)
	return out
}

// showEffect adds the changes, gains, keeps and losses of the row.
func (t *turn) showEffect(out *RowView, v *verdict) {
	for _, c := range v.changes {
		out.Changes = append(out.Changes, t.showChange(c, v))
	}

	for _, x := range v.gains {
		if space := t.plan.keys.spaceOf(x.key); space.Field() == "" && !t.hidesKey(x.key, x.rec) {
			out.Gains = append(out.Gains, Gain{space, t.written(x.key, x.rec)})
		}
	}
	for _, key := range t.keysComingAlong() {
		if !t.hidesKey(key, -1) {
			out.Gains = append(out.Gains, Gain{t.plan.keys.spaceOf(key), t.written(key, -1)})
		}
	}

	for _, x := range v.keeps {
		if space := t.plan.keys.spaceOf(x); space.Field() == "" && !t.hidesKey(x, -1) {
			out.Keeps = append(out.Keeps, Gain{space, t.written(x, -1)})
		}
	}

	for _, x := range v.losses {
		if l, ok := t.showLoss(x, v); ok {
			out.Losses = append(out.Losses, l)
		}
	}
}

// showChange returns a change as a person sees it: without the values of a
// sensitive field, and with names in place of the ids of references.
func (t *turn) showChange(c Change, v *verdict) Change {
	switch {
	case t.hidesChange(c):
		c.Old, c.New = "", ""
		if !slices.Contains(t.plan.veil.fields, c.Field) && t.plan.veil.hidesField(c.Field) {
			c.Field, _, _ = strings.Cut(c.Field, ".") // the rest of the name is the cell
		}
	case slices.ContainsFunc(v.refers, func(f reference) bool { return f.field == c.Field }):
		c.Old = t.plan.nameOfID(c.Old)
		// Only an undoing has the new value as an id.
		if t.says.restores != nil {
			c.New = t.plan.nameOfID(c.New)
		}
	case slices.Contains(references, c.Field):
		c.Old = t.plan.nameOfID(c.Old)
	}
	return c
}

// hidesChange reports whether the values of a change must not be shown.
func (t *turn) hidesChange(c Change) bool {
	if len(t.plan.veil.fields) == 0 {
		return false
	}
	i := t.spec.holding(c.Field)
	return i >= 0 && t.spec.Columns[i].Sensitive || t.plan.veil.hidesField(c.Field) || t.holdsSensitive(c.New)
}

// showLoss returns a loss as a person sees it. It returns false for a key that
// the same person keeps with another thing: +33 1 … moves from one line of the
// person to another.
func (t *turn) showLoss(x loss, v *verdict) (Loss, bool) {
	moves := func(r uint32) bool { return r != t.row && v.rec >= 0 && t.plan.state[r].rec == v.rec }
	if !x.taken && t.plan.isClaimedBy(x.key, moves) {
		return Loss{}, false
	}

	l := Loss{Space: t.plan.keys.spaceOf(x.key), ID: x.holder, Forced: x.taken}
	if !t.hidesKey(x.key, x.rec) {
		l.Value = t.written(x.key, x.rec)
	}
	if i, ok := t.plan.facts.byID[x.holder]; ok {
		l.Who = t.plan.facts.nameOf(i)
	}
	return l, true
}

// written returns the value of a key as people write it: "Bob@Example.com" for
// the folded bob@example.com. It looks in the record rec, in the holder of the
// key, and in the row. It returns the folded value if none of them has the key.
func (t *turn) written(key uint32, rec int32) string {
	space, value := t.plan.keys.parts(key)
	for _, of := range []int32{rec, t.plan.facts.holderOf(key)} {
		if of < 0 {
			continue
		}
		if name := t.plan.facts.recs[of].Name(space); space.Fold(name) == value {
			return name
		}
	}

	for i := range t.keys {
		if k := &t.keys[i]; k.id == key && k.rel != relAbout {
			return k.value
		}
	}
	return value
}

// unnamed yields keys of the things that the person gains and that the row does
// not name: the public number that a line of the store has already.
func (t *turn) unnamed(yield func(k users.Key, thing int32)) {
	if t.says.restores != nil {
		return
	}

	t.things(func(_ users.Kind, thing int32) {
		if thing < 0 || !slices.ContainsFunc(t.verdict.gains, func(g gain) bool { return g.rec == thing }) {
			return
		}
		for _, k := range t.plan.facts.recs[thing].Keys() {
			if !t.claimsIn(k.Space) {
				yield(k, thing)
			}
		}
	})
}

// keysComingAlong returns the unnamed keys that no other row claims.
func (t *turn) keysComingAlong() []uint32 {
	var out []uint32
	t.unnamed(func(k users.Key, thing int32) {
		id := t.plan.keys.known(k.Space, k.Value)
		if id == none { // no row of the file names it
			id = t.plan.keys.key(k.Space, k.Value)
			t.plan.keys.state[id].fact = thing + 1
		}
		if !t.plan.isClaimedBy(id, func(r uint32) bool { return r != t.row }) {
			out = append(out, id)
		}
	})
	return out
}

// isClaimedBy reports whether a row that will be written, and for which of returns
// true, claims the key.
func (p *plan) isClaimedBy(key uint32, of func(row uint32) bool) bool {
	for r := range p.keys.rows(key, chainClaim) {
		if of(r) && p.actionOf(r).writes() {
			return true
		}
	}
	return false
}

// nameOfID returns the name of the record with the id, or the id itself if the plan
// does not know the record.
func (p *plan) nameOfID(id string) string {
	if at, ok := p.facts.byID[users.ID(id)]; ok {
		return p.facts.nameOf(at)
	}
	if p.undo != nil {
		if s := p.undo.byID[users.ID(id)]; s != nil && s.last.Data != nil {
			return p.veil.nameOf(s.last)
		}
	}
	return id
}

// personName returns the name of the person that the row is about. It is the name
// in the store, else the key in the row, else the name in the row. A sensitive key
// is not shown.
func (t *turn) personName() string {
	switch s := t.says.restores; {
	case t.verdict.rec >= 0:
		return t.plan.facts.nameOf(t.verdict.rec)
	case s != nil && s.last.Data != nil:
		return t.plan.veil.nameOf(s.last)
	}
	if t.says.about >= 0 && !t.secret(t.keys[t.says.about].id) {
		return formats.Show(t.keys[t.says.about].value)
	}

	var named []string
	for _, f := range []string{"name", "first_name", "last_name"} {
		if s := t.draft.row.Value(f); s != "" && (f != "last_name" || len(named) < 2) {
			named = append(named, s)
			if f == "name" {
				break
			}
		}
	}
	return formats.Show(strings.Join(named, " "))
}

// Findings returns the findings that belong to no single row:
//
//   - about reading the file and its headings
//   - about files of rows with errors that were merged
//   - about groups of rows that are too large for the store
//   - brakes ([formats.Brake])
func (p *Preview) Findings() []formats.Finding {
	var out []formats.Finding
	for i := range p.grid.tables {
		out = append(out, p.grid.findings(i)...)
	}
	out = append(out, p.merged.told...)
	out = append(out, p.tooLarge()...)
	for _, b := range p.brakes() {
		out = append(out, b.finding)
	}
	return out
}

// Label returns the label that the import will have unless [CommitOptions] name
// another.
func (p *Preview) Label() string { return p.opts.Label }

// Account returns the account that the rows are for.
func (p *Preview) Account() users.AccountID { return p.account }

// Mode returns the mode: the one of [Options], or the Template's first.
func (p *Preview) Mode() Mode { return p.opts.Mode }

// Template returns the preview's template. It must not be changed.
func (p *Preview) Template() *Template { return p.tpl }
