package importer_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// This file runs every file of two rows over a store of three people, and many
// files of three rows, against the model of exhaustive_model_test.go: what each
// row does, its findings, the store after the commit and after the undo.

// teamTemplate is about e-mail addresses. A row that deletes says nothing else.
func teamTemplate() *importer.Template {
	return &importer.Template{Name: "team", Modes: []importer.Mode{importer.ModeUpsert, importer.ModeCreate, importer.ModeUpdate}, Tables: []importer.Table{{
		Name: "team",
		Columns: []importer.Column{
			{Field: "email", Headings: en("EMAIL"), Required: true, Parse: importer.Email, Space: users.SpaceEmail},
			{Field: "lan_id", Headings: en("LAN ID"), Space: users.SpaceLANID},
			{Field: "supervisor", Headings: en("SUPERVISOR"), RefersIn: users.SpaceLANID},
			{Field: "role", Headings: en("ROLE"), Values: []importer.Value{{Name: users.RoleUser, Labels: en("User")}, {Name: users.RoleAdmin, Labels: en("Account Admin")}}},
			{Field: "delete", Headings: en("DELETE"), Values: []importer.Value{{Name: "yes"}}},
		},
		Draft: func(r importer.Row, d *importer.Draft) {
			d.About(users.SpaceEmail, r.Value("email"))
			d.OneRowPerPerson()
			if r.Value("delete") == "yes" {
				d.Delete()
				return
			}
			d.Claim(users.SpaceEmail, r.Value("email"))
			d.Claim(users.SpaceLANID, r.Value("lan_id"))
			d.ReferCell("supervisor", users.SpaceLANID)
			d.WantCell("role")
			d.WantIfCreating("name", r.Value("email"))
		},
	}}}
}

func mailOf(who string) string { return who + "@x.com" }

// cells are the row as a file has it.
func (r modelRow) cells() []string {
	if r.deletes {
		return []string{mailOf(r.who), "", "", "", "yes"}
	}
	return []string{mailOf(r.who), r.lan, r.sup, r.role, ""}
}

func (r modelRow) String() string {
	if r.deletes {
		return r.who + ": delete"
	}
	out := r.who + ":"
	for _, c := range [][2]string{{"LAN ID", r.lan}, {"supervisor", r.sup}, {"role", r.role}} {
		if c[1] != "" {
			out += fmt.Sprintf(" %s %s,", c[0], c[1])
		}
	}
	return strings.TrimSuffix(out, ",")
}

func (s modelStore) records() []users.Record {
	var out []users.Record
	for _, who := range slices.Sorted(maps.Keys(s)) {
		p := s[who]
		prof := &users.Profile{Email: mailOf(who), DisplayName: who, Source: users.Local, ContactCentre: &users.ContactCentre{LANID: p.lan, Supervisor: users.ID(p.sup)}}
		prof.Grant(users.RoleAdmin, p.admin)
		out = append(out, users.Record{Head: users.Head{ID: users.ID(who), Account: acme}, Data: prof})
	}
	return out
}

// A modelCase is one store and one file.
type modelCase struct {
	name  string // of the store
	store modelStore
	mode  importer.Mode
	rows  []modelRow
}

func (c modelCase) String() string {
	out := fmt.Sprintf("%s, mode %s", c.name, c.mode)
	for _, r := range c.rows {
		out += " / " + r.String()
	}
	return out
}

func (c modelCase) scene(tpl *importer.Template) *scene {
	var cells [][]string
	for _, r := range c.rows {
		cells = append(cells, r.cells())
	}
	return asHost(tpl, c.store.records(), cells...).as(users.Partner("pat")).in(c.mode)
}

