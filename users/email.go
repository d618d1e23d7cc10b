package users

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"github.com/usher-go/usher/internal/folding"
	"github.com/usher-go/usher/internal/scripts"
)

// The limits of RFC 5321, section 4.5.3.1, in bytes, with the domain in its
// ASCII form. 254 is the longest path, 256, without its angle brackets.
const (
	emailMaxTotal  = 254
	emailMaxLocal  = 64
	emailMaxDomain = 255
	emailMaxLabel  = 63
)

// EmailRules say which addresses are valid. The zero value is the rule of
// [ParseEmail].
type EmailRules struct {
	// SMTPUTF8 accepts characters beyond ASCII before the @ (RFC 6531). It is for
	// a host whose mail servers all deliver to such addresses.
	SMTPUTF8 bool
}

// ParseEmail checks whether raw is the e-mail address of one mailbox, by the zero
// [EmailRules].
func ParseEmail(raw string) (email string, problems []Problem) {
	return EmailRules{}.Parse(raw)
}

// Parse checks whether raw is the e-mail address of one mailbox: local@domain.tld as
// in RFC 5321. It refuses forms that the RFCs allow and that no account has: quoted
// local parts, comments, address literals, domains without a dot.
//
// The returned email is the form to keep. Its local part is as typed, in NFC. Its
// domain is in lower case, and an international domain is in its A-label form
// ("xn--…", UTS 46). That form is ASCII: every mail server accepts it, and no later
// version of Unicode reads it differently. idna.Display turns it back for display.
// Parse(email) returns email again, without a problem. [FoldEmail] says whether two
// addresses are the same.
//
// If an address is refused, email is empty and problems holds the first reason, with
// a Fix if it is evident which address was meant:
//
//   - email.form (reason): the text has not that form. The reasons are: empty;
//     no_at; at (more than one); apostrophe ("'a@x.com", where a spreadsheet left its
//     sign for text), brackets ("<a@x.com>"), display_name ("Ann <a@x.com>"), mailto
//     and separator (a comma or semicolon at the end), which are never removed
//     without confirmation; note ("a@x.com - old"); quoted; comment; literal ("a@[127.0.0.1]"); space;
//     invisible (a character without a shape); chars (char is a character that is not
//     allowed); no_local; local_dots; no_domain; no_dot; domain_dots (an empty label,
//     also after the last dot); hyphen (a label begins or ends with one); numeric (the
//     last label is digits, as in an IP address); label (not a name by IDNA 2008).
//   - email.multiple: the text holds several addresses, or one several times.
//   - email.too_long: part is local, domain, label or total; max and length are in
//     bytes.
//   - email.smtputf8 (char): the local part has a character beyond ASCII.
//   - email.confusable: part is local or domain, and text is the part that imitates
//     another. It mixes scripts (UTS 39, "Highly Restrictive") or has characters that
//     look like plain ones (ⓔ, full width). The dots of Chinese and Japanese (。．｡)
//     count as dots, as in UTS 46.
//   - text.control (char), text.bidi (char): as in [CleanText], but also at the ends,
//     because a line break may begin a header.
//
// An accepted address has at most one warning: text.trimmed, if blanks, zero-width
// characters or direction marks were around it.
//
// Parse allocates nothing for a plain address with a domain in lower case.
func (rules EmailRules) Parse(raw string) (email string, problems []Problem) {
	if emailIsPlain(raw) {
		return raw, nil
	}

	start, end := textBounds(raw)
	email, fault := rules.check(raw[start:end])
	if i := strings.IndexFunc(raw, emailIsControl); i >= 0 {
		r, _ := utf8.DecodeRuneInString(raw[i:])
		fault = Problem{Code: "text.control", Args: map[string]string{"char": textChar(r)}}
	}

	switch {
	case fault.Code != "":
		fault.Fix = rules.fix(raw[start:end])
		return "", []Problem{fault}
	case end-start < len(raw):
		return email, []Problem{{Code: "text.trimmed", Warning: true}}
	}

	return email, nil
}

func emailIsControl(r rune) bool { return unicode.IsControl(r) || textIsBreak(r) }

// Classes of ASCII characters: those of an atom (RFC 5322, section 3.2.3) and
// those of a host name in lower case, hyphen included.
const (
	emailAtom = 1 << iota
	emailHost
)

