package ocm_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/ocm"
	"github.com/usher-go/usher/roles"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

const (
	acme   users.AccountID = "acme"
	globex users.AccountID = "globex"

	userHead    = "LAN ID,First Name,Last Name,Agent ID,PBX ID,Profile,Supervisor,Org Unit,Role,Access Role,CRM Name,Text Chat Greeting Template Name\n"
	featureHead = "LAN ID,Feature,Enabled\n"
	channelHead = "LAN ID,Channel,Count\n"
)

// paths are the org units of both accounts: four levels, the fourth a team.
var paths = []string{"Acme", "Acme/Sales", "Acme/Sales/North", "Acme/Sales/North/Team 1", "Acme/Sales/North/Team 2", "Acme/Sales/South", "Acme/Sales/South/Team 1"}

type tb interface {
	require.TestingT
	Helper()
	Context() context.Context
}

func options(t tb, change ...func(*ocm.Options)) *ocm.Options {
	t.Helper()
	tree, err := roles.ReadTree(t.Context(), users.Open(newStore(t), users.Host("test"), nil), acme, nil)
	require.NoError(t, err)
	o := &ocm.Options{Tree: tree, Roles: []string{"Desk", "Lead", "Billing"}}
	for _, f := range change {
		f(o)
	}
	return o
}

// brief stands for the units of a story.
var brief = strings.NewReplacer("T1", "Acme/Sales/North/Team 1", "T2", "Acme/Sales/North/Team 2", "Branch", "Acme/Sales/North")

// person is a row of UserDetails: "ada S boss 11" is LAN ID, profile (A or S),
// supervisor ("-" is none) and station; then the unit, T1 by default.
func person(text string) string {
	f := strings.Fields(text)
	unit := "T1"
	if len(f) > 4 {
		unit = strings.Join(f[4:], " ")
	}
	profile := map[string]string{"A": "Agent", "S": "Supervisor"}[f[1]]
	return strings.Join([]string{f[0], "F" + f[0], "L" + f[0], "", f[3], profile, strings.Trim(f[2], "-"), brief.Replace(unit), "Desk", "", "", ""}, ",")
}

// people are rows of UserDetails as person takes them. One with a comma is a row already.
func people(rows ...string) string {
	var b strings.Builder
	b.WriteString(userHead)
	for _, r := range rows {
		if !strings.Contains(r, ",") {
			r = person(r)
		}
		b.WriteString(r + "\n")
	}
	return b.String()
}

func lines(head string, rows ...string) string {
	return head + strings.Join(append(rows, ""), "\n")
}

func features(rows ...string) string { return lines(featureHead, rows...) }
func channels(rows ...string) string { return lines(channelHead, rows...) }

// newStore has the units, the roles Desk, Lead and Billing, which partners alone
// hand out, and people as person takes them, in acme; and zed in globex.
func newStore(t tb, stored ...string) *memstore.Store {
	t.Helper()
	s := memstore.New()
	b := users.Batch{Import: "seed"}
	put := func(id users.ID, account users.AccountID, d users.Data) {
		b.Writes = append(b.Writes, users.Write{ID: id, Record: &users.Record{Head: users.Head{ID: id, Account: account}, Data: d}})
	}
	for i, p := range paths {
		put(users.ID(fmt.Sprint("unit", i)), acme, &users.Unit{Path: p})
		put(users.ID(fmt.Sprint("far unit", i)), globex, &users.Unit{Path: p})
	}
	for _, r := range []string{"Desk", "Lead"} {
		put(users.ID("role "+r), acme, &users.Role{Name: r})
	}
	put("role Billing", acme, &users.Role{Name: "Billing", GrantedBy: users.ByPartners})
	for _, text := range stored {
		put(users.ID(strings.Fields(text)[0]), acme, stored1(text))
	}
	put("zed", globex, &users.Profile{FirstName: "Z", ContactCentre: &users.ContactCentre{LANID: "zed", PBXID: "11", Unit: "far unit3"}})
	require.NoError(t, s.Apply(t.Context(), b))
	return s
}

