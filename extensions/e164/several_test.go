package e164_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/extensions/e164"
)

func TestShortForms(t *testing.T) {
	const ten = "phone.multiple +49301234510, +49301234511 =+49301234510"
	testReadings(t, []readingCase{
		{"DE", "030 12345-10/11", ten, "two direct dials"},
		{"DE", "030/12345-10/-11", ten, "a slash behind the area code too"},
		{"DE", "+49 30 12345-10/11", ten, "international"},
		{"", "+49 30 12345-10/11", ten, "without a region"},
		{"DE", "Tel.: 030 12345-10/11", ten, "a word before"},
		{"DE", "030 12345-10/11 App. 5", ten, "an extension behind"},
		{"DE", `030 12345-10\11`, ten, "another slash"},
		{"DE", "030 12345-10|11", ten, "a bar"},
		{"DE", "030 12345-10 & 11", ten, "and"},
		{"DE", "030 12345-10 + 11", ten, "and"},
		{"DE", "030 12345-10, -11", ten, "a comma and a dash"},
		{"DE", "030 12345-10, 11", ten, "as many digits behind a comma as the direct dial has"},
		{"DE", "030 12345-10 und 11", ten, "a word"},
		{"DE", "030 12345-10 bis -11", ten, "a range"},
		{"DE", "030 12345-10 (11)", ten, "brackets"},
		{"DE", "030 12345-10 -11", ten, "a second dash behind a blank"},
		{"DE", "030 12345-10-11", ten, "a range"},
		{"DE", "030 12345 10–11", ten, "a range with another dash"},
		{"DE", "030 12345-10\n11", ten, "lines"},
		{"DE", "030 12345-10/11 Fax", ten, "a word behind"},
		{"DE", "030 12345-0/-10", "phone.multiple +4930123450, +49301234510 =+4930123450", "a direct dial of more digits"},
		{"DE", "030 12345-10-19", "phone.multiple +49301234510, +49301234519 =+49301234510", "a whole ten"},
		{"DE", "030 12345-10/11/12", "phone.multiple +49301234510, +49301234511, +49301234512 =+49301234510", "three"},
		{"DE", "030 123456/7", "phone.multiple +4930123456, +4930123457 =+4930123456", "the last digit"},
		{"DE", "030 123456/654321", "phone.multiple +4930123456, +4930654321 =+4930123456", "the same area"},
		{"DE", "030 123456 (0170 1234567)", "phone.multiple +4930123456, +491701234567 =+4930123456", "a whole number in brackets"},
		{"DE", "040 1234 040 1235", "phone.multiple +49401234, +49401235", "together as long as one"},
		{"DE", "030 123456 App. 10/11", "phone.multiple +4930123456 ext. 10, +4930123456 ext. 11 =+4930123456 ext. 10", "two extensions"},
		{"DE", "030 123456 Fax 030 123457", "phone.multiple +4930123456, +4930123457", "a word between"},
		{"IT", "06 123456/7", "phone.multiple +3906123456, +3906123457 =+3906123456", "another plan of open length"},
		{"IT", "06 123456-7-8", "phone.multiple +39061234567, +39061234568 =+39061234567", "the next digit"},
		{"CN", "010-12345678/9", "phone.multiple +861012345678, +861012345679 =+861012345678", "a dash that is no direct dial"},
		{"FR", "01 23 45 67 89/90", "phone.multiple +33123456789, +33123456790 =+33123456789", "a plan of one length"},
		{"US", "(650) 253-0000 or 253-0001", "phone.multiple +16502530000, +16502530001 =+16502530000", "the same area"},

		{"DE", "030 123456-10", "+493012345610", "a direct dial"},
		{"DE", "030 123456 - 10", "+493012345610", "a direct dial"},
		{"DE", "030/123456", "+4930123456", "an area code is no number"},
		{"DE", "0171/1234567", "+491711234567", "nor is that of a mobile number"},
		{"DE", "02651/9001-0", "+49265190010", "nor is a long one"},
		{"AT", "+43/1/5123456", "+4315123456", "nor is a country code"},
		{"IT", "0471/123456", "+390471123456", "six digits are no number where all have more"},
		{"SE", "08-12 34 56", "+468123456", "groups of two"},
		{"DE", "+494949-4-94", "+494949494", "groups with dashes"},
		{"US", "650/253/1234", "+16502531234", "slashes for dashes"},
		{"US", "(800) 901-3355 , 7246433", "+18009013355 ext. 7246433", "an extension behind a comma"},
	})
}

// TestSlashOfEveryRegion writes another number's last digit behind the metadata's
// examples.
func TestSlashOfEveryRegion(t *testing.T) {
	numbers := e164.New(nil)
	for _, region := range slices.Sorted(maps.Keys(phonenumbers.GetSupportedRegions())) {
		for _, kind := range []phonenumbers.PhoneNumberType{phonenumbers.FIXED_LINE, phonenumbers.MOBILE} {
			example := phonenumbers.GetExampleNumberForType(region, kind)
			if example == nil {
				continue
			}
			raw := phonenumbers.Format(example, phonenumbers.INTERNATIONAL) + "/1"
			n, problems := numbers.Normalize(raw, region)
			require.Empty(t, n, "%q", raw)
			require.Len(t, problems, 1)
			require.Equal(t, "phone.multiple", problems[0].Code, "%q", raw)
			require.Equal(t, phonenumbers.Format(example, phonenumbers.E164), problems[0].Fix, "%q", raw)
		}
	}
}
