package importer

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/folding"
	"github.com/usher-go/usher/users"
)

// A reason says why a row of a file is passed over. Such a row is in the preview: it
// does nothing, and has one finding that says why. The reason follows from the present
// text of the row, so that an edit may make a person of it.
//
// Rows that were never meant as people are skipped. The others are errors, because a
// person decides whether they are meant.
type reason uint8

const (
	passNot     reason = iota
	passAbove          // above the headings
	passExample        // an example of the blank template
	passHeading        // the headings again
	passFooter         // a total, a page number
)

// passCodes are the codes of the findings by reason.
var passCodes = [...]string{passAbove: "row.above", passExample: "row.example", passHeading: "row.heading", passFooter: "row.footer"}

// action returns what a row does that is passed over.
func (r reason) action() Action {
	if r == passAbove || r == passExample {
		return ActionSkip
	}
	return ActionError
}

// passingOf returns what knows whether the row is passed over, or nil if the row is
// known to be one like any other.
func (g *grid) passingOf(row uint32) *passing {
	at := &g.rows[row]
	if at.plain && !at.edited {
		return nil
	}
	return g.tables[at.id.Table()].passing
}

// isAbove reports whether the row is above the headings and nothing makes a person of
// it. Such a row has no place in a file that is written, and no part in the digest of
// the file.
func (g *grid) isAbove(row uint32) bool { return g.rows[row].above && !g.rows[row].edited }

// reason returns why the row is passed over, or passNot. A row with an error of the
// file is not: what it says is not known.
func (g *grid) reason(row uint32) reason {
	p := g.passingOf(row)
	if p == nil {
		return passNot
	}

	why := passNot
	switch {
	case g.isAbove(row):
		why = passAbove
	case p.isExample(g, row):
		why = passExample
	case p.isHeadings(g, row):
		why = passHeading
	case p.isFooter(g, row):
		why = passFooter
	}
	if why != passNot && g.hasError(row) {
		return passNot
	}
	return why
}

// hasError reports whether the file has an error in the row.
func (g *grid) hasError(row uint32) bool {
	return slices.ContainsFunc(g.notes(row), func(f formats.Finding) bool { return f.Severity == formats.Error })
}

// note returns the finding of a row that is passed over.
func (r reason) note() note {
	n := note{severity: formats.Warning, code: passCodes[r], column: -1, key: none}
	if r.action() == ActionError {
		n.severity = formats.Error
	}
	return n
}

// passing knows the rows of a table that are passed over.
type passing struct {
	columns     []Column
	words       []map[string]bool // by column of the template: its folded headings in every language
	hashes      []map[uint64]bool // by column: the words that are ASCII; see asciiHash
	examples    []example
	present     int                  // how many of the columns the file has
	key         int                  // a column of the file that every person needs, or -1
	at          int                  // the file's column with the key
	reads       []bool               // by column of the file: it has a column of the template
	exampleKeys [maxHeading + 1]bool // the lengths of texts that may be the key of an example
}

// example is an example row of the blank template.
type example struct {
	cells []string // by column of the template, folded
	key   int      // a column that every person needs, or -1
}

// newPassing returns what knows the rows of a table.
func (g *grid) newPassing(table int, known headingWords) *passing {
	t, spec := &g.tables[table], &g.tpl.Tables[table]
	p := &passing{columns: spec.Columns, key: -1, reads: make([]bool, t.read.Columns())}

	for c := range spec.Columns {
		words := map[string]bool{folding.Heading(spec.Columns[c].Field): true}
		for _, lang := range known.languages {
			for _, w := range spec.Columns[c].Headings[lang] {
				words[folding.Heading(w)] = true
			}
		}
		if at := t.cols[c]; at >= 0 {
			p.present++
			p.reads[at] = true
			if t.head >= 0 {
				words[folding.Heading(t.read.Row(t.head).Cell(at))] = true
			}
		}
		delete(words, "")
		hashes := map[uint64]bool{}
		for w := range words {
			if h, ascii := asciiHash(w); ascii {
				hashes[h] = true
			}
		}
		p.words, p.hashes = append(p.words, words), append(p.hashes, hashes)
	}

	for _, cells := range spec.Examples {
		e := spec.example(cells)
		p.examples = append(p.examples, e)
		for more := range exampleMore {
			if e.key >= 0 {
				p.exampleKeys[min(len(e.cells[e.key])+more, maxHeading)] = true
			}
		}
	}
	for c := range spec.Columns {
		if col := &spec.Columns[c]; p.key < 0 && col.Required && len(col.Values) == 0 && t.cols[c] >= 0 {
			p.key, p.at = c, t.cols[c]
		}
	}
	return p
}

