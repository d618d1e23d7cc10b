package importer

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/importstate"
	"github.com/usher-go/usher/users"
)

// A Report says what an import did: one line for every row of its file.
type Report struct {
	ID       users.ID        `json:"id"`
	Account  users.AccountID `json:"account"`
	Label    string          `json:"label,omitempty"`
	Template string          `json:"template"`
	Actor    string          `json:"actor"`
	// Mode is that of the preview; empty for an undoing and for an edit by hand.
	Mode  Mode              `json:"mode,omitempty"`
	At    time.Time         `json:"at"`
	State users.ImportState `json:"state"`
	// Undoes is the import that this one took back.
	Undoes users.ID `json:"undoes,omitempty"`
	// Counts are rows by outcome; every row of the file is in one of them.
	Counts map[Outcome]int `json:"counts"`
	// Lines are in order of table and record number.
	Lines []ReportLine `json:"-"`
}

// A ReportLine is what became of one row.
type ReportLine struct {
	Row    users.RowID `json:"-"`
	Table  string      `json:"table,omitempty"`
	Number int         `json:"row"`
	Line   int         `json:"line,omitempty"`
	// Action is what was shown, Outcome what became of it.
	Action  Action  `json:"action,omitempty"`
	Outcome Outcome `json:"outcome"`
	Who     string  `json:"who,omitempty"`
	// User is the id of the person, where there is one.
	User     users.ID          `json:"user,omitempty"`
	Changes  []Change          `json:"changes,omitempty"`
	Gains    []Gain            `json:"gains,omitempty"`
	Losses   []Loss            `json:"losses,omitempty"`
	Findings []formats.Finding `json:"findings,omitempty"`
	// Erased says that the line told more before the person was erased; see [Erase].
	Erased bool `json:"erased,omitempty"`
}

// Done reports whether the store now is as every row wants it.
func (r *Report) Done() bool {
	for o, n := range r.Counts {
		if n > 0 && !o.Done() {
			return false
		}
	}
	return r.State == users.ImportDone
}

// Find yields the lines with one of the outcomes.
func (r *Report) Find(outcomes ...Outcome) iter.Seq[ReportLine] {
	return func(yield func(ReportLine) bool) {
		for _, l := range r.Lines {
			if slices.Contains(outcomes, l.Outcome) && !yield(l) {
				return
			}
		}
	}
}

// ErrUnfinished is returned, beside the report, for an import that has not come to its end.
var ErrUnfinished = errors.New("importer: the import has not come to its end")

// LoadReport reads the report of an import back from the store: [users.ErrNotFound]
// for one the actor does not reach, [ErrPruned] for one whose journal was thrown
// away, [ErrUnfinished] with what there is for one that is running or was interrupted.
func LoadReport(ctx context.Context, dir *users.Directory, id users.ID) (*Report, error) {
	rec, err := dir.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	imp, ok := rec.Data.(*users.Import)
	if !ok {
		return nil, users.ErrNotFound
	}
	if imp.Pruned {
		return nil, ErrPruned
	}
	r := newReport(rec, imp)
	for e, err := range dir.Journal(ctx, id, 0) {
		if err != nil {
			return nil, fmt.Errorf("importer: report: %w", err)
		}
		l, err := readNote(e)
		if err != nil {
			return nil, err
		}
		r.Lines = append(r.Lines, l)
		r.Counts[l.Outcome]++
	}
	slices.SortFunc(r.Lines, byRow)
	if r.State = importstate.At(rec, dir.Now()); r.State == users.ImportRunning || r.State == users.ImportInterrupted {
		return r, ErrUnfinished
	}
	return r, nil
}

func byRow(a, b ReportLine) int { return cmp.Compare(a.Row, b.Row) }

func newReport(rec users.Record, imp *users.Import) *Report {
	return &Report{ID: rec.ID, Account: rec.Account, Label: imp.Label, Template: imp.Template, Actor: imp.Actor, Mode: Mode(imp.Mode),
		At: rec.Created, State: imp.State, Undoes: imp.Undoes, Counts: map[Outcome]int{}}
}

func readNote(e users.Entry) (ReportLine, error) {
	l := ReportLine{}
	if len(e.Note) > 0 {
		if err := json.Unmarshal(e.Note, &l); err != nil {
			return l, fmt.Errorf("importer: report: row %d: %w", e.Row.Number(), err)
		}
	}
	l.Row = e.Row
	if l.Outcome == "" { // an edit by hand keeps no note
		l.Number, l.Outcome = e.Row.Number(), OutcomeUpdated
		if len(e.Images) > 0 {
			switch i := e.Images[0]; {
			case i.Before == nil:
				l.Outcome, l.User = OutcomeCreated, i.After.ID
			case i.After == nil:
				l.Outcome, l.User = OutcomeDeleted, i.Before.ID
			default:
				l.User = i.After.ID
			}
		}
	}
	return l, nil
}

