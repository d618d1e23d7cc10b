package reststore_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/internal/office"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
	"github.com/usher-go/usher/users/reststore"
	"github.com/usher-go/usher/users/storetest"
)

const (
	acme users.AccountID = "acme"
	imp  users.ID        = "import-1"
)

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// A scene is a file and the people it is about.
type scene struct {
	name, reason string
	template     func() *importer.Template
	people       []users.Profile
	file         string
	want         map[importer.Outcome]int
}

func scenes() []scene {
	cc := func(lan string) *users.ContactCentre { return &users.ContactCentre{LANID: lan} }
	return []scene{
		{
			name: "cloudlink", reason: "people are made and changed by their addresses",
			template: cloudlink.Users,
			people: []users.Profile{
				{Email: "ada@example.com", FirstName: "Ada", LastName: "Byron"},
				{Email: "bob@example.com", FirstName: "Bob", LastName: "Baker"},
			},
			file: "FIRST NAME,LAST NAME,EMAIL,ROLE\n" +
				"Cyd,Carter,cyd@example.com,\n" +
				"Ada,Lovelace,ada@example.com,\n" +
				"Bob,Baker,bob@example.com,\n" +
				"Dan,,dan@example,\n" +
				"Eve,Evans,eve@example.com,Account Admin\n",
			want: map[importer.Outcome]int{importer.OutcomeCreated: 2, importer.OutcomeUpdated: 1, importer.OutcomeUnchanged: 1, importer.OutcomeFailed: 1},
		},
		{
			name: "staff", reason: "rows need each other: a supervisor of the same file, an address that somebody who leaves gives up",
			template: staff,
			people: []users.Profile{
				{Email: "p0@example.com", DisplayName: "Zero", ContactCentre: cc("l0")},
				{Email: "p1@example.com", DisplayName: "One", ContactCentre: cc("l1")},
				{Email: "p2@example.com", DisplayName: "Two", ContactCentre: cc("l2")},
			},
			file: "LAN ID,EMAIL,NAME,SUPERVISOR,LEAVES\n" +
				"l4,p4@example.com,Four,l3,\n" +
				"l3,p3@example.com,Three,,\n" +
				"l0,p1@example.com,Zero,,\n" +
				"l1,,,,yes\n" +
				"l2,p2@example.com,Two and more,l4,\n" +
				"l9,p9@example.com,Nine,nobody,\n",
			want: map[importer.Outcome]int{importer.OutcomeCreated: 2, importer.OutcomeUpdated: 2, importer.OutcomeDeleted: 1, importer.OutcomeFailed: 1},
		},
	}
}

// staff is the office's people, without their lines.
func staff() *importer.Template {
	t := office.Staff()
	t.Tables = t.Tables[:1]
	return t
}

// A rig is an API, a store beside it that can fail, and the two as one Store.
type rig struct {
	api    *api
	inner  *memstore.Store
	beside *storetest.Faulty
	store  *reststore.Store
}

func newRig(t *testing.T, s scene) *rig {
	t.Helper()
	r := &rig{api: newAPI(t), inner: memstore.New()}
	r.restart()
	for i, p := range s.people {
		id := users.ID(fmt.Sprintf("u%d", i))
		rec := users.Record{Head: users.Head{ID: id, Account: acme, Created: noon(), Updated: noon()}, Data: &p}
		require.NoError(t, r.store.Apply(t.Context(), users.Batch{Import: "seed", Writes: []users.Write{{ID: id, Record: &rec}}}))
	}
	return r
}

// restart is another process: it knows what was stored, and nothing else.
func (r *rig) restart() {
	r.beside = storetest.NewFaulty(r.inner)
	r.store = reststore.New(r.api.client(), r.beside, nil)
}