var emailClass = func() (class [256]uint8) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyz0123456789-") {
		class[c] = emailAtom | emailHost
	}
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&'*+/=?^_`{|}~") {
		class[c] = emailAtom
	}
	return class
}()

// emailIsPlain reports whether s is an ASCII address in the form to keep. It is a
// fast path: check decides the cases it does not know, such as a domain in capitals
// or with a double hyphen.
func emailIsPlain(s string) bool {
	if emailHasApostrophe(s) {
		return false
	}

	at := 0
	for at < len(s) && s[at] != '@' {
		if emailClass[s[at]]&emailAtom == 0 && (s[at] != '.' || at == 0 || s[at-1] == '.') {
			return false
		}
		at++
	}

	if at == 0 || at > emailMaxLocal || at == len(s) || s[at-1] == '.' || len(s) > emailMaxTotal {
		return false
	}

	label, letters := at+1, false
	for i := at + 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '.':
			if i == label || i-label > emailMaxLabel || s[i-1] == '-' {
				return false
			}
			label, letters = i+1, false
		case emailClass[c]&emailHost == 0, c == '-' && (i == label || s[i-1] == '-'):
			return false
		default:
			letters = letters || c > '9'
		}
	}

	last := len(s) - label
	return letters && label > at+1 && 0 < last && last <= emailMaxLabel && s[len(s)-1] != '-'
}

// check parses an address whose ends are trimmed. The fault has no code if the
// address is valid.
func (rules EmailRules) check(s string) (email string, fault Problem) {
	if at := strings.LastIndexByte(s, '@'); at >= 0 && folding.IsPlain(s) {
		if lower := s[:at] + strings.ToLower(s[at:]); emailIsPlain(lower) {
			return lower, Problem{}
		}
	}

	if code, r := textFault(s); code != "" {
		return "", Problem{Code: code, Args: map[string]string{"char": textChar(r)}}
	}
	if emailIsMultiple(s) || emailRepeated(s) != "" {
		return "", Problem{Code: "email.multiple"}
	}
	if reason := emailWrapping(s); reason != "" {
		return "", emailForm(reason)
	}

	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return "", emailForm("no_at")
	}

	local, domain := s[:at], s[at+1:]
	if local, fault = rules.checkLocal(local); fault.Code != "" {
		return "", fault
	}
	if domain, fault = emailDomain(domain); fault.Code != "" {
		return "", fault
	}
	if n := len(local) + 1 + len(domain); n > emailMaxTotal {
		return "", emailTooLong("total", emailMaxTotal, n)
	}
	return local + "@" + domain, Problem{}
}

func emailForm(reason string) Problem {
	return Problem{Code: "email.form", Args: map[string]string{"reason": reason}}
}

func emailChars(r rune) Problem {
	return Problem{Code: "email.form", Args: map[string]string{"reason": "chars", "char": textChar(r)}}
}

func emailTooLong(part string, limit, length int) Problem {
	return Problem{Code: "email.too_long", Args: map[string]string{
		"part": part, "max": strconv.Itoa(limit), "length": strconv.Itoa(length)}}
}

func emailConfusable(part, text string) Problem {
	return Problem{Code: "email.confusable", Args: map[string]string{"part": part, "text": text}}
}

// emailIsMultiple reports whether two words of s, outside quotes, have an @ inside
// and differ. One address twice, as in "a@x.com <a@x.com>", is one.
func emailIsMultiple(s string) bool {
	first, quoted := "", true
	for part := range strings.SplitSeq(s, `"`) {
		if quoted = !quoted; quoted {
			continue
		}
		for word := range strings.FieldsFuncSeq(part, emailIsSeparator) {
			word = emailCutMailto(word)
			switch at := strings.IndexByte(word, '@'); {
			case at <= 0 || at == len(word)-1:
			case first == "":
				first = word
			case !strings.EqualFold(first, word):
				return true
			}
		}
	}

	return false
}

// emailRepeated returns the address of which s has several and nothing else, or "".
func emailRepeated(s string) string {
	words := strings.FieldsFunc(s, emailIsSeparator)
	if len(words) < 2 || strings.ContainsAny(s, "<>()") {
		return ""
	}
	for _, w := range words {
		if !strings.EqualFold(w, words[0]) || !strings.Contains(w, "@") {
			return ""
		}
	}
	return words[0]
}

