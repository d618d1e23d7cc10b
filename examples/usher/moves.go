package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// moves holds the lines of each person, by the name of the person. A line is
// listed by its short and its public number; every line has an internal number,
// so that one is left out.
type moves map[string][]string

// moves prints which person loses, gains or keeps which line. The losses come first
// and are never cut. A line that is both released by a row and taken by another is
// listed once.
func (c *console) moves(w io.Writer, p *importer.Preview) {
	gains, keeps, losses := moves{}, moves{}, moves{}
	happens := importer.WithAction(importer.ActionCreate, importer.ActionUpdate, importer.ActionDelete, importer.ActionUnchanged)
	for r := range p.Rows(happens) {
		for _, g := range r.Gains {
			gains.add(r.Who, g.Space, g.Value)
		}
		for _, g := range r.Keeps {
			keeps.add(r.Who, g.Space, g.Value)
		}
		for _, x := range r.Changes {
			if x.Field == "holder" && x.New != "" { // a row of an undo is about the line
				gains.add(x.New, users.SpaceLine, r.Who)
			}
		}
		for _, l := range r.Losses {
			losses.add(l.Who, l.Space, l.Value)
		}
	}

	form := c.words()
	for _, who := range losses.people() { // every loss is named, however many there are
		c.indented(w, "  "+fmt.Sprintf(form.loses, printable(who), strings.Join(losses[who], ", ")))
	}

	shown := 0
	for _, part := range []struct {
		form string
		of   moves
	}{{form.gains, gains}, {form.keeps, keeps}} {
		for _, who := range part.of.people() {
			if shown++; shown <= maxShown || !c.outTTY {
				c.indented(w, "  "+fmt.Sprintf(part.form, printable(who), strings.Join(part.of[who], ", ")))
			}
		}
	}

	if more := shown - maxShown; more > 0 && c.outTTY {
		c.indented(w, "  "+fmt.Sprintf(form.moreMoves, more))
	}
}

// does prints the number of valid rows by their action in the file, such as
// "attach: 3".
func (c *console) does(w io.Writer, p *importer.Preview) {
	for t, table := range p.Template().Tables {
		for i := range table.Columns {
			col := &table.Columns[i]
			if !col.CountInRecap {
				continue
			}

			var parts []string
			counts := p.CountBy(t, col.Field)
			for _, v := range col.Values {
				if n := counts[v.Name]; n > 0 {
					parts = append(parts, fmt.Sprintf("%s%s%d", col.Label(v.Name, c.lang.String()), c.words().colon, n))
				}
			}

			if len(parts) > 0 {
				c.indented(w, "  "+strings.Join(parts, ", "))
			}
		}
	}
}

// gainsAndLosses describes the lines that the person of a row gains, without
// the name of that person, and the lines that other people lose.
func (c *console) gainsAndLosses(r importer.RowView) []string {
	gains, losses := moves{}, moves{}
	for _, g := range r.Gains {
		gains.add("", g.Space, g.Value)
	}

	for _, l := range r.Losses {
		who := l.Who
		if who == r.Who {
			who = ""
		}
		losses.add(who, l.Space, l.Value)
	}

	var out []string
	for _, part := range []struct {
		form string
		of   moves
	}{{c.words().gains, gains}, {c.words().loses, losses}} {
		for _, who := range part.of.people() {
			out = append(out, strings.TrimSpace(fmt.Sprintf(part.form, printable(who), strings.Join(part.of[who], ", "))))
		}
	}

	return out
}

// namesGain reports whether a change only repeats the name of a gained line.
func namesGain(r importer.RowView, x importer.Change) bool {
	return slices.ContainsFunc(r.Gains, func(g importer.Gain) bool {
		if g.Space == users.SpaceLine {
			return x.Field == "line.pbx" && strings.HasPrefix(g.Value, x.New) || x.Field == "line.short" && strings.HasSuffix(g.Value, "/"+x.New)
		}
		return g.Space == users.SpaceNumber && x.Field == "line.number" && g.Value == x.New
	})
}

// people returns the people in natural order.
func (m moves) people() []string { return slices.SortedFunc(maps.Keys(m), natural) }

func (m moves) add(who string, space users.Space, value string) {
	line := formats.Show(value)
	switch {
	case slices.Contains(m[who], line):
	case space == users.SpaceLine:
		m[who] = slices.Insert(m[who], m.lines(who), line)
	case space == users.SpaceNumber:
		m[who] = append(m[who], line)
	}
}

// lines returns how many entries of a person are lines; numbers follow them.
func (m moves) lines(who string) int {
	n := slices.IndexFunc(m[who], func(s string) bool { return strings.HasPrefix(s, "+") })
	if n < 0 {
		n = len(m[who])
	}
	return n
}
