package main

import (
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
func (c *console) previewText(p *importer.Preview) {
	whole := p.Findings()
	for _, f := range whole {
		fmt.Fprintln(c.out, c.sentence(f))
	}
	if len(whole) > 0 {
		fmt.Fprintln(c.out)
	}
	s := p.Summary()
	var filters []importer.RowFilter
	if c.outTTY && s.Rows > maxShown {
		filters = append(filters, importer.WithFindings)
	}
	c.rowsText(p.Rows(filters...))
	c.summaryText(s)
	c.repairsText(p.Repairs())
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
		fmt.Fprintf(c.out, c.words().repair+"\n", c.lang.Rows(r.Rows), c.lang.Field(r.Field), formats.Show(r.Value), formats.Show(*r.Fix), r.Code)
	}
}

// rowsText prints rows: a line per row, and a line for each further finding. On
// a terminal it shows maxShown findings and the number of the others.
func (c *console) rowsText(rows iter.Seq[importer.RowView]) {
	room, more := math.MaxInt, 0
	if c.outTTY {
		room = maxShown
	}

	t := grid{head: []string{c.lang.Label("status"), c.lang.Label("row"), c.lang.Label("action"), c.lang.Label("who"), c.lang.Label("findings")}}
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
		if r.Action == importer.ActionCreate {
			if x.New != r.Who {
				parts = append(parts, formats.Show(c.lang.Value(x.Field, x.New)))
			}
			continue
		}
		if x.Old == "" && namesGain(r, x) {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s%s%s → %s", c.lang.Field(x.Field), c.words().colon, formats.Show(c.lang.Value(x.Field, x.Old)), formats.Show(c.lang.Value(x.Field, x.New))))
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

	fmt.Fprintf(c.out, "\n%s%s%s\n", c.lang.Rows(s.Rows), c.words().colon, strings.Join(parts, ", "))
	parts = nil
	for _, code := range slices.Sorted(maps.Keys(s.Codes)) {
		parts = append(parts, fmt.Sprintf("%s %d", code, s.Codes[code]))
	}

	if len(parts) > 0 {
		fmt.Fprintf(c.out, "%s%s%s\n", c.lang.Label("findings"), c.words().colon, strings.Join(parts, ", "))
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
