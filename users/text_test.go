package users_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/users"
)

func TestCleanText(t *testing.T) {
	char := func(char string) map[string]string { return map[string]string{"char": char} }
	refuse := func(code string, args map[string]string, fix string) []users.Problem {
		return []users.Problem{{Code: code, Args: args, Fix: fix}}
	}
	for _, tt := range []struct {
		name, reason string
		raw          string
		limit        int
		want         string
		problems     []users.Problem
	}{
		{"empty", "whether a field may be blank is not decided here", "", 0, "", nil},
		{"blank", "the same", "   ", 0, "", nil},
		{"plain", "nothing to do", "Ada Lovelace", 0, "Ada Lovelace", nil},
		{"apostrophe", "a name, not damage", "O'Brien", 0, "O'Brien", nil},
		{"words of programs", "Mr Null exists", "Null", 0, "Null", nil},
		{"one letter", "a name in Korea and Burma", "E", 0, "E", nil},
		{"emoji", "four bytes are one character", "😀 Joy", 7, "😀 Joy", nil},
		{"family of joiners", "ZWJ holds the emoji together", "👩\u200d👧", 0, "👩\u200d👧", nil},
		{"CJK", "nothing to do", "山田太郎", 0, "山田太郎", nil},
		{"padding", "plain spaces go unsaid", "  Ada ", 0, "Ada", nil},
		{"inner blanks", "kept as typed", "Ada  King", 0, "Ada  King", nil},
		{"no-break space", "trimmed, and said", "Ada\u00a0", 0, "Ada", trimmed},
		{"line break behind", "of a cell with two lines, one empty", "Ada\r\n", 0, "Ada", trimmed},
		{"byte order mark", "of a file glued to another", "\ufeffAda", 0, "Ada", trimmed},
		{"marks around Hebrew", "trimmed at the ends", "\u200fעדה\u200e", 0, "עדה", trimmed},
		{"marks in Hebrew", "kept inside", "עדה \u200eA\u200f ב", 0, "עדה \u200eA\u200f ב", nil},
		{"non-joiner in Persian", "kept inside", "علی\u200cرضا", 0, "علی\u200cرضا", nil},
		{"decomposed", "kept in NFC", "Jose\u0301", 4, "José", nil},
		{"embedding", "pasted from a contact: meant without", "\u202aAda\u202c", 0, "", refuse("text.bidi", char("U+202A"), "Ada")},
		{"filler", "a name that shows nothing is none", "\u3164", 0, "", trimmed},
		{"isolate", "the same", "Ada \u2066K\u2069", 0, "", refuse("text.bidi", char("U+2066"), "Ada K")},
		{"override", "what was meant, what it shows or what it holds?", "\u202egnp.exe", 0, "", refuse("text.bidi", char("U+202E"), "")},
		{"line break inside", "one line is one line", "Ada\r\nKing", 0, "", refuse("text.control", char("U+000D"), "Ada King")},
		{"tab inside", "the same", "Ada\tKing", 0, "", refuse("text.control", char("U+0009"), "Ada King")},
		{"line separator", "the same", "Ada\u2028 King", 0, "", refuse("text.control", char("U+2028"), "Ada  King")},
		{"byte order mark inside", "shows nothing", "Ada\ufeffKing", 0, "", refuse("text.control", char("U+FEFF"), "AdaKing")},
		{"NUL", "C strings end here", "A\x00", 0, "", refuse("text.control", char("U+0000"), "")},
		{"escape", "drives terminals", "A\x1b[31m", 0, "", refuse("text.control", char("U+001B"), "")},
		{"DEL", "a control character", "A\x7fb", 0, "", refuse("text.control", char("U+007F"), "")},
		{"C1", "drives terminals too", "A\u009bb", 0, "", refuse("text.control", char("U+009B"), "")},
		{"noncharacter", "for internal use", "A\ufffeb", 0, "", refuse("text.control", char("U+FFFE"), "")},
		{"lone surrogate", "not UTF-8", "A\xed\xa0\x80b", 0, "", refuse("text.control", char("U+FFFD"), "")},
		{"replacement character", "a letter is lost", "A\ufffdb", 0, "", refuse("text.replacement", char("U+FFFD"), "")},
		{"replacement characters alone", "a name is lost", "\ufffd\ufffd", 0, "", refuse("text.replacement", char("U+FFFD"), "")},
		{"eight marks", "the most", "Z" + strings.Repeat("\u0301", 8), 0, "Ź" + strings.Repeat("\u0301", 7), nil},
		{"nine marks", "written over other lines", "x" + strings.Repeat("\u0301", 9), 0, "",
			refuse("text.combining", map[string]string{"max": "8"}, "")},
		{"longest", "256 characters, not bytes", strings.Repeat("é", 256), 0, strings.Repeat("é", 256), nil},
		{"too long", "one more", strings.Repeat("é", 257), 0, "",
			refuse("text.too_long", map[string]string{"max": "256", "length": "257"}, "")},
		{"too long for its field", "the field's own limit", "Ada King", 7, "",
			refuse("text.too_long", map[string]string{"max": "7", "length": "8"}, "")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, problems := users.CleanText(tt.raw, tt.limit)
			require.Equal(t, tt.want, text, tt.reason)
			if diff := cmp.Diff(tt.problems, problems); diff != "" {
				t.Errorf("%s: problems (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestCleanTextAllocatesNothing(t *testing.T) {
	require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = users.CleanText(" Ada Lovelace", 0) }))
}

func TestCleanTextLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkTextLaws(t, oddText().Draw(t, "raw"))
	})
}

func FuzzCleanText(f *testing.F) {
	for _, s := range []string{"Ada", " A\u00a0", "\u202aA", "A\r\nB", "e\u0301\u0301", "\xff", "\u200bא\u200b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) { checkTextLaws(t, raw) })
}

// checkTextLaws holds whatever CleanText answers against what it promises.
func checkTextLaws(t require.TestingT, raw string) {
	text, problems := users.CleanText(raw, 20)
	if len(problems) > 0 && !problems[0].Warning {
		require.Empty(t, text, "a refused text must not be stored")
		text = problems[0].Fix
	}
	again, more := users.CleanText(text, 20)
	require.Equal(t, text, again, "a clean text, or a Fix, is good as it stands")
	for _, p := range more { // a character inside that is not shown is kept, and told each time
		require.Equal(t, "text.invisible", p.Code)
		require.True(t, p.Warning)
		_, none := users.CleanText(p.Fix, 20)
		require.Empty(t, none, "the Fix is without it")
	}
	require.LessOrEqual(t, utf8.RuneCountInString(text), 20)
}

// oddText draws text of the characters that the rules of text and folding are about.
func oddText() *rapid.Generator[string] {
	part := rapid.SampledFrom([]string{"Ada", "É", "e\u0301", "ß", "ẞ", "İ", "Σ", "ς", "ﬁ", "Ａ", "ⓔ", "½", "¨", "ͅ", "ᾳ", "ΐ", "K", "Ↄ",
		"\u00a0", " ", "  ", "\t", "\r\n", "\u2028", "\u200b", "\u200d", "\u200f", "\ufeff", "\u00ad", "\u3164", "\uffa0", "\u034f",
		"\u202a", "\u202c", "\u202e", "\u2066", "\x00", "\ufffe", "\ufffd", "\xff", "\u0301", "\u0323", "\u0345", "\u0f71", "한", "ᄒ", "ᅡ", "_", "-", "*", ":", "’"})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.OneOf(part, rapid.String()), 0, 8).Draw(t, "parts"), "")
	})
}