// readModel reads a store as the model writes it, and reports what no store may hold.
func readModel(t tb, store users.Store) (modelStore, error) {
	recs := everything(t, store)
	out := modelStore{}
	who := func(id users.ID) string { return strings.TrimSuffix(recs[id].Field("email"), "@x.com") }
	for id, r := range recs {
		u, _ := r.User()
		p := modelPerson{admin: u.Admin(), lan: r.Field("lan_id")}
		if sup := users.ID(r.Field("supervisor")); sup != "" {
			if _, there := recs[sup]; !there {
				return nil, fmt.Errorf("the supervisor of %s is %s, who does not exist", who(id), sup)
			}
			p.sup = who(sup)
		}
		out[who(id)] = p
	}
	for w := range out {
		if out.circle(w) {
			return nil, fmt.Errorf("a circle of supervisors runs through %s", w)
		}
	}
	return out, nil
}

func (s modelStore) hasAdmin() bool {
	for _, p := range s {
		if p.admin {
			return true
		}
	}
	return false
}

// A difference is one thing in which the engine does not do what the model says.
type difference struct{ what, model, engine string }

func (d difference) String() string {
	return fmt.Sprintf("%s: the model says %s, the engine %s", d.what, d.model, d.engine)
}

type differences []difference

func (d *differences) compare(what string, model, engine any) {
	if m, e := fmt.Sprint(model), fmt.Sprint(engine); m != e {
		*d = append(*d, difference{what, m, e})
	}
}

// check previews and commits the file, without and with approval of what a brake
// holds back, and takes it back.
func (c modelCase) check(t *testing.T, tpl *importer.Template, known []exception) differences {
	var diffs differences
	verdicts := decideModel(c.store, c.mode, c.rows, known)
	held := map[int]bool{}
	for i, v := range verdicts {
		if v.happens() && len(v.led) > 0 {
			held[i] = true
		}
	}

	diffs = append(diffs, c.checkCommit(t, tpl, verdicts, held)...)
	if len(held) > 0 {
		diffs = append(diffs, c.checkCommit(t, tpl, verdicts, nil, users.BrakeLeader)...)
	}
	return diffs
}

func (c modelCase) checkCommit(t *testing.T, tpl *importer.Template, verdicts []modelVerdict, held map[int]bool, approve ...string) differences {
	var diffs differences
	s := c.scene(tpl)
	store := s.store(t)
	before := everything(t, store)

	p := s.preview(t, store)
	for v := range p.Rows() {
		i := v.Number - 2
		want, got := verdicts[i].compared(v)
		diffs.compare(fmt.Sprintf("row %d", i+1), want, got)
	}
	if approve == nil {
		diffs.compare("brake", len(held) > 0, slices.Contains(brakes(p), users.BrakeLeader))
	}

	report, err := p.Commit(t.Context(), &importer.CommitOptions{Approve: approve})
	require.NoError(t, err, c)
	then := cloneVerdicts(verdicts)
	live := c.store.block(c.rows, then, held)
	for i, v := range then {
		want, got := v.outcome(live[i], held[i]), report.Lines[i].Outcome
		if v.alike(want, got) {
			want = got
		}
		diffs.compare(fmt.Sprintf("outcome of row %d, approved %v", i+1, approve), want, got)
	}

	end, err := readModel(t, store)
	diffs.compare("the store is sound", nil, err)
	diffs.compare("an admin is left", true, end.hasAdmin() || !c.store.hasAdmin())
	diffs.compare(fmt.Sprintf("the store after the commit, approved %v", approve), c.store.after(c.rows, verdicts, live), end)
	diffs.compare(fmt.Sprintf("undo, approved %v", approve), "", undone(t, s, store, report.ID, before))
	return diffs
}

