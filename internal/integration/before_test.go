package integration_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/assign"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/importer/ocm"
	"github.com/usher-go/usher/importer/rainbow"
	"github.com/usher-go/usher/internal/importstate"
	"github.com/usher-go/usher/internal/invariant"
	"github.com/usher-go/usher/roles"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
)

// These tests require that this version reads what an earlier one wrote:
// databases, documents, files of failing rows and journals, in testdata/before.
// README.md there says how they were made. The golden texts were written by these
// tests, run on the code of that earlier version.

const beforeFolder = "testdata/before"

// beforeWorld is a copy of one of the databases.
type beforeWorld struct {
	db    *sql.DB
	store *sqlstore.Store
	opts  *users.Options
}

// openBefore opens a copy of a database and migrates it, as a host does after an
// upgrade. The clock is fixed at a later date and ids are counted.
func openBefore(t *testing.T, name string) *beforeWorld {
	t.Helper()
	w := openBeforeAsItIs(t, name)
	require.NoError(t, w.store.Migrate(t.Context()))
	return w
}

// openBeforeAsItIs is openBefore without the migration.
func openBeforeAsItIs(t *testing.T, name string) *beforeWorld {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "people.db"), readBefore(t, name), 0o600))
	w := &beforeWorld{db: open(t, source(folder))}

	var so *sqlstore.Options
	if name == "host.db" {
		so = &sqlstore.Options{Prefix: "usher_", Users: beforeTable()}
	}
	w.store = sqlstore.New(w.db, so)

	ids := 0
	w.opts = &users.Options{
		Now:   func() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) },
		NewID: func() users.ID { ids++; return users.ID(fmt.Sprint("new-", ids)) },
	}
	return w
}

// beforeTable is the table of people in host.db, as its host describes it.
func beforeTable() *sqlstore.Table {
	return &sqlstore.Table{Name: "people", ID: "person_id", Account: "tenant", Columns: []sqlstore.Column{
		{Field: "email", Name: "mail", Encode: sqlstore.EmptyIsNull},
		{Field: "name", Name: "full_name"},
		adminColumn("role", "is_admin"),
	}}
}

func readBefore(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(beforeFolder, name))
	require.NoError(t, err)
	return b
}

// requireGolden compares a text with the one the earlier version wrote.
func requireGolden(t *testing.T, name, got string) {
	t.Helper()
	want := string(readBefore(t, name))
	require.Empty(t, cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")), "%s (-want +got)", name)
}

func (w *beforeWorld) pat() *users.Directory { return pat(w.store, w.opts) }

func (w *beforeWorld) host() *users.Directory { return users.Open(w.store, users.Host("test"), w.opts) }

// beforeVault is the host's own template of sensitive.preview.
type beforeVault struct {
	Login  string `usher:"login,about,required"`
	Name   string `usher:"name"`
	Mobile string `usher:"mobile,sensitive"`
}

// templates returns the templates that the documents name.
func (w *beforeWorld) templates(t *testing.T) []*importer.Template {
	t.Helper()
	agents, err := ocm.Read(t.Context(), w.pat(), acme)
	require.NoError(t, err)
	catalogue, err := roles.ReadCatalogue(t.Context(), w.pat(), acme)
	require.NoError(t, err)
	vault, err := importer.TemplateOf[beforeVault]("vault")
	require.NoError(t, err)
	return []*importer.Template{cloudlink.Users(), ocm.Users(agents), w.lines(t), assign.Add(catalogue), assign.Remove(catalogue), vault}
}

func (w *beforeWorld) lines(t *testing.T) *importer.Template {
	t.Helper()
	opts, err := rainbow.Read(t.Context(), w.pat(), acme)
	require.NoError(t, err)
	return rainbow.Lines(opts)
}

// reopen opens a document.
func (w *beforeWorld) reopen(t *testing.T, dir *users.Directory, name string) *importer.Preview {
	t.Helper()
	p, err := importer.Reopen(t.Context(), dir, bytes.NewReader(readBefore(t, name)), w.templates(t)...)
	require.NoError(t, err)
	return p
}

// requireDocument requires that the preview is saved as the bytes it was opened
// from, because a replica of the earlier version may have to read them.
func requireDocument(t *testing.T, name string, p *importer.Preview) {
	t.Helper()
	var again bytes.Buffer
	require.NoError(t, p.Save(&again))
	require.Empty(t, cmp.Diff(string(readBefore(t, name)), again.String()), "%s saved again (-want +got)", name)
}

// commitBefore commits under the id of the preview, with every brake lifted.
func commitBefore(t *testing.T, p *importer.Preview) *importer.Report {
	t.Helper()
	r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: p.ID(), Batch: 4, Approve: []string{importer.BrakeMass, users.BrakeLeader}})
	require.NoError(t, err)
	return r
}

