package e164_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/extensions/e164"
	"github.com/usher-go/usher/users"
)

// paris is the number that most cases are a dress of.
const paris = "+33123456789"

func TestNormalize(t *testing.T) {
	numbers := e164.New(nil)
	for _, tc := range []struct {
		name, reason      string
		raw, region       string
		e164, ext, coding string
	}{
		{"international", "a plus needs no region", "+33 1 23 45 67 89", "", paris, "", ""},
		{"itself", "what is kept is read again", paris, "US", paris, "", ""},
		{"in brackets", "a card's dress", "(+33) 1.23.45-67.89", "", paris, "", ""},
		{"prefix of the region", "00 is how one calls abroad from France", "0033 1 23 45 67 89", "FR", paris, "", ""},
		{"another prefix", "011 is how one calls abroad from the United States", "011 33 1 23 45 67 89", "US", paris, "", ""},
		{"national", "the region says whose", "01.23.45.67.89", "FR", paris, "", ""},
		{"region in small letters", "codes are folded", "0123456789", "fr", paris, "", ""},
		{"trunk zero", "dialled within the country only", "+44 (0)20 7031 3000", "FR", "+442070313000", "", ""},
		{"trunk zero that counts", "Italy keeps it", "+39 (0)2 36618 300", "", "+390236618300", "", ""},
		{"tel link", "RFC 3966", "tel:+33-1-23-45-67-89;ext=12", "", paris, "12", ""},
		{"tel link, encoded", "as a browser copies it", "TEL:%2B33%20123456789", "", paris, "", ""},
		{"x", "the American way", "0123456789 x123", "FR", paris, "123", ""},
		{"ext", "zeros of an extension are kept", "0123456789 ext. 0042", "FR", paris, "0042", ""},
		{"poste", "the French way", "01 23 45 67 89 (poste 4021)", "FR", paris, "4021", ""},
		{"Durchwahl", "the German way", "+49 30 123456 Durchwahl 12", "", "+4930123456", "12", ""},
		{"twenty digits of extension", "the most there are", "0123456789 ext. 12345678901234567890", "FR", paris, "12345678901234567890", ""},
		{"vanity", "letters are keys, said so", "+1 800 SIX-FLAG", "", "+18007493524", "", "?phone.letters"},
		{"three letters", "the fewest that are keys", "0800 DDA 005", "NZ", "+64800332005", "", "?phone.letters"},
		{"extension like a number", "its parameter says what it is", "tel:+33123456789;ext=0123456789", "FR", paris, "0123456789", ""},
		{"full width", "a Japanese keyboard", "＋３３（１）２３４５６７８９", "", paris, "", ""},
		{"Arabic-Indic", "digits of any script", "٠١٢٣٤٥٦٧٨٩", "FR", paris, "", ""},
		{"Devanagari", "digits of any script", "०१२३४५६७८९", "FR", paris, "", ""},
		{"bold digits", "the fifth ten of one range of Unicode", "𝟬𝟭𝟮𝟯𝟰𝟱𝟲𝟳𝟴𝟵", "FR", paris, "", ""},
		{"contact card", "marks that keep it left to right", "\u202a+33 1 23 45 67 89\u202c", "", paris, "", ""},
		{"contact card, overridden", "another program's marks", "\u202d01 23 45 67 89\u202c", "FR", paris, "", ""},
		{"isolates", "a third one's", "\u20680123456789\u2069", "FR", paris, "", ""},
		{"no-break spaces", "a web page", "01\u00a023\u202f45\u00a067\u00a089", "FR", paris, "", ""},
		{"no-break hyphens", "a word processor", "01\u201123\u201145\u201167\u201189", "FR", paris, "", ""},
		{"tab", "a blank like others", "01\t23456789", "FR", paris, "", ""},
		{"line break behind", "a cell of two lines, one empty", "0123456789\r\n", "FR", paris, "", ""},
		{"apostrophe", "typed for Excel", "'+33123456789", "", paris, "", ""},
		{"another apostrophe", "a word processor's", "’0123456789", "FR", paris, "", ""},
		{"formula of a text", "a careful export", `="0123456789"`, "FR", paris, "", ""},
		{"a handset before", "a signature", "☎ 01 23 45 67 89", "FR", paris, "", ""},
		{"a word before", "left out, and said so", "Bureau : 01 23 45 67 89", "FR", paris, "", "?phone.text Bureau"},
		{"a letter behind", "left out, and said so", "0123456789a", "FR", paris, "", "?phone.text a"},
		{"plus lost", "the region's own code", "33123456789", "FR", paris, "", "?phone.plus_added"},
		{"short and real", "Niue has four digits", "7012", "NU", "+6837012", "", ""},

		{"no region", "never assumed", "01 23 45 67 89", "", "", "", "phone.region"},
		{"no such region", "as none", "01 23 45 67 89", "XX", "", "", "phone.region"},
		{"plus lost, no region", "any country could be meant", "33123456789", "", "", "", "phone.region"},
		{"prefix without a region", "00 is not how one calls abroad everywhere, but evident", "0033123456789", "", "", "", "phone.region =" + paris},
		{"plus lost, another country", "the region does not vouch for it", "442083661177", "FR", "", "", "phone.too_long +33 =+442083661177"},
		{"another region's prefix", "not the one of the United States", "0033 1 23 45 67 89", "US", "", "", "phone.too_long +1 =" + paris},
		{"scientific", "the digits are gone", "3.3E+10", "FR", "", "", "number.scientific"},
		{"scientific, French", "the digits are gone", "3,3E+10", "FR", "", "", "number.scientific"},
		{"scientific, sign lost", "the digits are gone", "3.3E10", "FR", "", "", "number.scientific"},
		{"scientific, apostrophe", "the digits are gone", "'3.3E+10", "FR", "", "", "number.scientific"},
		{"decimals", "never one digit more", "30123456.0", "DE", "", "", "phone.form =+4930123456"},
		{"error of Excel", "no number", "#N/A", "FR", "", "", "cell.excel_error"},
		{"date", "valid in Germany, if one let it", "2012-01-02", "DE", "", "", "phone.form"},
		{"date, day first", "without its slashes a number of Duisburg", "02/03/2020", "DE", "", "", "phone.form"},
		{"n/a", "no number", "n/a", "FR", "", "", "phone.form"},
		{"nothing", "the caller leaves blanks out", " ", "FR", "", "", "phone.form"},
		{"star code", "no number of a person", "*21#", "FR", "", "", "phone.form"},
		{"hidden caller", "the code is not dropped unsaid", "#31#0123456789", "FR", "", "", "phone.form"},
		{"letter for digit, first", "an O is no zero unasked", "O123456789", "FR", "", "", "phone.form =" + paris},
		{"letter for digit, last", "an O is no zero unasked", "06 12 34 56 7O", "FR", "", "", "phone.too_short +33 =+33612345670"},
		{"letter for digit, behind a whole number", "never one digit less in a plan of open length", "030 12345O", "DE", "", "", "phone.form =+4930123450"},
		{"letter for digit, inside", "never left out", "030 1234O6", "DE", "", "", "phone.form =+4930123406"},
		{"trunk zero that is none", "Spain has none", "+34 (0)912345678", "FR", "", "", "phone.too_long +34 =+34912345678"},
		{"plus before a national number", "evident with a region", "+0123456789", "FR", "", "", "phone.country =" + paris},
		{"plus and prefix", "evident", "+0033123456789", "", "", "", "phone.country =" + paris},
		{"no such country", "", "+999123456", "FR", "", "", "phone.country"},
		{"prefix of the region, no such country", "the region is not what is missing", "00999123456", "FR", "", "", "phone.country"},
		{"digit lost", "", "012345678", "FR", "", "", "phone.too_short +33"},
		{"digit too many", "", "01234567890", "FR", "", "", "phone.too_long +33"},
		{"not in use", "right in length, but no area code begins with 1", "+1 123 456 7890", "", "", "", "phone.invalid +1"},
		{"short number", "never +334021", "4021", "FR", "", "", "phone.too_short +33"},
		{"short number, open plan", "the metadata take it for +4930123", "30123", "DE", "", "", "phone.too_short +49"},
		{"emergency", "no line of a person", "112", "FR", "", "", "phone.too_short +33"},
		{"short number, six digits", "the metadata of Germany take it for valid", "654321", "DE", "", "", "phone.too_short +49"},
		{"long extension", "21 digits", "0123456789 ext. 123456789012345678901", "FR", "", "", "phone.extension_too_long 20"},
		{"long extension, link", "21 digits", "tel:+33123456789;ext=123456789012345678901", "", "", "", "phone.extension_too_long 20"},
		{"too much", "251 characters", "0123456789" + strings.Repeat(" ", 241), "FR", "", "", "phone.too_long 251 250"},
		{"sixteen digits", "E.164 has fifteen", "+4930123456999999", "", "", "", "phone.too_long +49"},
		{"two, slash", "", "0123456789 / 0612345678", "FR", "", "", "phone.multiple " + paris + ", +33612345678"},
		{"two, slash and no blank", "", "0123456789/0612345678", "FR", "", "", "phone.multiple " + paris + ", +33612345678"},
		{"two, semicolon", "never an extension", "0123456789; 0612345678", "FR", "", "", "phone.multiple " + paris + ", +33612345678"},
		{"two, semicolon, no region", "of the same country", "+33123456789; 0612345678", "", "", "", "phone.multiple " + paris + ", +33612345678"},
		{"two, blank", "", "01 23 45 67 89 06 12 34 56 78", "FR", "", "", "phone.multiple " + paris + ", +33612345678"},
		{"two, dash", "", "0123456789-0612345678", "FR", "", "", "phone.multiple " + paris + ", +33612345678"},
		{"two, word", "", "0123456789 ou 0612345678", "FR", "", "", "phone.multiple " + paris + ", +33612345678"},
		{"two, labels", "", "tel 0123456789 mob 0612345678", "FR", "", "", "phone.multiple " + paris + ", +33612345678"},
		{"two, pluses", "", "+33123456789+33612345678", "", "", "", "phone.multiple " + paris + ", +33612345678"},
		{"two, lines", "", "0123456789\n0612345678", "FR", "", "", "phone.multiple " + paris + ", +33612345678"},
		{"two extensions", "", "+1 (530) 583-6985 x302/x2303", "", "", "", "phone.multiple"},
		{"the same twice", "one was meant", "0123456789 / +33123456789", "FR", "", "", "phone.multiple =" + paris},
		{"line break inside", "", "01 23 45\n67 89", "FR", "", "", "text.control U+000A =" + paris},
		{"NUL", "", "01\x0023456789", "FR", "", "", "text.control U+0000"},
		{"not UTF-8", "", "01\xff23456789", "FR", "", "", "text.control U+FFFD"},
		{"digits turned around", "shows another number than it is", "\u202e9876543210", "FR", "", "", "text.bidi U+202E"},
		{"a link to nothing", "", "tel:%20", "FR", "", "", "phone.form"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n, problems := numbers.Normalize(tc.raw, tc.region)
			if diff := cmp.Diff(extensions.Number{E164: tc.e164, Ext: tc.ext}, n); diff != "" {
				t.Errorf("%q in %q (%s) (-want +got)\n%s", tc.raw, tc.region, tc.reason, diff)
			}
			require.Equal(t, tc.coding, coding(problems), "%q in %q (%s)", tc.raw, tc.region, tc.reason)
		})
	}
}

