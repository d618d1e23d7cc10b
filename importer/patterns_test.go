package importer_test

import (
	"strings"

	"pgregory.net/rapid"

	"github.com/usher-go/usher/users"
)

// This file holds the shapes of rows that the generators put into files on
// purpose, and the cells of the noise between them.

func one(rows ...[]string) rowsByTable { return rowsByTable{rows} }

// ---- people: LAN ID, EMAIL, NAME, SUPERVISOR, ROLE

func anyLAN(t *rapid.T, w *world) string {
	i := rapid.IntRange(0, w.people).Draw(t, "lan")
	return pick(t, "lan as", lan(i), lan(i), lan(i), lan(i), lan(i), lan(i), lan(i), " "+strings.ToUpper(lan(i)), "")
}

func anyMail(t *rapid.T, w *world) string {
	i := rapid.IntRange(0, w.people).Draw(t, "mail")
	return pick(t, "mail as", mail(i), mail(i), mail(i), mail(i), mail(i), "", "", "n1@x.com", "n2@x.com", strings.ToUpper(mail(i)), "bad", "a@x.com; b@x.com", " "+mail(i)+"\u00a0")
}

func anyName(t *rapid.T) string {
	return pick(t, "name", "Zoe", "Zoe", "Zoe", "N0", "N1", "", "", "=1+1", "a\u202eb")
}

func peopleRow(t *rapid.T, w *world, _ int) []string {
	if len(w.stored) > 0 && chance(t, 20, "as stored") {
		i := w.some(t)
		boss := ""
		if b, ok := w.boss[i]; ok {
			boss = lan(b)
		}
		return []string{lan(i), mail(i), name(i), boss, ""}
	}
	return []string{anyLAN(t, w), anyMail(t, w), anyName(t),
		pick(t, "supervisor", "", "", "", anyLAN(t, w), anyLAN(t, w), "nobody"),
		pick(t, "role", "", "", "", "", "", "User", "Admin", "root")}
}

func row(cells ...string) []string { return append(cells, make([]string, 5-len(cells))...) }

// trouble is a supervisor's cell that puts a row in error, or one that does not.
func trouble(t *rapid.T) string { return pick(t, "trouble", "", "nobody") }

