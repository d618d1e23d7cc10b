package users

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"github.com/usher-go/usher/internal/folding"
	"github.com/usher-go/usher/internal/scripts"
)

// This file holds the rules of the domain of an e-mail address.

// emailIDNA is UTS 46 with the checks of a look-up. emailDomain checks the lengths
// itself, because it reports which one is too long.
var emailIDNA = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true))

// emailDots are the label separators that UTS 46 maps to a full stop.
var emailDots = strings.NewReplacer("。", ".", "．", ".", "｡", ".")

// emailDomain returns a domain in its ASCII form in lower case.
func emailDomain(s string) (ascii string, fault Problem) {
	s = emailDots.Replace(norm.NFC.String(s))
	plain := true
	for i, r := range s {
		switch {
		case r >= utf8.RuneSelf:
			plain = false
			if folding.IsIgnorable(r) && r != '\u200C' && r != '\u200D' { // UTS 46 would drop it silently
				return "", emailForm("invisible")
			}
		case r == '-':
			plain = plain && (i == 0 || s[i-1] != '-') // xn--
		case r != '.' && emailClass[r]&emailHost == 0 && (r < 'A' || r > 'Z'):
			return "", emailChars(r)
		}
	}

	switch n := utf8.RuneCountInString(s); {
	case n == 0:
		return "", emailForm("no_domain")
	case n > emailMaxDomain: // it is at least as long in ASCII, and punycode costs the square of the length
		return "", emailTooLong("domain", emailMaxDomain, n)
	case strings.Contains("."+s+".", ".."):
		return "", emailForm("domain_dots")
	case !plain && !norm.NFKC.IsNormalString(s):
		return "", emailConfusable("domain", s)
	}

	ascii = strings.ToLower(s)
	var err error
	if !plain {
		ascii, err = emailIDNA.ToASCII(s)
	}
	if fault = emailLabels(ascii); fault.Code != "" {
		return "", fault
	}
	if err != nil {
		return "", emailForm("label")
	}
	if !plain {
		fault = emailScripts(ascii)
	}
	return ascii, fault
}

// emailLabels checks a domain in its ASCII form against the rules of host names
// (RFC 1123, section 2.1; RFC 3696, section 2).
func emailLabels(domain string) Problem {
	last, dots := "", -1
	for label := range strings.SplitSeq(domain, ".") {
		switch {
		case label == "": // "xn--" alone
			return emailForm("label")
		case label[0] == '-' || label[len(label)-1] == '-':
			return emailForm("hyphen")
		case len(label) > emailMaxLabel:
			return emailTooLong("label", emailMaxLabel, len(label))
		}
		last = label
		dots++
	}

	switch {
	case len(domain) > emailMaxDomain:
		return emailTooLong("domain", emailMaxDomain, len(domain))
	case dots == 0:
		return emailForm("no_dot")
	case strings.Trim(last, "0123456789") == "":
		return emailForm("numeric")
	}

	return Problem{}
}

// emailScripts checks the letters that an ASCII domain encodes. IDNA 2008 allows
// letters, marks and digits; UTS 46 alone would accept symbols.
func emailScripts(ascii string) Problem {
	domain, _ := emailIDNA.ToUnicode(ascii) // no error: ToASCII accepted it
	for label := range strings.SplitSeq(domain, ".") {
		for _, r := range label {
			if r >= utf8.RuneSelf && !unicode.In(r, unicode.L, unicode.M, unicode.Nd) &&
				!strings.ContainsRune("·͵׳״・\u200C\u200D", r) { // allowed in context: RFC 5892, appendix A
				return emailForm("label")
			}
		}
		if scripts.Mixed(label) {
			return emailConfusable("domain", label)
		}
	}
	return Problem{}
}
