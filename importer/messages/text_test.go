package messages

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"github.com/usher-go/usher/formats"
)

var update = flag.Bool("update", false, "rewrite testdata/messages.txt")

// samples are arguments for every slot of every text.
var samples = map[string]string{
	"ext": "12", "value": "Ada", "subject": "", "code": "space.fact", "holder": "grace@example.com", "allowed": "User, Account Admin", "units": "Acme/Sales/North/Team 1, Acme/Sales/South/Team 1",
	"rows": "3", "row": "7", "max": "3", "length": "300", "want": "EMAIL", "found": "E-POST, ROLE", "near": "EMIAL", "nearest": "EMAIL",
	"heading": "EMAIL", "other": "E-mail", "column": "2", "other_column": "5", "line": "12", "encoding": "windows-1252", "sample": "Zoé",
	"byte": "81", "part": "xl/workbook.xml", "index": "99", "cell": "B3", "count": "3", "sheet": "Users", "char": "U+0007", "text": "аdmin",
	"role": "account_admin", "source": "scim", "kind": "role", "key": "ada@example.com", "cycle": "3, 7, 9", "fix": "ada@example.com",
	"n": "3", "done": "500", "people": "450", "error": "disk full", "who": "ada@example.com", "more": "2", "fields": "Login, Mobile", "counts": "3", "id": "x",
	"at": "2026-03-01 12:00", "things": "1001, +33123456789", "label": "March", "field": "mobile", "now": "+33612345678",
	"like": "User", "headings": "4", "template": "rainbow-lines", "delimiter": ";", "domain": "@gmial.com",
	"country": "+33", "lan_id": "alovelace", "name": "PBX1/1001", "pbx": "PBX1", "level": "3", "table": "UserDetails", "signs": "._-",
	"number": "+49775591155", "numbers": "+33123456789, +33612345678", "prefix": "0",
	"sheets": "Cover, Lists", "ranges": "E2:E4, A9:B9", "range": "E2:E4", "columns": "C, F-G", "target": "ada@example.com",
}

// special are arguments for texts that would read oddly with those of samples.
var special = map[string]string{
	"cell.date value": "2026-04-03", "cell.excel_error value": "#REF!", "cell.format value": "42", "cell.number value": "4x2",
	"number.precision value": "1234567890123450", "number.scientific value": "4.42E+11", "*.unknown value": "Boss", "header.unknown value": "E-POST",
	"csv.quote value": `Ada "Countess"`, "email.form.chars char": "U+0028", "email.smtputf8 char": "U+00E9", "text.bidi char": "U+202E",
	"xlsx.encoding found": "EBCDIC-CP-FR", "xlsx.sheet want": "People", "xlsx.sheet found": "Users, Roles", "xlsx.row_index row": "1048577",
	"xlsx.hidden_rows rows": "3, 7-9", "xlsx.sheet_choice found": "2025, 2026", "xlsx.sheet_empty found": "2025, 2026", "xlsx.sheet_empty sheet": "Cover",
	"cell.fraction value": "1002.5", "cell.covered text": "Account Admin", "xlsx.link_target value": "Ada Lovelace",
	"xlsx.cell_ref cell": "A0", "xlsx.col_index cell": "ZZZ1", "csv.field_count found": "5", "mass.lowered rows": "120",
	"document.version found": "2", "document.version want": "1", "document.template found": "cloudlink", "document.template want": "ocm", "batch.too_large rows": "3, 7",
	"merge.twice other": "3", "merge.removed rows": "3, 7, 9", "merge.absent rows": "3, 7, 9", "file.replayed id": "vq3kx5o4zsm7h2y6f3n5jd7c4e",
	"phone.region value": "01 23 45 67 89", "phone.country value": "+999123456", "phone.too_short value": "4021", "phone.too_long value": "+331234567890", "phone.invalid value": "+1 123 456 7890", "phone.invalid country": "+1",
	"phone.multiple value": "0123456789 / 0612345678", "phone.extension ext": "12", "phone.extension_too_long max": "20", "phone.form value": "n/a", "phone.plus_added value": "33123456789", "phone.letters value": "1800 SIX-FLAG",
	"phone.prefix_added value": "123456789", "phone.ambiguous value": "49 7755 91155", "phone.ambiguous other": "+4949775591155", "phone.text text": "Bureau",
	"extension.form value": "10,01", "extension.form.damage value": "1001.0", "pbx.form value": "PBX1", "line.range value": "2001", "line.range allowed": "1000-1999",
	"table.missing want": "FeatureDetails", "header.template want": "cloudlink", "text.misread value": "RenÃ©", "row.filled_down rows": "198", "row.filled_down row": "4", "*.confusable value": "Usеr", "lan_id.form value": "a/b", "lan_id.form char": "U+002F", "agent_id.differs value": "ada", "lanid.unknown value": "alovelace",
	"pbx_id.form value": "40 21", "org_unit.level value": "Acme/Sales", "org_unit.level want": "4", "org_unit.level level": "2", "count.form value": "many", "count.form max": "99", "count.range value": "100", "count.range max": "99",
	"in.row text": "…", "quoted text": "Ada", "placed text": "…", "placed.heading text": "…", "result counts": "12 created, 3 failed", "result.undone counts": "12 created", "result.interrupted counts": "12 created",
}

