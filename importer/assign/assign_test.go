package assign_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/assign"
	"github.com/usher-go/usher/roles"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

const acme users.AccountID = "acme"

// seed is a store with the records of the account.
func seed(t require.TestingT, data map[users.ID]users.Data) *memstore.Store {
	store := memstore.New()
	b := users.Batch{Import: "seed"}
	for id, d := range data {
		b.Writes = append(b.Writes, users.Write{ID: id, Record: &users.Record{Head: users.Head{ID: id, Account: acme}, Data: d}})
	}
	require.NoError(t, store.Apply(tctx(t), b))
	return store
}

func staffed(t *testing.T) *memstore.Store {
	return seed(t, map[users.ID]users.Data{
		"ada": &users.Profile{Email: "ada@example.com", Login: "ada", Roles: []string{users.RoleAdmin}},
		"bob": &users.Profile{Email: "bob@example.com", Roles: []string{"Agent desk", "Old desk"}},
		"cyd": &users.Profile{DisplayName: "Cyd", ContactCentre: &users.ContactCentre{LANID: "ada"}},
		"dan": &users.Profile{DisplayName: "Dan"},
		"r1":  &users.Role{Name: "Agent desk"},
		"r2":  &users.Role{Name: "Billing", GrantedBy: users.ByPartners},
		"r3":  &users.Role{Name: "Night desk", GrantedBy: users.ByAccountAdmins},
	})
}

// preview is what adding (or removing) the roles to the people named would do.
func preview(t require.TestingT, dir *users.Directory, remove bool, names string, people []roles.Person) *importer.Preview {
	asked := strings.Split(names, ",")
	var also []string
	if remove {
		also = asked
	}
	c, err := roles.ReadCatalogue(tctx(t), dir, acme, also...)
	require.NoError(t, err)
	table, err := assign.Table(people, asked...)
	require.NoError(t, err)
	tpl := assign.Add(c)
	if remove {
		tpl = assign.Remove(c)
	}
	p, err := importer.New(dir, tpl, &importer.Options{Account: acme}).Preview(tctx(t), table)
	require.NoError(t, err)
	return p
}

