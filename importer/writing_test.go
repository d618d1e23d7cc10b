package importer_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/messages"
	"github.com/usher-go/usher/internal/invariant"
)

var errGone = errors.New("the client has gone")

// A pipe takes so many bytes and no more: its client goes away.
type pipe struct {
	got  bytes.Buffer
	left int
	fail int // writes that failed
}

func (p *pipe) Write(b []byte) (int, error) {
	n := min(len(b), p.left)
	p.got.Write(b[:n])
	p.left -= n
	if n < len(b) {
		p.fail++
		return n, errGone
	}
	return n, nil
}

// A client who goes away at any byte of a report is an error of the writing and
// of nothing else: the import stays done, what came through is no whole report,
// and the report can be had again, whole.
func TestReportToAClientWhoGoes(t *testing.T) {
	var rows [][]string
	for i := range 60 {
		rows = append(rows, row(lan(i+10), []string{mail(i + 10), "bad", mail(0)}[i%3], "Zoe", []string{"", "nobody"}[i%2]))
	}
	s := asHost(people(), nil, rows...)
	store := s.store(t)
	dir := s.open(store)
	r, err := s.previewIn(t, dir).Commit(t.Context(), &importer.CommitOptions{ID: imp})
	require.NoError(t, err)
	done := invariant.Read(t, store)
	en := messages.For("en")

	tests := []struct {
		name  string
		step  int // every so manieth byte is tried
		write func(io.Writer, *importer.Report) error
		// whole reports whether a reader would take what came through for all of it.
		whole func([]byte) bool
	}{
		{"json", 7, func(w io.Writer, r *importer.Report) error { return r.WriteJSON(w) }, wholeJSON},
		{"csv sheet", 31, func(w io.Writer, r *importer.Report) error { return csv.Writer{}.WriteSheet(w, r.Sheet(en)) }, nil},
		{"csv rows", 31, func(w io.Writer, r *importer.Report) error { return csv.Marshal(w, r.Rows(en)) }, nil},
		{"xlsx", 97, func(w io.Writer, r *importer.Report) error { return xlsx.Writer{}.WriteSheet(w, r.Sheet(en)) }, func(b []byte) bool {
			_, err := xlsx.Open(t.Context(), bytes.NewReader(b), int64(len(b)), nil)
			return err == nil
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			leaks := invariant.Leaks(t)
			temp := t.TempDir()
			t.Setenv("TMPDIR", temp)
			full := &pipe{left: 1 << 30}
			require.NoError(t, tt.write(full, r))
			size := full.got.Len()
			require.Greater(t, size, 2000)
			if tt.whole != nil {
				require.True(t, tt.whole(full.got.Bytes()))
			}
			cuts := []int{0, 1, size - 2, size - 1}
			for k := 2; k < size-2; k += tt.step {
				cuts = append(cuts, k)
			}
			for _, k := range cuts {
				p := &pipe{left: k}
				err := tt.write(p, r)
				require.ErrorIs(t, err, errGone, "gone after byte %d of %d", k, size)
				require.Equal(t, 1, p.fail, "who has gone is not written to again")
				if tt.whole != nil {
					require.False(t, tt.whole(p.got.Bytes()), "%d of %d bytes are taken for the whole", k, size)
				} else {
					require.Equal(t, full.got.String()[:k], p.got.String())
				}
			}
			back, err := importer.LoadReport(t.Context(), dir, imp)
			require.NoError(t, err)
			again := &pipe{left: 1 << 30}
			require.NoError(t, tt.write(again, back))
			if tt.name == "xlsx" {
				require.Equal(t, cellsOf(t, full.got.Bytes()), cellsOf(t, again.got.Bytes()))
			} else {
				require.Equal(t, full.got.String(), again.got.String())
			}
			leaks()
			invariant.RequireEmpty(t, temp)
		})
	}
	invariant.RequireEqual(t, "the store", done, invariant.Read(t, store))
}

// wholeJSON reports whether b is a report with as many lines as it counts.
func wholeJSON(b []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(b))
	var r importer.Report
	if dec.Decode(&r) != nil {
		return false
	}
	for _, n := range r.Counts {
		for range n {
			var l importer.ReportLine
			if dec.Decode(&l) != nil {
				return false
			}
		}
	}
	return bytes.HasSuffix(b, []byte("\n")) // the end of the last line
}

func cellsOf(t *testing.T, b []byte) [][]string {
	t.Helper()
	table, err := xlsx.Open(t.Context(), bytes.NewReader(b), int64(len(b)), nil)
	require.NoError(t, err)
	return tableCells(table)
}

func tableCells(table *formats.Table) [][]string {
	var out [][]string
	for i := range table.Len() {
		r := table.Row(i)
		cells := []string{fmt.Sprint(r.Number(), " ", r.Line())}
		for c := range r.Len() {
			cells = append(cells, r.Cell(c))
		}
		out = append(out, cells)
	}
	return out
}
