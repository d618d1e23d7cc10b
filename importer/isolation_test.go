package importer_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// One row, whatever is done to it, touches no row that shares no key with it,
// directly or through others.
func TestOneRowSpoilsNoOther(t *testing.T) {
	forEachKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		store := s.store(t)
		p := s.preview(t, store)
		sheets := s.clones()
		e := m.edit(t, w, sheets)
		if e.what == "add" {
			e.what, e.field, e.value = "set", sheets[e.table].fields[0], "?"
		}
		before := related(s, s.sheets)
		victim := e.row()
		was := show(p)
		d := applyAll(t, p, sheets, e)
		after := related(s, sheets)
		after.join(before, victim)
		now := map[users.RowID]importer.RowView{}
		for _, r := range show(p).Rows {
			now[r.ID] = r
		}
		for _, r := range was.Rows {
			if r.ID == victim || before.same(r.ID, victim) || after.same(r.ID, victim) {
				continue
			}
			require.Empty(t, cmp.Diff(r, now[r.ID]), "%+v changed row %s %d, which shares nothing with it (-before +after)", e, r.Table, r.Number)
			require.NotContains(t, d.Rows, r.ID)
		}
		require.LessOrEqual(t, importer.Redecided(p), before.size(victim)+after.size(victim), "rows decided again")
	})
}

// relations are groups of rows that share a key, directly or through others.
type relations struct {
	up   map[string]string
	rows []users.RowID
}

func (r *relations) root(s string) string {
	for r.up[s] != "" && r.up[s] != s {
		s = r.up[s]
	}
	return s
}

func (r *relations) link(a, b string) {
	if a, b = r.root(a), r.root(b); a != b {
		r.up[a] = b
	}
}

func rowNode(id users.RowID) string {
	return "row " + number(id.Table()) + "/" + number(id.Number())
}

func (r *relations) same(a, b users.RowID) bool { return r.root(rowNode(a)) == r.root(rowNode(b)) }

func (r *relations) size(of users.RowID) int {
	n := 0
	for _, id := range r.rows {
		if r.same(id, of) {
			n++
		}
	}
	return n
}

// join: the row stood, before it was edited, where it stood before.
func (r *relations) join(before *relations, row users.RowID) {
	for _, id := range before.rows {
		if before.same(id, row) {
			r.link(rowNode(id), rowNode(row))
		}
	}
}

// related links, from cells and stored records alone: rows that have a value in
// common, values of one stored person, and rows that touch rights, which all
// meet at the account's last admin.
func related(s *scene, sheets []*sheet) *relations {
	r := &relations{up: map[string]string{}}
	value := func(v string) string { return "value " + users.FoldEmail(strings.Trim(v, " \u00a0")) }
	for _, rec := range s.records {
		if rec.Account != acme {
			continue
		}
		switch d := rec.Data.(type) {
		case *users.Profile:
			r.link(value(d.Email), "person "+string(rec.ID))
			r.link(value(d.ContactCentre.LANID), "person "+string(rec.ID))
			if d.ContactCentre.Supervisor != "" {
				r.link("person "+string(d.ContactCentre.Supervisor), "person "+string(rec.ID))
			}
		case *users.Line:
			for _, n := range []string{d.Short, d.Internal, d.Number} {
				if n != "" {
					r.link("line "+n, "record "+string(rec.ID))
				}
			}
			if d.Holder != "" {
				r.link("line "+d.Short, "person "+string(d.Holder))
			}
		}
	}
	for i, sh := range sheets {
		for _, row := range sh.rows {
			id := users.RowAt(i, row.number)
			r.rows = append(r.rows, id)
			for c, cell := range row.cells {
				if cell == "" || c >= len(sh.fields) {
					continue
				}
				switch sh.fields[c] {
				case "lan_id", "email", "login", "login_email", "supervisor":
					r.link(value(cell), rowNode(id))
				case "line", "pbx_short_number", "pbx_internal_number", "number":
					r.link("line "+strings.TrimSpace(cell), rowNode(id))
				case "role", "leaves", "give", "take":
					r.link("rights", rowNode(id))
				}
			}
		}
	}
	return r
}
