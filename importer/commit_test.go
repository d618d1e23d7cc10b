package importer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/keyvalue"
	"github.com/usher-go/usher/internal/recordedit"
	"github.com/usher-go/usher/users"
)

// A preview writes nothing: it never asks the store to, whatever it is made from and however it is edited.
func TestPreviewWritesNothing(t *testing.T) {
	forAnyKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		inner := s.store(t)
		before := contents(t, inner)
		store := noWrites(inner)
		p := s.preview(t, store)
		sheets := s.clones()
		for range rapid.IntRange(0, 3).Draw(t, "edits") {
			applyAll(t, p, sheets, m.edits(t, w, sheets)...)
		}
		show(p)
		require.Zero(t, store.Calls("apply"))
		require.Empty(t, cmp.Diff(before, contents(t, inner)))
	})
}

// outcomeOf is what becomes of a row on a store that nobody else touches.
var outcomeOf = map[importer.Action]importer.Outcome{
	importer.ActionCreate:    importer.OutcomeCreated,
	importer.ActionUpdate:    importer.OutcomeUpdated,
	importer.ActionDelete:    importer.OutcomeDeleted,
	importer.ActionUnchanged: importer.OutcomeUnchanged,
	importer.ActionSkip:      importer.OutcomeSkipped,
	importer.ActionBlocked:   importer.OutcomeBlocked,
	importer.ActionError:     importer.OutcomeFailed,
}

// On a store that nobody else touches every row ends as it was shown, whatever
// the size of the batches, and the store becomes what the shown changes make of it.
func TestCommitDoesWhatWasShown(t *testing.T) {
	forEachKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		store := s.store(t)
		p := s.preview(t, store)
		sheets := s.clones()
		removed := map[users.RowID]bool{}
		for range rapid.IntRange(0, 2).Draw(t, "edits") {
			for _, id := range applyAll(t, p, sheets, m.edits(t, w, sheets)...).Removed {
				removed[id] = true
			}
		}
		was := show(p)
		before := everything(t, store)
		r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Approve: []string{importer.BrakeMass, users.BrakeLeader}, Batch: rapid.IntRange(1, 6).Draw(t, "batch")})
		require.NoError(t, err)
		require.Equal(t, users.ImportDone, r.State)
		requireOutcomes(t, was, removed, r, outcomeOf)
		requireShownChanges(t, was, r, before, everything(t, store))
	})
}

// requireOutcomes: every row of the file, removed ones included, has exactly
// one line in the report, with the outcome its action has; the counts are those of the lines.
func requireOutcomes(t tb, was shown, removed map[users.RowID]bool, r *importer.Report, want map[importer.Action]importer.Outcome) {
	t.Helper()
	outcomes := map[users.RowID]importer.Outcome{}
	counts := map[importer.Outcome]int{}
	for _, l := range r.Lines {
		require.NotContains(t, outcomes, l.Row, "a row has one outcome")
		outcomes[l.Row] = l.Outcome
		counts[l.Outcome]++
	}
	for _, v := range was.Rows {
		require.Equal(t, want[v.Action], outcomes[v.ID], "row %s %d, shown as %s", v.Table, v.Number, v.Action)
	}
	for id := range removed {
		require.Equal(t, importer.OutcomeSkipped, outcomes[id], "row %d was removed", id)
	}
	require.Len(t, outcomes, len(was.Rows)+len(removed), "rows in the report")
	require.Empty(t, cmp.Diff(counts, r.Counts), "counts of the report (-lines +counts)")
}

