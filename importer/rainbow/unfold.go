package rainbow

import (
	"cmp"
	"slices"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/users"
)

// unfold returns the rows that attach a person to the lines held, in order of their
// short numbers. A line that such a row would change has a nil row: a line of an
// unknown PBX, in another group, or without an internal number. If a person may have
// one line of a PBX, two lines of it have nil rows as well.
func (l *lines) unfold(person users.Record, held []users.Record) []map[string]string {
	slices.SortStableFunc(held, func(a, b users.Record) int {
		return cmp.Compare(a.Name(users.SpaceLine), b.Name(users.SpaceLine))
	})
	of := map[string]int{} // number of lines by PBX
	for _, r := range held {
		of[users.SpacePBX.Fold(r.Field("pbx"))]++
	}

	var out []map[string]string
	for _, r := range held {
		line, ok := r.Data.(*users.Line)
		if !ok {
			continue
		}
		var row map[string]string
		if l.keeps(line) && (l.many || of[users.SpacePBX.Fold(line.PBX)] == 1) {
			row = map[string]string{
				"action": "attach", "login_email": person.Field("email"), "pbx_id": line.PBX, "pbx_short_number": line.Short,
				"pbx_internal_number": line.Internal, "number": line.Number,
			}
		}
		out = append(out, row)
	}
	return out
}

// keeps reports whether a row that names the line leaves it as it is.
func (l *lines) keeps(line *users.Line) bool {
	id, bad := l.parsePBX(line.PBX)
	pbx, known := system{id: id}, len(l.pbxs) == 0
	if !known {
		pbx, known = l.pbxs[users.SpacePBX.Fold(id)]
	}
	if len(bad) > 0 || !known || pbx.id != line.PBX || pbx.group != line.Group || len(l.plan.Check(line.PBX, line.Short)) > 0 {
		return false
	}

	for _, number := range []string{line.Short, line.Internal} {
		if read, bad := extensions.ParseExtension(number); len(bad) > 0 || read != number || number == "" {
			return false
		}
	}
	return true
}
