package importer_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// A finding of a commit tells nothing of another row. Here the row of dan, who
// names no one, is read after that of ada, who names a boss by a sensitive cell:
// once the boss is deleted, two rows of the file contest the boss's LAN ID, ada
// needs that key, and the finding of ada must not name it, whichever row was read last.
func TestBlockedRowHidesSensitiveKey(t *testing.T) {
	template := func() *importer.Template {
		return &importer.Template{Name: "teams", Modes: []importer.Mode{importer.ModeUpsert}, Tables: []importer.Table{{
			Name: "teams",
			Columns: []importer.Column{
				{Field: "email", Headings: en("EMAIL"), Required: true, Parse: importer.Email},
				{Field: "first_name", Headings: en("NAME")},
				{Field: "lan_id", Headings: en("LAN ID"), Sensitive: true},
				{Field: "supervisor", Headings: en("SUPERVISOR"), Sensitive: true},
			},
			Draft: func(r importer.Row, d *importer.Draft) {
				d.About(users.SpaceEmail, r.Value("email"))
				d.Claim(users.SpaceEmail, r.Value("email"))
				d.WantCell("first_name")
				d.Claim(users.SpaceLANID, r.Value("lan_id"))
				d.Refer("supervisor", users.SpaceLANID, r.Value("supervisor"))
			},
		}}}
	}
	const secret = "secret9"

	tests := []struct{ name, last string }{
		{"the blocked row is followed by another", "dan@x.com,Dan,,\n"},
		{"the blocked row is followed by rows that contest the key", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store := memstore.New()
			dir := users.Open(store, users.AccountAdmin("me", acme), nil)
			boss, err := dir.Add(t.Context(), acme, users.Profile{FirstName: "Boss", Email: "boss@x.com", ContactCentre: &users.ContactCentre{LANID: secret}})
			require.NoError(t, err)
			file := "EMAIL,NAME,LAN ID,SUPERVISOR\nada@x.com,Ada,," + secret + "\nbob@x.com,Bob," + secret + ",\ncid@x.com,Cid," + secret + ",\n" + tt.last
			table, err := csv.Read(t.Context(), strings.NewReader(file), nil)
			require.NoError(t, err)
			p, err := importer.New(dir, template(), importer.Strict(importer.Options{})).Preview(t.Context(), table)
			require.NoError(t, err)
			_, err = users.Open(store, users.Host("host"), nil).Delete(t.Context(), boss.ID)
			require.NoError(t, err)

			r, err := p.Commit(t.Context(), nil)
			require.NoError(t, err)
			var codes []string
			for _, l := range r.Lines {
				text, err := json.Marshal(l)
				require.NoError(t, err)
				require.NotContains(t, strings.ToLower(string(text)), secret)
				for _, f := range l.Findings {
					codes = append(codes, f.Code)
				}
			}
			require.Empty(t, cmp.Diff([]string{"row.blocked", "lanid.contested", "lanid.taken", "lanid.contested", "lanid.taken"}, codes), "(-want +got)")
		})
	}
}
