package importer_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
)

// This file makes random scenes. Rows come mostly out of patterns, the shapes
// in which files go wrong (patterns_test.go), because random cells meet them
// once in a thousand files; noise and a shuffle go on top.

// A maker makes scenes of one kind of file.
type maker struct {
	name     string
	template func() *importer.Template
	modes    []importer.Mode
	// row draws a row of the table-th table.
	row func(t *rapid.T, w *world, table int) []string
	// patterns draw rows that belong together.
	patterns []pattern
	// dress changes what is stored, where the file wants more of it than others do.
	dress func(t *rapid.T, w *world)
}

// A pattern draws rows by table.
type pattern func(t *rapid.T, w *world) rowsByTable

type rowsByTable [2][][]string

func makers() []maker {
	upsert := []importer.Mode{importer.ModeUpsert, importer.ModeUpsert, importer.ModeCreate, importer.ModeUpdate}
	update := []importer.Mode{importer.ModeUpdate}
	return []maker{
		{"people", func() *importer.Template { return people() }, upsert, peopleRow, peoplePatterns(), nil},
		{"lines", func() *importer.Template { return lines(false) }, update, lineRow, linePatterns(), nil},
		{"one line each", func() *importer.Template { return lines(true) }, update, lineRow, linePatterns(), nil},
		{"people and lines", staff, []importer.Mode{importer.ModeUpsert}, staffRow, staffPatterns(), nil},
		{"roles", grants, []importer.Mode{importer.ModeUpdate, importer.ModeUpdate, importer.ModeUpsert}, grantRow, grantPatterns(), nil},
		{"cloudlink", cloudlink.Users, []importer.Mode{importer.ModeCreate, importer.ModeCreate, importer.ModeUpsert, importer.ModeUpdate}, userRow, userPatterns(), nil},
		{"rainbow", rainbowLines, update, rainbowRow, rainbowPatterns(), onPBX},
	}
}

// draws is how many scenes of each kind a property is checked on, unless
// -rapid.checks or RAPID_CHECKS says otherwise. Each run draws other scenes.
const draws = 25

// forEachKind checks a property of the scenes of every kind of file: on 25 of
// each, or on the 100 of rapid's default with USHER_LONG=1.
func forEachKind(t *testing.T, property func(t *rapid.T, m maker, w *world, s *scene)) {
	fewerDraws(t)
	forEachKindInFull(t, property)
}

// forEachKindInFull is forEachKind with all draws of rapid's default: for the
// laws that a fault breaks in one scene of hundreds.
func forEachKindInFull(t *testing.T, property func(t *rapid.T, m maker, w *world, s *scene)) {
	for _, m := range makers() {
		t.Run(m.name, rapid.MakeCheck(func(t *rapid.T) {
			w := newWorld(t)
			s := m.scene(t, w)
			t.Log(s)
			property(t, m, w, s)
		}))
	}
}

// fewerDraws sets the number of draws for one test. It leaves -short alone, for
// which rapid divides its default by five.
func fewerDraws(t *testing.T) {
	checks := flag.Lookup("rapid.checks")
	_, env := os.LookupEnv("RAPID_CHECKS")
	if long() || env || testing.Short() || checks.Value.String() != checks.DefValue {
		return
	}
	require.NoError(t, checks.Value.Set(strconv.Itoa(draws)))
	t.Cleanup(func() { require.NoError(t, checks.Value.Set(checks.DefValue)) })
	t.Logf("%d draws of each kind of file; %s with USHER_LONG=1", draws, checks.DefValue)
}

// forAnyKind checks a property that hardly depends on the kind of file: a sixth of the work.
func forAnyKind(t *testing.T, property func(t *rapid.T, m maker, w *world, s *scene)) {
	rapid.Check(t, func(t *rapid.T) {
		m := pick(t, "kind", makers()...)
		w := newWorld(t)
		s := m.scene(t, w)
		t.Log(s)
		property(t, m, w, s)
	})
}

func (m maker) scene(t *rapid.T, w *world) *scene {
	if m.dress != nil {
		m.dress(t, w)
	}
	s := &scene{template: m.template(), mode: pick(t, "mode", m.modes...), actor: w.actor(t), records: w.records}
	rows := m.rows(t, w)
	for i := range s.template.Tables {
		s.sheets = append(s.sheets, newSheet(s.template.Tables[i], rows[i]...))
		for j := range s.sheets[i].rows { // blank lines between the records of the file
			gap := 0
			if chance(t, 10, "gap") {
				gap = 1
			}
			for k := j; k < len(s.sheets[i].rows); k++ {
				s.sheets[i].rows[k].number += gap
				s.sheets[i].rows[k].line += gap
			}
		}
	}
	return s
}

