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

// A folder is the target for the tables of a template: one file, whose
// extension chooses the format, or a folder with one file per table.
type folder struct {
	path   string
	tables []importer.Table
	many   bool
	w      formats.Writer
}

// newFolder returns the target that -o or --export names. format is the format
// of the files in a folder: "csv" (also "") or "xlsx".
func newFolder(path string, tpl *importer.Template, format, lang string) (*folder, error) {
	out := &folder{path: path, tables: tpl.Tables, many: len(tpl.Tables) > 1, w: textFor(tpl, lang)}
	if !out.many {
		w, err := writerFor(path, textFor(tpl, lang))
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

// notInput returns an error if one of the files is an input.
func (o *folder) notInput(inputs ...string) error {
	for i := range o.tables {
		if err := notInput(o.file(i), inputs...); err != nil {
			return err
		}
	}
	return nil
}

// text replaces the writer of text files.
func (o *folder) text(w csv.Writer) {
	if _, is := o.w.(csv.Writer); is {
		o.w = w
	}
}

// file returns the file name of table number i.
func (o *folder) file(i int) string {
	if !o.many {
		return o.path
	}
	return filepath.Join(o.path, o.tables[i].Name+o.w.Ext())
}

// save writes table number i, and creates the folder if it does not exist.
func (o *folder) save(i int, s formats.Sheet) error {
	if o.many {
		if err := os.Mkdir(o.path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return fileError(o.path, err)
		}
	}
	return writeSheet(o.file(i), o.w, s)
}

// write saves table number i and prints a note.
func (o *folder) write(c *console, i int, s formats.Sheet, rows int) error {
	if err := o.save(i, s); err != nil {
		return err
	}
	c.note(fmt.Sprintf(c.words().written, printable(o.file(i)), c.lang.Rows(rows)))
	return nil
}
