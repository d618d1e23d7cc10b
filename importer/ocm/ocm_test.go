package ocm_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/ocm"
	"github.com/usher-go/usher/users"
)

// Files that are refused, or of which something is said before any row.
func TestFiles(t *testing.T) {
	boss := people("boss S - 1")
	for _, tt := range []struct {
		name, reason string
		strict       bool
		files        []string
		refused      string
		args         map[string]string
		found        []string
	}{
		{name: "one file is missing", reason: "it is said, by name", files: []string{boss, channels("boss,voice,1")}, found: []string{"FeatureDetails ?table.missing"}},
		{name: "UserDetails alone", reason: "both are named", files: []string{boss}, found: []string{"FeatureDetails ?table.missing", "ChannelCountDetails ?table.missing"}},
		{name: "strict, with one missing", reason: "the product wants them together", strict: true, files: []string{boss, channels()}, refused: "table.missing", args: map[string]string{"want": "FeatureDetails"}},
		{name: "one twice", reason: "it is said which", files: []string{boss, features(), boss}, refused: "table.repeated", args: map[string]string{"table": "UserDetails"}},
		{name: "all as downloaded", reason: "there is nothing to do", files: []string{people(), features(), channels()}, refused: "file.no_rows"},
		{name: "a misspelt heading", reason: "the table it is nearest to says what is missing", files: []string{boss, features(), "LAN ID,Chanel,Count\nboss,voice,1\n"}, refused: "header.missing",
			args: map[string]string{"want": "Channel", "found": "LAN ID, Chanel, Count", "near": "Chanel", "nearest": "Channel", "column": "2", "field": "channel"}},
		{name: "no column of roles", reason: "a file cut short is not an update of the rest", files: []string{"LAN ID,First Name,Last Name,PBX ID,Profile,Org Unit\nboss,F,L,1,Supervisor,Acme\n"}, refused: "header.missing",
			args: map[string]string{"want": "Role", "found": "LAN ID, First Name, Last Name, PBX ID, Profile, Org Unit"}},
		{name: "strict, without the columns that may be blank", reason: "the product's file has them", strict: true, files: []string{"LAN ID,First Name,Last Name,PBX ID,Profile,Org Unit,Role\nboss,F,L,1,Supervisor,Acme,Desk\n", features(), channels()}, refused: "header.missing",
			args: map[string]string{"want": "Agent ID, Supervisor, Access Role, CRM Name, Text Chat Greeting Template Name", "found": "LAN ID, First Name, Last Name, PBX ID, Profile, Org Unit, Role"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := tryPreview(t, newStore(t), users.Partner("pat"), options(t, func(o *ocm.Options) { o.Strict = tt.strict }), "", tt.files...)
			if tt.refused != "" {
				var r *formats.Refusal
				require.ErrorAs(t, err, &r)
				require.Equal(t, tt.refused, r.Code, tt.reason)
				require.Empty(t, cmp.Diff(tt.args, r.Args), "%s (-want +got)", tt.reason)
				return
			}
			require.NoError(t, err)
			var got []string
			for _, f := range p.Findings() {
				got = append(got, f.Table+" "+found(f))
			}
			require.Empty(t, cmp.Diff(tt.found, got), "%s (-want +got)", tt.reason)
		})
	}
	_, err := tryPreview(t, newStore(t), users.Partner("pat"), options(t), "", features("a,b,yes"), "LAN ID,Chanel,Count\na,voice,1\n")
	var r *formats.Refusal
	require.ErrorAs(t, err, &r)
	require.Equal(t, 2, r.File, "it is said which file was refused")
	_, err = tryPreview(t, newStore(t), users.Partner("pat"), options(t, func(o *ocm.Options) { o.Strict = true }), importer.ModeUpdate, boss, features(), channels())
	require.ErrorIs(t, err, importer.ErrMode, "the product's import never updates")
}

// A preview of three files, or of fewer, travels: what is read again is what was saved.
func TestDocument(t *testing.T) {
	store, opts := newStore(t), options(t)
	all := []string{channels("ada,voice,1", "no,chat,2"), people("boss S - 1", "ada A boss x"), features("boss,Recording,yes")}
	for _, files := range [][]string{all, all[:2], all[1:2]} {
		p := preview(t, store, users.Partner("pat"), opts, importer.ModeUpsert, files...)
		_, err := p.Edit(t.Context(), importer.Set(users.RowAt(0, 3), "pbx_id", "2"), importer.Add(1, map[string]string{"lan_id": "ada", "feature": "Recording", "enabled": "no"}))
		require.NoError(t, err)
		var b bytes.Buffer
		require.NoError(t, p.Save(&b))
		again, err := importer.Reopen(t.Context(), users.Open(store, users.Partner("pat"), nil), bytes.NewReader(b.Bytes()), ocm.Users(opts))
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(told(p), told(again)), "(-saved +opened)")
		require.Empty(t, cmp.Diff(p.Findings(), again.Findings()), "(-saved +opened)")
	}
}

