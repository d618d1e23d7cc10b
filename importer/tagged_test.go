package importer_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// mistake is what TemplateOf says of T.
func mistake[T any](modes ...importer.Mode) error {
	_, err := importer.TemplateOf[T]("staff", modes...)
	return err
}

type wrongDraft struct {
	Email string `usher:"email,about"`
}

func (wrongDraft) Draft(importer.Row) {}

type reader struct {
	Email string `usher:"email,about"`
	Note  string `usher:"note,read,blank=clear"`
}

func (*reader) Draft(importer.Row, *importer.Draft) {}

type embedded struct {
	Name string `usher:"name"`
}

func TestTemplateOfMistakes(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		want []string
	}{
		{"no struct", mistake[string](), []string{"string is not a struct"}},
		{"no field", mistake[struct{ Name string }](), []string{"no field has the option about, which says which person a row is about"}},
		{"nobody", mistake[struct {
			Name string `usher:"name"`
		}](), []string{"no field has the option about, which says which person a row is about"}},
		{"two say about", mistake[struct {
			Mail  string `usher:"email,about"`
			Login string `usher:"login,about"`
		}](), []string{"Login: the row is about Mail already"}},
		{"about what is no key", mistake[struct {
			Name string `usher:"name,about"`
		}](), []string{"Name: name is no key by which people are known: use email, login, lan_id or pbx_id"}},
		{"claims what is no key", mistake[struct {
			Mail string `usher:"email,about"`
			Name string `usher:"name,claim"`
		}](), []string{"Name: name is no key by which people are known: use email, login, lan_id or pbx_id"}},
		{"about and claim", mistake[struct {
			Mail string `usher:"email,about,claim"`
		}](), []string{"Mail: about claims the value already"}},
		{"a key that is not claimed", mistake[struct {
			Mail  string `usher:"email,about"`
			Login string `usher:"login"`
		}](), []string{"Login: login is a key, which only one person may have: add the option about or claim"}},
		{"a key of few values", mistake[struct {
			Mail string `usher:"email,about" values:"a@x.com"`
		}](), []string{"Mail: a key is neither a reference nor one of a few values"}},
		{"a column of two fields", mistake[struct {
			Mail  string `usher:"email,about,name=work_mail"`
			Login string `usher:"login,claim,name=work_mail"`
		}](), []string{"Login: work_mail is the name of Mail too"}},
		{"a column with the name of another field", mistake[struct {
			Mail  string `usher:"email,about"`
			Login string `usher:"login,claim,name=mobile"`
		}](), []string{"Login: the name mobile is that of another field"}},
		{"a name that is none", mistake[struct {
			Mail  string `usher:"email,about"`
			Login string `usher:"login,claim,name=Staff No"`
		}](), []string{`Login: "Staff No" cannot be the name of a column: use small letters, digits and underscores`}},
		{"a key that blanks clear", mistake[struct {
			Mail  string `usher:"email,about"`
			Login string `usher:"login,claim,blank=clear"`
		}](), []string{"Login: a blank cell cannot take a key away"}},
		{"unexported", mistake[struct {
			Mail string `usher:"email,about"`
			name string `usher:"name"`
		}](), []string{"name: it is not exported"}},
		{"no string", mistake[struct {
			Mail string `usher:"email,about"`
			Age  int    `usher:"custom.age"`
		}](), []string{"Age: it is int and not a string"}},
		{"embedded", mistake[struct {
			Mail string `usher:"email,about"`
			embedded
		}](), []string{"Name: it is in an embedded struct"}},
		{"no name of a field", mistake[struct {
			Mail string `usher:"email,about"`
			Name string `usher:",required"`
		}](), []string{"Name: the tag names no field"}},
		{"a field nobody has", mistake[struct {
			Mail string `usher:"email,about"`
			Name string `usher:"nmae"`
		}](), []string{`Name: people have no field "nmae"`}},
		{"a custom field without a name", mistake[struct {
			Mail string `usher:"email,about"`
			Name string `usher:"custom."`
		}](), []string{`Name: people have no field "custom."`}},
		{"a field twice", mistake[struct {
			Mail string `usher:"email,about"`
			Name string `usher:"name"`
			Nick string `usher:"name"`
		}](), []string{"Nick: name is the field of Name too"}},
		{"an option nobody knows", mistake[struct {
			Mail string `usher:"email,abuot"`
		}](), []string{`Mail: unknown option "abuot"`, "Mail: email is a key, which only one person may have: add the option about or claim", "no field has the option about, which says which person a row is about"}},
		{"an option twice", mistake[struct {
			Mail string `usher:"email,about"`
			Name string `usher:"name,blank=keep, blank=clear"`
		}](), []string{`Name: option "blank" is given twice`}},
		{"blank what", mistake[struct {
			Mail string `usher:"email,about"`
			Name string `usher:"name,blank=drop"`
		}](), []string{`Name: unknown option "blank=drop"`}},
		{"required, and blanks clear", mistake[struct {
			Mail string `usher:"email,about"`
			Name string `usher:"name,required,blank=clear"`
		}](), []string{"Name: required and blank=clear do not go together"}},
		{"refers in no space", mistake[struct {
			Mail string `usher:"email,about"`
			Boss string `usher:"supervisor,refer=shoe"`
		}](), []string{`Boss: a cell cannot name a record in the space "shoe": use email, login, external, lanid, station, unit, role, pbx, product or id`, "Boss: supervisor holds the id of a record: say by what a cell names it, as in refer=lanid"}},
		{"refers in a space of links", mistake[struct {
			Mail string `usher:"email,about"`
			Boss string `usher:"custom.boss,refer=grant"`
		}](), []string{`Boss: a cell cannot name a record in the space "grant": use email, login, external, lanid, station, unit, role, pbx, product or id`}},
		{"refers to what a person has", mistake[struct {
			Mail string `usher:"email,about"`
			Boss string `usher:"custom.boss,refer=line"`
		}](), []string{`Boss: a cell cannot name a record in the space "line": use email, login, external, lanid, station, unit, role, pbx, product or id`}},
		{"a supervisor without a space", mistake[struct {
			Mail string `usher:"email,about"`
			Boss string `usher:"supervisor"`
		}](), []string{"Boss: supervisor holds the id of a record: say by what a cell names it, as in refer=lanid"}},
		{"a supervisor who is a unit", mistake[struct {
			Mail string `usher:"email,about"`
			Boss string `usher:"supervisor,refer=unit"`
		}](), []string{"Boss: supervisor names a user, which the space unit does not have"}},
		{"a name that refers", mistake[struct {
			Mail string `usher:"email,about"`
			Boss string `usher:"name,refer=lanid"`
		}](), []string{"Boss: name holds no id of a record"}},
		{"a reference that blanks clear", mistake[struct {
			Mail string `usher:"email,about"`
			Boss string `usher:"supervisor,refer=email,blank=clear"`
		}](), []string{"Boss: refer goes with neither values nor blank=clear"}},
		{"a role of any kind", mistake[struct {
			Mail string `usher:"email,about"`
			Role string `usher:"role"`
		}](), []string{"Role: role wants the tag values, with some of user, account_admin"}},
		{"a role there is not", mistake[struct {
			Mail string `usher:"email,about"`
			Role string `usher:"role" values:"user,root=Root"`
		}](), []string{`Role: role cannot be "root", but one of user, account_admin`}},
		{"active in other words", mistake[struct {
			Mail string `usher:"email,about"`
			On   string `usher:"active" values:"on,off"`
		}](), []string{`On: active cannot be "on", but one of yes, no`, `On: active cannot be "off", but one of yes, no`}},
		{"a source there is not", mistake[struct {
			Mail string `usher:"email,about"`
			From string `usher:"source" values:"local,ldap"`
		}](), []string{`From: source cannot be "ldap", but one of local, scim, pbx, micloud, iot`}},
		{"a value without a name", mistake[struct {
			Mail string `usher:"email,about"`
			Kind string `usher:"profile" values:"=Agent"`
		}](), []string{`Kind: the value "=Agent" has no name, or an empty label`}},
		{"a value without a label", mistake[struct {
			Mail string `usher:"email,about"`
			Kind string `usher:"profile" values:"Agent=A|"`
		}](), []string{`Kind: the value "Agent=A|" has no name, or an empty label`}},
		{"an empty value", mistake[struct {
			Mail string `usher:"email,about"`
			Kind string `usher:"profile" values:"Agent,,Boss"`
		}](), []string{"Kind: the tag values has an empty entry"}},
		{"a value twice", mistake[struct {
			Mail string `usher:"email,about"`
			Kind string `usher:"profile" values:"Agent,Agent=A"`
		}](), []string{`Kind: the value "Agent" is listed twice`}},
		{"a label of two values", mistake[struct {
			Mail string `usher:"email,about"`
			Kind string `usher:"profile" values:"Agent=A|B,Boss=b"`
		}](), []string{`Kind: "b" means both Agent and Boss`}},
		{"an empty heading", mistake[struct {
			Mail string `usher:"email,about" en:"EMAIL,"`
		}](), []string{"Mail: the tag en has an empty entry"}},
		{"a heading that is none", mistake[struct {
			Mail string `usher:"email,about" en:"*"`
		}](), []string{`Mail: the heading "*" has neither letters nor digits`}},
		{"a heading twice", mistake[struct {
			Mail string `usher:"email,about" en:"EMAIL,E-Mail"`
		}](), []string{`Mail: the headings "EMAIL" and "E-Mail" are the same in en; keep one`}},
		{"a heading of two", mistake[struct {
			Mail string `usher:"email,about" en:"EMAIL" fr:"NOM"`
			Name string `usher:"name" en:"NAME" fr:"Nom"`
		}](), []string{`Name: the heading "Nom" is that of Mail in fr too`}},
		{"a heading of two, one of them by its name", mistake[struct {
			Mail     string `usher:"email,about"`
			LastName string `usher:"last_name"`
			Name     string `usher:"name" en:"LAST NAME"`
		}](), []string{`Name: the heading "LAST NAME" is that of LastName in en too`}},
		{"no tag", importer.TemplateOfStruct("staff", reflect.StructOf([]reflect.StructField{
			{Name: "Mail", Type: reflect.TypeFor[string](), Tag: `usher:"email,about"`},
			{Name: "Name", Type: reflect.TypeFor[string](), Tag: `usher:name`}, // vet would not let it stand
		})), []string{`Name: the tag is not of the form key:"value", each key once`}},
		{"a tag twice", importer.TemplateOfStruct("staff", reflect.StructOf([]reflect.StructField{
			{Name: "Mail", Type: reflect.TypeFor[string](), Tag: `usher:"email,about" en:"A" en:"B"`},
		})), []string{`Mail: the tag is not of the form key:"value", each key once`, "no field has the option about, which says which person a row is about"}},
		{"read by nothing", mistake[struct {
			Mail string `usher:"email,about"`
			Note string `usher:"note,read"`
		}](), []string{"Note: there is no method Draft to read it"}},
		{"read and cleared", mistake[reader](), []string{"Note: read goes with neither about, claim, refer, name nor blank=clear"}},
		{"another Draft", mistake[wrongDraft](), []string{"the method Draft of importer_test.wrongDraft must be func(importer.Row, *importer.Draft)"}},
		{"a mode nobody knows", mistake[embedded]("delete"), []string{`mode "delete" is unknown or listed twice`, "no field has the option about, which says which person a row is about"}},
		{"a mode twice", mistake[embedded](importer.ModeCreate, importer.ModeCreate), []string{`mode "create" is unknown or listed twice`, "no field has the option about, which says which person a row is about"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Error(t, tt.err)
			var want []string
			for _, w := range tt.want {
				want = append(want, "importer: template staff: "+w)
			}
			if diff := cmp.Diff(want, strings.Split(tt.err.Error(), "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	for _, name := range []string{"", "a/b", strings.Repeat("x", 32)} {
		_, err := importer.TemplateOf[reader](name)
		require.ErrorContains(t, err, "cannot be that of a sheet", name)
	}
}

// taggedPeople is the template people.
type taggedPeople struct {
	LANID      string `usher:"lan_id,about,required" json:"lan_id"`
	Email      string `usher:"email,claim"`
	Name       string `usher:"name,blank=clear"`
	Supervisor string `usher:"supervisor,refer=lanid" en:"SUPERVISOR"`
	Role       string `usher:"role" values:"user=User,account_admin=Admin" db:"role"`
	Untagged   int
	Left       string `usher:"-"`
}

// A struct says the same as the template written by hand.
func TestTemplateOfMeansTheSame(t *testing.T) {
	tagged, err := importer.TemplateOf[taggedPeople]("people")
	require.NoError(t, err)
	require.Equal(t, []importer.Mode{importer.ModeUpsert, importer.ModeCreate, importer.ModeUpdate}, tagged.Modes)
	m := makers()[0]
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		s := m.scene(t, w)
		store := s.store(t)
		want := show(s.preview(t, store))
		s.template = tagged
		if diff := cmp.Diff(want, show(s.preview(t, store))); diff != "" {
			t.Fatalf("(-by hand +tagged):\n%s\n%s", diff, s)
		}
	})
}

// hire has columns of every kind, and a rule of its own.
type hire struct {
	Email   string `usher:"email,about,required" en:"EMAIL,E-MAIL ADDRESS" fr:"COURRIEL"`
	Name    string `usher:"name,required" en:"NAME" fr:"NOM"`
	Role    string `usher:"role" fr:"RÔLE" values:"user=User|Utilisateur|Nobody,account_admin=Account Admin"`
	BadgeNo string `usher:"custom.badge,text,blank=clear" fr:"BADGE"`
	Boss    string `usher:"supervisor,refer=email"`
	Unit    string `usher:"org_unit,refer=unit"`
	Mobile  string `usher:"mobile,sensitive"`
	Skills  string `usher:"products"`
	Starts  string `usher:"starts,read"`
}

func (h *hire) Draft(_ importer.Row, d *importer.Draft) {
	if h.Starts != "" && h.Boss == "" {
		d.Error("supervisor", "supervisor.missing")
	}
	d.WantIfCreating("custom.since", h.Starts)
}

func TestTemplateOf(t *testing.T) {
	tpl, err := importer.TemplateOf[hire]("hires", importer.ModeCreate, importer.ModeUpdate)
	require.NoError(t, err)
	require.Equal(t, []string{"en", "fr"}, tpl.Languages())
	require.Equal(t, []importer.Mode{importer.ModeCreate, importer.ModeUpdate}, tpl.Modes)
	cols := tpl.Tables[0].Columns
	require.Equal(t, map[string][]string{"en": {"Badge No"}, "fr": {"BADGE"}}, cols[3].Headings)
	require.Equal(t, map[string][]string{"en": {"Boss"}, "fr": {"Boss"}}, cols[4].Headings)
	require.Equal(t, "Utilisateur", cols[2].Label(users.RoleUser, "fr"))
	require.Equal(t, "Account Admin", cols[2].Label(users.RoleAdmin, "fr"))

	unit := users.Record{Head: users.Head{ID: "unit0", Account: acme}, Data: &users.Unit{Path: "Acme/Sales"}}
	s := asHost(tpl, []users.Record{person(0), unit},
		[]string{"zoe@x.com", "Zoe", "nobody", "0042", "p0@x.com", "acme/sales", "+33123456789", "b, a,b", "2026-03-01"},
		[]string{"yan@x.com", "Yan", "Accountadmin", "", "zoe@x.com", "Nowhere", "0123", "", ""},
		[]string{"xi@x", "Xi", "", "", "", "", "", "", "2026-03-01"})
	p := s.preview(t, s.store(t))
	require.Equal(t, []string{
		"2 create zoe@x.com email:>zoe@x.com name:>Zoe custom.badge:>0042 products:>a,b custom.since:>2026-03-01 supervisor:>p0@x.com org_unit:>acme/sales mobile:>",
		"3 error !role.unknown=Account Admin !org_unit.unknown !mobile.form",
		"4 error !email.form !supervisor.missing",
	}, normal(briefs(show(p))))

	// It is exported like any other: what no column may tell, or says of nobody, is left out.
	store := s.store(t)
	_, err = s.preview(t, store).Commit(t.Context(), nil)
	require.NoError(t, err)
	out, err := importer.Export(t.Context(), s.open(store), tpl, &importer.ExportOptions{Account: acme, Lang: "fr"})
	require.NoError(t, err)
	require.Equal(t, [][]string{{"p0@x.com", "N0", "Utilisateur", "", "", "", "", "", ""}, {"zoe@x.com", "Zoe", "Utilisateur", "0042", "p0@x.com", "Acme/Sales", "", "a,b", ""}}, slices.Collect(out.Sheet.Rows))
	p, err = importer.New(s.open(store), tpl, &importer.Options{Account: acme, Mode: importer.ModeUpdate}).Preview(t.Context(), written(t, out.Sheet, csv.Writer{}))
	require.NoError(t, err)
	require.Equal(t, map[string]int{"unchanged": 2}, p.Summary().Actions)
}

// member has columns with names of their own.
type member struct {
	Number string `usher:"login,about,required,name=staff_number" en:"STAFF NUMBER"`
	Email  string `usher:"email,claim"`
	Boss   string `usher:"supervisor,refer=login,name=manager"`
	Badge  string `usher:"custom.badge,name=badge_no,blank=clear"`
}

func (m *member) Draft(r importer.Row, d *importer.Draft) {
	if m.Boss != "" && m.Boss == r.Value("manager") {
		d.Warn("manager", "manager.named")
	}
}

// Findings, cells and edits call a column by its name; the person has the field.
func TestTemplateOfNamesColumns(t *testing.T) {
	tpl, err := importer.TemplateOf[member]("members")
	require.NoError(t, err)
	require.NoError(t, tpl.Check())
	s := asHost(tpl, nil, []string{"4001", "a@x.com", "", "B1"}, []string{"4002", "b@x.com", "4001"}, []string{"4003", "c@x.com", "", "B3"}, []string{"4001", "d@x.com"})
	store := s.store(t)
	p := s.preview(t, store)

	var got []string
	for row := range p.Rows() {
		for _, f := range row.Findings {
			got = append(got, f.Code+" "+f.Field)
		}
		require.NotEmpty(t, row.Cells["staff_number"])
	}
	require.Equal(t, []string{"login.contested staff_number", "row.blocked ", "manager.named manager", "login.contested staff_number"}, got)

	_, err = p.Edit(t.Context(), importer.Set(users.RowAt(0, 5), "staff_number", "4004"))
	require.NoError(t, err)
	_, err = p.Commit(t.Context(), nil)
	require.NoError(t, err)
	out, err := importer.Export(t.Context(), s.open(store), tpl, &importer.ExportOptions{Account: acme})
	require.NoError(t, err)
	require.Equal(t, [][]string{{"4001", "a@x.com", "", "B1"}, {"4002", "b@x.com", "4001", ""}, {"4003", "c@x.com", "", "B3"}, {"4004", "d@x.com", "", ""}}, slices.SortedFunc(out.Sheet.Rows, slices.Compare))
}

// byID is about people by the ids of their records.
type byID struct {
	ID    string `usher:"id,read"`
	Email string `usher:"email,claim"`
	Login string `usher:"login,about"`
}

func (x *byID) Draft(_ importer.Row, d *importer.Draft) { d.About(users.SpaceID, x.ID) }

// Whomever the method says the row is about, no other row may be.
func TestTemplateOfIsAboutEachOnce(t *testing.T) {
	tpl, err := importer.TemplateOf[byID]("ids")
	require.NoError(t, err)
	s := asHost(tpl, []users.Record{person(0), person(1)}, []string{"u0", "a@x.com"}, []string{"u0", "b@x.com"}, []string{"u1", "c@x.com"})
	require.Equal(t, []string{"2 error !person.contradiction[3 of 2]", "3 error !person.contradiction[2 of 2]", "4 update p1@x.com email:p1@x.com>c@x.com"},
		briefs(show(s.preview(t, s.store(t)))))
}

// normal has the change of a sensitive field, whose value is hidden, last.
func normal(lines []string) []string {
	for i, l := range lines {
		if strings.Contains(l, " mobile:>") {
			lines[i] = strings.Replace(l, " mobile:>", "", 1) + " mobile:>"
		}
	}
	return lines
}