// compared returns what the model and the engine say of a row in the preview.
func (v modelVerdict) compared(row importer.RowView) (want, got string) {
	drop := maps.Clone(v.maybe)
	action := func(a importer.Action) string { return a.String() }
	if v.vague {
		drop["reference.cycle"], drop["row.blocked"] = true, true
		action = func(a importer.Action) string {
			if a == importer.ActionBlocked {
				a = importer.ActionError
			}
			return a.String()
		}
	}

	var codes []string
	led := ""
	for _, f := range row.Findings {
		codes = append(codes, f.Code)
		if f.Code == users.BrakeLeader && row.Action == importer.ActionDelete {
			led = f.Args["count"]
		}
	}
	wantLed := ""
	if len(v.led) > 0 && v.action == importer.ActionDelete {
		wantLed = strconv.Itoa(len(v.led))
	}
	shown := func(a importer.Action, codes []string, led string) string {
		codes = slices.DeleteFunc(codes, func(code string) bool { return drop[code] })
		slices.Sort(codes)
		return fmt.Sprint(action(a), slices.Compact(codes), led)
	}
	return shown(v.action, slices.Collect(maps.Keys(v.codes)), wantLed), shown(row.Action, codes, led)
}

func cloneVerdicts(vs []modelVerdict) []modelVerdict {
	out := slices.Clone(vs)
	for i := range out {
		out[i].codes = maps.Clone(out[i].codes)
	}
	return out
}

// outcome is what becomes of the row in a commit in which it is live, or held back.
func (v modelVerdict) outcome(live, held bool) importer.Outcome {
	switch {
	case v.action == importer.ActionError, v.fails:
		return importer.OutcomeFailed
	case held:
		return importer.OutcomeSkipped
	case !live:
		return importer.OutcomeBlocked
	}
	return outcomeOf[v.action]
}

// alike reports whether it does not matter which of two outcomes a row has.
func (v modelVerdict) alike(a, b importer.Outcome) bool {
	none := []importer.Outcome{importer.OutcomeBlocked, importer.OutcomeFailed}
	return v.vague && slices.Contains(none, a) && slices.Contains(none, b)
}

// undone takes an import back and returns how the store then differs from before.
func undone(t *testing.T, s *scene, store users.Store, id users.ID, before map[users.ID]users.Record) string {
	p, err := importer.Undo(t.Context(), s.openAs(store, "undo"), id, nil)
	if dataDiff(t, before, everything(t, store)) == "" {
		if errors.Is(err, importer.ErrNothing) {
			return ""
		}
		return fmt.Sprint("an undo of nothing: ", err)
	}
	require.NoError(t, err)

	r, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	if !r.Done() {
		return fmt.Sprint("rows of the undo: ", r.Counts)
	}
	return dataDiff(t, before, everything(t, store))
}

// dataDiff compares records without versions and times.
func dataDiff(t *testing.T, want, got map[users.ID]users.Record) string {
	text := func(recs map[users.ID]users.Record) []string {
		var out []string
		for _, id := range sortedIDs(recs) {
			data, err := users.EncodeData(recs[id].Data)
			require.NoError(t, err)
			out = append(out, fmt.Sprintf("%s %s", id, data))
		}
		return out
	}
	return cmp.Diff(text(want), text(got))
}

