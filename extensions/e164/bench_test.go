package e164_test

import (
	"fmt"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"github.com/usher-go/usher/extensions/e164"
)

// BenchmarkNormalize measures ours beside the metadata's own reading of the
// same text, without which nothing can be said: "first" is a number never seen,
// "again" one that is remembered.
func BenchmarkNormalize(b *testing.B) {
	for _, raw := range []string{"+33123456789", "+33 1 23 45 67 89", "01 23 45 67 89", "01 23 45 67 89 poste 12", "4021"} {
		b.Run(fmt.Sprintf("phonenumbers/%s", raw), func(b *testing.B) {
			for b.Loop() {
				if n, err := phonenumbers.Parse(raw, "FR"); err == nil && phonenumbers.IsValidNumber(n) {
					_ = phonenumbers.Format(n, phonenumbers.E164)
				}
			}
		})
		b.Run(fmt.Sprintf("first/%s", raw), func(b *testing.B) {
			numbers := e164.New(&e164.Options{Remember: -1})
			for b.Loop() {
				numbers.Normalize(raw, "FR")
			}
		})
		b.Run(fmt.Sprintf("again/%s", raw), func(b *testing.B) {
			numbers := e164.New(nil)
			for b.Loop() {
				numbers.Normalize(raw, "FR")
			}
		})
	}
}
