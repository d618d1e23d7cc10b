package importer_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// This file is a plain model of small files about people: maps and loops over
// whole rows, no keys, no states. It was written from the rules and not from the
// engine, so that the two agree only where they mean the same. Where the rules are
// silent, the model does as the engine was seen to do:
//
//   - In mode create a row about a stored person releases nothing and moves no one.
//   - A LAN ID that its holder keeps names the holder, whatever other rows claim.
//   - A row whose supervisor names no one still takes the person out of the old
//     team: a row that relies on that is blocked, and not in a circle.
//   - If several rows are about one person, the only one that names a supervisor
//     counts for circles.
//   - A deletion needs the rows that give the people it leads another supervisor.
//   - The people whom a deletion leaves without a supervisor are part of what it is
//     shown to do.

// A modelRow is a row of the file. Empty cells keep what is there.
type modelRow struct {
	who     string // e-mail address of the person the row is about
	lan     string // LAN ID the person shall have
	sup     string // LAN ID of the supervisor
	role    string // "User" or "Account Admin"
	deletes bool   // the row says nothing else
}

// A modelPerson is a person; sup is the supervisor's e-mail address.
type modelPerson struct {
	lan, sup string
	admin    bool
}

// A modelStore holds people by e-mail address.
type modelStore map[string]modelPerson

// A modelVerdict is the decision about one row.
type modelVerdict struct {
	action importer.Action
	codes  map[string]bool
	end    modelPerson // the person after the row
	needs  [][]int     // of each group at least one row must happen
	mixed  []int       // the needs that open a circle behind a row that keeps it closed
	led    []string    // people whom a deletion leaves without a supervisor
	shown  string      // what the row changes, in names

	// Exceptions alone set these.
	maybe   map[string]bool // codes that may be left out
	vague   bool            // it does not matter whether the row is in error or blocked
	stays   bool            // an unchanged row stays so, whatever it needs
	refused bool            // the row may fail in the commit instead of being a conflict
	unseen  bool            // the row fails in the commit if it closes a circle because another row does not happen

	fails bool // the row is unseen, and fails
}

func (v *modelVerdict) fail(code string) {
	v.action = importer.ActionError
	v.codes[code] = true
}

func (v *modelVerdict) happens() bool {
	return v.action != importer.ActionError && v.action != importer.ActionBlocked
}

// A modelFile is the file with what its rows say together.
type modelFile struct {
	store  modelStore
	mode   importer.Mode
	rows   []modelRow
	about  map[string][]int  // rows by person
	claims map[string][]int  // rows by the LAN ID they give
	holder map[string]string // people of the store by LAN ID
}

// decideModel decides about every row of a file.
func decideModel(store modelStore, mode importer.Mode, rows []modelRow, known []exception) []modelVerdict {
	f := &modelFile{store, mode, rows, map[string][]int{}, map[string][]int{}, map[string]string{}}
	for who, p := range store {
		f.holder[p.lan] = who
	}
	for i, r := range rows {
		f.about[r.who] = append(f.about[r.who], i)
		if r.lan != "" && !r.deletes {
			f.claims[r.lan] = append(f.claims[r.lan], i)
		}
	}

	out := make([]modelVerdict, len(rows))
	for i := range rows {
		out[i] = f.decide(i)
		for _, e := range known {
			e.apply(f, i, &out[i])
		}
	}
	store.block(rows, out, nil)
	return out
}

func (f *modelFile) decide(i int) modelVerdict {
	r := f.rows[i]
	was, known := f.store[r.who]
	v := modelVerdict{codes: map[string]bool{}, maybe: map[string]bool{}, end: was}
	if f.mode == importer.ModeCreate && known && f.equalsStore(r) {
		v.action = importer.ActionUnchanged // whatever other rows do
		return v
	}

	if len(f.about[r.who]) > 1 {
		v.fail(f.twice(r))
	}
	if !known && (r.deletes && !f.named(r.who) || !r.deletes && f.mode == importer.ModeUpdate) {
		v.fail("email.unknown")
	}
	if r.deletes {
		if f.mode != importer.ModeCreate {
			f.leave(i, &v)
		}
	} else {
		f.claim(i, &v)
		f.refer(i, &v)
		if r.role != "" {
			v.end.admin = r.role == "Account Admin"
		}
	}
	switch {
	case !known || f.mode != importer.ModeCreate:
	case r.deletes:
		v.fail("person.exists")
	default:
		v.fail("email.taken")
	}
	f.keepAdmin(i, &v)

	v.shown = f.show(r, v)
	switch {
	case v.action == importer.ActionError:
	case r.deletes:
		v.action = importer.ActionDelete
	case !known:
		v.action = importer.ActionCreate
	case v.end == was:
		v.action = importer.ActionUnchanged
	default:
		v.action = importer.ActionUpdate
	}
	return v
}

