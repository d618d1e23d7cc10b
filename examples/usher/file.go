package main

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/importer"
)

// reading holds the flags that override what is detected in a file.
type reading struct {
	sheet, encoding, delimiter string
}

func (r *reading) flags(f *flag.FlagSet) {
	f.StringVar(&r.sheet, "sheet", "", "`NAME` of the sheet to read (default: the first visible sheet)")
	f.StringVar(&r.encoding, "encoding", "", "`ENCODING` of a text file (default: detected)")
	f.StringVar(&r.delimiter, "delimiter", "", "`CHARACTER` between the cells of a text file, or \"tab\" (default: detected)")
}

// open reads a file. A template helps to recognise its headings and comments; it may be nil.
func (r *reading) open(ctx context.Context, path string, tpl *importer.Template) (*formats.Table, error) {
	book, text := xlsx.Format{Sheet: r.sheet}, csv.Format{Encoding: r.encoding}
	switch r.delimiter {
	case "":
	case "tab", `\t`:
		text.Delimiter = '\t'
	default:
		if utf8.RuneCountInString(r.delimiter) != 1 {
			return nil, usagef("--delimiter: give one character, or \"tab\"")
		}
		text.Delimiter, _ = utf8.DecodeRuneInString(r.delimiter)
	}

	if tpl != nil {
		text.Comment, text.Headings = tpl.Comment, tpl.Headings()
		book.Headings = text.Headings
	}

	f, err := os.Open(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	defer f.Close()

	info, err := f.Stat()
	if err != nil {
		return nil, err
	}

	if !info.Mode().IsRegular() {
		return nil, usagef("%s is not a file", path)
	}

	src := formats.Source{Name: filepath.Base(path), ReaderAt: f, Size: info.Size()}
	table, err := formats.Open(ctx, src, nil, byName(path, book, text)...)
	var refusal *formats.Refusal
	if err != nil && !errors.As(err, &refusal) && ctx.Err() == nil && (r.encoding != "" || r.delimiter != "") {
		return nil, usagef("%s: %v", path, err) // an unknown encoding, or a delimiter that is not allowed
	}

	return table, err
}

// fileError reports that a file or folder cannot be opened or written.
func fileError(path string, err error) error { return usagef("%s: %v", path, err) }

// byName returns the formats that the name of the file allows. A workbook named
// ".csv" is refused, because the person probably chose the wrong file.
func byName(path string, book xlsx.Format, text csv.Format) []formats.Format {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".xlsx", ".xlsm", ".xls":
		return []formats.Format{book}
	case ".csv", ".tsv", ".txt":
		return []formats.Format{text, misnamed{book}}
	}
	return []formats.Format{book, text}
}

// misnamed reads a workbook only to report its real format.
type misnamed struct{ xlsx.Format }

func (f misnamed) Read(ctx context.Context, src formats.Source, lim formats.Limits) (*formats.Table, error) {
	_, err := f.Format.Read(ctx, src, lim)
	var refused *formats.Refusal
	switch {
	case err == nil:
		return nil, formats.Refuse("file.type", "found", "xlsx")
	case errors.As(err, &refused) && !strings.HasPrefix(refused.Code, "file."):
		return nil, formats.Unreadable(formats.KindZip) // a damaged workbook, or another zip file
	}
	return nil, err
}
