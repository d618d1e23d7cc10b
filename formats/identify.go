package formats

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// A Kind is the type of a file according to its first bytes.
type Kind string

// The kinds that [Identify] distinguishes.
const (
	KindText Kind = "text" // anything that can be read as text
	KindZip  Kind = "zip"  // also a workbook: package xlsx looks inside
	KindOLE2 Kind = "ole2" // .xls, .doc, or an encrypted workbook: package xlsx looks inside
	KindGzip Kind = "gzip"
	KindPDF  Kind = "pdf"
	KindPNG  Kind = "png"
	KindJPEG Kind = "jpeg"
	KindGIF  Kind = "gif"
	KindRTF  Kind = "rtf"
	KindRAR  Kind = "rar"
	Kind7z   Kind = "7z"
	KindBz2  Kind = "bzip2"
	KindXz   Kind = "xz"
	KindHTML Kind = "html"
	KindXML  Kind = "xml"
	KindJSON Kind = "json"
	KindELF  Kind = "program"
	KindData Kind = "data" // binary data of another kind
)

var magics = []struct {
	kind  Kind
	magic string
}{
	{KindZip, "PK\x03\x04"}, {KindZip, "PK\x05\x06"}, {KindZip, "PK\x07\x08"},
	{KindOLE2, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"},
	{KindOLE2, "\x09\x00\x04\x00"}, {KindOLE2, "\x09\x02\x06\x00"}, {KindOLE2, "\x09\x04\x06\x00"}, // Excel 2 to 4
	{KindGzip, "\x1f\x8b"}, {KindPDF, "%PDF-"}, {KindPNG, "\x89PNG\r\n\x1a\n"},
	{KindJPEG, "\xff\xd8\xff"}, {KindGIF, "GIF87a"}, {KindGIF, "GIF89a"},
	{KindRTF, `{\rtf`}, {KindRAR, "Rar!\x1a\x07"}, {Kind7z, "7z\xbc\xaf\x27\x1c"},
	{KindXz, "\xfd7zXZ\x00"}, {KindELF, "\x7fELF"}, {KindELF, "MZ\x90\x00"},
	{KindData, "II*\x00"}, {KindData, "MM\x00*"}, {KindData, "SQLite format 3\x00"},
	{KindData, "\x28\xb5\x2f\xfd"}, {KindData, "\xca\xfe\xba\xbe"},
}

// binaryMarks are signatures that consist of letters only, of images, films, tar,
// Parquet and property lists. Text can contain them, so they count only in a file
// that also contains a NUL.
var binaryMarks = []struct {
	at    int
	magic string
}{{0, "PAR1"}, {0, "bplist00"}, {4, "ftyp"}, {8, "WEBP"}, {8, "WAVE"}, {8, "AVI "}, {257, "ustar"}}

// pageTags are the tags that begin a web page. pieceTags begin a part of a page,
// but also a cell of text: "<Title>".
var (
	pageTags  = []string{"!doctype html", "html", "head", "body", "table", "meta", "script", "style"}
	pieceTags = []string{"title", "link", "div", "span", "form", "center", "font", "p", "br", "h1", "h2", "h3", "b", "a", "img", "ul"}
)

// Identify returns the kind of a file from its first bytes. It does not use the name of the file.
func Identify(head []byte) Kind {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.kind
		}
	}
	if bytes.HasPrefix(head, []byte("BZh")) && len(head) > 4 && bytes.HasPrefix(head[4:], []byte("1AY&SY")) {
		return KindBz2
	}
	for _, m := range binaryMarks {
		if len(head) > m.at && bytes.HasPrefix(head[m.at:], []byte(m.magic)) && bytes.IndexByte(head, 0) >= 0 {
			return KindData
		}
	}

	text := trimToMarkup(head)
	switch {
	case looksLikeHTML(text):
		return KindHTML
	case hasPrefixFold(text, "<?xml"), looksLikeXML(text):
		return KindXML
	case looksLikeJSON(text):
		return KindJSON
	}
	return KindText
}

// trimToMarkup returns the part of head where a document of tags or braces would
// begin. It removes the byte order mark, the zeros of UTF-16, leading white space
// and leading comments.
func trimToMarkup(head []byte) []byte {
	text := bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		text = bytes.ReplaceAll(head[2:], []byte{0}, nil)
	}

	for {
		text = bytes.TrimLeft(text, " \t\r\n")
		if !bytes.HasPrefix(text, []byte("<!--")) {
			return text
		}
		n := bytes.Index(text, []byte("-->"))
		if n < 0 {
			return text
		}
		text = text[n+len("-->"):]
	}
}

func hasPrefixFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && bytes.EqualFold(b[:len(prefix)], []byte(prefix))
}

// looksLikeHTML reports whether text begins with a page tag, or with a piece tag
// and contains an end tag.
func looksLikeHTML(text []byte) bool {
	return beginsWithTag(text, pageTags) || beginsWithTag(text, pieceTags) && bytes.Contains(text, []byte("</"))
}

// beginsWithTag reports whether text begins with one of the tags as a whole word.
func beginsWithTag(text []byte, tags []string) bool {
	for _, tag := range tags {
		if !hasPrefixFold(text, "<"+tag) {
			continue
		}
		if rest := text[1+len(tag):]; len(rest) == 0 || strings.IndexByte(" \t\r\n/>", rest[0]) >= 0 {
			return true
		}
	}
	return false
}

// looksLikeXML reports whether text begins with an element that declares a namespace.
func looksLikeXML(text []byte) bool {
	if len(text) == 0 || text[0] != '<' {
		return false
	}
	tag, _, _ := bytes.Cut(text, []byte(">"))
	return bytes.Contains(tag, []byte(" xmlns=")) || bytes.Contains(tag, []byte(" xmlns:"))
}

// looksLikeJSON reports whether text begins as JSON does. An opening bracket alone
// is not enough, because a cell may begin with one.
func looksLikeJSON(text []byte) bool {
	if len(text) < 2 || text[0] != '{' && text[0] != '[' || !utf8.Valid(text[:1]) {
		return false
	}
	next := bytes.TrimLeft(text[1:], " \t\r\n")
	if len(next) == 0 {
		return false
	}

	if text[0] == '{' {
		if next[0] != '"' {
			return next[0] == '}'
		}
		n := bytes.IndexByte(next[1:], '"')
		return n >= 0 && bytes.HasPrefix(bytes.TrimLeft(next[n+2:], " \t\r\n"), []byte(":"))
	}
	return next[0] == '{' || next[0] == '[' || next[0] == '"'
}

// Unreadable returns a [*Refusal] for a file of that kind: the code is "file.type",
// the argument "found" is the kind.
func Unreadable(k Kind) *Refusal { return Refuse("file.type", "found", string(k)) }