// equalsStore reports whether the row says what is so.
func (f *modelFile) equalsStore(r modelRow) bool {
	was := f.store[r.who]
	return !r.deletes && (r.lan == "" || r.lan == was.lan) &&
		(r.sup == "" || was.sup != "" && f.holder[r.sup] == was.sup) &&
		(r.role == "" || (r.role == "Account Admin") == was.admin)
}

// twice is the code of a row if others are about the same person.
func (f *modelFile) twice(r modelRow) string {
	stay := 0
	for _, i := range f.about[r.who] {
		if !f.rows[i].deletes {
			stay++
		}
	}
	if r.deletes || stay < 2 {
		return "person.contradiction"
	}
	return "email.contested"
}

// named reports whether a row about the person does not delete them.
func (f *modelFile) named(who string) bool {
	return slices.ContainsFunc(f.about[who], func(i int) bool { return !f.rows[i].deletes })
}

// only returns the row that says who leads a person, where one row does and may:
// it deletes the person, or names a supervisor.
func (f *modelFile) only(who string) (row int, ok bool) {
	if _, known := f.store[who]; known && f.mode == importer.ModeCreate {
		return 0, false
	}
	var names []int
	for _, i := range f.about[who] {
		if f.rows[i].sup != "" || f.rows[i].deletes && len(f.about[who]) == 1 {
			names = append(names, i)
		}
	}
	if len(names) != 1 {
		return 0, false
	}
	return names[0], true
}

// releasing returns the rows that take the LAN ID from the person who has it.
func (f *modelFile) releasing(lan string) []int {
	var out []int
	for _, i := range f.about[f.holder[lan]] {
		if f.mode == importer.ModeCreate {
			break // a stored person keeps everything
		}
		if f.rows[i].deletes || f.rows[i].lan != "" && f.rows[i].lan != lan {
			out = append(out, i)
		}
	}
	return out
}

func (f *modelFile) claim(i int, v *modelVerdict) {
	r := f.rows[i]
	if r.lan == "" {
		return
	}
	v.end.lan = r.lan

	if len(f.claims[r.lan]) > 1 {
		v.fail("lanid.contested")
	}
	if h, held := f.holder[r.lan]; held && h != r.who {
		if by := f.releasing(r.lan); len(by) > 0 {
			v.needs = append(v.needs, by)
		} else {
			v.fail("lanid.taken")
		}
	}
}

// resolve returns whom a LAN ID names when the file is done: the person, the row
// that must happen (or -1), and otherwise the reason why it names no one.
func (f *modelFile) resolve(lan string) (who string, row int, code string) {
	h, held := f.holder[lan]
	switch claims := f.claims[lan]; {
	case held && len(f.releasing(lan)) == 0:
		return h, -1, "" // no row can have it
	case len(claims) > 1:
		return "", -1, "row.blocked"
	case len(claims) == 1:
		return f.rows[claims[0]].who, claims[0], ""
	case held:
		return "", -1, "supervisor.leaving"
	}
	return "", -1, "supervisor.unknown"
}

func (f *modelFile) refer(i int, v *modelVerdict) {
	r := f.rows[i]
	if r.sup == "" {
		return
	}
	who, row, code := f.resolve(r.sup)
	switch {
	case code == "row.blocked" && r.sup == r.lan:
		v.fail("supervisor.self")
		return
	case code == "row.blocked":
		v.needs = append(v.needs, nil)
		v.end.sup = "?"
		return
	case code != "":
		v.fail(code)
		return
	}
	if v.end.sup = who; who == r.who {
		v.fail("supervisor.self")
		return
	}
	if row >= 0 {
		v.needs = append(v.needs, []int{row})
	}
	if f.closes(r.who, who, row) {
		v.fail("reference.cycle")
		return
	}

	// The store would close a circle if no row opened it.
	var opens []int
	mixed := false
	for at := who; at != ""; at = f.store[at].sup {
		if at == r.who {
			v.needs = append(v.needs, opens)
			if mixed {
				v.mixed = append(v.mixed, len(v.needs)-1)
			}
			break
		}
		moving := f.moving(at)
		_, said := f.only(at)
		mixed = mixed || said && moving == nil && opens == nil
		opens = append(opens, moving...)
	}
}

// closes reports whether a person who is led by another, whom a row gave the name
// (or row is -1), leads that other as well when the file is done.
func (f *modelFile) closes(who, leader string, row int) bool {
	for range len(f.store) + len(f.rows) + 1 {
		if leader == who {
			return true
		}
		if i, ok := f.only(leader); ok && row < 0 {
			row = i
		}
		if row >= 0 && (f.rows[row].deletes || f.rows[row].sup != "") {
			to, by, code := f.resolve(f.rows[row].sup)
			if f.rows[row].deletes || code != "" {
				return false
			}
			leader, row = to, by
			continue
		}
		leader, row = f.store[leader].sup, -1
		if i, ok := f.only(leader); ok && f.rows[i].deletes {
			return false
		}
	}
	return false
}