func peoplePatterns() []pattern {
	return []pattern{
		func(t *rapid.T, w *world) rowsByTable { // a swap
			p := w.distinct(t, 2)
			return one(row(lan(p[0]), mail(p[1]), "Zoe"), row(lan(p[1]), mail(p[0]), "Zoe", trouble(t)))
		},
		func(t *rapid.T, w *world) rowsByTable { // three in a ring
			p := w.distinct(t, 3)
			return one(row(lan(p[0]), mail(p[1]), "Zoe"), row(lan(p[1]), mail(p[2]), "Zoe"), row(lan(p[2]), mail(p[0]), "Zoe", trouble(t)))
		},
		func(t *rapid.T, w *world) rowsByTable { // a chain that ends in a new address, or in an error
			p := w.distinct(t, 3)
			return one(row(lan(p[0]), mail(p[1]), "Zoe"), row(lan(p[1]), mail(p[2]), "Zoe"), row(lan(p[2]), w.newMail(), "Zoe", trouble(t)))
		},
		func(t *rapid.T, w *world) rowsByTable { // a swap, and a third who wants one of the two
			p := w.distinct(t, 3)
			return one(row(lan(p[0]), mail(p[1]), "Zoe"), row(lan(p[1]), mail(p[0]), "Zoe"), row(lan(p[2]), mail(p[0]), "Zoe"))
		},
		func(t *rapid.T, w *world) rowsByTable { // two who want one address
			p := w.distinct(t, 2)
			m := w.newMail()
			return one(row(lan(p[0]), m, "Zoe"), row(lan(p[1]), strings.ToUpper(m), "Zoe"))
		},
		func(t *rapid.T, w *world) rowsByTable { // one's own supervisor
			p := append(w.distinct(t, 1), w.unknown(1)...)
			i := pick(t, "self", p...)
			return one(row(lan(i), mail(i), "Self", lan(i)))
		},
		func(t *rapid.T, w *world) rowsByTable { // the same row twice
			i := w.some(t)
			r := row(lan(i), mail(i), "Twin")
			return one(r, r)
		},
		func(t *rapid.T, w *world) rowsByTable { // renamed, and the old address used by somebody new
			i, n := w.some(t), w.unknown(1)[0]
			return one(row(lan(i), w.newMail(), "Zoe", trouble(t)), row(lan(n), mail(i), "New"))
		},
		func(t *rapid.T, w *world) rowsByTable { // a supervisor's supervisor, perhaps in error
			n := w.unknown(3)
			return one(row(lan(n[0]), w.newMail(), "A", lan(n[1])), row(lan(n[1]), w.newMail(), "B", lan(n[2])), row(lan(n[2]), w.newMail(), "C", trouble(t)))
		},
		func(t *rapid.T, w *world) rowsByTable { // two claims of a LAN ID that a third refers to
			n := w.unknown(2)
			return one(row(lan(n[0]), w.newMail(), "A"), row(lan(n[0]), w.newMail(), "B"), row(lan(n[1]), w.newMail(), "C", lan(n[0])))
		},
		func(t *rapid.T, w *world) rowsByTable { // the third being one of them
			n := w.unknown(1)
			return one(row(lan(n[0]), w.newMail(), "A"), row(lan(n[0]), w.newMail(), "B", lan(n[0])))
		},
		func(t *rapid.T, w *world) rowsByTable { // supervisors in a ring, perhaps with one of the store
			n := append(w.unknown(2), w.some(t))
			k := rapid.IntRange(2, 3).Draw(t, "ring")
			var out rowsByTable
			for i := range k {
				out[0] = append(out[0], row(lan(n[i]), mail(n[i]), "R", lan(n[(i+1)%k])))
			}
			return out
		},
		func(t *rapid.T, w *world) rowsByTable { // made with an address freed by one who names the person made
			i, n := w.some(t), w.unknown(1)[0]
			return one(row(lan(n), mail(i), "New"), row(lan(i), w.newMail(), "Zoe", lan(n)))
		},
		func(t *rapid.T, w *world) rowsByTable { // admins go, and perhaps one comes
			var out rowsByTable
			for _, i := range w.admins {
				out[0] = append(out[0], row(lan(i), mail(i), "Zoe", trouble(t), "User"))
			}
			if chance(t, 50, "promotion") {
				i := w.some(t)
				out[0] = append(out[0], row(lan(i), mail(i), "Zoe", trouble(t), "Admin"))
			}
			return out
		},
		func(t *rapid.T, w *world) rowsByTable { // people of another account
			i := w.unknown(1)[0]
			return one(row(lan(i), mail(i), "Theirs", lan(i+1)))
		},
	}
}

// ---- lines: ACTION, LOGIN, SHORT

func lineRow(t *rapid.T, w *world, _ int) []string {
	login := pick(t, "login", anyMail(t, w), mail(w.some(t)), mail(w.some(t)), mail(w.some(t)))
	return []string{
		pick(t, "action", "attach", "attach", "attach", "force_attach", "force_attach", "detach", "detach", "Attach ", "oops", ""),
		login,
		pick(t, "line", number(rapid.IntRange(0, w.people).Draw(t, "short")), number(w.some(t)), ""),
	}
}

func attach(i, l int) []string { return []string{"attach", mail(i), number(l)} }
func force(i, l int) []string  { return []string{"force_attach", mail(i), number(l)} }
func detach(i int) []string    { return []string{"detach", mail(i), ""} }

// held is a line that somebody holds, and who; any line where nobody holds one.
func (w *world) held(t *rapid.T) (line, holder int) {
	var ls []int
	for l := range w.people {
		if _, ok := w.holder[l]; ok {
			ls = append(ls, l)
		}
	}
	if len(ls) == 0 {
		i := w.some(t)
		return i, i
	}
	l := pick(t, "held", ls...)
	return l, w.holder[l]
}

