package xlsx_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/stretchr/testify/require"
)

// An entry is an entry of a zip that is built by hand. Its header may be wrong.
type entry struct {
	name    string
	content string
	change  func(h *zip.FileHeader) // changes the correct header
	packed  []byte                  // instead of the packed content
}

// entries returns the parts of a book, ordered by name.
func entries(b book) []entry {
	all := b.parts()
	var out []entry
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if all[name] != "" {
			out = append(out, entry{name: name, content: all[name]})
		}
	}
	return out
}

// packed returns the compressed content.
func packed(content string) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err == nil {
		_, err = w.Write([]byte(content))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err)
	}
	return out.Bytes()
}

// unfinished returns packed content that is flushed, but without its final block.
func unfinished(content string) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err == nil {
		_, err = w.Write([]byte(content))
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		panic(err)
	}
	return out.Bytes()
}

// packEntries returns a zip of entries with their sizes in the local headers, as most
// programs write them.
func packEntries(t *testing.T, comment string, all []entry) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, e := range all {
		data := e.packed
		if data == nil {
			data = packed(e.content)
		}
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, CRC32: crc32.ChecksumIEEE([]byte(e.content)),
			CompressedSize64: uint64(len(data)), UncompressedSize64: uint64(len(e.content))}
		if e.change != nil {
			e.change(h)
		}
		w, err := z.CreateRaw(h)
		require.NoError(t, err)
		_, err = w.Write(data)
		require.NoError(t, err)
	}
	require.NoError(t, z.SetComment(comment))
	require.NoError(t, z.Close())
	return out.Bytes()
}

// zip64 returns a zip with the directory records that only large files need.
func zip64(data []byte) []byte {
	end := bytes.LastIndex(data, []byte("PK\x05\x06"))
	count, size, at := binary.LittleEndian.Uint16(data[end+10:]), binary.LittleEndian.Uint32(data[end+12:]), binary.LittleEndian.Uint32(data[end+16:])
	out := bytes.Clone(data[:end])
	le := binary.LittleEndian
	out = append(out, "PK\x06\x06"...)
	out = le.AppendUint64(out, 44)
	out = le.AppendUint32(out, 45<<16|45)
	out = le.AppendUint64(out, 0) // disks
	out = le.AppendUint64(out, uint64(count))
	out = le.AppendUint64(out, uint64(count))
	out = le.AppendUint64(out, uint64(size))
	out = le.AppendUint64(out, uint64(at))
	out = append(out, "PK\x06\x07"...)
	out = le.AppendUint32(out, 0)
	out = le.AppendUint64(out, uint64(end))
	out = le.AppendUint32(out, 1)
	tail := bytes.Clone(data[end:])
	le.PutUint16(tail[8:], 0xffff)
	le.PutUint16(tail[10:], 0xffff)
	le.PutUint32(tail[12:], 0xffffffff)
	le.PutUint32(tail[16:], 0xffffffff)
	return append(out, tail...)
}

