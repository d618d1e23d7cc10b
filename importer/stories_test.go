package importer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
)

// A step is one edit of a story, how many rows it has decided again, and what the preview shows then.
type step struct {
	edit      edit
	redecided int
	want      []string
}

func remove(n int) edit { return edit{what: "remove", number: n} }

func set(n int, field, value string) edit {
	return edit{what: "set", number: n, field: field, value: value}
}

func in(table int, e edit) edit { e.table = table; return e }

func add(cells ...string) edit { return edit{what: "add", cells: cells} }

// Chains: rows that need each other through three keys or more. Each story is
// one named in the rule-book of the engine.
func TestStories(t *testing.T) {
	three := []users.Record{person(0), person(1), person(2)}
	lined := append(three[:3:3], line(0, 0), line(1, 1), line(2, 2))
	tests := []struct {
		name, reason string
		scene        *scene
		want         []string
		steps        []step
		after        []string // of the store; nil where the steps say enough
	}{
		{
			name: "swap", reason: "a key that its holder gives up is free, and both rows need each other",
			scene: asHost(people(), three, row("l0", "p1@x.com", "N0"), row("l1", "p0@x.com", "N1")),
			want:  []string{"2 update p0@x.com email:p0@x.com>p1@x.com", "3 update p1@x.com email:p1@x.com>p0@x.com"},
			after: []string{"u0 l0 p1@x.com N0", "u1 l1 p0@x.com N1", "u2 l2 p2@x.com N2"},
		},
		{
			name: "swap contested", reason: "blocked rows must not hold each other down once the contest is over",
			scene: asHost(people(), three, row("l0", "p1@x.com", "N0"), row("l1", "p0@x.com", "N1"), row("l2", "p0@x.com", "N2")),
			want:  []string{"2 blocked !row.blocked[3]", "3 error !email.contested[4 of 2]", "4 error !email.contested[3 of 2]"},
			steps: []step{
				{remove(4), 1, []string{"2 update p0@x.com email:p0@x.com>p1@x.com", "3 update p1@x.com email:p1@x.com>p0@x.com"}},
				{add("l2", "p0@x.com", "N2"), 2, []string{"2 blocked !row.blocked[3]", "3 error !email.contested[5 of 2]", "5 error !email.contested[3 of 2]"}},
				{set(5, "email", "p2@x.com"), 2, []string{"2 update p0@x.com email:p0@x.com>p1@x.com", "3 update p1@x.com email:p1@x.com>p0@x.com", "5 unchanged"}},
			},
		},
		{
			name: "ring", reason: "three lines go round",
			scene: asHost(lines(true), lined, attach(0, 1), attach(1, 2), attach(2, 0)),
			want:  []string{"2 update p0@x.com +x/1 -x/0", "3 update p1@x.com +x/2 -x/1", "4 update p2@x.com +x/0 -x/2"},
			steps: []step{
				{add("attach", "nobody@x.com", "0"), 2, []string{"2 blocked !row.blocked[3]", "3 blocked !row.blocked[4]", "4 error !line.contested[5 of 2]", "5 error !email.unknown !line.contested[4 of 2]"}},
				{remove(5), 1, []string{"2 update p0@x.com +x/1 -x/0", "3 update p1@x.com +x/2 -x/1", "4 update p2@x.com +x/0 -x/2"}},
			},
			after: []string{"u0 l0 p0@x.com N0 has 1", "u1 l1 p1@x.com N1 has 2", "u2 l2 p2@x.com N2 has 0"},
		},
		{
			name: "detach in error", reason: "what a row in error would free is not free",
			scene: asHost(lines(true), lined, detach(0), attach(0, 7), attach(1, 0)),
			want:  []string{"2 error !person.contradiction[3 of 2]", "3 error !person.contradiction[2 of 2]", "4 blocked !row.blocked[2]"},
			steps: []step{{remove(3), 1, []string{"2 update p0@x.com -x/0", "4 update p1@x.com +x/0 -x/1"}}},
			after: []string{"u0 l0 p0@x.com N0", "u1 l1 p1@x.com N1 has 0", "u2 l2 p2@x.com N2 has 2"},
		},
		{
			name: "the one who would succeed goes", reason: "whoever needs a successor is looked at again, although another row would make one, if it could",
			scene: asHost(people(), []users.Record{person(0, admin), person(1)}, row("l0", "p0@x.com", "N0", "", "User"), row("l8", "p8@x.com", "A", "nobody", "Admin"), row("l1", "p1@x.com", "N1", "", "Admin")).as(users.Partner("pat")),
			want:  []string{"2 update p0@x.com role:account_admin>user", "3 error !supervisor.unknown", "4 update p1@x.com role:user>account_admin"},
			steps: []step{{remove(4), 0, []string{"2 blocked !row.blocked[3]", "3 error !supervisor.unknown"}}},
		},
		{
			name: "a supervisor's supervisor in error", reason: "failure goes along every link",
			scene: asHost(people(), nil, row("l7", "p7@x.com", "A", "l8"), row("l8", "p8@x.com", "B", "l9"), row("l9", "p9@x.com", "C")),
			want: []string{
				"2 create l7 lan_id:>l7 email:>p7@x.com name:>A supervisor:>l8",
				"3 create l8 lan_id:>l8 email:>p8@x.com name:>B supervisor:>l9",
				"4 create l9 lan_id:>l9 email:>p9@x.com name:>C",
			},
			steps: []step{
				{set(4, "role", "root"), 1, []string{"2 blocked !row.blocked[3]", "3 blocked !row.blocked[4]", "4 error !role.unknown"}},
				{set(3, "supervisor", ""), 1, []string{"2 create l7 lan_id:>l7 email:>p7@x.com name:>A supervisor:>l8", "3 create l8 lan_id:>l8 email:>p8@x.com name:>B", "4 error !role.unknown"}},
			},
		},
		{
			name: "made with what one who names them frees", reason: "two rows may need each other through two spaces",
			scene: asHost(people(), three, row("l7", "p0@x.com", "New"), row("l0", "n0@x.com", "N0", "l7")),
			want: []string{
				"2 create l7 lan_id:>l7 email:>p0@x.com name:>New",
				"3 update p0@x.com email:p0@x.com>n0@x.com supervisor:>l7",
			},
			steps: []step{
				{set(3, "role", "root"), 1, []string{"2 blocked !row.blocked[3]", "3 error !role.unknown"}},
				{set(3, "role", ""), 1, []string{
					"2 create l7 lan_id:>l7 email:>p0@x.com name:>New",
					"3 update p0@x.com email:p0@x.com>n0@x.com supervisor:>l7",
				}},
			},
			after: []string{"- l7 p0@x.com New", "u0 l0 n0@x.com N0 under l7", "u1 l1 p1@x.com N1", "u2 l2 p2@x.com N2"},
		},
		{
			name: "made and attached in the same file", reason: "keys join tables as they join rows",
			scene: asHost(staff(), lined, row("l7", "p7@x.com", "A"), row("l8", "p8@x.com", "B", "nobody")).and(attach(7, 5), attach(8, 6)),
			want: []string{
				"people 2 create l7 lan_id:>l7 email:>p7@x.com name:>A", "people 3 error !supervisor.unknown",
				"lines 2 update p7@x.com line.pbx:>x line.short:>5 +x/5", "lines 3 blocked !row.blocked[people/3]",
			},
			steps: []step{{set(3, "supervisor", "l7"), 1, []string{
				"people 2 create l7 lan_id:>l7 email:>p7@x.com name:>A", "people 3 create l8 lan_id:>l8 email:>p8@x.com name:>B supervisor:>l7",
				"lines 2 update p7@x.com line.pbx:>x line.short:>5 +x/5", "lines 3 update p8@x.com line.pbx:>x line.short:>6 +x/6",
			}}},
			after: []string{"- l7 p7@x.com A has 5", "- l8 p8@x.com B under l7 has 6", "u0 l0 p0@x.com N0 has 0", "u1 l1 p1@x.com N1 has 1", "u2 l2 p2@x.com N2 has 2"},
		},
		{
			name: "renamed here", reason: "a name given only by a rename names nobody yet, and the present name is its fix",
			scene: asHost(staff(), three, row("l0", "n0@x.com")).and([]string{"attach", "n0@x.com", "5"}),
			want:  []string{"people 2 update p0@x.com email:p0@x.com>n0@x.com", "lines 2 error !person.renamed_here=p0@x.com"},
			steps: []step{{in(1, set(2, "login", "p0@x.com")), 2, []string{"people 2 update p0@x.com email:p0@x.com>n0@x.com", "lines 2 update p0@x.com line.pbx:>x line.short:>5 +x/5"}}},
			after: []string{"u0 l0 n0@x.com N0 has 5", "u1 l1 p1@x.com N1", "u2 l2 p2@x.com N2"},
		},
		{
			name: "renamed, and named anew", reason: "whom the old name means would depend on the order, so it means nobody",
			scene: asHost(staff(), three, row("l0", "n0@x.com"), row("l7", "p0@x.com", "Heir")).and(attach(0, 6)),
			want: []string{
				"people 2 update p0@x.com email:p0@x.com>n0@x.com", "people 3 create l7 lan_id:>l7 email:>p0@x.com name:>Heir",
				"lines 2 error !person.renamed_here",
			},
			after: []string{"- l7 p0@x.com Heir", "u0 l0 n0@x.com N0", "u1 l1 p1@x.com N1", "u2 l2 p2@x.com N2"},
		},
		{
			name: "two claims of a LAN ID that a third refers to, the third being one of them", reason: "nobody is their own maker",
			scene: asHost(people(), nil, row("l7", "n1@x.com", "A"), row("l7", "n2@x.com", "B", "l7"), row("l8", "n3@x.com", "C", "l7")),
			want: []string{
				"2 error !lanid.contested[3 of 2]",
				"3 error !lanid.contested[2 of 2] !supervisor.self",
				"4 blocked !row.blocked[]",
			},
			steps: []step{
				{remove(2), 2, []string{"3 error !supervisor.self", "4 blocked !row.blocked[3]"}},
				{set(3, "supervisor", ""), 1, []string{"3 create l7 lan_id:>l7 email:>n2@x.com name:>B", "4 create l8 lan_id:>l8 email:>n3@x.com name:>C supervisor:>l7"}},
			},
		},
		{
			name: "a ring of supervisors", reason: "the finding names the ring whole; who stands under it is only blocked",
			scene: asHost(people(), nil, row("l6", "n0@x.com", "Z", "l7"), row("l7", "n1@x.com", "A", "l8"), row("l8", "n2@x.com", "B", "l9"), row("l9", "n3@x.com", "C", "l7")),
			want: []string{
				"2 blocked !row.blocked[3]",
				"3 error !reference.cycle(3, 4, 5)", "4 error !reference.cycle(3, 4, 5)", "5 error !reference.cycle(3, 4, 5)",
			},
			steps: []step{{set(5, "supervisor", ""), 1, []string{
				"2 create l6 lan_id:>l6 email:>n0@x.com name:>Z supervisor:>l7", "3 create l7 lan_id:>l7 email:>n1@x.com name:>A supervisor:>l8",
				"4 create l8 lan_id:>l8 email:>n2@x.com name:>B supervisor:>l9", "5 create l9 lan_id:>l9 email:>n3@x.com name:>C",
			}}},
		},
		{
			name: "the last admin", reason: "the account keeps one, unless another row makes another",
			scene: asHost(people(), []users.Record{person(0, admin), person(1)}, row("l0", "p0@x.com", "N0", "", "User")).as(users.Partner("pat")),
			want:  []string{"2 error !admin.last"},
			steps: []step{
				{add("l1", "p1@x.com", "N1", "", "Admin"), 2, []string{"2 update p0@x.com role:account_admin>user", "3 update p1@x.com role:user>account_admin"}},
				{set(3, "supervisor", "nobody"), 1, []string{"2 blocked !row.blocked[3]", "3 error !supervisor.unknown"}},
				{set(3, "supervisor", ""), 1, []string{"2 update p0@x.com role:account_admin>user", "3 update p1@x.com role:user>account_admin"}},
			},
			after: []string{"u0 l0 p0@x.com N0", "u1 l1 p1@x.com N1 admin"},
		},
		{
			name: "a promotion in error beside a good one", reason: "any that happens will do, whatever the order",
			scene: asHost(people(), []users.Record{person(0, admin), person(1)}, row("l7", "p7@x.com", "New", "nobody", "Admin"), row("l0", "p0@x.com", "N0", "", "User"), row("l1", "p1@x.com", "N1", "", "Admin")).as(users.Partner("pat")),
			want:  []string{"2 error !supervisor.unknown", "3 update p0@x.com role:account_admin>user", "4 update p1@x.com role:user>account_admin"},
			after: []string{"u0 l0 p0@x.com N0", "u1 l1 p1@x.com N1 admin"},
		},
		{
			name: "repeats", reason: "of rows that are the same in every meaning the first acts",
			scene: asHost(lines(true), lined, attach(0, 5), attach(0, 5), []string{"ATTACH ", "P0@x.com", "5"}),
			want:  []string{"2 update p0@x.com line.pbx:>x line.short:>5 +x/5 -x/0", "3 skip ?row.repeated[2]", "4 skip ?row.repeated[2]"},
			steps: []step{{remove(2), 2, []string{"3 update p0@x.com line.pbx:>x line.short:>5 +x/5 -x/0", "4 skip ?row.repeated[3]"}}},
		},
		{
			name: "repeats contest each other where the template does not join them", reason: "an address in two rows is an error in both, though the rows are the same",
			scene: asHost(cloudlink.Users(), nil, []string{"A", "B", "", "a@x.com", ""}, []string{"A", "B", "", "A@X.com", ""}),
			want:  []string{"2 error !email.contested[3 of 2]", "3 error !email.contested[2 of 2]"},
		},
		{
			name: "one's own supervisor", reason: "nobody is above themselves, stored or new",
			scene: asHost(people(), three, row("l0", "p0@x.com", "N0", "l0"), row("l7", "p7@x.com", "N7", "L7")),
			want:  []string{"2 error !supervisor.self", "3 error !supervisor.self"},
		},
		{
			name: "a ring through the store", reason: "the stored half of a ring counts as well",
			scene: asHost(people(), []users.Record{person(0, under(1)), person(1), person(2, under(0))}, row("l1", "p1@x.com", "N1", "l2")),
			want:  []string{"2 error !reference.cycle"},
		},
		{
			name: "somebody leaves", reason: "what they were known by and what they had is free for others",
			scene: asHost(staff(), lined, []string{"l0", "", "", "", "yes"}, row("l7", "p0@x.com", "Heir")).and(attach(1, 0)),
			want: []string{
				"people 2 delete p0@x.com -x/0", "people 3 create l7 lan_id:>l7 email:>p0@x.com name:>Heir",
				"lines 2 update p1@x.com +x/0 -x/1",
			},
			steps: []step{{set(2, "supervisor", "\u202e"), 1, []string{"people 2 error !text.bidi", "people 3 blocked !row.blocked[2]", "lines 2 blocked !row.blocked[people/2]"}},
				{set(2, "supervisor", ""), 1, []string{
					"people 2 delete p0@x.com -x/0", "people 3 create l7 lan_id:>l7 email:>p0@x.com name:>Heir",
					"lines 2 update p1@x.com +x/0 -x/1",
				}}},
			after: []string{"- l7 p0@x.com Heir", "u1 l1 p1@x.com N1 has 0", "u2 l2 p2@x.com N2 has 2"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Log(tt.reason)
			store := tt.scene.store(t)
			p := tt.scene.preview(t, noWrites(store))
			require.Empty(t, cmp.Diff(tt.want, briefs(show(p))), "the preview (-want +got)")
			sheets := tt.scene.clones()
			for _, s := range tt.steps {
				importer.Redecided(p)
				applyAll(t, p, sheets, s.edit)
				require.Empty(t, cmp.Diff(s.want, briefs(show(p))), "after %+v (-want +got)", s.edit)
				require.Equal(t, s.redecided, importer.Redecided(p), "rows decided again after %+v", s.edit)
				requireFresh(t, tt.scene.with(sheets), store, p)
			}
			if tt.after == nil {
				return
			}
			p = tt.scene.with(sheets).preview(t, store)
			_, err := p.Commit(t.Context(), &importer.CommitOptions{Batch: 1})
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(tt.after, roll(t, store)), "the store afterwards (-want +got)")
		})
	}
}

