package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/formats/xlsx"
)

type m = map[string]any

// The whole way, as a client goes it.
func TestStory(t *testing.T) {
	s := serve(t)
	ada, hedy := s.as("u-ada"), s.as("u-hedy")
	before := s.people()
	sample, err := os.ReadFile(filepath.Join("..", "testdata", "hires.csv"))
	require.NoError(t, err)

	// A file with mistakes.
	resp := ada.do("POST", "/previews?template=hires&label=March", form{"hires.csv", string(sample)})
	v := read[shownView](ada, http.StatusCreated, resp)
	at := resp.Header.Get("Location")
	require.Equal(t, "/previews/"+v.ID, at)
	require.Equal(t, shownSummary{Rows: 7, Actions: map[string]int{"create": 2, "update": 1, "error": 4},
		Codes: map[string]int{"email.form": 1, "name.missing": 1, "role.unknown": 2}, Errors: 4}, v.Summary)
	require.Equal(t, []string{"2 people will be created.", "1 person will be changed.", "4 rows have errors and will not be imported."}, v.Recap)
	require.Len(t, v.Rows, 7)
	require.Equal(t, before, s.people(), "a preview writes nothing")

	// Looked at page by page, and in another language.
	page := read[shownView](ada, http.StatusOK, ada.do("GET", at+"?only=errors&limit=3", nil, "Accept-Language", "fr-CA, en;q=0.5"))
	require.Equal(t, []int{4, 5, 6}, ids(page.Rows))
	require.Equal(t, 6, page.Next)
	require.Contains(t, page.Rows[1].Findings[0].Message, "Rôle")
	page = read[shownView](ada, http.StatusOK, ada.do("GET", at+"?only=errors&limit=3&after=6", nil))
	require.Equal(t, []int{7}, ids(page.Rows))
	require.Zero(t, page.Next)
	page = read[shownView](ada, http.StatusOK, ada.do("GET", at+"?text=KATHERINE", nil))
	require.Equal(t, []int{3, 7}, ids(page.Rows), "Tim's manager is found too")

	// One fault in two cells, mended at once.
	require.Equal(t, "role.unknown", v.Repairs[0].Code)
	require.Equal(t, 2, v.Repairs[0].Rows)
	v = read[shownView](ada, http.StatusOK, ada.do("PATCH", at, m{"version": 1, "repair": m{"id": v.Repairs[0].ID}}))
	require.Equal(t, 2, v.Version)
	require.Equal(t, []int{5, 6}, ids(v.Rows))

	// One cell, by hand.
	v = read[shownView](ada, http.StatusOK, ada.do("PATCH", at, m{"version": 2, "edits": []m{{"op": "set", "row": 4, "field": "email", "value": "edsger@acme.example"}}}))
	require.Equal(t, map[string]int{"create": 5, "update": 1, "error": 1}, v.Summary.Actions)

	// The remaining rows are downloaded as a spreadsheet, corrected and uploaded.
	failing := ada.text(http.StatusOK, ada.do("GET", at+"/failing.csv", nil))
	require.Contains(t, failing, "tim@acme.example")
	require.NotContains(t, failing, "katherine@acme.example,Katherine")
	corrected := strings.Replace(failing, "tim@acme.example,,", "tim@acme.example,Tim Berners-Lee,", 1)
	require.NotEqual(t, failing, corrected)
	v = read[shownView](ada, http.StatusOK, ada.do("POST", at+"/failing", form{"failing.csv", corrected}))
	require.Equal(t, []int{7}, ids(v.Rows))
	require.Equal(t, map[string]int{"create": 6, "update": 1}, v.Summary.Actions)
	book := ada.text(http.StatusOK, ada.do("GET", at+"/failing.xlsx", nil))
	table, err := xlsx.Open(t.Context(), strings.NewReader(book), int64(len(book)), nil)
	require.NoError(t, err)
	require.Equal(t, 1, table.Len(), "nothing is left but the headings")

	// Repeated requests import once.
	first := ada.text(http.StatusOK, ada.do("POST", at+"/commit", m{"version": v.Version}))
	var r shownResult
	strictly(t, first, &r)
	require.Equal(t, map[string]int{"created": 6, "updated": 1}, r.Counts)
	require.True(t, r.Done)
	require.Empty(t, r.Left)
	require.Equal(t, "Import finished: 6 created, 1 changed.", r.Message)
	after := s.people()
	require.Equal(t, first, ada.text(http.StatusOK, ada.do("POST", at+"/commit", nil)))
	require.Equal(t, after, s.people())
	ada.fails(http.StatusConflict, "preview.committed", ada.do("PATCH", at, m{"edits": []m{{"op": "remove", "row": 4}}}))

	// The people are in the host's own table, with the defaults of the host.
	var name, badge, manager, hash, created string
	require.NoError(t, s.db.QueryRowContext(t.Context(), `SELECT u.name, u.badge, m.email, u.password_hash, u.created_at
        FROM users AS u JOIN users AS m ON m.id = u.manager_id WHERE u.email = 'tim@acme.example'`).Scan(&name, &badge, &manager, &hash, &created))
	require.Equal(t, []string{"Tim Berners-Lee", "0047", "katherine@acme.example", ""}, []string{name, badge, manager, hash})
	require.NotEmpty(t, created)

	// The import is in the history, and its report can be read again.
	h := read[shownHistory](ada, http.StatusOK, ada.do("GET", "/imports", nil))
	require.Len(t, h.Imports, 1)
	require.Equal(t, []string{v.ID, "March", "hires", "done", "admin:u-ada"}, []string{h.Imports[0].ID, h.Imports[0].Label, h.Imports[0].Template, h.Imports[0].State, h.Imports[0].Actor})
	lines := strings.Split(strings.TrimSpace(ada.text(http.StatusOK, ada.do("GET", "/imports/"+v.ID, nil))), "\n")
	require.Len(t, lines, 8)
	var head shownImport
	strictly(t, lines[0], &head)
	if d := cmp.Diff(r.shownImport, head); d != "" {
		t.Errorf("the report read again (-want +got):\n%s", d)
	}
	for _, l := range lines[1:] {
		var line shownLine
		strictly(t, l, &line)
		require.Contains(t, []string{"created", "updated"}, line.Outcome)
	}
	require.Contains(t, ada.text(http.StatusOK, ada.do("GET", "/imports/"+v.ID+".csv", nil)), "tim@acme.example")
	require.True(t, strings.HasPrefix(ada.text(http.StatusOK, ada.do("GET", "/imports/"+v.ID+".xlsx", nil)), "PK"))

	// A person of another account cannot see the import.
	for _, path := range []string{at, at + "/failing.csv", "/imports/" + v.ID, "/imports/" + v.ID + ".xlsx"} {
		hedy.fails(http.StatusNotFound, "not_found", hedy.do("GET", path, nil))
	}
	for _, path := range []string{at + "/commit", at + "/failing", "/imports/" + v.ID + "/undo", "/imports/" + v.ID + "/rest"} {
		hedy.fails(http.StatusNotFound, "not_found", hedy.do("POST", path, nil))
	}
	hedy.fails(http.StatusNotFound, "not_found", hedy.do("PATCH", at, m{"edits": []m{{"op": "remove", "row": 4}}}))
	hedy.fails(http.StatusNotFound, "not_found", hedy.do("DELETE", at, nil))
	require.Empty(t, read[shownHistory](hedy, http.StatusOK, hedy.do("GET", "/imports", nil)).Imports)

	// Importing an export changes nothing.
	resp = ada.do("GET", "/export/hires.csv", nil)
	require.Equal(t, "0", resp.Header.Get("X-Left-Out"))
	require.Equal(t, []string{"text/csv; charset=utf-8", "attachment; filename=hires.csv", "nosniff", "no-store"}, []string{
		resp.Header.Get("Content-Type"), resp.Header.Get("Content-Disposition"), resp.Header.Get("X-Content-Type-Options"), resp.Header.Get("Cache-Control")})
	file := ada.text(http.StatusOK, resp)
	require.Equal(t, map[string]int{"unchanged": 8}, ada.upload(file).Summary.Actions)

	// The undo is a preview like any other, committed by the same route.
	resp = ada.do("POST", "/imports/"+v.ID+"/undo", nil)
	u := read[shownView](ada, http.StatusCreated, resp)
	require.Equal(t, map[string]int{"delete": 6, "update": 1}, u.Summary.Actions)
	require.Equal(t, after, s.people())
	undo := resp.Header.Get("Location")
	u = read[shownView](ada, http.StatusOK, ada.do("GET", undo, nil))
	ada.fails(http.StatusBadRequest, "fixed", ada.do("PATCH", undo, m{"edits": []m{{"op": "set", "row": u.Rows[0].ID, "field": "done", "value": "x"}}}))
	r = read[shownResult](ada, http.StatusOK, ada.do("POST", undo+"/commit", nil))
	require.Equal(t, map[string]int{"deleted": 6, "updated": 1}, r.Counts)
	require.Equal(t, v.ID, r.Undoes)
	require.Equal(t, before, s.people(), "as before, to the byte")
	ada.fails(http.StatusConflict, "undone", ada.do("POST", "/imports/"+v.ID+"/undo", nil))
	ada.fails(http.StatusConflict, "undone", ada.do("POST", at+"/commit", nil))

	// The log has the person and the request, and nothing from the file.
	require.Contains(t, s.log.String(), `route="POST /previews/{id}/commit" person=u-ada`)
	for _, secret := range []string{"Liskov", "barbara", "edsger", "Acount", "March", ada.token} {
		require.NotContains(t, s.log.String(), secret)
	}
}