// records returns a line for every record, encoded as in journals.
func (w *beforeWorld) records(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, r := range w.all(t) {
		b, err := users.EncodeRecord(r)
		require.NoError(t, err)
		out = append(out, string(b))
	}
	return out
}

// all returns every record, by kind.
func (w *beforeWorld) all(t *testing.T) []users.Record {
	t.Helper()
	var out []users.Record
	for _, k := range []users.Kind{users.KindAccount, users.KindUser, users.KindLine, users.KindSubscription, users.KindRole, users.KindUnit, users.KindPBX, users.KindImport} {
		for r, err := range w.host().All(t.Context(), users.Query{Kind: k}) {
			require.NoError(t, err)
			out = append(out, r)
		}
	}
	return out
}

// difference lists the lines that were removed and those that were added.
func difference(before, after []string) string {
	var b strings.Builder
	for _, s := range before {
		if !slices.Contains(after, s) {
			fmt.Fprintln(&b, "-", s)
		}
	}
	for _, s := range after {
		if !slices.Contains(before, s) {
			fmt.Fprintln(&b, "+", s)
		}
	}
	return b.String()
}

// history returns a line for every import and its report, newest first, edits
// by hand included.
func (w *beforeWorld) history(t *testing.T) string {
	t.Helper()
	page, err := importer.History(t.Context(), w.host(), &importer.HistoryOptions{ByHand: true})
	require.NoError(t, err)
	require.Empty(t, page.Next)

	var b strings.Builder
	for _, h := range page.Imports {
		fmt.Fprintf(&b, "%s %s %q %s %s %s %s %v of %d undoes %q pruned %t\n",
			h.ID, h.Account, h.Label, h.Template, h.Actor, h.At.Format(time.RFC3339Nano), h.State, h.Counts, h.Rows, h.Undoes, h.Pruned)
		r, err := importer.LoadReport(t.Context(), w.host(), h.ID)
		if err != nil {
			fmt.Fprintln(&b, "  error:", err)
		}
		if r != nil {
			b.WriteString(reportText(r))
		}
	}
	return b.String()
}

func reportText(r *importer.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  report %s %s %q %s %s %s %s %s %v undoes %q\n",
		r.ID, r.Account, r.Label, r.Template, r.Actor, r.Mode, r.At.Format(time.RFC3339Nano), r.State, r.Counts, r.Undoes)
	for _, l := range r.Lines {
		b.WriteString("    " + lineText(l) + "\n")
	}
	return b.String()
}

func lineText(l importer.ReportLine) string {
	return fmt.Sprintf("%d/%d %q row %d line %d %s: %s %q %q erased %t",
		l.Row.Table(), l.Row.Number(), l.Table, l.Number, l.Line, l.Action, l.Outcome, l.Who, l.User, l.Erased) +
		detailText(l.Changes, l.Gains, nil, l.Losses, l.Findings)
}

