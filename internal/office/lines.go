package office

import (
	"fmt"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/rainbow"
	"github.com/usher-go/usher/users"
)

// The systems of the office: one and two share a group.
const (
	PBX1 = "PBX0000-0000-0000-0000-0000-0000-0000-0001"
	PBX2 = "PBX0000-0000-0000-0000-0000-0000-0000-0002"
	PBX3 = "PBX0000-0000-0000-0000-0000-0000-0000-0003"
)

// Lines is rainbow-lines for those systems, one line of each a person.
func Lines() *importer.Template {
	return rainbow.Lines(&rainbow.Options{PBXs: map[string]string{PBX1: "g", PBX2: "g", PBX3: ""}})
}

// DDI is the public number i.
func DDI(i int) string { return fmt.Sprintf("+331%08d", i) }

// Line i of the first system, with its public number; nobody's if holder is below 0.
func Line(i, holder int) users.Record {
	l := &users.Line{PBX: PBX1, Group: "g", Short: fmt.Sprint(i), Internal: fmt.Sprint(i), Number: DDI(i)}
	if holder >= 0 {
		l.Holder = id(holder)
	}
	return users.Record{Head: users.Head{ID: users.ID(fmt.Sprint("line", i)), Account: Acme}, Data: l}
}

// Phones are the first n people, each with a line, and two lines of nobody.
func Phones(n int) []users.Record {
	out := []users.Record{Line(n, -1), Line(n+1, -1)}
	for i := range n {
		out = append(out, Person(i)[0], Line(i, i))
	}
	return out
}

// Plug is a row that has person i attached to line l of the first system. What
// follows are the internal and the public number.
func Plug(action string, i, l int, more ...string) []string {
	return append([]string{action, Mail(i), PBX1, fmt.Sprint(l)}, append(more, make([]string, 2-len(more))...)...)
}

// Unplug is a row that has person i detached.
func Unplug(i int) []string { return []string{"detach", Mail(i), "", "", "", ""} }

// Moves is a file of about fifteen people in which there is every way in which
// lines go from one to another.
func Moves() ([]users.Record, File) {
	stored := Phones(15)
	for _, r := range stored {
		if l, ok := r.Data.(*users.Line); ok && (l.Holder == id(5) || l.Holder == id(8)) {
			l.Holder = ""
		}
	}
	rows := [][]string{
		Plug("attach", 0, 1), Plug("attach", 1, 2), Plug("attach", 2, 0), // a ring
		Unplug(3), Plug("attach", 8, 3), // given up and taken
		Plug("force_attach", 5, 4), Plug("force_attach", 4, 40, "5040"), // by force from one who has a new one then
		Plug("attach", 9, 15),                          // nobody's, with its number
		Plug("attach", 6, 6),                           // as it is
		Plug("attach", 7, 10),                          // taken
		{"attach", "nobody@x.com", PBX1, "41", "", ""}, // of nobody
		Plug("attach", 9, 15),                          // a repeat
		Plug("attach", 11, 11, "", DDI(12)),            // public numbers
		Plug("attach", 12, 12, "", DDI(11)),            // go over crosswise
		Plug("force_attach", 13, 14),                   // from one who keeps nothing of this system
		{"attach", Mail(14), PBX3, "14", "", ""},       // and has a line of another
		{"attach", Mail(0), PBX3, "7", "", DDI(0)},     // a number goes on with another line than the rest
		{"attach", Mail(10), PBX2, "90", "16", ""},     // an internal number of the group that stands with a line of nobody
	}
	return stored, File{Lines(), [][][]string{rows}}
}

// Moved is what becomes of the rows of [Moves].
func Moved() map[importer.Outcome]int {
	return map[importer.Outcome]int{importer.OutcomeUpdated: 14, importer.OutcomeUnchanged: 1, importer.OutcomeFailed: 2, importer.OutcomeSkipped: 1}
}
