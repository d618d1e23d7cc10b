package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
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
func (r *reading) open(ctx context.Context, c *console, path string, tpl *importer.Template) (*formats.Table, error) {
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

	src, closeSource, err := source(c.in, path)
	if err != nil {
		return nil, err
	}
	defer closeSource()

	table, err := formats.Open(ctx, src, nil, byName(path, book, text)...)
	var refusal *formats.Refusal
	if err != nil && !errors.As(err, &refusal) && ctx.Err() == nil && (r.encoding != "" || r.delimiter != "") {
		return nil, usagef("%s: %v", path, err) // an unknown encoding, or a delimiter that is not allowed
	}

	return table, err
}

// standardInput is the name of the file that is read from standard input.
const standardInput = "-"

// source opens a file, or standard input up to the limit of an upload. Only a
// regular file is opened: reading a pipe by its name might never end.
func source(in io.Reader, path string) (src formats.Source, closeSource func() error, err error) {
	if path == standardInput {
		limit := formats.Limits{}.WithDefaults().UploadBytes
		text, err := io.ReadAll(io.LimitReader(in, limit+1))
		switch {
		case err != nil:
			return src, nil, fileError(path, err)
		case int64(len(text)) > limit:
			return src, nil, formats.OverLimit("upload", limit)
		}
		return formats.Source{Name: path, ReaderAt: bytes.NewReader(text), Size: int64(len(text))}, func() error { return nil }, nil
	}

	info, err := os.Stat(path)
	if err != nil {
		return src, nil, fileError(path, err)
	}
	if !info.Mode().IsRegular() {
		return src, nil, usagef("%s is not a file; \"-\" reads standard input", path)
	}

	f, err := os.Open(path)
	if err != nil {
		return src, nil, fileError(path, err)
	}
	return formats.Source{Name: filepath.Base(path), ReaderAt: f, Size: info.Size()}, f.Close, nil
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
