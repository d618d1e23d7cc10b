package xlsx_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/xlsx"
)

// refusal returns err, which must be a refusal.
func refusal(t *testing.T, err error) *formats.Refusal {
	t.Helper()
	var r *formats.Refusal
	require.ErrorAs(t, err, &r)
	return r
}

func TestChoiceOfSheet(t *testing.T) {
	one := func(v string) string { return sheetData(`<row r="1">` + inline("A1", v) + `</row>`) }
	b := book{
		"xl/workbook.xml": workbookPart(`<sheet name="Chart" sheetId="9" r:id="rId4"/><sheet name="Old" sheetId="1" state="hidden" r:id="rId1"/>` +
			`<sheet name="Users &amp; co" sheetId="7" r:id="rId3"/><sheet name="More" sheetId="2" r:id="rId2"/>`),
		"xl/_rels/workbook.xml.rels": rels("", "worksheet", "worksheets/sheet1.xml", "worksheet", "worksheets/sheet2.xml", "worksheet", "worksheets/sheet3.xml", "chartsheet", "chartsheets/sheet1.xml"),
		"xl/worksheets/sheet1.xml":   one("old"), "xl/worksheets/sheet2.xml": one("more"), "xl/worksheets/sheet3.xml": one("users"),
	}
	data := b.zip()
	open := func(sheet string) (*formats.Table, error) {
		return xlsx.Open(t.Context(), bytes.NewReader(data), int64(len(data)), &xlsx.Options{Sheet: sheet})
	}
	for sheet, want := range map[string]string{"": "users", "Old": "old", "More": "more", "Users & co": "users"} {
		table, err := open(sheet)
		require.NoError(t, err, sheet)
		require.Equal(t, want, table.Row(0).Cell(0))
	}
	first, err := open("")
	require.NoError(t, err)
	require.Equal(t, "Users & co", first.Name)
	require.Equal(t, []string{"xlsx.other_sheets 1"}, codes(first), "a further visible sheet is told, a hidden one and a chart are not")
	_, err = open("Nobody")
	require.Equal(t, &formats.Refusal{Code: "xlsx.sheet", Args: map[string]string{"want": "Nobody", "found": "Old, Users & co, More"}}, refusal(t, err))
	_, err = open("Chart")
	require.Equal(t, "xlsx.sheet", refusal(t, err).Code)
}

// sheets returns a workbook with a visible sheet for each part, called A, B, C…
func sheets(parts ...string) book {
	b := book{}
	list, targets := "", []string{}
	for i, part := range parts {
		name := fmt.Sprintf("worksheets/sheet%d.xml", i+1)
		b["xl/"+name] = part
		targets = append(targets, "worksheet", name)
		list += fmt.Sprintf(`<sheet name="%c" sheetId="%d" r:id="rId%d"/>`, 'A'+i, i+1, i+1)
	}
	b["xl/workbook.xml"] = workbookPart(list)
	b["xl/_rels/workbook.xml.rels"] = rels("", targets...)
	return b
}

