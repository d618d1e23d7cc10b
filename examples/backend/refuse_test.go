package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

const oneHire = "EMAIL,NAME\nkatherine@acme.example,Katherine Johnson\n"

func TestNobodyGetsIn(t *testing.T) {
	s := serve(t)
	expired, err := signIn(t.Context(), s.db, "u-ada", -1)
	require.NoError(t, err)
	for _, token := range []string{"", "no such token", expired} {
		c := &client{s, token}
		for _, route := range []string{
			"POST /previews?template=hires", "GET /previews/x", "PATCH /previews/x", "DELETE /previews/x", "GET /previews/x/failing.csv",
			"POST /previews/x/failing", "POST /previews/x/commit", "GET /imports", "GET /imports/x", "POST /imports/x/undo", "POST /imports/x/rest",
			"GET /templates/hires.xlsx", "GET /export/hires.xlsx",
		} {
			method, path, _ := strings.Cut(route, " ")
			c.fails(http.StatusUnauthorized, "actor", c.do(method, path, nil))
		}
	}
	require.Equal(t, users.Actor{}, person{id: "u-grace", account: "acme"}.actor(), "who is no administrator reaches nothing")
	grace := s.as("u-grace")
	grace.fails(http.StatusForbidden, "admin.only", grace.do("GET", "/imports", nil))
	_, err = s.db.ExecContext(t.Context(), "UPDATE users SET is_admin = 1 WHERE id = 'u-grace'")
	require.NoError(t, err)
	read[shownHistory](grace, http.StatusOK, grace.do("GET", "/imports", nil)) // the very next request
}

// A browser sends its cookie with requests that another site starts.
func TestCookieAndOtherSites(t *testing.T) {
	s := serve(t)
	ada := s.as("u-ada")
	cookie := "session=" + ada.token
	nobody := &client{s, ""}
	post := func(headers ...string) *http.Response {
		return nobody.do("POST", "/previews?template=hires", oneHire, append(headers, "Cookie", cookie)...)
	}
	read[shownView](nobody, http.StatusCreated, post("Sec-Fetch-Site", "same-origin"))
	nobody.fails(http.StatusForbidden, "origin.foreign", post("Sec-Fetch-Site", "cross-site"))
	nobody.fails(http.StatusForbidden, "origin.foreign", post("Origin", "https://evil.example"))
}

func TestRefusedUploads(t *testing.T) {
	s := serve(t)
	ada := s.as("u-ada")
	for _, x := range []struct {
		name, query string
		body        any
		status      int
		code        string
	}{
		{"no such template", "template=nobody", oneHire, 404, "not_found"},
		{"no template", "", oneHire, 404, "not_found"},
		{"no such mode", "template=hires&mode=sideways", oneHire, 400, "mode"},
		{"no such column", "template=hires&map=9:email", oneHire, 400, "column"},
		{"no such field", "template=hires&map=1:shoe_size", oneHire, 400, "field"},
		{"a map that is none", "template=hires&map=first:email", oneHire, 400, "query.form"},
		{"nothing", "template=hires", nil, 422, "file.empty"},
		{"a form without a file", "template=hires", form{}, 422, "file.empty"},
		{"a picture", "template=hires", "\x89PNG\r\n\x1a\n", 422, "file.type"},
		{"half a workbook", "template=hires", "PK\x03\x04 and no more", 422, "xlsx.damaged"},
		{"a column is missing", "template=hires", "NAME\nAda\n", 422, "header.missing"},
		{"a file that is too large", "template=hires", strings.Repeat("x", maxFile+1), 413, "limit.upload"},
		{"a body that is too large", "template=hires", strings.Repeat("x", maxForm+1), 413, "limit.upload"},
		{"a form that is too large", "template=hires", form{"x.csv", strings.Repeat("x", maxForm+1)}, 413, "limit.upload"},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := &client{&service{t, s.db, s.url, s.log}, ada.token}
			c.fails(x.status, x.code, c.do("POST", "/previews?"+x.query, x.body))
		})
	}
	var n int
	require.NoError(t, s.db.QueryRowContext(t.Context(), "SELECT count(*) FROM previews").Scan(&n))
	require.Zero(t, n)

	// A form that breaks off, and the words of another language.
	ada.fails(http.StatusBadRequest, "body.form", ada.do("POST", "/previews?template=hires", "--x\r\n", "Content-Type", "multipart/form-data; boundary=x"))
	e := ada.fails(http.StatusUnprocessableEntity, "header.missing", ada.do("POST", "/previews?template=hires", "NAME\nAda\n", "Accept-Language", "fr"))
	require.Contains(t, e.Error.Message, "En-têtes présents\u00a0: NAME")
	require.Equal(t, "NAME", e.Error.Args["found"])

	// The missing heading can be given with map.
	v := read[shownView](ada, http.StatusCreated, ada.do("POST", "/previews?template=hires&map=1:email&map=2:name", "Contact,Who\nkatherine@acme.example,Katherine\n"))
	require.Equal(t, map[string]int{"create": 1}, v.Summary.Actions)
}

