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

// When a domain is taken for a misspelling of another. All of it is our policy,
// and meant to be silent rather than wrong:
//
//   - The other stands in commonTimes as many rows of the column; or it is a
//     well-known provider's, and the misspelt one stands in fewer than ownRows: a
//     company may be called so.
//   - They differ in one label by one edit (a character put in, left out or
//     replaced, or two neighbours swapped). The label has commonLabel characters
//     at least, is not the last one, is no international one, and has the same
//     digits: example.de is not example.be, nor us.example.com uk.example.com,
//     nor site1.example.com site2.example.com. Or they differ in the last label, where
//     one has com and the other what is no top-level domain and easily typed for it.
//   - Nobody in the store has an address of that domain that the file names, and
//     it is near one domain only.
const (
	commonTimes = 10
	ownRows     = 5
	commonLabel = 5
	// commonMost is how many domains of a column, the most common first, others are compared with.
	commonMost = 50
)

var (
	// providers are well-known ones, and lookalikes others that lie near one of them, without the com behind.
	providers  = [...]string{"gmail", "googlemail", "yahoo", "hotmail", "outlook", "icloud", "protonmail"}
	lookalikes = [...]string{"mail", "email", "ymail", "hushmail"}
	notCom     = [...]string{"con", "cmo", "ocm", "vom", "xom", "cpm", "comm", "coom", "cim"}
)

// isProvider reports whether the domain is a provider's.
func isProvider(name string) bool {
	name, com := strings.CutSuffix(name, "."+topLevel)
	return com && (slices.Contains(providers[:], name) || slices.Contains(lookalikes[:], name))
}

const topLevel = "com"

// holdsAddresses reports whether the cells of a column are e-mail addresses: those
// of the fields email and login, and those that name somebody by the address.
// (Functions cannot be compared, so that its Parse does not tell.) A login that
// is no address is not looked at.
func (c *Column) holdsAddresses() bool {
	return c.Field == "email" || c.Field == "login" || c.RefersIn == users.SpaceEmail
}

// address is the e-mail address of a cell, if it holds a good one.
func address(raw string) (email string, ok bool) {
	text := formats.Unguard(raw)
	if _, fixed := spreadsheet.Repair(text); fixed != "" {
		text = fixed
	}
	email, _ = users.ParseEmail(text)
	return email, email != ""
}

// domain is what a column has of one.
type domain struct {
	name  string
	cells []uint32
	known bool
}

// domains are the repairs of domains that look misspelt.
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

func (p *plan) misspeltDomains(table, column int) []*repairs {
	all := p.domainsIn(table, column)
	slices.SortFunc(all, func(a, b *domain) int { return cmp.Or(len(b.cells)-len(a.cells), cmp.Compare(a.name, b.name)) })
	var out []*repairs
	for _, d := range all {
		near := ""
		if !d.known && !isProvider(d.name) {
			near = d.nearest(all[:min(len(all), commonMost)])
		}
		if near == "" {
			continue
		}
		f := fault{table: table, column: column, code: CodeDomain, text: "@" + d.name, fix: "@" + near, fixed: true}
		n := note{severity: formats.Warning, code: f.code, column: column, key: none, value: formats.Show(f.text), fix: &f.fix}
		out = append(out, &repairs{Repair: Repair{ID: p.faultID(f), Finding: p.finding(d.cells[0], &n)}, column: column, cells: d.cells})
	}
	return out
}

func (p *plan) domainsIn(table, column int) []*domain {
	at := map[string]*domain{}
	for r := range p.grid.ordered {
		if p.grid.rows[r].id.Table() != table {
			continue
		}
		email, ok := address(p.grid.text(r, column))
		if !ok {
			continue
		}
		name := email[strings.LastIndexByte(email, '@')+1:]
		d := at[name]
		if d == nil {
			d = &domain{name: name}
			at[name] = d
		}
		d.cells = append(d.cells, r)
		d.known = d.known || p.isHeld(users.SpaceEmail, email) || p.isHeld(users.SpaceLogin, email)
	}
	return slices.Collect(maps.Values(at))
}

// isHeld reports whether the store was found to hold the value.
func (p *plan) isHeld(space users.Space, value string) bool {
	key := p.keys.known(space, space.Fold(value))
	return key != none && p.facts.holderOf(key) >= 0
}

// nearest is the one domain that d may have been meant for, or "".
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

// isMisspelling reports whether one domain is a misspelling of another.
func isMisspelling(of, right string) bool {
	if d := len(of) - len(right); d < -1 || d > 1 || of == right {
		return false
	}
	a, b := strings.Split(of, "."), strings.Split(right, ".")
	if len(a) != len(b) {
		return false
	}
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

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