func linePatterns() []pattern {
	return []pattern{
		func(t *rapid.T, w *world) rowsByTable { // a swap
			p := w.distinct(t, 2)
			return one(attach(p[0], p[1]), attach(p[1], p[0]))
		},
		func(t *rapid.T, w *world) rowsByTable { // a ring
			p := w.distinct(t, 3)
			return one(attach(p[0], p[1]), attach(p[1], p[2]), attach(p[2], p[0]))
		},
		func(t *rapid.T, w *world) rowsByTable { // everybody moves up, the last onto a new line
			p := w.distinct(t, 3)
			return one(attach(p[0], p[1]), attach(p[1], p[2]), attach(p[2], 90))
		},
		func(t *rapid.T, w *world) rowsByTable { // a swap, and a third who wants one of the lines
			p := w.distinct(t, 3)
			return one(attach(p[0], p[1]), attach(p[1], p[0]), pick(t, "third", attach, force)(p[2], p[0]))
		},
		func(t *rapid.T, w *world) rowsByTable { // what one gives up another takes
			l, h := w.held(t)
			return one(detach(h), pick(t, "how", attach, force)(w.some(t), l))
		},
		func(t *rapid.T, w *world) rowsByTable { // a detach in error, while another takes what it would free
			l, h := w.held(t)
			return one(detach(h), attach(h, 91), attach(w.some(t), l))
		},
		func(t *rapid.T, w *world) rowsByTable { // by force, and the holder moves as well
			l, h := w.held(t)
			return one(force(w.some(t), l), attach(h, 92))
		},
		func(t *rapid.T, w *world) rowsByTable { // two want one line, one of them by force
			p := w.distinct(t, 2)
			return one(attach(p[0], p[1]), force(p[1], p[1]))
		},
		func(t *rapid.T, w *world) rowsByTable { // one wants it both ways
			i := w.some(t)
			return one(attach(i, i), force(i, i))
		},
		func(t *rapid.T, w *world) rowsByTable { // one wants two
			i := w.some(t)
			return one(attach(i, i), attach(i, 93))
		},
		func(t *rapid.T, w *world) rowsByTable { // repeats, one of them written otherwise
			i := w.some(t)
			r := pick(t, "repeat", attach(i, i), force(i, i), detach(i))
			return one(r, r, []string{strings.ToUpper(r[0]), r[1], r[2]})
		},
		func(t *rapid.T, w *world) rowsByTable { // two detach, and name lines that the action does not read
			i := w.some(t)
			return one([]string{"detach", mail(i), "7"}, []string{"detach", mail(i), "8"})
		},
	}
}

// ---- people and lines: LAN ID, EMAIL, NAME, SUPERVISOR, LEAVES; ACTION, LOGIN, SHORT

func staffRow(t *rapid.T, w *world, table int) []string {
	if table == 1 {
		return lineRow(t, w, 0)
	}
	r := peopleRow(t, w, 0)
	r[4] = pick(t, "leaves", "", "", "", "yes", "no")
	return r
}

func staffPatterns() []pattern {
	var out []pattern
	for _, p := range peoplePatterns() {
		out = append(out, func(t *rapid.T, w *world) rowsByTable {
			rows := p(t, w)
			for _, r := range rows[0] {
				r[4] = ""
			}
			return rows
		})
	}
	for _, p := range linePatterns() {
		out = append(out, func(t *rapid.T, w *world) rowsByTable { return rowsByTable{1: p(t, w)[0]} })
	}
	both := []pattern{
		func(t *rapid.T, w *world) rowsByTable { // made here, attached there
			n := w.unknown(1)[0]
			return rowsByTable{{row(lan(n), mail(n), "New", trouble(t))}, {attach(n, 94)}}
		},
		func(t *rapid.T, w *world) rowsByTable { // made with a line that somebody gives up
			n := w.unknown(1)[0]
			l, h := w.held(t)
			return rowsByTable{{row(lan(n), mail(n), "New", trouble(t))}, {attach(n, l), detach(h)}}
		},
		func(t *rapid.T, w *world) rowsByTable { // renamed here, known there by the new name, or the old
			i := w.some(t)
			m := w.newMail()
			return rowsByTable{{row(lan(i), m)}, {{"attach", pick(t, "as", m, mail(i)), "95"}}}
		},
		func(t *rapid.T, w *world) rowsByTable { // leaves, and the line and the address go on
			l, h := w.held(t)
			n := w.unknown(1)[0]
			return rowsByTable{{{lan(h), "", "", "", "yes"}, row(lan(n), mail(h), "Heir")}, {attach(n, l)}}
		},
		func(t *rapid.T, w *world) rowsByTable { // leaves, and somebody names them
			i, n := w.some(t), w.unknown(1)[0]
			return rowsByTable{{{lan(i), "", "", "", "yes"}, row(lan(n), w.newMail(), "Report", lan(i))}, {detach(i)}}
		},
	}
	for range 3 {
		out = append(out, both...)
	}
	return out
}

