package importer

import (
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// severityAt returns the severity of a finding of the format at a column of the
// template. A date is damage there. So is a computed number in a column of text or of
// keys: one with a fraction, or one that is stored with other digits than the sheet shows.
func severityAt(f formats.Finding, c *Column) formats.Severity {
	switch f.Code {
	case "cell.date":
		return formats.Error
	case "cell.fraction", "number.precision":
		if c.AsText || c.Space != "" || c.RefersIn != "" {
			return formats.Error
		}
	}
	return f.Severity
}

// concerns reports whether a finding of the format matters at a column of the
// template. The target of a mailto link matters in a column of addresses only.
func concerns(f formats.Finding, c *Column) bool {
	return f.Code != "xlsx.link_target" || c.Space == users.SpaceEmail || c.Field == "email" || c.PersonField == "email"
}

// dropMisread removes the notes that a column's own rules made of a cell with an error
// of the format: the text of the cell is not what the person wrote. read is the number
// of notes that the rules made. They precede those of the format.
func dropMisread(notes []note, read int) []note {
	if read == len(notes) {
		return notes
	}

	format := notes[read:]
	own := slices.DeleteFunc(notes[:read:read], func(n note) bool {
		return n.column >= 0 && slices.ContainsFunc(format, func(f note) bool {
			return f.column == n.column && f.severity == formats.Error
		})
	})
	return append(own, format...)
}