// moving returns the rows after which the person's supervisor in the store no
// longer leads them.
func (f *modelFile) moving(who string) []int {
	i, ok := f.only(who)
	if !ok {
		return nil
	}
	if to, _, code := f.resolve(f.rows[i].sup); !f.rows[i].deletes && code == "" && to == f.store[who].sup {
		return nil
	}
	return []int{i}
}

// leave decides about a deletion: whom it leaves without a supervisor.
func (f *modelFile) leave(i int, v *modelVerdict) {
	for who, p := range f.store {
		switch moving := f.moving(who); {
		case p.sup != f.rows[i].who || who == f.rows[i].who:
		case len(moving) > 0:
			v.needs = append(v.needs, moving)
		default:
			v.led = append(v.led, who)
			v.codes[users.BrakeLeader] = true
		}
	}
}

// keepAdmin keeps one Account Admin: it counts people, not rows.
func (f *modelFile) keepAdmin(i int, v *modelVerdict) {
	loses := func(r modelRow) bool { return f.store[r.who].admin && (r.deletes || r.role == "User") }
	if !loses(f.rows[i]) {
		return
	}
	for who, p := range f.store {
		if p.admin && !slices.ContainsFunc(f.about[who], func(j int) bool { return loses(f.rows[j]) }) {
			return
		}
	}
	var gives []int
	for j, r := range f.rows {
		if r.role == "Account Admin" && !r.deletes && !f.store[r.who].admin {
			gives = append(gives, j)
		}
	}
	if gives == nil {
		v.fail("admin.last")
		return
	}
	v.needs = append(v.needs, gives)
}

// show is what a row is shown to change: the supervisor by the name in the file.
func (f *modelFile) show(r modelRow, v modelVerdict) string {
	was := f.store[r.who]
	var out []string
	if v.end.lan != was.lan {
		out = append(out, "LAN ID "+was.lan+" to "+v.end.lan)
	}
	if v.end.sup != was.sup {
		out = append(out, "supervisor "+was.sup+" to "+r.sup)
	}
	if v.end.admin != was.admin {
		out = append(out, fmt.Sprint("admin ", v.end.admin))
	}
	slices.Sort(v.led)
	return strings.Join(append(out, v.led...), ", ")
}

// block marks rows that need a row that will not happen, or that would close a
// circle because another row does not happen, and returns the rows that do happen.
// Rows in held do not, and keep their action.
func (s modelStore) block(rows []modelRow, vs []modelVerdict, held map[int]bool) map[int]bool {
	live := map[int]bool{}
	for i := range vs {
		if vs[i].happens() && !held[i] {
			live[i] = true
		}
	}

	stop := func(i int) {
		delete(live, i)
		vs[i].action = importer.ActionBlocked
		vs[i].codes["row.blocked"] = true
	}
	for n := -1; n != len(live); {
		n = len(live)
		for i := range live {
			stays := vs[i].stays && len(held) > 0
			for _, group := range vs[i].needs {
				if live[i] && !stays && !slices.ContainsFunc(group, func(j int) bool { return live[j] }) {
					stop(i)
				}
			}
		}
		if n != len(live) {
			continue
		}

		end := s.after(rows, vs, live)
		for _, i := range slices.Sorted(maps.Keys(live)) {
			if !end.circle(rows[i].who) || vs[i].end.sup == s[rows[i].who].sup {
				continue
			}
			if stop(i); vs[i].unseen {
				vs[i].action, vs[i].fails = importer.ActionUpdate, true
				if _, known := s[rows[i].who]; !known {
					vs[i].action = importer.ActionCreate
				}
				delete(vs[i].codes, "row.blocked")
			}
		}
	}
	return live
}

// circle reports whether a person leads themselves.
func (s modelStore) circle(who string) bool {
	at := s[who].sup
	for range s {
		if at == who {
			return true
		}
		at = s[at].sup
	}
	return false
}

// after is the store after the rows that happen.
func (s modelStore) after(rows []modelRow, vs []modelVerdict, live map[int]bool) modelStore {
	end := maps.Clone(s)
	for i, r := range rows {
		switch {
		case !live[i]:
		case r.deletes:
			delete(end, r.who)
		default:
			end[r.who] = vs[i].end
		}
	}
	for who, p := range end {
		if _, there := end[p.sup]; !there && p.sup != "" && slices.ContainsFunc(rows, func(r modelRow) bool { return r.deletes && r.who == p.sup }) {
			p.sup = ""
			end[who] = p
		}
	}
	return end
}
