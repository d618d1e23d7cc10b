package xlsx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/usher-go/usher/formats"
)

// refuseZip names a zip that is no workbook of ours.
func (c *container) refuseZip() error {
	if f := c.files["mimetype"]; f != nil {
		found, err := c.openDocument()
		if err != nil {
			return c.failed(f.Name, err)
		}
		if found != "" {
			return formats.Refuse("file.type", "found", found)
		}
	}
	for _, k := range []struct{ part, found string }{
		{"xl/workbook.bin", "xlsb"}, {"word/document.xml", "docx"},
		{"ppt/presentation.xml", "pptx"}, {"index/document.iwa", "numbers"},
	} {
		if c.files[k.part] != nil {
			return formats.Refuse("file.type", "found", k.found)
		}
	}
	switch {
	case c.files[contentTypes] != nil:
		return nil
	case c.files["meta-inf/manifest.xml"] != nil: // an OpenDocument file without its mimetype
		return formats.Refuse("file.type", "found", "odf")
	case c.files["_rels/.rels"] == nil:
		return formats.Unreadable(formats.KindZip)
	}
	return nil
}

// openDocument is what kind of OpenDocument file the part mimetype names, if it names one.
func (c *container) openDocument() (string, error) {
	p, err := c.open("mimetype")
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(p, 128))
	if err != nil {
		return "", err
	}
	switch kind, ok := strings.CutPrefix(string(text), "application/vnd.oasis.opendocument."); {
	case !ok:
		return "", nil
	case strings.HasPrefix(kind, "spreadsheet"):
		return "ods", nil
	case strings.HasPrefix(kind, "text"):
		return "odt", nil
	}
	return "odf", nil
}

// refuseOLE2 names a compound file: an encrypted workbook, or a document of
// old. It looks for directory entries, which are 128 bytes long and aligned,
// and so needs neither the file's allocation table nor trust in it.
func refuseOLE2(src formats.Source) error {
	streams := []struct{ name, code, found string }{
		{"EncryptedPackage", "file.encrypted", ""},
		{"Workbook", "file.type", "xls"}, {"Book", "file.type", "xls"},
		{"WordDocument", "file.type", "doc"},
		{"PowerPoint Document", "file.type", "ppt"},
	}
	best := len(streams)
	buf := make([]byte, 64<<10)
	for off := int64(0); off < src.Size; off += int64(len(buf)) {
		n, err := src.ReadAt(buf[:min(int64(len(buf)), src.Size-off)], off)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("xlsx: read: %w", err)
		}
		for e := buf[:n]; len(e) >= 128; e = e[128:] {
			const stream = 2
			if e[66] != stream {
				continue
			}
			name := entryName(e[:66])
			for i, s := range streams[:best] {
				if name == s.name {
					best = i
					break
				}
			}
		}
	}
	switch {
	case best == len(streams):
		return formats.Unreadable(formats.KindOLE2)
	case streams[best].found == "":
		return formats.Refuse(streams[best].code)
	}
	return formats.Refuse(streams[best].code, "found", streams[best].found)
}

// entryName is the name in the first 66 bytes of a directory entry, or nothing.
func entryName(e []byte) string {
	size := int(binary.LittleEndian.Uint16(e[64:]))
	if size < 4 || size > 64 || size%2 != 0 {
		return ""
	}
	units := make([]uint16, size/2-1)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(e[2*i:])
	}
	return string(utf16.Decode(units))
}
