package xlsx_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
)

// linked returns a workbook with these rows, hyperlinks and targets.
func linked(rows, links string, targets ...string) book {
	sheet := strings.Replace(sheetData(rows), "</worksheet>", "<hyperlinks>"+links+"</hyperlinks></worksheet>", 1)
	sheet = strings.Replace(sheet, "<worksheet ", `<worksheet xmlns:r="`+docNS+`" `, 1)
	var all strings.Builder
	for i, target := range targets {
		fmt.Fprintf(&all, `<Relationship Id="rId%d" Type="%s/hyperlink" Target="%s" TargetMode="External"/>`, i+1, docNS, target)
	}
	return book{"xl/worksheets/sheet1.xml": sheet, "xl/worksheets/_rels/sheet1.xml.rels": rels(all.String())}
}

// TestLinks: the target of a mailto link is told where the text of the cell is another.
func TestLinks(t *testing.T) {
	row := func(texts ...string) string {
		out := `<row r="1">`
		for i, text := range texts {
			out += inline(formats.CellName(i+1, 1), text)
		}
		return out + `</row>`
	}
	one := `<hyperlink ref="A1" r:id="rId1"/>`
	const mail = "mailto:ada@example.com"
	for _, tt := range []struct {
		name, reason string
		book         book
		want         []string // cell, text, target, fix
	}{
		{"a name", "the target is the fix", linked(row("Ada"), one, mail), []string{"A1 Ada ada@example.com ada@example.com"}},
		{"another address", "which one is right?", linked(row("bob@example.com"), one, mail), []string{"A1 bob@example.com ada@example.com"}},
		{"the same address", "letter case aside", linked(row("ADA@example.com"), one, "MAILTO:ada@Example.com"), nil},
		{"the address in the text", "it is not lost", linked(row("Ada &lt;ada@example.com&gt;"), one, mail), nil},
		{"a subject", "is no address", linked(row("Ada"), one, mail+"?subject=Hi&amp;cc=x@y.z"), []string{"A1 Ada ada@example.com ada@example.com"}},
		{"escapes", "of a URL", linked(row("Ada"), one, "mailto:ada%2Bx%40example.com"), []string{"A1 Ada ada+x@example.com ada+x@example.com"}},
		{"no escapes", "a percent sign alone", linked(row("Ada"), one, "mailto:ada%@example.com"), []string{"A1 Ada ada%@example.com ada%@example.com"}},
		{"escapes that are no text", "nothing to offer", linked(row("Ada"), one, "mailto:ada%ff@example.com"), nil},
		{"several addresses", "none is the person's", linked(row("Team"), one, "mailto:ada@example.com,bob@example.com"), nil},
		{"no address", "nothing to offer", linked(row("Ada"), one, "mailto:?subject=Hi"), nil},
		{"a web page", "no address", linked(row("Ada"), one, "https://example.com/ada@example.com"), nil},
		{"a place in the workbook", "no target", linked(row("Ada"), `<hyperlink ref="A1" location="Sheet2!A1"/>`, mail), nil},
		{"a range", "each cell with a text", linked(row("Ada", "", "King"), `<hyperlink ref="A1:D1" r:id="rId1"/>`, mail),
			[]string{"A1 Ada ada@example.com ada@example.com", "C1 King ada@example.com ada@example.com"}},
		{"a large range", "is no person's", linked(row("Ada"), `<hyperlink ref="A1:A1048576" r:id="rId1"/>`, mail), nil},
		{"a blank cell", "of a row", linked(row("", "King"), one, mail), []string{"A1  ada@example.com ada@example.com"}},
		{"a row that is not there", "has no cells", linked(row("Ada"), `<hyperlink ref="A9" r:id="rId1"/>`, mail), nil},
		{"no relationship", "the text is read", linked(row("Ada"), `<hyperlink ref="A1" r:id="rId9"/>`, mail), nil},
		{"damaged relationships", "the text is read", linked(row("Ada"), one).with("xl/worksheets/_rels/sheet1.xml.rels", "<a"), nil},
		{"no relationships", "the text is read", linked(row("Ada"), one).with("xl/worksheets/_rels/sheet1.xml.rels", ""), nil},
		{"a malformed reference", "the text is read", linked(row("Ada"), `<hyperlink ref="A" r:id="rId1"/>`, mail), nil},
		{"a formula", "has its own target", oneSheet(`<row r="1"><c r="A1" t="str"><f>HYPERLINK("mailto:ada@example.com","Ada")</f><v>Ada</v></c></row>`),
			[]string{"A1 Ada ada@example.com ada@example.com"}},
		{"a formula of cells", "cannot be followed", oneSheet(`<row r="1"><c r="A1" t="str"><f>HYPERLINK("mailto:"&amp;B1,"Ada")</f><v>Ada</v></c></row>`), nil},
		{"another formula", "is no link", oneSheet(`<row r="1"><c r="A1" t="str"><f>"mailto:ada@example.com"</f><v>Ada</v></c></row>`), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, err := read(t, tt.book.zip())
			require.NoError(t, err)
			var got []string
			for _, f := range table.Findings() {
				if f.Code != "xlsx.link_target" {
					continue
				}
				require.Equal(t, formats.Warning, f.Severity)
				require.Equal(t, f.Cell, formats.CellName(f.Column, f.Row))
				text := f.Cell + " " + f.Value + " " + f.Args["target"]
				if f.Fix != nil {
					text += " " + *f.Fix
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

// TestLinksOfManyRows: the findings of links come after those of the rows, and stand with
// their rows all the same. There may be more links than parts in a workbook.
func TestLinksOfManyRows(t *testing.T) {
	const n = 3000
	var rows, links strings.Builder
	var targets []string
	for r := 1; r <= n; r++ {
		fmt.Fprintf(&rows, `<row r="%d"><c r="A%d" t="str"><v>Ada</v></c><c r="B%d"><v>1.5</v></c></row>`, r, r, r)
		fmt.Fprintf(&links, `<hyperlink ref="A%d" r:id="rId%d"/>`, r, r)
		targets = append(targets, fmt.Sprintf("mailto:ada%d@example.com", r))
	}
	b := linked(rows.String(), links.String(), targets...)
	sheet := strings.Replace(b["xl/worksheets/sheet1.xml"], "<hyperlinks>", `<mergeCells><mergeCell ref="D1:E1"/></mergeCells><hyperlinks>`, 1)
	table, err := read(t, b.with("xl/worksheets/sheet1.xml", sheet).zip())
	require.NoError(t, err)
	require.Equal(t, n, table.Len())
	for row := range table.Rows() {
		found := row.Findings()
		require.Len(t, found, 2)
		require.Equal(t, fmt.Sprintf("ada%d@example.com", row.Number()), *found[0].Fix)
		require.Equal(t, "cell.fraction", found[1].Code)
	}
}