// TestChoiceByHeadings: with known headings, the sheet that has them is read.
func TestChoiceByHeadings(t *testing.T) {
	rows := func(rows ...[]string) string {
		var out strings.Builder
		for r, cells := range rows {
			fmt.Fprintf(&out, `<row r="%d">`, r+1)
			for c, text := range cells {
				out.WriteString(inline(formats.CellName(c+1, r+1), text))
			}
			out.WriteString(`</row>`)
		}
		return sheetData(out.String())
	}
	head, ada := []string{"First name", "LAST_NAME", "e-mail", "Role"}, []string{"Ada", "L", "ada@example.com", "User"}
	people := rows(head, ada)
	empty, cover := sheetData(""), rows([]string{"Staff list"}, []string{"Fill in the next sheet"})
	hidden := func(b book, sheet string) book {
		return b.with("xl/workbook.xml", strings.Replace(b["xl/workbook.xml"], `name="`+sheet+`"`, `name="`+sheet+`" state="hidden"`, 1))
	}

	for _, tt := range []struct {
		name, reason string
		book         book
		want         string // the sheet, or the code of the refusal
		findings     []string
	}{
		{"one sheet", "there is no choice", sheets(cover), "A", nil},
		{"one empty sheet", "there is no choice", sheets(empty), "A", nil},
		{"the first has them", "as without headings", sheets(people, cover), "A", []string{"xlsx.other_sheets 1"}},
		{"the first and the second have them", "the first counts", sheets(people, people), "A", []string{"xlsx.other_sheets 1"}},
		{"an empty first sheet", "the second has them", sheets(empty, people), "B", []string{"xlsx.sheet_chosen 1"}},
		{"a cover", "the second has them", sheets(cover, people, empty), "B", []string{"xlsx.sheet_chosen 2"}},
		{"a title above them", "within the first rows", sheets(cover, rows([]string{"Staff"}, nil, head, ada)), "B", []string{"xlsx.sheet_chosen 1"}},
		{"a cover that lists one", "and the sheet has four", sheets(rows([]string{"E-mail"}, []string{"the address"}), people), "B", []string{"xlsx.sheet_chosen 1"}},
		{"a cover that explains them", "with other cells", sheets(rows([]string{"E-mail", "the address"}, []string{"Role", "User or admin"}), people), "B", []string{"xlsx.sheet_chosen 1"}},
		{"a first sheet with half of them", "a narrower list is one too", sheets(rows([]string{"e-mail", "role"}), people), "A", []string{"xlsx.other_sheets 1"}},
		{"one column", "which is known", sheets(cover, rows([]string{"EMAIL"}, []string{"ada@example.com"})), "B", []string{"xlsx.sheet_chosen 1"}},
		{"two others have them", "a person must choose", sheets(cover, people, people), "xlsx.sheet_choice B, C", nil},
		{"no sheet has them", "the first may be mapped by hand", sheets(cover, cover), "A", []string{"xlsx.other_sheets 1"}},
		{"no sheet has them, the first is empty", "a person must choose", sheets(empty, cover, empty, cover), "xlsx.sheet_empty B, D", nil},
		{"all are empty", "nothing to choose", sheets(empty, empty), "A", []string{"xlsx.other_sheets 1"}},
		{"a hidden sheet has them", "only what is seen counts", hidden(sheets(cover, people, cover), "B"), "A", []string{"xlsx.other_sheets 1"}},
		{"a hidden first sheet", "is not the first", hidden(sheets(people, people), "A"), "B", nil},
		{"in row 20", "is looked at", sheets(cover, rows(append(slices.Repeat([][]string{{"x"}}, 19), head)...)), "B", []string{"xlsx.sheet_chosen 1"}},
		{"in row 21", "is not", sheets(cover, rows(append(slices.Repeat([][]string{{"x"}}, 20), head)...)), "A", []string{"xlsx.other_sheets 1"}},
		{"a damaged sheet beside", "it is not read", sheets(cover, people, "<worksheet"), "B", []string{"xlsx.sheet_chosen 2"}},
		{"a damaged first sheet", "the file is damaged", sheets("<worksheet", people), "xlsx.xml", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := tt.book.zip()
			table, err := xlsx.Open(t.Context(), bytes.NewReader(data), int64(len(data)), &xlsx.Options{Headings: []string{"FIRST NAME", "LAST NAME", "EMAIL", "ROLE"}})
			if err != nil {
				r := refusal(t, err)
				require.Equal(t, tt.want, strings.TrimSpace(r.Code+" "+r.Args["found"]), tt.reason)
				return
			}
			require.Equal(t, tt.want, table.Name, tt.reason)
			require.Equal(t, tt.findings, codes(table), tt.reason)
		})
	}

	data := sheets(cover, people, empty).zip()
	table, err := xlsx.Open(t.Context(), bytes.NewReader(data), int64(len(data)), &xlsx.Options{Headings: head})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"count": "2", "sheet": "B", "sheets": "A, C"}, table.Findings()[0].Args)
	require.Equal(t, "A, C", table.Source["other_sheets"])
	table, err = xlsx.Open(t.Context(), bytes.NewReader(data), int64(len(data)), &xlsx.Options{Headings: head, Sheet: "A"})
	require.NoError(t, err)
	require.Equal(t, "A", table.Name, "a name overrules the headings")
	require.Empty(t, table.Findings())
}

