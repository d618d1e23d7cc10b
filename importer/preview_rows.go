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
	// Table names the row's table; empty where the Template has one.
	Table string `json:"table,omitempty"`
	// Number is the record number a spreadsheet shows, Line the physical line, 0 for an added row.
	Number int `json:"row"`
	Line   int `json:"line,omitempty"`
	// Action is what the row will do.
	Action Action `json:"action"`
	// Stale says that a reopened preview showed something else; see [Preview.Stale].
	Stale bool `json:"changed,omitempty"`
	// Who names the person the row is about, as far as the row or the store tells.
	Who string `json:"who,omitempty"`
	// Cells are the texts as they stand, by field. They are left out of JSON.
	Cells map[string]string `json:"-"`
	// Changes are the fields that will change; for a row that makes somebody, those it sets.
	Changes []Change `json:"changes,omitempty"`
	// Gains and Losses are what changes hands, also with what the row names: a
	// line's public number goes with the line, unless another row takes it. Keeps is what the row asks for and
	// the person has already.
	Gains  []Gain `json:"gains,omitempty"`
	Keeps  []Gain `json:"keeps,omitempty"`
	Losses []Loss `json:"losses,omitempty"`
	// Findings are in order of columns, those of the whole row first.
	Findings []formats.Finding `json:"findings,omitempty"`
}

// A Change is one field, before and after. Of a field that is a set, of which
// the row says what to put in and what to take out ([Draft.Include]), Old is what
// is taken out and New what is put in: what else is in it is none of the row's business.
type Change struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

// A Gain is something the person will hold, or holds and keeps: a line.
type Gain struct {
	Space users.Space `json:"space"`
	// Value is the thing's name in the space, as it is written ([users.Record.Name]).
	Value string `json:"value"`
}

// A Loss is something somebody will hold no longer.
type Loss struct {
	Space users.Space `json:"space"`
	Value string      `json:"value"`
	// Who loses it; ID is theirs.
	Who string   `json:"who"`
	ID  users.ID `json:"id"`
	// Forced is whether somebody else takes it.
	Forced bool `json:"forced,omitempty"`
}

// A RowFilter chooses rows of a preview: see [WithFindings], [WithErrors],
// [WithAction], [WithCode] and [WithText]. It must not call the preview.
type RowFilter func(*RowView) bool

// WithFindings chooses rows that have findings.
func WithFindings(r *RowView) bool { return len(r.Findings) > 0 }

// WithErrors chooses rows that have a finding of severity error.
func WithErrors(r *RowView) bool {
	return slices.ContainsFunc(r.Findings, func(f formats.Finding) bool { return f.Severity == formats.Error })
}

// WithAction chooses rows that will do one of the actions.
func WithAction(actions ...Action) RowFilter {
	return func(r *RowView) bool { return slices.Contains(actions, r.Action) }
}

// WithCode chooses rows that have a finding of that code.
func WithCode(code string) RowFilter {
	return func(r *RowView) bool {
		return slices.ContainsFunc(r.Findings, func(f formats.Finding) bool { return f.Code == code })
	}
}

// WithText chooses rows of which a cell holds the text, letter case and accents aside.
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

// Rows yields the rows that fit every filter, by table and record number. The
// preview must not be edited meanwhile.
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

// CountBy counts the rows of a table that will happen, or are as they say
// already, by the value of a column. table counts from 0; a table or a field that
// there is not has none.
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

// Row is one row, or [ErrRow].
func (p *Preview) Row(id users.RowID) (RowView, error) {
	r, ok := p.grid.find(id)
	if !ok || p.grid.rows[r].removed {
		return RowView{}, ErrRow
	}
	return p.rowView(r), nil
}

// rowView returns the row as a person sees it, and whether that is something
// else than a reopened preview showed.
func (p *Preview) rowView(row uint32) RowView {
	v := p.show(row)
	_, v.Stale = p.unseen[row]
	return v
}

// Group are the rows that claim a key or are about the person it names: those
// a finding like "email.contested" counts. The key's account may be empty.
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

// show returns the row as it was decided.
func (p *plan) show(row uint32) RowView { return p.decided(row).show() }

// show returns the row as a person sees it.
func (t *turn) show() RowView {
	p, g, v := t.plan, t.plan.grid, &t.verdict
	at := &g.rows[t.row]
	table := &g.tables[at.id.Table()]
	out := RowView{ID: at.id, Number: at.id.Number(), Action: p.actionOf(t.row), Who: t.whoOf(), Cells: map[string]string{}}
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
	slices.SortStableFunc(out.Findings, func(a, b formats.Finding) int { return a.Column - b.Column })
	return out
}

