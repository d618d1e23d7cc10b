package csv

import (
	"bytes"
	"cmp"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/usher-go/usher/formats"
)

// A layout is how the records of one file are cut.
type layout struct {
	delim rune
	sep   bool // the first line is a "sep=" line
	width int  // cells of the heading, 0 if it is not known
}

// headingRows is among how many records a heading is looked for.
const headingRows = 20

// detect finds the layout of a file in its first text. What goes wrong here,
// the reader meets again.
func (f Format) detect(src formats.Source, cs charset) layout {
	buf := make([]byte, min(window, 3*src.Size+1)) // no encoding makes more of a byte
	n, err := io.ReadFull(cs.reader(newSource(src, src.Size)), buf)
	whole := err != nil
	text := buf[:n]
	for bytes.HasPrefix(text, bom) {
		text = text[len(bom):]
	}
	l := layout{delim: f.Delimiter}
	sep, found := sepLine(text)
	if l.sep = found; found && l.delim == 0 {
		l.delim = sep
	}
	if l.delim != 0 {
		l.width = f.sample(text, whole, l).heading
		return l
	}
	candidates := []rune{',', ';', '\t', '|'}
	if ext := strings.ToLower(path.Ext(src.Name)); ext == ".tsv" || ext == ".tab" {
		candidates = []rune{'\t', ',', ';', '|'}
	}
	best := f.sample(text, whole, layout{delim: candidates[0]})
	l.delim = candidates[0]
	for _, d := range candidates[1:] {
		if s := f.sample(text, whole, layout{delim: d}); s.better(best) {
			best, l.delim = s, d
		}
	}
	l.width = best.heading
	return l
}

// sepLine finds the line by which Excel is told the delimiter, quoted or not.
func sepLine(text []byte) (rune, bool) {
	if i := bytes.IndexAny(text, "\r\n"); i >= 0 {
		text = text[:i]
	}
	if len(text) > 1 && text[0] == '"' && text[len(text)-1] == '"' {
		text = text[1 : len(text)-1]
	}
	if len(text) < 5 || !bytes.EqualFold(text[:4], []byte("sep=")) {
		return 0, false
	}
	d, n := utf8.DecodeRune(text[4:])
	return d, n == len(text)-4 && validSign(d)
}

// validSign holds for what may separate cells or begin a comment.
func validSign(d rune) bool {
	return d > 0 && d != '"' && d != '\r' && d != '\n' && d != utf8.RuneError && utf8.ValidRune(d)
}

// A sample is what a delimiter makes of the first records.
type sample struct {
	known   int  // headings known in one record, at most; 0 if fewer than two
	heading int  // the width of the heading, 0 if it is not known
	first   bool // the first record is split
	width   int  // the most frequent width of two or more, by records without faults
	share   int  // records of that width and without faults, in 1/1000
}

func (f Format) sample(text []byte, whole bool, l layout) sample {
	s := newScanner(nil, 0, l.delim, f.Comment, formats.Limits{RecordBytes: window, Columns: formats.HardColumns})
	s.skip = l.sep
	s.buf, s.end, s.eof = text, len(text), true
	known := foldAll(f.Headings)

	var out sample
	var widths []int
	clean := map[int]int{} // how many records without faults, by width
	for {
		ok, err := s.next()
		cut := !whole && s.pos == s.end
		if !ok || err != nil || cut && len(widths) > 0 {
			break // what is wrong here, the reader meets again
		}
		if s.left || s.blank() {
			continue
		}
		if len(widths) < headingRows {
			switch k := s.known(known); {
			case k > max(1, out.known):
				out.known, out.heading = k, s.width
			case k == s.width && out.heading == 0:
				out.heading = k
			}
		}
		if s.faults&faulty == 0 {
			clean[s.width]++
		}
		widths = append(widths, s.width)
		if cut {
			out.judge(widths, clean)
			out.heading = 0 // it is longer than the sample
			return out
		}
	}
	out.judge(widths, clean)
	return out
}

// judge weighs the records' widths, and how many records without faults there are of each.
func (a *sample) judge(widths []int, clean map[int]int) {
	if len(widths) == 0 {
		return
	}
	a.first = widths[0] > 1
	delete(clean, 1)
	a.width = most(clean)
	a.share = clean[a.width] * 1000 / len(widths)
	if a.heading == 0 {
		middle := slices.Sorted(slices.Values(widths))[(len(widths)-1)/2]
		a.heading = widths[slices.IndexFunc(widths, func(w int) bool { return w*2 > middle || w > 1 && w*2 == middle })]
	}
}

// most is the key of the greatest count, the greater one of two, 0 of none.
func most(counts map[int]int) int {
	best := 0
	for w, n := range counts {
		if n > counts[best] || n == counts[best] && w > best {
			best = w
		}
	}
	return best
}

// better holds if a is likelier than b, which was tried before it.
func (a sample) better(b sample) bool {
	return a.known+a.class() > 0 && cmp.Or(
		cmp.Compare(a.known, b.known),
		cmp.Compare(a.class(), b.class()),
		cmp.Compare(a.share, b.share),
		cmp.Compare(a.width, b.width),
	) > 0
}

// class is 2 if the first record is split and most others alike, 1 if one of
// both holds, else 0.
func (a sample) class() int {
	n := 0
	if a.first && a.share > 0 {
		n++
	}
	if a.share >= 500 {
		n++
	}
	return n
}

// known counts the cells of the record that are among the headings.
func (s *scanner) known(headings map[string]bool) int {
	n := 0
	if len(headings) > 0 {
		for _, c := range s.cells {
			if headings[fold(string(s.value(c)))] {
				n++
			}
		}
	}
	return n
}

// fold makes headings equal that differ in case, blanks and punctuation.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

func foldAll(headings []string) map[string]bool {
	out := make(map[string]bool, len(headings))
	for _, h := range headings {
		if k := fold(h); k != "" {
			out[k] = true
		}
	}
	return out
}
