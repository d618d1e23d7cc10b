package rainbow_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/rainbow"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// The systems of the account: P1 and P2 share a group, P3 has none, P4 is not one of them.
var systems = strings.NewReplacer(
	"P1", "PBX0000-0000-0000-0000-0000-0000-0000-0001", "P2", "PBX0000-0000-0000-0000-0000-0000-0000-0002",
	"P3", "PBX0000-0000-0000-0000-0000-0000-0000-0003", "P4", "PBX0000-0000-0000-0000-0000-0000-0000-0004",
)

func pbxs() map[string]string {
	return map[string]string{systems.Replace("P1"): "g", systems.Replace("P2"): "g", systems.Replace("P3"): ""}
}

const (
	acme   users.AccountID = "acme"
	globex users.AccountID = "globex"
	head                   = "__action__;loginEmail;pbxId;pbxShortNumber;pbxInternalNumber;number\n"
)

type tb interface {
	require.TestingT
	Helper()
	Context() context.Context
}

// A counting store notes which rows each batch did.
type counting struct {
	*memstore.Store
	batches [][]int
	moment  func() // after each batch
}

func (c *counting) Apply(ctx context.Context, b users.Batch) error {
	err := c.Store.Apply(ctx, b)
	if err == nil && slices.ContainsFunc(b.Writes, func(w users.Write) bool { return w.Row != 0 }) {
		var rows []int
		for _, r := range b.Rows {
			rows = append(rows, r.Row.Number())
		}
		slices.Sort(rows)
		c.batches = append(c.batches, rows)
		if c.moment != nil {
			c.moment()
		}
	}
	return err
}

// everybody is ada to eve in acme, and zoe in globex.
var everybody = []string{"ada", "bob", "cyd", "dan", "eve"}

// newStore has everybody, and lines as "ada P1 1001 i1001 +33…": nobody's is "- P1 1001".
// The internal number is the short one where none is given, and "i-" is none.
func newStore(t tb, lines ...string) *counting {
	t.Helper()
	c := &counting{Store: memstore.New()}
	b := users.Batch{Import: "seed"}
	put := func(id users.ID, account users.AccountID, d users.Data) {
		b.Writes = append(b.Writes, users.Write{ID: id, Record: &users.Record{Head: users.Head{ID: id, Account: account}, Data: d}})
	}
	for _, n := range everybody {
		put(users.ID(n), acme, &users.Profile{Email: n + "@x.com", DisplayName: n})
	}
	put("zoe", globex, &users.Profile{Email: "zoe@y.com", DisplayName: "zoe"})
	for i, l := range lines {
		put(users.ID(fmt.Sprintf("line%d", i)), accountOf(l), lineOf(l))
	}
	require.NoError(t, c.Apply(t.Context(), b))
	return c
}

func accountOf(line string) users.AccountID {
	if strings.HasPrefix(line, "zoe ") {
		return globex
	}
	return acme
}

func lineOf(text string) *users.Line {
	f := strings.Fields(text)
	l := &users.Line{PBX: systems.Replace(f[1]), Short: f[2], Internal: f[2], Holder: users.ID(f[0])}
	l.Group = pbxs()[l.PBX]
	if f[0] == "-" {
		l.Holder = ""
	}
	for _, s := range f[3:] {
		if n, ok := strings.CutPrefix(s, "i"); ok {
			l.Internal = strings.Trim(n, "-")
		} else {
			l.Number = s
		}
	}
	return l
}

// held are the lines of acme as newStore takes them, sorted. A line that nobody
// holds is among them.
func held(t tb, store users.Store) []string {
	t.Helper()
	page, err := store.List(t.Context(), users.Query{Kind: users.KindLine, Scope: users.Scope{Accounts: []users.AccountID{acme}}, Limit: 1000})
	require.NoError(t, err)
	require.Empty(t, page.Next)
	out := []string{}
	for _, r := range page.Records {
		l := r.Data.(*users.Line)
		require.Equal(t, pbxs()[l.PBX], l.Group, "the group of the line's PBX")
		out = append(out, textOf(l))
	}
	slices.Sort(out)
	return out
}

func textOf(l *users.Line) string {
	s := fmt.Sprintf("%s %s %s", l.Holder, brief(l.PBX), l.Short)
	if l.Holder == "" {
		s = "-" + s
	}
	switch l.Internal {
	case l.Short:
	case "":
		s += " i-"
	default:
		s += " i" + l.Internal
	}
	if l.Number != "" {
		s += " " + l.Number
	}
	return s
}

// brief is a text with the names of systems for their ids.
func brief(s string) string {
	s = strings.ReplaceAll(s, "pbx0000", "PBX0000")
	for _, p := range slices.Sorted(maps.Keys(pbxs())) {
		s = strings.ReplaceAll(s, p, "P"+p[len(p)-1:])
	}
	return s
}

func preview(t tb, store users.Store, actor users.Actor, opts *rainbow.Options, text string) *importer.Preview {
	t.Helper()
	p, err := tryPreview(t, store, actor, opts, text)
	require.NoError(t, err)
	return p
}

func tryPreview(t tb, store users.Store, actor users.Actor, opts *rainbow.Options, text string) (*importer.Preview, error) {
	t.Helper()
	tpl := rainbow.Lines(opts)
	table, err := csv.Read(t.Context(), strings.NewReader(systems.Replace(text)), &csv.Options{Format: csv.Format{Comment: tpl.Comment, Headings: tpl.Headings()}})
	require.NoError(t, err)
	return importer.New(users.Open(store, actor, nil), tpl, &importer.Options{Account: acme}).Preview(t.Context(), table)
}

// told is a preview, a line for each row: action, who, what they gain, keep and
// who loses what, changes that are no gain, and findings with the rows they name.
func told(p *importer.Preview) []string {
	var out []string
	for r := range p.Rows() {
		s := fmt.Sprint(r.Number, " ", r.Action, " ", strings.TrimSuffix(r.Who, "@x.com"))
		for _, g := range r.Gains {
			s += " +" + brief(g.Value)
		}
		for _, g := range r.Keeps {
			s += " =" + brief(g.Value)
		}
		for _, l := range r.Losses {
			s += " -" + brief(l.Value) + "(" + strings.TrimSuffix(l.Who, "@x.com")
			if l.Forced {
				s += " by force"
			}
			s += ")"
		}
		for _, f := range r.Findings {
			s += " !" + f.Code
			if f.Field != "" {
				s += "@" + f.Field
			}
			for _, a := range []string{"row", "holder", "account"} {
				if v := f.Args[a]; v != "" {
					s += " " + a + "=" + strings.TrimSuffix(v, "@x.com")
				}
			}
			if f.Fix != nil {
				s += " fix=" + *f.Fix
			}
		}
		out = append(out, s)
	}
	return out
}