// requireShownChanges: after is before with the shown changes, gains and losses
// of the rows that the report calls done, and nothing else.
func requireShownChanges(t tb, was shown, r *importer.Report, before, after map[users.ID]users.Record) {
	t.Helper()
	want := map[users.ID]users.Record{}
	for id, rec := range before {
		want[id] = rec.Clone()
	}
	lines := map[users.RowID]importer.ReportLine{}
	for _, l := range r.Lines {
		lines[l.Row] = l
		if l.Outcome == importer.OutcomeCreated {
			require.True(t, after[l.User].Data != nil, "row %d: the report names who was made", l.Number)
		}
	}
	lineNamed, stood := map[string]users.ID{}, map[string]users.ID{} // in acme; by short number afterwards, by each key before
	for id, rec := range after {
		if l, ok := rec.Data.(*users.Line); ok && rec.Account == acme {
			lineNamed[users.SpaceLine.Fold(keyvalue.Line(l.PBX, l.Short))] = id
		}
	}
	for id, rec := range before {
		for _, k := range rec.Keys() {
			if rec.Kind() == users.KindLine && rec.Account == acme {
				stood[string(k.Space)+" "+k.Value] = id
			}
		}
	}
	idOf := map[string]users.ID{} // in acme, by LAN ID as it is afterwards
	for id, rec := range after {
		if u, ok := rec.User(); ok && rec.Account == acme && u.ContactCentre != nil {
			idOf[users.SpaceLANID.Fold(u.ContactCentre.LANID)] = id
		}
	}
	happens := func(f func(importer.RowView, importer.ReportLine)) {
		for _, a := range []importer.Action{importer.ActionCreate, importer.ActionUpdate, importer.ActionDelete} { // who is made is changed afterwards
			for _, v := range was.Rows {
				if v.Action == a {
					f(folded(v), lines[v.ID])
				}
			}
		}
	}
	happens(func(v importer.RowView, l importer.ReportLine) {
		rec, ok := want[l.User]
		switch v.Action {
		case importer.ActionCreate:
			require.False(t, ok, "row %d makes a new record", v.Number)
			rec = users.Record{Head: users.Head{ID: l.User, Account: acme}, Data: &users.Profile{Source: after[l.User].Data.(*users.Profile).Source}}
		case importer.ActionDelete:
			require.True(t, ok)
			if left := users.Remainder(rec); left != nil {
				want[l.User] = *left
			} else {
				delete(want, l.User)
			}
			return
		}
		for _, c := range v.Changes {
			if strings.HasPrefix(c.Field, "line.") {
				continue
			}
			value := c.New
			if c.Field == "supervisor" && value != "" {
				value = string(idOf[users.SpaceLANID.Fold(value)])
				require.NotEmpty(t, value, "row %d names a supervisor who is there afterwards", v.Number)
			}
			require.NotNil(t, rec.Data, "row %d changes somebody who is there", v.Number)
			if c.Field == "roles" { // Old goes, New comes, and the rest stays
				has := slices.DeleteFunc(strings.Split(rec.Field("roles"), ","), func(s string) bool { return slices.Contains(strings.Split(c.Old, ","), s) })
				value = strings.Join(append(has, c.New), ",")
			}
			require.True(t, rec.SetField(c.Field, value), c.Field)
		}
		if rec.Data != nil { // else they left meanwhile, and the row was about what they had
			want[l.User] = rec
		}
	})
	move := func(name string, to users.ID) users.Record {
		id, ok := lineNamed[name]
		require.True(t, ok, "line %s is there afterwards", name)
		rec, ok := want[id]
		if !ok {
			rec = users.Record{Head: users.Head{ID: id, Account: acme}, Data: &users.Line{}}
			want[id] = rec
		}
		require.True(t, rec.SetField("holder", string(to)))
		return rec
	}
	happens(func(v importer.RowView, _ importer.ReportLine) {
		for _, l := range v.Losses {
			require.Equal(t, l.ID, before[stood[string(l.Space)+" "+l.Value]].Holder(), "row %d: who loses %s held it", v.Number, l.Value)
			if l.Space == users.SpaceLine {
				move(l.Value, "")
			}
		}
		for _, g := range append(slices.Clone(v.Gains), v.Keeps...) { // other keys of a line leave the one they stood with
			if id := stood[string(g.Space)+" "+g.Value]; g.Space != users.SpaceLine && id != "" && id != lineNamed[nameIn(v)] {
				recordedit.ClearKey(want[id], g.Space, g.Value)
			}
		}
	})
	happens(func(v importer.RowView, l importer.ReportLine) {
		var has users.Record
		for _, g := range v.Gains {
			require.True(t, after[l.User].Data != nil, "row %d: who gains %s is there afterwards", v.Number, g.Value)
			if g.Space == users.SpaceLine {
				has = move(g.Value, l.User)
			}
		}
		for _, k := range v.Keeps {
			if k.Space == users.SpaceLine {
				has = want[lineNamed[k.Value]]
			}
		}
		for _, c := range v.Changes {
			if name, of := strings.CutPrefix(c.Field, "line."); of {
				require.NotNil(t, has.Data, "row %d sets %s of a line that it names", v.Number, name)
				require.True(t, has.SetField(name, c.New))
			}
		}
	})
	require.Empty(t, cmp.Diff(texts(want), texts(after)), "the store (-shown +committed)")
	for id, rec := range before { // what no row changes is not written either
		if now, ok := after[id]; ok && cmp.Equal(texts(map[users.ID]users.Record{id: rec}), texts(map[users.ID]users.Record{id: now})) {
			require.Equal(t, rec.Version, now.Version, "%s was written though nothing of it changed", id)
		}
	}
}

