package invariant

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// A Clean is a run that nothing disturbed: what every other must come to.
type Clean struct {
	state  []string
	images map[users.RowID][]string
	report string
	rows   int
}

// Take notes what a run came to: before is the store's state before it.
func Take(t TB, before State, store users.Store, r *importer.Report) Clean {
	t.Helper()
	entries := Journal(t, store, r.ID)
	var n naming
	n.name(entries)
	now := Read(t, store)
	requireReplay(t, before, now, entries)
	requireSays(t, store, now, r, entries)
	RequireNamed(t, r)
	return Clean{named(n.replacer(), now.texts()), imagesOf(n.replacer(), entries), reportText(t, n.replacer(), r), len(r.Lines)}
}

// Rows is how many rows the run's report has.
func (c Clean) Rows() int { return c.rows }

func named(n *strings.Replacer, texts []string) []string {
	out := make([]string, len(texts))
	for i, s := range texts {
		out[i] = n.Replace(s)
	}
	slices.Sort(out)
	return out
}

// imagesOf are, by row, the records it wrote, before and after.
func imagesOf(n *strings.Replacer, entries []users.Entry) map[users.RowID][]string {
	out := map[users.RowID][]string{}
	for _, e := range entries {
		var texts []string
		for _, i := range e.Images {
			texts = append(texts, n.Replace(text(i.Before)+" > "+text(i.After)))
		}
		slices.Sort(texts)
		out[e.Row] = texts
	}
	return out
}

// reportText is the whole report but its time.
func reportText(t TB, n *strings.Replacer, r *importer.Report) string {
	t.Helper()
	c := *r
	c.At = time.Time{}
	var b bytes.Buffer
	if err := c.WriteJSON(&b); err != nil {
		t.Fatalf("write the report: %v", err)
	}
	return n.Replace(b.String())
}

// Hidden says what a report can know of a fault.
type Hidden bool

const (
	// Told is a fault that hid nothing: what the store did it said.
	Told Hidden = false
	// Unsaid is a call that may have had its effect and answered an error, after
	// which nobody looked again.
	Unsaid Hidden = true
)

// RequirePart holds after a fault, of a store that the import may have written
// to: every row is done whole or not at all, and as in the clean run; nothing
// else was written; and the report, where there is one, says just those rows.
func (c Clean) RequirePart(t TB, before State, store users.Store, imp users.ID, r *importer.Report, hidden Hidden) {
	t.Helper()
	c.requirePart(t, before, store, Read(t, store), Journal(t, store, imp), r, hidden)
}

func (c Clean) requirePart(t TB, before State, store users.Store, now State, entries []users.Entry, r *importer.Report, hidden Hidden) {
	t.Helper()
	requireReplay(t, before, now, entries)
	var n naming
	n.name(entries)
	got := imagesOf(n.replacer(), entries)
	for row, texts := range got {
		if d := cmp.Diff(c.images[row], texts); d != "" {
			t.Fatalf("row %d is not as the clean run did it (-clean +this):\n%s", row.Number(), d)
		}
	}
	RequireSound(t, now)
	if r == nil {
		return
	}
	done := map[users.RowID]bool{}
	for _, e := range entries {
		done[e.Row] = true
	}
	said := map[users.RowID]bool{}
	for _, l := range r.Lines {
		if said[l.Row] = true; !done[l.Row] {
			t.Fatalf("row %d is reported as %s and was not done", l.Number, l.Outcome)
		}
	}
	for row := range done {
		if !said[row] && hidden == Told {
			t.Fatalf("row %d was done and is not reported", row.Number())
		}
	}
	if hidden == Told {
		requireSays(t, store, now, r, entries)
	}
}

