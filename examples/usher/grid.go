package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
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

// A grid is a table of aligned columns. The first may be coloured; the last may be
// of any width. On a terminal the last column is wrapped between words. If a word
// does not fit, every row is a block of lines with the names of the columns.
type grid struct {
	head []string
	rows [][]string
	tint []int
}

// add appends a row and escapes its texts for a terminal. A row with a text in its
// last column only continues the row before.
func (g *grid) add(first style, rest ...string) {
	cells := []string{first.text}
	for _, s := range rest {
		cells = append(cells, printable(s))
	}
	g.rows, g.tint = append(g.rows, cells), append(g.tint, first.colour)
}

func (g *grid) print(c *console) {
	if len(g.rows) == 0 {
		return
	}

	last := len(g.head) - 1
	widths := make([]int, last+1)
	head := make([]string, last+1)
	for i, h := range g.head {
		head[i] = strings.ToUpper(h)
		widths[i] = uniseg.StringWidth(head[i])
	}

	word := widths[last] // the widest word of the last column
	for _, r := range g.rows {
		for i, s := range r[:last] {
			widths[i] = max(widths[i], min(uniseg.StringWidth(s), maxWidth))
		}
		for _, w := range strings.Split(r[last], " ") {
			word = max(word, uniseg.StringWidth(w))
		}
	}

	before := 0 // the width of the columns before the last
	for _, w := range widths[:last] {
		before += w + 2
	}

	room := 0
	if c.width > 0 {
		if room = c.width - before; room < word {
			g.blocks(c)
			return
		}
	}

	g.line(c, widths, head, 0, room)
	for i, r := range g.rows {
		g.line(c, widths, r, g.tint[i], room)
	}
}

// line prints a row. room is the width of the last column, 0 for any width.
func (g *grid) line(c *console, widths []int, cells []string, colour, room int) {
	var b strings.Builder
	before := 0
	for i, s := range cells[:len(cells)-1] {
		s = cut(s, widths[i])
		b.WriteString(c.coloured(s, colour, i == 0))
		b.WriteString(strings.Repeat(" ", widths[i]-uniseg.StringWidth(s)+2))
		before += widths[i] + 2
	}

	for i, s := range wrap(cells[len(cells)-1], room) {
		if i > 0 {
			b.WriteString("\n" + strings.Repeat(" ", before))
		}
		b.WriteString(s)
	}
	fmt.Fprintln(c.out, strings.TrimRight(b.String(), " "))
}

// blocks prints every row as lines "NAME: text", for a narrow terminal.
func (g *grid) blocks(c *console) {
	last := len(g.head) - 1
	for i, r := range g.rows {
		if i > 0 && strings.Join(r[:last], "") == "" {
			c.indented(c.out, "  "+r[last])
			continue
		}

		if i > 0 {
			fmt.Fprintln(c.out)
		}
		for k, s := range r {
			switch {
			case s == "":
			case k == 0:
				text := strings.Join(wrap(g.head[k]+c.words().colon+s, c.width), "\n")
				fmt.Fprintln(c.out, c.coloured(text, g.tint[i], true))
			default:
				c.indented(c.out, "  "+g.head[k]+c.words().colon+s)
			}
		}
	}
}

// coloured returns a text in a colour if the output shows colours.
func (c *console) coloured(s string, colour int, wanted bool) string {
	if !wanted || colour == 0 || !c.colours {
		return s
	}
	return fmt.Sprintf("\x1b[%dm%s\x1b[0m", colour, s)
}

// indented prints a text that is wrapped between words on a terminal. The further
// lines are indented by two more characters than the first.
func (c *console) indented(w io.Writer, text string) {
	indent := strings.Repeat(" ", len(text)-len(strings.TrimLeft(text, " ")))
	for i, s := range wrap(strings.TrimLeft(text, " "), c.width-len(indent)-2) {
		if i > 0 {
			s = "  " + s
		}
		fmt.Fprintln(w, indent+s)
	}
}

// wrap splits a text into lines of at most width terminal cells. It breaks between
// words. A word that is wider than a line is broken after a hyphen, slash, comma or
// semicolon, or else not at all. A width of 0 or less breaks nothing.
func wrap(s string, width int) []string {
	if width <= 0 || uniseg.StringWidth(s) <= width {
		return []string{s}
	}

	var lines []string
	line, used := "", 0
	put := func(part string, blank int) {
		w := uniseg.StringWidth(part)
		if line != "" && used+blank+w > width {
			lines = append(lines, line)
			line, used = "", 0
		}
		if line != "" {
			line += strings.Repeat(" ", blank)
			used += blank
		}
		line += part
		used += w
	}

	for _, word := range strings.Split(s, " ") {
		if uniseg.StringWidth(word) <= width {
			put(word, 1)
			continue
		}
		blank := 1
		for rest := word; rest != ""; blank = 0 {
			end := strings.IndexAny(rest, "-/,;") + 1
			if end == 0 {
				end = len(rest)
			}
			put(rest[:end], blank)
			rest = rest[end:]
		}
	}

	return append(lines, line)
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

// natural compares two texts without regard to letter case, and their digits as
// numbers: "u9" is before "u10".
func natural(a, b string) int {
	x, y := users.Fold(a), users.Fold(b)
	for x != "" && y != "" {
		dx, dy := digits(x), digits(y)
		if dx != "" && dy != "" {
			nx, ny := strings.TrimLeft(dx, "0"), strings.TrimLeft(dy, "0")
			if c := cmp.Or(cmp.Compare(len(nx), len(ny)), strings.Compare(nx, ny)); c != 0 {
				return c
			}
			x, y = x[len(dx):], y[len(dy):]
			continue
		}
		if x[0] != y[0] {
			return cmp.Compare(x[0], y[0])
		}
		x, y = x[1:], y[1:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(a, b))
}

// digits returns the ASCII digits with which a text begins.
func digits(s string) string {
	return s[:len(s)-len(strings.TrimLeft(s, "0123456789"))]
}