func TestWrongEdits(t *testing.T) {
	s := serve(t)
	ada := s.as("u-ada")
	v := ada.upload(oneHire)
	at := "/previews/" + v.ID
	for _, x := range []struct {
		name string
		body any
		code string
	}{
		{"no row", m{"edits": []m{{"op": "set", "row": 99, "field": "name", "value": "x"}}}, "row"},
		{"no field", m{"edits": []m{{"op": "set", "row": 2, "field": "shoe_size", "value": "x"}}}, "field"},
		{"no such thing to do", m{"edits": []m{{"op": "drop", "row": 2}}}, "body.form"},
		{"nothing to do", m{"version": 1}, "body.form"},
		{"no body", nil, "body.form"},
		{"a word nobody knows", m{"seen": []int{2}, "actor": "host"}, "body.form"},
		{"no JSON", "op=set", "body.form"},
		{"two objects", `{"seen":[2]}{"seen":[2]}`, "body.form"},
		{"no repair", m{"repair": m{"id": "x"}}, "repair"},
		{"no field to replace in", m{"replace": m{"field": "shoe_size"}}, "field"},
		{"no column to map", m{"map": []m{{"column": 9, "field": "email"}}}, "column"},
		{"no row to have seen", m{"seen": []int{99}}, "row"},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := &client{&service{t, s.db, s.url, s.log}, ada.token}
			c.fails(http.StatusBadRequest, x.code, c.do("PATCH", at, x.body))
		})
	}
	ada.fails(http.StatusRequestEntityTooLarge, "limit.upload", ada.do("PATCH", at, strings.Repeat(" ", maxJSON+1)))
	for _, query := range []string{"?after=x", "?limit=-1", "?only=sundays"} {
		ada.fails(http.StatusBadRequest, "query.form", ada.do("GET", at+query, nil))
	}
	ada.fails(http.StatusUnprocessableEntity, "merge.foreign", ada.do("POST", at+"/failing", form{"failing.csv", oneHire}))
	if now := read[shownView](ada, http.StatusOK, ada.do("GET", at, nil)); now.Version != 1 {
		t.Errorf("version %d after edits that were refused, want 1", now.Version)
	}
}

// An internal error is written to the log and not shown to the caller.
func TestInternalErrorsStayInside(t *testing.T) {
	s := serve(t)
	ada := s.as("u-ada")
	_, err := s.db.ExecContext(t.Context(), "DROP TABLE previews")
	require.NoError(t, err)
	e := ada.fails(http.StatusInternalServerError, "internal", ada.do("GET", "/previews/x", nil))
	require.NotContains(t, e.Error.Message, "previews")
	require.Contains(t, s.log.String(), "no such table")
	require.Contains(t, s.log.String(), e.Error.Request)
}

// A commit that fails before it wrote anything may be corrected and tried again.
func TestCommitThatNeverBegan(t *testing.T) {
	s := serve(t)
	ada := s.as("u-ada")
	at := "/previews/" + ada.upload(oneHire).ID
	rename := func(from, to string) {
		_, err := s.db.ExecContext(t.Context(), "ALTER TABLE "+from+" RENAME TO "+to)
		require.NoError(t, err)
	}
	rename("usher_journal", "elsewhere")
	ada.fails(http.StatusInternalServerError, "internal", ada.do("POST", at+"/commit", nil))
	rename("elsewhere", "usher_journal")
	read[shownView](ada, http.StatusOK, ada.do("PATCH", at, m{"edits": []m{{"op": "set", "row": 2, "field": "name", "value": "Kate"}}}))
	r := read[shownResult](ada, http.StatusOK, ada.do("POST", at+"/commit", nil))
	require.Equal(t, map[string]int{"created": 1}, r.Counts)
}

// An error that a caller can handle has its own status, also when it is wrapped.
func TestStatusOfErrors(t *testing.T) {
	for _, x := range []struct {
		err    error
		status int
	}{
		{users.ErrActor, http.StatusUnauthorized},
		{users.ErrNotFound, http.StatusNotFound},
		{&users.Denied{}, http.StatusForbidden},
		{&users.Conflict{}, http.StatusConflict},
		{users.ErrDigest, http.StatusConflict},
		{importer.ErrRunning, http.StatusConflict},
		{importer.ErrPruned, http.StatusGone},
		{context.DeadlineExceeded, http.StatusServiceUnavailable},
		{users.ErrPanic, http.StatusInternalServerError},
		{errors.New("disk full"), http.StatusInternalServerError},
	} {
		d := &desk{Request: &http.Request{}}
		if got, f := d.explain(fmt.Errorf("importer: commit: %w", x.err)); got != x.status || f.Message == "" {
			t.Errorf("%v: %d %q, want %d and a text", x.err, got, f.Message, x.status)
		}
	}
}