func detailText(changes []importer.Change, gains, keeps []importer.Gain, losses []importer.Loss, findings []formats.Finding) string {
	var b strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&b, " %s:%q>%q", c.Field, c.Old, c.New)
	}
	for _, g := range gains {
		fmt.Fprintf(&b, " +%s:%s", g.Space, g.Value)
	}
	for _, g := range keeps {
		fmt.Fprintf(&b, " =%s:%s", g.Space, g.Value)
	}
	for _, l := range losses {
		fmt.Fprintf(&b, " -%s:%s of %q %q forced %t", l.Space, l.Value, l.Who, l.ID, l.Forced)
	}
	for _, f := range findings {
		fmt.Fprintf(&b, " !%s", findingText(f))
	}
	return b.String()
}

func findingText(f formats.Finding) string {
	s := fmt.Sprintf("%s %s %d/%d/%d %q %q %q %v", f.Severity, f.Code, f.Row, f.Line, f.Column, f.Table, f.Field, f.Value, f.Args)
	if f.Fix != nil {
		s += fmt.Sprintf(" fix %q", *f.Fix)
	}
	return s
}

func previewText(p *importer.Preview) string {
	var b strings.Builder
	fmt.Fprintf(&b, "preview %s %s %q %s %s %v\n", p.ID(), p.Account(), p.Label(), p.Template().Name, p.Mode(), p.Summary().Actions)
	for _, f := range p.Findings() {
		fmt.Fprintln(&b, " ", findingText(f))
	}
	stale := p.Stale()
	for r := range p.Rows() {
		fmt.Fprintf(&b, "  %d/%d %q row %d line %d %s %q stale %t", r.ID.Table(), r.ID.Number(), r.Table, r.Number, r.Line, r.Action, r.Who, slices.Contains(stale, r.ID))
		for _, f := range slices.Sorted(maps.Keys(r.Cells)) {
			fmt.Fprintf(&b, " [%s=%q]", f, r.Cells[f])
		}
		b.WriteString(detailText(r.Changes, r.Gains, r.Keeps, r.Losses, r.Findings) + "\n")
	}
	return b.String()
}

// Records, history and reports of a database read as before, and every record
// is found by each key and link this version computes for it.
func TestBeforeIsRead(t *testing.T) {
	for _, name := range []string{"office", "half", "host"} {
		for _, x := range []struct {
			name, reason string
			open         func(*testing.T, string) *beforeWorld
		}{
			{"migrated", "a host migrates after an upgrade", openBefore},
			{"as it is", "the form of the tables has not changed since", openBeforeAsItIs},
		} {
			t.Run(name+", "+x.name, func(t *testing.T) {
				w := x.open(t, name+".db")
				requireGolden(t, name+".txt", strings.Join(w.records(t), "\n")+"\n"+w.history(t))

				all := w.all(t)
				invariant.RequireSound(t, invariant.Read(t, w.store))
				for _, r := range all {
					index := r.Index()
					for _, k := range slices.Concat(index.Keys, index.Links, []users.Key{users.ByID(r.ID)}) {
						found := foundIn(t, w.store, k)
						require.True(t, slices.ContainsFunc(found, func(f users.Record) bool { return f.ID == r.ID }), "%s is not found under %v", r.ID, k)
					}
				}
			})
		}
	}
}