// RequireEnd holds after the import was called again until it came to its end:
// everything is as after the clean run, and the report read back is the one returned.
func (c Clean) RequireEnd(t TB, before State, store users.Store, dir *users.Directory, r *importer.Report) {
	t.Helper()
	now, entries := Read(t, store), Journal(t, store, r.ID)
	c.requirePart(t, before, store, now, entries, r, Told)
	var n naming
	n.name(entries)
	if d := cmp.Diff(c.state, named(n.replacer(), now.texts())); d != "" {
		t.Fatalf("the store (-clean +this):\n%s", d)
	}
	if d := cmp.Diff(c.images, imagesOf(n.replacer(), entries)); d != "" {
		t.Fatalf("the journal (-clean +this):\n%s", d)
	}
	if d := cmp.Diff(c.report, reportText(t, n.replacer(), r)); d != "" {
		t.Fatalf("the report (-clean +this):\n%s", d)
	}
	back, err := importer.LoadReport(t.Context(), dir, r.ID)
	if err != nil {
		t.Fatalf("the report read back: %v", err)
	}
	var none naming
	if d := cmp.Diff(reportText(t, none.replacer(), r), reportText(t, none.replacer(), back)); d != "" || !r.At.Equal(back.At) {
		t.Fatalf("the report of %s, read back at %s (-returned +read back):\n%s", r.At, back.At, d)
	}
	RequireNamed(t, r)
}

// requireReplay: the state is the one before with what the entries did, and nothing else.
func requireReplay(t TB, before, now State, entries []users.Entry) {
	t.Helper()
	want := State{}
	for id, r := range before {
		want[id] = r
	}
	for _, e := range entries {
		for _, i := range e.Images {
			was, is := i.Before, i.After
			id := users.ID("")
			if is != nil {
				id = is.ID
			} else {
				id = was.ID
			}
			var found *users.Record
			if r, ok := want[id]; ok {
				found = &r
			}
			if text(found) != text(was) {
				t.Fatalf("row %d found %s, and its journal says %s", e.Row.Number(), text(found), text(was))
			}
			if is != nil {
				want[id] = *is
			} else {
				delete(want, id)
			}
		}
	}
	RequireEqual(t, "the store, and what its journal says of it", want, now)
}

// requireSays: the report says of every row that is done what its journal says,
// and what it says was made, changed or deleted is so in the store; the import's
// record counts alike.
func requireSays(t TB, store users.Store, now State, r *importer.Report, entries []users.Entry) {
	t.Helper()
	requireJournaled(t, r, entries)
	for _, l := range r.Lines {
		is, there := now[l.User]
		p, _ := is.Data.(*users.Profile)
		switch l.Outcome {
		case importer.OutcomeCreated, importer.OutcomeUpdated:
			if l.User != "" && p == nil {
				t.Fatalf("row %d is reported as %s of %s, who is not there", l.Number, l.Outcome, l.User)
			}
		case importer.OutcomeDeleted:
			if there && (p == nil || !p.Inactive) {
				t.Fatalf("row %d is reported to have deleted %s, who is there", l.Number, l.User)
			}
		}
	}
	found, err := store.Find(t.Context(), []users.Key{users.ByID(r.ID)})
	if err != nil {
		t.Fatalf("find the import: %v", err)
	}
	if len(found) == 0 {
		if len(entries) > 0 {
			t.Fatalf("%d rows are done of an import that has no record", len(entries))
		}
		return
	}
	imp := found[0].Data.(*users.Import)
	total := map[string]int{}
	for o, n := range r.Counts {
		total[string(o)] = n
	}
	if d := cmp.Diff(total, imp.Counts); d != "" && len(total)+len(imp.Counts) > 0 {
		t.Fatalf("counts of the import's record (-report +record):\n%s", d)
	}
	if imp.State != r.State && !(imp.State == users.ImportRunning && r.State == users.ImportInterrupted) { // which is never stored
		t.Fatalf("the import is %s, its report says %s", imp.State, r.State)
	}
}

// RequireJournaled requires that the report and the journal of an import say the same of the same rows.
func RequireJournaled(t TB, store users.Store, r *importer.Report) {
	t.Helper()
	entries := Journal(t, store, r.ID)
	requireJournaled(t, r, entries)
	if len(entries) != len(r.Lines) {
		t.Fatalf("%d rows are done, %d reported", len(entries), len(r.Lines))
	}
}

