package importer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
	"github.com/usher-go/usher/users/storetest"
)

// This file is the ground the tests stand on: a scene is a store, an actor, a
// template and sheets; nothing in it knows how the engine works.

const (
	acme   users.AccountID = "acme"
	globex users.AccountID = "globex"
)

// tb is what *testing.T and *rapid.T have in common.
type tb interface {
	require.TestingT
	Helper()
	Context() context.Context
}

// A sheet is a table that a test can edit in the way a preview is edited.
type sheet struct {
	fields []string
	heads  []string
	rows   []sheetRow
}

type sheetRow struct {
	number, line int
	cells        []string
}

func newSheet(t importer.Table, rows ...[]string) *sheet {
	s := &sheet{}
	for i := range t.Columns {
		s.fields = append(s.fields, t.Columns[i].Field)
		s.heads = append(s.heads, t.Columns[i].Heading("en"))
	}
	for i, r := range rows {
		s.rows = append(s.rows, sheetRow{i + 2, i + 2, r})
	}
	return s
}

func (s *sheet) table(name string) *formats.Table {
	b := formats.NewBuilder(name, formats.Limits{Rows: -1, Cells: -1})
	for _, r := range append([]sheetRow{{1, 1, s.heads}}, s.rows...) {
		for _, c := range r.cells {
			if err := b.Cell([]byte(c)); err != nil {
				panic(err)
			}
		}
		if _, err := b.EndRow(r.number, r.line); err != nil {
			panic(err)
		}
	}
	return b.Table()
}

func (s *sheet) at(number int) int {
	return slices.IndexFunc(s.rows, func(r sheetRow) bool { return r.number == number })
}

// cell is the cell of a field, padded if the row is short.
func (s *sheet) cell(row int, field string) *string {
	c := slices.Index(s.fields, field)
	for len(s.rows[row].cells) <= c {
		s.rows[row].cells = append(s.rows[row].cells, "")
	}
	return &s.rows[row].cells[c]
}

func (s *sheet) clone() *sheet {
	out := &sheet{fields: s.fields, heads: s.heads}
	for _, r := range s.rows {
		out.rows = append(out.rows, sheetRow{r.number, r.line, slices.Clone(r.cells)})
	}
	return out
}

// A scene is everything a preview is made from.
type scene struct {
	template *importer.Template
	mode     importer.Mode
	resume   users.ID
	actor    users.Actor
	records  []users.Record
	sheets   []*sheet
	undone   users.ID      // the sheets have been imported under this id, and the preview takes that back
	imported []users.Batch // what that import wrote, once it is known
}

// asHost is a scene in which nothing is forbidden.
func asHost(tpl *importer.Template, records []users.Record, rows ...[]string) *scene {
	return &scene{template: tpl, actor: users.Host("test"), records: records, sheets: []*sheet{newSheet(tpl.Tables[0], rows...)}}
}

// and adds the rows of the next table of the template.
func (s *scene) and(rows ...[]string) *scene {
	s.sheets = append(s.sheets, newSheet(s.template.Tables[len(s.sheets)], rows...))
	return s
}

func (s *scene) as(a users.Actor) *scene { s.actor = a; return s }

func (s *scene) in(m importer.Mode) *scene { s.mode = m; return s }

// String is for those who read a failure.
func (s *scene) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, mode %q, as %s\n", s.template.Name, s.mode, s.actor)
	for _, r := range s.records {
		data, _ := users.EncodeData(r.Data)
		fmt.Fprintf(&b, "  store: %s %s %s\n", r.Account, r.ID, data)
	}
	for i, sh := range s.sheets {
		for _, r := range sh.rows {
			fmt.Fprintf(&b, "  %s %d: %q\n", s.template.Tables[i].Name, r.number, r.cells)
		}
	}
	return b.String()
}

// with is the scene with other sheets.
func (s *scene) with(sheets []*sheet) *scene {
	out := *s
	out.sheets, out.imported = sheets, nil
	return &out
}

func (s *scene) clones() []*sheet {
	var out []*sheet
	for _, sh := range s.sheets {
		out = append(out, sh.clone())
	}
	return out
}

