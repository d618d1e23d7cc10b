package e164

import (
	"errors"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/usher-go/usher/extensions"
)

// A recogniser decides which number a text is. The text has ASCII digits and no
// invisible character. The region has numbers, or is empty. A recogniser must not guess:
// without a region, a text that is not international is "phone.region".
//
// The metadata are the authority. A faster recogniser must return the same results.
type recogniser interface {
	recognise(text, region string) reading
}

// A reading is a number, or the reason why there is none.
type reading struct {
	number extensions.Number
	// fault is a code, and empty if there is a number.
	fault string
	// country is the code of the country whose rules applied, "+33", if any.
	country string
	// added says that the text began with the region's country code and no plus.
	added bool
	// prefix is the trunk prefix of the region, "0", if the text should begin with it and
	// does not.
	prefix string
	// other is the number, if there is one, of a text that has no prefix and begins with
	// the region's country code, with a plus sign before it.
	other string
}

// metadata is the recogniser that uses the metadata of phonenumbers.
type metadata struct{}

func (metadata) recognise(text, region string) (r reading) {
	defer func() {
		if recover() != nil { // the input is untrusted
			r = reading{fault: "phone.form"}
		}
	}()

	n, err := phonenumbers.ParseAndKeepRawInput(text, region)
	if err != nil {
		return reading{fault: parseFault(err, text, region)}
	}

	r.country = "+" + strconv.Itoa(int(n.GetCountryCode()))
	source := n.GetCountryCodeSource()
	if !phonenumbers.IsValidNumber(n) {
		r.fault = lengthFault(n)
		return r
	}

	if source == phonenumbers.PhoneNumber_FROM_DEFAULT_COUNTRY && isShort(text, region) {
		r.fault = "phone.too_short"
		return r
	}

	e164 := "+" + strconv.Itoa(int(n.GetCountryCode())) + phonenumbers.GetNationalSignificantNumber(n)
	switch {
	case len(e164) > 1+maxDigits:
		r.fault = "phone.too_long"
	case e164 != text && !isItself(e164):
		r.fault = "phone.invalid"
	default:
		r.number = extensions.Number{E164: e164, Ext: n.GetExtension()}
		r.added = source == phonenumbers.PhoneNumber_FROM_NUMBER_WITHOUT_PLUS_SIGN
		if source == phonenumbers.PhoneNumber_FROM_DEFAULT_COUNTRY && isDigits(text) && text[0] != '0' {
			r.prefix = missingPrefix(n, region)
			r.other = withPlus(text, r)
		}
	}

	return r
}

// missingPrefix returns the trunk prefix of a region if national numbers of this kind
// are written with it, and it begins with 0.
func missingPrefix(n *phonenumbers.PhoneNumber, region string) string {
	prefix := phonenumbers.GetNddPrefixForRegion(region, true)
	if !strings.HasPrefix(prefix, "0") {
		return ""
	}
	national := phonenumbers.NormalizeDigitsOnly(phonenumbers.Format(n, phonenumbers.NATIONAL))
	if !strings.HasPrefix(national, prefix) {
		return ""
	}
	return prefix
}

// withPlus returns the number of a text that begins with the country code of a reading,
// with a plus sign before it, if it is another number than that of the reading.
func withPlus(text string, r reading) string {
	if !strings.HasPrefix(text, r.country[1:]) {
		return ""
	}
	other := metadata{}.recognise("+"+text, "").number.E164
	if other == r.number.E164 {
		return ""
	}
	return other
}

// maxDigits is the largest number of digits of a number (ITU-T E.164, 6.2.1). The
// metadata of some countries allow more.
const maxDigits = 15

// isItself reports whether a number in E.164 is read as itself. The metadata remove a
// second national prefix from a few.
func isItself(e164 string) bool {
	n, err := phonenumbers.Parse(e164, "")
	return err == nil && phonenumbers.IsValidNumber(n) && phonenumbers.Format(n, phonenumbers.E164) == e164
}

func parseFault(err error, text, region string) string {
	switch {
	case errors.Is(err, phonenumbers.ErrInvalidCountryCode) && region == "" && !strings.Contains(text, "+"):
		return "phone.region"
	case errors.Is(err, phonenumbers.ErrInvalidCountryCode):
		return "phone.country"
	case errors.Is(err, phonenumbers.ErrTooShortNSN), errors.Is(err, phonenumbers.ErrTooShortAfterIDD):
		return "phone.too_short"
	case errors.Is(err, phonenumbers.ErrNumTooLong):
		return "phone.too_long"
	}
	return "phone.form"
}

// lengthFault returns why a parsed number is not valid. A number that is shorter than an
// ordinary line is too short, even if some numbers of the country have its length: a
// forgotten digit is more likely than a rare range.
func lengthFault(n *phonenumbers.PhoneNumber) string {
	region := phonenumbers.GetRegionCodeForCountryCode(int(n.GetCountryCode()))
	national := phonenumbers.GetNationalSignificantNumber(n)
	if phonenumbers.GetNddPrefixForRegion(region, true) == "0" {
		national = strings.TrimPrefix(national, "0") // a trunk prefix, which stays if the rest is not a number
	}

	length := len(national)
	shortest, longest := ordinary(region)
	switch phonenumbers.IsPossibleNumberWithReason(n) {
	case phonenumbers.INVALID_COUNTRY_CODE:
		return "phone.country"
	case phonenumbers.TOO_SHORT, phonenumbers.IS_POSSIBLE_LOCAL_ONLY:
		return "phone.too_short"
	case phonenumbers.TOO_LONG:
		return "phone.too_long"
	case phonenumbers.INVALID_LENGTH:
		if longest > 0 && length > longest {
			return "phone.too_long"
		}
	}

	if length < shortest {
		return "phone.too_short"
	}
	return "phone.invalid"
}

// ordinary returns how many digits, without country code and trunk prefix, the
// metadata's examples of a fixed and a mobile line of the region have. It is 0 without
// examples.
func ordinary(region string) (shortest, longest int) {
	for _, kind := range []phonenumbers.PhoneNumberType{phonenumbers.FIXED_LINE, phonenumbers.MOBILE} {
		if example := phonenumbers.GetExampleNumberForType(region, kind); example != nil {
			length := len(phonenumbers.GetNationalSignificantNumber(example))
			if longest = max(longest, length); shortest == 0 || length < shortest {
				shortest = length
			}
		}
	}
	return shortest, longest
}

// isShort reports whether text is a short number of a PBX: at most six digits, and fewer
// than an ordinary line of the region. The metadata of countries whose numbers have any
// length (Germany, Austria) accept many of these.
func isShort(text, region string) bool {
	n := digits(text)
	if n > 6 {
		return false
	}
	shortest, _ := ordinary(region)
	return n < shortest
}

func digits(text string) (n int) {
	for i := range len(text) {
		if '0' <= text[i] && text[i] <= '9' {
			n++
		}
	}
	return n
}

// Region returns an ISO 3166 code in capitals as [Normalizer.Normalize] reads it, and ""
// if no numbers exist for the code.
func Region(code string) string {
	if len(code) != 2 {
		return ""
	}
	if code = strings.ToUpper(code); phonenumbers.GetSupportedRegions()[code] {
		return code
	}
	return ""
}
