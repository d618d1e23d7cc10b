package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"time"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/messages"
	"github.com/usher-go/usher/users"
)

// A reply is the answer of a handler.
type reply struct {
	status int
	header map[string]string
	write  func(io.Writer) error // nil for no body
}

// object returns a reply with v as JSON.
func object(status int, v any) reply {
	return reply{status, map[string]string{"Content-Type": "application/json"}, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false) // safe: the content type is JSON and nosniff is set
		return enc.Encode(v)
	}}
}

// file returns a reply with a sheet as a download.
func file(name string, w formats.Writer, s formats.Sheet) reply {
	name += w.Ext()
	kind := "text/csv; charset=utf-8"
	if w.Ext() == ".xlsx" {
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return reply{http.StatusOK, map[string]string{
		"Content-Type":        kind,
		"Content-Disposition": mime.FormatMediaType("attachment", map[string]string{"filename": name}),
	}, func(out io.Writer) error { return w.WriteSheet(out, s) }}
}

// A fault is an error of a request that the host itself detects.
type fault struct {
	status int
	code   string
}

func (f *fault) Error() string { return "backend: " + f.code }

// failure is the answer for an error: {"error": …}.
type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"` // in the reader's language
	Request string `json:"request"` // the id of the request in the log
	// Row and Args are set for a refused file, for example with its headings.
	Row  int               `json:"row,omitempty"`
	Args map[string]string `json:"args,omitempty"`
}

// send writes the answer or the error, and logs the request. The answer is
// complete before its first byte is sent.
func (s *server) send(w http.ResponseWriter, d *desk, answer reply, err error) {
	var body bytes.Buffer
	if err == nil && answer.write != nil {
		err = answer.write(&body)
	}

	log := []slog.Attr{slog.String("request", d.id), slog.String("route", d.Pattern), slog.String("person", string(d.person.id))}
	level := slog.LevelInfo
	if err != nil {
		status, f := d.explain(err)
		answer = object(status, map[string]failure{"error": f})
		body.Reset()
		answer.write(&body) // writing to a buffer does not fail
		log = append(log, slog.String("code", f.Code))
		if status == http.StatusInternalServerError { // the caller does not see the error
			level = slog.LevelError
			log = append(log, slog.String("error", err.Error()))
		}
	}

	h := w.Header()
	h.Set("X-Request-Id", d.id)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store") // the answer has personal data
	h.Set("Content-Language", d.lang.String())
	for name, value := range answer.header {
		h.Set(name, value)
	}

	w.WriteHeader(answer.status)
	w.Write(body.Bytes()) // a client that has disconnected needs no answer
	s.log.LogAttrs(d.Context(), level, "request", append(log, slog.Int("status", answer.status), slog.Duration("took", time.Since(d.began)))...)
}

// explain returns the status and the text of an error. The text of an internal
// error has no details.
func (d *desk) explain(err error) (int, failure) {
	f := failure{Request: d.id}
	var mine *fault
	var refusal *formats.Refusal
	if errors.As(err, &mine) {
		f.Code, f.Message = mine.code, words(d.lang, mine.code)
		return mine.status, f
	}

	var large *http.MaxBytesError
	if errors.As(err, &large) {
		err = formats.OverLimit("upload", min(large.Limit, maxFile))
	}
	if errors.As(err, &refusal) {
		f.Code, f.Message, f.Row, f.Args = refusal.Code, d.lang.Refusal(refusal), refusal.Row, refusal.Args
		if refusal.Code == "limit.upload" {
			return http.StatusRequestEntityTooLarge, f
		}
		return http.StatusUnprocessableEntity, f
	}

	status, code := kindOf(err)
	f.Code = code
	if code == "internal" {
		f.Message = words(d.lang, code)
	} else {
		f.Message = d.lang.Error(err)
	}

	return status, f
}

// kindOf returns the status and the code of an error that a caller can handle.
func kindOf(err error) (status int, code string) {
	var denied *users.Denied
	var conflict *users.Conflict
	switch {
	case errors.As(err, &denied):
		return http.StatusForbidden, "denied"
	case errors.As(err, &conflict):
		return http.StatusConflict, "changed"
	}

	for _, k := range []struct {
		err    error
		status int
		code   string
	}{
		{users.ErrActor, http.StatusUnauthorized, "actor"},
		{users.ErrNotFound, http.StatusNotFound, "not_found"},
		{users.ErrDigest, http.StatusConflict, "digest"},
		{importer.ErrRunning, http.StatusConflict, "running"},
		{importer.ErrUndone, http.StatusConflict, "undone"},
		{importer.ErrNothing, http.StatusConflict, "nothing"},
		{importer.ErrPruned, http.StatusGone, "pruned"},
		{importer.ErrMode, http.StatusBadRequest, "mode"},
		{importer.ErrTables, http.StatusBadRequest, "tables"},
		{importer.ErrRow, http.StatusBadRequest, "row"},
		{importer.ErrField, http.StatusBadRequest, "field"},
		{importer.ErrColumn, http.StatusBadRequest, "column"},
		{importer.ErrRepair, http.StatusBadRequest, "repair"},
		{importer.ErrFixed, http.StatusBadRequest, "fixed"},
		{context.Canceled, http.StatusServiceUnavailable, "canceled"},         // the client has disconnected
		{context.DeadlineExceeded, http.StatusServiceUnavailable, "deadline"}, // the same request resumes the import
	} {
		if errors.Is(err, k.err) {
			return k.status, k.code
		}
	}

	return http.StatusInternalServerError, "internal"
}

// words returns the text of an error of the host.
func words(lang messages.Language, code string) string {
	en := map[string]string{
		"admin.only":        "Only an administrator may do this.",
		"body.form":         "The request is not valid. Check the body of the request.",
		"query.form":        "The address of the request is not valid. Check the query parameters.",
		"origin.foreign":    "This request came from another website. Send the request from this website.",
		"preview.committed": "This import was started and can no longer be edited.",
		"internal":          "This did not work. Try again later.",
	}

	fr := map[string]string{
		"admin.only":        "Seul un administrateur peut faire cela.",
		"body.form":         "La requête n’est pas valable. Vérifiez son contenu.",
		"query.form":        "L’adresse de la requête n’est pas valable. Vérifiez ses paramètres.",
		"origin.foreign":    "Cette requête vient d’un autre site. Envoyez-la depuis ce site.",
		"preview.committed": "Cette importation a commencé et ne peut plus être modifiée.",
		"internal":          "L’opération a échoué. Réessayez plus tard.",
	}

	if lang.String() == "fr" {
		return fr[code]
	}

	return en[code]
}
