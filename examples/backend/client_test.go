package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A service is the real handler on a real listener over a real database.
type service struct {
	t   *testing.T
	db  *sql.DB
	url string
	log *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func serve(t *testing.T) *service {
	t.Helper()
	db, err := openDatabase(t.Context(), filepath.Join(t.TempDir(), "backend.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	log := &lockedBuffer{}
	s, err := newServer(t.Context(), db, slog.New(slog.NewTextHandler(log, nil)))
	require.NoError(t, err)
	require.NoError(t, seed(t.Context(), db))
	srv := httptest.NewServer(s.handler())
	t.Cleanup(srv.Close)
	return &service{t, db, srv.URL, log}
}

// A client is a person with a session, or without a token an anonymous caller.
type client struct {
	*service
	token string
}

// as signs a person in.
func (s *service) as(user string) *client {
	s.t.Helper()
	token, err := signIn(s.t.Context(), s.db, user, time.Hour)
	require.NoError(s.t, err)
	return &client{s, token}
}

// A form is a file in the field "file".
type form struct{ name, text string }

// do sends a request: body is nil, a form, a string for a raw body, or a value for JSON.
func (c *client) do(method, path string, body any, headers ...string) *http.Response {
	c.t.Helper()
	var content io.Reader
	kind := ""
	switch b := body.(type) {
	case nil:
	case string:
		content, kind = strings.NewReader(b), "text/csv"
	case form:
		var buf bytes.Buffer
		w := multipart.NewWriter(&buf)
		part, err := w.CreateFormFile("file", b.name)
		require.NoError(c.t, err)
		_, err = io.WriteString(part, b.text)
		require.NoError(c.t, err)
		require.NoError(c.t, w.Close())
		content, kind = &buf, w.FormDataContentType()
	default:
		text, err := json.Marshal(b)
		require.NoError(c.t, err)
		content, kind = bytes.NewReader(text), "application/json"
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, content)
	require.NoError(c.t, err)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	require.NoError(c.t, err)
	return resp
}

// text is the body of an answer with that status.
func (c *client) text(want int, resp *http.Response) string {
	c.t.Helper()
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(c.t, err)
	require.Equal(c.t, want, resp.StatusCode, "%s %s\n%s\n%s", resp.Request.Method, resp.Request.URL, text, c.log)
	return string(text)
}

// read decodes an answer with that status, and takes no field it does not know.
func read[T any](c *client, want int, resp *http.Response) T {
	c.t.Helper()
	var out T
	strictly(c.t, c.text(want, resp), &out)
	return out
}

func strictly(t *testing.T, text string, into any) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(into), text)
	require.False(t, dec.More(), text)
}

// fails wants an error of that status and code, with a text.
func (c *client) fails(status int, code string, resp *http.Response) shownError {
	c.t.Helper()
	out := read[shownError](c, status, resp)
	require.Equal(c.t, code, out.Error.Code)
	require.NotEmpty(c.t, out.Error.Message)
	require.Equal(c.t, resp.Header.Get("X-Request-Id"), out.Error.Request)
	return out
}

func (c *client) upload(text string) shownView {
	c.t.Helper()
	return read[shownView](c, http.StatusCreated, c.do("POST", "/previews?template=hires", form{"hires.csv", text}))
}

// people returns the rows of the host's table, a line for each person.
func (s *service) people() string {
	s.t.Helper()
	rows, err := s.db.QueryContext(s.t.Context(), `SELECT id || '|' || account || '|' || COALESCE(email, 'NULL') || '|' || name || '|' || is_admin || '|' ||
        badge || '|' || COALESCE(manager_id, 'NULL') || '|' || password_hash || '|' || created_at FROM users ORDER BY id`)
	require.NoError(s.t, err)
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var line string
		require.NoError(s.t, rows.Scan(&line))
		b.WriteString(line + "\n")
	}
	require.NoError(s.t, rows.Err())
	return b.String()
}