// emailNoted returns the address before a note, or "": of "a@x.com - old". The note
// begins with a sign after a blank, because a blank alone may be inside the address.
func emailNoted(s string) string {
	address, note, found := strings.Cut(s, " ")
	note = strings.TrimSpace(note)
	if r, _ := utf8.DecodeRuneInString(note); !found || strings.Contains(note, "@") || !strings.ContainsRune("-–—([{:/#*", r) {
		return ""
	}
	return address
}

// emailIsSeparator reports whether people write r between two addresses.
func emailIsSeparator(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(",;/|<>()、，；", r)
}

// emailWrapping returns the reason why s is more than an address, and "" if it looks
// like one.
func emailWrapping(s string) string {
	switch {
	case s == "":
		return "empty"

	case emailHasApostrophe(s):
		return "apostrophe"

	case s[0] == '<' && s[len(s)-1] == '>':
		return "brackets"

	case s[len(s)-1] == '>' && strings.Contains(s, "<"):
		return "display_name"

	case emailCutMailto(s) != s:
		return "mailto"

	case strings.HasSuffix(s, ",") || strings.HasSuffix(s, ";"):
		return "separator"

	case strings.Contains(s, `"`):
		return "quoted"

	case emailNoted(s) != "":
		return "note"

	case strings.ContainsAny(s, "()"):
		return "comment"

	case strings.Contains(s, "@["):
		return "literal"

	case strings.ContainsFunc(s, unicode.IsSpace):
		return "space"
	}
	return ""
}

// emailHasApostrophe reports whether s begins with an apostrophe, or a sign that people
// type for one. RFC 5322 allows it in an address. But a spreadsheet adds it to a cell so
// that the cell is text, and other programs copy it.
func emailHasApostrophe(s string) bool { return s != "" && (s[0] == '\'' || s[0] == '`') }

// emailCutMailto returns s without the scheme of a mailto link (RFC 6068).
func emailCutMailto(s string) string {
	const scheme = "mailto:"
	if len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
		return s[len(scheme):]
	}
	return s
}

// checkLocal checks the part before the last @.
func (rules EmailRules) checkLocal(s string) (local string, fault Problem) {
	s = norm.NFC.String(s)
	beyond := rune(0)
	for _, r := range s {
		switch {
		case r == '@':
			return "", emailForm("at")
		case r < utf8.RuneSelf:
			if emailClass[r]&emailAtom == 0 && r != '.' {
				return "", emailChars(r)
			}
		case folding.IsIgnorable(r):
			return "", emailForm("invisible")
		case !unicode.IsGraphic(r):
			return "", emailChars(r)
		case beyond == 0:
			beyond = r
		}
	}

	switch {
	case s == "":
		return "", emailForm("no_local")
	case s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, ".."):
		return "", emailForm("local_dots")
	case len(s) > emailMaxLocal:
		return "", emailTooLong("local", emailMaxLocal, len(s))
	case beyond != 0 && (scripts.Mixed(s) || !norm.NFKC.IsNormalString(s)):
		return "", emailConfusable("local", s)
	case beyond != 0 && !rules.SMTPUTF8:
		return "", Problem{Code: "email.smtputf8", Args: map[string]string{"char": textChar(beyond)}}
	}

	return s, Problem{}
}

// emailPacking are the characters around an address in a list of them, and the
// apostrophes and single quotes around one.
const emailPacking = ",; '`´‘’"

// fix returns the address that s evidently means, or "". It removes only packing. It
// does not choose between several addresses or letters, which a person must do.
func (rules EmailRules) fix(s string) string {
	if len(s) > 4*emailMaxTotal {
		return ""
	}

	s = strings.Map(func(r rune) rune {
		if folding.IsIgnorable(r) && r != textLRO && r != textRLO {
			return -1
		}
		return r
	}, width.Fold.String(s))

	s = strings.Trim(s, emailPacking)
	if once := emailRepeated(s); once != "" {
		s = once
	} else if before := emailNoted(s); before != "" {
		s = before
	}
	if open := strings.LastIndexByte(s, '<'); open >= 0 && s[len(s)-1] == '>' && !emailIsMultiple(s) {
		s = s[open+1 : len(s)-1]
	}

	s = strings.TrimRight(emailCutMailto(strings.Trim(s, emailPacking)), emailPacking+".")
	s = strings.NewReplacer(" @", "@", "@ ", "@").Replace(s)
	fixed, _ := rules.check(s)
	return fixed
}
