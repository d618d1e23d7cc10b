package main

import (
	"flag"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
)

// maxShown is the largest number of findings that are shown on a terminal.
// Files, pipes and --json have all findings.
const maxShown = 1000

// maxRows is the largest number of rows of which a terminal shows all without
// --all-rows. Of more rows it shows those with findings.
const maxRows = 50

// A view says which rows of a preview are shown.
type view struct {
	errors, all bool
	search      string
}

func (v *view) flags(f *flag.FlagSet) {
	v.rowFlags(f)
	f.StringVar(&v.search, "search", "", "show only the rows with the `TEXT` in a cell")
}

// rowFlags declares the flags without --search, which means people elsewhere.
func (v *view) rowFlags(f *flag.FlagSet) {
	f.BoolVar(&v.errors, "errors", false, "show only the rows with findings; on a terminal the default for more than 50 rows")
	f.BoolVar(&v.all, "all-rows", false, "show all rows, also on a terminal")
}

// filters returns what the flags ask for.
func (v view) filters() []importer.RowFilter {
	var out []importer.RowFilter
	if v.errors {
		out = append(out, importer.WithFindings)
	}
	if v.search != "" {
		out = append(out, importer.WithText(v.search))
	}
	return out
}

// sentence returns a finding as text: the place, the message and the fix.
func (c *console) sentence(f formats.Finding) string {
	return c.lang.Where(f) + c.words().colon + c.what(f)
}

func (c *console) what(f formats.Finding) string {
	s := c.lang.Finding(f)
	if fix := c.lang.Suggestion(f); fix != "" {
		s += " " + fix
	}
	return fmt.Sprintf("%s [%s]", s, f.Code)
}

// previewText prints a preview as a table with a STATUS column, and a summary.
func (c *console) previewText(p *importer.Preview, v view) {
	whole := p.Findings()
	for _, f := range whole {
		c.indented(c.out, c.sentence(f))
	}
	if len(whole) > 0 {
		fmt.Fprintln(c.out)
	}

	s := p.Summary()
	if c.outTTY && s.Rows > maxRows && !v.all && v.search == "" {
		v.errors = true
	}
	c.rowsText(p.Rows(v.filters()...))
	if v.errors && c.outTTY {
		if hidden := s.Rows - count(p.Rows(importer.WithFindings)); hidden > 0 {
			c.indented(c.out, c.say("%s without findings: --all-rows shows them.", c.lang.Rows(hidden)))
		}
	}

	c.summaryText(s)
	c.repairsText(p.Repairs())
}

func count[T any](seq iter.Seq[T]) int {
	n := 0
	for range seq {
		n++
	}
	return n
}

// maxRepairs is the largest number of suggestions that are printed.
const maxRepairs = 10

// repairsText prints the corrections that repair several rows at once.
func (c *console) repairsText(all []importer.Repair) {
	shown := 0
	for _, r := range all {
		if r.Fix == nil || r.Rows < 2 && r.Code != importer.CodeDomain || shown == maxRepairs {
			continue
		}
		if shown == 0 {
			fmt.Fprintln(c.out)
		}
		shown++
		c.indented(c.out, c.say("%s: %s \"%s\" → \"%s\". To accept the suggestion, run:", c.lang.Rows(r.Rows), c.lang.Field(r.Field), formats.Show(r.Value), formats.Show(*r.Fix)))
		fmt.Fprintf(c.out, "  %s\n", c.commandLine("fix", []given{{"accept", r.Code}}, nil, c.args...))
	}
}

// rowsText prints rows: a line per row, and a line for each further finding. On
// a terminal it shows maxShown findings and the number of the others.
func (c *console) rowsText(rows iter.Seq[importer.RowView]) {
	room, more := math.MaxInt, 0
	if c.outTTY {
		room = maxShown
	}

	t := grid{head: []string{c.lang.Label("status"), c.lang.Label("row"), c.lang.Label("action"), c.lang.Label("who"), c.words().details}}
	for r := range rows {
		if n := len(r.Findings); n > room {
			more += n - room
			if r.Findings = r.Findings[:room]; room == 0 {
				continue
			}
		}
		room -= len(r.Findings)
		lines := c.details(r)
		t.add(c.status(r), row(r), c.lang.Action(r.Action), r.Who, lines[0])
		for _, l := range lines[1:] {
			t.add(style{}, "", "", "", l)
		}
	}

	t.print(c)
	if more > 0 {
		fmt.Fprintf(c.out, c.words().more+"\n", more)
	}
}

func row(r importer.RowView) string {
	n := strconv.Itoa(r.Number)
	if r.Table != "" {
		n = r.Table + "/" + n
	}
	return n
}

// details returns the changes and the findings of a row.
func (c *console) details(r importer.RowView) []string {
	var out, parts []string
	for _, x := range r.Changes {
		if r.Action == importer.ActionCreate || r.Action == importer.ActionBlocked && x.Old == "" {
			if x.New != "" && x.New != r.Who && !namesGain(r, x) {
				parts = append(parts, c.lang.Field(x.Field)+c.words().colon+formats.Show(c.shown(x.Field, x.New)))
			}
			continue
		}
		if x.Old == "" && namesGain(r, x) {
			continue
		}
		before := formats.Show(c.shown(x.Field, x.Old))
		if before != "" {
			before += " "
		}
		parts = append(parts, c.lang.Field(x.Field)+c.words().colon+before+"→ "+formats.Show(c.shown(x.Field, x.New)))
	}

	effect := c.gainsAndLosses(r)
	if len(parts) > 0 {
		effect = slices.Insert(effect, 0, strings.Join(parts, ", "))
	}

	if len(effect) > 0 {
		out = append(out, strings.Join(effect, "; "))
	}

	for _, f := range r.Findings {
		text := c.what(f)
		if at := position(f); at != "" {
			text = at + " " + text
		}
		out = append(out, text)
	}

	if len(out) == 0 {
		out = append(out, "")
	}

	return out
}

// position returns the cell of a finding.
func position(f formats.Finding) string {
	switch {
	case f.Cell != "":
		return f.Cell
	case f.Column > 0:
		return formats.CellName(f.Column, f.Row)
	}
	return ""
}

// summaryText prints the counts by action and by code.
func (c *console) summaryText(s importer.Summary) {
	var parts []string
	for _, a := range importer.Actions() {
		if n := s.Actions[a.String()]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", c.lang.Action(a), n))
		}
	}

	fmt.Fprintln(c.out)
	c.indented(c.out, c.lang.Rows(s.Rows)+c.words().colon+strings.Join(parts, ", "))
	parts = nil
	for _, code := range slices.Sorted(maps.Keys(s.Codes)) {
		parts = append(parts, fmt.Sprintf("%s %d", code, s.Codes[code]))
	}

	if len(parts) > 0 {
		c.indented(c.out, c.lang.Label("findings")+c.words().colon+strings.Join(parts, ", "))
	}

	if s.Errors == 0 {
		fmt.Fprintln(c.out, c.lang.NoErrors())
	} else {
		fmt.Fprintln(c.out, c.lang.Errors(s.Errors))
	}
}

// status returns the first column of a row: the severity of its worst finding.
func (c *console) status(r importer.RowView) style {
	var worst formats.Severity
	for _, f := range r.Findings {
		worst = max(worst, f.Severity)
	}
	switch worst {
	case formats.Error:
		return style{c.lang.Severity(worst), red}
	case formats.Brake, formats.Warning:
		return style{c.lang.Severity(worst), yellow}
	}
	return style{"OK", green}
}