func (t *turn) showEffect(out *RowView, v *verdict) {
	spec := t.spec
	for _, c := range v.changes {
		if i := spec.holding(c.Field); i >= 0 && spec.Columns[i].Sensitive || t.holdsSensitive(c.New) || t.plan.undo != nil && slices.Contains(t.plan.undo.sensitive, c.Field) {
			c.Old, c.New = "", ""
		} else if slices.ContainsFunc(v.refers, func(f reference) bool { return f.field == c.Field }) {
			c.Old = t.plan.named(c.Old)
			if t.says.restores != nil {
				c.New = t.plan.named(c.New)
			}
		} else if slices.Contains(references, c.Field) {
			c.Old = t.plan.named(c.Old)
		}
		out.Changes = append(out.Changes, c)
	}
	for _, x := range v.gains {
		if space := t.plan.keys.spaceOf(x.key); space.Field() == "" && !t.secret(x.key) {
			out.Gains = append(out.Gains, Gain{space, t.written(x.key, x.rec)})
		}
	}
	for _, key := range t.comesAlong() {
		if !t.secret(key) {
			out.Gains = append(out.Gains, Gain{t.plan.keys.spaceOf(key), t.written(key, -1)})
		}
	}
	for _, x := range v.keeps {
		if space := t.plan.keys.spaceOf(x); space.Field() == "" && !t.secret(x) {
			out.Keeps = append(out.Keeps, Gain{space, t.written(x, -1)})
		}
	}
	for _, x := range v.losses {
		if !x.taken && t.plan.goesTo(x.key, func(r uint32) bool { return r != t.row && v.rec >= 0 && t.plan.state[r].rec == v.rec }) {
			continue // it goes on with another thing of theirs
		}
		l := Loss{Space: t.plan.keys.spaceOf(x.key), ID: x.holder, Forced: x.taken}
		if !t.secret(x.key) {
			l.Value = t.written(x.key, x.rec)
		}
		if i, ok := t.plan.facts.byID[x.holder]; ok {
			l.Who = t.plan.facts.nameOf(i)
		}
		out.Losses = append(out.Losses, l)
	}
}

// written is the value of a key as the store has it, in the record rec or in
// the one that holds it, or the drafted row; folded, where none says it.
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

// unnamed yields the keys that the drafted row does not name, of the things its
// person gains: a line has its public number already.
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

// comesAlong are those unnamed keys that do not go to another thing in the same file.
func (t *turn) comesAlong() []uint32 {
	var out []uint32
	t.unnamed(func(k users.Key, thing int32) {
		id := t.plan.keys.known(k.Space, k.Value)
		if id == none {
			id = t.plan.keys.key(k.Space, k.Value)
			t.plan.keys.state[id].fact = thing + 1
		}
		if !t.plan.goesTo(id, func(r uint32) bool { return r != t.row }) {
			out = append(out, id)
		}
	})
	return out
}

// goesTo reports whether a row that will happen, and of which, claims the key.
func (p *plan) goesTo(key uint32, of func(row uint32) bool) bool {
	for r := range p.keys.rows(key, chainClaim) {
		if of(r) && p.actionOf(r).writes() {
			return true
		}
	}
	return false
}

// named is who has the id, where that is known, else the id.
func (p *plan) named(id string) string {
	if at, ok := p.facts.byID[users.ID(id)]; ok {
		return p.facts.nameOf(at)
	}
	if p.undo != nil {
		if s := p.undo.byID[users.ID(id)]; s != nil && s.last.Data != nil {
			return whoIs(s.last)
		}
	}
	return id
}

// whoOf names the person the drafted row is about.
func (t *turn) whoOf() string {
	switch s := t.says.restores; {
	case t.verdict.rec >= 0:
		return t.plan.facts.nameOf(t.verdict.rec)
	case s != nil && s.last.Data != nil:
		return whoIs(s.last)
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

// Findings are those of the whole file: how it was read, its headings, rows
// that hold nothing else, and brakes ([formats.Brake]).
func (p *Preview) Findings() []formats.Finding {
	var out []formats.Finding
	for i := range p.grid.tables {
		out = append(out, p.grid.findings(i)...)
	}
	out = append(out, p.tooLarge()...)
	for _, b := range p.brakes() {
		out = append(out, b.finding)
	}
	return out
}

// Label is what the import will be known by, if [CommitOptions] say nothing else.
func (p *Preview) Label() string { return p.opts.Label }

// Account is where the rows go.
func (p *Preview) Account() users.AccountID { return p.account }

// Mode is what rows about known and unknown people may do.
func (p *Preview) Mode() Mode { return p.opts.Mode }

// Template is the preview's template.
func (p *Preview) Template() *Template { return p.tpl }
