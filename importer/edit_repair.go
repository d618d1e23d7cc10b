package importer

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/spreadsheet"
	"github.com/usher-go/usher/users"
)

// ErrRepair is returned for a repair whose cells no longer exist, or that has no
// value to write.
var ErrRepair = errors.New("importer: there is nothing to repair, or no value for it")

// A Repair is a fault that cells of one column share: the same code in the same
// text, with the same fix. It is made only when [Preview.Repair] is called.
//
// It can be written as JSON and read again. [Preview.Repair] finds the cells by the ID.
type Repair struct {
	// ID is a digest of table, field, code, text and fix. It is the same in every
	// preview with such cells. The text of a sensitive column is not part of it.
	ID string `json:"id"`
	// Rows is how many rows have the fault.
	Rows int `json:"rows"`
	// Finding is that of the first of them: code, severity, position, value, and the
	// Fix if one is evident. A person may choose another Fix.
	formats.Finding
}

// CodeDomain is the code of a [Repair] of e-mail addresses whose domain is near one
// that is far more common in the column, or near a well-known provider's. Its Value
// and Fix are domains with their @. The rows have a warning of this code, with the
// whole address as its Fix.
const CodeDomain = "email.domain"

// Repairs returns the faults that cells share, those with the most rows first, then
// by position. The cost grows with the rows that have findings.
func (p *Preview) Repairs() []Repair {
	var out []Repair
	for _, g := range p.repairs() {
		out = append(out, g.Repair)
	}
	return out
}

// Repair writes the Fix into every cell that has the fault now, in one edit. It uses
// r.Fix, or the suggested fix if r.Fix is nil. Cells of a sensitive column can only be
// corrected one by one. The error is [ErrRepair], or that of [Preview.Edit].
func (p *Preview) Repair(ctx context.Context, r Repair) (Delta, error) {
	all := p.repairs()
	i := slices.IndexFunc(all, func(g *repairs) bool { return g.ID == r.ID })
	if i < 0 {
		return Delta{}, ErrRepair
	}

	// Sensitive cells of one repair may differ: they must not become equal.
	g, fix := all[i], cmp.Or(r.Fix, all[i].Fix)
	if fix == nil || g.secret {
		return Delta{}, ErrRepair
	}
	to := *fix
	if g.Code == CodeDomain {
		if _, bad := users.ParseEmail("a" + to); len(bad) > 0 || to[0] != '@' {
			return Delta{}, ErrRepair
		}
	}

	var edits []Edit
	for _, row := range g.cells {
		text := to
		if g.Code == CodeDomain {
			email, ok := address(p.grid.text(row, g.column))
			if !ok {
				continue
			}
			text = email[:strings.LastIndexByte(email, '@')] + to
		}
		edits = append(edits, Set(p.grid.rows[row].id, g.Field, text))
	}
	return p.Edit(ctx, edits...)
}

// Replace writes to into every cell of the column whose value is from. Outer blanks,
// and the quote that guards a text in a spreadsheet (0042 as '0042), do not count.
// An empty from matches blank cells. table counts from 0. The error is [ErrTables],
// [ErrField], or that of [Preview.Edit].
func (p *Preview) Replace(ctx context.Context, table int, field, from, to string) (Delta, error) {
	if table < 0 || table >= len(p.grid.tables) {
		return Delta{}, ErrTables
	}
	c := p.tpl.Tables[table].column(field)
	if c < 0 {
		return Delta{}, fmt.Errorf("%w: %s", ErrField, field)
	}

	var edits []Edit
	want := typed(from)
	for r := range until(ctx, p.grid.ordered) {
		id := p.grid.rows[r].id
		if id.Table() != table {
			continue
		}
		if s := p.grid.text(r, c); s != to && typed(s) == want {
			edits = append(edits, Set(id, field, to))
		}
	}
	return p.Edit(ctx, edits...)
}

// typed returns the text of a cell as a person typed it, without guard and damage.
func typed(raw string) string {
	text := formats.Unguard(strings.TrimSpace(raw))
	if _, fixed := spreadsheet.Repair(text); fixed != "" {
		text = fixed
	}
	return strings.TrimSpace(text)
}

// repairs is a Repair with its cells.
type repairs struct {
	Repair
	column int
	secret bool     // the column is sensitive
	cells  []uint32 // rows, by table and record number
}

// fault is what the cells of a repair have in common.
type fault struct {
	table, column   int
	code, text, fix string
	fixed           bool
}

// repairs returns all repairs, as Repairs does, with their cells.
func (p *plan) repairs() []*repairs {
	out := append(p.sharedFaults(), p.domainRepairs()...)
	for _, g := range out {
		g.Rows = len(g.cells)
	}

	slices.SortStableFunc(out, func(a, b *repairs) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), p.order(a.cells[0], b.cells[0]), cmp.Compare(a.column, b.column), cmp.Compare(a.Code, b.Code))
	})
	return out
}

// sharedFaults returns the findings about cells, grouped by what they share.
func (p *plan) sharedFaults() []*repairs {
	var out []*repairs
	byFault := map[fault]*repairs{}
	for r := range p.grid.ordered {
		notes := p.state[r].extra().notes
		for i := range notes {
			n := &notes[i]
			if n.column < 0 {
				continue
			}

			f := fault{table: p.grid.rows[r].id.Table(), column: n.column, code: n.code}
			secret := p.grid.spec(r).Columns[n.column].Sensitive
			if !secret {
				f.text = p.grid.text(r, n.column)
				if n.fix != nil {
					f.fix, f.fixed = *n.fix, true
				}
			}

			g := byFault[f]
			if g == nil {
				g = &repairs{Repair: Repair{ID: p.faultID(f), Finding: p.finding(r, n)}, column: n.column, secret: secret}
				byFault[f], out = g, append(out, g)
			}
			if k := len(g.cells); k == 0 || g.cells[k-1] != r { // a cell may have a code twice
				g.cells = append(g.cells, r)
			}
		}
	}
	return out
}

// faultID returns the ID of a repair. It is a digest, because the Value of a finding
// is cut if it is long.
func (p *plan) faultID(f fault) string {
	var b []byte
	for _, s := range []string{p.tpl.Tables[f.table].Columns[f.column].Field, f.code, f.text, f.fix} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	b = binary.AppendUvarint(b, uint64(f.table))
	if f.fixed {
		b = append(b, 1)
	}
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}
