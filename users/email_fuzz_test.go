package users_test

import (
	"bufio"
	"encoding/json"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"

	"github.com/usher-go/usher/internal/corpus"
)

func FuzzParseEmail(f *testing.F) {
	for _, s := range []string{"ada@example.com", "josé@exämple.com", "Ann <a@x.com>", "a@x.com; b@x.com", "a@xn--0.com", "\u202aa@x.com"} {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, raw string, utf8 bool) {
		checkEmailLaws(t, users.EmailRules{SMTPUTF8: utf8}, raw)
	})
}

// FuzzEmailNetMail holds ParseEmail against net/mail. On ASCII text
//   - what we accept, net/mail accepts as the same address without a name;
//   - what net/mail accepts as a bare address, unquoted and without a comment, we
//     accept or refuse for the domain or the lengths: net/mail knows no rules of
//     host names beyond the atom and no limits.
func FuzzEmailNetMail(f *testing.F) {
	for _, s := range []string{"ada@example.com", "A.B+tag@Example.COM", "a..b@x.com", "a@b", `"a b"@x.com`, "a@x.com.", "a@[1.2.3.4]",
		"<a@x.com>", "Ann <a@x.com>", "a@x.com (Ann)", "a@x_y.com", "a@x.1", "a@-x.com", "a b@x.com", "a@xn--0.com", "0@Xn--"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for i := range len(raw) {
			if raw[i] <= ' ' || raw[i] > '~' {
				return
			}
		}
		email, problems := users.ParseEmail(raw)
		theirs, err := mail.ParseAddress(raw)
		if email != "" {
			require.NoError(t, err, "%q: net/mail refuses what we accept", raw)
			require.Empty(t, theirs.Name)
			at := strings.LastIndexByte(raw, '@')
			require.Equal(t, theirs.Address, raw, "net/mail reads it whole")
			require.Equal(t, raw[:at]+strings.ToLower(raw[at:]), email)
			return
		}
		if err != nil || theirs.Address != raw || strings.ContainsAny(raw, `"()<>[]`) {
			return
		}
		switch p := problems[0]; p.Code {
		case "email.too_long":
		case "email.form":
			require.Contains(t, []string{"no_dot", "hyphen", "numeric", "label", "chars", "apostrophe"}, p.Args["reason"], "%q", raw)
			if at := strings.LastIndexByte(raw, '@'); p.Args["reason"] == "chars" {
				again, _ := users.ParseEmail(raw[:at] + "@example.com")
				require.NotEmpty(t, again, "%q: the fault must be in the domain", raw)
			}
		case "email.confusable":
			require.Contains(t, raw, "xn--")
		default:
			t.Errorf("%q: we refuse with %s what net/mail accepts", raw, p.Code)
		}
	})
}

// TestEmailCorpus holds ParseEmail against the verdicts of other projects'
// suites, where USHER_CORPUS names a folder with emails/emails.tsv. Those are
// verdicts by the RFCs; where ours is another one on purpose, the table says why.
func TestEmailCorpus(t *testing.T) {
	dir := corpus.Dir(t)
	f, err := os.Open(filepath.Join(dir, "emails", "emails.tsv"))
	require.NoError(t, err)
	defer f.Close()

	const (
		padding  = "outer blanks are trimmed with a warning"
		reserved = "a reserved domain is well formed: whether it exists is for the mail to find out"
		oneChar  = "how long a top level must be is the registry's matter, not one of form"
	)
	accepted := map[string]string{
		" test@iana.org":       padding,
		"me@valid.invalid":     reserved,
		"me@host.localhost":    reserved,
		"me@onion.onion.onion": reserved,
		"me@test.test.test":    reserved,
		"z@co.c":               oneChar,
	}
	// RFC-legal, and refused by policy: no account has such an address.
	refused := map[string]string{
		"email.form quoted":       "quoted local parts",
		"email.form display_name": "an address with a name is not an address",
		"email.smtputf8 ":         "local parts beyond ASCII are an option",
	}

	scanner := bufio.NewScanner(f)
	lines := 0
	for scanner.Scan() {
		column := strings.Split(scanner.Text(), "\t")
		require.Len(t, column, 6)
		if lines++; lines == 1 {
			continue
		}
		id, verdict := column[0]+" "+column[1], column[2]
		var raw string
		require.NoError(t, json.Unmarshal([]byte(column[4]), &raw), id)
		email, problems := users.ParseEmail(raw)
		switch {
		case verdict == "valid" && email == "":
			p := problems[0]
			if why := p.Code + " " + p.Args["reason"]; refused[why] == "" {
				t.Errorf("%s: %q is refused: %s", id, raw, why)
			}
		case verdict != "valid" && email != "" && accepted[raw] == "":
			t.Errorf("%s: %q is accepted: %s", id, raw, column[5])
		}
	}
	require.NoError(t, scanner.Err())
	require.Greater(t, lines, 1)
}
