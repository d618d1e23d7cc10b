package importer_test

import (
	"fmt"
	"strings"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// briefs writes each row in a line: number, action, then the person, changes,
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

// roll writes each person of the account in a line: id ("-" if an import made
// it), LAN ID, address, name, supervisor, lines, rights.
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