// TestContainersRead: zips of common programs are read.
func TestContainersRead(t *testing.T) {
	b := oneSheet(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`).shared(`<t>Ann</t>`)
	plain := packEntries(t, "", entries(b))
	with := func(change func(h *zip.FileHeader)) []byte {
		all := entries(b)
		for i := range all {
			all[i].change = change
		}
		return packEntries(t, "", all)
	}
	tests := []struct {
		name, reason string
		data         []byte
	}{
		{"sizes in front", "as Excel does", plain},
		{"sizes behind", "as streaming writers do", b.zip()},
		{"not packed", "as a few do", b.pack(zip.Store)},
		{"zip64", "as .NET's writers do", zip64(plain)},
		{"a comment", "of the zip", packEntries(t, "made by hand PK\x05\x06", entries(b))},
		{"bytes in front", "a program that unpacks itself; offsets count from the zip", append([]byte("MZ stub "), plain...)[8:]},
		{"extra fields", "of times and users", with(func(h *zip.FileHeader) { h.Extra = []byte("\x55\x54\x05\x00\x03\x00\x00\x00\x00") })},
		{"names in UTF-8", "by flag", with(func(h *zip.FileHeader) { h.Flags |= 0x800 })},
		{"an entry that climbs", "the entry is not read, and its name is never used as a path", packEntries(t, "", append(entries(b), entry{name: "../../etc/passwd", content: "x"}))},
		{"a folder", "empty", packEntries(t, "", append(entries(b), entry{name: "xl/media/", packed: []byte{}, change: func(h *zip.FileHeader) { h.Method, h.CRC32 = zip.Store, 0 }}))},
		{"a part nobody reads is damaged", "a picture", packEntries(t, "", append(entries(b), entry{name: "xl/media/a.png", content: "x", packed: []byte("\xff\xff")}))},
		{"a manifest", "of a signature, or of a program of Java's", packEntries(t, "", append(entries(b), entry{name: "META-INF/manifest.xml", content: "<x/>"}))},
		{"mimetype", "of no OpenDocument", packEntries(t, "", append(entries(b), entry{name: "mimetype", content: "application/vnd.openxmlformats"}))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			table, err := read(t, test.data)
			require.NoError(t, err, test.reason)
			require.Equal(t, map[int][]string{1: {"Ann"}}, cells(table), test.reason)
		})
	}
}

// TestContainersRefused: zips with a wrong directory or wrong data are refused.
func TestContainersRefused(t *testing.T) {
	b := oneSheet(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`).shared(`<t>Ann</t>`)
	const sheet = "xl/worksheets/sheet1.xml"
	lie := func(part string, change func(e *entry)) []byte {
		all := entries(b)
		i := slices.IndexFunc(all, func(e entry) bool { return e.name == part })
		require.GreaterOrEqual(t, i, 0)
		change(&all[i])
		return packEntries(t, "", all)
	}
	header := func(part string, change func(h *zip.FileHeader)) []byte {
		return lie(part, func(e *entry) { e.change = change })
	}
	plain := packEntries(t, "", entries(b))
	directory := func(change func(end []byte)) []byte {
		data := bytes.Clone(plain)
		change(data[bytes.LastIndex(data, []byte("PK\x05\x06")):])
		return data
	}
	crowd := func(n int) []byte {
		all := entries(b)
		for i := len(all); i < n; i++ {
			all = append(all, entry{name: fmt.Sprintf("xl/media/%d.png", i), packed: []byte{}})
		}
		return packEntries(t, "", all)
	}
	tests := []struct {
		name, reason string
		data         []byte
		code         string
	}{
		{"says it is shorter", "the rest would be lost", header(sheet, func(h *zip.FileHeader) { h.UncompressedSize64-- }), "xlsx.damaged"},
		{"says it is longer", "something is lost", header(sheet, func(h *zip.FileHeader) { h.UncompressedSize64++ }), "xlsx.damaged"},
		{"says it is nothing", "everything would be lost", header(sheet, func(h *zip.FileHeader) { h.UncompressedSize64 = 0 }), "xlsx.damaged"},
		{"says it is 4 GB", "nothing is made for it", header(sheet, func(h *zip.FileHeader) { h.UncompressedSize64 = 1<<32 - 2 }), "limit.part"},
		{"says it is more than there is", "of any file", header(sheet, func(h *zip.FileHeader) { h.UncompressedSize64 = 1<<64 - 1 }), "limit.part"},
		{"says it is little, and grows", "counted again while inflating", lie(sheet, func(e *entry) {
			e.packed = packed(sheetData(strings.Repeat("<!---->", 1<<20)))
			e.change = func(h *zip.FileHeader) { h.UncompressedSize64 = 1000 }
		}), "limit.ratio"},
		{"checksum", "of other data", header(sheet, func(h *zip.FileHeader) { h.CRC32++ }), "xlsx.damaged"},
		{"checksum of the strings", "of other data", header("xl/sharedStrings.xml", func(h *zip.FileHeader) { h.CRC32++ }), "xlsx.damaged"},
		{"checksum of the workbook", "of other data", header("xl/workbook.xml", func(h *zip.FileHeader) { h.CRC32++ }), "xlsx.damaged"},
		{"checksum of the relationships", "of other data", header("_rels/.rels", func(h *zip.FileHeader) { h.CRC32++ }), "xlsx.damaged"},
		{"checksum of the content types", "of other data", header("[Content_Types].xml", func(h *zip.FileHeader) { h.CRC32++ }), "xlsx.damaged"},
		{"content types that grow", "limits hold there too", lie("[Content_Types].xml", func(e *entry) {
			e.content = strings.Replace(e.content, "/>", ">"+strings.Repeat(" ", 1<<20)+"</Types>", 1)
		}), "limit.ratio"},
		{"content types of something else", "not what it should be", lie("[Content_Types].xml", func(e *entry) { e.content = "<Types/>" }), "xlsx.xml"},
		{"no deflate", "noise", lie(sheet, func(e *entry) { e.packed = []byte("\xff\xff\xff\xff") }), "xlsx.damaged"},
		{"nothing packed", "an empty stream", lie(sheet, func(e *entry) { e.packed = []byte{} }), "xlsx.damaged"},
		{"deflate without its end", "all of the text is there, and nothing says so", lie(sheet, func(e *entry) {
			e.packed = packed(e.content)
			e.packed = e.packed[:len(e.packed)-1]
		}), "xlsx.damaged"},
		{"deflate without its end, and another checksum", "it would not be looked at", lie(sheet, func(e *entry) {
			e.packed = unfinished(e.content)
			e.change = func(h *zip.FileHeader) { h.CRC32++ }
		}), "xlsx.damaged"},
		{"method bzip2", "no workbook is packed so", header(sheet, func(h *zip.FileHeader) { h.Method = 12 }), "xlsx.package"},
		{"method deflate64", "no workbook is packed so", header(sheet, func(h *zip.FileHeader) { h.Method = 9 }), "xlsx.package"},
		{"encrypted", "a zip with a password", header(sheet, func(h *zip.FileHeader) { h.Flags |= 1 }), "file.encrypted"},
		{"packed size beyond the file", "data of others", header(sheet, func(h *zip.FileHeader) { h.CompressedSize64 = 1 << 40 }), "xlsx.damaged"},
		{"no directory", "cut", plain[:bytes.LastIndex(plain, []byte("PK\x01\x02"))], "xlsx.damaged"},
		{"fewer entries than the directory holds", "which are meant?", directory(func(end []byte) { end[8], end[10] = 1, 1 }), ""},
		{"60,000 entries declared", "nothing is made for them", directory(func(end []byte) { end[8], end[9], end[10], end[11] = 0x60, 0xea, 0x60, 0xea }), "xlsx.damaged"},
		{"40,000 entries", "more than are counted", crowd(40_000), "limit.entries"},
		{"1,001 entries", "one too many", crowd(1001), "limit.entries"},
		{"directory elsewhere", "in the middle of the data", directory(func(end []byte) { end[16] += 7 }), "xlsx.damaged"},
		{"only an end", "an empty zip", []byte("PK\x05\x06" + strings.Repeat("\x00", 18)), "file.type"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			table, err := read(t, test.data)
			require.Nil(t, table, test.reason)
			r := refusal(t, err)
			if test.code != "" {
				require.Equal(t, test.code, r.Code, "%s: %v", test.reason, err)
			}
		})
	}
}

