package importer

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// A Texter returns findings, outcomes and columns as text in one language. Package
// messages has one for each of its languages. A Texter must not panic on an unknown
// code or name, and should return the code or name.
type Texter interface {
	// Finding returns what is wrong and what to do.
	Finding(f formats.Finding) string
	// Placed returns the finding with its cell, and with the suggestion if it has a
	// Fix: "D3 (EMAIL): There is no @ in the e-mail address."
	Placed(f formats.Finding) string
	// Suggestion returns the question whether the finding's Fix is meant. It
	// returns "" for a finding without a Fix.
	Suggestion(f formats.Finding) string
	// Outcome returns the word for an outcome.
	Outcome(o Outcome) string
	// Action returns the word for an action.
	Action(a Action) string
	// Result returns the result of an import, with the number of rows by outcome.
	Result(r *Report) string
	// Gains returns that a person gains things: "ada@x.com gains 1001, 1002". With an
	// empty name it says so of the person of the row: "gains 1001, 1002".
	Gains(who string, things []string) string
	// Loses returns that a person loses things, like Gains.
	Loses(who string, things []string) string
	// Named returns a value with its name: "First name: Ada".
	Named(name, value string) string
	// List returns parts as one text: "First name: Ada; Last name: Lovelace". gap comes
	// after each separator.
	List(parts []string, gap string) string
	// Label returns the heading of a report's column: "table", "row", "line",
	// "preview", "outcome", "who", "changes" or "findings"; the name of a fact about
	// it: "label", "file", "template", "account", "actor", "at", "id" or "undoes"; its
	// title: "report" or "report.undo"; or the word for an "empty" value.
	Label(name string) string
	// Field returns the name of a field: "First name" for "first_name".
	Field(name string) string
	// Value returns the value of a field as people write it.
	Value(field, value string) string
}

// A ReportRow is a line of a report as text, for a file. Its tags name the columns
// for writers that use tags.
type ReportRow struct {
	Table string `csv:"table"`
	Row   string `csv:"row"`
	Line  string `csv:"line"`
	// Does is what the row asks for, in the words of the template: "force_attach".
	Does string `csv:"does"`
	// Action is what the preview showed.
	Action   string `csv:"action"`
	Outcome  string `csv:"outcome"`
	Who      string `csv:"who"`
	Changes  string `csv:"changes"`
	Findings string `csv:"findings"`
}

// Rows returns the lines of the report as text. They say what the preview said.
func (r *Report) Rows(t Texter) []ReportRow {
	out := make([]ReportRow, 0, len(r.Lines))
	for i := range r.Lines {
		out = append(out, r.Lines[i].words(t, " "))
	}
	return out
}

// CountBy counts the rows that were done by the value of a column that says what a row
// does: {"attach": 12, "detach": 3}. [Preview.CountBy] counts the same of a preview.
func (r *Report) CountBy(field string) map[string]int {
	out := map[string]int{}
	for i := range r.Lines {
		if v := r.Lines[i].Does[field]; v != "" && r.Lines[i].Outcome.Done() {
			out[v]++
		}
	}
	return out
}

