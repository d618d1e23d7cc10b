package importer

import (
	"context"
	"fmt"
	"time"

	"github.com/usher-go/usher/internal/importstate"
	"github.com/usher-go/usher/users"
)

// HistoryOptions choose the imports that [History] lists. The zero value and nil
// mean all imports within the actor's reach, without single edits by hand.
type HistoryOptions struct {
	// Account is the account whose imports are listed. Default: every account
	// within reach.
	Account users.AccountID
	// Template is the name of a template, such as "cloudlink" or [TemplateUndo].
	// Default: all.
	Template string
	// Text is a search in labels: a label must contain every word of it.
	Text string
	// ByHand also lists single edits by hand. Each is an import of one row.
	ByHand bool
	// After is the Next of the page before, or "" for the first page.
	After string
	// Limit is the largest number of imports in the page, at most 1,000. 0 means 100.
	Limit int
}

// A HistoryEntry describes one import in a history.
type HistoryEntry struct {
	ID       users.ID          `json:"id"`
	Account  users.AccountID   `json:"account,omitempty"`
	Label    string            `json:"label"`
	Template string            `json:"template"`
	Actor    string            `json:"actor"`
	At       time.Time         `json:"at"`
	State    users.ImportState `json:"state"`
	// Counts has the number of rows by outcome, as far as they are done.
	Counts map[string]int `json:"counts"`
	// Rows is the number of rows of the file.
	Rows int `json:"rows"`
	// Undoes is the id of the import that this one took back.
	Undoes users.ID `json:"undoes,omitempty"`
	// Pruned says that the report no longer exists; see [Prune].
	Pruned bool `json:"pruned,omitempty"`
}

// A HistoryPage is one page of a history.
type HistoryPage struct {
	// Imports are in order of time, newest first.
	Imports []HistoryEntry
	// Next is the After of the next page, or "" for the last page.
	Next string
}

// History returns a page of imports, newest first. [LoadReport] reads the report
// of one of them. opts may be nil. The error is one of the directory.
func History(ctx context.Context, dir *users.Directory, opts *HistoryOptions) (HistoryPage, error) {
	var o HistoryOptions
	if opts != nil {
		o = *opts
	}

	q := users.Query{Kind: users.KindImport, Text: o.Text, Descending: true, After: o.After, Limit: o.Limit}
	if o.Account != "" {
		q.Scope.Accounts = []users.AccountID{o.Account}
	}
	if o.Template != "" {
		q.Having = append(q.Having, users.Key{Space: users.LinkTemplate, Value: users.Fold(o.Template)})
	}
	if !o.ByHand {
		q.Having = append(q.Having, users.Key{Space: users.LinkByHand, Value: "no"})
	}

	page, err := dir.List(ctx, q)
	if err != nil {
		return HistoryPage{}, fmt.Errorf("importer: history: %w", err)
	}

	out := HistoryPage{Next: page.Next}
	now := dir.Now()
	for _, r := range page.Records {
		if imp, ok := r.Data.(*users.Import); ok {
			out.Imports = append(out.Imports, HistoryEntry{ID: r.ID, Account: r.Account, Label: imp.Label, Template: imp.Template, Actor: imp.Actor,
				At: r.Created, State: importstate.At(r, now), Counts: imp.Counts, Rows: imp.Rows, Undoes: imp.Undoes, Pruned: imp.Pruned})
		}
	}
	return out, nil
}
