package users_test

import (
	"net/mail"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/users"
)

var trimmed = []users.Problem{{Code: "text.trimmed", Warning: true}}

func TestParseEmailAccepts(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		raw, want    string
		problems     []users.Problem
	}{
		{"plain", "nothing to do", "ada@example.com", "ada@example.com", nil},
		{"as typed", "only the domain has no letter case (RFC 5321, 2.4)", "A.B+tag@Example.COM", "A.B+tag@example.com", nil},
		{"every atom character", "RFC 5322, 3.2.3", "!#$%&'*+-/=?^_`.{|}~@example.com", "!#$%&'*+-/=?^_`.{|}~@example.com", nil},
		{"one letter", "short is not wrong", "a@b.c", "a@b.c", nil},
		{"digits", "a host name may begin with a digit (RFC 1123)", "1@2.3com", "1@2.3com", nil},
		{"hyphens", "within a label, doubled too", "a@c--n.co-op.com", "a@c--n.co-op.com", nil},
		{"longest local", "64 bytes", strings.Repeat("a", 64) + "@x.com", strings.Repeat("a", 64) + "@x.com", nil},
		{"longest label", "63 bytes", "a@" + strings.Repeat("b", 63) + ".com", "a@" + strings.Repeat("b", 63) + ".com", nil},
		{"longest address", "254 bytes", longEmail(254), longEmail(254), nil},
		{"international domain", "one form is kept, the one every server takes", "user@exämple.com", "user@xn--exmple-cua.com", nil},
		{"decomposed", "NFD is the same name", "user@exa\u0308mple.com", "user@xn--exmple-cua.com", nil},
		{"A-label", "already in that form", "user@xn--exmple-cua.com", "user@xn--exmple-cua.com", nil},
		{"A-label in capitals", "letter case of a domain", "user@XN--EXMPLE-CUA.com", "user@xn--exmple-cua.com", nil},
		{"sharp s", "a letter of its own since IDNA 2008", "a@straße.de", "a@xn--strae-oqa.de", nil},
		{"Cyrillic", "one script", "ada@пример.рф", "ada@xn--e1afmkfd.xn--p1ai", nil},
		{"Japanese", "kanji, kana and Latin are one writing system", "ada@日本ひカtv.jp", "ada@xn--tv-cc4avj664vcvb.jp", nil},
		{"ideographic full stop", "a dot by UTS 46", "ada@example。com", "ada@example.com", nil},
		{"Arabic", "right to left by the rule of RFC 5893", "ada@مثال.إختبار", "ada@xn--mgbh0fb.xn--kgbechtv", nil},
		{"joiner in context", "Persian needs it (RFC 5892, A.1)", "ada@نامه\u200cای.com", "ada@xn--mgba3gch31f060k.com", nil},
		{"blanks", "trimmed, and said", " ada@example.com ", "ada@example.com", trimmed},
		{"no-break space", "trimmed, and said", "\u00a0ada@example.com", "ada@example.com", trimmed},
		{"zero width", "trimmed, and said", "ada@example.com\u200b", "ada@example.com", trimmed},
		{"byte order mark", "trimmed, and said", "\ufeffada@example.com", "ada@example.com", trimmed},
		{"direction mark", "trimmed, and said", "\u200fada@example.com\u200e", "ada@example.com", trimmed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			email, problems := users.ParseEmail(tt.raw)
			require.Equal(t, tt.want, email, tt.reason)
			if diff := cmp.Diff(tt.problems, problems); diff != "" {
				t.Errorf("%s: problems (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

// longEmail is a good address of n bytes, n from 200 to 256.
func longEmail(n int) string {
	label := strings.Repeat("d", 63)
	s := strings.Repeat("l", 64) + "@" + label + "." + label + "."
	return s + strings.Repeat("e", n-len(s)-4) + ".com"
}

func TestParseEmailRefuses(t *testing.T) {
	form := func(reason string) map[string]string { return map[string]string{"reason": reason} }
	chars := func(char string) map[string]string { return map[string]string{"reason": "chars", "char": char} }
	long := func(part, limit, length string) map[string]string {
		return map[string]string{"part": part, "max": limit, "length": length}
	}
	for _, tt := range []struct {
		name, reason string
		raw, code    string
		args         map[string]string
		fix          string
	}{
		{"empty", "no address at all", "", "email.form", form("empty"), ""},
		{"blank", "nor this", " \u00a0", "email.form", form("empty"), ""},
		{"no at", "a name is no address", "ada.example.com", "email.form", form("no_at"), ""},
		{"two at", "which one counts?", "ada@@example.com", "email.form", form("at"), ""},
		{"at alone", "nothing on either side", "@", "email.form", form("no_local"), ""},
		{"no local", "nothing before it", "@example.com", "email.form", form("no_local"), ""},
		{"no domain", "nothing behind it", "ada@", "email.form", form("no_domain"), ""},
		{"no dot", "not deliverable for an account", "ada@localhost", "email.form", form("no_dot"), ""},
		{"dot first", "RFC 5322 dot-atom", ".ada@example.com", "email.form", form("local_dots"), ""},
		{"dot last", "RFC 5322 dot-atom", "ada.@example.com", "email.form", form("local_dots"), ""},
		{"two dots", "RFC 5322 dot-atom", "a..da@example.com", "email.form", form("local_dots"), ""},
		{"empty label", "RFC 1123", "ada@example..com", "email.form", form("domain_dots"), ""},
		{"domain begins with a dot", "RFC 1123", "ada@.example.com", "email.form", form("domain_dots"), ""},
		{"last dot", "the root is not typed", "ada@example.com.", "email.form", form("domain_dots"), "ada@example.com"},
		{"hyphen first", "RFC 1123", "ada@-example.com", "email.form", form("hyphen"), ""},
		{"hyphen last", "RFC 1123", "ada@example-.com", "email.form", form("hyphen"), ""},
		{"full-width hyphen", "mapped before it is judged", "ada@－example.com", "email.confusable",
			map[string]string{"part": "domain", "text": "－example.com"}, ""},
		{"underscore", "not a host name", "ada@ex_ample.com", "email.form", chars("U+005F"), ""},
		{"bracket in the local part", "not an atom", "a[da@example.com", "email.form", chars("U+005B"), ""},
		{"Greek question mark", "a semicolon by NFC", "ada@\u037e.com", "email.form", chars("U+003B"), ""},
		{"numeric top level", "an IP address in disguise", "ada@192.0.2.1", "email.form", form("numeric"), ""},
		{"literal", "RFC-legal, no account has one", "ada@[127.0.0.1]", "email.form", form("literal"), ""},
		{"quoted", "RFC-legal, no account has one", `"a b"@example.com`, "email.form", form("quoted"), ""},
		{"quoted at", "not several addresses", `"ada@work"@example.com`, "email.form", form("quoted"), ""},
		{"comment", "RFC-legal, no account has one", "ada(work)@example.com", "email.form", form("comment"), ""},
		{"brackets", "unwrapped only when a person says so", "<ada@example.com>", "email.form", form("brackets"), "ada@example.com"},
		{"display name", "as copied from a mail client", "Ann Lee <Ann@Example.com>", "email.form", form("display_name"), "Ann@example.com"},
		{"display name quoted", "its comma is no separator", `"Lee, a@b" <ann@example.com>`, "email.form", form("display_name"), "ann@example.com"},
		{"display name is the address", "one address, not two", "Ann@example.com <ann@example.com>", "email.form", form("display_name"), "ann@example.com"},
		{"apostrophe", "a spreadsheet's sign for text", "'ada@example.com", "email.form", form("apostrophe"), "ada@example.com"},
		{"two apostrophes", "the same, twice", " ''ada@EXAMPLE.com", "email.form", form("apostrophe"), "ada@example.com"},
		{"single quotes", "as copied from a program", "'ada@example.com'", "email.form", form("apostrophe"), "ada@example.com"},
		{"grave accent", "typed for an apostrophe", "`ada@example.com", "email.form", form("apostrophe"), "ada@example.com"},
		{"typographic apostrophe", "typed by a word processor", "’ada@example.com", "email.smtputf8", map[string]string{"char": "U+2019"}, "ada@example.com"},
		{"apostrophe alone", "there is no address", "'", "email.form", form("apostrophe"), ""},
		{"mailto", "as copied from a web page", "MailTo:ada@example.com", "email.form", form("mailto"), "ada@example.com"},
		{"packed thrice", "one repair after the other", `<mailto:ada @example.com.>; `, "email.form", form("separator"), "ada@example.com"},
		{"packed beyond reason", "no repair of a page of text", strings.Repeat("Ann ", 300) + "<a@x.com>", "email.form", form("display_name"), ""},
		{"semicolon behind", "one address of a list", "ada@example.com;", "email.form", form("separator"), "ada@example.com"},
		{"blank at the at", "slip of the thumb", "ada @example.com", "email.form", form("space"), "ada@example.com"},
		{"blank within", "left out or a dot? not evident", "ada lovelace@example.com", "email.form", form("space"), ""},
		{"no-break space within", "a blank is a blank", "ada\u00a0l@example.com", "email.form", form("space"), ""},
		{"several", "one account has one", "a@x.com; b@x.com", "email.multiple", nil, ""},
		{"one twice", "evident", "a@x.com A@x.com", "email.multiple", nil, "a@x.com"},
		{"one twice by comma", "evident", "a@x.com, a@x.com", "email.multiple", nil, "a@x.com"},
		{"with a note", "evident", "a@x.com - old", "email.form", map[string]string{"reason": "note"}, "a@x.com"},
		{"with a note in parentheses", "evident", "a@x.com (old)", "email.form", map[string]string{"reason": "note"}, "a@x.com"},
		{"a word after a blank", "the blank may be inside the address", "a@x.co m", "email.form", map[string]string{"reason": "space"}, ""},
		{"several by comma", "one account has one", "a@x.com,b@x.com", "email.multiple", nil, ""},
		{"several by slash", "one account has one", "a@x.com/b@x.com", "email.multiple", nil, ""},
		{"several with names", "one account has one", "A <a@x.com>, B <b@x.com>", "email.multiple", nil, ""},
		{"full-width at", "of an East Asian keyboard", "ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "email.form", form("no_at"), "ada@example.com"},
		{"zero width within", "two addresses that look like one", "ada@exam\u200bple.com", "email.form", form("invisible"), "ada@example.com"},
		{"soft hyphen within", "UTS 46 would drop it unsaid", "a\u00adda@example.com", "email.form", form("invisible"), "ada@example.com"},
		{"local too long", "RFC 5321, 4.5.3.1.1", strings.Repeat("a", 65) + "@x.com", "email.too_long", long("local", "64", "65"), ""},
		{"label too long", "RFC 1035", "a@" + strings.Repeat("b", 64) + ".com", "email.too_long", long("label", "63", "64"), ""},
		{"domain too long", "RFC 5321, 4.5.3.1.2", "a@" + strings.Repeat("b23456789.", 26) + "com", "email.too_long", long("domain", "255", "263"), ""},
		{"domain too long as A-label", "255 in Unicode are more on the wire", "a@" + strings.Repeat("ä.", 126) + "com", "email.too_long",
			long("domain", "255", "1011"), ""},
		{"total too long", "RFC 5321, 4.5.3.1.3", longEmail(255), "email.too_long", long("total", "254", "255"), ""},
		{"too long as A-label", "the form on the wire counts", "a@" + strings.Repeat("ä", 60) + ".com", "email.too_long",
			long("label", "63", "66"), ""},
		{"accent before the at", "not every server delivers it", "josé@example.com", "email.smtputf8", map[string]string{"char": "U+00E9"}, ""},
		{"Cyrillic а for a", "somebody else's admin", "аdmin@x.com", "email.confusable", map[string]string{"part": "local", "text": "аdmin"}, ""},
		{"Cyrillic ех in a domain", "somebody else's domain", "a@ехample.com", "email.confusable", map[string]string{"part": "domain", "text": "ехample"}, ""},
		{"the same as A-label", "its letters count, not its spelling", "a@xn--ample-ywe6i.com", "email.confusable",
			map[string]string{"part": "domain", "text": "ехample"}, ""},
		{"circled letter", "stands in for a plain one", "a@ⓔxample.com", "email.confusable", map[string]string{"part": "domain", "text": "ⓔxample.com"}, ""},
		{"full-width letters", "the Fix is plain", "a@ｅxample.com", "email.confusable",
			map[string]string{"part": "domain", "text": "ｅxample.com"}, "a@example.com"},
		{"one dot leader", "a dot by NFKC only, not by UTS 46", "a@example․com", "email.confusable",
			map[string]string{"part": "domain", "text": "example․com"}, ""},
		{"emoji", "UTS 46 lets it pass, IDNA 2008 does not", "a@i❤.ws", "email.form", form("label"), ""},
		{"empty punycode", "stands for nothing", "a@xn--.com", "email.form", form("label"), ""},
		{"bad punycode", "stands for nothing", "a@xn--0.com", "email.form", form("label"), ""},
		{"reserved label", "two hyphens in the third place", "a@ab--cd.com", "email.form", form("label"), ""},
		{"header injection", "a line break begins a header", "ada@example.com\r\nBcc: eve@example.com", "text.control",
			map[string]string{"char": "U+000D"}, ""},
		{"line break behind", "not trimmed unsaid, for the same reason", "ada@example.com\n", "text.control",
			map[string]string{"char": "U+000A"}, "ada@example.com"},
		{"NUL", "C strings end here", "ada\x00@example.com", "text.control", map[string]string{"char": "U+0000"}, ""},
		{"not UTF-8", "cannot be shown", "ad\xff@example.com", "text.control", map[string]string{"char": "U+FFFD"}, ""},
		{"embedding", "as pasted from a contact", "\u202aada@example.com\u202c", "text.bidi", map[string]string{"char": "U+202A"}, "ada@example.com"},
		{"override", "shows another address", "ada@\u202emoc.elpmaxe", "text.bidi", map[string]string{"char": "U+202E"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			email, problems := users.ParseEmail(tt.raw)
			want := []users.Problem{{Code: tt.code, Args: tt.args, Fix: tt.fix}}
			if diff := cmp.Diff(want, problems); diff != "" {
				t.Errorf("%s: problems (-want +got):\n%s", tt.reason, diff)
			}
			require.Empty(t, email, "a refused address must not be stored")
		})
	}
}

func TestEmailRulesSMTPUTF8(t *testing.T) {
	for _, tt := range []struct{ name, raw, want, code string }{
		{"accent", "josé@example.com", "josé@example.com", ""},
		{"stored in NFC", "jose\u0301@example.com", "josé@example.com", ""},
		{"one script", "юзер@пример.рф", "юзер@xn--e1afmkfd.xn--p1ai", ""},
		{"Latin and Han", "jeff葉@example.tw", "jeff葉@example.tw", ""},
		{"mixed scripts all the same", "аdmin@x.com", "", "email.confusable"},
		{"full width all the same", "ａda@x.com", "", "email.confusable"},
		{"bytes count", strings.Repeat("é", 33) + "@x.com", "", "email.too_long"},
		{"not assigned", "a\u0378@x.com", "", "email.form"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			email, problems := users.EmailRules{SMTPUTF8: true}.Parse(tt.raw)
			require.Equal(t, tt.want, email)
			if tt.code == "" {
				require.Empty(t, problems)
			} else {
				require.Len(t, problems, 1)
				require.Equal(t, tt.code, problems[0].Code)
			}
		})
	}
}

// emailText draws what comes near an address: random text finds none.
func emailText() *rapid.Generator[string] {
	part := rapid.SampledFrom([]string{"ada", "Ada", "a", "1", "é", "ß", "а", "ш", "日本", "か", "ａ", "ⓔ", "xn--", "exmple-cua", "com", "COM",
		".", ".", "@", "@", "-", "+", "。", " ", "\u00a0", "\u200b", "\u200d", "\u200f", "\u202a", "\t", "\n", "\ufeff", "\u0301",
		"<", ">", "\"", "(", ")", "[", ";", ",", "mailto:", "\xff", "İ", "ſ", "K", "Σ", "ς", "Ↄ"})
	return rapid.Custom(func(t *rapid.T) string {
		if rapid.Bool().Draw(t, "shaped") {
			words := rapid.SliceOfN(part, 1, 3)
			return strings.Join(words.Draw(t, "local"), "") + "@" + strings.Join(words.Draw(t, "domain"), "") + ".com"
		}
		return strings.Join(rapid.SliceOfN(rapid.OneOf(part, rapid.String()), 0, 8).Draw(t, "parts"), "")
	})
}

func TestParseEmailLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := emailText().Draw(t, "raw")
		rules := users.EmailRules{SMTPUTF8: rapid.Bool().Draw(t, "smtputf8")}
		checkEmailLaws(t, rules, raw)
	})
}

// checkEmailLaws holds whatever Parse answers against what it promises.
func checkEmailLaws(t require.TestingT, rules users.EmailRules, raw string) {
	email, problems := rules.Parse(raw)
	if email == "" {
		require.Len(t, problems, 1, "a refusal has a reason")
		require.False(t, problems[0].Warning)
		if fix := problems[0].Fix; fix != "" {
			again, problems := rules.Parse(fix)
			require.Equal(t, fix, again, "a Fix is good as it stands")
			require.Empty(t, problems)
		}
		return
	}
	again, more := rules.Parse(email)
	require.Equal(t, email, again, "the form to keep is stable")
	require.Empty(t, more)
	for _, p := range problems {
		require.True(t, p.Warning, "an accepted address has warnings only")
	}
	require.LessOrEqual(t, len(email), 254)
	require.Equal(t, users.FoldEmail(raw), users.FoldEmail(email), "one key before and after")
}

func TestParseEmailPlainAllocatesNothing(t *testing.T) {
	const raw = "Ada.Lovelace+notes@mail.example.com"
	require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = users.ParseEmail(raw) }))
	key := users.FoldEmail(raw)
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = users.FoldEmail(key) }))
}

func BenchmarkParseEmail(b *testing.B) {
	for _, bb := range []struct{ name, raw string }{
		{"plain", "ada.lovelace@example.com"},
		{"capitals", "Ada.Lovelace@Example.COM"},
		{"international", "ada@exämple.com"},
		{"refused", "ada lovelace@example.com"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = users.ParseEmail(bb.raw)
			}
		})
	}
	b.Run("net/mail", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = mail.ParseAddress("ada.lovelace@example.com")
		}
	})
}
