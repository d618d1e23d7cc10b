package office

import (
	"fmt"
	"slices"

	"github.com/usher-go/usher/internal/keyvalue"
	"github.com/usher-go/usher/users"
)

// A Crowd is several people who import over the same records at once.
type Crowd struct {
	Name   string
	Stored []users.Record
	// Wish is the file of number g. It wants what the others want, in an order of its own.
	Wish func(g int) File
	// Sure is what all want and the store does not have: somebody gets it.
	Sure users.Key
}

// Crowds are those there are.
func Crowds() []Crowd { return []Crowd{staff(), lines()} }

func turn(rows [][]string, g int) [][]string {
	n := g % len(rows)
	return append(slices.Clone(rows[n:]), rows[:n]...)
}

// staff make the same people, name the same, swap the same addresses, take the
// same lines for others, and want somebody to leave.
func staff() Crowd {
	stored := People(12)
	stored[0].SetField("role", users.RoleAdmin)
	stored = append(stored, free("12"), free("13"))
	return Crowd{"people and lines", stored, func(g int) File {
		by, pair := fmt.Sprint("By ", g), 3+g%2*2
		var people, calls [][]string
		add := func(cells ...string) { people = append(people, append(cells, make([]string, 5-len(cells))...)) }
		call := func(action string, i, l int) { calls = append(calls, []string{action, Mail(i), fmt.Sprint(l)}) }
		add(LAN(20), Mail(20), by)
		add(LAN(21), Mail(21), by, LAN(20))
		add(LAN(100+g), Mail(100+g), by, LAN(21))
		add(LAN(200+g), Mail(200+g), by)
		add(LAN(0), Mail(0), by)
		add(LAN(pair), Mail(pair+1), "Swap")
		add(LAN(pair+1), Mail(pair), "Swap")
		call("force_attach", 8+g%4, 12)
		call("attach", g%2, 13)
		call("force_attach", 2, 1-g%2)
		call("attach", 20, 94)
		if g%2 == 0 { // one field of a person, or another
			add(LAN(2), "", by)
		} else {
			add(LAN(2), "", "", LAN(1))
		}
		if g%4 == 3 {
			add(LAN(7), "", "", "", "yes")
		} else {
			call("force_attach", 7, 10)
		}
		return File{Staff(), [][][]string{turn(people, g), turn(calls, g)}}
	}, users.KeyOf(Acme, users.SpaceLANID, LAN(20))}
}

func free(short string) users.Record {
	return users.Record{Head: users.Head{ID: users.ID("line" + short), Account: Acme}, Data: &users.Line{PBX: "x", Short: short}}
}

// lines turn the same ring either way, swap with one neighbour or the other,
// take the same lines by force and without, give lines up, and move numbers.
func lines() Crowd {
	return Crowd{"lines", Phones(12), func(g int) File {
		ring, pair := []int{0, 1, 2}, 3+g%3
		if g%2 == 1 {
			slices.Reverse(ring)
		}
		rows := [][]string{
			Plug("attach", ring[0], ring[1]), Plug("attach", ring[1], ring[2]), Plug("attach", ring[2], ring[0]),
			Plug("attach", pair, pair+1), Plug("attach", pair+1, pair),
			Plug([]string{"attach", "force_attach"}[g/2%2], 8+g%2, 13), // nobody's
			{"attach", Mail(11), PBX3, "80", "", ""},                   // one that all would make
			{"force_attach", Mail(10), PBX3, fmt.Sprint(90 + g%2), "", DDI(9)},
		}
		switch g % 4 {
		case 3:
			rows = append(rows, Unplug(7), Plug("attach", 10, 7))
		case 2:
			rows = append(rows, Unplug(7), Plug("attach", 11, 11, "", DDI(12))) // the number of a line that others take
		default:
			rows = append(rows, Plug("force_attach", 10, 7), Plug("force_attach", 7, 12))
		}
		return File{Lines(), [][][]string{turn(rows, g)}}
	}, users.KeyOf(Acme, users.SpaceLine, keyvalue.Line(PBX3, "80"))}
}