func (r *rig) preview(t *testing.T, s scene, ids string, resume users.ID) *importer.Preview {
	t.Helper()
	n := 0
	dir := users.Open(r.store, users.Partner("pat"), &users.Options{Now: noon, NewID: func() users.ID {
		n++
		return users.ID(fmt.Sprintf("%s-%d", ids, n))
	}})
	table, err := csv.Read(t.Context(), strings.NewReader(s.file), nil)
	require.NoError(t, err)
	p, err := importer.New(dir, s.template(), &importer.Options{Account: acme, Mode: importer.ModeUpsert, Resume: resume}).
		Preview(t.Context(), []*formats.Table{table}...)
	require.NoError(t, err)
	return p
}

func options() *importer.CommitOptions { return &importer.CommitOptions{ID: imp, Batch: 1} }

// An end is what a commit comes to, the ids that it made left out.
type end struct {
	People   []string
	Outcomes map[users.RowID]importer.Outcome
	Images   map[users.RowID]int
	Counts   map[string]int
	State    users.ImportState
}

func (r *rig) end(t *testing.T, report *importer.Report) end {
	t.Helper()
	e := end{Outcomes: map[users.RowID]importer.Outcome{}, Images: map[users.RowID]int{}}
	page, err := r.store.List(t.Context(), users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}})
	require.NoError(t, err)
	names := map[users.ID]string{"": ""}
	for _, p := range page.Records {
		names[p.ID] = p.Data.(*users.Profile).Email
	}
	for _, p := range page.Records {
		d := p.Data.(*users.Profile)
		text := fmt.Sprintf("%s %q %v version %d", d.Email, d.Name(), d.Roles, p.Version)
		if c := d.ContactCentre; c != nil {
			text += " " + c.LANID + " under " + names[c.Supervisor]
		}
		e.People = append(e.People, text)
	}
	for _, l := range report.Lines {
		e.Outcomes[l.Row] = l.Outcome
	}
	recs, err := r.store.Find(t.Context(), []users.Key{users.ByID(imp)})
	require.NoError(t, err)
	require.Len(t, recs, 1)
	e.Counts, e.State = recs[0].Data.(*users.Import).Counts, recs[0].Data.(*users.Import).State
	for entry, err := range r.store.Journal(t.Context(), imp, 0) {
		require.NoError(t, err)
		_, twice := e.Images[entry.Row]
		require.False(t, twice, "row %d is in the journal twice", entry.Row)
		e.Images[entry.Row] = len(entry.Images)
	}
	back, err := importer.LoadReport(t.Context(), users.Open(r.store, users.Partner("pat"), nil), imp)
	require.NoError(t, err)
	require.Equal(t, text(t, report), text(t, back), "the report returned, and read back")
	for _, p := range r.plans(t) {
		require.Empty(t, p.Data.(*users.Profile).Custom, "%s: nothing is left of what was intended", p.ID)
	}
	return e
}

func text(t *testing.T, r *importer.Report) string {
	t.Helper()
	b, err := json.Marshal(r)
	require.NoError(t, err)
	return string(b)
}

// plans is what the store beside has of kind user.
func (r *rig) plans(t *testing.T) []users.Record {
	t.Helper()
	page, err := r.inner.List(t.Context(), users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}})
	require.NoError(t, err)
	require.Len(t, page.Records, 1)
	return page.Records
}

// A fault is a place where something fails.
type fault struct {
	op    string // "http", or an operation of the store beside
	after bool
	stays bool // from there on, as when the process died; else once
}

func (f fault) String() string {
	s := f.op + " before"
	if f.after {
		s = f.op + " after"
	}
	if f.stays {
		s += ", and all that follows"
	}
	return s
}

func faults() []fault {
	var out []fault
	for _, op := range []string{"http", storetest.OpApply, storetest.OpFind, storetest.OpJournal} {
		for _, after := range []bool{false, true} {
			out = append(out, fault{op, after, false}, fault{op, after, true})
		}
	}
	return out
}

var errFault = errors.New("fault")