func stored1(text string) *users.Profile {
	f := strings.Fields(text)
	unit := users.ID("unit3")
	if len(f) > 4 {
		unit = users.ID(fmt.Sprint("unit", slices.Index(paths, brief.Replace(f[4]))))
	}
	return &users.Profile{FirstName: "F" + f[0], LastName: "L" + f[0], Roles: []string{"Desk"}, ContactCentre: &users.ContactCentre{
		LANID: f[0], AgentID: f[0], PBXID: f[3], Kind: map[string]string{"A": "Agent", "S": "Supervisor"}[f[1]], Supervisor: users.ID(strings.Trim(f[2], "-")), Unit: unit}}
}

func preview(t tb, store users.Store, actor users.Actor, opts *ocm.Options, mode importer.Mode, files ...string) *importer.Preview {
	t.Helper()
	p, err := tryPreview(t, store, actor, opts, mode, files...)
	require.NoError(t, err)
	return p
}

func tryPreview(t tb, store users.Store, actor users.Actor, opts *ocm.Options, mode importer.Mode, files ...string) (*importer.Preview, error) {
	t.Helper()
	tpl := ocm.Users(opts)
	var tables []*formats.Table
	for _, text := range files {
		table, err := csv.Read(t.Context(), strings.NewReader(text), &csv.Options{Format: csv.Format{Comment: tpl.Comment, Headings: tpl.Headings()}})
		require.NoError(t, err)
		tables = append(tables, table)
	}
	return importer.New(users.Open(store, actor, nil), tpl, &importer.Options{Account: acme, Mode: mode}).Preview(t.Context(), tables...)
}

var tableName = strings.NewReplacer(ocm.UserDetails, "U", ocm.FeatureDetails, "F", ocm.ChannelCountDetails, "C")

// told is a preview, a line for each row: place, action, who, changes of somebody
// who exists or of the two other files, and findings with the rows they name.
func told(p *importer.Preview) []string {
	out := []string{}
	for r := range p.Rows() {
		s := fmt.Sprintf("%s%d %s %s", tableName.Replace(r.Table), r.Number, r.Action, r.Who)
		for _, c := range r.Changes {
			if r.Action == importer.ActionUpdate {
				s += fmt.Sprintf(" %s:%s>%s", c.Field, c.Old, c.New)
			}
		}
		for _, f := range r.Findings {
			s += " " + found(f)
		}
		out = append(out, s)
	}
	return out
}

func found(f formats.Finding) string {
	s := "!" + f.Code
	if f.Severity == formats.Warning {
		s = "?" + f.Code
	}
	if f.Field != "" {
		s += "@" + f.Field
	}
	for _, a := range slices.Sorted(maps.Keys(f.Args)) {
		if v := f.Args[a]; slices.Contains([]string{"row", "cycle", "holder", "key", "role", "level"}, a) {
			s += " " + a + "=" + tableName.Replace(v)
		}
	}
	if f.Fix != nil {
		s += " fix=" + *f.Fix
	}
	return s
}

// held are the people of acme as person takes them, with what the two other files say; sorted.
func held(t tb, store users.Store) []string {
	t.Helper()
	page, err := store.List(t.Context(), users.Query{Kind: users.KindUser, Scope: users.Scope{Accounts: []users.AccountID{acme}}, Limit: 1000})
	require.NoError(t, err)
	require.Empty(t, page.Next)
	byID := map[users.ID]string{"": "-"}
	for _, r := range page.Records {
		byID[r.ID] = r.Field("lan_id")
	}
	out := []string{}
	for _, r := range page.Records {
		at := strings.TrimPrefix(r.Field("org_unit"), "unit")
		s := fmt.Sprintf("%s %.1s %s %s unit%s", r.Field("lan_id"), r.Field("profile"), byID[users.ID(r.Field("supervisor"))], r.Field("pbx_id"), at)
		for _, f := range r.Fields() {
			if strings.HasPrefix(f, "feature.") || strings.HasPrefix(f, "channel.") {
				s += " " + f[strings.IndexByte(f, '.')+1:] + "=" + r.Field(f)
			}
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}
