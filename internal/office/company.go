package office

import (
	"fmt"

	"github.com/usher-go/usher/users"
)

// Company are n people, each with a line of the first system and a public number.
func Company(n int) []users.Record {
	var out []users.Record
	for i := range n {
		out = append(out, Person(i)[0], Line(i, i))
	}
	return out
}

// Wired is the file by which the people of [Company] get their lines.
func Wired(n int) File {
	var rows [][]string
	for i := range n {
		rows = append(rows, Plug("attach", i, i, "", DDI(i)))
	}
	return File{Lines(), [][][]string{rows}}
}

// Move is a file of that many rows, a multiple of ten, about a company of at
// least twice as many people: swaps, lines given up and taken, by force from who
// is not in the file, new lines, numbers that go over, and what is as it was.
// With numbers every row but one that detaches names its public number.
func Move(rows int, numbers bool) File {
	var out [][]string
	add := func(action string, i, l int, number string) {
		if !numbers {
			number = ""
		}
		out = append(out, Plug(action, i, l, "", number))
	}
	for at := 0; len(out) < rows; at += 20 {
		add("attach", at, at+1, DDI(at+1)) // swap
		add("attach", at+1, at, DDI(at))
		out = append(out, Unplug(at+2)) // given up and taken
		add("attach", at+3, at+2, DDI(at+2))
		add("force_attach", at+4, at+5, DDI(at+5))     // from one who keeps nothing
		add("attach", at+6, 1_000_000+at, DDI(at+6))   // a new line, the old number
		add("attach", at+7, at+7, DDI(1_000_000+at))   // a new number
		add("attach", at+8, at+8, DDI(at+8))           // as it is
		add("force_attach", at+9, at+10, DDI(at+10))   // from one who keeps nothing
		add("attach", at+11, 1_000_001+at, DDI(at+11)) // a new line, the old number
	}
	return File{Lines(), [][][]string{out[:rows]}}
}

// Everybody is the company as a file for who loads accounts: without lines, which are imported.
func Everybody(n int) string {
	text := fmt.Sprintf(`{"id":%q,"region":"FR","pbxs":[{"id":%q,"group":"g"},{"id":%q,"group":"g"},{"id":%q}],"users":[`, Acme, PBX1, PBX2, PBX3)
	b := []byte(text)
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `{"id":%q,"email":%q,"name":"N%d"}`, id(i), Mail(i), i)
	}
	return string(append(b, "]}"...))
}
