package csv

import (
	"fmt"
	"io"
	"reflect"

	"github.com/gocarina/gocsv"
)

// Marshal writes rows, which is a slice of structs or of pointers to structs, as
// the zero [Writer] writes a sheet. The headings are the names in the field tags:
//
//	type line struct {
//		Row   int    `csv:"row"`
//		Email string `csv:"email"`
//		note  string `csv:"-"`
//	}
//
// Marshal is for files whose columns are fixed. It returns the error of w, of a
// field that cannot be written as text, or of rows that are not such a slice.
func Marshal(w io.Writer, rows any) error {
	if k := reflect.ValueOf(rows).Kind(); k != reflect.Slice {
		return fmt.Errorf("csv: marshal: %T is not a slice", rows)
	}
	e, err := Writer{}.encoder(w)
	if err != nil {
		return err
	}
	if err := gocsv.MarshalCSV(rows, recordWriter{e}); err != nil && e.err == nil {
		return fmt.Errorf("csv: marshal: %w", err)
	}
	return e.err
}

// A recordWriter is an encoder with the methods that gocsv needs.
type recordWriter struct{ e *encoder }

func (r recordWriter) Write(row []string) error {
	r.e.writeRecord(row)
	return r.e.err
}

func (r recordWriter) Flush()       { _ = r.e.flush() }
func (r recordWriter) Error() error { return r.e.err }
