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

// commitTime limits the time of a commit. A longer commit is interrupted, and the
// next request resumes it. A host with very large files should use a job.
const commitTime = 2 * time.Minute

// mostLeft is the largest number of rows not imported in an answer.
const mostLeft = 100

// A decision is the body of POST /previews/{id}/commit; it may be left out.
type decision struct {
	Version int      `json:"version"` // the version that the person saw
	Approve []string `json:"approve"` // codes of the brakes to approve
	All     bool     `json:"all"`     // import all rows or none
	Strict  bool     `json:"strict"`  // any change of a person since the preview is a conflict
}

// A result is the answer to a commit. Left has at most mostLeft rows that were
// not imported; GET /imports/{id} has all of them.
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

// commit is POST /previews/{id}/commit. A second request returns the report of
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

	// Closing the page does not stop the import.
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

// history is GET /imports: the imports of the account, newest first. The query
// may have template, text, limit and after.
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

// report is GET /imports/{id}: the result of every row, as JSON lines, or as a
// file if the path has an extension. The report of a running import has the rows
// so far.
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

// undo is POST /imports/{id}/undo: a preview of the undo, which is checked and
// committed like any other preview.
func (s *server) undo(d *desk) (reply, error) {
	p, err := importer.Undo(d.Context(), d.dir, users.ID(d.PathValue("id")), nil)
	if err != nil {
		return reply{}, err
	}
	return s.created(d, p)
}

// rest is POST /imports/{id}/rest: a preview of the rows that were not imported.
// It needs the stored preview of the import.
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
