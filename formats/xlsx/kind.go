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

// refuseZip refuses a zip that is not an Excel workbook, with the kind of the file.
func (c *container) refuseZip() error {
	if f := c.files["mimetype"]; f != nil {
		found, err := c.openDocumentKind()
		if err != nil {
			return c.wrapError(f.Name, err)
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

// openDocumentKind returns the kind of OpenDocument file that the part mimetype names,
// or "" if it names another type.
func (c *container) openDocumentKind() (string, error) {
	p, err := c.openPart("mimetype")
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

// refuseOLE2 refuses a compound file as an encrypted workbook or an old document. It
// searches for directory entries, which are 128 bytes long and aligned. So it does not
// need the allocation table of the file, which may be damaged.
func refuseOLE2(src formats.Source) error {
	streams := []struct{ name, code, found string }{
		{"EncryptedPackage", "file.encrypted", ""},
		{"Workbook", "file.type", "xls"}, {"Book", "file.type", "xls"},
		{"WordDocument", "file.type", "doc"},
		{"PowerPoint Document", "file.type", "ppt"},
	}

	// An earlier name in the list wins: an encrypted workbook has other streams too.
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

// entryName returns the name in the first 66 bytes of a directory entry, or "".
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