// An import of an earlier version is undone. Where nothing changed its records
// since, each of them is what it was before the import.
func TestBeforeIsUndone(t *testing.T) {
	for _, tt := range []struct {
		database string
		id       users.ID
		reason   string
		whole    bool // nothing changed its records since
	}{
		{"office.db", "spring", "people who were created and one who was renamed", true},
		{"office.db", "telephones", "lines that were swapped, released and taken", true},
		{"office.db", "agents", "three tables, and references among them", true},
		{"office.db", "desk", "roles, which are removed again", true},
		{"office.db", "vaulted", "a sensitive column", true},
		{"office.db", "erased", "the erased person cannot be restored, the other one can", false},
		{"office.db", "mistake-undone", "an undo that had left out a person", false},
		{"host.db", "hosted", "rows of the host's table", true},
		{"host.db", "hosted-lines", "lines, one held before by a person the host has deleted", false},
	} {
		t.Run(string(tt.id), func(t *testing.T) {
			w := openBefore(t, tt.database)
			before := w.records(t)
			journal := invariant.Journal(t, w.store, tt.id)

			p, err := importer.Undo(t.Context(), w.pat(), tt.id, nil)
			require.NoError(t, err)
			text := previewText(p)
			r := commitBefore(t, p)
			requireGolden(t, "undone-"+string(tt.id)+".txt", text+reportText(r)+difference(before, w.records(t)))

			rec, err := w.pat().Get(t.Context(), tt.id)
			require.NoError(t, err)
			require.Equal(t, users.ImportUndone, importstate.At(rec, w.opts.Now()))
			if tt.whole {
				require.True(t, r.Done(), "%v", r.Counts)
				requireRestored(t, w.store, journal)
			}
		})
	}

	w := openBefore(t, "office.db")
	_, err := importer.Undo(t.Context(), w.pat(), "winter", nil)
	require.ErrorIs(t, err, importer.ErrPruned)
}

// requireRestored requires that the records of a journal hold the data of their
// first before-image, or are gone where they had none.
func requireRestored(t *testing.T, store users.Store, journal []users.Entry) {
	t.Helper()
	was := map[users.ID]string{}
	for _, e := range journal {
		for _, i := range e.Images {
			id, data := users.ID(""), ""
			if i.After != nil {
				id = i.After.ID
			}
			if i.Before != nil {
				id, data = i.Before.ID, dataText(t, *i.Before)
			}
			if _, known := was[id]; !known { // the first image is of before the import
				was[id] = data
			}
		}
	}

	require.NotEmpty(t, was)
	is := map[users.ID]string{}
	for id := range was {
		is[id] = ""
		for _, r := range foundIn(t, store, users.ByID(id)) {
			is[id] = dataText(t, r)
		}
	}
	require.Empty(t, cmp.Diff(was, is), "(-before the import +after the undo)")
}

func dataText(t *testing.T, r users.Record) string {
	t.Helper()
	b, err := users.EncodeData(r.Data)
	require.NoError(t, err)
	return string(b)
}

// An import that was interrupted in an earlier version goes on to its end. The
// rows that were done keep their report, and no row is done twice.
func TestBeforeIsResumed(t *testing.T) {
	byDocument := func(name string) func(*testing.T, *beforeWorld) *importer.Preview {
		return func(t *testing.T, w *beforeWorld) *importer.Preview { return w.reopen(t, w.pat(), name) }
	}
	for _, tt := range []struct {
		name, reason string
		database     string
		preview      func(*testing.T, *beforeWorld) *importer.Preview
	}{
		{"half-agents", "three tables with corrections, by their document", "half.db", byDocument("half-agents.preview")},
		{"half-undo", "an undo, by its document", "half.db", byDocument("half-undo.preview")},
		{"half-lines", "lines, by their file and the id", "half.db", func(t *testing.T, w *beforeWorld) *importer.Preview {
			return w.resumeLines(t, "half-lines.csv", "half-lines")
		}},
		{"host-half", "into the host's table, by its document", "host.db", byDocument("host-half.preview")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := openBefore(t, tt.database)
			before := w.records(t)
			p := tt.preview(t, w)
			require.Empty(t, p.Stale(), "the import's own writes make no row stale")
			half, err := importer.LoadReport(t.Context(), w.pat(), p.ID())
			require.ErrorIs(t, err, importer.ErrUnfinished)
			require.Equal(t, users.ImportInterrupted, half.State)
			require.NotEmpty(t, half.Lines)

			text := previewText(p)
			r := commitBefore(t, p)
			requireGolden(t, tt.name+".txt", text+reportText(r)+difference(before, w.records(t)))

			require.Equal(t, users.ImportDone, r.State)
			require.Greater(t, len(r.Lines), len(half.Lines), "some rows were left to do")
			all := strings.Split(reportText(r), "\n")
			for _, l := range half.Lines {
				require.Contains(t, all, "    "+lineText(l), "a row that was done keeps its report")
			}
			rows := 0
			for range p.Rows() {
				rows++
			}
			require.GreaterOrEqual(t, len(r.Lines), rows, "rows that were removed are reported as well")
			require.Len(t, invariant.Journal(t, w.store, r.ID), len(r.Lines), "each row has one entry")
			invariant.RequireSound(t, invariant.Read(t, w.store))

			// Another commit returns the same report and changes nothing.
			end := w.records(t)
			back, err := tt.preview(t, w).Commit(t.Context(), &importer.CommitOptions{ID: r.ID, Approve: []string{importer.BrakeMass, users.BrakeLeader}})
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(reportText(r), reportText(back)), "(-first +again)")
			require.Empty(t, cmp.Diff(end, w.records(t)), "(-first +again)")
		})
	}
}

