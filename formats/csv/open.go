package csv

import (
	"bytes"
	"context"
	"io"

	"github.com/usher-go/usher/formats"
)

// Format reads delimited text. Its zero value finds out everything by itself;
// the fields are what a caller knows better.
type Format struct {
	// Encoding is the encoding's name ("windows-1252", "shift_jis", "ibm850") as
	// the WHATWG Encoding Standard or IANA has it. A byte order mark is stronger. Empty finds out.
	Encoding string
	// Delimiter separates cells. It must not be a quote or a line end. 0 believes
	// a "sep=" line, or else finds out among comma, semicolon, TAB and bar.
	Delimiter rune
	// Comment begins a comment, where it is the first character of a record and
	// not quoted. It must not be a quote or a line end. 0 knows no comments.
	Comment rune
	// Headings are known headings. They help to find the delimiter and the
	// heading row; case, blanks and punctuation do not matter.
	Headings []string
}

var _ formats.Format = Format{}

// Name is "csv".
func (Format) Name() string { return "csv" }

// Match reports whether head is text, whatever the name.
func (Format) Match(_ string, head []byte) bool {
	return formats.Identify(head) == formats.KindText
}

// Options are what [Reopen] and [Read] may be told. Nil means all defaults.
type Options struct {
	Format Format
	Limits formats.Limits
}

// Open reads the size bytes of r, or refuses them: with "file.empty",
// "file.type", "limit.…", "csv.quote", "csv.encoding", or "upload.truncated"
// where r holds less. An error that is no [*formats.Refusal] is r's or the
// context's, or tells that an option is wrong.
func Open(ctx context.Context, r io.ReaderAt, size int64, o *Options) (*formats.Table, error) {
	if o == nil {
		o = new(Options)
	}
	return formats.Open(ctx, formats.Source{ReaderAt: r, Size: size}, &o.Limits, o.Format)
}

// Read is [Reopen] for a stream, which it reads to its end or to the upload
// limit and keeps in memory. An error of r's refuses the file with
// "upload.truncated", wrapping that error.
func Read(ctx context.Context, r io.Reader, o *Options) (*formats.Table, error) {
	if o == nil {
		o = new(Options)
	}
	data, err := io.ReadAll(io.LimitReader(r, o.Limits.WithDefaults().UploadBytes+1))
	if err != nil {
		return nil, truncated(err)
	}
	return Open(ctx, bytes.NewReader(data), int64(len(data)), o)
}

func truncated(cause error) error {
	return &formats.Refusal{Code: "upload.truncated", Err: cause}
}
