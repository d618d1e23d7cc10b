package csv

import (
	"bytes"
	"context"
	"io"

	"github.com/usher-go/usher/formats"
)

// Format reads delimited text. The zero value detects everything in the file. A
// caller sets a field to overrule the detection.
type Format struct {
	// Encoding is the name of the encoding in the WHATWG Encoding Standard or at
	// IANA: "windows-1252", "shift_jis", "ibm850". A byte order mark overrules it.
	// Empty means that the encoding is detected.
	Encoding string
	// Delimiter separates cells. It must not be a quote or a line end. 0 means the
	// delimiter of a "sep=" line, or else the likeliest of comma, semicolon, TAB and bar.
	Delimiter rune
	// Comment begins a comment if it is the first character of a record and not
	// quoted. It must not be a quote or a line end. 0 means no comments.
	Comment rune
	// Headings are known headings. They help to detect the delimiter and the heading
	// row. They are compared without case, blanks and punctuation.
	Headings []string
}

var _ formats.Format = Format{}

// Name returns "csv".
func (Format) Name() string { return "csv" }

// Match reports whether head is text. It ignores the name.
func (Format) Match(_ string, head []byte) bool {
	return formats.Identify(head) == formats.KindText
}

// Options are the options of [Open] and [Read]. Nil means the defaults.
type Options struct {
	// Format overrules the detection.
	Format Format
	// Limits bound what the file may cost.
	Limits formats.Limits
}

// Open reads the size bytes of r. It refuses a file with "file.empty",
// "file.type", "limit.…", "csv.quote", "csv.encoding", or "upload.truncated" if r
// has fewer bytes. An error that is not a [*formats.Refusal] is the error of r or of
// the context, or reports an invalid option.
func Open(ctx context.Context, r io.ReaderAt, size int64, o *Options) (*formats.Table, error) {
	if o == nil {
		o = new(Options)
	}
	return formats.Open(ctx, formats.Source{ReaderAt: r, Size: size}, &o.Limits, o.Format)
}

// Read is [Open] for a stream. It reads r to its end, or to the upload limit, and
// keeps the bytes in memory. It refuses the file with "upload.truncated" if r fails,
// and wraps the error of r.
func Read(ctx context.Context, r io.Reader, o *Options) (*formats.Table, error) {
	if o == nil {
		o = new(Options)
	}
	data, err := io.ReadAll(io.LimitReader(r, o.Limits.WithDefaults().UploadBytes+1))
	if err != nil {
		return nil, refuseTruncated(err)
	}
	return Open(ctx, bytes.NewReader(data), int64(len(data)), o)
}

// refuseTruncated returns the refusal of a file that ends early.
func refuseTruncated(cause error) error {
	return &formats.Refusal{Code: "upload.truncated", Err: cause}
}
