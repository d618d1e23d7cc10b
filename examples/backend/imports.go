package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// commitTime bounds a commit. One that takes longer is interrupted, and the
// next click goes on with it; a host with very large files gives it to a job.
const commitTime = 2 * time.Minute

// mostLeft is how many rows that were not done an answer repeats.
const mostLeft = 100

// A decision is the body of POST /previews/{id}/commit; it may be left out.
type decision struct {
	Version int      `json:"version"` // what the person was looking at
	Approve []string `json:"approve"` // codes of brakes: a mass deletion is meant
	All     bool     `json:"all"`     // all rows or none
	Strict  bool     `json:"strict"`  // rows of people who were changed at all since are conflicts
}

// A result is how an import ended. The rows that were not done are in it, up to
// mostLeft; all of them are in GET /imports/{id}.
type result struct {
	*importer.Report
	Message string `json:"message"`
	Done    bool   `json:"done"`
	Left    []line `json:"left"`
}

type line struct {
	importer.ReportLine
	ID       users.RowID `json:"id"`
	Findings []finding   `json:"findings,omitempty"`
}

// commit is POST /previews/{id}/commit. The second click answers the report of
// the first.
func (s *server) commit(d *desk) (reply, error) {
	var c decision
	if err := d.object(&c); err != nil {
		return reply{}, err
	}
	doc, p, err := s.open(d)
	if err != nil {
		return reply{}, err
	}
	if c.Version != 0 && c.Version != doc.version {
		return reply{}, stale(doc)
	}
	if err := s.documents.close(d.Context(), doc); err != nil {
		return reply{}, err
	}
	opts := &importer.CommitOptions{Approve: c.Approve, Strict: c.Strict}
	if c.All {
		opts.Policy = importer.AllOrNothing
	}
	// Who closes the page does not stop what they began.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(d.Context()), commitTime)
	defer cancel()
	r, err := p.Commit(ctx, opts)
	if err != nil {
		if _, begun := d.dir.Get(context.WithoutCancel(ctx), p.ID()); errors.Is(begun, users.ErrNotFound) {
			return reply{}, errors.Join(err, s.documents.reopen(context.WithoutCancel(ctx), doc))
		}
		return reply{}, err
	}
	return object(http.StatusOK, d.result(r)), nil
}

func (d *desk) result(r *importer.Report) *result {
	out := &result{Report: r, Message: d.lang.Result(r), Done: r.Done(), Left: []line{}}
	for l := range r.Find(importer.OutcomeSkipped, importer.OutcomeBlocked, importer.OutcomeConflict, importer.OutcomeFailed) {
		if len(out.Left) == mostLeft {
			break
		}
		out.Left = append(out.Left, line{l, l.Row, d.findings(l.Findings)})
	}
	return out
}

// history is GET /imports: what was imported into the account, newest first.
// In the query: template, text, limit, after.
func (s *server) history(d *desk) (reply, error) {
	q := d.URL.Query()
	limit, err := d.number("limit", 50)
	if err != nil {
		return reply{}, err
	}
	page, err := importer.History(d.Context(), d.dir, &importer.HistoryOptions{
		Template: q.Get("template"), Text: q.Get("text"), After: q.Get("after"), Limit: int(min(limit, 500))})
	if err != nil {
		return reply{}, err
	}
	return object(http.StatusOK, struct {
		Imports []importer.HistoryEntry `json:"imports"`
		Next    string                  `json:"next,omitempty"`
	}{append([]importer.HistoryEntry{}, page.Imports...), page.Next}), nil
}

// report is GET /imports/{id}: what became of every row, as JSON lines, or with
// an extension as a file. One of an import that is still running says what is done.
func (s *server) report(d *desk) (reply, error) {
	name := d.PathValue("file")
	id, _, isFile := strings.Cut(name, ".")
	r, err := importer.LoadReport(d.Context(), d.dir, users.ID(id))
	if err != nil && !errors.Is(err, importer.ErrUnfinished) {
		return reply{}, err
	}
	if !isFile {
		return reply{http.StatusOK, map[string]string{"Content-Type": "application/jsonl"}, func(w io.Writer) error { return r.WriteJSON(w) }}, nil
	}
	_, w, err := named(name)
	if err != nil {
		return reply{}, err
	}
	return file("report-"+id, w, r.Sheet(d.lang)), nil
}

// undo is POST /imports/{id}/undo: a preview of taking the import back, to be
// looked at and committed like any other.
func (s *server) undo(d *desk) (reply, error) {
	p, err := importer.Undo(d.Context(), d.dir, users.ID(d.PathValue("id")), nil)
	if err != nil {
		return reply{}, err
	}
	return s.created(d, p)
}

// rest is POST /imports/{id}/rest: a preview of the rows that the import did
// not do, as long as its own preview is kept.
func (s *server) rest(d *desk) (reply, error) {
	_, p, err := s.open(d)
	if err != nil {
		return reply{}, err
	}
	r, err := importer.LoadReport(d.Context(), d.dir, p.ID())
	if err != nil {
		return reply{}, err
	}
	if p, err = p.Remaining(d.Context(), r); err != nil {
		return reply{}, err
	}
	return s.created(d, p)
}
