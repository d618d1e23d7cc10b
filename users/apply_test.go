package users_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/storetest"
)

// row is the row that every batch of these tests does.
var row = users.RowAt(0, 1)

func made(account users.AccountID, id users.ID, d users.Data) users.Write {
	return users.Write{Row: row, ID: id, Record: &users.Record{
		Head: users.Head{ID: id, Account: account, Created: at, Updated: at}, Data: d,
	}}
}

func changed(account users.AccountID, id users.ID, d users.Data) users.Write {
	w := made(account, id, d)
	w.Version = 1
	return w
}

func removed(id users.ID) users.Write { return users.Write{Row: row, ID: id, Version: 1} }

// under is a batch of one row that begins an import of the actor's in the account.
func under(a users.Actor, account users.AccountID, writes ...users.Write) users.Batch {
	imp := made(account, "imp", &users.Import{Actor: a.String(), State: users.ImportRunning})
	imp.Row = 0
	return users.Batch{Import: "imp", Rows: []users.RowNote{{Row: row}}, Writes: append(writes, imp)}
}

// staffed is acme with a second admin, people who are inactive, an org unit of
// each account, and imports of others.
func staffed(t *testing.T) users.Store {
	t.Helper()
	s := acme(t)
	theirs := &users.Import{Actor: "partner:p", Digest: "d1", State: users.ImportRunning}
	require.NoError(t, users.Open(s, users.Host("test"), options()).Apply(t.Context(), users.Batch{
		Import: "staff",
		Rows:   []users.RowNote{{Row: row}},
		Writes: []users.Write{
			made("acme", "eve", &users.Profile{FirstName: "Eve", Roles: []string{users.RoleAdmin}}),
			made("acme", "ina", &users.Profile{FirstName: "Ina", Roles: []string{users.RoleAdmin}, Inactive: true}),
			made("globex", "gil", &users.Profile{FirstName: "Gil", Roles: []string{users.RoleAdmin}, Inactive: true}),
			made("acme", "sales", &users.Unit{Path: "Sales"}),
			made("globex", "labs", &users.Unit{Path: "Labs"}),
			made("acme", "desk", &users.Role{Name: "Billing", GrantedBy: users.ByPartners}),
			made("acme", "night", &users.Role{Name: "Night shift", GrantedBy: users.ByAccountAdmins}),
			made("acme", "cook", &users.Role{Name: "Cook"}),
			made("globex", "far desk", &users.Role{Name: "Clerk", GrantedBy: users.ByPartners}),
			made("acme", "theirs", theirs),
			made("globex", "far", &users.Import{Actor: "admin:gus", State: users.ImportRunning}),
		},
	}))
	return s
}

func stored(t *testing.T, s users.Store, id users.ID) users.Record {
	t.Helper()
	recs, err := s.Find(t.Context(), []users.Key{users.ByID(id)})
	require.NoError(t, err)
	if len(recs) == 0 {
		return users.Record{}
	}
	return recs[0]
}