var slotPattern = regexp.MustCompile(`\{([a-z_]+)([:?][^}]*)?\}`)

// slotNames are the arguments a text names, sorted.
func slotNames(text string) []string {
	var out []string
	for _, m := range slotPattern.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// renderings are a text with sample arguments: one, or one for each of the
// numbers 1 and 1234 where the text has plurals.
func renderings(t *testing.T, tab *table, key, text string) []string {
	t.Helper()
	numbers := []string{""}
	if strings.Contains(text, "?") && slotPattern.MatchString(text) && strings.Contains(text, "|") {
		numbers = []string{"1", "1234"}
	}
	var out []string
	for _, n := range numbers {
		s, ok := tab.fill(text, func(name string) string {
			v, known := samples[name]
			require.True(t, known, "no sample for {%s} in %q", name, text)
			switch {
			case special[key+" "+name] != "":
				v = special[key+" "+name]
			case name == "subject":
				return tab.word("quoted", "text", tab.words["field.first_name"])
			case name == "found" && strings.Contains(text, "{found:word}"):
				return "pdf"
			case name == "max" && strings.Contains(text, ":bytes"):
				return "20971520"
			}
			if n != "" && (strings.Contains(text, "{"+name+"?") || strings.Contains(text, "{"+name+":number}")) {
				return n
			}
			return v
		})
		require.True(t, ok, text)
		out = append(out, s)
	}
	return out
}

// TestEveryText renders every text of every language, for a person to read.
func TestEveryText(t *testing.T) {
	var b strings.Builder
	line := func(tab *table, key, text string) {
		for _, s := range renderings(t, tab, key, text) {
			fmt.Fprintf(&b, "  %s  %s\n", tab.tag, s)
			require.NotRegexp(t, `[{}|]|%!|\\u|\\x`, s, "of %q", text)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(english.codes)) {
		fmt.Fprintln(&b, code)
		for i := range english.codes[code] {
			for _, tab := range tables {
				require.Greater(t, len(tab.codes[code]), i, "%s in %s", code, tab.tag)
				line(tab, code, tab.codes[code][i])
			}
		}
	}
	b.WriteString("\n")
	for _, name := range slices.Sorted(maps.Keys(english.words)) {
		fmt.Fprintln(&b, name)
		for _, tab := range tables {
			line(tab, name, tab.words[name])
		}
	}
	const golden = "testdata/messages.txt"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(b.String()), 0o666))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s differs (-want +got); after reading the new texts run with -update\n%s", golden, diff)
	}
}

