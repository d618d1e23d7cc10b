package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/importer"
)

// A folder is where the tables of a template are written: one file, whose
// extension says the format, or a folder of as many as there are tables.
type folder struct {
	path   string
	tables []importer.Table
	many   bool
	w      formats.Writer
}

// newFolder is where -o or --export says. format is that of a folder's files:
// "csv", which "" means as well, or "xlsx".
func newFolder(path string, tpl *importer.Template, format string) (*folder, error) {
	out := &folder{path: path, tables: tpl.Tables, many: len(tpl.Tables) > 1, w: textFor(tpl)}
	if !out.many {
		w, err := writerFor(path, textFor(tpl))
		out.w = w
		return out, err
	}
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return nil, usagef("-o %s: the template has several tables; give a folder", path)
	}
	if format == "xlsx" {
		out.w = xlsx.Writer{}
	}
	return out, nil
}

// text is the folder with text files written otherwise.
func (o *folder) text(w csv.Writer) {
	if _, is := o.w.(csv.Writer); is {
		o.w = w
	}
}

// file is the name of the file of table number i.
func (o *folder) file(i int) string {
	if !o.many {
		return o.path
	}
	return filepath.Join(o.path, o.tables[i].Name+o.w.Ext())
}

// save writes table number i. A folder that is not there is made.
func (o *folder) save(i int, s formats.Sheet) error {
	if o.many {
		if err := os.Mkdir(o.path, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return usagef("-o %v", err)
		}
	}
	return writeSheet(o.file(i), o.w, s)
}

// write saves table number i and says so.
func (o *folder) write(c *console, i int, s formats.Sheet, rows int) error {
	if err := o.save(i, s); err != nil {
		return err
	}
	c.note(fmt.Sprintf(c.words().written, printable(o.file(i)), c.lang.Rows(rows)))
	return nil
}