// example returns an example row with its texts folded.
func (t *Table) example(cells map[string]string) example {
	e := example{cells: make([]string, len(t.Columns)), key: -1}
	for c := range t.Columns {
		col := &t.Columns[c]
		e.cells[c] = users.Fold(cells[col.Field])
		if e.cells[c] != "" && col.Required && len(col.Values) == 0 {
			e.key = c
		}
	}
	return e
}

// isPlain reports whether a row as read is certainly one like any other. Most rows are:
// they have a key, and more cells than a footer.
func (p *passing) isPlain(row formats.Row) bool {
	if p.key < 0 {
		return false
	}
	filled := 0
	for c := 0; c < row.Len() && filled <= maxFooter; c++ {
		if p.reads[c] && !isBlank(row.Cell(c)) {
			filled++
		}
	}
	if filled <= maxFooter {
		return false
	}

	key := row.Cell(p.at)
	if isBlank(key) || len(key) >= len(p.exampleKeys) || p.exampleKeys[len(key)] {
		return false
	}
	if strings.Contains(key, "@") { // no heading has one
		return true
	}
	hash, ascii := asciiHash(key)
	return ascii && !p.hashes[p.key][hash]
}

// isHeadings reports whether a row repeats the headings, in any language: each of its
// cells has a heading of its column, and there are two of them, or as many as the file
// has.
func (p *passing) isHeadings(g *grid, row uint32) bool {
	n := 0
	for c := range p.columns {
		text := g.text(row, c)
		if isBlank(text) {
			continue
		}
		// Folding every cell of a clean file would be slow: most rows end here.
		if h, ascii := asciiHash(text); ascii && !p.hashes[c][h] || len(text) > maxHeading || !p.words[c][folding.Heading(text)] {
			return false
		}
		n++
	}
	return n > 1 || n == 1 && p.present == 1
}

// maxHeading is the length of the longest text that is compared with headings, in bytes.
const maxHeading = 64

// asciiHash returns a hash of the letters and digits of a text, which is the same for
// texts that [folding.Heading] folds alike. It is false for a text with a character
// beyond ASCII. It is faster than folding, and allocates nothing.
func asciiHash(text string) (hash uint64, ascii bool) {
	hash = 14695981039346656037
	for i := range min(len(text), maxHeading+1) {
		c := text[i]
		switch {
		case c >= utf8.RuneSelf:
			return 0, false
		case c >= 'A' && c <= 'Z':
			c |= 0x20
		case (c < 'a' || c > 'z') && (c < '0' || c > '9'):
			continue
		}
		hash = (hash ^ uint64(c)) * 1099511628211
	}
	return hash, true
}

// exampleMore is one more than the characters that may be around the key of an example:
// blanks, and the quote that guards a text.
const exampleMore = 4

// isExample reports whether a row is an example of the blank template, unchanged: its
// cells are those of the example in every column that the file has, in any language.
// Letter case, blanks, and what a spreadsheet does to numbers do not count. What the
// account offers may be another when the file is read, and does not count either.
func (p *passing) isExample(g *grid, row uint32) bool {
	for i := range p.examples {
		e := &p.examples[i]
		if e.key < 0 || !p.isCell(g.text(row, e.key), e, e.key) {
			continue
		}
		same := true
		for c := range e.cells {
			same = same && (g.away(row, c) || len(p.columns[c].Offers) > 0 || p.isCell(g.text(row, c), e, c))
		}
		if same {
			return true
		}
	}
	return false
}

