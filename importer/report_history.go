package importer

import (
	"context"
	"fmt"
	"time"

	"github.com/usher-go/usher/internal/importstate"
	"github.com/usher-go/usher/users"
)

// HistoryOptions choose what [History] lists. The zero value and nil mean everything
// the actor reaches, single edits by hand left out.
type HistoryOptions struct {
	// Account is the one whose imports are listed. Default: every account within reach.
	Account users.AccountID
	// Template is the name of a template: "cloudlink", or [TemplateUndo].
	Template string
	// Text is what a person typed to find a label: every word must occur in it.
	Text string
	// ByHand lists single edits too, each of which is an import of one row.
	ByHand bool
	// After is the Next of the page before; "" for the first. Limit is the size
	// of the page: 0 means 100, and at most 1,000.
	After string
	Limit int
}

// A HistoryEntry is an import as a history lists it.
type HistoryEntry struct {
	ID       users.ID          `json:"id"`
	Account  users.AccountID   `json:"account,omitempty"`
	Label    string            `json:"label"`
	Template string            `json:"template"`
	Actor    string            `json:"actor"`
	At       time.Time         `json:"at"`
	State    users.ImportState `json:"state"`
	// Counts are rows by outcome, those known so far; Rows is how many there are.
	Counts map[string]int `json:"counts"`
	Rows   int            `json:"rows"`
	// Undoes is the import that this one took back.
	Undoes users.ID `json:"undoes,omitempty"`
	// Pruned says that there is no report any longer.
	Pruned bool `json:"pruned,omitempty"`
}

// A HistoryPage is a part of a history, newest first.
type HistoryPage struct {
	Imports []HistoryEntry
	// Next goes on after this page; "" when there is nothing left.
	Next string
}

// History lists imports, newest first: what was done, by whom, how far it came.
// The report of each is [LoadReport]'s.
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