// TestLanguagesAgree holds every language against English: the same texts, the
// same arguments in each, the right number of plural forms.
func TestLanguagesAgree(t *testing.T) {
	for _, tab := range tables {
		t.Run(tab.tag.String(), func(t *testing.T) {
			require.Empty(t, cmp.Diff(slices.Sorted(maps.Keys(english.codes)), slices.Sorted(maps.Keys(tab.codes))))
			require.Empty(t, cmp.Diff(slices.Sorted(maps.Keys(english.words)), slices.Sorted(maps.Keys(tab.words))))
			check := func(key, want, got string) {
				require.NotEmpty(t, got, key)
				require.Equal(t, slotNames(want), slotNames(got), key)
				for _, m := range slotPattern.FindAllStringSubmatch(got, -1) {
					how := m[2]
					if strings.HasPrefix(how, "?") {
						require.Len(t, strings.Split(how, "|"), len(tab.forms), "%s: %s", key, m[0])
					} else {
						require.Contains(t, []string{"", ":number", ":bytes", ":word", ":char"}, how, key)
					}
				}
			}
			for code, texts := range english.codes {
				require.Len(t, tab.codes[code], len(texts), code)
				for i := range texts {
					check(code, texts[i], tab.codes[code][i])
				}
			}
			for name, text := range english.words {
				check(name, text, tab.words[name])
			}
		})
	}
}

// aboutNoCell are the beginnings of the codes that are about a file, a whole row
// or a person of an export. Every other code may be about a sensitive cell.
var aboutNoCell = strings.Fields(`file. document. upload. header. table. limit. xlsx. csv.encoding. csv.encoding_guessed export. row.repeated`)

// TestEveryCellCodeWithoutArguments renders the codes as a sensitive cell has
// them: without the value and the arguments. Each needs a text of its own for that.
func TestEveryCellCodeWithoutArguments(t *testing.T) {
	cells := 0
	for _, code := range slices.Sorted(maps.Keys(english.codes)) {
		about := func(prefix string) bool { return strings.HasPrefix(code, prefix) }
		if code == "*" || code == "*.refused" || code == "*.contested.along" || slices.ContainsFunc(aboutNoCell, about) {
			continue
		}
		cells++

		f := formats.Finding{Code: strings.Replace(code, "*", "some", 1), Row: 3, Column: 2, Field: "badge"}
		for _, tab := range tables {
			l := Language{tab}
			subject := func(name string) string {
				if name == "subject" {
					return l.subject(&f)
				}
				return ""
			}
			var own []string
			for _, text := range tab.codes[code] {
				if s, ok := tab.fill(text, subject); ok {
					own = append(own, s)
				}
			}

			require.NotEmpty(t, own, "%s in %s: no text without arguments", code, tab.tag)
			require.Equal(t, own[0], l.Finding(f), "%s in %s", code, tab.tag)
			require.NotContains(t, l.Finding(f), f.Code)
		}
	}
	require.Greater(t, cells, 100)
}

// sameWords are those that French and English share.
var sameWords = strings.Fields(`label.action field.action label.code label.message label.fix label.label label.mode
	field.document field.source field.mobile field.pbx field.lan_id field.lanid source.scim source.micloud`)

func TestFrenchIsNotEnglish(t *testing.T) {
	for code := range english.codes {
		for i, text := range english.codes[code] {
			require.NotEqual(t, text, french.codes[code][i], code)
		}
	}
	for name, text := range english.words {
		letters := strings.ContainsFunc(slotPattern.ReplaceAllString(text, ""), unicode.IsLetter)
		same := slices.Contains(sameWords, name) || !letters
		isMark := name == "colon" || name == "separator" // with a no-break space before it in French
		if !isMark && (!strings.Contains(text, "{") || letters) {
			require.Equal(t, same, text == french.words[name], "%s: %q", name, french.words[name])
		}
	}
}

// typography returns, by language, what its texts must not hold: blanks that may
// break where they must not, and marks that the language does not use.
func typography() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"en": regexp.MustCompile(` [:;?!,.]|\x{a0}`),
		"fr": regexp.MustCompile(`[“”]| [:;?!»,]|« |[^\x{a0}][;!»]|«[^\x{a0}]`),
	}
}