// isCell reports whether a text is that of an example in a column.
func (p *passing) isCell(text string, e *example, c int) bool {
	text = formats.Unguard(text)
	if text == e.cells[c] {
		return true
	}
	if c == e.key && (len(text) < len(e.cells[c]) || len(text) >= len(e.cells[c])+exampleMore) {
		return false
	}
	if col := &p.columns[c]; len(col.Values) > 0 {
		a := col.allowed("en")
		return a.names[a.fold(text)] == a.names[a.fold(e.cells[c])]
	}
	return users.Fold(text) == e.cells[c] ||
		isNumber(text) && isNumber(e.cells[c]) && strings.TrimLeft(digits(text), "0") == strings.TrimLeft(digits(e.cells[c]), "0")
}

// lacksPerson reports whether a row is blank in every column that says which person
// is meant: keys, names, and columns that must not be blank. A column of values that
// was filled down below the last person makes hundreds of such rows.
func (p *passing) lacksPerson(g *grid, row uint32) bool {
	for c := range p.columns {
		col := &p.columns[c]
		if (col.Required && len(col.Values) == 0 || col.Space != "" || slices.Contains(nameFields, col.holds())) && !isBlank(g.text(row, c)) {
			return false
		}
	}
	return true
}

// footers are the words with which a line below a list begins, folded.
var footers = [...]string{
	"total", "totals", "subtotal", "grand", "sum", "count", "end", "page", "printed", "generated", "exported", "confidential", "source", "note", "notes",
	"totaux", "somme", "nombre", "fin", "imprime", "genere", "exporte", "confidentiel", "remarque", "remarques",
	"gesamt", "summe", "anzahl", "ende", "seite", "gedruckt", "erstellt", "vertraulich", "quelle",
	"totale", "somma", "numero", "fine", "pagina", "stampato", "generato", "riservato", "fonte", "nota",
	"suma", "impreso", "generado", "fuente", "totaal", "som", "aantal", "einde", "afgedrukt", "soma", "fim", "impresso", "gerado",
}

// isFooter reports whether a row is a line below a list: it has at most three cells, of
// which the first begins with a word of footers, a sign, or the number of the rest. A
// name may be one of these words, so that only numbers are beside it.
func (p *passing) isFooter(g *grid, row uint32) bool {
	n, first := 0, ""
	for c := range p.columns {
		text := g.text(row, c)
		if isBlank(text) {
			continue
		}
		if n++; n > maxFooter || n > 1 && !isNumber(text) {
			return false
		}
		if n == 1 {
			first = strings.TrimSpace(text)
		}
	}
	if n == 0 || p.present < 3 && !p.lacksPerson(g, row) {
		return false
	}

	words := splitWords(first)
	switch {
	case len(words) == 0:
		return n == 1 && len(first) >= minRule && strings.Trim(first, "-=_*~. ") == ""
	case slices.Contains(footers[:], words[0]):
		return true
	case isNumber(words[0]) && len(words) > 1:
		return n == 1 && !strings.ContainsAny(first, "@/")
	}
	return n == 1 && strings.HasPrefix(first, "* ")
}

// maxFooter is the largest number of cells in a footer.
const maxFooter = 3

// minRule is the least length of a rule of hyphens.
const minRule = 3

// fillsDown reports whether the row has a text, and lacks a person.
func (g *grid) fillsDown(row uint32) bool {
	p := g.passingOf(row)
	if p == nil || !p.lacksPerson(g, row) || g.hasError(row) {
		return false
	}
	for c := range p.columns {
		if !isBlank(g.text(row, c)) {
			return true
		}
	}
	return false
}

// filledKey returns the key at which the rows meet that lack a person and have the same
// texts.
func (t *turn) filledKey() uint32 {
	g := t.plan.grid
	b := binary.AppendUvarint(t.scratch[:0], uint64(g.rows[t.row].id.Table()))
	for c := range t.spec.Columns {
		text := g.text(t.row, c)
		b = append(binary.AppendUvarint(b, uint64(len(text))), text...)
	}
	t.scratch = b
	return t.plan.keys.key(spaceFilled, string(b))
}

// decideFilled fails a row that lacks a person and has the texts of other such rows. The
// first of them has the only finding. It reports whether the row is one of several.
func (t *turn) decideFilled() bool {
	key := t.filledKey()
	if t.plan.view(key).claims < 2 {
		return false
	}

	v := &t.verdict
	v.action, v.notes = ActionError, v.notes[:0]
	if t.plan.first(key) == t.row {
		v.find("row.filled_down", -1, key)
	}
	return true
}
