package e164_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/extensions/e164"
)

// TestExamplesOfEveryRegion reads the metadata's own examples of fixed and
// mobile lines, in every dress that they print them in.
func TestExamplesOfEveryRegion(t *testing.T) {
	numbers := e164.New(nil)
	regions := slices.Sorted(maps.Keys(phonenumbers.GetSupportedRegions()))
	require.Greater(t, len(regions), 200)
	for _, region := range regions {
		for _, kind := range []phonenumbers.PhoneNumberType{phonenumbers.FIXED_LINE, phonenumbers.MOBILE} {
			example := phonenumbers.GetExampleNumberForType(region, kind)
			if example == nil {
				continue
			}
			want := extensions.Number{E164: phonenumbers.Format(example, phonenumbers.E164)}
			for _, raw := range []string{want.E164, phonenumbers.Format(example, phonenumbers.INTERNATIONAL), phonenumbers.Format(example, phonenumbers.RFC3966)} {
				got, problems := numbers.Normalize(raw, "")
				require.Equal(t, want, got, "%q %v", raw, problems)
				require.Empty(t, problems, "%q", raw)
			}
			national := phonenumbers.Format(example, phonenumbers.NATIONAL)
			if region == "AR" && kind == phonenumbers.MOBILE {
				national = "011 15-2345-6789" // the library prints it with another prefix than Argentina's
			}
			got, problems := numbers.Normalize(national, region)
			require.Equal(t, want, got, "%q in %s: %v", national, region, problems)
			_, problems = numbers.Normalize(national, "")
			require.Equal(t, "phone.region", coding(problems), "%q", national)
		}
	}
}

// TestDigits is FuzzNormalize over strings of digits, which make more valid
// numbers than bytes do.
func TestDigits(t *testing.T) {
	numbers := e164.New(&e164.Options{Remember: -1})
	regions := slices.Sorted(maps.Keys(phonenumbers.GetSupportedRegions()))
	valid := 0
	rapid.Check(t, func(t *rapid.T) {
		region := rapid.SampledFrom(regions).Draw(t, "region")
		raw := rapid.SampledFrom([]string{"", "+", "00", "0", "8", "1", "15", "+0"}).Draw(t, "prefix") + rapid.StringMatching(`[0-9]{3,14}`).Draw(t, "digits")
		if example := phonenumbers.GetExampleNumber(region); example != nil && rapid.Bool().Draw(t, "near one that is valid") {
			is := phonenumbers.Format(example, phonenumbers.E164)
			raw = is[:len(is)-2] + rapid.StringMatching(`[0-9]{2}`).Draw(t, "last digits")
		}
		n, problems := numbers.Normalize(raw, region)
		if n.E164 == "" {
			require.Len(t, problems, 1)
			return
		}
		valid++
		require.Regexp(t, e164Form, n.E164)
		for _, r := range []string{"", region, "FR"} {
			again, problems := numbers.Normalize(n.E164, r)
			require.Empty(t, problems, "%q in %s is %s", raw, region, n.E164)
			require.Equal(t, n, again)
		}
	})
	require.NotZero(t, valid)
}
