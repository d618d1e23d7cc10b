package formats_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
)

func TestIdentify(t *testing.T) {
	for _, tt := range []struct {
		name, head string
		want       formats.Kind
	}{
		{"nothing", "", formats.KindText},
		{"comma-separated", "Name,Email\r\n", formats.KindText},
		{"UTF-16", "\xff\xfeN\x00a\x00", formats.KindText},
		{"a bracket in a cell", "[draft],Email\n", formats.KindText},
		{"a brace in a cell", "{draft},Email\n", formats.KindText},
		{"a bracket alone", "[", formats.KindText},
		{"a word like a tag", "<tabular>,b\n", formats.KindText},

		{"workbook", "PK\x03\x04\x14\x00", formats.KindZip},
		{"empty zip", "PK\x05\x06\x00\x00", formats.KindZip},
		{"split zip", "PK\x07\x08PK\x03\x04", formats.KindZip},
		{"old workbook", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", formats.KindOLE2},
		{"gzip", "\x1f\x8b\x08", formats.KindGzip},
		{"PDF", "%PDF-1.7", formats.KindPDF},
		{"PNG", "\x89PNG\r\n\x1a\n", formats.KindPNG},
		{"JPEG", "\xff\xd8\xff\xe0", formats.KindJPEG},
		{"GIF", "GIF89a", formats.KindGIF},
		{"RTF", `{\rtf1`, formats.KindRTF},
		{"RAR", "Rar!\x1a\x07\x01", formats.KindRAR},
		{"7z", "7z\xbc\xaf\x27\x1c", formats.Kind7z},
		{"bzip2", "BZh91AY", formats.KindBz2},
		{"xz", "\xfd7zXZ\x00", formats.KindXz},
		{"Linux program", "\x7fELF\x02", formats.KindELF},
		{"Windows program", "MZ\x90\x00\x03", formats.KindELF},

		{"web page", "\ufeff\r\n <!DocType HTML><p>", formats.KindHTML},
		{"piece of a web page", "<table border=1>", formats.KindHTML},
		{"XML", "<?xml version='1.0'?>", formats.KindXML},
		{"JSON object", "{\n  \"name\": \"Ada\"}", formats.KindJSON},
		{"empty JSON object", "{}", formats.KindJSON},
		{"JSON list", " [ {\"name\"", formats.KindJSON},
	} {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, formats.Identify([]byte(tt.head))) })
	}
}

func TestIdentifyNeverPanics(t *testing.T) {
	for _, head := range []string{"{", "{ ", "[\n", "\ufeff", "\xef\xbb", "<", "P", "{\"", strings.Repeat(" ", 512)} {
		require.Equal(t, formats.KindText, formats.Identify([]byte(head)), "%q", head)
	}
}

func TestUnreadable(t *testing.T) {
	require.EqualError(t, formats.Unreadable(formats.KindPDF), "formats: file refused: file.type found=pdf")
}