// TestPartsMissing: a workbook without a part that it needs is refused.
func TestPartsMissing(t *testing.T) {
	b := oneSheet(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`).shared(`<t>Ann</t>`).with("xl/styles.xml", stylesPart("", 0)).parts()
	want := map[string]string{
		"[Content_Types].xml": "", "xl/styles.xml": "", // it is read without them
		"_rels/.rels": "xlsx.package", "xl/workbook.xml": "xlsx.package", "xl/_rels/workbook.xml.rels": "xlsx.package",
		"xl/worksheets/sheet1.xml": "xlsx.package", "xl/sharedStrings.xml": "xlsx.package",
	}
	for name := range b {
		code, known := want[name]
		require.True(t, known, name)
		all := slices.DeleteFunc(entries(b), func(e entry) bool { return e.name == name })
		table, err := read(t, packEntries(t, "", all))
		if code == "" {
			require.NoError(t, err, name)
			require.Equal(t, map[int][]string{1: {"Ann"}}, cells(table))
			continue
		}
		r := refusal(t, err)
		require.Equal(t, code, r.Code, name)
		require.Equal(t, "missing", r.Args["fact"], name)
	}
}

// TestDoctypeAnywhere: a DOCTYPE is refused in every part that is read, and at every
// place where it may occur.
func TestDoctypeAnywhere(t *testing.T) {
	b := oneSheet(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`).shared(`<t>Ann</t>`).with("xl/styles.xml", stylesPart("", 0)).parts()
	for name, content := range b {
		for _, doctype := range []string{"<!DOCTYPE x>", `<!DOCTYPE x SYSTEM "file:///etc/passwd">`, `<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1/">]>`, `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>`} {
			for _, data := range []string{doctype + content, `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + doctype + content, "<!-- x -->" + doctype + content, "\ufeff" + doctype + content, utf16Part(binary.LittleEndian, true, doctype+content)} {
				_, err := read(t, b.with(name, data).zip())
				require.Equal(t, "xlsx.doctype", refusal(t, err).Code, "%s in %s", doctype, name)
			}
		}
	}
}