// told is a preview as a line for each row: action, changes, codes.
func told(p *importer.Preview) string {
	var out []string
	for r := range p.Rows() {
		line := r.Action.String()
		for _, c := range r.Changes {
			line += fmt.Sprintf(" %s>%s", c.Old, c.New)
		}
		for _, f := range r.Findings {
			line += " " + f.Code
			if f.Fix != nil {
				line += "=" + *f.Fix
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func TestRules(t *testing.T) {
	partner, ada := users.Partner("pat"), users.AccountAdmin("ada", acme)
	for _, tt := range []struct {
		name   string
		actor  users.Actor
		remove bool
		roles  string
		who    string
		want   string
	}{
		{"whoever does not have it gains it", partner, false, "Agent desk", "dan", "update >Agent desk"},
		{"whoever has it is unchanged", partner, false, "Agent desk", "bob@example.com", "unchanged"},
		{"of two roles, the one that is missing", partner, false, "Agent desk,Billing", "bob", "update >Billing"},
		{"in any letters", partner, false, "AGENT  desk", "BOB@example.com", "unchanged"},
		{"taken away", partner, true, "Agent desk", "bob", "update Agent desk>"},
		{"nothing to take away", partner, true, "Agent desk", "dan", "unchanged"},
		{"what the catalogue has no longer is taken away", partner, true, "old desk", "bob", "update Old desk>"},
		{"and not given", partner, false, "old desk", "dan", "error role.unknown"},
		{"an admin is made", partner, false, users.RoleAdmin, "dan", "update >account_admin"},
		{"by login, LAN ID and address", partner, false, "Agent desk", "ada@example.com,ada", "update >Agent desk\nerror user.ambiguous"},
		{"one person twice", partner, false, "Agent desk", "ada@example.com,ADA@example.com", "update >Agent desk\nskip row.repeated"},
		{"twice unknown is no repetition", partner, false, "Agent desk", "zoe,zack", "error user.unknown\nerror user.unknown"},
		{"nobody is called so", partner, false, "Agent desk", "zoe@example.com", "error user.unknown"},
		{"a role there is not", partner, false, "Nigth desk", "dan", "error role.unknown=Night desk"},
		{"the whole cell is the fix", partner, false, "Agent desk,Nigth desk", "dan", "error role.unknown=Agent desk,Night desk"},
		{"one far from all", partner, false, "Agent desk,Cook", "dan", "error role.unknown"},
		{"the partner's, by an admin", ada, false, "Billing", "dan", "error role.forbidden"},
		{"the partner's, by an admin who narrows themselves", ada.Granting("Billing"), false, "Billing", "dan", "error role.forbidden"},
		{"the admins', by a partner", partner, false, "Night desk", "dan", "error role.forbidden"},
		{"the admins', by one", ada, false, "Night desk", "dan", "update >Night desk"},
		{"nobody makes a partner", partner, false, users.RolePartner, "dan", "error role.forbidden"},
		{"nor does a sync grant anything", users.Sync(users.SCIM, acme), false, "Agent desk", "dan", "error source.foreign"},
		{"who has it is no matter", ada, false, "Billing,Agent desk", "bob", "error role.forbidden"},
		{"oneself", ada, true, users.RoleAdmin, "ada@example.com", "error self.demote admin.last"},
		{"oneself, of another role", ada, false, "Agent desk", "ada@example.com", "update >Agent desk"},
		{"the last admin", partner, true, users.RoleAdmin, "ada@example.com", "error admin.last"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store := staffed(t)
			dir := users.Open(store, tt.actor, nil)
			people, err := roles.Named(t.Context(), dir, acme, strings.Split(tt.who, ",")...)
			require.NoError(t, err)
			p := preview(t, dir, tt.remove, tt.roles, people)
			if diff := cmp.Diff(tt.want, told(p)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			before := state(t, store)
			report, err := p.Commit(t.Context(), nil)
			require.NoError(t, err)
			if report.Counts[importer.OutcomeUpdated] == 0 {
				require.Empty(t, cmp.Diff(before, state(t, store)), "nothing was written")
			}
		})
	}
}

// A selection is fixed: rows go, and are not typed over.
func TestFixed(t *testing.T) {
	dir := users.Open(staffed(t), users.Partner("pat"), nil)
	people, err := roles.Matching(t.Context(), dir, acme, users.Query{})
	require.NoError(t, err)
	p := preview(t, dir, false, "Billing", people)
	row := users.RowAt(0, 2)
	_, err = p.Edit(t.Context(), importer.Set(row, "id", "ada"))
	require.ErrorIs(t, err, importer.ErrFixed)
	_, err = p.Edit(t.Context(), importer.Remove(row))
	require.NoError(t, err)
	report, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeUpdated: 3, importer.OutcomeSkipped: 1}, report.Counts)
}

// A saved preview says which roles go to whom, and another choice of roles is another document.
func TestDocument(t *testing.T) {
	dir := users.Open(staffed(t), users.Partner("pat"), nil)
	people, err := roles.Matching(t.Context(), dir, acme, users.Query{})
	require.NoError(t, err)
	p := preview(t, dir, false, "Billing", people)
	var saved, again bytes.Buffer
	require.NoError(t, p.Save(&saved))
	c, err := roles.ReadCatalogue(t.Context(), dir, acme)
	require.NoError(t, err)
	q, err := importer.Reopen(t.Context(), dir, bytes.NewReader(saved.Bytes()), assign.Remove(c), assign.Add(c))
	require.NoError(t, err)
	require.NoError(t, q.Save(&again))
	require.Equal(t, saved.String(), again.String())
	require.Equal(t, told(p), told(q))
	_, err = importer.Reopen(t.Context(), dir, bytes.NewReader(saved.Bytes()), assign.Remove(c))
	var refusal *formats.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, "document.template", refusal.Code)

	report, err := q.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, 4, report.Counts[importer.OutcomeUpdated])
	_, err = preview(t, dir, false, "Agent desk", people).Commit(t.Context(), &importer.CommitOptions{ID: report.ID})
	require.ErrorIs(t, err, users.ErrDigest, "the same people and other roles")
}

// What a preview predicted is not what counts: a role that became the
// partner's alone is refused when it is written, and another account's id is nobody.
func TestCommitJudgesAgain(t *testing.T) {
	store := staffed(t)
	dir := users.Open(store, users.AccountAdmin("ada", acme), nil)
	p := preview(t, dir, false, "Agent desk", []roles.Person{{Name: "dan", IDs: []users.ID{"dan"}}, {Name: "far", IDs: []users.ID{"far"}}})
	require.Equal(t, "update >Agent desk\nerror id.unknown", told(p))
	role, err := dir.Get(t.Context(), "r1")
	require.NoError(t, err)
	role = role.Clone()
	role.Data.(*users.Role).GrantedBy = users.ByPartners
	require.NoError(t, store.Apply(t.Context(), users.Batch{Import: "meanwhile", Writes: []users.Write{{ID: "r1", Version: role.Version, Record: &role}}}))
	before := state(t, store)
	report, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeConflict: 1, importer.OutcomeFailed: 1}, report.Counts)
	require.Empty(t, cmp.Diff(before, state(t, store)))
}

