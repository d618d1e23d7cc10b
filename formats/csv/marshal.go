package csv

import (
	"fmt"
	"io"
	"reflect"

	"github.com/gocarina/gocsv"
)

// Marshal writes rows, a slice of structs or of pointers to structs, as the zero
// [Writer] writes a sheet. The headings are the names in the fields' tags:
//
//	type line struct {
//		Row   int    `csv:"row"`
//		Email string `csv:"email"`
//		note  string `csv:"-"`
//	}
//
// It is for files of a fixed shape. The error is w's, or that of a field which
// cannot be written as text, or says that rows is no such slice.
func Marshal(w io.Writer, rows any) error {
	if k := reflect.ValueOf(rows).Kind(); k != reflect.Slice {
		return fmt.Errorf("csv: marshal: %T is no slice", rows)
	}
	e, err := Writer{}.encoder(w)
	if err != nil {
		return err
	}
	if err := gocsv.MarshalCSV(rows, records{e}); err != nil && e.err == nil {
		return fmt.Errorf("csv: marshal: %w", err)
	}
	return e.err
}

// records is an encoder as gocsv wants it.
type records struct{ e *encoder }

func (r records) Write(row []string) error {
	r.e.record(row)
	return r.e.err
}

func (r records) Flush()       { _ = r.e.flush() }
func (r records) Error() error { return r.e.err }
