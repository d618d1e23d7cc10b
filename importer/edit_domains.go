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

// columnDomains has the domain of every row in one column with addresses. It follows
// the edits, so that neither an edit nor a summary reads the whole file.
type columnDomains struct {
	table, column int
	of            []int32 // by row: a number in names, or -1
	names         []string
	rows          []int // by number: how many rows use the domain
	byName        map[string]int32
	last          int                // the number that was looked up last
	providers     map[int32][]string // by number: the providers that the domain may be a misspelling of
	doubts        map[int32]string   // by number: the domain that was probably meant; nil until it is asked for
}

// newDomains returns the columns with addresses, without rows. Of a sensitive column
// not even the domains are told.
func (p *plan) newDomains() []*columnDomains {
	var out []*columnDomains
	for t := range p.tpl.Tables {
		for c := range p.tpl.Tables[t].Columns {
			if col := &p.tpl.Tables[t].Columns[c]; col.holdsAddresses() && !col.Sensitive {
				out = append(out, &columnDomains{table: t, column: c, of: slices.Repeat([]int32{-1}, len(p.grid.rows)),
					byName: map[string]int32{}, providers: map[int32][]string{}})
			}
		}
	}
	return out
}

// noteDomains notes the domains of the turn's row.
func (t *turn) noteDomains() {
	table := t.plan.grid.rows[t.row].id.Table()
	for _, d := range t.plan.domains {
		if d.table != table {
			continue
		}
		name := ""
		if at := strings.LastIndexByte(t.cells[d.column].value, '@'); at >= 0 {
			name = t.cells[d.column].value[at+1:]
		}
		d.set(t.row, name)
	}
}

// forgetDomains notes that a removed row has no domain.
func (p *plan) forgetDomains(row uint32) {
	for _, d := range p.domains {
		d.set(row, "")
	}
}

// set notes the domain of a row, which may be "".
func (d *columnDomains) set(row uint32, name string) {
	for len(d.of) <= int(row) {
		d.of = append(d.of, -1)
	}
	was, id := d.of[row], int32(-1)
	if name != "" {
		id = d.number(name)
	}
	if was == id {
		return
	}

	d.doubts = nil
	if was >= 0 {
		d.rows[was]--
	}
	if id >= 0 {
		d.rows[id]++
	}
	d.of[row] = id
}

// number returns the number of a domain in any letter case.
func (d *columnDomains) number(name string) int32 {
	if d.last < len(d.names) && d.names[d.last] == name { // neighbours are often of one company
		return int32(d.last)
	}
	id, known := d.byName[name]
	if !known {
		lower := strings.ToLower(name)
		if id, known = d.byName[lower]; !known {
			id = int32(len(d.names))
			d.byName[lower] = id
			d.names, d.rows = append(d.names, lower), append(d.rows, 0)
			for _, provider := range providers {
				if provider += "." + topLevel; isMisspelling(lower, provider) {
					d.providers[id] = append(d.providers[id], provider)
				}
			}
		}
	}
	d.last = int(id)
	return id
}

// common returns the domains that others are compared with, the most common first.
func (d *columnDomains) common() []int32 {
	var out []int32
	for id, n := range d.rows {
		if n >= commonTimes {
			out = append(out, int32(id))
		}
	}
	slices.SortFunc(out, func(a, b int32) int { return cmp.Or(d.rows[b]-d.rows[a], cmp.Compare(d.names[a], d.names[b])) })
	return out[:min(len(out), commonMost)]
}

// doubtful returns the domains of a column that look misspelt, with what was probably
// meant. It remembers the answer until a domain changes.
func (p *plan) doubtful(d *columnDomains) map[int32]string {
	if d.doubts != nil {
		return d.doubts
	}

	d.doubts = map[int32]string{}
	common := d.common()
	for id, n := range d.rows {
		if n == 0 || isProvider(d.names[id]) || len(common) == 0 && d.providers[int32(id)] == nil {
			continue
		}
		if near := d.nearest(int32(id), common); near != "" {
			d.doubts[int32(id)] = near
		}
	}
	if len(d.doubts) == 0 {
		return d.doubts
	}

	for r, id := range d.of {
		if id < 0 || d.doubts[id] == "" {
			continue
		}
		email, _ := address(p.grid.text(uint32(r), d.column))
		if p.isHeld(users.SpaceEmail, email) || p.isHeld(users.SpaceLogin, email) {
			delete(d.doubts, id)
		}
	}
	return d.doubts
}