// checkSecond makes two previews of one store and commits one after the other.
func (c modelCase) checkSecond(t *testing.T, tpl *importer.Template, first modelCase, known []exception) differences {
	var diffs differences
	s1, s2 := first.scene(tpl), c.scene(tpl)
	store := s1.store(t)
	p1, p2 := s1.previewIn(t, s1.openAs(store, "one")), s2.previewIn(t, s2.openAs(store, "two"))
	approve := &importer.CommitOptions{Approve: []string{users.BrakeLeader}}

	_, err := p1.Commit(t.Context(), approve)
	require.NoError(t, err, c)
	verdicts := decideModel(c.store, first.mode, first.rows, known)
	between := c.store.after(first.rows, verdicts, c.store.block(first.rows, verdicts, nil))

	// A row is written if it would still do what it was shown to do.
	shown, now := decideModel(c.store, c.mode, c.rows, known), decideModel(between, c.mode, c.rows, known)
	held := map[int]bool{}
	for i := range shown {
		if shown[i].action == importer.ActionUnchanged && len(now[i].codes) == 1 && now[i].codes["reference.cycle"] {
			now[i].action = importer.ActionUnchanged // the store has no circle: a row that would close it does not happen
		}
		held[i] = !shown[i].happens() || shown[i].action != now[i].action || shown[i].shown != now[i].shown
	}
	live := between.block(c.rows, cloneVerdicts(now), held)

	report, err := p2.Commit(t.Context(), approve)
	require.NoError(t, err, c)
	for i, v := range shown {
		want, got := v.outcome(live[i], false), report.Lines[i].Outcome
		if v.happens() && !live[i] {
			want = importer.OutcomeConflict // of the row, or of one that it needs
		}
		refused := v.refused && got == importer.OutcomeFailed && slices.ContainsFunc(report.Lines[i].Findings, func(f formats.Finding) bool { return f.Code == "admin.last" })
		if want == importer.OutcomeConflict && (got == importer.OutcomeBlocked || refused) || v.alike(want, got) {
			want = got
		}
		diffs.compare(fmt.Sprintf("outcome of row %d of the second import (%s before, %s now)", i+1, v.action, now[i].action), want, got)
		diffs.compare("a conflict has a finding", true, got != importer.OutcomeConflict || len(report.Lines[i].Findings) > 0)
	}

	end, err := readModel(t, store)
	diffs.compare("the store is sound", nil, err)
	diffs.compare("an admin is left", true, end.hasAdmin() || !c.store.hasAdmin())
	diffs.compare("the store after both imports", between.after(c.rows, now, live), end)
	return diffs
}

// A namedStore is a store, and what rows about it say: of supervisors, of roles, or
// of both, which makes too many files for a test of every run.
type namedStore struct {
	name        string
	store       modelStore
	sups, roles []string
}

func modelStores() []namedStore {
	three := func(x, y, z modelPerson) modelStore {
		x.lan, y.lan, z.lan = "lx", "ly", "lz"
		return modelStore{"x": x, "y": y, "z": z}
	}
	p, admin := modelPerson{}, modelPerson{admin: true}
	led := func(by string) modelPerson { return modelPerson{sup: by} }
	sups, roles := []string{"", "lx", "ly", "lz", "new", "unknown"}, []string{"", "Account Admin", "User"}

	return []namedStore{
		{"no links", three(p, p, p), sups, roles[:1]},
		{"y led by x", three(p, led("x"), p), sups, roles[:1]},
		{"y led by x, z by y", three(p, led("x"), led("y")), sups, roles[:1]},
		{"x is the admin", three(admin, p, p), []string{"", "new"}, roles},
		{"x and y are admins", three(admin, admin, p), []string{"", "new"}, roles},
		{"x is the admin, y led by x", three(admin, led("x"), p), sups, roles},
	}
}

// rows are the rows that a file may have about the people.
func (s namedStore) rows(people ...string) []modelRow {
	var out []modelRow
	for _, who := range people {
		out = append(out, modelRow{who: who, deletes: true})
		for _, lan := range []string{"", "lx", "ly", "lz", "new"} {
			for _, sup := range s.sups {
				for _, role := range s.roles {
					out = append(out, modelRow{who: who, lan: lan, sup: sup, role: role})
				}
			}
		}
	}
	return out
}

// draw draws rows about three people and up to two new ones.
func (s namedStore) draw(rnd *rand.Rand, n int) []modelRow {
	rows := s.rows("x", "y", "z", "n", "m")
	var out []modelRow
	for range n {
		out = append(out, rows[rnd.IntN(len(rows))])
	}
	return out
}

func modelModes() []importer.Mode {
	return []importer.Mode{importer.ModeUpsert, importer.ModeCreate, importer.ModeUpdate}
}

// oneOf is the part of the cases that a test takes: a tenth, or less with -short.
func oneOf() int {
	if testing.Short() {
		return 100
	}
	return 10
}