func requireJournaled(t TB, r *importer.Report, entries []users.Entry) {
	t.Helper()
	lines := map[users.RowID]importer.ReportLine{}
	counts := map[importer.Outcome]int{}
	for _, l := range r.Lines {
		lines[l.Row] = l
		counts[l.Outcome]++
	}
	if d := cmp.Diff(counts, r.Counts); d != "" {
		t.Fatalf("counts of the report (-lines +counts):\n%s", d)
	}
	made := map[users.ID]bool{}
	for _, e := range entries {
		l, note := lines[e.Row], importer.ReportLine{}
		if err := json.Unmarshal(e.Note, &note); err != nil || note.Outcome != l.Outcome || note.User != l.User {
			t.Fatalf("row %d is reported as %s of %q, its journal says %s of %q: %v", e.Row.Number(), l.Outcome, l.User, note.Outcome, note.User, err)
		}
		images := len(e.Images)
		switch l.Outcome {
		case importer.OutcomeCreated:
			if made[l.User] || !wrote(e, func(i users.Image) bool { return i.Before == nil && (l.User == "" || i.After.ID == l.User) }) {
				t.Fatalf("row %d is reported to have made %q, and did not", l.Number, l.User)
			}
			made[l.User] = l.User != "" // an undoing makes lines as well
		case importer.OutcomeDeleted:
			if !wrote(e, func(i users.Image) bool {
				return i.Before != nil && (i.Before.ID == l.User || l.User == "" && i.After == nil)
			}) {
				t.Fatalf("row %d is reported to have deleted %q, and did not", l.Number, l.User)
			}
		case importer.OutcomeUpdated: // what two rows write together stands with the first
		default:
			if images > 0 {
				t.Fatalf("row %d is reported as %s, and wrote %s", l.Number, l.Outcome, text(e.Images[0].After))
			}
		}
	}
}

func wrote(e users.Entry, which func(users.Image) bool) bool {
	return slices.ContainsFunc(e.Images, which)
}

// RequireNamed requires that the report names every row that was not done, with
// the reason.
func RequireNamed(t TB, r *importer.Report) {
	t.Helper()
	for _, l := range r.Lines {
		if l.Number == 0 || l.Outcome == "" {
			t.Fatalf("a line of the report names no row, or no outcome: %+v", l)
		}
		if l.Outcome != importer.OutcomeFailed && l.Outcome != importer.OutcomeBlocked && l.Outcome != importer.OutcomeConflict {
			continue
		}
		if len(l.Findings) == 0 {
			t.Fatalf("row %d is %s, and nothing says why", l.Number, l.Outcome)
		}
		for _, f := range l.Findings {
			if f.Row != l.Number || f.Table != l.Table || f.Code == "" {
				t.Fatalf("a finding of row %s %d names row %s %d, code %q", l.Table, l.Number, f.Table, f.Row, f.Code)
			}
		}
	}
}

// RequireUnfinished requires that the report of an interrupted import, read back,
// is unfinished and equals the report that was returned, apart from what was
// hidden. An import that did nothing has no report. RequireUnfinished reports
// whether the import had begun.
func RequireUnfinished(t TB, dir *users.Directory, imp users.ID, r *importer.Report, hidden Hidden) (begun bool) {
	t.Helper()
	back, err := importer.LoadReport(t.Context(), dir, imp)
	if errors.Is(err, users.ErrNotFound) {
		if r != nil && len(r.Lines) > 0 {
			t.Fatalf("%d rows are reported of an import that is not there", len(r.Lines))
		}
		return false
	}
	if err != nil && !errors.Is(err, importer.ErrUnfinished) {
		t.Fatalf("the unfinished report, read back: %v", err)
	}
	if (err == nil) != (back.State == users.ImportDone) {
		t.Fatalf("the report is %s, and read back with %v", back.State, err)
	}
	var none naming
	if r == nil || hidden == Unsaid {
		return true
	}
	if d := cmp.Diff(reportText(t, none.replacer(), r), reportText(t, none.replacer(), back)); d != "" {
		t.Fatalf("the unfinished report (-returned +read back):\n%s", d)
	}
	return true
}