// A file whose import began in an earlier version is refused the second time,
// because its digest is the same.
func TestBeforeIsNotReplayed(t *testing.T) {
	w := openBefore(t, "half.db")
	commitBefore(t, w.resumeLines(t, "half-lines.csv", "half-lines"))
	_, err := w.previewLines(t, "half-lines.csv", "")
	var refused *formats.Refusal
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "file.replayed", refused.Code)
}

func (w *beforeWorld) resumeLines(t *testing.T, file string, id users.ID) *importer.Preview {
	t.Helper()
	p, err := w.previewLines(t, file, id)
	require.NoError(t, err)
	return p
}

// previewLines previews a file of lines; resume is the import it goes on with,
// or "".
func (w *beforeWorld) previewLines(t *testing.T, file string, resume users.ID) (*importer.Preview, error) {
	t.Helper()
	tpl := w.lines(t)
	table, err := csv.Read(t.Context(), bytes.NewReader(readBefore(t, file)), &csv.Options{Format: csv.Format{Comment: tpl.Comment, Headings: tpl.Headings()}})
	require.NoError(t, err)
	return importer.New(w.pat(), tpl, &importer.Options{Account: acme, Resume: resume}).Preview(t.Context(), table)
}

// A preview that an earlier version saved shows the same, is saved as the same
// bytes, and commits what it shows. Only rows about a person that was changed
// since are stale.
func TestBeforeIsReopened(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		stale        int
		edits        []importer.Edit // after it was opened
	}{
		{name: "edited", reason: "cells set, a row added, one removed, a column ignored"},
		{name: "errors", reason: "findings and fixes are computed afresh"},
		{name: "agents", reason: "three tables"},
		{name: "lines", reason: "lines, with keys of their own"},
		{name: "assign", reason: "a selection, whose rows are fixed"},
		{name: "undo", reason: "an undo, whose rows come from the journal"},
		{name: "sensitive", reason: "cells that the document leaves out must be set again", stale: 4, edits: []importer.Edit{
			importer.Set(users.RowAt(0, 2), "mobile", "+33611111111"), importer.Set(users.RowAt(0, 3), "mobile", "+33622222222"),
			importer.Set(users.RowAt(0, 3), "name", "Quin"), importer.Set(users.RowAt(0, 4), "mobile", "+33633333333"),
		}},
		{name: "changed", reason: "a person was changed after it was saved", stale: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := openBefore(t, "office.db")
			dir := w.pat()
			if tt.name == "sensitive" {
				dir = w.host()
			}
			before := w.records(t)
			p := w.reopen(t, dir, tt.name+".preview")
			requireDocument(t, tt.name+".preview", p)
			text := previewText(p)
			require.Len(t, p.Stale(), tt.stale, text)

			if len(tt.edits) > 0 {
				_, err := p.Edit(t.Context(), tt.edits...)
				require.NoError(t, err)
				text += "edited\n" + previewText(p)
			}
			r := commitBefore(t, p)
			requireGolden(t, tt.name+".txt", text+reportText(r)+difference(before, w.records(t)))
			invariant.RequireSound(t, invariant.Read(t, w.store))
		})
	}
}

