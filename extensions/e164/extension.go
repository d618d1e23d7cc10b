package e164

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// cutExtension returns a text without its extension. The extension is behind a word of
// [isExtWord], or behind one of the marks that the metadata know (#, ~, ",,").
func cutExtension(text string) (body, ext string) {
	if body, ext = cutWord(text); ext != "" || !strings.ContainsAny(text, "#~,;") {
		return body, ext
	}

	body, ext = phonenumbers.MaybeSeparateExtensionFromPhone(text)
	if last, _ := utf8.DecodeLastRuneInString(body); ext == "" || len(ext) > MaxExt || unicode.IsLetter(last) {
		return text, ""
	}
	return body, ext
}

// cutWord returns a text without the word for an extension and the digits at its end.
func cutWord(text string) (body, ext string) {
	end := len(strings.TrimRight(text, " #"))
	from := end
	for from > 0 && isDigit(text[from-1]) {
		from--
	}
	if n := end - from; n == 0 || n > MaxExt {
		return text, ""
	}

	before := trimExtMarks(text[:from])
	word := lastWord(before)
	if before = before[:len(before)-len(word)]; isNumberWord(word) { // "poste n° 12"
		before = strings.TrimRight(before, " .:")
		word = lastWord(before)
		before = before[:len(before)-len(word)]
	}

	if !isExtWord(word) || digits(before) == 0 {
		return text, ""
	}
	return strings.TrimRight(before, " .,;:-([/"), text[from:end]
}

func trimExtMarks(s string) string { return strings.TrimRight(s, " .,:=-#(°№") }

// lastWord returns the letters at the end of a text.
func lastWord(s string) string {
	return s[len(strings.TrimRightFunc(s, isLetter)):]
}

func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return isASCIILetter(byte(r))
	}
	return unicode.In(r, unicode.L, unicode.M)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isNumberWord reports whether a word between the word for an extension and its digits
// means "number".
func isNumberWord(word string) bool {
	switch strings.ToLower(word) {
	case "n", "no", "nº", "nr", "num", "número", "numéro", "nummer", "number":
		return true
	}
	return false
}

// isExtWord reports whether a word means an extension.
func isExtWord(word string) bool {
	switch strings.ToLower(word) {
	case "x", "xt", "xtn", "ext", "extn", "exten", "extension", "xtension", "xtensio", "xtensión", // English, metadata
		"app", "apparat", "nst", "nebenst", "nebenstelle", "dw", "durchw", "durchwahl", "klappe", // German
		"poste", "post", // French
		"int", "intern", "interno", "interne", "derivato", // Italian, Spanish
		"extensión", "extensio", "extensió", "anexo", "interior", // Spanish, Catalan, Romanian
		"ramal", "extensão", "extensao", // Portuguese
		"toestel", "tst", "tstl", // Dutch
		"lokal", "lok", "lokalnummer", "anknytning", "ankn", "anknytn", "alanumero", // Nordic
		"wewn", "wew", "wewnętrzny", "linka", "kl", "klapka", "mellék", "mell", "dahili", "dah", // Polish, Czech, Hungarian, Turkish
		"доб", "добавочный", "вн", "внутр", "внутренний", "дод", "додатковий", "вътр", "вътрешен", "лок", // Cyrillic
		"εσωτ", "εσωτερικό", // Greek
		"内線", "内線番号", "分机", "分机号", "分機", "轉", "转", "內線", "내선", "내선번호", "구내", "ต่อ", // East Asia
		"שלוחה", "تحويلة", "داخلي", "داخلی", // Hebrew, Arabic, Persian
		"pesawat", "pes", "ekstensi": // Indonesian
		return true
	}
	return false
}

// startsWithExt reports whether a text begins with a word for an extension and digits.
func startsWithExt(tail string) bool {
	exts, _ := extensionsIn(tail)
	return len(exts) > 0
}

// extensionsIn reads the extensions at the beginning of a text: the digits of each one,
// and the text behind the last. The second is behind a mark or a word, and may have a
// word for an extension too.
func extensionsIn(tail string) (exts []string, rest string) {
	rest = tail
	for {
		s := rest
		if len(exts) > 0 {
			at := nextExt.FindStringIndex(s)
			if at == nil {
				return exts, rest
			}
			s = s[at[1]:]
		}

		word := s[:len(s)-len(strings.TrimLeftFunc(s, isLetter))]
		if word != "" && !isExtWord(word) || word == "" && len(exts) == 0 {
			return exts, rest
		}

		s = strings.TrimLeft(s[len(word):], " .,:=-#(°№")
		n := 0
		for n < len(s) && isDigit(s[n]) {
			n++
		}
		if n == 0 || n > MaxExt {
			return exts, rest
		}
		exts, rest = append(exts, s[:n]), s[n:]
	}
}

var (
	// nextExt matches the text between two extensions.
	nextExt = regexp.MustCompile(`(?i)^(?: *[/\\|&+,;] *| +` + conjunctions + ` +)`)
	// longExt matches an extension that is too long.
	longExt = regexp.MustCompile(`(?:[\pL=;,][ .:]*)[0-9]{` + strconv.Itoa(MaxExt+1) + `,}$`)
)

// hasLongExt reports whether a text ends with an extension that is too long.
func hasLongExt(text string) bool { return longExt.MatchString(text) }