// TestPeekingIsBounded: looking for the headings reads the first rows of each sheet, and
// not more than the limit of all parts together.
func TestPeekingIsBounded(t *testing.T) {
	blanks := `<worksheet xmlns="` + mainNS + `">` + strings.Repeat(" ", 90<<10) + `<sheetData/></worksheet>`
	parts := []string{sheetData(`<row r="1">` + inline("A1", "cover") + `</row>`)}
	for range 20 {
		parts = append(parts, blanks)
	}
	people := sheetData(`<row r="1">` + inline("A1", "EMAIL") + inline("B1", "ROLE") + `</row>`)
	data := sheets(append(parts, people)...).zip()
	open := func(unpacked int64) string {
		table, err := xlsx.Open(t.Context(), bytes.NewReader(data), int64(len(data)), &xlsx.Options{
			Headings: []string{"EMAIL", "ROLE"}, Limits: formats.Limits{UnpackedBytes: unpacked},
		})
		require.NoError(t, err)
		return table.Name
	}
	require.Equal(t, "V", open(0))
	require.Equal(t, "A", open(1<<20), "the last sheet is not looked at")
}

func TestRefusals(t *testing.T) {
	cell := `<row r="1"><c r="A1"><v>1</v></c></row>`
	good := oneSheet(cell)
	part := func(content string) book { return book{"xl/worksheets/sheet1.xml": content} }
	tests := []struct {
		name   string
		reason string
		book   book
		code   string
		row    int
	}{
		{"doctype", "harmless too", part(`<!DOCTYPE worksheet>` + sheetData(cell)), "xlsx.doctype", 0},
		{"doctype in the strings", "anywhere", good.with("xl/sharedStrings.xml", `<!DOCTYPE sst [<!ENTITY a "b">]><sst xmlns="`+mainNS+`"/>`), "xlsx.doctype", 0},
		{"doctype in relationships", "anywhere", good.with("_rels/.rels", `<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd">`+rels("", "officeDocument", "xl/workbook.xml")), "xlsx.doctype", 0},
		{"unknown entity", "there is no DTD", oneSheet(`<row r="1">` + inline("A1", "&x;") + `</row>`), "xlsx.xml", 1},
		{"unknown entity in an ignored attribute", "strict everywhere", oneSheet(`<row r="1" x="&x;"/>`), "xlsx.xml", 0},
		{"tags differ", "malformed", oneSheet(`<row r="1"><c r="A1"><v>1</w></c></row>`), "xlsx.xml", 1},
		{"end tag too many", "malformed", part(sheetData(cell) + `</worksheet>`), "xlsx.xml", 0},
		{"second root", "malformed", part(sheetData(cell) + `<x/>`), "xlsx.xml", 0},
		{"text after the root", "malformed", part(sheetData(cell) + `x`), "xlsx.xml", 0},
		{"no end", "cut", part(strings.TrimSuffix(sheetData(cell), `</worksheet>`)), "xlsx.xml", 0},
		{"nothing", "empty part", part(" "), "xlsx.xml", 0},
		{"attribute twice", "malformed", oneSheet(`<row r="1" r="2"/>`), "xlsx.xml", 0},
		{"attribute twice among many", "malformed", oneSheet(`<row a="" b="" c="" d="" e="" f="" g="" h="" i="" j="" k="" l="" m="" a=""/>`), "xlsx.xml", 0},
		{"attribute without quotes", "malformed", oneSheet(`<row r=1/>`), "xlsx.xml", 0},
		{"attribute without a value", "malformed", oneSheet(`<row r/>`), "xlsx.xml", 0},
		{"attributes without space", "malformed", oneSheet(`<row r="1"s="2"/>`), "xlsx.xml", 0},
		{"< in an attribute", "malformed", oneSheet(`<row r="1" s="<"/>`), "xlsx.xml", 0},
		{"space before a name", "malformed", oneSheet(`< row r="1"/>`), "xlsx.xml", 0},
		{"name with two colons", "malformed", oneSheet(`<a:b:c/>`), "xlsx.xml", 0},
		{"prefix without a namespace", "malformed", oneSheet(`<x:row/>`), "xlsx.xml", 0},
		{"-- in a comment", "malformed", oneSheet(`<!-- a -- b -->`), "xlsx.xml", 0},
		{"]]> in text", "malformed", oneSheet(`<row r="1">` + inline("A1", "]]>") + `</row>`), "xlsx.xml", 1},
		{"declaration inside", "malformed", oneSheet(`<?xml version="1.0"?>`), "xlsx.xml", 0},
		{"bad character", "XML has no U+0001", oneSheet(`<row r="1">` + inline("A1", "\x01") + `</row>`), "xlsx.xml", 1},
		{"bad character by number", "XML has no U+0001", oneSheet(`<row r="1">` + inline("A1", "&#1;") + `</row>`), "xlsx.xml", 1},
		{"bad UTF-8", "in text", oneSheet(`<row r="1">` + inline("A1", "\xff") + `</row>`), "xlsx.xml", 1},
		{"bad UTF-8 in a comment", "anywhere", oneSheet("<!-- \xff -->"), "xlsx.xml", 0},
		{"bad UTF-8 after the rows", "anywhere", part(`<worksheet xmlns="` + mainNS + `"><sheetData>` + cell + "</sheetData><x a='\xc0\xaf'/></worksheet>"), "xlsx.xml", 0},
		{"half a pair in UTF-16", "no character", part(utf16Part(binary.LittleEndian, true, sheetData(cell)) + "\x00\xd8"), "xlsx.xml", 0},
		{"odd byte in UTF-16", "half a unit", part(utf16Part(binary.LittleEndian, true, sheetData(cell)) + "\x00"), "xlsx.xml", 0},
		{"another encoding", "OPC allows two", part(`<?xml version="1.0" encoding="ISO-8859-1"?>` + sheetData(cell)), "xlsx.encoding", 0},
		{"another root", "no worksheet", part(`<chartsheet xmlns="` + mainNS + `"/>`), "xlsx.xml", 0},
		{"another namespace", "no SpreadsheetML", part(strings.ReplaceAll(sheetData(cell), mainNS, "x")), "xlsx.xml", 0},
		{"rows wrapped in something", "they would be missed", oneSheet(`<x>` + cell + `</x>`), "xlsx.xml", 0},
		{"a cell wrapped in something", "it would be missed", oneSheet(`<row r="1"><x><c r="A1"><v>1</v></c></x></row>`), "xlsx.xml", 1},
		{"text between cells", "it would be missed", oneSheet(`<row r="1">x</row>`), "xlsx.xml", 1},
		{"an element in a value", "it would be missed", oneSheet(`<row r="1"><c r="A1"><v>1<x>2</x></v></c></row>`), "xlsx.xml", 1},
		{"an element in a text", "it would be missed", oneSheet(`<row r="1"><c r="A1" t="inlineStr"><is><x><t>a</t></x></is></c></row>`), "xlsx.xml", 1},
		{"type of cell", "unknown", oneSheet(`<row r="1"><c r="A1" t="q"><v>1</v></c></row>`), "xlsx.xml", 1},

		{"value twice", "which one?", oneSheet(`<row r="1"><c r="A1" t="str"><v>a</v><v>b</v></c></row>`), "xlsx.xml", 1},
		{"value twice, once empty", "which one?", oneSheet(`<row r="1"><c r="A1"><v>1</v><v/></c></row>`), "xlsx.xml", 1},
		{"inline text twice", "which one?", oneSheet(`<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is><is><t>b</t></is></c></row>`), "xlsx.xml", 1},
		{"formula twice", "which one?", oneSheet(`<row r="1"><c r="A1"><f>B1</f><f>C1</f><v>1</v></c></row>`), "xlsx.xml", 1},

		{"row 0", "rows count from 1", oneSheet(`<row r="0"/>`), "xlsx.row_index", 0},
		{"row -1", "rows count from 1", oneSheet(`<row r="-1"/>`), "xlsx.row_index", 0},
		{"row 1048577", "one past the last", oneSheet(`<row r="1048577"/>`), "xlsx.row_index", 0},
		{"row 2147483647", "far past the last", oneSheet(`<row r="2147483647"/>`), "xlsx.row_index", 0},
		{"row counted past the last", "one past the last", oneSheet(`<row r="1048576"/><row/>`), "xlsx.row_index", 0},
		{"column XFE", "one past the last", oneSheet(`<row r="1"><c r="XFE1"><v>1</v></c></row>`), "xlsx.col_index", 1},
		{"column ZZZZZZZZ", "far past the last", oneSheet(`<row r="1"><c r="ZZZZZZZZ1"/></row>`), "xlsx.col_index", 1},
		{"column counted past the last", "one past the last", oneSheet(`<row r="1"><c r="XFD1"/><c/></row>`), "xlsx.col_index", 1},
		{"cell of another row", "names that lie", oneSheet(`<row r="1"><c r="A2"><v>1</v></c></row>`), "xlsx.cell_ref", 1},
		{"cell without a row", "no name", oneSheet(`<row r="1"><c r="A"><v>1</v></c></row>`), "xlsx.cell_ref", 1},
		{"cell without a column", "no name", oneSheet(`<row r="1"><c r="1"><v>1</v></c></row>`), "xlsx.cell_ref", 1},
		{"rows out of order", "never glued together", oneSheet(`<row r="2"/><row r="1"/>`), "xlsx.row_order", 1},
		{"row twice", "never glued together", oneSheet(`<row r="1"/><row r="1"/>`), "xlsx.row_order", 1},
		{"cell twice", "which one?", oneSheet(`<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>`), "xlsx.cell_repeated", 1},
		{"cell twice, once empty", "which one?", oneSheet(`<row r="1"><c r="A1"><v>1</v></c><c r="B1"/><c r="A1"/></row>`), "xlsx.cell_repeated", 1},
		{"shared string", "past the last", oneSheet(`<row r="1"><c r="A1" t="s"><v>1</v></c></row>`).shared(`<t>x</t>`), "xlsx.shared_string", 1},
		{"no shared strings", "the part is absent", oneSheet(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`), "xlsx.shared_string", 1},
		{"shared string -1", "no index", oneSheet(`<row r="1"><c r="A1" t="s"><v>-1</v></c></row>`).shared(`<t>x</t>`), "xlsx.shared_string", 1},

		{"no sheets", "nothing to read", good.with("xl/workbook.xml", workbookPart("")), "xlsx.no_sheet", 0},
		{"only a chart", "nothing to read", good.with("xl/_rels/workbook.xml.rels", rels("", "chartsheet", "chartsheets/sheet1.xml")), "xlsx.no_sheet", 0},
		{"only hidden sheets", "nothing to see", good.with("xl/workbook.xml", workbookPart(`<sheet name="S" state="veryHidden" r:id="rId1"/>`)), "xlsx.no_sheet", 0},
		{"no relationship", "the sheet leads nowhere", good.with("xl/workbook.xml", workbookPart(`<sheet name="S" r:id="rId9"/>`)), "xlsx.package", 0},
		{"no part", "the sheet is missing", book{}, "xlsx.package", 0},
		{"no workbook", "the workbook is missing", good.with("xl/workbook.xml", ""), "xlsx.package", 0},
		{"no relationships", "of the workbook", good.with("xl/_rels/workbook.xml.rels", ""), "xlsx.package", 0},
		{"out of the package", "no file is opened", good.with("xl/_rels/workbook.xml.rels", rels("", "worksheet", "../../../etc/passwd")), "xlsx.package", 0},
		{"a URL", "no connection is made", good.with("xl/_rels/workbook.xml.rels", `<Relationships xmlns="`+relNS+`"><Relationship Id="rId1" Type="x/worksheet" Target="http://example.com/" TargetMode="External"/></Relationships>`), "xlsx.package", 0},
		{"relationship twice", "which one?", good.with("xl/_rels/workbook.xml.rels", strings.ReplaceAll(rels("", "worksheet", "a", "worksheet", "b"), "rId2", "rId1")), "xlsx.package", 0},
		{"two lists of strings", "which one?", good.with("xl/_rels/workbook.xml.rels", rels("", "worksheet", "worksheets/sheet1.xml", "sharedStrings", "a", "sharedStrings", "b")), "xlsx.package", 0},
		{"two workbooks", "which one?", good.with("_rels/.rels", rels("", "officeDocument", "xl/workbook.xml", "officeDocument", "xl/b.xml")), "xlsx.package", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			table, err := read(t, test.book.zip())
			require.Nil(t, table, test.reason)
			r := refusal(t, err)
			require.Equal(t, test.code, r.Code, "%s: %v", test.reason, err)
			require.Equal(t, test.row, r.Row, test.reason)
		})
	}
}

// ole2 returns a compound file with directory entries only.
func ole2(streams ...string) []byte {
	data := make([]byte, 512, 4096)
	copy(data, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	for _, name := range streams {
		entry := make([]byte, 128)
		for i, u := range utf16.Encode([]rune(name)) {
			binary.LittleEndian.PutUint16(entry[2*i:], u)
		}
		binary.LittleEndian.PutUint16(entry[64:], uint16(2*len(name)+2))
		entry[66] = 2
		data = append(data, entry...)
	}
	return data
}

func TestOtherFiles(t *testing.T) {
	tests := []struct {
		name, reason string
		data         []byte
		code, found  string
	}{
		{"encrypted", "a workbook with a password", ole2("EncryptionInfo", "EncryptedPackage"), "file.encrypted", ""},
		{"xls", "save as .xlsx", ole2("Workbook"), "file.type", "xls"},
		{"old xls", "save as .xlsx", ole2("Book"), "file.type", "xls"},
		{"doc", "no workbook", ole2("WordDocument"), "file.type", "doc"},
		{"compound file", "something else", ole2("x"), "file.type", "ole2"},
		{"xlsb", "save as .xlsx", book{"xl/workbook.bin": "x"}.zip(), "file.type", "xlsb"},
		{"docx", "no workbook", book{"word/document.xml": "<x/>"}.zip(), "file.type", "docx"},
		{"ods", "save as .xlsx", book{"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}.zip(), "file.type", "ods"},
		{"odt", "no workbook", book{"mimetype": "application/vnd.oasis.opendocument.text"}.zip(), "file.type", "odt"},
		{"odf", "without its mimetype", book{"[Content_Types].xml": "", "_rels/.rels": "", "META-INF/manifest.xml": "<x/>", "content.xml": "<x/>"}.zip(), "file.type", "odf"},
		{"workbook of 1990", "before there were compound files", []byte("\x09\x04\x06\x00\x00\x00\x10\x00"), "file.type", "ole2"},
		{"zip", "of anything", book{"[Content_Types].xml": "", "_rels/.rels": "", "a.jpg": "x"}.zip(), "file.type", "zip"},
		{"text", "a list", []byte("a;b\n1;2\n"), "file.type", "text"},
		{"html", "a table", []byte("<html><table>"), "file.type", "html"},
		{"empty", "nothing", nil, "file.empty", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := read(t, test.data)
			r := refusal(t, err)
			require.Equal(t, test.code, r.Code, test.reason)
			require.Equal(t, test.found, r.Args["found"], test.reason)
		})
	}
}

func TestMatch(t *testing.T) {
	f := xlsx.Format{}
	require.True(t, f.Match("people.csv", oneSheet("").zip()), "the name does not matter")
	require.True(t, f.Match("", ole2("Workbook")))
	require.False(t, f.Match("people.xlsx", []byte("a;b\n")), "it never guesses on text")
	require.Equal(t, "xlsx", f.Name())
}

func TestEncryptedEntry(t *testing.T) {
	data := oneSheet(`<row r="1"/>`).zip()
	for _, signature := range []string{"PK\x03\x04", "PK\x01\x02"} {
		flags := map[string]int{"PK\x03\x04": 6, "PK\x01\x02": 8}[signature]
		for i := 0; ; {
			n := bytes.Index(data[i:], []byte(signature))
			if n < 0 {
				break
			}
			i += n + 4
			data[i-4+flags] |= 1
		}
	}
	_, err := read(t, data)
	require.Equal(t, "file.encrypted", refusal(t, err).Code)
}

// errorAt is a source that fails every read past an offset.
type errorAt struct {
	io.ReaderAt
	offset int64
	err    error
}

func (r errorAt) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > r.offset {
		return 0, r.err
	}
	return r.ReaderAt.ReadAt(p, off)
}

func TestSourceFails(t *testing.T) {
	data := oneSheet(`<row r="1"><c r="A1"><v>1</v></c></row>`).zip()
	broken := errors.New("disk on fire")
	for offset := range int64(len(data)) {
		_, err := xlsx.Open(t.Context(), errorAt{bytes.NewReader(data), offset, broken}, int64(len(data)), nil)
		require.ErrorIs(t, err, broken, "the source's own error, not a refusal of the file")
		var r *formats.Refusal
		require.False(t, errors.As(err, &r))
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	data := oneSheet(`<row r="1"/>`).zip()
	_, err := xlsx.Open(ctx, bytes.NewReader(data), int64(len(data)), nil)
	require.ErrorIs(t, err, context.Canceled)
}

func TestContainer(t *testing.T) {
	sheet := sheetData(`<row r="1"><c r="A1"><v>1</v></c></row>`)
	parts := oneSheet("").parts()
	build := func(change func(z *zip.Writer)) []byte {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for name, content := range parts {
			w, err := z.Create(name)
			require.NoError(t, err)
			_, err = io.WriteString(w, content)
			require.NoError(t, err)
		}
		change(z)
		require.NoError(t, z.Close())
		return out.Bytes()
	}
	for _, twin := range []string{"xl/worksheets/sheet1.xml", "XL/worksheets/Sheet1.xml", `xl\worksheets\sheet1.xml`} {
		_, err := read(t, build(func(z *zip.Writer) {
			w, err := z.Create(twin)
			require.NoError(t, err)
			_, err = io.WriteString(w, sheet)
			require.NoError(t, err)
		}))
		require.Equal(t, "xlsx.package", refusal(t, err).Code, "two parts called %s: one might be checked and the other read", twin)
	}
	_, err := read(t, build(func(z *zip.Writer) {
		w, err := z.CreateRaw(&zip.FileHeader{Name: "x", Method: 12, CompressedSize64: 1, UncompressedSize64: 1})
		require.NoError(t, err)
		_, err = w.Write([]byte("x"))
		require.NoError(t, err)
		_, err = z.Create("folder/")
		require.NoError(t, err)
	}))
	require.NoError(t, err, "a part that is not read may have any compression method")

	// The second entry of the directory points to the data of the first one.
	overlap := build(func(*zip.Writer) {})
	first := bytes.Index(overlap, []byte("PK\x01\x02"))
	second := first + 4 + bytes.Index(overlap[first+4:], []byte("PK\x01\x02"))
	copy(overlap[second+42:second+46], overlap[first+42:first+46])
	_, err = read(t, overlap)
	require.Equal(t, "xlsx.package", refusal(t, err).Code)
}
