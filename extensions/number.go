package extensions

import "github.com/usher-go/usher/users"

// A Number is a public telephone number and what is dialled after it.
type Number struct {
	// E164 is the number with its plus sign: "+33123456789" (ITU-T E.164). Empty if there is none.
	E164 string `json:"e164"`
	// Ext is the extension that stood behind it, digits alone; mostly empty.
	Ext string `json:"ext"`
}

// A Normalizer reads public numbers as people type them.
//
// It must return a Number with an E164 only if the number is valid, and then no
// problem but warnings; where it cannot tell which number is meant it says so
// and guesses nothing. region is an ISO 3166 code of two letters by which
// national numbers are read, or empty: a number that needs one is then
// "phone.region". It may be used by several goroutines.
type Normalizer interface {
	Normalize(raw, region string) (Number, []users.Problem)
}
