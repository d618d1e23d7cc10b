package e164_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/extensions/e164"
)

func TestWords(t *testing.T) {
	const berlin = "+4930123456"
	testReadings(t, []readingCase{
		{"DE", "030 123456 Fax", berlin + " ?phone.text Fax", "no keys"},
		{"DE", "030 123456 Mo-Fr", berlin + " ?phone.text Mo-Fr", "a dash inside"},
		{"DE", "030 123456 (privat)", berlin + " ?phone.text privat", "brackets"},
		{"DE", "030 123456 Büro", berlin + " ?phone.text Büro", "more than ASCII"},
		{"RU", "8 (423) 202-25-11 факс", "+74232022511 ?phone.text факс", "another script"},
		{"DE", "030 123456 Zi. 5", berlin + " ?phone.text Zi. 5", "the digit of a room"},
		{"DE", "030 123456 R5", berlin + " ?phone.text R5", "the digit of a room"},
		{"DE", "030 123456 (Mo-Fr 8-17 Uhr)", berlin + " ?phone.text Mo-Fr 8-17 Uhr", "hours"},
		{"DE", "030 123456-0 Fax -99", "+49301234560 ?phone.text Fax -99", "the direct dial of the fax"},
		{"DE", "030 123456 Fax 5", berlin + " ?phone.text Fax 5", "its x is no extension"},
		{"FR", "01 23 45 67 89 Saint 5", paris + " ?phone.text Saint 5", "nor is its int"},
		{"DE", "030 123456 Fax 123457", "phone.form =" + berlin, "more digits than a room has"},
		{"DE", "030 Berlin 123456", "phone.form =" + berlin, "a word inside"},
		{"DE", "2. Stock 030 123456", "phone.form =" + berlin, "a digit before"},
		{"DE", "030 123456R5", "phone.form", "a letter between digits"},
		{"DE", "030 123456?", berlin + " ?phone.text ?", "a mark"},
		{"", "030 123456 Fax", "phone.region", "a region is missing"},

		{"FR", "+33 6 12 34 XX XX", "phone.too_short +33", "digits that are unknown"},
		{"DE", "030 1234 XX", "phone.form", "a number in a plan of open length"},
		{"DE", "030 12 xx 34", "phone.form", "inside"},
		{"DE", "030 1234**", "phone.form", "other marks"},
		{"DE", "030 12**34", "phone.form", "other marks inside"},
		{"US", "+1 650 253 XXXX", "phone.too_short +1", "not in a North American number either"},
		{"US", "+1 650 253 OOOO", "phone.too_short +1 =+16502530000", "typed for digits"},
		{"US", "+1 650 253 OO12", "phone.form =+16502530012", "typed for digits"},

		{"US", "1-800-FLOWERS", "+18003569377 ?phone.plus_added, ?phone.letters", "keys"},
		{"US", "1-800-GO-FEDEX", "+18004633339 ?phone.plus_added, ?phone.letters", "a hyphen inside"},
		{"US", "1-800-4MY-HOME", "+18004694663 ?phone.plus_added, ?phone.letters", "digits on both sides"},
		{"US", "800 SIX-flag ext. 1234", "+18007493524 ext. 1234 ?phone.letters", "an extension behind"},
		{"US", "650-253-CELL", "+16502532355 ?phone.letters", "North America"},
		{"GB", "0800 FLOWERS", "+448003569377 ?phone.letters", "toll-free"},
		{"US", "1 800 GO FEDEX", "phone.too_short +1", "two groups"},
		{"GB", "020 7031 CELL", "phone.too_short +44", "neither"},
		{"DE", "030 FLUGHAFEN", "phone.too_short +49", "neither"},
		{"US", "650 253 0000 home", "+16502530000 ?phone.text home", "a number without the letters"},
	})
}