func ids(rows []shownRow) []int {
	var out []int
	for _, r := range rows {
		out = append(out, r.ID)
	}
	return out
}

// A person downloads the template in their language, fills it in, and it is read.
func TestTemplate(t *testing.T) {
	s := serve(t)
	ada := s.as("u-ada")
	text := ada.text(http.StatusOK, ada.do("GET", "/templates/hires.csv", nil, "Accept-Language", "fr"))
	table, err := csv.Read(t.Context(), bytes.NewReader([]byte(text)), nil)
	require.NoError(t, err)
	require.Equal(t, []string{"COURRIEL", "NOM", "RÔLE", "BADGE", "RESPONSABLE"}, table.Row(0).Cells())
	v := ada.upload(text + "sophie@acme.example,Sophie Germain,Utilisateur,0101,\r\n")
	require.Equal(t, map[string]int{"create": 1}, v.Summary.Actions)

	book := ada.text(http.StatusOK, ada.do("GET", "/templates/cloudlink.xlsx", nil))
	_, err = xlsx.Open(t.Context(), strings.NewReader(book), int64(len(book)), nil)
	require.NoError(t, err)
	for _, path := range []string{"/templates/nobody.xlsx", "/templates/hires.pdf", "/export/nobody.xlsx"} {
		ada.fails(http.StatusNotFound, "not_found", ada.do("GET", path, nil))
	}
}
