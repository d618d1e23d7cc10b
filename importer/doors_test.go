package importer_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/assign"
	"github.com/usher-go/usher/roles"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// A doorRule is a rule about people, and a change that breaks it: of the person id,
// or of a new one, a field is given a value, or the person is deleted.
type doorRule struct {
	rule         string
	actor        users.Actor
	id           users.ID
	field, value string
	add          bool   // a person who is made can break it as well
	deletes      bool   // instead of giving a value
	bad          string // a value that a store may hold already, for the undoing that brings it back; "" is none
}

// The rules about people, each with the change that breaks it.
func doorRules() []doorRule {
	partner, admin := users.Partner("pat"), users.AccountAdmin("ada", acme)
	return []doorRule{
		{rule: "a person has a name", actor: partner, id: "bob", field: users.FieldName, add: true},
		{rule: "an e-mail address is one", actor: partner, id: "bob", field: users.FieldEmail, value: "bob@", add: true, bad: "bob@"},
		{rule: "an e-mail address is one person's", actor: partner, id: "bob", field: users.FieldEmail, value: "ada@example.com", add: true},
		{rule: "a mobile number is in E.164", actor: partner, id: "bob", field: users.FieldMobile, value: "12", add: true, bad: "12"},
		{rule: "a text is one clean line", actor: partner, id: "bob", field: "custom.title", value: "a\u202eb", add: true, bad: "a\u202eb"},
		{rule: "no one is their own supervisor", actor: partner, id: "bob", field: users.FieldSupervisor, value: "bob", bad: "bob"},
		{rule: "no one leads their leader", actor: partner, id: "bob", field: users.FieldSupervisor, value: "lea", bad: "lea"},
		{rule: "a leader is deleted on approval", actor: partner, id: "bob", deletes: true},
		{rule: "a role is in the catalogue", actor: partner, id: "bob", field: users.FieldRoles, value: "Pilot", add: true, bad: "Pilot"},
		{rule: "a barred role is not given", actor: admin, id: "bob", field: users.FieldRoles, value: "Billing", add: true, bad: "Billing"},
		{rule: "a product has a subscription", actor: partner, id: "bob", field: users.FieldProducts, value: "Fax", add: true, bad: "Fax"},
		{rule: "registered is the source's", actor: partner, id: "bob", field: users.FieldRegistered, value: "yes", add: true},
		{rule: "a source's id is the source's", actor: partner, id: "bob", field: users.FieldExternalID, value: "7", add: true},
		{rule: "a synced field is locked", actor: partner, id: "sam", field: users.FieldFirstName, value: "Samuel", bad: "Samuel"},
		{rule: "an attribute of SCIM is locked", actor: partner, id: "sam", field: "custom.title", value: "Boss", bad: "Boss"},
		{rule: "a partner's person keeps the address", actor: admin, id: "rex", field: users.FieldEmail, value: "me@example.com", bad: "me@example.com"},
		{rule: "a partner's person is not deleted", actor: admin, id: "rex", deletes: true},
		{rule: "no one takes their own rights", actor: admin, id: "ada", field: users.FieldRoles, value: ""},
		{rule: "an account keeps an admin", actor: partner, id: "ada", field: users.FieldRoles, value: ""},
	}
}

// doorStore is an account with an admin, bob who leads lea, sam of SCIM and a partner's person.
func doorStore(t *testing.T) users.Store {
	t.Helper()
	s := memstore.New()
	var b users.Batch
	b.Import = "doors"
	put := func(id users.ID, d users.Data) {
		b.Writes = append(b.Writes, users.Write{ID: id, Record: &users.Record{Head: users.Head{ID: id, Account: acme, Created: noon(), Updated: noon()}, Data: d}})
	}
	put("acme", &users.Account{Name: "Acme"})
	put("billing", &users.Role{Name: "Billing", GrantedBy: users.ByPartners})
	put("meetings", &users.Subscription{Product: "Meetings", Total: 5})
	put("ada", &users.Profile{DisplayName: "Ada", Email: "ada@example.com", Roles: []string{users.RoleAdmin}})
	put("bob", &users.Profile{DisplayName: "Bob", Email: "bob@example.com"})
	put("lea", &users.Profile{DisplayName: "Lea", Email: "lea@example.com", ContactCentre: &users.ContactCentre{Supervisor: "bob"}})
	put("sam", &users.Profile{DisplayName: "Sam", FirstName: "Sam", Email: "sam@example.com", Source: users.SCIM, Custom: map[string]string{"title": "Clerk"}})
	put("rex", &users.Profile{DisplayName: "Rex", Email: "rex@example.com", Roles: []string{users.RolePartner}})
	require.NoError(t, users.Open(s, users.Host("setup"), nil).Apply(t.Context(), b))
	return s
}

