package importer

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/importstate"
	"github.com/usher-go/usher/users"
)

// A Report says what an import did. It has one line for every row of the file.
type Report struct {
	ID       users.ID        `json:"id"`
	Account  users.AccountID `json:"account"`
	Label    string          `json:"label,omitempty"`
	Template string          `json:"template"`
	Actor    string          `json:"actor"`
	// Mode is the mode of the preview. It is empty for an undo and for an edit
	// by hand.
	Mode Mode `json:"mode,omitempty"`
	// Files are the names of the files that were imported, where the host gave them
	// ([formats.Source]). Those of several tables are in the order of the tables.
	Files []string          `json:"files,omitempty"`
	At    time.Time         `json:"at"`
	State users.ImportState `json:"state"`
	// Undoes is the id of the import that this one took back.
	Undoes users.ID `json:"undoes,omitempty"`
	// Counts has the number of rows by outcome. Every row of the file counts once.
	Counts map[Outcome]int `json:"counts"`
	// Lines are in order of table and record number. They are left out of the
	// JSON of the report; see WriteJSON.
	Lines []ReportLine `json:"-"`
}

// A ReportLine says what became of one row.
type ReportLine struct {
	Row    users.RowID `json:"-"`
	Table  string      `json:"table,omitempty"`
	Number int         `json:"row"`
	Line   int         `json:"line,omitempty"`
	// Action is what the preview showed, and Outcome what happened.
	Action  Action  `json:"action,omitempty"`
	Outcome Outcome `json:"outcome"`
	// Does has the values of the cells that say what the row does, by field:
	// {"action": "force_attach"}. See [Column.CountInRecap]. It is nil in reports of
	// earlier versions.
	Does map[string]string `json:"does,omitempty"`
	Who  string            `json:"who,omitempty"`
	// User is the id of the person, or "" if the row is about no record.
	User     users.ID          `json:"user,omitempty"`
	Changes  []Change          `json:"changes,omitempty"`
	Gains    []Gain            `json:"gains,omitempty"`
	Losses   []Loss            `json:"losses,omitempty"`
	Findings []formats.Finding `json:"findings,omitempty"`
	// Erased says that [Erase] removed what the line said about the person.
	Erased bool `json:"erased,omitempty"`
}

// Done reports whether the import is done and every row with it, so that the store
// is as all rows want it. A row that was never meant as a person, such as one above the
// headings, wants nothing.
func (r *Report) Done() bool {
	meant := maps.Clone(r.Counts)
	for l := range r.Find(OutcomeSkipped) {
		if slices.ContainsFunc(l.Findings, func(f formats.Finding) bool {
			return f.Code == passCodes[passAbove] || f.Code == passCodes[passExample]
		}) {
			meant[OutcomeSkipped]--
		}
	}

	for o, n := range meant {
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

// ErrUnfinished is returned, together with the report so far, for an import that
// is running or was interrupted.
var ErrUnfinished = errors.New("importer: the import is not finished")

// LoadReport reads the report of an import from the store. The error is
// [users.ErrNotFound] for an import out of the actor's reach, and [ErrPruned] for
// one whose journal was deleted. For an import that is running or was interrupted
// it is [ErrUnfinished], and the report has the lines so far.
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
	slices.SortFunc(r.Lines, byRow) // the journal is in the order of writing

	r.State = importstate.At(rec, dir.Now())
	if r.State == users.ImportRunning || r.State == users.ImportInterrupted {
		return r, ErrUnfinished
	}
	return r, nil
}

// byRow orders lines by table and record number.
func byRow(a, b ReportLine) int { return cmp.Compare(a.Row, b.Row) }

// newReport returns a report of the import without lines.
func newReport(rec users.Record, imp *users.Import) *Report {
	return &Report{ID: rec.ID, Account: rec.Account, Label: imp.Label, Template: imp.Template, Actor: imp.Actor, Mode: Mode(imp.Mode),
		At: rec.Created, State: imp.State, Undoes: imp.Undoes, Files: imp.Files, Counts: map[Outcome]int{}}
}

// readNote returns the line of a journal entry.
func readNote(e users.Entry) (ReportLine, error) {
	l := ReportLine{}
	if len(e.Note) > 0 {
		if err := json.Unmarshal(e.Note, &l); err != nil {
			return l, fmt.Errorf("importer: report: row %d: %w", e.Row.Number(), err)
		}
	}
	l.Row = e.Row

	// An edit by hand writes no note: its images say what it did.
	if l.Outcome == "" {
		l.Number, l.Outcome = e.Row.Number(), OutcomeUpdated
		if len(e.Images) > 0 {
			l.Outcome, l.User = outcomeOfImage(e.Images[0])
		}
	}
	return l, nil
}

// outcomeOfImage returns the outcome that an image shows, and the id of the person.
func outcomeOfImage(i users.Image) (Outcome, users.ID) {
	switch {
	case i.Before == nil:
		return OutcomeCreated, i.After.ID
	case i.After == nil:
		return OutcomeDeleted, i.Before.ID
	default:
		return OutcomeUpdated, i.After.ID
	}
}

// WriteJSON writes one JSON object a line: first the report without its lines, then
// each of its lines.
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

// check returns an error unless every row of the file counts exactly once.
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
