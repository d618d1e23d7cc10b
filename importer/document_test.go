package importer_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
)

func saved(t tb, p *importer.Preview) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, p.Save(&b))
	return b.String()
}

func reopened(t tb, s *scene, store users.Store, document string) *importer.Preview {
	t.Helper()
	p, err := importer.Reopen(t.Context(), s.openAs(store, "replica"), strings.NewReader(document), s.template)
	require.NoError(t, err)
	return p
}

// Saved and reopened on another replica, a preview is the preview it was, and
// saved again the bytes it was; edits and commits go on as they would have.
func TestDocument(t *testing.T) {
	forEachKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		store := s.store(t)
		p := s.preview(t, store)
		sheets := s.clones()
		for range rapid.IntRange(0, 3).Draw(t, "edits") {
			applyAll(t, p, sheets, m.edits(t, w, sheets)...)
		}
		document := saved(t, p)
		q := reopened(t, s, store, document)
		require.Empty(t, cmp.Diff(show(p), show(q)), "the preview (-saved +reopened)")
		require.Empty(t, q.Stale())
		require.Equal(t, p.ID(), q.ID())
		require.Equal(t, document, saved(t, q), "saved again")

		edits := m.edits(t, w, sheets)
		d := applyAll(t, p, sheets, edits...)
		var real []importer.Edit
		for _, e := range edits {
			real = append(real, e.real(sheets))
		}
		e, err := q.Edit(t.Context(), real...)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(d, e), "the delta (-kept +reopened)")

		other := s.store(t)
		r, err := reopened(t, s, other, saved(t, p)).Commit(t.Context(), &importer.CommitOptions{Batch: 2})
		require.NoError(t, err)
		kept, err := p.Commit(t.Context(), &importer.CommitOptions{Batch: 2})
		require.NoError(t, err)
		require.Equal(t, kept.ID, r.ID)
		require.Empty(t, cmp.Diff(kept.Counts, r.Counts))
		require.Empty(t, cmp.Diff(contents(t, store), contents(t, other)), "the store (-kept +reopened)")
	})
}

// The preview of an undoing is a document as well. What it does stands in the journal, not in the document.
func TestDocumentOfAnUndoing(t *testing.T) {
	forAnyKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		s.actor = users.Host("test")
		store := s.store(t)
		before := everything(t, store)
		if !wrote(committed(t, s, store)) {
			return
		}
		p := undo(t, s, store, imp)
		document := saved(t, p)
		q, err := importer.Reopen(t.Context(), s.openAs(store, "replica"), strings.NewReader(document))
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(show(p), show(q)), "(-saved +reopened)")
		require.Equal(t, document, saved(t, q))
		r, err := q.Commit(t.Context(), nil)
		require.NoError(t, err)
		require.True(t, r.Done())
		require.Empty(t, cmp.Diff(before, everything(t, store), butVersions()))
		again, err := importer.Reopen(t.Context(), s.openAs(store, "replica"), strings.NewReader(document))
		require.NoError(t, err, "a second click on the same document")
		twice, err := again.Commit(t.Context(), nil)
		require.NoError(t, err)
		require.Equal(t, reportJSON(t, r), reportJSON(t, twice))
	})
}

// Two requests that commit one document are one import.
func TestDocumentCommittedTwice(t *testing.T) {
	forAnyKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		store := s.store(t)
		document := saved(t, s.preview(t, store))
		first, err := reopened(t, s, store, document).Commit(t.Context(), nil)
		require.NoError(t, err)
		after := everything(t, store)
		p := reopened(t, s, store, document)
		require.Empty(t, p.Stale(), "it shows what it showed")
		second, err := p.Commit(t.Context(), nil)
		require.NoError(t, err)
		require.Equal(t, reportJSON(t, first), reportJSON(t, second))
		require.Empty(t, cmp.Diff(after, everything(t, store)))
	})
}