// coding writes problems short: "?" before a warning, the arguments in the order of their names, "=" before a fix.
func coding(problems []users.Problem) string {
	var out []string
	for _, p := range problems {
		s := p.Code
		if p.Warning {
			s = "?" + s
		}
		for _, name := range slices.Sorted(keysOf(p.Args)) {
			s += " " + p.Args[name]
		}
		if p.Fix != "" {
			s += " =" + p.Fix
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

func keysOf(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func TestManyGoroutines(t *testing.T) {
	numbers := e164.New(&e164.Options{Remember: 4})
	raws := []string{"0123456789", "0612345678", "n/a", "4021", "33123456789", "+34 (0)912345678", "0123456789 x1"}
	var want []extensions.Number
	for _, raw := range raws {
		n, _ := e164.New(&e164.Options{Remember: -1}).Normalize(raw, "FR")
		want = append(want, n)
	}
	var group sync.WaitGroup
	for g := range 8 {
		group.Go(func() {
			for i := range 70 {
				at := (i*3 + g) % len(raws)
				n, problems := numbers.Normalize(raws[at], "FR")
				if n != want[at] {
					t.Errorf("%q: got %v, want %v", raws[at], n, want[at])
				}
				for j := range problems { // what a caller does with them is its own affair
					problems[j].Code = "changed"
					clear(problems[j].Args)
				}
			}
		})
	}
	group.Wait()
	_, problems := numbers.Normalize("4021", "FR")
	require.Equal(t, "phone.too_short +33", coding(problems))
}

func isLetters(p users.Problem) bool { return p.Code == "phone.letters" }

func onlyDigits(r rune) rune {
	if '0' <= r && r <= '9' {
		return r
	}
	return -1
}