// ---- cloudlink: FIRST NAME, LAST NAME, NAME, EMAIL, ROLE

func userRow(t *rapid.T, w *world, _ int) []string {
	if len(w.stored) > 0 && chance(t, 20, "as stored") {
		i := w.some(t)
		return []string{"", "", name(i), mail(i), ""}
	}
	return []string{anyName(t), pick(t, "last", "", "Last"), anyName(t), anyMail(t, w),
		pick(t, "role", "", "", "", "User", "Account Admin", "admin de compte", "Acount Admin", "root")}
}

func userPatterns() []pattern {
	return []pattern{
		func(t *rapid.T, w *world) rowsByTable { // new people
			n := w.unknown(2)
			return one([]string{"A", "B", "", mail(n[0]), ""}, []string{"", "", "Cyd", mail(n[1]), "Account Admin"})
		},
		func(t *rapid.T, w *world) rowsByTable { // one address, written two or three ways
			n := w.unknown(1)[0]
			return one([]string{"A", "", "", mail(n), ""}, []string{"B", "", "", strings.ToUpper(mail(n)), ""}, []string{"C", "", "", pick(t, "third", "bad", mail(n)+" "), ""})
		},
		func(t *rapid.T, w *world) rowsByTable { // somebody known, under another name, or blank
			i := w.some(t)
			return one([]string{"", "", pick(t, "name", "Other", ""), mail(i), ""})
		},
		func(t *rapid.T, w *world) rowsByTable { // admins go, and perhaps one comes
			var out rowsByTable
			for _, i := range w.admins {
				out[0] = append(out[0], []string{"", "", "", mail(i), "User"})
			}
			if chance(t, 50, "promotion") {
				out[0] = append(out[0], []string{"", "", "", mail(w.some(t)), "Account Admin"})
			}
			return out
		},
		func(t *rapid.T, w *world) rowsByTable { // the same row twice
			r := []string{"A", "B", "", mail(w.unknown(1)[0]), "User"}
			return one(r, r)
		},
	}
}

// ---- roles: LAN ID, GIVE, TAKE, NAME

func anyRole(t *rapid.T) string {
	return pick(t, "role", "", "Desk", "Desk", "night", "Billing", users.RoleAdmin, "root")
}

func grantRow(t *rapid.T, w *world, _ int) []string {
	return []string{anyLAN(t, w), anyRole(t), anyRole(t), pick(t, "name", "", "", "", "", "Zoe", "N0")}
}

func grantPatterns() []pattern {
	return []pattern{
		func(t *rapid.T, w *world) rowsByTable { // several rows about one person
			l := lan(w.some(t))
			return one([]string{l, "Desk", "Night", ""}, []string{l, "Billing", "", ""}, []string{l, "", anyRole(t), ""})
		},
		func(t *rapid.T, w *world) rowsByTable { // one request twice, or its contrary
			l := lan(w.some(t))
			return one([]string{l, "Desk", "", ""}, []string{l, "Desk", "", ""}, []string{l, "", pick(t, "also", "Desk", "Night"), ""})
		},
		func(t *rapid.T, w *world) rowsByTable { // admins go, and one comes
			p := w.distinct(t, 3)
			return one([]string{lan(p[0]), "", users.RoleAdmin, ""}, []string{lan(p[1]), pick(t, "heir", users.RoleAdmin, "Desk"), "", ""}, []string{lan(p[2]), "Desk", users.RoleAdmin, ""})
		},
		func(t *rapid.T, w *world) rowsByTable { // somebody new, by two rows
			l := lan(w.unknown(1)[0])
			return one([]string{l, "Desk", "", "New"}, []string{l, anyRole(t), "", ""})
		},
	}
}
