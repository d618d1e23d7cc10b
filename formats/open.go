package formats

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A Source is a file to read.
type Source struct {
	// Name is the name of the file as its owner knows it. It helps to recognise
	// the format, and is never used as a path.
	Name string
	// ReaderAt provides the bytes. Size is their number.
	io.ReaderAt
	Size int64
}

// A Format reads one kind of file. Its options are its fields.
type Format interface {
	// Name returns the short name of the format in lower case: "xlsx".
	Name() string
	// Match reports whether this format reads a file of that name that begins with
	// head, which has up to 512 bytes. Match must not guess: Open refuses a file
	// that no format matches, and names its kind.
	Match(name string, head []byte) bool
	// Read must read the whole file within lim, or return a *Refusal. An error of
	// another type must be the error of the source or of the context.
	Read(ctx context.Context, src Source, lim Limits) (*Table, error)
}

// Open reads src with the first of formats that matches its name and first
// bytes. A nil lim means the default [Limits].
//
// If the file is at fault, the error is a [*Refusal]: "file.empty", "file.type",
// "limit.upload", or a code of the format. Any other error wraps the error of the
// source or of the context.
func Open(ctx context.Context, src Source, lim *Limits, formats ...Format) (*Table, error) {
	l := Limits{}
	if lim != nil {
		l = *lim
	}
	l = l.WithDefaults()
	switch {
	case src.Size > l.UploadBytes:
		return nil, OverLimit("upload", l.UploadBytes)
	case src.Size <= 0:
		return nil, Refuse("file.empty")
	}

	head := make([]byte, min(512, src.Size))
	n, err := src.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("formats: read: %w", err)
	}
	head = head[:n]

	for _, f := range formats {
		if f.Match(src.Name, head) {
			t, err := f.Read(ctx, src, l)
			if err == nil {
				t.named(src.Name)
			}
			return t, err
		}
	}
	return nil, Unreadable(Identify(head))
}

// named notes the name of the file, which a report of an import repeats. "-" is the
// standard input of a program and no name.
func (t *Table) named(file string) {
	file = file[strings.LastIndexAny(file, `/\\`)+1:]
	if file == "" || file == "-" {
		return
	}
	if t.Source == nil {
		t.Source = map[string]string{}
	}
	t.Source["file"] = Show(file)
}
