package messages

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"syscall"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

var sentinels = []struct {
	err  error
	word string
}{
	{users.ErrNotFound, "error.not_found"},
	{users.ErrDigest, "error.digest"},
	{users.ErrActor, "error.actor"},
	{importer.ErrAccount, "error.account"},
	{importer.ErrTables, "error.tables"},
	{importer.ErrMode, "error.mode"},
	{importer.ErrTemplate, "error.template"},
	{importer.ErrRow, "error.row"},
	{importer.ErrField, "error.field"},
	{importer.ErrColumn, "error.column"},
	{importer.ErrMap, "error.map"},
	{importer.ErrRepair, "error.repair"},
	{importer.ErrRunning, "error.running"},
	{importer.ErrBatch, "error.batch"},
	{users.ErrPanic, "error.panic"},
	{importer.ErrUndone, "error.undone"},
	{importer.ErrNothing, "error.nothing"},
	{importer.ErrPruned, "error.pruned"},
	{importer.ErrFixed, "error.fixed"},
	// Before ErrUnfinished: an error may wrap both, and this is the cause.
	{context.Canceled, "error.canceled"},
	{context.DeadlineExceeded, "error.deadline"},
	{importer.ErrUnfinished, "error.unfinished"},
	// Before a missing permission: both may come from a disk that is full.
	{syscall.ENOSPC, "error.full"},
	{fs.ErrNotExist, "error.no_file"},
	{fs.ErrPermission, "error.permission"},
}

// Error returns the text of an error for the reader: a change that the rules
// forbid ([users.Denied]), a conflict with other data ([users.Conflict]), a
// refused file, or a named error of users and importer. For any other error it
// repeats the text of the error, which ends with the cause. It returns "" for nil.
func (l Language) Error(err error) string {
	t := l.table()
	var refusal *formats.Refusal
	var denied *users.Denied
	var conflict *users.Conflict
	switch {
	case err == nil:
		return ""
	case errors.As(err, &refusal):
		return l.Refusal(refusal)
	case errors.As(err, &denied) && len(denied.Refusals) > 0:
		return l.denied(denied)
	case errors.As(err, &conflict) && !conflict.Empty():
		return l.conflict(conflict)
	}

	for _, s := range sentinels {
		if errors.Is(err, s.err) {
			return t.words[s.word]
		}
	}

	return cmp.Or(t.word("error.other", "error", cause(err)), t.words["error.unknown"])
}

// maxCause is the largest number of characters of an error that is repeated.
const maxCause = 400

// cause returns the text of an error, escaped word by word. Of a long text it
// returns the end, because an error wraps its cause there.
func cause(err error) string {
	words := strings.Split(err.Error(), " ")
	for i, w := range words {
		words[i] = formats.Show(w)
	}
	text := []rune(strings.Join(words, " "))
	if len(text) > maxCause {
		return "…" + string(text[len(text)-maxCause+1:])
	}
	return string(text)
}

// maxDenied is the largest number of different reasons in one text.
const maxDenied = 3

func (l Language) denied(d *users.Denied) string {
	var texts []string
	more := 0
	for _, r := range d.Refusals {
		s := l.Finding(formats.Finding{Code: r.Problem.Code, Field: r.Field, Row: r.Row.Number(), Args: r.Problem.Args})
		switch {
		case slices.Contains(texts, s):
		case len(texts) == maxDenied:
			more++
		default:
			texts = append(texts, s)
		}
	}

	if more > 0 {
		texts = append(texts, l.table().count("error.more", more))
	}

	return strings.Join(texts, " ")
}

func (l Language) conflict(c *users.Conflict) string {
	t := l.table()
	var texts, fields []string
	for _, k := range c.Keys {
		name := k.Key.Space.Field()
		if name == "" {
			name = string(k.Key.Space)
		}
		if label := l.Field(name); !slices.Contains(fields, label) {
			fields = append(fields, label)
		}
	}

	if len(fields) > 0 {
		texts = append(texts, t.word("error.taken", "fields", strings.Join(fields, ", ")))
	}

	if len(c.Stale)+len(c.Gone)+len(c.Used) > 0 {
		texts = append(texts, t.words["error.stale"])
	}

	if n := len(c.Done); n > 0 {
		texts = append(texts, t.count("error.done", n))
	}

	return strings.Join(texts, " ")
}