// A unit that is misspelt in many rows is mended in all of them at once.
func TestOneFixMendsAll(t *testing.T) {
	rows := []string{"boss S - 1"}
	for i := range 12 {
		rows = append(rows, fmt.Sprintf("a%d A boss %d Acme/Sales/North/Taem 1", i, 100+i))
	}
	p := preview(t, newStore(t), users.Partner("pat"), options(t), "", people(rows...), features("a3,Recording,yes"), channels())
	require.Equal(t, map[string]int{"create": 1, "error": 12, "blocked": 1}, p.Summary().Actions)
	all := p.Repairs()
	require.Len(t, all, 1)
	require.Equal(t, 12, all[0].Rows)
	require.Equal(t, "Acme/Sales/North/Team 1", *all[0].Fix)
	_, err := p.Repair(t.Context(), all[0])
	require.NoError(t, err)
	require.Equal(t, map[string]int{"create": 13, "update": 1}, p.Summary().Actions)
}

// Blank templates, in each language and both formats, change nothing as they
// are, and are understood once they are filled in.
func TestBlankTemplates(t *testing.T) {
	tpl := ocm.Users(options(t))
	row := [][]string{
		{"boss", "Ada", "L", "", "007", "", "", "Acme/Sales", "Desk", "", "", ""},
		{"boss", "Recording", ""},
		{"boss", "", "1"},
	}
	fill := map[string][3]string{"en": {"Supervisor", "Yes", "Social"}, "fr": {"Superviseur", "Oui", "Réseaux sociaux"}}
	require.Equal(t, []string{"en", "fr"}, tpl.Languages())
	for _, lang := range tpl.Languages() {
		row[0][5], row[1][2], row[2][1] = fill[lang][0], fill[lang][1], fill[lang][2]
		for _, w := range []formats.Writer{xlsx.Writer{}, csv.Writer{Comment: tpl.Comment}} {
			for _, filled := range []bool{false, true} {
				var tables []*formats.Table
				for i := range tpl.Tables {
					s := tpl.Sheet(i, lang)
					require.NotEmpty(t, s.Preamble)
					if filled {
						s.Rows = formats.Rows(row[i])
					}
					var b bytes.Buffer
					require.NoError(t, w.WriteSheet(&b, s))
					src := formats.Source{Name: "x" + w.Ext(), ReaderAt: bytes.NewReader(b.Bytes()), Size: int64(b.Len())}
					table, err := formats.Open(t.Context(), src, nil, xlsx.Format{}, csv.Format{Comment: tpl.Comment, Headings: tpl.Headings()})
					require.NoError(t, err)
					tables = append(tables, table)
				}
				p, err := importer.New(users.Open(newStore(t), users.Partner("pat"), nil), tpl, &importer.Options{Account: acme}).Preview(t.Context(), tables...)
				if !filled {
					var r *formats.Refusal
					require.ErrorAs(t, err, &r)
					require.Equal(t, "file.no_rows", r.Code)
					continue
				}
				require.NoError(t, err)
				require.Empty(t, p.Findings(), "%s %s", lang, w.Ext())
				require.Equal(t, 3, p.Summary().Rows)
				require.Zero(t, p.Summary().Errors, "%s %s: %q", lang, w.Ext(), told(p))
			}
		}
	}
}

// Drop-downs offer the account's roles and org units; a unit's name alone, and several roles, are allowed beside them.
func TestDropDowns(t *testing.T) {
	tpl := ocm.Users(options(t, func(o *ocm.Options) {
		o.Roles = append(o.Roles, users.RoleAdmin, "Account_Admin")
		o.Features = []string{"Recording"}
	}))
	offers := func(table int, heading string) formats.SheetColumn {
		s := tpl.Sheet(table, "fr")
		return s.Columns[slices.IndexFunc(s.Columns, func(c formats.SheetColumn) bool { return c.Heading == heading })]
	}
	for _, tt := range []struct {
		table   int
		heading string
		want    []string
		strict  bool
	}{
		{0, "Profil", []string{"Agent", "Superviseur"}, true},
		{0, "Unité organisationnelle", slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return strings.Count(p, "/") < 3 }), false},
		{0, "Rôle", []string{"Billing", "Desk", "Lead"}, false},
		{1, "Fonctionnalité", []string{"Recording"}, false},
		{1, "Activé", []string{"Oui", "Non"}, true},
		{2, "Canal", []string{"Voix", "Chat", "E-mail", "Vidéo", "SMS", "Réseaux sociaux"}, true},
	} {
		c := offers(tt.table, tt.heading)
		require.Equal(t, tt.want, c.Values, tt.heading)
		require.Equal(t, tt.strict, c.Strict, tt.heading)
		require.True(t, c.Text, tt.heading)
	}
}