// What was written since the document was saved is marked, and not overwritten
// unless somebody saw what would happen now.
func TestDocumentOfAnotherDay(t *testing.T) {
	s := asHost(people(), []users.Record{person(0), person(1)}, row("l0", mail(0), "Ada"), row("l1", mail(1), "Bob"), row("l2", mail(2), "Cyd"))
	open := func(t *testing.T) (*importer.Preview, users.Store) {
		store := s.store(t)
		document := saved(t, s.preview(t, store))
		change(t, store, "u0", profile(func(p *users.Profile) { p.DisplayName = "Countess" }))
		put(t, store, person(2))
		p := reopened(t, s, store, document)
		require.Equal(t, []users.RowID{users.RowAt(0, 2), users.RowAt(0, 4)}, p.Stale())
		row, err := p.Row(users.RowAt(0, 2))
		require.NoError(t, err)
		require.True(t, row.Stale)
		return p, store
	}
	both := map[importer.Outcome]int{importer.OutcomeConflict: 2, importer.OutcomeUpdated: 1}
	t.Run("unseen", func(t *testing.T) {
		p, _ := open(t)
		r, err := p.Commit(t.Context(), nil)
		require.NoError(t, err)
		require.Equal(t, both, r.Counts)
	})
	t.Run("saved again, still unseen", func(t *testing.T) {
		p, store := open(t)
		r, err := reopened(t, s, store, saved(t, p)).Commit(t.Context(), nil)
		require.NoError(t, err)
		require.Equal(t, both, r.Counts)
	})
	t.Run("seen", func(t *testing.T) {
		p, _ := open(t)
		require.NoError(t, p.Acknowledge(p.Stale()...))
		require.ErrorIs(t, p.Acknowledge(users.RowAt(0, 9)), importer.ErrRow)
		r, err := p.Commit(t.Context(), nil)
		require.NoError(t, err)
		require.Equal(t, map[importer.Outcome]int{importer.OutcomeUpdated: 3}, r.Counts)
	})
	t.Run("edited", func(t *testing.T) {
		p, _ := open(t)
		_, err := p.Edit(t.Context(), importer.Set(users.RowAt(0, 2), "name", "Ada L."))
		require.NoError(t, err)
		r, err := p.Commit(t.Context(), nil)
		require.NoError(t, err)
		require.Equal(t, map[importer.Outcome]int{importer.OutcomeConflict: 1, importer.OutcomeUpdated: 2}, r.Counts)
	})
}

// pinned is a template with a column whose text is nobody's business.
func pinned() *importer.Template {
	tpl := people()
	tpl.Tables[0].Columns = append(tpl.Tables[0].Columns, importer.Column{Field: "custom.pin", Headings: en("PIN"), Sensitive: true})
	draft := tpl.Tables[0].Draft
	tpl.Tables[0].Draft = func(r importer.Row, d *importer.Draft) {
		draft(r, d)
		d.WantCell("custom.pin")
	}
	return tpl
}

// Sensitive cells are not in the document. A row that held one says so, and is
// an error until it is set again; all others go on.
func TestDocumentWithholds(t *testing.T) {
	s := asHost(pinned(), nil, []string{"l0", mail(0), "Ada", "", "", "s3cr3t"}, row("l1", mail(1), "Bob"), row("l2", mail(2), "Cyd"))
	store := s.store(t)
	p := s.preview(t, store)
	_, err := p.Edit(t.Context(), importer.Set(users.RowAt(0, 4), "custom.pin", "hush"))
	require.NoError(t, err)
	document := saved(t, p)
	require.NotContains(t, document, "s3cr3t")
	require.NotContains(t, document, "hush")
	q := reopened(t, s, store, document)
	require.Equal(t, []string{"2 error !cell.withheld", "3 create l1 lan_id:>l1 email:>p1@x.com name:>Bob", "4 error !cell.withheld"}, briefs(show(q)))
	require.Equal(t, document, saved(t, q), "saved again")
	for r := range q.Rows() {
		require.NotContains(t, r.Cells["custom.pin"], "withheld")
	}
	_, err = q.Edit(t.Context(), importer.Set(users.RowAt(0, 2), "custom.pin", "again"))
	require.NoError(t, err)
	r, err := q.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeCreated: 2, importer.OutcomeFailed: 1}, r.Counts)
	require.NotContains(t, reportJSON(t, r), "again")
}