// WriteJSON writes the report as one JSON object a line: the report itself,
// then its lines.
func (r *Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return fmt.Errorf("importer: report: %w", err)
	}
	for i := range r.Lines {
		if err := enc.Encode(&r.Lines[i]); err != nil {
			return fmt.Errorf("importer: report: %w", err)
		}
	}
	return nil
}

// A Texter puts findings, outcomes and columns into words of one language; see
// package messages.
type Texter interface {
	Finding(f formats.Finding) string
	// Suggestion asks whether the finding's Fix is meant; "" for a finding without one.
	Suggestion(f formats.Finding) string
	Outcome(o Outcome) string
	Action(a Action) string
	// Label is the heading of a report's column: "row", "action", "outcome", "who", "changes", "findings".
	Label(name string) string
	// Field is the name of a field: "First name" for "first_name".
	Field(name string) string
	// Value is the value of a field as people write it.
	Value(field, value string) string
}

// A ReportRow is a line of a report in words, for a file. Its tags name the
// columns for writers that go by tags.
type ReportRow struct {
	Table    string `csv:"table"`
	Row      string `csv:"row"`
	Line     string `csv:"line"`
	Action   string `csv:"action"`
	Outcome  string `csv:"outcome"`
	Who      string `csv:"who"`
	Changes  string `csv:"changes"`
	Findings string `csv:"findings"`
}

// Rows are the lines in words.
func (r *Report) Rows(t Texter) []ReportRow {
	out := make([]ReportRow, 0, len(r.Lines))
	for i := range r.Lines {
		out = append(out, r.Lines[i].words(t))
	}
	return out
}

func (l *ReportLine) words(t Texter) ReportRow {
	row := ReportRow{Table: l.Table, Row: strconv.Itoa(l.Number), Action: t.Action(l.Action), Outcome: t.Outcome(l.Outcome), Who: l.Who}
	if l.Line > 0 {
		row.Line = strconv.Itoa(l.Line)
	}
	var parts []string
	for _, c := range l.Changes {
		parts = append(parts, t.Field(c.Field)+": "+t.Value(c.Field, c.Old)+" → "+t.Value(c.Field, c.New))
	}
	for _, g := range l.Gains {
		parts = append(parts, "+"+g.Value)
	}
	for _, x := range l.Losses {
		parts = append(parts, "−"+x.Value+" ("+x.Who+")")
	}
	row.Changes = strings.Join(parts, "; ")
	parts = nil
	for _, f := range l.Findings {
		parts = append(parts, t.Finding(f))
	}
	row.Findings = strings.Join(parts, " ")
	return row
}

// Sheet is the report as a sheet, in words. Columns that would say nothing are
// left out: the table where there is one, the line where it is the row's number.
func (r *Report) Sheet(t Texter) formats.Sheet {
	columns := []struct {
		name  string
		width int
		cell  func(*ReportRow) string
		used  func(*ReportLine) bool
	}{
		{"table", 16, func(w *ReportRow) string { return w.Table }, func(l *ReportLine) bool { return l.Table != "" }},
		{"row", 8, func(w *ReportRow) string { return w.Row }, nil},
		{"line", 12, func(w *ReportRow) string { return w.Line }, func(l *ReportLine) bool { return l.Line != 0 && l.Line != l.Number }},
		{"action", 14, func(w *ReportRow) string { return w.Action }, nil},
		{"outcome", 14, func(w *ReportRow) string { return w.Outcome }, nil},
		{"who", 32, func(w *ReportRow) string { return w.Who }, nil},
		{"changes", 48, func(w *ReportRow) string { return w.Changes }, nil},
		{"findings", 72, func(w *ReportRow) string { return w.Findings }, nil},
	}
	s := formats.Sheet{Name: "report"}
	var cells []func(*ReportRow) string
	for _, c := range columns {
		if c.used == nil || slices.ContainsFunc(r.Lines, func(l ReportLine) bool { return c.used(&l) }) {
			s.Columns = append(s.Columns, formats.SheetColumn{Heading: t.Label(c.name), Text: true, Width: c.width})
			cells = append(cells, c.cell)
		}
	}
	s.Rows = func(yield func([]string) bool) {
		row := make([]string, len(cells))
		for i := range r.Lines {
			w := r.Lines[i].words(t)
			for c := range cells {
				row[c] = cells[c](&w)
			}
			if !yield(row) {
				return
			}
		}
	}
	return s
}

// check holds the counters against the rows of the file.
func (r *Report) check(rows int) error {
	n := 0
	for _, c := range r.Counts {
		n += c
	}
	if n != rows || len(r.Lines) != rows {
		return fmt.Errorf("importer: report: %d rows in the file, %d accounted for", rows, n)
	}
	return nil
}
