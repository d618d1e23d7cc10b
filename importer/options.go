package importer

import (
	"errors"

	"github.com/usher-go/usher/users"
)

// Errors of the package that callers branch on.
var (
	// ErrAccount is returned when it is not clear into which account rows go:
	// Options.Account is empty and the actor has none of their own.
	ErrAccount = errors.New("importer: no account")
	// ErrTables is returned for more or other tables than the Template has.
	ErrTables = errors.New("importer: the tables do not fit the template")
	// ErrMode is returned for a mode the Template does not know.
	ErrMode = errors.New("importer: the template does not have that mode")
	// ErrRow is returned for a row the preview does not have, or has no longer.
	ErrRow = errors.New("importer: no such row")
	// ErrRunning is returned when the same import is being committed elsewhere.
	ErrRunning = errors.New("importer: the import is being committed elsewhere")
	// ErrBatch is returned for a commit of all or nothing that the store cannot
	// write at once; see [users.Limited].
	ErrBatch = errors.New("importer: the store cannot write that many records at once")
	// ErrField is returned for a field the row's table does not have.
	ErrField = errors.New("importer: no such field")
	// ErrColumn is returned for a column the table does not have.
	ErrColumn = errors.New("importer: no such column")
)

// Options of an [Importer]. The zero value and nil mean the defaults.
type Options struct {
	// Account is where the rows go. Default: the actor's own; mandatory for an
	// actor who has none. It needs no record of its own: that it is meant, and
	// not mistyped, is the host's to know.
	Account users.AccountID
	// Mode is one of the Template's. Default: its first.
	Mode Mode
	// Map says by hand which column stands for which field.
	Map []ColumnMap
	// Label makes the import traceable for people.
	Label string
	// AllowReplay lets the same data in a second time; see [Template.RefuseReplay].
	AllowReplay bool
	// Resume is an import that was interrupted. The preview of the same file is
	// then as it was before that import began, and its Commit goes on with it;
	// another file is [users.ErrDigest]. What was corrected must be corrected again.
	Resume users.ID

	document  *document // the preview is reopened
	continues users.ID  // the undoing whose rest this is
	undo      *undoing  // the import that is taken back

	strictTurns bool // a turn that is used after the next one was read panics; for tests
}

// A ColumnMap gives a column of a file to a field of the Template, whatever its
// heading says. A column that was recognised for the field is then unknown.
// Where no heading is recognised, the first row is taken for the headings.
type ColumnMap struct {
	// Table is the number of the table as it is given to [Importer.Preview], from 0.
	Table int `json:"table,omitempty"`
	// Column counts from 1. One the table does not have is [ErrColumn].
	Column int `json:"column"`
	// Field is the field's name, else [ErrField]; "" ignores the column.
	Field string `json:"field"`
}