func TestExtensions(t *testing.T) {
	for _, tc := range []struct{ region, number, e164, words string }{
		{"DE", "030 123456", "+4930123456", "App. |App |Apparat |Nst. |Nst |Nebenstelle |Durchwahl |DW |-App.|, App. Nr. |/App. "},
		{"FR", "01 23 45 67 89", paris, "poste |Poste : |poste n° |, poste |ext. |int. |interne "},
		{"IT", "02 1234 5678", "+390212345678", "int. |int.|interno |Interno: |(int. "},
		{"ES", "912 345 678", "+34912345678", "ext. |extensión |anexo |interno |Ext: "},
		{"BR", "(11) 2345-6789", "+551123456789", "ramal |Ramal: |extensão "},
		{"NL", "020 123 4567", "+31201234567", "toestel |tst. "},
		{"PL", "22 123 45 67", "+48221234567", "wew. |wewn. "},
		{"TR", "0212 345 67 89", "+902123456789", "dahili "},
		{"RU", "8 (423) 202-25-11", "+74232022511", "доб. |, доб |доб|вн. |ДОБ. |доб.№"},
		{"UA", "044 123 4567", "+380441234567", "дод. "},
		{"JP", "03-1234-5678", "+81312345678", "内線|内線 |（内線|内線番号："},
		{"CN", "010-12345678", "+861012345678", "转|分机|分机号："},
		{"KR", "02-312-3456", "+8223123456", "내선 "},
		{"US", "650 253 0000", "+16502530000", "x|X|ext|Ext. |extension |#|,,|; "},
	} {
		var cases []readingCase
		for word := range strings.SplitSeq(tc.words, "|") {
			if !strings.ContainsAny(word[:1], "-,;#/(") {
				word = " " + word
			}
			cases = append(cases, readingCase{tc.region, tc.number + word + "0012", tc.e164 + " ext. 0012", word})
		}
		testReadings(t, cases)
	}

	testReadings(t, []readingCase{
		{"DE", "Zentrale 030 123456 App. 12", "+4930123456 ext. 12 ?phone.text Zentrale", "a word before"},
		{"DE", "030 123456 (Zentrale), App. 12", "+4930123456 ext. 12 ?phone.text Zentrale", "a word between"},
		{"DE", "030 123456 App. 10 Zi. 5", "+4930123456 ext. 10 ?phone.text Zi. 5", "a word behind"},
		{"DE", "Durchwahl 030 123456", "+4930123456 ?phone.text Durchwahl", "no number before"},
		{"DE", "030 123456 ext 12 34", "phone.form =+4930123456", "two groups"},
		{"DE", "030 123456 12 ext", "phone.form", "behind its digits"},
		{"DE", "tel:+49-30-123456;ext=12;foo=1", "+4930123456 ext. 12 ?phone.text foo=1", "an unknown parameter"},
	})
}

// TestWordOfEveryRegion writes words behind the metadata's examples.
func TestWordOfEveryRegion(t *testing.T) {
	numbers := e164.New(nil)
	for _, region := range slices.Sorted(maps.Keys(phonenumbers.GetSupportedRegions())) {
		example := phonenumbers.GetExampleNumberForType(region, phonenumbers.FIXED_LINE)
		if example == nil {
			continue
		}
		want := extensions.Number{E164: phonenumbers.Format(example, phonenumbers.E164)}
		for _, word := range []string{"Fax", "mobile", "Mo-Fr", "R5"} {
			raw := phonenumbers.Format(example, phonenumbers.INTERNATIONAL) + " " + word
			got, problems := numbers.Normalize(raw, region)
			require.Equal(t, want, got, "%q: %v", raw, problems)
			require.Equal(t, "?phone.text "+word, coding(problems), "%q", raw)
		}
	}
}

// TestDigitsAreOfTheText makes texts of digits, words and marks. A number never has
// digits for letters, unless it says so, and never joins digits on both sides of a word.
func TestDigitsAreOfTheText(t *testing.T) {
	numbers := e164.New(&e164.Options{Remember: -1})
	read := 0
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.SampledFrom([][2]string{{"DE", "030 123456"}, {"FR", "+49 30 12345-10"}, {"FR", "01 23 45 67 89"}, {"IT", "06 123456"},
			{"GB", "020 7031 3000"}, {"US", "(650) 253-0000"}, {"JP", "+39 06 123456"}, {"SE", "08-12 34 56"}}).Draw(t, "number")
		region, raw := number[0], number[1]
		for range rapid.IntRange(0, 3).Draw(t, "pieces") {
			raw += rapid.SampledFrom([]string{" Fax", " App. ", "/", " / ", "-", " ", ", ", " und ", " XX", "O", " OO", "x", " Zi. ", "*", " FLAG", "."}).Draw(t, "word")
			raw += rapid.StringMatching(`[0-9]{0,4}`).Draw(t, "digits")
		}

		n, problems := numbers.Normalize(raw, region)
		if n.E164 == "" || slices.ContainsFunc(problems, isLetters) {
			return
		}
		read++
		words := strings.FieldsFunc(raw, func(r rune) bool { return r > '9' || r == '/' || r == '*' || r == ',' })
		found := slices.ContainsFunc(words, func(s string) bool {
			return strings.HasSuffix(strings.Map(onlyDigits, s), n.E164[len(n.E164)-6:])
		})
		require.True(t, found, "%q in %s is read as %v %v", raw, region, n, problems)
	})
	require.NotZero(t, read)
}
