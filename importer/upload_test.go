package importer_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/invariant"
)

// upload is a scene's first sheet as a file.
func upload(t *testing.T, s *scene, w formats.Writer) []byte {
	t.Helper()
	sheet := s.template.Sheet(0, "en")
	sheet.Rows = func(yield func([]string) bool) {
		for _, r := range s.sheets[0].rows {
			if !yield(r.cells) {
				return
			}
		}
	}
	var b bytes.Buffer
	require.NoError(t, w.WriteSheet(&b, sheet))
	return b.Bytes()
}

// previewOf is everything that the preview of a table shows.
func previewOf(t *testing.T, s *scene, table *formats.Table) string {
	t.Helper()
	p, err := importer.New(s.open(s.store(t)), s.template, &importer.Options{Account: acme, Mode: s.mode}).Preview(t.Context(), table)
	require.NoError(t, err)
	return show(p).json()
}

var errReset = errors.New("connection reset")

// An upload that breaks off at any byte is refused whole, whatever breaks it off
// and in whatever pieces it came; and the pieces of one that does not make no difference.
func TestUploadInPieces(t *testing.T) {
	s := richPeople().scene
	data := upload(t, s, csv.Writer{})
	want, err := csv.Open(t.Context(), bytes.NewReader(data), int64(len(data)), nil)
	require.NoError(t, err)
	preview := previewOf(t, s, want)
	require.Contains(t, preview, `"update"`)

	pieces := map[string]func(io.Reader) io.Reader{
		"as it comes":             func(r io.Reader) io.Reader { return r },
		"one byte":                iotest.OneByteReader,
		"half":                    iotest.HalfReader,
		"data and error together": iotest.DataErrReader,
		"nothing, now and then":   func(r io.Reader) io.Reader { return &hesitant{r: r} },
	}
	for name, in := range pieces {
		t.Run(name, func(t *testing.T) {
			leaks := invariant.Leaks(t)
			got, err := csv.Read(t.Context(), in(bytes.NewReader(data)), nil)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(tableCells(want), tableCells(got)), "(-whole +in pieces)")
			require.Empty(t, cmp.Diff(want.Findings(), got.Findings()), "(-whole +in pieces)")
			require.Equal(t, preview, previewOf(t, s, got))
			for k := range len(data) + 1 {
				for _, cause := range []error{errReset, io.ErrUnexpectedEOF, iotest.ErrTimeout} {
					table, err := csv.Read(t.Context(), in(io.MultiReader(bytes.NewReader(data[:k]), iotest.ErrReader(cause))), nil)
					require.Nil(t, table, "%v after byte %d", cause, k)
					require.ErrorIs(t, err, cause)
					requireTruncated(t, err)
				}
			}
			leaks()
		})
	}
	table, err := csv.Read(t.Context(), iotest.TimeoutReader(iotest.OneByteReader(bytes.NewReader(data))), nil)
	require.Nil(t, table)
	require.ErrorIs(t, err, iotest.ErrTimeout)
	requireTruncated(t, err)
}

func requireTruncated(t *testing.T, err error) {
	t.Helper()
	var refused *formats.Refusal
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "upload.truncated", refused.Code)
}

// hesitant answers nothing at every second call.
type hesitant struct {
	r io.Reader
	n int
}

func (h *hesitant) Read(p []byte) (int, error) {
	if h.n++; h.n%2 == 1 {
		return 0, nil
	}
	return h.r.Read(p)
}

// A file that holds less than its size says was cut on its way.
func TestUploadShorterThanItsSize(t *testing.T) {
	s := richPeople().scene
	data := upload(t, s, csv.Writer{})
	for k := range len(data) {
		table, err := csv.Open(t.Context(), bytes.NewReader(data[:k]), int64(len(data)), nil)
		require.Nil(t, table, "%d of %d bytes", k, len(data))
		requireTruncated(t, err)
	}
	book := upload(t, s, xlsx.Writer{})
	for k := 0; k < len(book); k += 11 {
		table, err := xlsx.Open(t.Context(), bytes.NewReader(book[:k]), int64(len(book)), nil)
		require.Nil(t, table, "%d of %d bytes", k, len(book))
		require.Error(t, err)
	}
}

// A workbook cut at any byte, or whose source fails from any byte on, yields no
// row, and the file is not blamed for its source.
func TestWorkbookBreaksOff(t *testing.T) {
	s := richPeople().scene
	book := upload(t, s, xlsx.Writer{})
	table, err := xlsx.Open(t.Context(), onlySome{bytes.NewReader(book), int64(len(book)), nil}, int64(len(book)), nil)
	require.NoError(t, err)
	require.Contains(t, previewOf(t, s, table), `"update"`)
	step := 13
	if long() {
		step = 1
	}
	for k := 0; k < len(book); k += step {
		table, err := xlsx.Open(t.Context(), bytes.NewReader(book[:k]), int64(k), nil)
		require.Nil(t, table, "cut at byte %d of %d", k, len(book))
		var refused *formats.Refusal
		require.ErrorAs(t, err, &refused)

		table, err = xlsx.Open(t.Context(), onlySome{bytes.NewReader(book), int64(k), errReset}, int64(len(book)), nil)
		require.Nil(t, table, "fails from byte %d of %d", k, len(book))
		require.ErrorIs(t, err, errReset)
		require.False(t, errors.As(err, &refused) && !strings.HasPrefix(refused.Code, "upload."), "%v", err)
	}
}

// onlySome is a source that fails from a byte on, having given what stands before it.
type onlySome struct {
	r    io.ReaderAt
	from int64
	err  error
}

func (o onlySome) ReadAt(p []byte, off int64) (int, error) {
	if o.err == nil || off+int64(len(p)) <= o.from {
		return o.r.ReadAt(p, off)
	}
	n := 0
	if off < o.from {
		n, _ = o.r.ReadAt(p[:o.from-off], off)
	}
	return n, o.err
}