// A document names its account and import; who opens it reaches no more than they did.
func TestDocumentGainsNothing(t *testing.T) {
	s := asHost(people(), []users.Record{person(0)}, row("l1", mail(1), "Bob", "", "Admin")).as(users.AccountAdmin("u0", acme).Granting())
	store := s.store(t)
	document := saved(t, s.preview(t, store))
	put(t, store, users.Record{Head: users.Head{ID: "theirs", Account: globex}, Data: &users.Import{Actor: "admin:gus", State: users.ImportRunning}})
	open := func(change ...string) (*importer.Preview, error) {
		return importer.Reopen(t.Context(), s.open(store), strings.NewReader(strings.NewReplacer(change...).Replace(document)), s.template)
	}
	_, err := open(`"account":"acme"`, `"account":"globex"`)
	require.ErrorIs(t, err, users.ErrNotFound)
	p, err := open(`"resume":""`, "", `"tables":[`, `"resume":"theirs","tables":[`)
	require.ErrorIs(t, err, users.ErrNotFound, "%v", p)
	_, err = open(`"mode":"upsert"`, `"mode":"destroy"`)
	require.ErrorIs(t, err, importer.ErrMode)
	_, err = open(`"template":"people"`, `"template":"undo","undoes":"theirs"`)
	require.ErrorContains(t, err, "document.form")

	p, err = open()
	require.NoError(t, err)
	require.Equal(t, []string{"2 error !role.forbidden"}, briefs(show(p)), "findings are computed")
}

func TestDocumentRefuses(t *testing.T) {
	s := asHost(people(), nil, row("l1", mail(1), "Bob"))
	store := s.store(t)
	p := s.preview(t, store)
	_, err := p.Edit(t.Context(), importer.Set(users.RowAt(0, 2), "name", "Zoe"), importer.Add(0, map[string]string{"lan_id": "l7"}), importer.Remove(users.RowAt(0, 2)))
	require.NoError(t, err)
	document := saved(t, p)
	tests := []struct {
		name, document, code string
	}{
		{"empty", "", "document.form"},
		{"something else", "NAME,EMAIL\n", "document.form"},
		{"another kind of JSON", `{"a":1}`, "document.form"},
		{"the form of a later release", strings.Replace(document, `"version":1`, `"version":2`, 1), "document.version"},
		{"no form", strings.Replace(document, `"version":1`, `"version":0`, 1), "document.form"},
		{"another template", strings.Replace(document, `"template":"people"`, `"template":"staff"`, 1), "document.template"},
		{"rows out of order", strings.Replace(document, `{"n":2`, `{"n":1`, 1), "document.form"},
		{"a row number there cannot be", strings.Replace(document, `{"n":2`, `{"n":2000000`, 1), "document.form"},
		{"a column there is not", strings.Replace(document, `"c":["l1"`, `"w":[9],"c":["l1"`, 1), "document.form"},
		{"a field there is not", strings.Replace(document, `"field":"name"`, `"field":"shoe"`, 1), "document.form"},
		{"a table there is not", strings.Replace(document, `"added":[0]`, `"added":[1]`, 1), "document.form"},
		{"a row there is not", strings.Replace(document, `"removed":[2]`, `"removed":[7]`, 1), "document.form"},
		{"rows of a table there is not", strings.Replace(document, `{"rows":`, `{"table":3,"rows":`, 1), "document.form"},
		{"what was shown is missing", strings.Replace(document, `"shown":`, `"shone":`, 1), "document.form"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.NotEqual(t, document, tt.document, "the case changes nothing")
			_, err := importer.Reopen(t.Context(), s.open(store), strings.NewReader(tt.document), s.template)
			var r *formats.Refusal
			require.ErrorAs(t, err, &r, "%v", err)
			require.Equal(t, tt.code, r.Code)
		})
	}
	for n := range len(document) - 1 { // the last byte is a line end
		_, err := importer.Reopen(t.Context(), s.open(store), strings.NewReader(document[:n]), s.template)
		var r *formats.Refusal
		require.ErrorAs(t, err, &r, "cut after %d bytes", n)
	}
	_, err = importer.Reopen(t.Context(), s.open(store), io.MultiReader(strings.NewReader(document[:40]), iotest.ErrReader(errBroken)), s.template)
	require.ErrorIs(t, err, errBroken, "the reader's own error is no refusal")
	require.ErrorIs(t, p.Save(failing{}), errBroken)
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errBroken }