// What the account has is read from it, and nothing of another.
func TestRead(t *testing.T) {
	store := newStore(t)
	o, err := ocm.Read(t.Context(), users.Open(store, users.AccountAdmin("ann", acme), nil), acme)
	require.NoError(t, err)
	require.Equal(t, paths, o.Tree.Paths())
	require.ElementsMatch(t, []string{"Billing", "Desk", "Lead"}, o.Roles)
	o, err = ocm.Read(t.Context(), users.Open(store, users.AccountAdmin("ann", acme), nil), globex)
	require.NoError(t, err)
	require.Empty(t, o.Tree.Paths())
	require.Empty(t, o.Roles)
	p := preview(t, store, users.Partner("pat"), nil, "", people("boss S - 1"), features(), channels())
	require.Equal(t, []string{"U2 error boss !org_unit.unknown@org_unit !role.unknown@role role=Desk"}, told(p), "what is not listed does not exist")
}

// Every line of a report has one result: what the product counts, and what it does not have.
func TestResults(t *testing.T) {
	triple := []string{people("old S - 9", "same S - 8", "boss S - 1", "ada A boss 2", "ada A boss 3", "bob A gus 4", "cyd A bob 5", "bad S - 6 Nowhere"),
		features("boss,Recording,yes", "old,Recording,yes", "cyd,Recording,no"), channels("boss,voice,1", "no,voice,1")}
	for _, tt := range []struct {
		mode importer.Mode
		want map[ocm.Result]string
	}{
		{importer.ModeCreate, map[ocm.Result]string{ocm.Duplicate: "U2 U3 U5 U6 U9", ocm.Inserted: "U4", ocm.Invalid: "U7 U8 F3 F4 C3", ocm.Detail: "F2 C2"}},
		{importer.ModeUpsert, map[ocm.Result]string{ocm.Updated: "U2", ocm.Unchanged: "U3", ocm.Duplicate: "U5 U6", ocm.Inserted: "U4", ocm.Invalid: "U7 U8 U9 F4 C3", ocm.Detail: "F2 F3 C2"}},
	} {
		t.Run(string(tt.mode), func(t *testing.T) {
			store := newStore(t, "old S - 7", "same S - 8", "bad S - 6")
			p := preview(t, store, users.Partner("pat"), options(t), tt.mode, triple...)
			report, err := p.Commit(t.Context(), nil)
			require.NoError(t, err)
			again, err := importer.LoadReport(t.Context(), users.Open(store, users.Partner("pat"), nil), report.ID)
			require.NoError(t, err)
			for _, r := range []*importer.Report{report, again} {
				got := map[ocm.Result]string{}
				for _, is := range ocm.All() {
					var rows []string
					for _, l := range ocm.Results(r)[is] {
						rows = append(rows, fmt.Sprint(tableName.Replace(l.Table), l.Number))
					}
					if len(rows) > 0 {
						got[is] = strings.Join(rows, " ")
					}
				}
				require.Empty(t, cmp.Diff(tt.want, got), "(-want +got)")
			}
		})
	}
}

// A report of an earlier version has no finding about a known person whose row had
// another error. The person's id says it.
func TestResultOfAnEarlierReport(t *testing.T) {
	l := importer.ReportLine{Table: ocm.UserDetails, User: "ada", Outcome: importer.OutcomeFailed, Findings: []formats.Finding{{Severity: formats.Error, Code: "org_unit.unknown"}}}
	require.Equal(t, ocm.Duplicate, ocm.ResultOf(importer.ModeCreate, &l))
	require.Equal(t, ocm.Invalid, ocm.ResultOf(importer.ModeUpsert, &l))
	l.User = ""
	require.Equal(t, ocm.Invalid, ocm.ResultOf(importer.ModeCreate, &l))
}

