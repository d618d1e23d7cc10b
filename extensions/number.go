package extensions

import "github.com/usher-go/usher/users"

// A Number is a public telephone number and the extension dialled after it.
type Number struct {
	// E164 is the number with its plus sign: "+33123456789" (ITU-T E.164). It may be empty.
	E164 string `json:"e164"`
	// Ext is the extension in digits. It is usually empty.
	Ext string `json:"ext"`
}

// A Normalizer reads public numbers as people type them.
//
// It must return a Number with an E164 only if the number is valid, and then no problem
// except warnings. If it cannot tell which number is meant, it must report that and must
// not guess. region is an ISO 3166 code of two letters by which national numbers are
// read. If it is empty, a number that needs one is "phone.region". Several goroutines may
// use a Normalizer.
type Normalizer interface {
	Normalize(raw, region string) (Number, []users.Problem)
}
