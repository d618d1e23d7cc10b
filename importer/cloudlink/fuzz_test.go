package cloudlink_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// Whatever the bytes: they are refused with a code, or every row ends in one
// outcome, the store holds whom the report says it made, and the same bytes
// again change nothing.
func FuzzBytesToPeople(f *testing.F) {
	for _, s := range []string{
		"FIRST NAME,LAST NAME,NAME,EMAIL,ROLE\nAda,Lovelace,,ada@example.com,Account Admin\nBob,,,ada@example.com,\n",
		"NOME;COGNOME;E-MAIL;RUOLO\nAda;;ada@example.com;Utente\n;;x;Re\n",
		"\xff\xfeE\x00M\x00A\x00I\x00L\x00\n\x00a\x00@\x00b\x00.\x00c\x00o\x00\n\x00",
		"sep=|\nEMAIL|NAME\n'=a@b.co|'=1\n", "EMAIL\n\"a@b.co\nx", "NAME,EMAIL,EMAIL\na,b,c\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		ctx := t.Context()
		dir := users.Open(memstore.New(), users.AccountAdmin("pat", "acme"), nil)
		once := func() *importer.Report {
			table, err := csv.Read(ctx, bytes.NewReader(data), nil)
			var p *importer.Preview
			if err == nil {
				p, err = importer.New(dir, cloudlink.Users(), nil).Preview(ctx, table)
			}
			if err != nil {
				var refused *formats.Refusal
				require.ErrorAs(t, err, &refused)
				return nil
			}
			r, err := p.Commit(ctx, nil)
			require.NoError(t, err)
			return r
		}
		first := once()
		if first == nil {
			return
		}
		for l := range first.Find(importer.OutcomeCreated) {
			u, err := dir.User(ctx, l.User)
			require.NoError(t, err)
			require.NotEmpty(t, u.Email)
		}
		before := everybody(t, dir)
		second := once()
		require.NotNil(t, second)
		require.Equal(t, first.Counts[importer.OutcomeCreated], second.Counts[importer.OutcomeUnchanged], "what was made is there")
		if diff := cmp.Diff(before, everybody(t, dir)); diff != "" {
			t.Errorf("the same file again changes nothing (-before +after):\n%s", diff)
		}
	})
}

func everybody(t *testing.T, dir *users.Directory) []users.User {
	t.Helper()
	var out []users.User
	for r, err := range dir.All(t.Context(), users.Query{Kind: users.KindUser}) {
		require.NoError(t, err)
		u, _ := r.User()
		out = append(out, u)
	}
	return out
}
