package importer_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/messages"
	"github.com/usher-go/usher/users"
)

// typed is a file as somebody typed it, its headings included.
func typed(t tb, rows ...[]string) *formats.Table {
	t.Helper()
	b := formats.NewBuilder("typed", formats.Limits{})
	for i, r := range rows {
		for _, c := range r {
			require.NoError(t, b.Cell([]byte(c)))
		}
		_, err := b.EndRow(i+1, i+1)
		require.NoError(t, err)
	}
	return b.Table()
}

// readTyped previews a file of people as it was typed, with columns given by hand.
func readTyped(t tb, byHand []importer.ColumnMap, rows ...[]string) (*importer.Preview, error) {
	t.Helper()
	dir := users.Open(asHost(people(), nil).store(t), users.Host("test"), nil)
	return importer.New(dir, people(), &importer.Options{Account: acme, Map: byHand}).Preview(t.Context(), typed(t, rows...))
}

// told is what is said of columns: code, column, and what stands there.
func told(p *importer.Preview) []string {
	var out []string
	for _, f := range p.Findings() {
		out = append(out, f.Code+" "+number(f.Column)+" "+f.Value)
	}
	return out
}

// typedSheet is the corrected file as somebody would see it.
func typedSheet(p *importer.Preview) [][]string {
	s := p.Sheet(0, messages.For("en"))
	out := [][]string{nil}
	for _, c := range s.Columns {
		out[0] = append(out[0], c.Heading)
	}
	for r := range s.Rows {
		out = append(out, slices.Clone(r))
	}
	return out
}

// Which row holds the headings and what stands in which column; what is not
// read is said, and the corrected file is understood without being told again.
func TestHeadings(t *testing.T) {
	hand := func(column int, field string) importer.ColumnMap {
		return importer.ColumnMap{Column: column, Field: field}
	}
	tests := []struct {
		name   string
		byHand []importer.ColumnMap
		rows   [][]string
		want   []string
		told   []string
		sheet  [][]string
	}{
		{
			name: "the first complete row, not the fullest",
			rows: [][]string{{"LAN ID", "NAME"}, {"l1", "A"}, {"LAN ID", "NAME", "EMAIL"}, {"l2", "B", mail(2)}},
			want: []string{"2 create l1 lan_id:>l1 name:>A", "3 error !row.heading[]", "4 create l2 lan_id:>l2 name:>B"},
			told: []string{"header.unknown 3 "},
		},
		{
			name: "a column without a heading that holds something",
			rows: [][]string{{"LAN ID", "", "NAME"}, {"l1", "x", "A"}},
			want: []string{"2 create l1 lan_id:>l1 name:>A"}, told: []string{"header.unknown 2 "},
			sheet: [][]string{{"LAN ID", "", "NAME"}, {"l1", "x", "A"}},
		},
		{
			name:   "the column that was recognised is then unknown",
			byHand: []importer.ColumnMap{hand(3, "name")},
			rows:   [][]string{{"LAN ID", "NAME", "CALLED"}, {"l1", "A", "B"}},
			want:   []string{"2 create l1 lan_id:>l1 name:>B"}, told: []string{"header.unknown 2 NAME"},
		},
		{
			name:   "one of two equal headings is left out",
			byHand: []importer.ColumnMap{hand(2, "")},
			rows:   [][]string{{"LAN ID", "NAME", "NAME"}, {"l1", "A", "B"}},
			want:   []string{"2 create l1 lan_id:>l1 name:>B"},
		},
		{
			name:   "headings nobody foresaw, one of which nobody gave away",
			byHand: []importer.ColumnMap{hand(1, "lan_id"), hand(2, "name")},
			rows:   [][]string{{"who", "called", "shoe size"}, {"l1", "A", "43"}},
			want:   []string{"2 create l1 lan_id:>l1 name:>A"}, told: []string{"header.assumed 0 ", "header.unknown 3 shoe size"},
			sheet: [][]string{{"LAN ID", "NAME", "shoe size"}, {"l1", "A", "43"}},
		},
		{
			name:   "a column beyond the headings",
			byHand: []importer.ColumnMap{hand(2, "name")},
			rows:   [][]string{{"LAN ID"}, {"l1", "A"}},
			want:   []string{"2 create l1 lan_id:>l1 name:>A"},
			sheet:  [][]string{{"LAN ID", "NAME"}, {"l1", "A"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := readTyped(t, tt.byHand, tt.rows...)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(tt.want, briefs(show(p))), "(-want +got)")
			require.Empty(t, cmp.Diff(tt.told, told(p)), "what is said of columns (-want +got)")
			if tt.sheet == nil {
				return
			}
			require.Empty(t, cmp.Diff(tt.sheet, typedSheet(p)), "the corrected file (-want +got)")
			again, err := readTyped(t, nil, typedSheet(p)...)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(tt.want, briefs(show(again))), "the corrected file, read again (-want +got)")
		})
	}
}

// A column that is not there, or for a field that is not, is refused.
func TestHeadingsByHandAreRefused(t *testing.T) {
	for _, tt := range []struct {
		name string
		m    importer.ColumnMap
		want error
	}{
		{"columns count from 1", importer.ColumnMap{Column: 0, Field: "name"}, importer.ErrColumn},
		{"a negative column", importer.ColumnMap{Column: -1, Field: "name"}, importer.ErrColumn},
		{"a column beyond the widest row", importer.ColumnMap{Column: 99, Field: "name"}, importer.ErrColumn},
		{"to be ignored, and not there", importer.ColumnMap{Column: 99}, importer.ErrColumn},
		{"a field misspelt", importer.ColumnMap{Column: 2, Field: "nmae"}, importer.ErrField},
	} {
		_, err := readTyped(t, []importer.ColumnMap{tt.m}, []string{"LAN ID", "NAME"}, []string{"l1", "A"})
		require.ErrorIs(t, err, tt.want, tt.name)
	}
}

// What stands in a column without a heading is told as long as a row holds it.
func TestColumnWithoutHeadingFollowsItsRows(t *testing.T) {
	p, err := readTyped(t, nil, []string{"LAN ID", "NAME", ""}, []string{"l1", "A", "x"}, []string{"l2", "B", ""}, []string{"l3", "C", "y"})
	require.NoError(t, err)
	for _, step := range []struct {
		remove int
		want   []string
	}{{2, []string{"header.unknown 3 "}}, {4, nil}} {
		_, err := p.Edit(t.Context(), importer.Remove(users.RowAt(0, step.remove)))
		require.NoError(t, err)
		require.Equal(t, step.want, told(p), "without row %d", step.remove)
	}
}

// Where there are several tables, what is said of a heading names its table.
func TestHeadingFindingsNameTheirTable(t *testing.T) {
	s := asHost(staff(), nil, row("l0", mail(0), "Zoe")).and(attach(0, 3))
	calls := s.sheets[1]
	calls.heads = append(calls.heads, "COLOUR", "")
	calls.rows[0].cells = append(calls.rows[0].cells, "red", "x")
	p := s.preview(t, s.store(t))
	var got []string
	for _, f := range p.Findings() {
		got = append(got, f.Table+" "+f.Code+" "+number(f.Column))
	}
	require.Equal(t, []string{"lines header.unknown 4", "lines header.unknown 5"}, got)
}
