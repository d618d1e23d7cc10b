package messages

import (
	"slices"
	"strconv"
	"strings"

	"github.com/usher-go/usher/formats"
)

// Codes returns the codes that have a text, sorted. "*.taken" stands for every
// code that ends in ".taken" and is not listed itself.
func Codes() []string {
	var out []string
	for k := range tables[0].codes {
		if strings.Count(k, ".") == 1 {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// Finding returns the text of a finding: the problem and the remedy, in one or
// two sentences. The place is not part of the text; see [Language.Where]. The
// text of an unknown code, such as one of a host's own Template, names the code.
func (l Language) Finding(f formats.Finding) string {
	return l.table().code(f.Code, "*", func(name string) string {
		switch name {
		case "value":
			return f.Value
		case "code":
			return f.Code
		case "subject":
			return l.subject(&f)
		}
		return f.Args[name]
	})
}

// subject returns the first words of a sentence about a finding: a field, cell,
// row or the file.
func (l Language) subject(f *formats.Finding) string {
	t := l.table()
	field := f.Field
	if space, _, _ := strings.Cut(f.Code, "."); field == "" && t.words["field."+space] != "" {
		field = space
	}
	switch {
	case field != "":
		return t.word("quoted", "text", l.Field(field))
	case f.Column > 0:
		return t.words["this.cell"]
	case f.Row > 0:
		return t.words["this.row"]
	}
	return t.words["this.file"]
}

// Suggestion returns the question whether the Fix of a finding is meant, or ""
// for a finding without a Fix.
func (l Language) Suggestion(f formats.Finding) string {
	if f.Fix == nil || *f.Fix == "" {
		return ""
	}
	return l.table().word("suggestion", "fix", formats.Show(*f.Fix))
}

// Placed returns the text of a finding with its cell and the heading of the column in
// the file, and with the suggestion: "D3 (EMAIL): The e-mail address has no @. …". A
// finding about a whole row has no cell.
func (l Language) Placed(f formats.Finding) string {
	t := l.table()
	text := l.Finding(f)
	if s := l.Suggestion(f); s != "" {
		text += " " + s
	}

	cell := f.Cell
	if cell == "" && f.Column > 0 && f.Row > 0 {
		cell = formats.CellName(f.Column, f.Row)
	}
	switch {
	case cell == "":
		return text
	case f.Heading == "":
		return t.word("placed", "cell", cell, "text", text)
	}
	return t.word("placed.heading", "cell", cell, "heading", f.Heading, "text", text)
}

// Where returns the place of a finding: "Row 3, First name (A3)", or "The file"
// for the whole file.
func (l Language) Where(f formats.Finding) string {
	t := l.table()
	var parts []string
	if f.Table != "" {
		parts = append(parts, shown(f.Table))
	}

	switch {
	case f.Row > 0 && f.Line > 0 && f.Line != f.Row:
		parts = append(parts, t.word("where.line", "row", strconv.Itoa(f.Row), "line", strconv.Itoa(f.Line)))
	case f.Row > 0:
		parts = append(parts, t.word("where.row", "row", strconv.Itoa(f.Row)))
	}

	column := ""
	switch {
	case f.Field != "":
		column = l.Field(f.Field)
	case f.Column > 0:
		column = t.word("where.column", "column", strconv.Itoa(f.Column))
	}

	if f.Cell != "" {
		column = strings.TrimSpace(column + " (" + shown(f.Cell) + ")")
	}

	if column != "" {
		parts = append(parts, column)
	}

	if len(parts) == 0 {
		return t.words["this.file"]
	}

	return strings.Join(parts, ", ")
}

// Refusal returns the reason for a refused file and the remedy, in one line. It
// names the row if the refusal has one.
func (l Language) Refusal(r *formats.Refusal) string {
	t := l.table()
	text := t.code(r.Code, "*.refused", func(name string) string {
		if name == "code" {
			return r.Code
		}
		return r.Args[name]
	})
	if r.Row > 0 {
		return t.word("in.row", "row", strconv.Itoa(r.Row), "text", text)
	}
	return text
}
