package cloudlink_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"github.com/usher-go/usher/formats"
	ushercsv "github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// people is one list, with the mistakes people make.
var people = [][]string{
	{"FIRST NAME", "LAST NAME", "NAME", "EMAIL", "ROLE"},
	{"Ada", "Lovelace", "", "ada@example.com", "Account Admin"},
	{"José", "Núñez", "José Núñez", "jose@example.com", "User"},
	{"Zoë", "", "", "zoe@exämple.com", ""},
	{"", "", "O'Brien & Söhne <Büro>", "office@example.com", "user"},
	{"Bob", "Baker", "", "bob@example", "User"},
	{"Ann", "Twin", "", "twin@example.com", "User"},
	{"Alan", "Twin", "", "Twin@Example.com", "User"},
	{"", "", "", "nobody@example.com", "User"},
	{"Eve", "Typo", "", "eve@example.com", "Acount Admin"},
	{"", "", "", "", ""},
	{"  Padded ", "  Name", "", " pad@example.com ", " User "},
	{"0042", "1e5", "TRUE", "damage@example.com", "User"},
	{"No", "Mail", "", "", "User"},
}

// saved is the list in one file.
type saved struct {
	name  string
	bytes []byte
}

func TestOneListFromManyWriters(t *testing.T) {
	files := []saved{
		{"csv.csv", delimited(t, ',', nil)},
		{"bom.csv", delimited(t, ',', func(s string) []byte { return append([]byte("\xef\xbb\xbf"), s...) })},
		{"semicolon.csv", delimited(t, ';', nil)},
		{"utf16le.txt", delimited(t, '\t', utf16le)},
		{"windows1252.csv", delimited(t, ';', func(s string) []byte {
			b, err := charmap.Windows1252.NewEncoder().String(s)
			require.NoError(t, err)
			return []byte(b)
		})},
		{"cells.xlsx", excelizeCells(t)},
		{"stream.xlsx", excelizeStream(t)},
		{"excel.xlsx", excelShaped(t)},
		{"own.xlsx", own(t, xlsx.Writer{})},
		{"own.csv", own(t, ushercsv.Writer{})},
	}
	files = append(files, libreOffice(t, saved{"from-csv.csv", delimited(t, ',', nil)}, saved{"from-xlsx.xlsx", excelShaped(t)})...)
	want := readAll(t, files[0])
	for _, f := range files[1:] {
		t.Run(f.name, func(t *testing.T) {
			if diff := cmp.Diff(want, readAll(t, f)); diff != "" {
				t.Errorf("the same list must mean the same whoever saved it (-%s +%s):\n%s", files[0].name, f.name, diff)
			}
		})
	}
}

// seen is everything a list means, positions and how the file was read aside.
type seen struct {
	Cells [][]string
	Rows  []importer.RowView
	Users []users.User
	Done  map[importer.Outcome]int
}

func readAll(t *testing.T, f saved) seen {
	t.Helper()
	ctx := t.Context()
	table, err := formats.Open(ctx, formats.Source{Name: f.name, ReaderAt: bytes.NewReader(f.bytes), Size: int64(len(f.bytes))}, nil,
		xlsx.Format{}, ushercsv.Format{})
	require.NoError(t, err)
	var out seen
	for r := range table.Rows() {
		out.Cells = append(out.Cells, r.Cells())
	}
	n := 0
	dir := users.Open(memstore.New(), users.AccountAdmin("pat", "acme"), &users.Options{
		Now:   func() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) },
		NewID: func() users.ID { n++; return users.ID(fmt.Sprintf("id%04d", n)) },
	})
	p, err := importer.New(dir, cloudlink.Users(), nil).Preview(ctx, table)
	require.NoError(t, err)
	for r := range p.Rows() {
		r.Line = 0
		for i := range r.Findings {
			r.Findings[i].Line, r.Findings[i].Cell = 0, ""
		}
		out.Rows = append(out.Rows, r)
	}
	report, err := p.Commit(ctx, nil)
	require.NoError(t, err)
	out.Done = report.Counts
	for r, err := range dir.All(ctx, users.Query{Kind: users.KindUser}) {
		require.NoError(t, err)
		u, _ := r.User()
		out.Users = append(out.Users, u)
	}
	require.NotEmpty(t, out.Users)
	return out
}

func delimited(t *testing.T, comma rune, encode func(string) []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = comma, true
	require.NoError(t, w.WriteAll(people))
	if encode == nil {
		return b.Bytes()
	}
	return encode(b.String())
}

func utf16le(s string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

func excelizeCells(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	for r, row := range people {
		for c, s := range row {
			require.NoError(t, f.SetCellStr("Sheet1", formats.CellName(c+1, r+1), s))
		}
	}
	return workbook(t, f)
}

func excelizeStream(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	require.NoError(t, err)
	for r, row := range people {
		cells := make([]any, len(row))
		for c := range row {
			cells[c] = row[c]
		}
		require.NoError(t, w.SetRow(formats.CellName(1, r+1), cells))
	}
	require.NoError(t, w.Flush())
	return workbook(t, f)
}

func workbook(t *testing.T, f *excelize.File) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, f.Write(&b))
	require.NoError(t, f.Close())
	return b.Bytes()
}