// Every file of two rows. Two files that differ in the order of their rows, or in
// the name of a new person, are one. Where no one is new, update and upsert are one.
func TestEveryTwoRowFile(t *testing.T) {
	for n, st := range modelStores() {
		t.Run(st.name, func(t *testing.T) {
			t.Parallel()
			tpl, known, rnd, cases := teamTemplate(), exceptions(), rand.New(rand.NewPCG(12, uint64(n))), 0
			part := oneOf()
			if len(st.sups)*len(st.roles) > 6 {
				part *= 10
			}
			rows := st.rows("x", "y", "z", "n", "m")
			for i, a := range rows {
				for _, b := range rows[i:] {
					for _, mode := range modelModes() {
						someoneNew := a.who == "n" || b.who == "n"
						switch {
						case a.who == "m", b.who == "m" && a.who != "n": // as if n
							continue
						case mode == importer.ModeUpdate && !someoneNew: // as if upsert
							continue
						case !long() && rnd.IntN(part) != 0:
							continue
						}
						c := modelCase{st.name, st.store, mode, []modelRow{a, b}}
						if rnd.IntN(2) == 0 {
							slices.Reverse(c.rows)
						}
						require.Empty(t, c.check(t, tpl, known), c)
						cases++
					}
				}
			}
			t.Log(cases, "files")
		})
	}
}

// Files of three rows: too many for all, so these are drawn, always the same.
func TestThreeRowFiles(t *testing.T) {
	t.Parallel()
	n := 15000 / oneOf()
	if long() {
		n = 100000
	}
	tpl, known, rnd, stores := teamTemplate(), exceptions(), rand.New(rand.NewPCG(12, 3)), modelStores()
	for range n {
		st := stores[rnd.IntN(len(stores))]
		c := modelCase{st.name, st.store, modelModes()[rnd.IntN(3)], st.draw(rnd, 3)}
		require.Empty(t, c.check(t, tpl, known), c)
	}
	t.Log(n, "files")
}

// Two imports that were previewed on one store: the second is told row by row what
// it would no longer do, and the store never holds a circle, a supervisor who does
// not exist, or no admin where there was one.
func TestTwoImportsAtOnce(t *testing.T) {
	t.Parallel()
	n := 25000 / oneOf()
	if long() {
		n = 100000
	}
	tpl, known, rnd, stores := teamTemplate(), exceptions(), rand.New(rand.NewPCG(12, 2)), modelStores()
	for _, tt := range []struct {
		name          string
		store         namedStore
		first, second modelRow
	}{
		{"a circle", stores[0], modelRow{who: "x", sup: "ly"}, modelRow{who: "y", sup: "lx"}},
		{"a circle through the store", stores[1], modelRow{who: "z", sup: "ly"}, modelRow{who: "x", sup: "lz"}},
		{"a supervisor who leaves", stores[0], modelRow{who: "x", deletes: true}, modelRow{who: "y", sup: "lx"}},
		{"a supervisor who leaves, the other way round", stores[0], modelRow{who: "y", sup: "lx"}, modelRow{who: "x", deletes: true}},
		{"the last admin", stores[4], modelRow{who: "x", role: "User"}, modelRow{who: "y", deletes: true}},
	} {
		first := modelCase{tt.store.name, tt.store.store, importer.ModeUpsert, []modelRow{tt.first}}
		second := modelCase{tt.store.name, tt.store.store, importer.ModeUpsert, []modelRow{tt.second}}
		require.Empty(t, second.checkSecond(t, tpl, first, known), tt.name)
		alone := decideModel(second.store, second.mode, second.rows, known)
		require.True(t, alone[0].happens(), "%s: the second import alone would be done", tt.name)
	}

	for range n {
		st := stores[rnd.IntN(len(stores))]
		first := modelCase{st.name, st.store, importer.ModeUpsert, st.draw(rnd, 1+rnd.IntN(2))}
		second := modelCase{st.name, st.store, importer.ModeUpsert, st.draw(rnd, 1+rnd.IntN(2))}
		require.Empty(t, second.checkSecond(t, tpl, first, known), "%s, then %s", first, second)
	}
	t.Log(n, "pairs of files")
}
