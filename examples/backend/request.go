package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// badRequest returns the error for a body or a query that is not valid.
func badRequest(code string) error { return &fault{http.StatusBadRequest, code} }

// table reads the file of the request: the field "file" of a form, or the body
// itself. The file is in memory, so maxFile limits the cost of a request.
func (d *desk) table(tpl *importer.Template) (*formats.Table, error) {
	name, body, err := d.file()
	if err != nil {
		return nil, err
	}
	src := formats.Source{Name: name, ReaderAt: bytes.NewReader(body), Size: int64(len(body))}
	known := tpl.Headings()
	return formats.Open(d.Context(), src, &formats.Limits{UploadBytes: maxFile},
		xlsx.Format{Headings: known}, csv.Format{Comment: tpl.Comment, Headings: known})
}

func (d *desk) file() (name string, body []byte, err error) {
	kind, _, _ := mime.ParseMediaType(d.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		body, err = io.ReadAll(d.Body)
		return d.URL.Query().Get("name"), body, d.broken(err)
	}

	parts, err := d.MultipartReader()
	if err != nil {
		return "", nil, badRequest("body.form")
	}

	for {
		part, err := parts.NextPart()
		if err != nil { // also io.EOF: the form has no file
			return "", nil, d.broken(err)
		}
		if part.FormName() == "file" {
			body, err := io.ReadAll(part)
			return filepath.Base(part.FileName()), body, d.broken(err)
		}
	}
}

// broken returns the error to report for an error of reading the body.
func (d *desk) broken(err error) error {
	var large *http.MaxBytesError
	if err == nil || errors.As(err, &large) || d.Context().Err() != nil {
		return err
	}
	return badRequest("body.form")
}

// object reads a JSON body into v. An empty body leaves v unchanged.
func (d *desk) object(v any) error {
	dec := json.NewDecoder(d.Body)
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil && dec.More() {
		err = errors.New("more than one object")
	}
	return d.broken(err)
}

// number returns a number of the query, or fallback if the query has none.
func (d *desk) number(name string, fallback uint64) (uint64, error) {
	s := d.URL.Query().Get(name)
	if s == "" {
		return fallback, nil
	}
	n, err := strconv.ParseUint(s, 10, 53) // the range of numbers in JavaScript
	if err != nil {
		return 0, badRequest("query.form")
	}
	return n, nil
}

// maps returns the columns that the query assigns to fields: map=2:email.
func (d *desk) maps() ([]importer.ColumnMap, error) {
	var out []importer.ColumnMap
	for _, s := range d.URL.Query()["map"] {
		column, field, _ := strings.Cut(s, ":")
		n, err := strconv.Atoi(column)
		if err != nil {
			return nil, badRequest("query.form")
		}
		out = append(out, importer.ColumnMap{Column: n, Field: field})
	}
	return out, nil
}

// filters returns the row filters of the query: only=errors, findings, changed or
// an action; text=…; after=ID.
func (d *desk) filters() ([]importer.RowFilter, error) {
	after, err := d.number("after", 0)
	if err != nil {
		return nil, err
	}

	out := []importer.RowFilter{func(r *importer.RowView) bool { return r.ID > users.RowID(after) }}
	switch only := d.URL.Query().Get("only"); only {
	case "":
	case "errors":
		out = append(out, importer.WithErrors)
	case "findings":
		out = append(out, importer.WithFindings)
	case "changed":
		out = append(out, func(r *importer.RowView) bool { return r.Stale })
	default:
		var a importer.Action
		if a.UnmarshalText([]byte(only)) != nil {
			return nil, badRequest("query.form")
		}
		out = append(out, importer.WithAction(a))
	}

	if text := d.URL.Query().Get("text"); text != "" {
		out = append(out, importer.WithText(text))
	}

	return out, nil
}