// domainRepairs returns repairs of the domains that look misspelt.
func (p *plan) domainRepairs() []*repairs {
	var out []*repairs
	for _, d := range p.domains {
		doubts := p.doubtful(d)
		if len(doubts) == 0 {
			continue
		}
		byID := map[int32]*repairs{}
		for r := range p.grid.ordered {
			if int(r) >= len(d.of) || d.of[r] < 0 || doubts[d.of[r]] == "" {
				continue
			}
			id := d.of[r]
			if byID[id] == nil {
				f := fault{table: d.table, column: d.column, code: CodeDomain, text: "@" + d.names[id], fix: "@" + doubts[id], fixed: true}
				n := note{severity: formats.Warning, code: f.code, column: d.column, key: none, value: formats.Show(f.text), fix: &f.fix}
				byID[id] = &repairs{Repair: Repair{ID: p.faultID(f), Finding: p.finding(r, &n)}, column: d.column}
				out = append(out, byID[id])
			}
			byID[id].cells = append(byID[id].cells, r)
		}
	}
	return out
}

// domainNotes returns the warnings about the domains of a row.
func (p *plan) domainNotes(row uint32) []note {
	var out []note
	for _, d := range p.domains {
		if int(row) >= len(d.of) || d.of[row] < 0 {
			continue
		}
		near := p.doubtful(d)[d.of[row]]
		if near == "" {
			continue
		}
		email, ok := address(p.grid.text(row, d.column))
		if !ok {
			continue
		}
		fix := email[:strings.LastIndexByte(email, '@')+1] + near
		out = append(out, note{severity: formats.Warning, code: CodeDomain, column: d.column, key: none, fix: &fix,
			args: map[string]string{"domain": formats.Show("@" + d.names[d.of[row]])}})
	}
	return out
}

// allDoubts returns the domains that look misspelt, by column with addresses.
func (p *plan) allDoubts() []map[int32]string {
	out := make([]map[int32]string, len(p.domains))
	for i, d := range p.domains {
		out[i] = p.doubtful(d)
	}
	return out
}

// rowsOfOtherDoubt returns the rows whose domain looked misspelt before and no longer
// does, or the reverse.
func (p *plan) rowsOfOtherDoubt(before []map[int32]string) []uint32 {
	var out []uint32
	for i, d := range p.domains {
		now := p.doubtful(d)
		if maps.Equal(before[i], now) {
			continue
		}
		for r, id := range d.of {
			if id >= 0 && before[i][id] != now[id] {
				out = append(out, uint32(r))
			}
		}
	}
	return out
}

// countDoubts returns the number of warnings that domainNotes returns for all rows.
func (p *plan) countDoubts() int {
	n := 0
	for _, d := range p.domains {
		for id := range p.doubtful(d) {
			n += d.rows[id]
		}
	}
	return n
}

// isHeld reports whether a record of the store has the value, as far as it was asked.
func (p *plan) isHeld(space users.Space, value string) bool {
	key := p.keys.known(space, space.Fold(value))
	return key != none && p.facts.holderOf(key) >= 0
}

// nearest returns the one domain that a domain may be a misspelling of, or "" if there
// is none or more than one.
func (d *columnDomains) nearest(id int32, common []int32) string {
	var found []string
	for _, c := range common {
		if d.rows[c] >= commonTimes*d.rows[id] && isMisspelling(d.names[id], d.names[c]) {
			found = append(found, d.names[c])
		}
	}
	for _, name := range d.providers[id] {
		if d.rows[id] < ownRows && !slices.Contains(found, name) {
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
