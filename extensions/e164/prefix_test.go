package e164_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nyaruka/phonenumbers"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/extensions/e164"
)

// A readingCase says how one text is read: "+49301 ext. 1", and then its problems.
type readingCase struct{ region, raw, want, reason string }

func testReadings(t *testing.T, cases []readingCase) {
	t.Helper()
	numbers := e164.New(&e164.Options{Remember: -1})
	for _, tc := range cases {
		n, problems := numbers.Normalize(tc.raw, tc.region)
		got := n.E164
		if n.Ext != "" {
			got += " ext. " + n.Ext
		}
		if len(problems) > 0 {
			got = strings.TrimSpace(got + " " + coding(problems))
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%q in %q (%s) (-want +got)\n%s", tc.raw, tc.region, tc.reason, diff)
		}
	}
}

func TestMissingPrefix(t *testing.T) {
	testReadings(t, []readingCase{
		{"DE", "23456789", "+4923456789 ?phone.prefix_added 0", "in Berlin a number without its area code"},
		{"DE", "4545454", "+494545454 ?phone.prefix_added 0", "seven digits"},
		{"DE", "1701234567", "+491701234567 ?phone.prefix_added 0", "a mobile number"},
		{"DE", "301/23456", "+4930123456 ?phone.prefix_added 0", "the slash is no reason to be silent"},
		{"DE", "30 123456 App. 5", "+4930123456 ext. 5 ?phone.prefix_added 0", "nor is an extension"},
		{"DE", "Büro 30 123456 Fax", "+4930123456 ?phone.prefix_added 0, ?phone.text Büro Fax", "nor are words"},
		{"DE", "0301234567", "+49301234567", "nothing is missing"},
		{"DE", "(030) 1234567", "+49301234567", "nothing is missing"},
		{"FR", "612345678", "+33612345678 ?phone.prefix_added 0", "a plan of one length"},
		{"GB", "2083661177", "+442083661177 ?phone.prefix_added 0", "a plan of few lengths"},
		{"HU", "1 234 5678", "+3612345678 ?phone.prefix_added 06", "another prefix that begins with 0"},
		{"RU", "495 123-45-67", "+74951234567", "8 is often left out"},
		{"US", "650 253 0000", "+16502530000", "so is 1"},
		{"ES", "912345678", "+34912345678", "no prefix"},
		{"CN", "131 2345 6789", "+8613123456789", "mobile numbers have none"},
		{"IT", "612345678", "phone.too_short +39 =+390612345678", "Italy's 0 is a digit of the number"},
		{"CG", "61234567", "phone.too_short +242 =+242061234567", "so is Congo's"},

		{"DE", "49 7755 91155", "+49775591155 ?phone.ambiguous +49775591155 +4949775591155", "the code is apart"},
		{"DE", "49775591155", "+4949775591155 ?phone.ambiguous +4949775591155 +49775591155", "the code is not apart"},
		{"DE", "49 (0)30 123456", "+4930123456 ?phone.plus_added", "only behind a country code is the 0 in brackets"},
		{"DE", "49 30 123456", "+4930123456 ?phone.plus_added", "no area has the code 4930"},
		{"DE", "0049 7755 91155", "+49775591155", "nothing is missing"},
		{"IT", "39 06 123456", "+3906123456 ?phone.ambiguous +3906123456 +393906123456", "also a mobile number"},
		{"IT", "3906123456", "+393906123456 ?phone.ambiguous +393906123456 +3906123456", "also a number of Rome"},
		{"SE", "46 8 123 456", "+468123456 ?phone.ambiguous +468123456 +46468123456", "also a number of Lund"},
		{"", "49 7755 91155", "phone.region", "without a region nothing is added"},
	})
}

// TestMissingPrefixOfEveryRegion takes the trunk prefix from the metadata's examples.
func TestMissingPrefixOfEveryRegion(t *testing.T) {
	numbers := e164.New(nil)
	told := 0
	for _, region := range slices.Sorted(maps.Keys(phonenumbers.GetSupportedRegions())) {
		for _, kind := range []phonenumbers.PhoneNumberType{phonenumbers.FIXED_LINE, phonenumbers.MOBILE} {
			example := phonenumbers.GetExampleNumberForType(region, kind)
			if example == nil {
				continue
			}
			national := phonenumbers.NormalizeDigitsOnly(phonenumbers.Format(example, phonenumbers.NATIONAL))
			significant := phonenumbers.GetNationalSignificantNumber(example)
			if !strings.HasPrefix(national, "0") || strings.HasPrefix(significant, "0") {
				continue
			}

			n, problems := numbers.Normalize(significant, region)
			if n.E164 == "" {
				continue
			}
			told++
			require.NotEmpty(t, problems, "%s in %s has no prefix and is read as %s", significant, region, n.E164)
			require.Contains(t, []string{"phone.prefix_added", "phone.ambiguous", "phone.plus_added"}, problems[0].Code)
			require.True(t, problems[0].Warning)
		}
	}
	require.Greater(t, told, 150)
}
