package formats_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
)

// words is a format whose lines are rows and whose words are cells. It matches
// text files with the extension ext.
type words struct{ ext string }

func (w words) Name() string { return "words" + w.ext }

func (w words) Match(name string, head []byte) bool {
	return strings.HasSuffix(name, w.ext) && formats.Identify(head) == formats.KindText
}

func (w words) Read(ctx context.Context, src formats.Source, lim formats.Limits) (*formats.Table, error) {
	data, err := io.ReadAll(io.NewSectionReader(src, 0, src.Size))
	if err != nil {
		return nil, err
	}
	b := formats.NewBuilder(src.Name, lim)
	for i, line := range strings.Split(string(data), "\n") {
		for _, word := range strings.Fields(line) {
			if err := b.Cell([]byte(word)); err != nil {
				return nil, err
			}
		}
		if _, err := b.EndRow(i+1, i+1); err != nil {
			return nil, err
		}
	}
	t := b.Table()
	t.Source = map[string]string{"format": w.Name()}
	return t, ctx.Err()
}

func source(name, text string) formats.Source {
	return formats.Source{Name: name, ReaderAt: strings.NewReader(text), Size: int64(len(text))}
}

func TestOpen(t *testing.T) {
	table, err := formats.Open(t.Context(), source("a.txt", "one two\n\nthree"), nil, words{".log"}, words{".txt"}, words{""})
	require.NoError(t, err)
	require.Equal(t, "a.txt", table.Name)
	require.Equal(t, map[string]string{"format": "words.txt", "file": "a.txt"}, table.Source, "the first that matches")
	require.Equal(t, []string{"one", "two"}, table.Row(0).Cells())

	for name, want := range map[string]string{`C:\lists\a.txt`: "a.txt", "lists/a.txt": "a.txt", "-": "", "": ""} {
		named, err := formats.Open(t.Context(), source(name, "one"), nil, words{""})
		require.NoError(t, err)
		require.Equal(t, want, named.Source["file"], "the file %q", name)
	}
	require.Equal(t, 3, table.Row(1).Number())
}

func TestOpenRefuses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		src    formats.Source
		limits *formats.Limits
		want   string
	}{
		{"no bytes", source("a.txt", ""), nil, "file.empty"},
		{"a size that cannot be", formats.Source{ReaderAt: strings.NewReader("x"), Size: -1}, nil, "file.empty"},
		{"no format for it", source("a.xlsx", "PK\x03\x04"), nil, "file.type found=zip"},
		{"no format for its name", source("a.doc", "text"), nil, "file.type found=text"},
		{"too large", source("a.txt", "four"), &formats.Limits{UploadBytes: 3}, "limit.upload max=3"},
		{"too large by default", formats.Source{ReaderAt: strings.NewReader("x"), Size: 20<<20 + 1}, nil, "limit.upload max=20971520"},
		{"the format's own", source("a.txt", "a b"), &formats.Limits{Columns: 1}, "limit.columns max=1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, err := formats.Open(t.Context(), tt.src, tt.limits, words{".txt"})
			require.Nil(t, table)
			require.True(t, errors.As(err, new(*formats.Refusal)))
			require.EqualError(t, err, "formats: file refused: "+tt.want)
		})
	}
}

func TestOpenDoesNotChangeLimits(t *testing.T) {
	limits := formats.Limits{Rows: 3}
	_, err := formats.Open(t.Context(), source("a.txt", "a"), &limits, words{".txt"})
	require.NoError(t, err)
	require.Equal(t, formats.Limits{Rows: 3}, limits)
}

// broken is a source whose reads fail.
type broken struct{ err error }

func (b broken) ReadAt([]byte, int64) (int, error) { return 0, b.err }

func TestOpenSourceFails(t *testing.T) {
	cause := errors.New("bad sector")
	_, err := formats.Open(t.Context(), formats.Source{ReaderAt: broken{cause}, Size: 9}, nil, words{""})
	require.ErrorIs(t, err, cause)
	require.EqualError(t, err, "formats: read: bad sector")
}

// headRecorder is a format that records the head it is given and matches nothing.
type headRecorder struct {
	words
	head *[]byte
}

func (l headRecorder) Match(_ string, head []byte) bool {
	*l.head = head
	return false
}

func TestOpenShowsTheHead(t *testing.T) {
	var head []byte
	for _, tt := range []struct {
		size, claimed, want int
	}{{9, 9, 9}, {2000, 2000, 512}, {3, 100, 3}} {
		src := formats.Source{ReaderAt: strings.NewReader(strings.Repeat("x", tt.size)), Size: int64(tt.claimed)}
		_, err := formats.Open(t.Context(), src, nil, headRecorder{head: &head})
		require.Error(t, err)
		require.Equal(t, strings.Repeat("x", tt.want), string(head))
	}
}