// misset lists the texts of a language that its rule forbids, or a rule that
// holds for every language. A language without a rule is listed too.
func misset(tab *table, rule *regexp.Regexp) []string {
	var out []string
	if rule == nil {
		out = append(out, fmt.Sprintf("%s has no rule: add one to typography", tab.tag))
	}

	every := regexp.MustCompile(`['"]|  `)
	check := func(name, text string) {
		plain := slotPattern.ReplaceAllString(text, "x")
		for _, r := range []*regexp.Regexp{every, rule} {
			if r != nil && r.MatchString(plain) {
				out = append(out, fmt.Sprintf("%s, %s: %q in %q", tab.tag, name, r.FindString(plain), text))
			}
		}
	}

	sentence := regexp.MustCompile(`[.?]$`)
	for _, code := range slices.Sorted(maps.Keys(tab.codes)) {
		for _, text := range tab.codes[code] {
			check(code, text)
			if !sentence.MatchString(text) {
				out = append(out, fmt.Sprintf("%s, %s: no sentence: %q", tab.tag, code, text))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(tab.words)) {
		check(name, tab.words[name])
	}
	return out
}

// TestTypography checks what is hard to see in the texts.
func TestTypography(t *testing.T) {
	for _, tab := range tables {
		for _, fault := range misset(tab, typography()[tab.tag.String()]) {
			t.Error(fault)
		}
	}
}

// A language that was just added is named, and its texts are checked all the same.
func TestTypographyOfANewLanguage(t *testing.T) {
	german := newTable(language.German, []plural.Form{plural.One, plural.Other}, nil,
		map[string][]string{"a.good": {"Die Datei ist leer."}, "a.quote": {`Die Datei "x" ist leer.`}, "a.word": {"leer"}},
		map[string]string{"field.email": "E-Mail  Adresse"})
	require.Equal(t, []string{
		"de has no rule: add one to typography",
		`de, a.quote: "\"" in "Die Datei \"x\" ist leer."`,
		`de, a.word: no sentence: "leer"`,
		`de, field.email: "  " in "E-Mail  Adresse"`,
	}, misset(german, typography()["de"]))

	french := newTable(language.French, nil, nil, map[string][]string{"a.mark": {"Le fichier est vide ; choisissez-en un autre."}}, nil)
	require.Len(t, misset(french, typography()["fr"]), 1, "a blank that may break")
}

func TestFill(t *testing.T) {
	args := map[string]string{"n": "1234", "one": "1", "who": "ada", "kind": "role", "odd": "a\x1b[31m\u202eb", "brace": "{n}", "mib": "20971520", "kib": "3072", "e": "U+00E9", "bell": "U+0007", "b": "1025"}
	for _, tc := range []struct{ name, text, want string }{
		{"plain", "no slots", "no slots"},
		{"argument as it is", "<{who}>", "<ada>"},
		{"number", "{n:number}", "1,234"},
		{"not a number", "{who:number}", "ada"},
		{"first form", "{one?row|rows}", "row"},
		{"last form", "{n?row|rows}", "rows"},
		{"form of what is no number", "{who?row|rows}", "rows"},
		{"word", "{kind:word}", "the roles of an account"},
		{"a word nobody knows", "{who:word}", "ada"},
		{"whole mebibytes", "{mib:bytes}", "20 MiB"},
		{"whole kibibytes", "{kib:bytes}", "3 KiB"},
		{"bytes", "{b:bytes}", "1,025 bytes"},
		{"a character that shows", "{e:char}", "“é” U+00E9"},
		{"a character that does not", "{bell:char}", "U+0007"},
		{"a character that is no name", "{who:char}", "ada"},
		{"an argument is never read as a text", "{brace}", "{n}"},
		{"nothing reaches the terminal", "{odd}", `a\x1b[31m\u202eb`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, ok := english.fill(tc.text, func(name string) string { return args[name] })
			require.True(t, ok)
			require.Equal(t, tc.want, got)
		})
	}
	_, ok := english.fill("{who} {nobody}", func(name string) string { return args[name] })
	require.False(t, ok, "an argument that is not there")
}