// store is a new store with the scene's records.
func (s *scene) store(t tb) *memstore.Store {
	t.Helper()
	store := memstore.New()
	put(t, store, s.records...)
	if s.undone == "" {
		return store
	}

	// The import is committed once. Stores that follow are given the batches it
	// wrote: a sweep asks for hundreds of them.
	if s.imported != nil {
		for _, b := range s.imported {
			require.NoError(t, store.Apply(t.Context(), b))
		}
		return store
	}
	first := *s
	first.undone = ""
	rec := &recorder{Store: store}
	_, err := first.previewIn(t, first.openAs(rec, "first")).Commit(t.Context(), &importer.CommitOptions{ID: s.undone, Approve: []string{importer.BrakeMass, users.BrakeLeader}})
	require.NoError(t, err)
	s.imported = rec.batches
	return store
}

// A recorder is a store that keeps the batches it applied.
type recorder struct {
	users.Store
	batches []users.Batch
}

func (r *recorder) Apply(ctx context.Context, b users.Batch) error {
	err := r.Store.Apply(ctx, b)
	if err == nil {
		r.batches = append(r.batches, b)
	}
	return err
}

// put makes records.
func put(t tb, store users.Store, recs ...users.Record) {
	t.Helper()
	b := users.Batch{Import: "seed-" + users.NewID()}
	for _, r := range recs {
		rec := r.Clone()
		b.Writes = append(b.Writes, users.Write{ID: r.ID, Record: &rec})
	}
	if len(recs) > 0 {
		require.NoError(t, store.Apply(t.Context(), b))
	}
}

// change is a second writer: it writes one record as edit leaves it, or deletes it if edit is nil.
func change(t tb, store users.Store, id users.ID, edit func(users.Record)) {
	t.Helper()
	was, err := store.Find(t.Context(), []users.Key{users.ByID(id)})
	require.NoError(t, err)
	require.Len(t, was, 1, "the second writer looks for %s", id)
	w := users.Write{ID: id, Version: was[0].Version}
	if edit != nil {
		rec := was[0].Clone()
		edit(rec)
		w.Record = &rec
	}
	require.NoError(t, store.Apply(t.Context(), users.Batch{Import: "other-" + users.NewID(), Writes: []users.Write{w}}))
}

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// open is the actor's view, with a clock that stands still and ids that count.
func (s *scene) open(store users.Store) *users.Directory { return s.openAs(store, "new") }

func (s *scene) openAs(store users.Store, prefix string) *users.Directory {
	n := 0
	return users.Open(store, s.actor, &users.Options{Now: noon, NewID: func() users.ID {
		n++
		return users.ID(fmt.Sprintf("%s-%04d", prefix, n))
	}})
}

func (s *scene) preview(t tb, store users.Store) *importer.Preview {
	t.Helper()
	return s.previewIn(t, s.open(store))
}

func (s *scene) previewIn(t tb, dir *users.Directory) *importer.Preview {
	t.Helper()
	p, err := s.tryPreview(t, dir)
	require.NoError(t, err)
	return p
}

func (s *scene) tryPreview(t tb, dir *users.Directory) (*importer.Preview, error) {
	if s.undone != "" {
		return importer.Undo(t.Context(), dir, s.undone, &importer.UndoOptions{Resume: s.resume})
	}
	var tables []*formats.Table
	for i, sh := range s.sheets {
		tables = append(tables, sh.table(s.template.Tables[i].Name))
	}
	return importer.New(dir, s.template, importer.Strict(importer.Options{Account: acme, Mode: s.mode, Resume: s.resume})).Preview(t.Context(), tables...)
}

// apply does to the sheets what p.Edit does to the preview; added are the ids that it gave.
func apply(sheets []*sheet, e edit, added users.RowID) {
	s := sheets[e.table]
	switch e.what {
	case "set", "clear":
		*s.cell(s.at(e.number), e.field) = e.value
	case "remove":
		s.rows = slices.Delete(s.rows, s.at(e.number), s.at(e.number)+1)
	case "add":
		s.rows = append(s.rows, sheetRow{added.Number(), 0, slices.Clone(e.cells)})
	}
}

// An edit is an importer.Edit as data.
type edit struct {
	what          string
	table, number int
	field, value  string
	cells         []string
}

func remove(n int) edit { return edit{what: "remove", number: n} }

