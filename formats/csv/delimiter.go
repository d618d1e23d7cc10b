package csv

import (
	"bytes"
	"cmp"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/usher-go/usher/formats"
)

// A layout describes how one file is split into records and cells.
type layout struct {
	delim rune
	sep   bool // the first line is a "sep=" line, not a record
	width int  // cells of the heading, 0 if not known
}

// headingRows is the number of records in which the heading is searched for.
const headingRows = 20

// detectLayout determines the layout from the first text of the file. It ignores
// errors, because the reader will meet them again.
func (f Format) detectLayout(src formats.Source, cs charset) layout {
	buf := make([]byte, min(window, 3*src.Size+1)) // no encoding turns a byte into more than 3
	n, err := io.ReadFull(cs.reader(newSource(src, src.Size)), buf)
	whole := err != nil
	text := buf[:n]
	for bytes.HasPrefix(text, bom) {
		text = text[len(bom):]
	}

	// A "sep=" line gives the delimiter, unless the caller has given it.
	l := layout{delim: f.Delimiter}
	sep, found := parseSepLine(text)
	if l.sep = found; found && l.delim == 0 {
		l.delim = sep
	}
	if l.delim != 0 {
		l.width = f.takeSample(text, whole, l).heading
		return l
	}

	// Of two equal samples the first wins, so the order of the candidates matters.
	candidates := []rune{',', ';', '\t', '|'}
	if ext := strings.ToLower(path.Ext(src.Name)); ext == ".tsv" || ext == ".tab" {
		candidates = []rune{'\t', ',', ';', '|'}
	}
	best := f.takeSample(text, whole, layout{delim: candidates[0]})
	l.delim = candidates[0]
	for _, d := range candidates[1:] {
		if s := f.takeSample(text, whole, layout{delim: d}); s.isBetter(best) {
			best, l.delim = s, d
		}
	}
	l.width = best.heading
	return l
}

// parseSepLine returns the delimiter of a "sep=" line, which tells Excel the
// delimiter. The line may be quoted.
func parseSepLine(text []byte) (rune, bool) {
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
	return d, n == len(text)-4 && isValidSign(d)
}

// isValidSign reports whether d may separate cells or begin a comment.
func isValidSign(d rune) bool {
	return d > 0 && d != '"' && d != '\r' && d != '\n' && d != utf8.RuneError && utf8.ValidRune(d)
}

// A sample describes the first records of a file as one delimiter splits them.
type sample struct {
	known   int  // the most known headings in one record; 0 if fewer than two
	heading int  // width of the heading, 0 if not known
	split   bool // the first record has more than one cell
	width   int  // the most frequent width above 1 of records without faults
	share   int  // share of the records of that width and without faults, in 1/1000
}

// takeSample splits text as l says. whole means that text is the whole file.
func (f Format) takeSample(text []byte, whole bool, l layout) sample {
	s := newScanner(nil, 0, l.delim, f.Comment, formats.Limits{RecordBytes: window, Columns: formats.HardColumns})
	s.skipFirst = l.sep
	s.buf, s.end, s.eof = text, len(text), true
	known := formats.NewHeadings(f.Headings)

	var out sample
	var widths []int
	clean := map[int]int{} // number of records without faults, by width
	for {
		ok, err := s.next()
		cut := !whole && s.pos == s.end
		if !ok || err != nil || cut && len(widths) > 0 {
			break // the reader will meet the error again
		}
		if s.skipped || s.isBlank() {
			continue
		}

		if len(widths) < headingRows {
			switch k := s.countKnown(known); {
			case k > max(1, out.known):
				out.known, out.heading = k, s.width
			case k == s.width && out.heading == 0:
				out.heading = k
			}
		}

		if s.faults&faultMask == 0 {
			clean[s.width]++
		}
		widths = append(widths, s.width)
		if cut {
			out.weigh(widths, clean)
			out.heading = 0 // the record is longer than the sample
			return out
		}
	}
	out.weigh(widths, clean)
	return out
}

// weigh fills the sample from the widths of all records and the number of records
// without faults of each width.
func (a *sample) weigh(widths []int, clean map[int]int) {
	if len(widths) == 0 {
		return
	}

	a.split = widths[0] > 1
	delete(clean, 1)
	a.width = mostFrequent(clean)
	a.share = clean[a.width] * 1000 / len(widths)

	// Without known headings, the heading is the first record that is about as wide
	// as the median: a title above the heading is narrower.
	if a.heading == 0 {
		middle := slices.Sorted(slices.Values(widths))[(len(widths)-1)/2]
		a.heading = widths[slices.IndexFunc(widths, func(w int) bool { return w*2 > middle || w > 1 && w*2 == middle })]
	}
}

// mostFrequent returns the key with the greatest count, the greater key of equal
// counts, or 0 if counts is empty.
func mostFrequent(counts map[int]int) int {
	best := 0
	for w, n := range counts {
		if n > counts[best] || n == counts[best] && w > best {
			best = w
		}
	}
	return best
}

// isBetter reports whether a is likelier than b, a sample of an earlier candidate.
func (a sample) isBetter(b sample) bool {
	return a.known+a.rank() > 0 && cmp.Or(
		cmp.Compare(a.known, b.known),
		cmp.Compare(a.rank(), b.rank()),
		cmp.Compare(a.share, b.share),
		cmp.Compare(a.width, b.width),
	) > 0
}

// rank returns 1 for a first record of more than one cell, plus 1 if at least half
// of the records have the same width.
func (a sample) rank() int {
	n := 0
	if a.split && a.share > 0 {
		n++
	}
	if a.share >= 500 {
		n++
	}
	return n
}

// countKnown returns the number of cells of the record that are known headings.
func (s *scanner) countKnown(known formats.Headings) int {
	n := 0
	if len(known) > 0 {
		for _, c := range s.cells {
			if known.Has(string(s.value(c))) {
				n++
			}
		}
	}
	return n
}
