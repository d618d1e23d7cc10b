package importer_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// A draft as text holds all that a row may say.
func TestDraftAsText(t *testing.T) {
	fix := "Ada"
	said := ""
	tpl := people()
	tpl.Tables[0].Draft = func(_ importer.Row, d *importer.Draft) {
		d.About(users.SpaceEmail, "old@x.com")
		d.About(users.SpaceLANID, "l1")
		d.Claim(users.SpaceLANID, "l1")
		d.ClaimIfCreating(users.SpaceInternal, "g/1")
		d.Take(users.SpaceLine, "x/1")
		d.Refer("supervisor", users.SpaceLANID, "l2")
		d.ReferStored("org_unit", users.SpaceUnit, "Acme")
		d.Exclusive("name", "desk 1")
		d.Release(users.KindLine)
		d.ReleaseWhere(users.KindLine, "pbx", "Y")
		d.Want("first_name", "")
		d.WantIfCreating("custom.since", "2026")
		d.Include("roles", "Desk")
		d.Exclude("roles", "Night")
		d.Error("name", "name.missing", "b", "2", "a", "1")
		d.ErrorIfCreating("", "row.odd")
		d.ErrorIf(func(func(string) string) bool { return true }, "email", "email.odd")
		d.Problem("name", users.Problem{Code: "name.near", Warning: true, Fix: fix})
		d.OneRowPerPerson()
		d.Delete()
		said = d.String()
	}
	s := asHost(tpl, nil, row("l1", "p1@x.com", "A"))
	s.preview(t, s.store(t))
	want := []string{
		`was about email "old@x.com"  (column 1)`,
		`about lanid "l1"  (column 0)`,
		`claim lanid "l1"  (column 0)`,
		`claim if creating internal "g/1"  (column -1)`,
		`take line "x/1"  (column -1)`,
		`refer lanid "l2" supervisor (column 3)`,
		`refer stored unit "Acme" org_unit (column -1)`,
		`exclusive slot "desk 1"  (column 2)`,
		`release line  ""`,
		`release line pbx "y"`,
		`want lan_id "l1"`,
		`want first_name ""`,
		`want if creating custom.since "2026"`,
		`include roles "Desk"`,
		`exclude roles "Night"`,
		`error name.missing name "" [a="1" b="2"]`,
		`error if creating row.odd  "" []`,
		`error if the person is so email.odd email "" []`,
		`warning name.near name "" [] fix "Ada"`,
		`one row per person`,
		`delete`,
	}
	if diff := cmp.Diff(want, strings.Split(strings.TrimSpace(said), "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
