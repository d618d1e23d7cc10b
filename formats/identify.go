package formats

import (
	"bytes"
	"unicode/utf8"
)

// A Kind is what the first bytes of a file say it is.
type Kind string

// The kinds [Identify] tells apart.
const (
	KindText Kind = "text" // anything that may be read as text
	KindZip  Kind = "zip"  // a workbook is one too: its format looks inside
	KindOLE2 Kind = "ole2" // .xls, .doc, or an encrypted workbook: its format looks inside
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
	KindData Kind = "data" // bytes that are no text
)

var magics = []struct {
	kind  Kind
	magic string
}{
	{KindZip, "PK\x03\x04"}, {KindZip, "PK\x05\x06"}, {KindZip, "PK\x07\x08"},
	{KindOLE2, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"},
	{KindGzip, "\x1f\x8b"}, {KindPDF, "%PDF-"}, {KindPNG, "\x89PNG\r\n\x1a\n"},
	{KindJPEG, "\xff\xd8\xff"}, {KindGIF, "GIF87a"}, {KindGIF, "GIF89a"},
	{KindRTF, `{\rtf`}, {KindRAR, "Rar!\x1a\x07"}, {Kind7z, "7z\xbc\xaf\x27\x1c"},
	{KindBz2, "BZh"}, {KindXz, "\xfd7zXZ\x00"}, {KindELF, "\x7fELF"}, {KindELF, "MZ\x90\x00"},
}

// Identify tells what a file is from its first bytes. It never asks the name.
func Identify(head []byte) Kind {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.kind
		}
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	lower := bytes.ToLower(text[:min(len(text), 64)])
	switch {
	case bytes.HasPrefix(lower, []byte("<!doctype html")), bytes.HasPrefix(lower, []byte("<html")),
		bytes.HasPrefix(lower, []byte("<head")), bytes.HasPrefix(lower, []byte("<body")),
		bytes.HasPrefix(lower, []byte("<table")), bytes.HasPrefix(lower, []byte("<meta")):
		return KindHTML
	case bytes.HasPrefix(lower, []byte("<?xml")):
		return KindXML
	case looksLikeJSON(text):
		return KindJSON
	}
	return KindText
}

// looksLikeJSON wants more than an opening bracket, which a cell may begin with.
func looksLikeJSON(text []byte) bool {
	if len(text) < 2 || text[0] != '{' && text[0] != '[' || !utf8.ValidString(string(text[:1])) {
		return false
	}
	next := bytes.TrimLeft(text[1:], " \t\r\n")
	if len(next) == 0 {
		return false
	}
	if text[0] == '{' {
		return next[0] == '}' || next[0] == '"' && bytes.Contains(next, []byte(`":`))
	}
	return next[0] == '{' || next[0] == '['
}

// Unreadable refuses a file for being of that kind: "file.type", with "found".
func Unreadable(k Kind) *Refusal { return Refuse("file.type", "found", string(k)) }
