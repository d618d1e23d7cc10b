package xlsx_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTruncation: a workbook that was cut at any byte is refused.
func TestTruncation(t *testing.T) {
	data := oneSheet(`<row r="1">`+inline("A1", "a")+`</row><row r="2"><c r="A2" t="s"><v>0</v></c></row>`).shared(`<t>b</t>`).with("xl/styles.xml", stylesPart("", 0)).zip()
	_, err := read(t, data)
	require.NoError(t, err)
	for n := range data {
		_, err := read(t, data[:n])
		require.Error(t, err, "cut at %d", n)
		refusal(t, err)
	}
}

// TestTruncatedParts: a workbook whose parts were cut before packing is refused.
func TestTruncatedParts(t *testing.T) {
	b := oneSheet(`<row r="1">`+inline("A1", "a")+`</row><row r="2"><c r="A2" t="s"><v>0</v></c></row>`).shared(`<t>b</t>`).with("xl/styles.xml", stylesPart("", 0)).parts()
	for name, content := range b {
		for n := 1; n < len(content); n++ {
			_, err := read(t, b.with(name, content[:n]).zip())
			require.Error(t, err, "%s cut at %d", name, n)
			refusal(t, err)
		}
	}
}

// many returns a workbook with rows of one shared string each.
func many(rows int) book {
	var sheet strings.Builder
	items := make([]string, rows)
	for i := range rows {
		items[i] = fmt.Sprintf("<t>person %d</t>", i)
		fmt.Fprintf(&sheet, `<row r="%d"><c r="A%d" t="s"><v>%d</v></c></row>`, i+1, i+1, i)
	}
	return oneSheet(sheet.String()).shared(items...)
}

// TestDamages: damage is refused that other readers read as fewer rows, without an
// error.
func TestDamages(t *testing.T) {
	const rows = 10_000
	b := many(rows)
	table, err := read(t, b.zip())
	require.NoError(t, err)
	require.Equal(t, rows, table.Len())

	sheet, shared := b["xl/worksheets/sheet1.xml"], b["xl/sharedStrings.xml"]
	at := strings.Index(sheet, `<row r="5000">`)
	damages := map[string][]byte{
		"sheet cut":                   b.with("xl/worksheets/sheet1.xml", sheet[:at]).zip(),
		"sheet cut and closed":        b.with("xl/worksheets/sheet1.xml", sheet[:at+20]+`</sheetData></worksheet>`).zip(),
		"shared strings cut":          b.with("xl/sharedStrings.xml", shared[:len(shared)/2]).zip(),
		"shared strings cut, closed":  b.with("xl/sharedStrings.xml", shared[:strings.Index(shared, "<si><t>person 5000")]+"</sst>").zip(),
		"malformed tag":               b.with("xl/worksheets/sheet1.xml", sheet[:at]+strings.Replace(sheet[at:], `<row r="5000">`, `<row r="5000>`, 1)).zip(),
		"malformed end":               b.with("xl/worksheets/sheet1.xml", sheet[:at]+strings.Replace(sheet[at:], `</row>`, `</rov>`, 1)).zip(),
		"wrong checksum of the sheet": wrongCRC(t, b.zip(), "xl/worksheets/sheet1.xml", 1),
		"no checksum of the sheet":    wrongCRC(t, b.zip(), "xl/worksheets/sheet1.xml", 0),
		"wrong checksum, strings":     wrongCRC(t, b.zip(), "xl/sharedStrings.xml", 1),
	}
	for name, data := range damages {
		table, err := read(t, data)
		require.Error(t, err, name)
		require.Nil(t, table, name)
		refusal(t, err)
	}
}

// wrongCRC sets the checksum of that part in the directory.
func wrongCRC(t *testing.T, data []byte, part string, crc uint32) []byte {
	t.Helper()
	const signature, crcAt, nameAt = "PK\x01\x02", 16, 46
	for i := 0; ; i++ {
		n := bytes.Index(data[i:], []byte(signature))
		require.GreaterOrEqual(t, n, 0)
		if i += n; bytes.HasPrefix(data[i+nameAt:], []byte(part)) {
			binary.LittleEndian.PutUint32(data[i+crcAt:], crc)
			return data
		}
	}
}

// TestEveryByte: a workbook with one changed byte reads the same, or is refused.
func TestEveryByte(t *testing.T) {
	data := oneSheet(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`).shared(`<t>somebody</t>`).zip()
	want, err := read(t, data)
	require.NoError(t, err)
	for i := range data {
		damaged := bytes.Clone(data)
		damaged[i] ^= 0x55
		got, err := read(t, damaged)
		if err != nil {
			refusal(t, err)
			continue
		}
		require.Equal(t, cells(want), cells(got), "byte %d", i)
	}
}

// TestStoredBeyondSize: an entry with more bytes than its directory says is damaged.
func TestStoredBeyondSize(t *testing.T) {
	b := oneSheet(`<row r="1"/>`).parts()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, content := range b {
		h := &zip.FileHeader{Name: name, Method: zip.Store, CompressedSize64: uint64(len(content)), UncompressedSize64: uint64(len(content)) - 1}
		w, err := z.CreateRaw(h)
		require.NoError(t, err)
		_, err = w.Write([]byte(content))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	_, err := read(t, out.Bytes())
	require.Equal(t, "xlsx.damaged", refusal(t, err).Code)
}