// does returns the fields that say what the rows do, in order.
func (r *Report) does() []string {
	all := map[string]bool{}
	for i := range r.Lines {
		for f := range r.Lines[i].Does {
			all[f] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Facts returns what the report is about, as names and values: its label, files,
// template, account, actor, time and id, the number of rows by outcome, and that by
// what the rows do ("force_attach 1, attach 2"). Unknown facts are left out.
func (r *Report) Facts(t Texter) []formats.SheetFact {
	var out []formats.SheetFact
	add := func(name, value string, inRows bool) {
		if value != "" {
			out = append(out, formats.SheetFact{Name: name, Value: value, InRows: inRows})
		}
	}

	add(t.Label("label"), r.Label, true)
	add(t.Label("file"), strings.Join(r.Files, ", "), true)
	add(t.Label("outcome"), t.Result(r), false)
	for _, field := range r.does() {
		add(t.Field(field), countsOf(r.CountBy(field), func(v string) string { return t.Value(field, v) }), false)
	}
	add(t.Label("template"), r.Template, false)
	add(t.Label("account"), string(r.Account), false)
	add(t.Label("actor"), r.Actor, true)
	add(t.Label("at"), r.At.UTC().Format("2006-01-02 15:04 UTC"), true)
	add(t.Label("id"), string(r.ID), true)
	add(t.Label("undoes"), string(r.Undoes), false)
	return out
}

// countsOf returns counts as text, by value: "attach 12, detach 3".
func countsOf(counts map[string]int, word func(string) string) string {
	var parts []string
	for _, v := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, word(v)+" "+strconv.Itoa(counts[v]))
	}
	return strings.Join(parts, ", ")
}

// words returns the line as text. gap separates the parts of a cell.
func (l *ReportLine) words(t Texter, gap string) ReportRow {
	row := ReportRow{Table: l.Table, Row: strconv.Itoa(l.Number), Action: t.Action(l.Action), Outcome: t.Outcome(l.Outcome), Who: l.Who}
	if l.Line > 0 {
		row.Line = strconv.Itoa(l.Line)
	}

	var does, findings []string
	for _, field := range slices.Sorted(maps.Keys(l.Does)) {
		does = append(does, t.Value(field, l.Does[field]))
	}
	for _, f := range l.Findings {
		findings = append(findings, t.Placed(f))
	}
	row.Does = strings.Join(does, ", ")
	row.Changes = t.List(append(l.changeWords(t), l.moveWords(t)...), gap)
	row.Findings = strings.Join(findings, gap)
	return row
}

// changeWords returns the changed fields as text: "Mobile: +33 1 → +33 2". Of a new
// person they are the fields that the person has. Left out are the name by which the
// line calls the person, and what the name of a gained line says.
func (l *ReportLine) changeWords(t Texter) []string {
	var out []string
	for _, c := range l.Changes {
		old, is := t.Value(c.Field, c.Old), t.Value(c.Field, c.New)
		made := l.Outcome == OutcomeCreated
		switch {
		case made && (c.New == "" || c.New == l.Who), c.Old == "" && l.namesInGain(c):
		case c.Old == "" && c.New == "": // a field whose values are not shown
			out = append(out, t.Field(c.Field))
		case made:
			out = append(out, t.Named(t.Field(c.Field), is))
		case c.Old == "":
			out = append(out, t.Named(t.Field(c.Field), "→ "+is))
		case c.New == "":
			out = append(out, t.Named(t.Field(c.Field), old+" → "+t.Label("empty")))
		default:
			out = append(out, t.Named(t.Field(c.Field), old+" → "+is))
		}
	}
	return out
}

// namesInGain reports whether the name of a thing that the person gains tells the
// change: line PBX1/1001 tells the PBX and the short number.
func (l *ReportLine) namesInGain(c Change) bool {
	return slices.ContainsFunc(l.Gains, func(g Gain) bool {
		switch g.Space {
		case users.SpaceLine:
			return c.Field == "line.pbx" && strings.HasPrefix(g.Value, c.New+"/") || c.Field == "line.short" && strings.HasSuffix(g.Value, "/"+c.New)
		case users.SpaceNumber:
			return c.Field == "line.number" && g.Value == c.New
		}
		return false
	})
}

// moveWords returns who gains and who loses what: "gains 1001", "bob@x.com loses 1001".
func (l *ReportLine) moveWords(t Texter) []string {
	gains := slices.Clone(l.Gains)
	losses := map[string][]Gain{}
	for _, x := range l.Losses {
		who := x.Who
		if who == l.Who || x.ID != "" && x.ID == l.User {
			who = "" // the person of the row gives it up
		}
		losses[who] = append(losses[who], Gain{x.Space, x.Value})
	}

	var out []string
	if things := thingNames(gains); len(things) > 0 {
		out = append(out, t.Gains("", things))
	}
	for _, who := range slices.Sorted(maps.Keys(losses)) {
		if things := thingNames(losses[who]); len(things) > 0 {
			out = append(out, t.Loses(who, things))
		}
	}
	return out
}

// thingNames returns the names of things, each once, and public numbers last. A line
// is known by its short and its public number, so its internal number is left out.
func thingNames(things []Gain) []string {
	var out, numbers []string
	for _, g := range things {
		switch {
		case g.Space == users.SpaceInternal || g.Value == "" || slices.Contains(out, g.Value) || slices.Contains(numbers, g.Value):
		case g.Space == users.SpaceNumber:
			numbers = append(numbers, g.Value)
		default:
			out = append(out, g.Value)
		}
	}
	return append(out, numbers...)
}

// reportColumn is a column of a report's sheet.
type reportColumn struct {
	column formats.SheetColumn
	cell   func(*ReportRow, *ReportLine) string
}

// reportColumns returns the columns that a report's sheet may have, in order.
func (r *Report) reportColumns(t Texter) []reportColumn {
	column := func(name string, width int) formats.SheetColumn {
		return formats.SheetColumn{Heading: t.Label(name), Text: true, Width: width}
	}
	long := func(name string, width int) formats.SheetColumn {
		c := column(name, width)
		c.Wrap = true
		return c
	}

	out := []reportColumn{
		{column("table", 18), func(w *ReportRow, _ *ReportLine) string { return w.Table }},
		{column("row", 8), func(w *ReportRow, _ *ReportLine) string { return w.Row }},
	}
	if slices.ContainsFunc(r.Lines, func(l ReportLine) bool { return l.Line != 0 && l.Line != l.Number }) {
		out = append(out, reportColumn{column("line", 10), func(w *ReportRow, _ *ReportLine) string { return w.Line }})
	}
	for _, field := range r.does() {
		c := formats.SheetColumn{Heading: t.Field(field), Text: true, Width: 22}
		out = append(out, reportColumn{c, func(_ *ReportRow, l *ReportLine) string { return t.Value(field, l.Does[field]) }})
	}

	outcome := column("outcome", 14)
	outcome.Tones = map[string]formats.Tone{}
	for _, o := range Outcomes() {
		outcome.Tones[t.Outcome(o)] = toneOf(o)
	}
	return append(out,
		reportColumn{column("preview", 14), func(w *ReportRow, _ *ReportLine) string { return w.Action }},
		reportColumn{outcome, func(w *ReportRow, _ *ReportLine) string { return w.Outcome }},
		reportColumn{long("who", 30), func(w *ReportRow, _ *ReportLine) string { return w.Who }},
		reportColumn{long("changes", 44), func(w *ReportRow, _ *ReportLine) string { return w.Changes }},
		reportColumn{long("findings", 56), func(w *ReportRow, _ *ReportLine) string { return w.Findings }},
	)
}

// toneOf returns the colour of an outcome.
func toneOf(o Outcome) formats.Tone {
	switch {
	case o.Done():
		return formats.ToneGood
	case o == OutcomeSkipped:
		return formats.ToneNeutral
	}
	return formats.ToneBad
}

// Sheet returns the report as a sheet of text, to be looked at and printed: what it is
// about, then its lines. It leaves out columns that would be empty, and the line of the
// text file if it is the row's number in every line.
func (r *Report) Sheet(t Texter) formats.Sheet {
	title := "report"
	if r.Template == TemplateUndo {
		title = "report.undo"
	}
	s := formats.Sheet{Name: t.Label(title), Title: t.Label(title), Facts: r.Facts(t), Filter: true, Print: true}

	columns := r.usedColumns(t)
	for _, c := range columns {
		s.Columns = append(s.Columns, c.column)
	}
	s.Rows = func(yield func([]string) bool) {
		row := make([]string, len(columns))
		for i := range r.Lines {
			w := r.Lines[i].words(t, "\n")
			for c := range columns {
				row[c] = columns[c].cell(&w, &r.Lines[i])
			}
			if !yield(row) {
				return
			}
		}
	}
	return s
}

// usedColumns returns the columns that have text in some line, and all columns of a
// report without lines.
func (r *Report) usedColumns(t Texter) []reportColumn {
	all := r.reportColumns(t)
	if len(r.Lines) == 0 {
		return all
	}

	used := make([]bool, len(all))
	for i := range r.Lines {
		w := r.Lines[i].words(t, " ")
		for c := range all {
			used[c] = used[c] || all[c].cell(&w, &r.Lines[i]) != ""
		}
		if !slices.Contains(used, false) {
			break
		}
	}

	var out []reportColumn
	for c := range all {
		if used[c] {
			out = append(out, all[c])
		}
	}
	return out
}