// rows draws patterns and noise and mixes them.
func (m maker) rows(t *rapid.T, w *world) rowsByTable {
	var out rowsByTable
	for range rapid.IntRange(0, 3).Draw(t, "patterns") {
		for i, rows := range pick(t, "pattern", m.patterns...)(t, w) {
			out[i] = append(out[i], rows...)
		}
	}
	for i := range m.template().Tables {
		noise := rapid.IntRange(0, 3).Draw(t, "noise")
		if len(out[i]) == 0 {
			noise++
		}
		for range noise {
			out[i] = append(out[i], m.someRow(t, w, i))
		}
		out[i] = rapid.Permutation(out[i]).Draw(t, "order")
	}
	return out
}

// someRow is a row that is not wholly blank: a reader leaves those out.
func (m maker) someRow(t *rapid.T, w *world, table int) []string {
	r := m.row(t, w, table)
	if !slices.ContainsFunc(r, func(c string) bool { return c != "" }) {
		r[0] = "?"
	}
	return r
}

// edits draws up to three edits of sheets, the first of which it edits on the way.
func (m maker) edits(t *rapid.T, w *world, sheets []*sheet) []edit {
	var out []edit
	now := make([]*sheet, len(sheets))
	for i, s := range sheets {
		now[i] = s.clone()
	}
	for range rapid.IntRange(1, 3).Draw(t, "batch") {
		e := m.edit(t, w, now)
		out = append(out, e)
		if e.what != "add" { // rows added are not edited in the same batch
			apply(now, e, 0)
		}
	}
	return out
}

func (m maker) edit(t *rapid.T, w *world, sheets []*sheet) edit {
	table := rapid.IntRange(0, len(sheets)-1).Draw(t, "table")
	s := sheets[table]
	e := edit{what: pick(t, "edit", "set", "set", "set", "set", "set", "copy", "copy", "clear", "remove", "add"), table: table}
	row := s.rows[rapid.IntRange(0, len(s.rows)-1).Draw(t, "row")]
	e.number = row.number
	c := rapid.IntRange(0, len(s.fields)-1).Draw(t, "column")
	e.field = s.fields[c]
	others := 0
	for i, cell := range row.cells {
		if i != c && cell != "" {
			others++
		}
	}
	switch e.what {
	case "add":
		e.cells = m.someRow(t, w, table)
	case "remove":
		if len(s.rows) == 1 {
			e.what, e.field, e.value = "set", s.fields[0], "only"
		}
	case "clear":
		if others == 0 { // a row without a cell is no row of a file
			e.what, e.value = "set", "?"
		}
	case "copy": // what another row says in that column
		from := s.rows[rapid.IntRange(0, len(s.rows)-1).Draw(t, "from")].cells
		e.what = "set"
		if c < len(from) {
			e.value = from[c]
		}
	case "set":
		e.value = m.row(t, w, table)[c]
	}
	if e.what == "set" && e.value == "" && others == 0 {
		e.value = "?"
	}
	return e
}

// A world is what a store holds before the file comes. Person i, who may be
// stored or not, has the id "u<i>", the LAN ID "l<i>", the address "p<i>@x.com", and perhaps line <i>.
type world struct {
	people  int
	stored  []int // in the account
	strange []int // not in it
	records []users.Record
	holder  map[int]int // of lines
	admins  []int
	boss    map[int]int
	fresh   int
}

func id(i int) users.ID   { return users.ID(fmt.Sprint("u", i)) }
func lan(i int) string    { return fmt.Sprint("l", i) }
func mail(i int) string   { return fmt.Sprintf("p%d@x.com", i) }
func name(i int) string   { return fmt.Sprint("N", i) }
func number(i int) string { return fmt.Sprint(i) }

// person is a record of somebody of the account acme.
func person(i int, edits ...func(*users.Profile)) users.Record {
	p := &users.Profile{Email: mail(i), DisplayName: name(i), Source: users.Local, ContactCentre: &users.ContactCentre{LANID: lan(i)}}
	for _, e := range edits {
		e(p)
	}
	return users.Record{Head: users.Head{ID: id(i), Account: acme}, Data: p}
}

func admin(p *users.Profile) { p.Grant(users.RoleAdmin, true) }

func has(role string) func(*users.Profile) { return func(p *users.Profile) { p.Grant(role, true) } }

// catalogue are roles of the account, some of which not everybody hands out.
func catalogue(t *rapid.T) []users.Record {
	var out []users.Record
	for _, r := range []users.Role{{Name: "desk"}, {Name: "NIGHT", GrantedBy: users.ByAccountAdmins}, {Name: "Billing", GrantedBy: users.ByPartners}} {
		if chance(t, 60, "in the catalogue") {
			out = append(out, users.Record{Head: users.Head{ID: users.ID("role" + r.Name), Account: acme}, Data: &r})
		}
	}
	return out
}

func under(boss int) func(*users.Profile) {
	return func(p *users.Profile) { p.ContactCentre.Supervisor = id(boss) }
}

func from(s users.Source) func(*users.Profile) { return func(p *users.Profile) { p.Source = s } }