// doorTemplate changes people by id, or makes them by address.
func doorTemplate() *importer.Template {
	fields := []string{users.FieldName, users.FieldFirstName, users.FieldEmail, users.FieldMobile, "custom.title", users.FieldSupervisor,
		users.FieldRoles, users.FieldProducts, users.FieldRegistered, users.FieldExternalID}
	raw := func(text string) (string, []users.Problem) { return text, nil } // the rules are the store's to keep
	columns := []importer.Column{{Field: "id", Headings: en("ID"), Parse: raw}, {Field: "delete", Headings: en("DELETE"), Parse: raw}}
	for _, f := range fields {
		columns = append(columns, importer.Column{Field: f, Headings: en(strings.ToUpper(f)), Parse: raw, Blank: importer.BlankClears})
	}
	return &importer.Template{Name: "doors", Tables: []importer.Table{{Name: "doors", Columns: columns, Draft: func(r importer.Row, d *importer.Draft) {
		email := r.Value(users.FieldEmail)
		if id := r.Value("id"); id != "" {
			d.About(users.SpaceID, id)
		} else {
			d.About(users.SpaceEmail, email)
		}
		if r.Value("delete") != "" {
			d.Delete()
			return
		}
		d.Claim(users.SpaceEmail, email)
		for _, f := range fields {
			switch {
			case f == users.FieldEmail:
			case f == users.FieldSupervisor:
				d.ReferCell(f, users.SpaceID)
			default:
				d.WantCell(f)
			}
		}
	}}}}
}

// A door is a way in which a person's data changes. It breaks a rule by one, and
// returns the code of the refusal, or "" where the door does not go there.
type door struct {
	name string
	try  func(t *testing.T, s users.Store, r doorRule) string
}

func doors() []door {
	return []door{
		{"add", func(t *testing.T, s users.Store, r doorRule) string {
			if !r.add {
				return ""
			}
			p := users.Profile{DisplayName: "New", Email: "new@example.com"}
			require.True(t, p.SetField(r.field, r.value))
			_, err := users.Open(s, r.actor, nil).Add(t.Context(), acme, p)
			return refusal(t, err)
		}},
		{"edit", func(t *testing.T, s users.Store, r doorRule) string {
			if r.deletes {
				return ""
			}
			dir := users.Open(s, r.actor, nil)
			u, err := dir.User(t.Context(), r.id)
			require.NoError(t, err)
			require.True(t, u.SetField(r.field, r.value))
			_, err = dir.Edit(t.Context(), u)
			return refusal(t, err)
		}},
		{"delete", func(t *testing.T, s users.Store, r doorRule) string {
			if !r.deletes && r.rule != "an account keeps an admin" {
				return ""
			}
			_, err := users.Open(s, r.actor, nil).Delete(t.Context(), r.id)
			return refusal(t, err)
		}},
		{"import", func(t *testing.T, s users.Store, r doorRule) string { return byImport(t, s, r.actor, r) }},
		{"undo", byUndo},
		{"sync", func(t *testing.T, s users.Store, r doorRule) string {
			if r.deletes || r.id != "bob" {
				return ""
			}
			// A sync is bound like anyone else, and by what its source owns besides.
			dir := users.Open(s, users.Sync(users.SCIM, acme), nil)
			u, err := dir.User(t.Context(), "sam")
			require.NoError(t, err)
			value := r.value
			if r.field == users.FieldSupervisor {
				value = "sam"
			}
			if r.rule == "a person has a name" {
				u.FirstName = ""
			}
			require.True(t, u.SetField(r.field, value))
			_, err = dir.Edit(t.Context(), u)
			if err == nil {
				return "the source's own"
			}
			return refusal(t, err)
		}},
		{"bulk", func(t *testing.T, s users.Store, r doorRule) string {
			if r.field != users.FieldRoles {
				return ""
			}
			return byBulk(t, s, r)
		}},
	}
}

// refusal returns the code by which a directory refused.
func refusal(t *testing.T, err error) string {
	t.Helper()
	var denied *users.Denied
	var conflict *users.Conflict
	switch {
	case errors.As(err, &denied):
		return denied.Refusals[0].Problem.Code
	case errors.As(err, &conflict) && len(conflict.Keys) > 0:
		return string(conflict.Keys[0].Key.Space) + ".taken"
	}
	require.Error(t, err, "the door is open")
	return err.Error()
}

