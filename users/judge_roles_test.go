package users_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usher-go/usher/users"
)

// What the catalogue says counts when it is written: it is judged again if the
// role changed since it was read.
func TestARoleThatChangedMeanwhile(t *testing.T) {
	admin := users.AccountAdmin("ada", "acme")
	for _, tt := range []struct {
		name, role string
		by         users.Granter
		want       string
	}{
		{"became the partner's", "Night shift", users.ByPartners, "role.forbidden"},
		{"changed, and still may be given", "Night shift", "", "<nil>"},
		{"another role", "Cook", users.ByPartners, "<nil>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := staffed(t)
			raced := meanwhile(s, func() error {
				w := changed("acme", "night", &users.Role{Name: "Night shift", GrantedBy: tt.by})
				w.Row = 0
				return users.Open(s, users.Host("h"), options()).Apply(t.Context(), users.Batch{Import: "meanwhile", Writes: []users.Write{w}})
			})
			err := users.Open(raced, admin, options()).Apply(t.Context(), under(admin, "acme", changed("acme", "bob", bob(roles(tt.role)))))
			if diff := cmp.Diff(tt.want, code(err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if has := stored(t, s, "bob").Field("roles") == tt.role; has != (tt.want == "<nil>") {
				t.Errorf("bob has the role: %v", has)
			}
		})
	}
}