// line is a record of the line that person holder has; -1 is nobody.
func line(i, holder int) users.Record {
	l := &users.Line{PBX: "x", Short: number(i)}
	if holder >= 0 {
		l.Holder = id(holder)
	}
	return users.Record{Head: users.Head{ID: users.ID(fmt.Sprint("line", i)), Account: acme}, Data: l}
}

// elsewhere moves a record into another account, under another id.
func elsewhere(r users.Record) users.Record {
	out := r.Clone()
	out.ID, out.Account = "g"+out.ID, globex
	switch d := out.Data.(type) {
	case *users.Line:
		if d.Holder != "" {
			d.Holder = "g" + d.Holder
		}
	case *users.Profile:
		if d.ContactCentre.Supervisor != "" {
			d.ContactCentre.Supervisor = "g" + d.ContactCentre.Supervisor
		}
	}
	return out
}

func newWorld(t *rapid.T) *world {
	w := &world{people: rapid.IntRange(2, 7).Draw(t, "people"), holder: map[int]int{}, boss: map[int]int{}}
	for i := range w.people {
		if chance(t, 75, "stored") {
			w.stored = append(w.stored, i)
		} else {
			w.strange = append(w.strange, i)
		}
	}
	for n, i := range w.stored {
		var edits []func(*users.Profile)
		if chance(t, 25, "admin") {
			w.admins = append(w.admins, i)
			edits = append(edits, admin)
		}
		if n > 0 && chance(t, 30, "has a supervisor") { // no door lets a circle into the store
			w.boss[i] = pick(t, "supervisor", w.stored[:n]...)
			edits = append(edits, under(w.boss[i]))
		}
		for _, r := range []string{"Desk", "Night", "Billing"} {
			if chance(t, 15, r) {
				edits = append(edits, has(r))
			}
		}
		if chance(t, 15, "synced") {
			edits = append(edits, from(pick(t, "source", users.SCIM, users.PBXSync, users.MiCloud)))
		}
		w.records = append(w.records, person(i, edits...))
	}
	for i := range w.people {
		switch rapid.IntRange(0, 5).Draw(t, "line") {
		case 0, 1:
			if slices.Contains(w.stored, i) {
				w.holder[i] = i
				w.records = append(w.records, line(i, i))
			}
		case 2:
			if len(w.stored) > 0 {
				w.holder[i] = pick(t, "holder", w.stored...)
				w.records = append(w.records, line(i, w.holder[i]))
			}
		case 3:
			w.records = append(w.records, line(i, -1))
		}
	}
	w.records = append(w.records, catalogue(t)...)
	w.records = append(w.records, neighbours(t, w.people)...)
	return w
}

// neighbours are people and lines of another account, some known there by the same values.
func neighbours(t *rapid.T, n int) []users.Record {
	var out []users.Record
	for i := range n + 2 {
		if chance(t, 30, "neighbour") {
			out = append(out, elsewhere(person(i, admin)))
			if chance(t, 50, "neighbour's line") {
				out = append(out, elsewhere(line(i, i)))
			}
		}
	}
	return out
}

func (w *world) actor(t *rapid.T) users.Actor {
	me := users.ID("nobody-stored")
	if len(w.admins) > 0 {
		me = id(pick(t, "me", w.admins...))
	}
	switch rapid.IntRange(0, 9).Draw(t, "actor") {
	case 0, 1:
		return users.Host("test")
	case 2, 3, 4:
		return users.Partner("pat")
	case 5:
		return users.AccountAdmin(me, acme).Granting()
	case 6:
		return users.Sync(users.SCIM, acme)
	}
	return users.AccountAdmin(me, acme)
}

// some is one of the people of the store, anyone if it is empty.
func (w *world) some(t *rapid.T) int { return w.distinct(t, 1)[0] }

// distinct are n people, those of the store first, in random order; made up where there are too few.
func (w *world) distinct(t *rapid.T, n int) []int {
	out := rapid.Permutation(w.stored).Draw(t, "who")
	for i := w.people; len(out) < n; i++ {
		out = append(slices.Clone(out), i)
	}
	return out[:n]
}

// unknown are n people whom the store does not have.
func (w *world) unknown(n int) []int {
	out := slices.Clone(w.strange)
	for i := w.people; len(out) < n; i++ {
		out = append(out, i)
	}
	return out[:n]
}

// newMail is an address that nobody has.
func (w *world) newMail() string {
	w.fresh++
	return fmt.Sprintf("n%d@x.com", w.fresh)
}

func pick[T any](t *rapid.T, label string, xs ...T) T {
	return xs[rapid.IntRange(0, len(xs)-1).Draw(t, label)]
}

// chance is true in so many cases of a hundred; it shrinks to false.
func chance(t *rapid.T, percent int, label string) bool {
	return rapid.IntRange(0, 99).Draw(t, label) >= 100-percent
}
