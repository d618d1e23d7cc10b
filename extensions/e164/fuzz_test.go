package e164_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/nyaruka/phonenumbers"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/extensions/e164"
)

var (
	e164Form = regexp.MustCompile(`^\+[1-9][0-9]{1,14}$`)
	extForm  = regexp.MustCompile(`^[0-9]{0,20}$`)
)

// FuzzNormalize states the laws:
//
//   - The number is valid by the metadata and in E.164, or there is none and one
//     error says why.
//   - The number is read as itself, whatever the region; with its extension too.
//   - Without a region, only an international number is one.
//   - A fix is read, without an error.
//   - The same question has the same answer, remembered or not.
func FuzzNormalize(f *testing.F) {
	for _, s := range []string{"+33 1 23 45 67 89", "01 23 45 67 89 poste 12", "tel:03-331-6005;phone-context=+64;ext=1", "+1 800 SIX-FLAG",
		"0123456789 / 0612345678", "+33123456789;0612345678", "\u202a+33 (0)1\u202c", "3.3E+10", "='0123456789'", "٠١٢٣", "O123456789",
		"+0033123456789", "0123456789 ext 12345678901234567890", "30123456.0", "8 (423) 202-25-11, доб. 100", "tel:%2B1", "0~01-650-253-0000", "x1/x2",
		"030 12345-10/11", "030 123456 App. 10/11 Zi. 5", "49 7755 91155", "1 650 253 OOOO", "06 12 34 XX XX", "03-1234-5678 内線 12", "030 12345 10-19"} {
		for _, region := range []string{"", "FR", "DE", "US", "RU", "AR", "ZZ"} {
			f.Add(s, region)
		}
	}
	numbers, remembering := e164.New(&e164.Options{Remember: -1}), e164.New(nil)
	f.Fuzz(func(t *testing.T, raw, region string) { requireLaws(t, numbers, remembering, raw, region) })
}

// TestLaws states them over texts that people could type, which bytes seldom are.
func TestLaws(t *testing.T) {
	numbers, remembering := e164.New(&e164.Options{Remember: -1}), e164.New(nil)
	rapid.Check(t, func(t *rapid.T) {
		raw := ""
		for range rapid.IntRange(1, 6).Draw(t, "pieces") {
			raw += rapid.SampledFrom([]string{"", "+", "0", "030 123456", "+33 1 23 45 67 89", "49 ", "1 800 ", "06 12 34", " ext. ", " App. ", "x", "#", ";ext=", ",,",
				"/", " / ", "-", " ", ", ", "\n", " und ", "(0)", "(", ")", " Fax", "XX", "O", "*", "SIX-FLAG", "内線", "é", "tel:", ";phone-context=+49"}).Draw(t, "piece")
			raw += rapid.StringMatching(`[0-9]{0,5}`).Draw(t, "digits")
		}
		requireLaws(t, numbers, remembering, raw, rapid.SampledFrom([]string{"", "DE", "IT", "FR", "US", "RU", "JP", "HU", "AR"}).Draw(t, "region"))
	})
}

func requireLaws(t require.TestingT, numbers, remembering *e164.Normalizer, raw, region string) {
	n, problems := numbers.Normalize(raw, region)
	for range 2 {
		again, same := remembering.Normalize(raw, region)
		require.Equal(t, n, again)
		require.Empty(t, cmp.Diff(problems, same))
	}
	errors := 0
	for _, p := range problems {
		require.NotEmpty(t, p.Code)
		if !p.Warning {
			errors++
		}
		if p.Fix != "" {
			fixed, problems := numbers.Normalize(p.Fix, region)
			require.NotEmpty(t, fixed.E164, "%q in %q: the fix %q is %v", raw, region, p.Fix, problems)
		}
	}
	if n.E164 == "" {
		require.Equal(t, 1, errors, "%q in %q", raw, region)
		require.Empty(t, n.Ext)
		return
	}
	require.Zero(t, errors, "%q in %q", raw, region)
	require.Regexp(t, e164Form, n.E164)
	require.Regexp(t, extForm, n.Ext)
	require.LessOrEqual(t, utf8.RuneCountInString(raw), e164.MaxInput)
	parsed, err := phonenumbers.Parse(n.E164, "")
	require.NoError(t, err)
	require.True(t, phonenumbers.IsValidNumber(parsed), n.E164)
	for _, r := range []string{region, "", "FR", "US", "AR"} {
		again, problems := numbers.Normalize(n.E164, r)
		require.Empty(t, problems, "%q in %q", n.E164, r)
		require.Equal(t, extensions.Number{E164: n.E164}, again)
		again, problems = numbers.Normalize(n.E164+";ext="+n.Ext, r)
		if n.Ext != "" {
			require.Empty(t, problems, "%q %q", n.E164, n.Ext)
			require.Equal(t, n, again)
		}
	}
	if len(region) != 2 {
		require.True(t, strings.ContainsAny(raw, "+＋⁺﹢➕%"), "%q without a region is %s", raw, n.E164)
	}
}
