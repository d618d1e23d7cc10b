package main

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"

	"github.com/usher-go/usher/formats"
)

// The colours of a terminal, by their ANSI codes.
const (
	red    = 31
	green  = 32
	yellow = 33
)

// A style is a text with a colour; 0 is no colour.
type style struct {
	text   string
	colour int
}

// maxWidth is the largest width of a column, in terminal cells. The last column
// has no limit.
const maxWidth = 60 // fits a PBX id and a number

// A grid is a table of aligned columns. The first may be coloured; the last
// may be of any width.
type grid struct {
	head []string
	rows [][]string
	tint []int
}

// add appends a row and escapes its texts for a terminal.
func (g *grid) add(first style, rest ...string) {
	cells := []string{first.text}
	for i, s := range rest {
		if s = printable(s); i < len(rest)-1 {
			s = cut(s, maxWidth)
		}
		cells = append(cells, s)
	}
	g.rows, g.tint = append(g.rows, cells), append(g.tint, first.colour)
}

func (g *grid) print(c *console) {
	if len(g.rows) == 0 {
		return
	}

	widths := make([]int, len(g.head))
	head := make([]string, len(g.head))
	for i, h := range g.head {
		head[i] = strings.ToUpper(h)
		widths[i] = uniseg.StringWidth(head[i])
	}

	for _, r := range g.rows {
		for i, s := range r {
			widths[i] = max(widths[i], uniseg.StringWidth(s))
		}
	}

	g.line(c, widths, head, 0)
	for i, r := range g.rows {
		g.line(c, widths, r, g.tint[i])
	}
}

func (g *grid) line(c *console, widths []int, cells []string, colour int) {
	var b strings.Builder
	for i, s := range cells {
		text := s
		if i == 0 && colour != 0 && c.outTTY {
			text = fmt.Sprintf("\x1b[%dm%s\x1b[0m", colour, s)
		}
		b.WriteString(text)
		if i < len(cells)-1 {
			b.WriteString(strings.Repeat(" ", widths[i]-uniseg.StringWidth(s)+2))
		}
	}
	fmt.Fprintln(c.out, strings.TrimRight(b.String(), " "))
}

// cut shortens s to at most width terminal cells.
func cut(s string, width int) string {
	if uniseg.StringWidth(s) <= width {
		return s
	}
	var b strings.Builder
	used := 0
	for rest, state := s, -1; rest != ""; {
		var cluster string
		var w int
		cluster, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if used += w; used > width-1 {
			break
		}
		b.WriteString(cluster)
	}
	return b.String() + "…"
}

// printable escapes the characters of s that are invisible or could control a
// terminal. Values in findings are already escaped; this is for other texts.
func printable(s string) string {
	hidden := func(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) }
	if !strings.ContainsFunc(s, hidden) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if hidden(r) && r != '\u00a0' && r != '\u202f' { // the no-break spaces of French typography
			b.WriteString(formats.Show(string(r)))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
