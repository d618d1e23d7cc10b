package spreadsheet

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// highChars are the characters of Windows-1252 from 0x80 to 0x9F. Bytes that it does
// not define are control characters, as browsers read them.
var highChars = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8D, 'Ž', 0x8F,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9D, 'ž', 'Ÿ',
}

// maxMisread is how many times in a row a text may have been misread.
const maxMisread = 3

// Misread reports whether a text is UTF-8 that another program took for Windows-1252,
// once or several times, and returns the text that it was: "René" for "RenÃ©". It looks
// at each run of characters beyond ASCII, and leaves one alone that cannot be such a
// text: "Ãngela São" is right as it is.
func Misread(s string) (right string, misread bool) {
	// A misread text begins a run with a letter from Â to ô, which is 0xC3 and another
	// byte in UTF-8. Most texts have no such byte.
	if strings.IndexByte(s, 0xC3) < 0 {
		return s, false
	}
	right = s
	for range maxMisread {
		next, changed := decodeRuns(right)
		if !changed {
			break
		}
		right, misread = next, true
	}
	return right, misread
}

// decodeRuns decodes each run of characters beyond ASCII that is misread.
func decodeRuns(s string) (decoded string, changed bool) {
	var b strings.Builder
	var run []byte // the bytes of the run in Windows-1252
	begin, bad := 0, false
	flush := func(end int) {
		if right, ok := decodeRun(run); ok && !bad {
			b.WriteString(right)
			changed = true
		} else {
			b.WriteString(s[begin:end])
		}
		run, bad = run[:0], false
	}

	for i, r := range s {
		if r < utf8.RuneSelf {
			flush(i)
			b.WriteByte(byte(r))
			begin = i + 1
			continue
		}
		c, ok := highByte(r)
		run, bad = append(run, c), bad || !ok
	}
	flush(len(s))
	return b.String(), changed
}

// highByte returns the byte that Windows-1252 has for a character beyond ASCII.
func highByte(r rune) (c byte, found bool) {
	if r >= 0xA0 && r <= 0xFF {
		return byte(r), true
	}
	for i, h := range highChars {
		if h == r {
			return byte(0x80 + i), true
		}
	}
	return 0, false
}

// decodeRun returns bytes as UTF-8, if they are letters or signs that people write.
func decodeRun(run []byte) (decoded string, plausible bool) {
	if len(run) < 2 || !utf8.Valid(run) {
		return "", false
	}
	for _, r := range string(run) {
		if !isWritten(r) {
			return "", false
		}
	}
	return string(run), true
}

// isWritten reports whether a character is one of those that names and texts have.
// Phonetic letters and rare signs are not: they come up by chance, as in É’.
func isWritten(r rune) bool {
	switch {
	case r >= 0xA0 && r <= 0x24F: // Latin
		return true
	case r >= 0x300 && r <= 0x36F: // accents
		return true
	case r >= 0x2010 && r <= 0x203A, r == '€', r == '™', r == '№':
		return true
	case r >= 0x1E00 && r <= 0x1EFF: // Vietnamese
		return true
	case r >= 0x370 && r < 0x2000, r >= 0x3040 && r < 0xD7A4:
		return unicode.IsLetter(r) || unicode.IsMark(r)
	}
	return false
}
