package xlsx_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/xlsx"
)

const (
	mainNS   = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	strictNS = "http://purl.oclc.org/ooxml/spreadsheetml/main"
	docNS    = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	relNS    = "http://schemas.openxmlformats.org/package/2006/relationships"
)

// A book is a workbook: the XML of each part by name. A book for one sheet called
// Sheet1 may leave out the parts that every workbook has. An empty part is not
// written.
type book map[string]string

// parts returns the book with the parts that every workbook has.
func (b book) parts() book {
	all := book{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels":         rels("", "officeDocument", "xl/workbook.xml"),
		"xl/workbook.xml":     workbookPart(`<sheet name="Sheet1" sheetId="1" r:id="rId1"/>`),
	}
	targets := []string{"worksheet", "worksheets/sheet1.xml"}
	if b["xl/sharedStrings.xml"] != "" {
		targets = append(targets, "sharedStrings", "sharedStrings.xml")
	}
	if b["xl/styles.xml"] != "" {
		targets = append(targets, "styles", "styles.xml")
	}
	all["xl/_rels/workbook.xml.rels"] = rels("", targets...)
	maps.Copy(all, b)
	return all
}

// zip returns the compressed workbook.
func (b book) zip() []byte { return b.pack(zip.Deflate) }

// pack returns the workbook with that compression method.
func (b book) pack(method uint16) []byte {
	all := b.parts()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if all[name] == "" {
			continue
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			panic(err)
		}
		if _, err := w.Write([]byte(all[name])); err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// sheetData returns a worksheet part with these rows.
func sheetData(rows string) string {
	return `<worksheet xmlns="` + mainNS + `"><sheetData>` + rows + `</sheetData></worksheet>`
}

// oneSheet returns a workbook with these rows.
func oneSheet(rows string) book { return book{"xl/worksheets/sheet1.xml": sheetData(rows)} }

// with returns a copy of the book with one more part.
func (b book) with(name, content string) book {
	b = maps.Clone(b)
	b[name] = content
	return b
}

// shared returns a copy of the book with shared strings. Each item is the content of
// an si element.
func (b book) shared(items ...string) book {
	return b.with("xl/sharedStrings.xml", `<sst xmlns="`+mainNS+`"><si>`+strings.Join(items, "</si><si>")+`</si></sst>`)
}

// stylesPart returns a styles part. code is the number format of id 164, if it is not
// empty. ids are the number formats of the cell formats.
func stylesPart(code string, ids ...int) string {
	s := `<styleSheet xmlns="` + mainNS + `">`
	if code != "" {
		s += `<numFmts><numFmt numFmtId="164" formatCode="` + code + `"/></numFmts>`
	}
	s += `<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs>`
	for _, id := range ids {
		s += fmt.Sprintf(`<xf numFmtId="%d" xfId="0"/>`, id)
	}
	return s + `</cellXfs></styleSheet>`
}

// workbookPart returns a workbook part with these sheet elements.
func workbookPart(sheets string) string {
	return `<workbook xmlns="` + mainNS + `" xmlns:r="` + docNS + `"><sheets>` + sheets + `</sheets></workbook>`
}

// rels returns a relationships part: rId1, rId2… of kinds and targets in turn.
func rels(extra string, kindsAndTargets ...string) string {
	s := `<Relationships xmlns="` + relNS + `">`
	for i := 0; i+1 < len(kindsAndTargets); i += 2 {
		s += fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/%s" Target="%s"/>`, i/2+1, docNS, kindsAndTargets[i], kindsAndTargets[i+1])
	}
	return s + extra + `</Relationships>`
}

// read opens a workbook with the default options.
func read(t testing.TB, data []byte) (*formats.Table, error) {
	return xlsx.Open(t.Context(), bytes.NewReader(data), int64(len(data)), nil)
}

// cells returns the rows of a table by number.
func cells(table *formats.Table) map[int][]string {
	out := map[int][]string{}
	for row := range table.Rows() {
		out[row.Number()] = row.Cells()
	}
	return out
}

// codes returns the findings of a table as "B3 code=value".
func codes(table *formats.Table) []string {
	var out []string
	for _, f := range table.Findings() {
		s := strings.TrimSpace(f.Cell + " " + f.Code)
		if f.Value != "" {
			s += "=" + f.Value
		}
		if n := f.Args["count"]; n != "" {
			s += " " + n
		}
		out = append(out, s)
	}
	return out
}
