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
		{"workbook of 1990", "\x09\x04\x06\x00\x00\x00", formats.KindOLE2},
		{"gzip", "\x1f\x8b\x08", formats.KindGzip},
		{"PDF", "%PDF-1.7", formats.KindPDF},
		{"PNG", "\x89PNG\r\n\x1a\n", formats.KindPNG},
		{"JPEG", "\xff\xd8\xff\xe0", formats.KindJPEG},
		{"GIF", "GIF89a", formats.KindGIF},
		{"RTF", `{\rtf1`, formats.KindRTF},
		{"RAR", "Rar!\x1a\x07\x01", formats.KindRAR},
		{"7z", "7z\xbc\xaf\x27\x1c", formats.Kind7z},
		{"bzip2", "BZh91AY&SY\x01", formats.KindBz2},
		{"xz", "\xfd7zXZ\x00", formats.KindXz},
		{"Linux program", "\x7fELF\x02", formats.KindELF},
		{"Windows program", "MZ\x90\x00\x03", formats.KindELF},

		{"web page", "\ufeff\r\n <!DocType HTML><p>", formats.KindHTML},
		{"piece of a web page", "<table border=1>", formats.KindHTML},
		{"web page behind a comment", "<!-- saved from -->\n<!-- x --><HTML lang=en>", formats.KindHTML},
		{"login page without a head", "<title>Log in</title><form>", formats.KindHTML},
		{"web page in UTF-16", "\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00", formats.KindHTML},
		{"piece of a text", "<p>Not found</p>", formats.KindHTML},
		{"script", "<script>location='/'</script>", formats.KindHTML},
		{"an address in a cell", "<a@example.com>,Ada\n<b@example.com>,Bob\n", formats.KindText},
		{"headings in brackets", "<Name>,<Email>\n<b>,<a>\n", formats.KindText},
		{"headings that are tags too", "<Title>,<Form>\n<a>,<b>\n", formats.KindText},
		{"a bold cell", "<b>,x\n", formats.KindText},
		{"a word like a paragraph", "<person>;<p>\n", formats.KindText},
		{"XML", "<?xml version='1.0'?>", formats.KindXML},
		{"XML without a declaration", "<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">", formats.KindXML},
		{"XML in UTF-16", "\xfe\xff\x00<\x00?\x00x\x00m\x00l\x00 ", formats.KindXML},
		{"JSON with blanks", "{ \"name\" : 1 }", formats.KindJSON},
		{"JSON in UTF-16", "\xff\xfe[\x00{\x00\"\x00a\x00", formats.KindJSON},
		{"a quote behind a brace", "{\"a\",b\n", formats.KindText},
		{"WebP", "RIFF\x24\x00\x00\x00WEBPVP8 ", formats.KindData},
		{"HEIC", "\x00\x00\x00\x18ftypheic\x00\x00", formats.KindData},
		{"TIFF", "II*\x00\x08", formats.KindData},
		{"SQLite", "SQLite format 3\x00", formats.KindData},
		{"tar", "a.csv" + strings.Repeat("\x00", 252) + "ustar\x0000", formats.KindData},
		{"Parquet", "PAR1\x15\x00", formats.KindData},
		{"a name like bzip2's", "BZhang,Email\n", formats.KindText},
		{"a heading like Parquet's", "PAR1,Email\n", formats.KindText},
		{"words like magics", "RIFF and WEBP,ftyp\nustar\n", formats.KindText},
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