// A file of failing rows that an earlier version wrote is merged into the preview
// it came from, both unchanged and corrected.
func TestBeforeFailingRowsAreMerged(t *testing.T) {
	for _, name := range []string{"failing.csv", "failing.xlsx"} {
		t.Run(name, func(t *testing.T) {
			w := openBefore(t, "office.db")
			p := w.reopen(t, w.pat(), "errors.preview")
			data := readBefore(t, name)
			src := formats.Source{Name: name, ReaderAt: bytes.NewReader(data), Size: int64(len(data))}
			file, err := formats.Open(t.Context(), src, nil, xlsx.Format{}, csv.Format{})
			require.NoError(t, err)

			shown := previewText(p)
			d, err := p.Merge(t.Context(), file)
			require.NoError(t, err)
			require.Empty(t, slices.Concat(d.Rows, d.Added, d.Removed), "an unchanged file corrects nothing")
			require.Empty(t, cmp.Diff(shown, previewText(p)), "(-before +after)")

			d, err = p.Merge(t.Context(), corrected(t, file, map[string]string{
				"kim at acme.example": "kim@acme.example", "p0@acme.example": "lou@acme.example", "Twice@Acme.example": "ned@acme.example", "Chief": "Account Admin",
			}))
			require.NoError(t, err)
			require.Empty(t, slices.Concat(d.Added, d.Removed))
			requireGolden(t, "merged.txt", previewText(p)+reportText(commitBefore(t, p)))
		})
	}
}

// corrected returns the table with the texts of some cells replaced.
func corrected(t *testing.T, table *formats.Table, by map[string]string) *formats.Table {
	t.Helper()
	b := formats.NewBuilder(table.Name, formats.Limits{})
	for r := range table.Rows() {
		for _, c := range r.Cells() {
			if to, is := by[c]; is {
				c = to
			}
			require.NoError(t, b.Cell([]byte(c)))
		}
		_, err := b.EndRow(r.Number(), r.Line())
		require.NoError(t, err)
	}
	return b.Table()
}

// The images and report lines of a journal and the data of records that an
// earlier version stored are decoded, and encoded again as the same bytes.
func TestBeforeIsEncodedAlike(t *testing.T) {
	type image struct{ Before, After json.RawMessage }
	counts := map[string]int{}
	for text := range bytes.Lines(readBefore(t, "journal.jsonl")) {
		var l struct {
			Note   string
			Images []image
			Kind   users.Kind
			Data   string
		}
		require.NoError(t, json.Unmarshal(text, &l))
		if l.Kind != "" {
			d, err := users.DecodeData(l.Kind, []byte(l.Data))
			require.NoError(t, err)
			again, err := users.EncodeData(d)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(l.Data, string(again)), "(-want +got)")
			counts[string(l.Kind)]++
		}
		if l.Note != "" {
			var line importer.ReportLine
			require.NoError(t, json.Unmarshal([]byte(l.Note), &line))
			again, err := json.Marshal(line)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(l.Note, string(again)), "(-want +got)")
			counts["note"]++
		}
		for _, i := range l.Images {
			for _, b := range [][]byte{i.Before, i.After} {
				if b == nil {
					continue
				}
				r, err := users.DecodeRecord(b)
				require.NoError(t, err)
				again, err := users.EncodeRecord(r)
				require.NoError(t, err)
				require.Empty(t, cmp.Diff(string(b), string(again)), "(-want +got)")
				counts["image"]++
			}
		}
	}
	for _, what := range []string{"note", "image", "account", "user", "line", "subscription", "role", "unit", "pbx", "import"} {
		require.Positive(t, counts[what], "%s: %v", what, counts)
	}
}