// Documents of every form ever written are read. To add one: save a preview,
// copy it here under its form's number.
func TestDocumentsOfOldForms(t *testing.T) {
	names, err := filepath.Glob("testdata/document/*.jsonl")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			s := asHost(cloudlink.Users(), nil)
			p, err := importer.Reopen(t.Context(), s.open(s.store(t)), bytes.NewReader(text), s.template)
			require.NoError(t, err)
			require.Equal(t, []string{"2 create ada@x.com email:>ada@x.com first_name:>Ada last_name:>Lovelace", "3 error !email.form", "5 create cyd@x.com email:>cyd@x.com name:>Cyd"}, briefs(show(p)))
			require.Empty(t, p.Stale())

			require.Equal(t, string(text), saved(t, p), "today's form is another: keep the file, and save this preview as one of today's form beside it")
			require.Empty(t, cmp.Diff(show(p), show(reopened(t, s, s.store(t), saved(t, p)))), "and it is read again (-want +got)")
		})
	}
}

// Cells that are no text survive.
func TestDocumentKeepsBytes(t *testing.T) {
	s := asHost(people(), nil, row("l1", "a\xff@x.com", "\xfe\xfd"), row("l2", "<&> ", "\u2028"))
	store := s.store(t)
	p := s.preview(t, store)
	_, err := p.Edit(t.Context(), importer.Set(users.RowAt(0, 3), "name", "\xc0\x80"))
	require.NoError(t, err)
	q := reopened(t, s, store, saved(t, p))
	require.Empty(t, cmp.Diff(show(p), show(q)))
	require.Equal(t, saved(t, p), saved(t, q))
}

// Whatever a document says, of a file or of an undoing, it is opened or refused.
func FuzzOpen(f *testing.F) {
	s := asHost(staff(), []users.Record{person(0), person(2), line(0, 0)}, row("l1", mail(1), "Bob", "l0"), row("", "x", "\xff"), []string{"l2", "", "", "", "yes"}).and(attach(0, 0), detach(1))
	t := fuzzTB{f}
	fresh := func(t tb) users.Store { // in which an import was done
		store := s.store(t)
		_, err := s.preview(t, store).Commit(t.Context(), &importer.CommitOptions{ID: imp})
		require.NoError(t, err)
		return store
	}
	store := fresh(t)
	p := s.previewIn(t, s.openAs(store, "file"))
	if _, err := p.Edit(f.Context(), importer.Set(users.RowAt(0, 2), "name", "Zoe"), importer.Add(1, map[string]string{"login": mail(1)}), importer.Remove(users.RowAt(1, 3))); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(saved(t, p)))
	u := undo(t, s, store, imp)
	if _, err := u.Edit(f.Context(), importer.Remove(users.RowAt(0, 2))); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(saved(t, u)))
	f.Add([]byte(`{"kind":"usher preview","version":1,"template":"staff","tables":[{"name":"x"}]}`))
	f.Fuzz(func(t *testing.T, document []byte) {
		store := fresh(t)
		p, err := importer.Reopen(t.Context(), s.openAs(store, "a"), bytes.NewReader(document), s.template)
		if err != nil {
			return
		}
		before := everything(t, store)
		once := saved(t, p)
		q, err := importer.Reopen(t.Context(), s.openAs(store, "b"), strings.NewReader(once), s.template)
		if err != nil {
			t.Fatalf("what was saved is not opened: %v", err)
		}
		if twice := saved(t, q); twice != once {
			t.Fatalf("saved twice is not saved once\n%s\n%s", once, twice)
		}
		if diff := cmp.Diff(before, everything(t, store)); diff != "" {
			t.Fatalf("opening wrote something (-before +after):\n%s", diff)
		}
		if err := accounted(q.Commit(t.Context(), nil)); err != nil {
			t.Fatal(err)
		}
	})
}

func accounted(r *importer.Report, err error) error {
	var refusal *formats.Refusal
	known := errors.Is(err, users.ErrDigest) || errors.Is(err, users.ErrNotFound) || errors.Is(err, importer.ErrUndone) || errors.Is(err, importer.ErrRunning)
	if err != nil && !errors.As(err, &refusal) && !known {
		var denied *users.Denied
		if !errors.As(err, &denied) {
			return fmt.Errorf("commit: %w", err)
		}
	}
	if _, err := json.Marshal(r); err != nil {
		return err
	}
	return nil
}

type fuzzTB struct{ *testing.F }

func (f fuzzTB) FailNow() { f.F.FailNow() }
