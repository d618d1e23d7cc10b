package importer

import (
	"errors"

	"github.com/usher-go/usher/users"
)

// Errors of the package that callers branch on.
var (
	// ErrAccount is returned if Options.Account is empty and the actor does not
	// reach exactly one account.
	ErrAccount = errors.New("importer: no account")
	// ErrTables is returned for no table, more tables than the Template has, or a
	// table number that it does not have.
	ErrTables = errors.New("importer: the tables do not fit the template")
	// ErrMode is returned for a mode that the Template does not allow.
	ErrMode = errors.New("importer: the template does not have that mode")
	// ErrRow is returned for a row that the preview does not have or that was removed.
	ErrRow = errors.New("importer: no such row")
	// ErrRunning is returned when the same import is being committed elsewhere.
	ErrRunning = errors.New("importer: the import is being committed elsewhere")
	// ErrBatch is returned for a commit of all or nothing that the store cannot
	// write in one batch; see [users.Limited].
	ErrBatch = errors.New("importer: the store cannot write that many records at once")
	// ErrField is returned for a field that the row's table does not have.
	ErrField = errors.New("importer: no such field")
	// ErrMap is returned if one column or one field is mapped twice.
	ErrMap = errors.New("importer: a column or a field is mapped twice")
	// ErrColumn is returned for a column that the table does not have.
	ErrColumn = errors.New("importer: no such column")
)

// Options configure an [Importer]. The zero value and nil mean the defaults.
type Options struct {
	// Account is the account that the rows are for. Default: the only account that
	// the actor reaches; it is required for an actor with several. usher does not
	// check that the account exists. The host must check the id.
	Account users.AccountID
	// Mode is one of the Template's modes. Default: the first.
	Mode Mode
	// Map assigns columns to fields by hand.
	Map []ColumnMap
	// Label is the name of the import in the history, such as "March starters".
	Label string
	// AllowReplay accepts the same data a second time; see [Template.RefuseReplay].
	AllowReplay bool
	// Resume is the id of an interrupted import. The preview of the same file is
	// then as it was before that import began, and its Commit continues the import.
	// Another file is [users.ErrDigest]. Edits must be made again.
	Resume users.ID

	// Others are templates that the host has as well. A file with the headings of one
	// of them is refused by its name ("header.template").
	Others []*Template

	document  *document // the document that is reopened, or nil
	continues users.ID  // the undoing whose remaining rows these are, or ""
	undo      *undoing  // the import that is taken back, or nil

	schema      *schema // the fields that exist; nil means builtIn
	strictTurns bool    // a turn used after the next one was read panics; for tests
}

// A ColumnMap assigns a column of a file to a field of the Template, for any
// heading. A column that was recognised for the field is then unknown. A column or a
// field mapped twice is [ErrMap].
//
// If no heading is recognised, the first row that has all mapped columns is taken as
// the headings ("header.assumed"), unless it looks like data: it has an address, a
// number, or a value that its column allows. Then the file has no headings.
type ColumnMap struct {
	// Table is the number of the table in the call of [Importer.Preview], from 0.
	Table int `json:"table,omitempty"`
	// Column is the number of the column, from 1. A column that the table does not
	// have is [ErrColumn].
	Column int `json:"column"`
	// Field is the name of the field; "" ignores the column. An unknown field is
	// [ErrField].
	Field string `json:"field"`
}