func leading(t *testing.T, s users.Store, account users.AccountID) (ids []users.ID) {
	t.Helper()
	p, err := s.List(t.Context(), users.Query{Kind: users.KindUser, Scope: users.Scope{Accounts: []users.AccountID{account}}})
	require.NoError(t, err)
	for _, r := range p.Records {
		if users.Leads(r) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// bob and the others are their records in acme, to be changed.
func bob(change func(*users.Profile)) *users.Profile {
	return with(users.Profile{FirstName: "Bob", Email: "bob@example.com"}, change)
}
func ada(change func(*users.Profile)) *users.Profile {
	return with(users.Profile{FirstName: "Ada", LastName: "Lovelace", Email: "ada@example.com", Roles: []string{users.RoleAdmin}}, change)
}
func pat(change func(*users.Profile)) *users.Profile {
	return with(users.Profile{FirstName: "Pat", Email: "pat@example.com", Roles: []string{users.RolePartner}}, change)
}
func sam(change func(*users.Profile)) *users.Profile {
	return with(users.Profile{FirstName: "Sam", Email: "sam@example.com", Source: users.SCIM, Registered: true}, change)
}
func mia(change func(*users.Profile)) *users.Profile {
	return with(users.Profile{FirstName: "Mia", Email: "mia@example.com", Source: users.MiCloud}, change)
}
func gus(change func(*users.Profile)) *users.Profile {
	return with(users.Profile{FirstName: "Gus", Email: "gus@example.com", Roles: []string{users.RoleAdmin}}, change)
}
func with(p users.Profile, change func(*users.Profile)) *users.Profile { change(&p); return &p }

func off(p *users.Profile)     { p.Inactive = true }
func demoted(p *users.Profile) { p.Roles = nil }
func roles(r ...string) func(*users.Profile) {
	return func(p *users.Profile) { p.Roles = r }
}
func mobile(n string) func(*users.Profile) {
	return func(p *users.Profile) { p.Mobile = n }
}
func works(c users.ContactCentre) func(*users.Profile) {
	return func(p *users.Profile) { p.ContactCentre = &c }
}

func TestApplyRules(t *testing.T) {
	admin, partner, host := users.AccountAdmin("ada", "acme"), users.Partner("p"), users.Host("h")
	scim, pbx := users.Sync(users.SCIM, "acme"), users.Sync(users.PBXSync, "acme")
	const (
		none     = "<nil>"
		notFound = "users: not found"
	)
	for _, tt := range []struct {
		name, reason string
		actor        users.Actor
		account      users.AccountID // of the import
		writes       []users.Write
		want         string
	}{
		// Kinds and accounts.
		{"user to line", "a change of kind would go round the rules about people", admin, "acme", []users.Write{changed("acme", "mia", &users.Line{PBX: "x", Short: "1"})}, "record.forbidden"},
		{"user to import", "so would this one", admin, "acme", []users.Write{changed("acme", "pat", &users.Import{Actor: "admin:ada"})}, "record.forbidden"},
		{"user to line by a sync", "nor may a sync", scim, "acme", []users.Write{changed("acme", "bob", &users.Line{PBX: "x", Short: "1"})}, "record.forbidden"},
		{"user to line by the host", "a record is of one kind for ever", host, "acme", []users.Write{changed("acme", "bob", &users.Line{PBX: "x", Short: "1"})}, "record.forbidden"},
		{"account to line", "whose account would be locked for ever", partner, "acme", []users.Write{changed("acme", "acme", &users.Line{PBX: "x", Short: "1"})}, "record.forbidden"},
		{"line to user", "a person would be made without being added", admin, "acme", []users.Write{changed("acme", "l1", &users.Profile{FirstName: "L"})}, "record.forbidden"},
		{"moved by the host", "a record stays in its account", host, "acme", []users.Write{changed("globex", "bob", bob(mobile("")))}, "record.forbidden"},
		{"moved by a partner", "an import writes to one account", partner, "acme", []users.Write{changed("globex", "bob", bob(mobile("")))}, "import.foreign"},
		{"made out of reach", "the record written must be in reach too", admin, "acme", []users.Write{made("globex", "new", &users.Profile{FirstName: "New"})}, notFound},
		{"all of it out of reach", "its import as well", admin, "globex", []users.Write{made("globex", "new", &users.Profile{FirstName: "New"})}, notFound},
		{"pulled in from out of reach", "which looks like a record that is not there", admin, "acme", []users.Write{changed("acme", "gus", gus(off))}, "users: conflict: 1 records changed since (gus)"},
		{"org unit by an admin", "the catalogue is the partner's", admin, "acme", []users.Write{made("acme", "unit", &users.Unit{Path: "New"})}, "record.forbidden"},
		{"role by an admin", "and so are its roles", admin, "acme", []users.Write{made("acme", "role", &users.Role{Name: "New"})}, "record.forbidden"},
		{"org unit deleted by an admin", "or taken away", admin, "acme", []users.Write{removed("sales")}, "record.forbidden"},
		{"org unit by a partner", "who sets customers up", partner, "acme", []users.Write{made("acme", "unit", &users.Unit{Path: "New"})}, none},
		{"org unit as it was", "a batch may guard what it does not change", admin, "acme", []users.Write{changed("acme", "sales", &users.Unit{Path: "Sales"})}, none},
		{"account deleted by a partner", "only the host deletes one", partner, "acme", []users.Write{removed("acme")}, "record.forbidden"},
		{"account made a partner's own", "only the host says which are", partner, "acme", []users.Write{changed("acme", "acme", &users.Account{Name: "Acme", Partner: true})}, "record.forbidden"},
		{"account inside another", "an account's record is its own", partner, "acme", []users.Write{made("acme", "sub", &users.Account{Name: "Sub"})}, "record.forbidden"},
		{"account set up by a partner", "is what partners do", partner, "newco", []users.Write{made("newco", "newco", &users.Account{Name: "New"})}, none},

		// Roles.
		{"a role while deactivating", "a deletion takes rights, and gives none", admin.Granting("Agent desk"), "acme", []users.Write{changed("acme", "bob", bob(func(p *users.Profile) { p.Inactive, p.Roles = true, []string{users.RoleAdmin} }))}, "role.forbidden"},
		{"the partner's role while deactivating", "the same", admin, "acme", []users.Write{changed("acme", "bob", bob(func(p *users.Profile) { p.Inactive, p.Roles = true, []string{users.RolePartner} }))}, "role.forbidden"},
		{"a role from a sync while deactivating", "a sync hands out nothing", scim, "acme", []users.Write{changed("acme", "sam", sam(func(p *users.Profile) { p.Inactive, p.Roles = true, []string{users.RoleAdmin} }))}, "source.foreign"},
		{"a role from a sync", "nor to the people it adds", scim, "acme", []users.Write{made("acme", "new", &users.Profile{FirstName: "New", Source: users.SCIM, Roles: []string{users.RoleAdmin}})}, "source.foreign"},
		{"role with a blank", "it would hide the partner's role", admin, "acme", []users.Write{changed("acme", "pat", pat(roles(" partner")))}, "role.form"},
		{"role in another case", "the store would find an admin who has no rights", admin, "acme", []users.Write{changed("acme", "bob", bob(roles("Account_Admin")))}, "role.form"},
		{"partner in another case", "the same", admin, "acme", []users.Write{changed("acme", "pat", pat(roles("Partner")))}, "role.form"},
		{"role with a comma", "it would read as two", admin, "acme", []users.Write{changed("acme", "pat", pat(roles("agent,partner")))}, "role.form"},
		{"no role", "nobody has it", admin, "acme", []users.Write{changed("acme", "bob", bob(roles("")))}, "role.form"},
		{"roles out of order", "the host too: what is sorted is searched so", host, "acme", []users.Write{changed("acme", "bob", bob(roles("z", users.RoleAdmin)))}, "role.form"},
		{"role twice", "it would stay when it is taken once", host, "acme", []users.Write{changed("acme", "bob", bob(roles("a", "a")))}, "role.form"},

		{"a role of the partner's by an admin", "the catalogue says who hands it out", admin, "acme", []users.Write{changed("acme", "bob", bob(roles("Billing")))}, "role.forbidden"},
		{"written otherwise", "it would be the same role to whoever folds", admin, "acme", []users.Write{changed("acme", "bob", bob(roles("BILLING")))}, "role.forbidden"},
		{"to somebody new", "the same", admin, "acme", []users.Write{made("acme", "new", &users.Profile{FirstName: "New", Roles: []string{"Billing"}})}, "role.forbidden"},
		{"by a partner", "who may", partner, "acme", []users.Write{changed("acme", "bob", bob(roles("Billing")))}, none},
		{"together with the role itself", "it is judged as it stood", partner, "acme", []users.Write{changed("acme", "night", &users.Role{Name: "Night shift"}), changed("acme", "bob", bob(roles("Night shift")))}, "role.forbidden"},
		{"a role of the admins' by a partner", "nor may partners do everything", partner, "acme", []users.Write{changed("acme", "bob", bob(roles("Night shift")))}, "role.forbidden"},
		{"by an admin", "who may", admin, "acme", []users.Write{changed("acme", "bob", bob(roles("Night shift")))}, none},
		{"another account's catalogue", "does not count here", admin, "acme", []users.Write{changed("acme", "bob", bob(roles("Clerk")))}, "role.unknown"},
		{"by the host", "which is bound by no rule", host, "acme", []users.Write{changed("acme", "bob", bob(roles("Billing")))}, none},

		// Deleting.
		{"one who stays listed is removed", "SCIM knows them still", partner, "acme", []users.Write{removed("sam")}, "delete.stays"},
		{"and by their own sync", "for which the same holds", scim, "acme", []users.Write{removed("sam")}, "delete.stays"},
		{"and by the host", "which is bound by no rule", host, "acme", []users.Write{removed("sam")}, none},
		{"one of another source by a sync", "a sync leaves other people alone", scim, "acme", []users.Write{removed("bob")}, "source.foreign"},
		{"deactivated by another's sync", "which is a deletion too", pbx, "acme", []users.Write{changed("acme", "sam", sam(off))}, "source.foreign"},
		{"deactivated by their sync", "is how a sync deletes", scim, "acme", []users.Write{changed("acme", "sam", sam(func(p *users.Profile) { p.Inactive, p.Registered = true, false }))}, none},
		{"a partner's person deactivated", "as forbidden as deleting them", admin, "acme", []users.Write{changed("acme", "pat", pat(off))}, "delete.partner"},
		{"one from MiCloud deactivated", "the same", admin, "acme", []users.Write{changed("acme", "mia", mia(off))}, "delete.source"},
		{"oneself deactivated", "the same", admin, "acme", []users.Write{changed("acme", "ada", ada(off))}, "self.delete"},
		{"oneself activated", "nobody decides whether they are active", users.AccountAdmin("ina", "acme"), "acme", []users.Write{changed("acme", "ina", &users.Profile{FirstName: "Ina", Roles: []string{users.RoleAdmin}})}, "self.deactivate"},
		{"another activated", "an admin may", admin, "acme", []users.Write{changed("acme", "ina", &users.Profile{FirstName: "Ina", Roles: []string{users.RoleAdmin}})}, none},

		// Syncs.
		{"custom field from a sync", "SCIM keeps what it knows of a person", scim, "acme", []users.Write{changed("acme", "sam", sam(func(p *users.Profile) { p.Custom = map[string]string{"desk": "7"} }))}, none},
		{"custom field added by a sync", "also of the people it adds", scim, "acme", []users.Write{made("acme", "new", &users.Profile{FirstName: "New", Source: users.SCIM, Custom: map[string]string{"desk": "7"}})}, none},
		{"custom field of a person from SCIM", "which SCIM keeps", partner, "acme", []users.Write{changed("acme", "sam", sam(func(p *users.Profile) { p.Custom = map[string]string{"desk": "7"} }))}, "field.locked"},
		{"feature from a sync", "its source does not own it", scim, "acme", []users.Write{changed("acme", "sam", sam(func(p *users.Profile) { p.ContactCentre = &users.ContactCentre{Features: map[string]bool{"x": true}} }))}, "source.foreign"},
		{"channel added by a sync", "nor a channel", scim, "acme", []users.Write{made("acme", "new", &users.Profile{FirstName: "New", Source: users.SCIM, ContactCentre: &users.ContactCentre{Channels: map[string]int{"voice": 1}}})}, "source.foreign"},
		{"licence added by a sync", "its source does not own it", scim, "acme", []users.Write{made("acme", "new", &users.Profile{FirstName: "New", Source: users.SCIM, Products: []string{"meetings"}})}, "source.foreign"},
		{"address added by a PBX", "nor a PBX an address", pbx, "acme", []users.Write{made("acme", "new", &users.Profile{FirstName: "New", Source: users.PBXSync, Email: "new@example.com"})}, "source.foreign"},
		{"own fields added by a sync", "these it owns", scim, "acme", []users.Write{made("acme", "new", &users.Profile{FirstName: "New", Source: users.SCIM, Email: "new@example.com", ExternalID: "7"})}, none},

		// The last admin.
		{"the last admin deactivated", "inactive admins lead nobody", partner, "globex", []users.Write{changed("globex", "gus", gus(off))}, "admin.last"},
		{"an inactive admin is left", "the same", partner, "globex", []users.Write{changed("globex", "gus", gus(demoted))}, "admin.last"},
		{"an inactive one is promoted", "the same", partner, "globex", []users.Write{changed("globex", "gus", gus(demoted)), made("globex", "new", &users.Profile{FirstName: "New", Roles: []string{users.RoleAdmin}, Inactive: true})}, "admin.last"},
		{"another is promoted in the batch", "a batch is judged by its end", partner, "globex", []users.Write{changed("globex", "gus", gus(demoted)), made("globex", "new", &users.Profile{FirstName: "New", Roles: []string{users.RoleAdmin}})}, none},
		{"all at once", "each leaves the other, and both go", partner, "acme", []users.Write{changed("acme", "ada", ada(demoted)), changed("acme", "eve", &users.Profile{FirstName: "Eve"})}, "admin.last"},
		{"one of two", "one is left", partner, "acme", []users.Write{removed("ada")}, none},
		{"the last by the host", "which is bound by no rule", host, "globex", []users.Write{changed("globex", "gus", gus(demoted))}, none},

		// Lines, and whom records name.
		{"line deleted by a sync", "a sync writes people only", scim, "acme", []users.Write{removed("l1")}, "record.forbidden"},
		{"line made by a sync", "the same", scim, "acme", []users.Write{made("acme", "l9", &users.Line{PBX: "P", Short: "9"})}, "record.forbidden"},
		{"line held from another account", "lines and people do not meet over accounts", admin, "acme", []users.Write{made("acme", "l9", &users.Line{PBX: "P", Short: "9", Holder: "gus"})}, "reference.foreign"},
		{"line held by an org unit", "people hold lines", admin, "acme", []users.Write{made("acme", "l9", &users.Line{PBX: "P", Short: "9", Holder: "sales"})}, "reference.foreign"},
		{"line held by nobody known", "whoever is named must be there", admin, "acme", []users.Write{made("acme", "l9", &users.Line{PBX: "P", Short: "9", Holder: "zoe"})}, "users: conflict: 1 records gone (zoe)"},
		{"line held by one of the batch", "who will be there", admin, "acme", []users.Write{made("acme", "l9", &users.Line{PBX: "P", Short: "9", Holder: "new"}), made("acme", "new", &users.Profile{FirstName: "New"})}, none},
		{"supervisor of another account", "the same holds of supervisors", admin, "acme", []users.Write{changed("acme", "bob", bob(works(users.ContactCentre{Supervisor: "gus"})))}, "reference.foreign"},
		{"org unit of another account", "and of org units", admin, "acme", []users.Write{changed("acme", "bob", bob(works(users.ContactCentre{Unit: "labs"})))}, "reference.foreign"},
		{"supervisor and org unit of the account", "are what is meant", admin, "acme", []users.Write{changed("acme", "bob", bob(works(users.ContactCentre{Supervisor: "eve", Unit: "sales"})))}, none},
		{"holder deleted", "whoever is deleted holds nothing", admin, "acme", []users.Write{removed("bob")}, "delete.holds"},
		{"holder and line deleted", "nothing is left to hold", admin, "acme", []users.Write{removed("bob"), removed("l1")}, none},

		// Mobile numbers.
		{"mobile of digits alone", "E.164 begins with a plus sign", admin, "acme", []users.Write{changed("acme", "bob", bob(mobile("33612345678")))}, "mobile.form"},
		{"national mobile", "no country code begins with 0", admin, "acme", []users.Write{changed("acme", "bob", bob(mobile("+0612345678")))}, "mobile.form"},
		{"mobile with blanks", "E.164 is digits", admin, "acme", []users.Write{changed("acme", "bob", bob(mobile("+33 6 12 34 56")))}, "mobile.form"},
		{"mobile of sixteen digits", "E.164 has fifteen at most", host, "acme", []users.Write{changed("acme", "bob", bob(mobile("+1234567890123456")))}, "mobile.form"},
		{"mobile of fifteen digits", "which are allowed", admin, "acme", []users.Write{changed("acme", "bob", bob(mobile("+123456789012345")))}, none},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := staffed(t)
			err := users.Open(s, tt.actor, options()).Apply(t.Context(), under(tt.actor, tt.account, tt.writes...))
			if diff := cmp.Diff(tt.want, code(err)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			if tt.want != none {
				require.Nil(t, stored(t, s, "imp").Data, "of a batch refused nothing is written")
			}
		})
	}
}

func TestApplyImports(t *testing.T) {
	admin := users.AccountAdmin("ada", "acme")
	rows := []users.RowNote{{Row: users.RowAt(0, 2)}}
	imp := func(id users.ID, version uint64, account users.AccountID, d *users.Import) users.Write {
		w := made(account, id, d)
		w.Row, w.Version = 0, version
		return w
	}
	for _, tt := range []struct {
		name, reason string
		batch        users.Batch
		want         string
	}{
		{"no record", "nobody could say whose rows they are", users.Batch{Import: "new", Rows: rows}, "import.foreign"},
		{"no import", "another kind of record is none", users.Batch{Import: "bob", Rows: rows}, "import.foreign"},
		{"another actor's", "its report would tell what they did not do", users.Batch{Import: "theirs", Digest: "d1", Rows: rows}, "import.foreign"},
		{"another account's", "the same, and out of reach", users.Batch{Import: "far", Rows: rows}, "import.foreign"},
		{"another actor's taken over", "an import says for ever who began it", users.Batch{Import: "new", Writes: []users.Write{imp("new", 0, "acme", &users.Import{Actor: "admin:ada"}), imp("theirs", 1, "acme", &users.Import{Actor: "admin:ada", Digest: "d1"})}}, "import.foreign"},
		{"in another's name", "nobody begins one for others", users.Batch{Import: "new", Writes: []users.Write{imp("new", 0, "acme", &users.Import{Actor: "partner:p"})}}, "import.foreign"},
		{"deleted", "what was done stays said", users.Batch{Import: "new", Writes: []users.Write{imp("new", 0, "acme", &users.Import{Actor: "admin:ada"}), {ID: "theirs", Version: 1}}}, "import.foreign"},
		{"rows done under its id", "whoever made it would read them", users.Batch{Import: "staff", Rows: rows, Writes: []users.Write{imp("staff", 0, "acme", &users.Import{Actor: "admin:ada"})}}, "import.foreign"},
		{"their own", "is what imports are for", users.Batch{Import: "new", Rows: rows, Writes: []users.Write{imp("new", 0, "acme", &users.Import{Actor: "admin:ada"})}}, "<nil>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := users.Open(staffed(t), admin, options()).Apply(t.Context(), tt.batch)
			if diff := cmp.Diff(tt.want, code(err)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

// meanwhile is a store in which do happens just before the first batch is applied.
func meanwhile(s users.Store, do func() error) users.Store {
	f := storetest.NewFaulty(s)
	f.Before = func(op string, n int) error {
		if op == storetest.OpApply && n == 1 {
			return do()
		}
		return nil
	}
	return f
}

// A write at a version that the record does not have is not judged: it must
// not be written either, if the record has that version by then.
func TestApplyNeverWritesWhatWasStale(t *testing.T) {
	admin := users.AccountAdmin("ada", "acme")
	for _, tt := range []struct {
		name, reason string
		id           users.ID
		record       *users.Record
	}{
		{"change out of reach", "another account would be written to", "gus", made("acme", "gus", &users.Profile{FirstName: "Taken"}).Record},
		{"deletion out of reach", "another account's last admin would go", "gus", nil},
		{"change forbidden", "a partner's person would lose the role", "pat", made("acme", "pat", pat(demoted)).Record},
		{"deletion forbidden", "one synced from MiCloud Connect would go", "mia", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := staffed(t)
			host := users.Open(s, users.Host("h"), nil)
			raced := meanwhile(s, func() error {
				u, err := host.User(t.Context(), tt.id)
				if err != nil {
					return err
				}
				u.Mobile = "+33612345678"
				_, err = host.Edit(t.Context(), u)
				return err
			})
			w := users.Write{Row: row, ID: tt.id, Version: 2, Record: tt.record}
			err := users.Open(raced, admin, options()).Apply(t.Context(), under(admin, "acme", w))
			var c *users.Conflict
			require.ErrorAs(t, err, &c, tt.reason)
			if diff := cmp.Diff(&users.Conflict{Stale: []users.ID{tt.id}}, c); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			if diff := cmp.Diff("+33612345678", stored(t, s, tt.id).Field("mobile")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestTheLastTwoAdminsAtOnce(t *testing.T) {
	remove := func(ctx context.Context, d *users.Directory, id users.ID) error {
		_, err := d.Delete(ctx, id)
		return err
	}
	demote := func(ctx context.Context, d *users.Directory, id users.ID) error {
		u, err := d.User(ctx, id)
		if err != nil {
			return err
		}
		u.Grant(users.RoleAdmin, false)
		_, err = d.Edit(ctx, u)
		return err
	}
	for _, tt := range []struct {
		name         string
		first, other func(context.Context, *users.Directory, users.ID) error
	}{{"both deleted", remove, remove}, {"both demoted", demote, demote}, {"one of each", remove, demote}} {
		t.Run(tt.name, func(t *testing.T) {
			s := staffed(t)
			quick := users.Open(s, users.Partner("q"), nil)
			raced := meanwhile(s, func() error { return tt.other(t.Context(), quick, "eve") })
			err := tt.first(t.Context(), users.Open(raced, users.Partner("p"), nil), "ada")
			if diff := cmp.Diff("admin.last", code(err)); diff != "" {
				t.Errorf("whoever comes second takes the last (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]users.ID{"ada"}, leading(t, s, "acme")); diff != "" {
				t.Errorf("one must be left (-want +got):\n%s", diff)
			}
		})
	}
}

func TestApplyTellsNothingOfOtherAccounts(t *testing.T) {
	admin := users.AccountAdmin("ada", "acme")
	for _, tt := range []struct {
		name, reason string
		write        users.Write
		want         users.Conflict
	}{
		{"version right", "a record out of reach looks like none", users.Write{Row: row, ID: "gus", Version: 1}, users.Conflict{Stale: []users.ID{"gus"}}},
		{"version wrong", "at every version", users.Write{Row: row, ID: "gus", Version: 2}, users.Conflict{Stale: []users.ID{"gus"}}},
		{"no record", "and this is what none looks like", users.Write{Row: row, ID: "zoe", Version: 1}, users.Conflict{Stale: []users.ID{"zoe"}}},
		{"number of another account", "that it is taken, not by what", made("acme", "new", &users.Line{PBX: "P", Short: "9", Number: "+33198765432"}), users.Conflict{
			Keys: []users.KeyConflict{{Key: users.KeyOf("", users.SpaceNumber, "+33198765432"), Wants: "new"}}}},
		{"number of the account", "of which the actor sees everything", made("acme", "new", &users.Line{PBX: "P", Short: "9", Number: "+33123456789"}), users.Conflict{
			Keys: []users.KeyConflict{{Key: users.KeyOf("", users.SpaceNumber, "+33123456789"), Wants: "new", Holder: "l1"}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := users.Open(staffed(t), admin, options()).Apply(t.Context(), under(admin, "acme", tt.write))
			var c *users.Conflict
			require.ErrorAs(t, err, &c)
			if diff := cmp.Diff(&tt.want, c); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}
