package importer

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/folding"
	"github.com/usher-go/usher/internal/nearby"
	"github.com/usher-go/usher/internal/spreadsheet"
)

// meant returns the one column among those given that a heading was probably meant
// for. The template does not know the heading, and a person decides. A heading is
// tried in the language of the other headings first.
func (t *Table) meant(text, lang string, among []int) (column int, found bool) {
	langs := []string{lang}
	for l := range t.languages() {
		if l != lang {
			langs = append(langs, l)
		}
	}
	slices.Sort(langs[1:])
	for _, l := range langs {
		if i, found := t.meantIn(text, l, among); found {
			return i, true
		}
	}
	return 0, false
}

// languages returns the languages of the table's headings.
func (t *Table) languages() map[string]bool {
	out := map[string]bool{}
	for i := range t.Columns {
		for l := range t.Columns[i].Headings {
			out[l] = true
		}
		for l := range t.Columns[i].Hints {
			out[l] = true
		}
	}
	return out
}

// meantIn is meant in one language. It tries, in turn: a heading misspelt, the heading
// under a mark such as "[Required]", a hint, a hint misspelt, and a heading that is a
// part of the text, as Role is of "User role".
func (t *Table) meantIn(text, lang string, among []int) (column int, found bool) {
	plain := plainHeading(text)
	if plain == "" {
		return 0, false
	}
	folded := folding.Heading(plain)

	var words []string // with the column of each
	var columns []int
	add := func(c int, texts ...string) {
		for _, w := range texts {
			words, columns = append(words, w), append(columns, c)
		}
	}
	for _, c := range among {
		add(c, t.Columns[c].Headings[lang]...)
		if lang == "en" {
			add(c, t.Columns[c].Field)
		}
	}
	for _, c := range among {
		add(c, t.Columns[c].Hints[lang]...)
	}

	for i, w := range words {
		if folding.Heading(w) == folded {
			return columns[i], true
		}
	}
	if near, ok := nearest(plain, words, columns); ok {
		return near, true
	}
	return partOf(plain, words, columns)
}

// nearest returns the column of the nearest word. Words of one column do not compete.
func nearest(text string, words []string, columns []int) (column int, found bool) {
	all := nearby.All(text, words)
	if len(all) == 0 {
		return 0, false
	}
	first := columns[slices.Index(words, all[0])]
	least := nearby.Distance(folding.Heading(text), folding.Heading(all[0]))
	for _, w := range all[1:] {
		if columns[slices.Index(words, w)] != first && nearby.Distance(folding.Heading(text), folding.Heading(w)) == least {
			return 0, false
		}
	}
	return first, true
}

// partOf returns the column of the longest heading whose words are all in the text:
// ROLE for "User role". Two columns with such headings of one length are a tie.
func partOf(text string, words []string, columns []int) (column int, found bool) {
	parts := splitWords(text)
	most := 0
	for i, w := range words {
		is := splitWords(w)
		if len(is) == 0 || len(is) < most || slices.ContainsFunc(is, func(x string) bool { return !slices.Contains(parts, x) }) {
			continue
		}
		if len(is) == most {
			found = found && columns[i] == column
			continue
		}
		column, found, most = columns[i], true, len(is)
	}
	return column, found
}

// splitWords returns the folded words of a heading: "UserRole" and "user_role" have
// the words user and role.
func splitWords(text string) []string {
	var out []string
	begin, last := 0, rune(0)
	flush := func(end int) {
		if w := folding.Heading(text[begin:end]); w != "" {
			out = append(out, w)
		}
	}
	for i, size := 0, 0; i < len(text); i += size {
		var r rune
		r, size = utf8.DecodeRuneInString(text[i:]) // also of bytes that are no text
		letter := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
		switch {
		case !letter:
			flush(i)
			begin = i + size
		case unicode.IsUpper(r) && unicode.IsLower(last):
			flush(i)
			begin = i
		}
		last = r
	}
	flush(len(text))
	return out
}

// plainHeading returns a heading without what is around it: a remark in brackets, a
// star, an arrow. It repairs letters that another program misread.
func plainHeading(text string) string {
	if right, ok := spreadsheet.Misread(text); ok {
		text = right
	}
	depth := 0
	text = strings.Map(func(r rune) rune {
		switch r {
		case '[', '(', '{', '<':
			depth++
			return ' '
		case ']', ')', '}', '>':
			depth = max(0, depth-1)
			return ' '
		}
		if depth > 0 {
			return -1
		}
		return r
	}, text)
	return strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// freeHeading returns the column's heading in the language, or another of its headings
// if the row uses that one for another column.
func (c *Column) freeHeading(lang string, row formats.Row) string {
	used := foldRow(row)
	for _, l := range []string{lang, "en"} {
		for _, h := range c.Headings[l] {
			if !slices.Contains(used, folding.Heading(h)) {
				return h
			}
		}
	}
	return c.Heading(lang)
}