// An Account Admin sees the same, to the byte, whatever other accounts hold.
func TestOtherAccountsDoNotShow(t *testing.T) {
	triple := []string{people("boss S - 1", "zed A boss 11", "ada A zoe 2", "bob A boss 12 Acme/Secret"), features("zoe,Recording,yes"), channels("zed,voice,1")}
	see := func(extra ...users.Write) string {
		store := newStore(t)
		if len(extra) > 0 {
			require.NoError(t, store.Apply(t.Context(), users.Batch{Import: "more", Writes: extra}))
		}
		dir := users.Open(store, users.AccountAdmin("ann", acme), nil)
		opts, err := ocm.Read(t.Context(), dir, acme)
		require.NoError(t, err)
		p := preview(t, store, users.AccountAdmin("ann", acme), opts, "", triple...)
		var b bytes.Buffer
		for r := range p.Rows() {
			require.NoError(t, json.NewEncoder(&b).Encode(r))
		}
		require.NoError(t, json.NewEncoder(&b).Encode(p.Summary()))
		require.NoError(t, json.NewEncoder(&b).Encode(p.Findings()))
		for i := range 3 {
			require.NoError(t, csv.Writer{}.WriteSheet(&b, ocm.Users(opts).Sheet(i, "en")))
			require.NoError(t, json.NewEncoder(&b).Encode(ocm.Users(opts).Sheet(i, "en").Columns))
		}
		_, err = p.Commit(t.Context(), &importer.CommitOptions{ID: "import"})
		require.NoError(t, err)
		report, err := importer.LoadReport(t.Context(), dir, "import")
		require.NoError(t, err)
		require.NoError(t, report.WriteJSON(&b))
		return regexp.MustCompile(`"(user|at)":"[^"]*"`).ReplaceAllString(b.String(), "") // drawn, and the clock
	}
	far := func(id users.ID, d users.Data) users.Write {
		return users.Write{ID: id, Record: &users.Record{Head: users.Head{ID: id, Account: globex}, Data: d}}
	}
	alone := see()
	more := see(far("zoe", &users.Profile{ContactCentre: &users.ContactCentre{LANID: "zoe", PBXID: "1"}}), far("boss2", &users.Profile{ContactCentre: &users.ContactCentre{LANID: "boss", PBXID: "2", Supervisor: "zoe"}}),
		far("secret", &users.Unit{Path: "Acme/Secret"}), far("role", &users.Role{Name: "Desk", GrantedBy: users.ByPartners}))
	require.Equal(t, alone, more)
	require.Contains(t, alone, "lanid.unknown")
}

// A column that nobody recognised is given away by hand in whichever file it
// stands; a field that no table has is an error.
func TestColumnsByHand(t *testing.T) {
	tpl := ocm.Users(options(t))
	try := func(m importer.ColumnMap) (*importer.Preview, error) {
		var tables []*formats.Table
		for _, text := range []string{people("boss S - 1"), "LAN ID,Chanel,Count\nboss,voice,1\n"} {
			table, err := csv.Read(t.Context(), strings.NewReader(text), nil)
			require.NoError(t, err)
			tables = append(tables, table)
		}
		return importer.New(users.Open(newStore(t), users.Partner("pat"), nil), tpl, &importer.Options{Account: acme, Map: []importer.ColumnMap{m}}).Preview(t.Context(), tables...)
	}
	p, err := try(importer.ColumnMap{Table: 1, Column: 2, Field: "channel"})
	require.NoError(t, err)
	require.Equal(t, []string{"U2 create boss", "C2 update boss channel.voice:>1"}, told(p))
	_, err = try(importer.ColumnMap{Table: 1, Column: 2, Field: "chanel"})
	require.ErrorIs(t, err, importer.ErrField)
	_, err = try(importer.ColumnMap{Table: 1, Column: 4, Field: "channel"})
	require.ErrorIs(t, err, importer.ErrColumn)
}

// To suggest a unit costs the whole tree: that is paid once for a name that is
// misspelt in many rows, however often these are read.
func TestAMisspeltUnitIsLookedForOnce(t *testing.T) {
	tpl := ocm.Users(options(t))
	at := slices.IndexFunc(tpl.Tables[0].Columns, func(c importer.Column) bool { return c.Field == "org_unit" })
	parse, asked := tpl.Tables[0].Columns[at].Parse, 0
	tpl.Tables[0].Columns[at].Parse = func(text string) (string, []users.Problem) {
		asked++
		return parse(text)
	}
	var rows []string
	for i := range 50 {
		rows = append(rows, fmt.Sprintf("a%d S - %d Acme/Sales/North/Taem 1", i, i+1))
	}
	table, err := csv.Read(t.Context(), strings.NewReader(people(rows...)), nil)
	require.NoError(t, err)
	p, err := importer.New(users.Open(newStore(t), users.Partner("pat"), nil), tpl, &importer.Options{Account: acme}).Preview(t.Context(), table)
	require.NoError(t, err)
	for r := range p.Rows() {
		require.Equal(t, "Acme/Sales/North/Team 1", *r.Findings[0].Fix)
	}
	require.Equal(t, 1, asked)
}
