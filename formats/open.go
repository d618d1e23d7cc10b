package formats

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// A Source is a file to be read.
type Source struct {
	// Name is the file's name as its owner knows it. It helps to recognise the
	// format, and is never used as a path.
	Name string
	// ReaderAt gives the bytes, Size of them.
	io.ReaderAt
	Size int64
}

// A Format reads one kind of file. Its options are its fields.
type Format interface {
	// Name is the format's short name in lower case: "xlsx".
	Name() string
	// Match reports whether a file so named that begins with head (up to 512
	// bytes) is to be read by this format. It must not guess: a file that no
	// format matches is refused by what it is.
	Match(name string, head []byte) bool
	// Read reads the whole file within lim, or returns a *Refusal. An error of
	// another type is the source's or the context's.
	Read(ctx context.Context, src Source, lim Limits) (*Table, error)
}

// Open reads src with the first of formats that matches its name and first
// bytes. A nil lim means the default [Limits].
//
// The error is a [*Refusal] where the file is at fault ("file.empty",
// "file.type", "limit.upload", and what the format refuses), else the
// source's own error or the context's, wrapped.
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
			return f.Read(ctx, src, l)
		}
	}
	return nil, Unreadable(Identify(head))
}