// Somebody else gives the same person another role meanwhile: both stay.
func TestAnUnrelatedRoleStays(t *testing.T) {
	store := staffed(t)
	dir := users.Open(store, users.Partner("pat"), nil)
	p := preview(t, dir, false, "Billing", []roles.Person{{Name: "dan", IDs: []users.ID{"dan"}}})
	dan, err := dir.User(t.Context(), "dan")
	require.NoError(t, err)
	dan.Roles = []string{"Agent desk"}
	_, err = dir.Edit(t.Context(), dan)
	require.NoError(t, err)
	report, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.True(t, report.Done())
	dan, err = dir.User(t.Context(), "dan")
	require.NoError(t, err)
	require.Equal(t, []string{"Agent desk", "Billing"}, dan.Roles)
}

// Assigned and undone, or assigned and removed from those who gained something,
// is as before, whoever was selected; and nobody else is touched in between.
func TestAssignedAndRemovedIsAsBefore(t *testing.T) {
	all := []string{"Agent desk", "Billing", "Night desk", users.RoleAdmin}
	rapid.Check(t, func(t *rapid.T) {
		data := map[users.ID]users.Data{
			"lead": &users.Profile{DisplayName: "Lead", Roles: []string{users.RoleAdmin}},
			"r2":   &users.Role{Name: "Billing", GrantedBy: rapid.SampledFrom([]users.Granter{"", users.ByPartners, users.ByAccountAdmins}).Draw(t, "by")},
			"r1":   &users.Role{Name: "Agent desk"}, "r3": &users.Role{Name: "Night desk"},
		}
		for i := range rapid.IntRange(1, 7).Draw(t, "people") {
			u := &users.Profile{DisplayName: fmt.Sprint("P", i), Login: fmt.Sprint("p", i), Inactive: rapid.Bool().Draw(t, "inactive")}
			u.Source = rapid.SampledFrom([]users.Source{users.Local, users.Local, users.SCIM}).Draw(t, "source")
			for _, r := range all {
				u.Grant(r, rapid.IntRange(0, 3).Draw(t, r) == 0)
			}
			data[users.ID(fmt.Sprint("u", i))] = u
		}
		store := seed(t, data)
		dir := users.Open(store, rapid.SampledFrom([]users.Actor{users.Host("h"), users.Partner("pat"), users.AccountAdmin("lead", acme)}).Draw(t, "actor"), nil)
		everybody, err := roles.Matching(t.Context(), dir, acme, users.Query{})
		require.NoError(t, err)
		selected := rapid.SliceOfN(rapid.SampledFrom(everybody), 1, 10).Draw(t, "selected")
		asked := strings.Join(rapid.SliceOfNDistinct(rapid.SampledFrom(all), 1, 3, rapid.ID).Draw(t, "roles"), ",")

		before := state(t, store)
		report := commit(t, preview(t, dir, false, asked, selected))
		after := state(t, store)
		changed := map[users.ID]bool{}
		for _, l := range report.Lines {
			switch l.Outcome {
			case importer.OutcomeUpdated:
				changed[l.User] = true
				fallthrough
			case importer.OutcomeUnchanged:
				for r := range strings.SplitSeq(asked, ",") {
					require.Contains(t, strings.Split(after[l.User], ","), r, "%s has what was assigned", l.User)
				}
			}
		}
		for id, was := range before {
			require.Equal(t, changed[id], was != after[id], "%s: %s, then %s", id, was, after[id])
			for r := range strings.SplitSeq(was, ",") {
				require.Contains(t, strings.Split(after[id], ","), r, "%s keeps what they had", id)
			}
		}
		if len(changed) == 0 {
			return
		}
		if rapid.Bool().Draw(t, "undo") {
			undo, err := importer.Undo(t.Context(), dir, report.ID, nil)
			require.NoError(t, err)
			require.True(t, commit(t, undo).Done())
			require.Empty(t, cmp.Diff(before, state(t, store)))
			return
		}
		// Removal takes what was asked for, so that those who had one of several
		// roles before lose it: they are left out, and those who gained all are as before.
		gained := slices.DeleteFunc(slices.Clone(selected), func(p roles.Person) bool {
			return !changed[p.IDs[0]] || slices.ContainsFunc(strings.Split(asked, ","), func(r string) bool { return slices.Contains(strings.Split(before[p.IDs[0]], ","), r) })
		})
		if len(gained) == 0 {
			return
		}
		removed := commit(t, preview(t, dir, true, asked, gained))
		require.Zero(t, removed.Counts[importer.OutcomeFailed]+removed.Counts[importer.OutcomeConflict])
		now := state(t, store)
		for _, p := range gained {
			require.Equal(t, before[p.IDs[0]], now[p.IDs[0]], "%s is as before", p.Name)
			after[p.IDs[0]] = before[p.IDs[0]]
		}
		require.Empty(t, cmp.Diff(after, now), "and nobody else changed")
	})
}

func commit(t require.TestingT, p *importer.Preview) *importer.Report {
	r, err := p.Commit(tctx(t), nil)
	require.NoError(t, err)
	return r
}