// arm makes call number at of the fault's operation fail, and reports later
// whether it did, and whether there were fewer calls. A call that was refused
// had no effect after which it could fail. What follows fails before its
// effect: the process is gone.
func (r *rig) arm(f fault, at int) (hit func() (reached, over bool)) {
	var gone, did atomic.Bool
	httpBase, opBase := r.api.requests(), r.beside.Calls(f.op)
	this := func(op string, n int) bool {
		base := opBase
		if op == "http" {
			base = httpBase
		}
		if op != f.op || n != base+at {
			return false
		}
		did.Store(true)
		gone.Store(f.stays)
		return true
	}
	before := func(op string, n int) bool { return gone.Load() || !f.after && this(op, n) }
	after := func(op string, n int) bool { return f.after && this(op, n) }
	r.api.told(func() {
		r.api.before = func(n int) bool { return before("http", n) }
		r.api.after = func(n int) bool { return after("http", n) }
	})
	told := func(hit func(string, int) bool) func(string, int) error {
		return func(op string, n int) error {
			if hit(op, n) {
				return errFault
			}
			return nil
		}
	}
	r.beside.Before, r.beside.After = told(before), told(after)
	return func() (reached, over bool) {
		calls := r.beside.Calls(f.op) - opBase
		if f.op == "http" {
			calls = r.api.requests() - httpBase
		}
		return did.Load(), calls < at
	}
}

func (r *rig) disarm() {
	r.api.disarm()
	r.beside.Before, r.beside.After = nil, nil
}

func clean(t *testing.T, s scene) end {
	t.Helper()
	r := newRig(t, s)
	report, err := r.preview(t, s, "new", "").Commit(t.Context(), options())
	require.NoError(t, err)
	require.Equal(t, s.want, report.Counts)
	return r.end(t, report)
}

// Whatever fails, a request or a call of the store beside, before its effect or
// after it: called again, a commit ends where a clean one ends. Where it fails
// once the same process goes on; where it fails for good another does, which
// knows the file and the id alone.
func TestEveryFault(t *testing.T) {
	for _, s := range scenes() {
		want := clean(t, s)
		for _, f := range faults() {
			t.Run(s.name+"/"+f.String(), func(t *testing.T) {
				t.Log(s.reason)
				reached := 0
				for at := 1; ; at++ {
					r := newRig(t, s)
					p := r.preview(t, s, "new", "")
					hit := r.arm(f, at)
					report, err := p.Commit(t.Context(), options())
					r.disarm()
					now, over := hit()
					if !now {
						require.NoError(t, err)
						require.Empty(t, cmp.Diff(want, r.end(t, report)), "(-clean +not disturbed)")
						if over {
							break
						}
						continue
					}
					reached++
					if err != nil {
						r.requireTold(t, report)
					}
					if f.stays {
						r.restart()
						p = r.preview(t, s, "later", r.begun(t))
					}
					if err != nil || f.stays {
						report, err = p.Commit(t.Context(), options())
						require.NoError(t, err, "called again after call %d", at)
					}
					require.Empty(t, cmp.Diff(want, r.end(t, report)), "call %d (-clean +this)", at)
				}
				written := s.want[importer.OutcomeCreated] + s.want[importer.OutcomeUpdated] + s.want[importer.OutcomeDeleted]
				if f.op == "http" || f.op == storetest.OpApply {
					require.GreaterOrEqual(t, reached, 2*written, "every step of every row is broken once")
				}
			})
		}
	}
}

// requireTold: what the report of a broken commit calls written is written.
func (r *rig) requireTold(t *testing.T, report *importer.Report) {
	t.Helper()
	require.NotNil(t, report)
	var done []users.RowID
	for e, err := range r.store.Journal(t.Context(), imp, 0) {
		require.NoError(t, err)
		done = append(done, e.Row)
	}
	for l := range report.Find(importer.OutcomeCreated, importer.OutcomeUpdated, importer.OutcomeDeleted) {
		require.True(t, slices.Contains(done, l.Row), "row %d is reported as %s and was not written", l.Number, l.Outcome)
	}
}

// begun is the import's id if there is anything to resume.
func (r *rig) begun(t *testing.T) users.ID {
	t.Helper()
	recs, err := r.store.Find(t.Context(), []users.Key{users.ByID(imp)})
	require.NoError(t, err)
	if len(recs) == 0 {
		return ""
	}
	return imp
}