// folded is the row with the names of things as keys have them.
func folded(v importer.RowView) importer.RowView {
	v.Gains, v.Keeps, v.Losses = slices.Clone(v.Gains), slices.Clone(v.Keeps), slices.Clone(v.Losses)
	for _, gains := range [][]importer.Gain{v.Gains, v.Keeps} {
		for i, g := range gains {
			gains[i].Value = g.Space.Fold(g.Value)
		}
	}
	for i, l := range v.Losses {
		v.Losses[i].Value = l.Space.Fold(l.Value)
	}
	return v
}

// nameIn is the line that the row gives its person, or keeps.
func nameIn(v importer.RowView) string {
	for _, g := range append(slices.Clone(v.Gains), v.Keeps...) {
		if g.Space == users.SpaceLine {
			return g.Value
		}
	}
	return ""
}

func texts(recs map[users.ID]users.Record) []string {
	var out []string
	for _, id := range sortedIDs(recs) {
		data, err := users.EncodeData(recs[id].Data)
		if err != nil {
			panic(err)
		}
		out = append(out, fmt.Sprintf("%s %s %s", recs[id].Account, id, data))
	}
	return out
}

// All or nothing: if one row will not happen, none does, and the good ones end as skipped.
func TestAllOrNothing(t *testing.T) {
	held := map[importer.Action]importer.Outcome{
		importer.ActionCreate:    importer.OutcomeSkipped,
		importer.ActionUpdate:    importer.OutcomeSkipped,
		importer.ActionDelete:    importer.OutcomeSkipped,
		importer.ActionUnchanged: importer.OutcomeUnchanged,
		importer.ActionSkip:      importer.OutcomeSkipped,
		importer.ActionBlocked:   importer.OutcomeBlocked,
		importer.ActionError:     importer.OutcomeFailed,
	}
	forAnyKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		store := s.store(t)
		before := contents(t, store)
		p := s.preview(t, store)
		was := show(p)
		bad := was.Summary.Actions["error"]+was.Summary.Actions["blocked"] > 0
		r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Approve: []string{importer.BrakeMass, users.BrakeLeader}, Policy: importer.AllOrNothing, Batch: 1})
		require.NoError(t, err)
		if !bad {
			requireOutcomes(t, was, nil, r, outcomeOf)
			return
		}
		requireOutcomes(t, was, nil, r, held)
		require.Empty(t, cmp.Diff(before, contents(t, store)))
	})
}

// Every row has one action, and the summary counts them; findings are well-formed data.
func TestEveryRowIsCounted(t *testing.T) {
	forEachKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		got := show(s.preview(t, s.store(t)))
		total := 0
		for _, sh := range s.sheets {
			total += len(sh.rows)
		}
		require.Len(t, got.Rows, total)
		want := importer.Summary{Rows: total, Actions: map[string]int{}, Codes: map[string]int{}}
		for _, f := range got.Findings {
			want.Codes[f.Code]++
		}
		for _, r := range got.Rows {
			want.Actions[r.Action.String()]++
			errs := 0
			for _, f := range r.Findings {
				want.Codes[f.Code]++
				if f.Severity.String() == "error" {
					errs++
				}
			}
			want.Errors += errs
			stopped := r.Action == importer.ActionError || r.Action == importer.ActionBlocked
			require.Equal(t, stopped, errs > 0, "row %d is %s with %d errors", r.Number, r.Action, errs)
		}
		require.Empty(t, cmp.Diff(want, got.Summary), "summary (-counted +given)")
	})
}

// Progress is told after every batch, rises, and comes to the number of rows.
func TestProgress(t *testing.T) {
	forAnyKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		p := s.preview(t, s.store(t))
		var last importer.Progress
		_, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Batch: 1, Progress: func(now importer.Progress) {
			require.GreaterOrEqual(t, now.Done, last.Done)
			require.LessOrEqual(t, now.Done, now.Total)
			require.Equal(t, p.Summary().Rows, now.Total)
			last = now
		}})
		require.NoError(t, err)
		require.Equal(t, importer.Progress{Done: p.Summary().Rows, Total: p.Summary().Rows}, last)
	})
}
