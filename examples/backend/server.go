package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/messages"
	"github.com/usher-go/usher/users"
)

const (
	maxFile = 20 << 20         // bytes of an uploaded file
	maxForm = maxFile + 64<<10 // bytes of a form with the file
	maxJSON = 1 << 20
)

// A server keeps all state in the database, so any replica can answer any
// request.
type server struct {
	db        *sql.DB
	store     users.Store
	documents documents
	templates []*importer.Template
	log       *slog.Logger
}

func newServer(ctx context.Context, db *sql.DB, log *slog.Logger) (*server, error) {
	store, err := openStore(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	templates, err := templates()
	if err != nil {
		return nil, err
	}
	return &server{db: db, store: store, documents: documents{db}, templates: templates, log: log}, nil
}

// writers returns the formats of downloaded files.
func writers() []formats.Writer { return []formats.Writer{xlsx.Writer{}, csv.Writer{}} }

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, limit int64, h handler) { mux.Handle(pattern, s.route(limit, h)) }

	handle("POST /previews", maxForm, s.upload)
	handle("GET /previews/{id}", 0, s.look)
	handle("PATCH /previews/{id}", maxJSON, s.correct)
	handle("DELETE /previews/{id}", 0, s.discard)
	for _, w := range writers() {
		handle("GET /previews/{id}/failing"+w.Ext(), 0, s.failing(w))
	}
	handle("POST /previews/{id}/failing", maxForm, s.merge)
	handle("POST /previews/{id}/commit", maxJSON, s.commit)

	handle("GET /imports", 0, s.history)
	handle("GET /imports/{file}", 0, s.report)
	handle("POST /imports/{id}/undo", 0, s.undo)
	handle("POST /imports/{id}/rest", 0, s.rest)

	handle("GET /templates/{file}", 0, s.blank)
	handle("GET /export/{file}", 0, s.export)

	// Browsers send cookies with requests that another site starts.
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.send(w, newDesk(r), reply{}, &fault{http.StatusForbidden, "origin.foreign"})
	}))
	return guard.Handler(mux)
}

// A desk holds the data of one request for a handler: the request, the person,
// the person's view of the directory, and the language.
type desk struct {
	*http.Request
	id     string // of the request, for the log and the answer
	began  time.Time
	person person
	dir    *users.Directory
	lang   messages.Language
}

func newDesk(r *http.Request) *desk {
	return &desk{Request: r, id: rand.Text(), began: time.Now(), lang: messages.For(r.Header.Get("Accept-Language"))}
}

// A handler answers a request of a person who is signed in. The answer is sent
// only when it is complete, so an error never follows half an answer.
type handler func(d *desk) (reply, error)

// route wraps a handler with the steps that all handlers need. limit is the
// largest size of a request, in bytes.
func (s *server) route(limit int64, h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d := newDesk(r)
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		answer, err := s.answer(d, h)
		s.send(w, d, answer, err)
	})
}

func (s *server) answer(d *desk, h handler) (reply, error) {
	var err error
	if d.person, err = whoIs(d.Request, s.db); err != nil {
		return reply{}, err
	}
	if !d.person.admin {
		return reply{}, &fault{http.StatusForbidden, "admin.only"}
	}
	d.dir = users.Open(s.store, d.person.actor(), nil)
	return h(d)
}
