package importer

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/nearby"
	"github.com/usher-go/usher/internal/spreadsheet"
	"github.com/usher-go/usher/users"
)

// A domain counts as a misspelling of another under these conditions. They are our
// policy, which prefers no repair to a wrong one:
//
//   - The other domain is used in commonTimes as many rows of the column. Or it is a
//     well-known provider's, and the misspelt one is used in fewer than ownRows rows:
//     a company may have that name.
//   - They differ in one label by one edit: a character added, left out or replaced,
//     or two neighbours swapped. The label has at least commonLabel characters, is not
//     the last one, is not international, and has the same digits. So example.de is
//     not example.be, us.example.com not uk.example.com, site1.example.com not
//     site2.example.com. Or they differ in the last label, where one has com and the
//     other a typing error of it that is no top-level domain.
//   - No address of the domain that the file names is known to the store, and the
//     domain is near one other only.
const (
	commonTimes = 10
	ownRows     = 5
	commonLabel = 5
	// commonMost is how many domains of a column others are compared with, the most
	// common first.
	commonMost = 50
)

var (
	// providers are well-known providers, and lookalikes are real ones that are near
	// one of them, both without the final com. notCom are typing errors of com.
	providers  = [...]string{"gmail", "googlemail", "yahoo", "hotmail", "outlook", "icloud", "protonmail"}
	lookalikes = [...]string{"mail", "email", "ymail", "hushmail"}
	notCom     = [...]string{"con", "cmo", "ocm", "vom", "xom", "cpm", "comm", "coom", "cim"}
)

// isProvider reports whether the domain is that of a provider or a lookalike.
func isProvider(name string) bool {
	name, isCom := strings.CutSuffix(name, "."+topLevel)
	return isCom && (slices.Contains(providers[:], name) || slices.Contains(lookalikes[:], name))
}

const topLevel = "com"

// holdsAddresses reports whether the cells of a column are e-mail addresses: those of
// the fields email and login, and those that refer to a person by the address. A
// login that is no address is ignored. (Functions cannot be compared, so that the
// column's Parse function does not tell.)
func (c *Column) holdsAddresses() bool {
	return c.Field == "email" || c.Field == "login" || c.RefersIn == users.SpaceEmail
}

// address returns the e-mail address of a cell, and whether it is a valid one.
func address(raw string) (email string, ok bool) {
	text := formats.Unguard(raw)
	if _, fixed := spreadsheet.Repair(text); fixed != "" {
		text = fixed
	}
	email, _ = users.ParseEmail(text)
	return email, email != ""
}

// domain is a domain in a column, with the rows that use it.
type domain struct {
	name  string
	cells []uint32
	known bool
}

// domains returns repairs of the domains that look misspelt.
func (p *plan) domains() []*repairs {
	var out []*repairs
	for t := range p.tpl.Tables {
		for c := range p.tpl.Tables[t].Columns {
			if col := &p.tpl.Tables[t].Columns[c]; col.holdsAddresses() && !col.Sensitive {
				out = append(out, p.misspeltDomains(t, c)...)
			}
		}
	}
	return out
}

// misspeltDomains returns the repairs of one column.
func (p *plan) misspeltDomains(table, column int) []*repairs {
	all := p.domainsIn(table, column)
	slices.SortFunc(all, func(a, b *domain) int { return cmp.Or(len(b.cells)-len(a.cells), cmp.Compare(a.name, b.name)) })
	common := all[:min(len(all), commonMost)]

	var out []*repairs
	for _, d := range all {
		if d.known || isProvider(d.name) {
			continue
		}
		near := d.nearest(common)
		if near == "" {
			continue
		}
		f := fault{table: table, column: column, code: CodeDomain, text: "@" + d.name, fix: "@" + near, fixed: true}
		n := note{severity: formats.Warning, code: f.code, column: column, key: none, value: formats.Show(f.text), fix: &f.fix}
		out = append(out, &repairs{Repair: Repair{ID: p.faultID(f), Finding: p.finding(d.cells[0], &n)}, column: column, cells: d.cells})
	}
	return out
}

// domainsIn returns the domains of a column, in no particular order.
func (p *plan) domainsIn(table, column int) []*domain {
	byName := map[string]*domain{}
	for r := range p.grid.ordered {
		if p.grid.rows[r].id.Table() != table {
			continue
		}
		email, ok := address(p.grid.text(r, column))
		if !ok {
			continue
		}

		name := email[strings.LastIndexByte(email, '@')+1:]
		d := byName[name]
		if d == nil {
			d = &domain{name: name}
			byName[name] = d
		}
		d.cells = append(d.cells, r)
		d.known = d.known || p.isHeld(users.SpaceEmail, email) || p.isHeld(users.SpaceLogin, email)
	}
	return slices.Collect(maps.Values(byName))
}

// isHeld reports whether a record of the store has the value, as far as it was asked.
func (p *plan) isHeld(space users.Space, value string) bool {
	key := p.keys.known(space, space.Fold(value))
	return key != none && p.facts.holderOf(key) >= 0
}

// nearest returns the one domain that d may be a misspelling of, or "" if there is
// none or more than one.
func (d *domain) nearest(common []*domain) string {
	var found []string
	for _, c := range common {
		if n := len(c.cells); n >= commonTimes*len(d.cells) && isMisspelling(d.name, c.name) {
			found = append(found, c.name)
		}
	}
	for _, name := range providers {
		name += "." + topLevel
		if len(d.cells) < ownRows && isMisspelling(d.name, name) && !slices.Contains(found, name) {
			found = append(found, name)
		}
	}

	if len(found) != 1 {
		return ""
	}
	return found[0]
}

// isMisspelling reports whether one domain is a misspelling of another:
// exampel.com of example.com, gmail.con of gmail.com.
func isMisspelling(of, right string) bool {
	if d := len(of) - len(right); d < -1 || d > 1 || of == right {
		return false
	}
	a, b := strings.Split(of, "."), strings.Split(right, ".")
	if len(a) != len(b) {
		return false
	}

	// i is the first label that differs. It must be the only one.
	i := 0
	for a[i] == b[i] {
		i++
	}
	if !slices.Equal(a[i+1:], b[i+1:]) {
		return false
	}

	if i == len(a)-1 {
		return b[i] == topLevel && slices.Contains(notCom[:], a[i])
	}
	return len(b[i]) >= commonLabel && !strings.HasPrefix(a[i], "xn--") && !strings.HasPrefix(b[i], "xn--") &&
		digits(a[i]) == digits(b[i]) && nearby.Distance(a[i], b[i]) == 1
}

// digits returns the digits of a label.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
