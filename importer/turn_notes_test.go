package importer_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// found returns the findings of each row of p as "row:column severity code > fix".
func found(p *importer.Preview) []string {
	var out []string
	for r := range p.Rows() {
		for _, f := range r.Findings {
			text := fmt.Sprintf("%d:%d %s %s", f.Row, f.Column, f.Severity, f.Code)
			if f.Fix != nil {
				text += " > " + *f.Fix
			}
			out = append(out, text)
		}
	}
	return out
}

// TestFindingsOfTheFormat: what a format found in a cell counts by the column of the
// template, and is the only error of its cell.
func TestFindingsOfTheFormat(t *testing.T) {
	tpl := people()
	tab := &tpl.Tables[0]
	tab.Columns[0].AsText = true
	tab.Columns[1].Required = true
	tab.Columns = append(tab.Columns, importer.Column{Field: "custom.quota", Headings: en("QUOTA")})
	const lanID, email, name, role, quota, unmapped = 1, 2, 3, 5, 6, 7

	fix := "1001"
	for _, tt := range []struct {
		name, reason string
		cells        []string
		finding      formats.Finding
		want         []string
	}{
		{"a formula without a value", "the cell is not missing", []string{"a1", "", "A"},
			formats.Finding{Severity: formats.Error, Code: "cell.formula_no_value", Column: email}, []string{"2:2 error cell.formula_no_value"}},
		{"an error word", "which a rule would refuse too", []string{"a1", "#N/A", "A"},
			formats.Finding{Severity: formats.Error, Code: "cell.excel_error", Column: email}, []string{"2:2 error cell.excel_error"}},
		{"bytes that are no text", "the letters are lost once", []string{"a1", "a@x.com", "M\ufffdller"},
			formats.Finding{Severity: formats.Error, Code: "csv.encoding", Column: name}, []string{"2:3 error csv.encoding"}},
		{"a blank in a required column", "no format found anything there", []string{"a1", "", "M\ufffdller"},
			formats.Finding{Severity: formats.Error, Code: "csv.encoding", Column: name}, []string{"2:2 error email.missing", "2:3 error csv.encoding"}},
		{"a warning", "hides no error", []string{"a1", "ada", "A"},
			formats.Finding{Severity: formats.Warning, Code: "cell.formula", Column: email}, []string{"2:2 error email.form", "2:2 warning cell.formula"}},
		{"a fraction", "no identifier has one", []string{"1002.5", "a@x.com", "A"},
			formats.Finding{Severity: formats.Warning, Code: "cell.fraction", Column: lanID}, []string{"2:1 error cell.fraction"}},
		{"a fraction of a quantity", "may be meant", []string{"a1", "a@x.com", "A", "", "", "1.5"},
			formats.Finding{Severity: formats.Warning, Code: "cell.fraction", Column: quota}, []string{"2:6 warning cell.fraction"}},
		{"other digits than shown", "the shown ones are offered", []string{"1001", "a@x.com", "A"},
			formats.Finding{Severity: formats.Warning, Code: "number.precision", Column: lanID, Fix: &fix}, []string{"2:1 error number.precision > 1001"}},
		{"other digits of a quantity", "it is the same", []string{"a1", "a@x.com", "A", "", "", "1001"},
			formats.Finding{Severity: formats.Warning, Code: "number.precision", Column: quota, Fix: &fix}, []string{"2:6 warning number.precision > 1001"}},
		{"a fraction beside", "no column of the template", []string{"a1", "a@x.com", "A", "", "", "", "1.5"},
			formats.Finding{Severity: formats.Warning, Code: "cell.fraction", Column: unmapped}, nil},
		{"a hidden row", "is told of the row", []string{"a1", "a@x.com", "A"},
			formats.Finding{Severity: formats.Warning, Code: "xlsx.hidden_row"}, []string{"2:0 warning xlsx.hidden_row"}},
		{"a blank under a merged cell", "with the shown text", []string{"a1", "a@x.com", "A"},
			formats.Finding{Severity: formats.Warning, Code: "cell.covered", Column: role, Fix: &fix}, []string{"2:5 warning cell.covered > 1001"}},
		{"a mail link at an address", "it may be the right one", []string{"a1", "Ada", "A"},
			formats.Finding{Severity: formats.Warning, Code: "xlsx.link_target", Column: email, Fix: &fix}, []string{"2:2 error email.form", "2:2 warning xlsx.link_target > 1001"}},
		{"a mail link at a name", "an address is no name", []string{"a1", "a@x.com", "Ada"},
			formats.Finding{Severity: formats.Warning, Code: "xlsx.link_target", Column: name, Fix: &fix}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := formats.NewBuilder("people", formats.Limits{})
			for i, cells := range [][]string{{"LAN ID", "EMAIL", "NAME", "SUPERVISOR", "ROLE", "QUOTA", "NOTES"}, tt.cells} {
				for _, c := range cells {
					require.NoError(t, b.Cell([]byte(c)))
				}
				if i == 1 {
					tt.finding.Row = 2
					b.Find(tt.finding)
				}
				_, err := b.EndRow(i+1, i+1)
				require.NoError(t, err)
			}
			s := asHost(tpl, nil)
			p, err := importer.New(s.open(s.store(t)), tpl, &importer.Options{Account: acme}).Preview(t.Context(), b.Table())
			require.NoError(t, err)
			got := found(p)
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

// TestTwoBadCells: a row with two bad cells is in error until both are corrected.
func TestTwoBadCells(t *testing.T) {
	tpl := people()
	b := formats.NewBuilder("people", formats.Limits{})
	for i, cells := range [][]string{{"LAN ID", "EMAIL", "NAME"}, {"a1", "a\ufffd@x.com", "Ren\ufffd"}} {
		for c, text := range cells {
			require.NoError(t, b.Cell([]byte(text)))
			if i == 1 && c > 0 {
				b.Find(formats.Finding{Severity: formats.Error, Code: "csv.encoding", Row: 2, Column: c + 1})
			}
		}
		_, err := b.EndRow(i+1, i+1)
		require.NoError(t, err)
	}
	s := asHost(tpl, nil)
	p, err := importer.New(s.open(s.store(t)), tpl, &importer.Options{Account: acme}).Preview(t.Context(), b.Table())
	require.NoError(t, err)
	require.Equal(t, []string{"2:2 error csv.encoding", "2:3 error csv.encoding"}, found(p))

	_, err = p.Edit(t.Context(), importer.Set(users.RowAt(0, 2), "email", "a@x.com"))
	require.NoError(t, err)
	require.Equal(t, []string{"2:3 error csv.encoding"}, found(p))
	_, err = p.Edit(t.Context(), importer.Set(users.RowAt(0, 2), "name", "René"))
	require.NoError(t, err)
	require.Empty(t, found(p))
}

// TestMissingHeadingsNameTheSheets: where the headings are not on the sheet that was
// read, the refusal names the other sheets.
func TestMissingHeadingsNameTheSheets(t *testing.T) {
	b := formats.NewBuilder("Cover", formats.Limits{})
	require.NoError(t, b.Cell([]byte("Staff list")))
	_, err := b.EndRow(1, 1)
	require.NoError(t, err)
	table := b.Table()
	table.Source = map[string]string{"other_sheets": "People, Lists"}
	s := asHost(people(), nil)
	_, err = importer.New(s.open(s.store(t)), people(), &importer.Options{Account: acme}).Preview(t.Context(), table)
	var refused *formats.Refusal
	require.ErrorAs(t, err, &refused)
	require.Equal(t, map[string]string{"want": "LAN ID", "found": "Staff list", "sheets": "People, Lists"}, refused.Args)
}