func own(t *testing.T, w formats.Writer) []byte {
	t.Helper()
	s := formats.Sheet{Name: "Users", Rows: formats.Rows(people[1:]...)}
	for _, h := range people[0] {
		s.Columns = append(s.Columns, formats.SheetColumn{Heading: h, Text: true})
	}
	var b bytes.Buffer
	require.NoError(t, w.WriteSheet(&b, s))
	return b.Bytes()
}

// excelShaped is the list as Excel writes it: shared strings, styles, spans,
// a dimension, empty styled cells, and the parts beside the sheet.
func excelShaped(t *testing.T) []byte {
	t.Helper()
	index := map[string]int{}
	var shared, sheet strings.Builder
	count := 0
	for r, row := range people {
		fmt.Fprintf(&sheet, `<row r="%d" spans="1:%d" x14ac:dyDescent="0.25">`, r+1, len(row))
		for c, s := range row {
			if s == "" {
				fmt.Fprintf(&sheet, `<c r="%s" s="1"/>`, formats.CellName(c+1, r+1))
				continue
			}
			if _, ok := index[s]; !ok {
				index[s] = len(index)
				var text bytes.Buffer
				require.NoError(t, xml.EscapeText(&text, []byte(s)))
				space := ""
				if strings.TrimSpace(s) != s {
					space = ` xml:space="preserve"`
				}
				fmt.Fprintf(&shared, `<si><t%s>%s</t></si>`, space, text.String())
			}
			count++
			fmt.Fprintf(&sheet, `<c r="%s" s="1" t="s"><v>%d</v></c>`, formats.CellName(c+1, r+1), index[s])
		}
		sheet.WriteString(`</row>`)
	}
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n"
	const main = `http://schemas.openxmlformats.org/spreadsheetml/2006/main`
	const rel = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	const pkg = `http://schemas.openxmlformats.org/package/2006`
	parts := [][2]string{
		{"[Content_Types].xml", `<Types xmlns="` + pkg + `/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + pkg + `/relationships"><Relationship Id="rId1" Type="` + rel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="` + main + `" xmlns:r="` + rel + `"><workbookPr defaultThemeVersion="166925"/><sheets><sheet name="Users" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + pkg + `/relationships"><Relationship Id="rId1" Type="` + rel + `/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="` + rel + `/styles" Target="styles.xml"/><Relationship Id="rId3" Type="` + rel + `/sharedStrings" Target="sharedStrings.xml"/></Relationships>`},
		{"xl/worksheets/sheet1.xml", `<worksheet xmlns="` + main + `" xmlns:r="` + rel + `" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac" xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"><dimension ref="A1:E` + fmt.Sprint(len(people)) + `"/><sheetViews><sheetView tabSelected="1" workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15" x14ac:dyDescent="0.25"/><cols><col min="1" max="5" width="20" customWidth="1"/></cols><sheetData>` + sheet.String() + `</sheetData><pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/></worksheet>`},
		{"xl/styles.xml", `<styleSheet xmlns="` + main + `"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>`},
		{"xl/sharedStrings.xml", fmt.Sprintf(`<sst xmlns="`+main+`" count="%d" uniqueCount="%d">%s</sst>`, count, len(index), shared.String())},
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.Create(p[0])
		require.NoError(t, err)
		_, err = w.Write([]byte(head + p[1]))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

// libreOffice has LibreOffice open each file, as text, and save it as a workbook.
func libreOffice(t *testing.T, files ...saved) []saved {
	t.Helper()
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		if strings.Contains(os.Getenv("USHER_REQUIRE"), "libreoffice") {
			t.Fatal("LibreOffice (soffice) is not installed, and USHER_REQUIRE asks for it")
		}
		t.Log("LibreOffice (soffice) is not installed: what it saves is not tested")
		return nil
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	dir := t.TempDir()
	var out []saved
	for _, f := range files {
		in := filepath.Join(dir, f.name)
		require.NoError(t, os.WriteFile(in, f.bytes, 0o600))
		args := []string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", filepath.Join(dir, "out")}
		if strings.HasSuffix(f.name, ".csv") {
			args = append(args, "--infilter=CSV:44,34,76,1,1/2/2/2/3/2/4/2/5/2") // comma, quote, UTF-8, every column text
		}
		text, err := exec.CommandContext(ctx, soffice, append(args, in)...).CombinedOutput()
		require.NoError(t, err, string(text))
		b, err := os.ReadFile(filepath.Join(dir, "out", strings.TrimSuffix(f.name, filepath.Ext(f.name))+".xlsx"))
		require.NoError(t, err, string(text))
		out = append(out, saved{"libreoffice-" + f.name, b})
	}
	return out
}