func set(n int, field, value string) edit {
	return edit{what: "set", number: n, field: field, value: value}
}

func add(cells ...string) edit { return edit{what: "add", cells: cells} }

func (e edit) row() users.RowID { return users.RowAt(e.table, e.number) }

func (e edit) real(sheets []*sheet) importer.Edit {
	switch e.what {
	case "clear":
		return importer.Clear(e.row(), e.field)
	case "remove":
		return importer.Remove(e.row())
	case "add":
		cells := map[string]string{}
		for i, c := range e.cells {
			cells[sheets[e.table].fields[i]] = c
		}
		return importer.Add(e.table, cells)
	}
	return importer.Set(e.row(), e.field, e.value)
}

// applyAll edits the preview and the sheets alike.
func applyAll(t tb, p *importer.Preview, sheets []*sheet, edits ...edit) importer.Delta {
	t.Helper()
	d, err := tryAll(t, p, sheets, edits...)
	require.NoError(t, err)
	return d
}

// tryAll is applyAll where the store may be broken: then it edits neither.
func tryAll(t tb, p *importer.Preview, sheets []*sheet, edits ...edit) (importer.Delta, error) {
	t.Helper()
	var real []importer.Edit
	for _, e := range edits {
		real = append(real, e.real(sheets))
	}
	d, err := p.Edit(t.Context(), real...)
	if err != nil {
		return d, err
	}
	added := d.Added
	for _, e := range edits {
		var id users.RowID
		if e.what == "add" {
			require.NotEmpty(t, added, "every added row has an id")
			id, added = added[0], added[1:]
		}
		apply(sheets, e, id)
	}
	require.Empty(t, added, "every id is of an added row")
	return d, nil
}

// shown is everything a preview shows.
type shown struct {
	Rows     []importer.RowView
	Summary  importer.Summary
	Findings []formats.Finding
}

func show(p *importer.Preview) shown {
	return shown{slices.Collect(p.Rows()), p.Summary(), p.Findings()}
}

func (s shown) json() string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// reportJSON is the whole report.
func reportJSON(t tb, r *importer.Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, r.WriteJSON(&b))
	return b.String()
}

// everything lists all records of the kinds that files are about, in every account.
func everything(t tb, store users.Store) map[users.ID]users.Record {
	t.Helper()
	out := map[users.ID]users.Record{}
	for _, k := range []users.Kind{users.KindUser, users.KindLine} {
		q := users.Query{Kind: k, Scope: users.Scope{All: true}, Limit: 1000}
		for {
			page, err := store.List(t.Context(), q)
			require.NoError(t, err)
			for _, r := range page.Records {
				out[r.ID] = r
			}
			if q.After = page.Next; q.After == "" {
				break
			}
		}
	}
	return out
}

func sortedIDs(recs map[users.ID]users.Record) []users.ID { return slices.Sorted(maps.Keys(recs)) }

// contents is what the store holds, sorted, with the ids that an import made
// replaced by what the record is known by, and without versions and times.
func contents(t tb, store users.Store) []string {
	t.Helper()
	recs := everything(t, store)
	name := func(r users.Record) string {
		for _, sp := range []users.Space{users.SpaceLANID, users.SpaceEmail, users.SpaceLine} {
			if i := slices.IndexFunc(r.Keys(), func(k users.Key) bool { return k.Space == sp }); i >= 0 {
				return r.Keys()[i].String()
			}
		}
		return "nameless"
	}
	var made []string
	for id, r := range recs {
		if strings.Contains(string(id), "-") {
			made = append(made, `"`+string(id)+`"`, `"`+name(r)+`"`)
		}
	}
	named := strings.NewReplacer(made...)
	var out []string
	for id, r := range recs {
		data, err := users.EncodeData(r.Data)
		require.NoError(t, err)
		out = append(out, named.Replace(fmt.Sprintf("%s %q %s", r.Account, id, data)))
	}
	slices.Sort(out)
	return out
}

var errBroken = errors.New("the store is broken")

// noWrites is the store with every Apply failing.
func noWrites(store users.Store) *storetest.Faulty {
	f := storetest.NewFaulty(store)
	f.Before = func(op string, n int) error {
		if op == storetest.OpApply {
			return errBroken
		}
		return nil
	}
	return f
}