// rowRefusal returns the code of the error that a preview shows for its only row; a
// commit must end as the preview says.
func rowRefusal(t *testing.T, p *importer.Preview) string {
	t.Helper()
	shown := ""
	for row := range p.Rows() {
		for _, f := range row.Findings {
			if f.Severity.String() == "error" && shown == "" {
				shown = f.Code
			}
		}
	}
	if shown == "" {
		for _, f := range p.Findings() {
			shown = f.Code
		}
	}
	r, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Zero(t, r.Counts[importer.OutcomeUpdated]+r.Counts[importer.OutcomeDeleted]+r.Counts[importer.OutcomeCreated], "the door is open: %v", r.Lines)
	if shown == "" {
		require.NotEmpty(t, r.Lines[0].Findings, "%v", r.Lines)
		return "at commit: " + r.Lines[0].Findings[0].Code
	}
	return shown
}

func byImport(t *testing.T, s users.Store, actor users.Actor, r doorRule) string {
	t.Helper()
	tpl := doorTemplate()
	fields := []string{"id", r.field}
	cells := []string{string(r.id), r.value}
	if r.deletes {
		fields, cells = []string{"id", "delete"}, []string{string(r.id), "yes"}
	}
	var heads []string
	for _, f := range fields {
		heads = append(heads, strings.ToUpper(f))
	}
	p, err := importer.New(users.Open(s, actor, nil), tpl, &importer.Options{Account: acme, Mode: importer.ModeUpsert}).
		Preview(t.Context(), typed(t, heads, cells))
	require.NoError(t, err)
	return rowRefusal(t, p)
}

// byUndo has the host, whom no rule binds, mend what breaks the rule, and the actor
// take that back.
func byUndo(t *testing.T, s users.Store, r doorRule) string {
	t.Helper()
	if r.bad == "" {
		return ""
	}
	host := users.Open(s, users.Host("setup"), nil)
	rec, err := host.Get(t.Context(), r.id)
	require.NoError(t, err)
	good := rec.Field(r.field)

	broken := rec.Clone()
	broken.SetField(r.field, r.bad)
	mended := rec.Clone()
	mended.SetField(r.field, good)
	write := func(id users.ID, version uint64, to users.Record) error {
		imp := users.Record{Head: users.Head{ID: id, Account: acme, Created: noon(), Updated: noon()}, Data: &users.Import{Actor: r.actor.String(), Template: "doors", State: users.ImportDone, Rows: 1}}
		return s.Apply(t.Context(), users.Batch{Import: id, Rows: []users.RowNote{{Row: users.RowAt(0, 2)}},
			Writes: []users.Write{{Row: users.RowAt(0, 2), ID: r.id, Version: version, Record: &to}, {ID: id, Record: &imp}}})
	}
	require.NoError(t, write("breaks", rec.Version, broken))
	require.NoError(t, write("mends", rec.Version+1, mended))
	p, err := importer.Undo(t.Context(), users.Open(s, r.actor, nil), "mends", nil)
	require.NoError(t, err)
	return rowRefusal(t, p)
}

func byBulk(t *testing.T, s users.Store, r doorRule) string {
	t.Helper()
	role, of := r.value, assign.Add
	if role == "" {
		role, of = users.RoleAdmin, assign.Remove
	}
	table := typed(t, []string{"USER", "ROLES", "FOUND", "ID"}, []string{string(r.id), role, "1", string(r.id)})
	p, err := importer.New(users.Open(s, r.actor, nil), of(roles.NewCatalogue(role)), &importer.Options{Account: acme}).Preview(t.Context(), table)
	require.NoError(t, err)
	return rowRefusal(t, p)
}

// Every door keeps every rule about people: the table testdata/doors.md says by which
// code. A dash is a door that does not go there.
func TestRuleByDoor(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Rule by door\n\nThe code by which each door refuses a change that breaks a rule about people. A dash: the door does not go there.\n\n| rule |")
	for _, d := range doors() {
		b.WriteString(" " + d.name + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(doors())) + "\n")
	for _, r := range doorRules() {
		b.WriteString("| " + r.rule + " |")
		for _, d := range doors() {
			code := ""
			t.Run(r.rule+"/"+d.name, func(t *testing.T) { code = d.try(t, doorStore(t), r) })
			if code == "" {
				code = "–"
			}
			b.WriteString(" " + code + " |")
		}
		b.WriteString("\n")
	}

	path := filepath.Join("testdata", "doors.md")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), b.String()), "the table (-want +got)")
}