// briefs are rows as stories write them: number, action, then who, changes,
// gains and losses of a row that happens, and the findings of one that does not.
func briefs(s shown) []string {
	var out []string
	for _, r := range s.Rows {
		out = append(out, brief(r))
	}
	return out
}

func brief(r importer.RowView) string {
	var b strings.Builder
	if r.Table != "" {
		b.WriteString(r.Table + " ")
	}
	fmt.Fprint(&b, r.Number, " ", r.Action)
	switch r.Action {
	case importer.ActionCreate, importer.ActionUpdate, importer.ActionDelete:
		b.WriteString(" " + r.Who)
		for _, c := range r.Changes {
			fmt.Fprintf(&b, " %s:%s>%s", c.Field, c.Old, c.New)
		}
		for _, g := range r.Gains {
			b.WriteString(" +" + g.Value)
		}
		for _, l := range r.Losses {
			b.WriteString(" -" + l.Value)
		}
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, " %s%s", map[bool]string{true: "!", false: "?"}[f.Severity.String() == "error"], f.Code)
		if strings.HasSuffix(f.Code, ".contested") || f.Code == "person.contradiction" {
			fmt.Fprintf(&b, "[%s of %s]", f.Args["row"], f.Args["rows"])
		} else if strings.HasPrefix(f.Code, "row.") {
			fmt.Fprintf(&b, "[%s]", f.Args["row"])
		}
		if f.Args["cycle"] != "" {
			fmt.Fprintf(&b, "(%s)", f.Args["cycle"])
		}
		if f.Fix != nil {
			b.WriteString("=" + *f.Fix)
		}
	}
	return b.String()
}

// roll is who is in the account: id ("-" for those an import made), LAN ID,
// address, name, supervisor, lines, rights.
func roll(t tb, store users.Store) []string {
	t.Helper()
	recs := everything(t, store)
	var out []string
	for _, id := range sortedIDs(recs) {
		u, ok := recs[id].User()
		if !ok || u.Account != acme {
			continue
		}
		name := string(id)
		if strings.Contains(name, "-") {
			name = "-"
		}
		s := strings.Join([]string{name, u.ContactCentre.LANID, u.Email, u.DisplayName}, " ")
		if b, ok := recs[u.ContactCentre.Supervisor].User(); ok {
			s += " under " + b.ContactCentre.LANID
		}
		for _, l := range sortedIDs(recs) {
			if d, ok := recs[l].Data.(*users.Line); ok && d.Holder == id {
				s += " has " + d.Short
			}
		}
		if u.Admin() {
			s += " admin"
		}
		out = append(out, s)
	}
	return out
}
