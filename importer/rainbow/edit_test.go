package rainbow_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/rainbow"
	"github.com/usher-go/usher/users"
)

// cells are the cells of an order by field.
func (o *order) cells() map[string]*string {
	return map[string]*string{"action": &o.action, "login_email": &o.who, "pbx_id": &o.pbx,
		"pbx_short_number": &o.short, "pbx_internal_number": &o.internal, "number": &o.number}
}

// Any sequence of edits leaves the preview equal to a fresh one of the edited
// file, also where rows meet at keys that neither of them names.
func TestEditsEqualAFreshPreview(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		store := newStore(t, append(m.texts(), "zoe P1 9 +339")...)
		opts := &rainbow.Options{PBXs: pbxs(), Many: m.many}
		file := drawFile(t, m)
		t.Logf("many: %t, lines: %q\n%s", m.many, m.texts(), fileOf(file))
		p := preview(t, store, users.Partner("pat"), opts, fileOf(file))
		var ids []users.RowID
		for r := range p.Rows() {
			ids = append(ids, r.ID)
		}
		for range rapid.IntRange(1, 6).Draw(t, "edits") {
			var edits []importer.Edit
			for range rapid.IntRange(1, 3).Draw(t, "batch") {
				at := rapid.IntRange(0, len(file)-1).Draw(t, "row")
				field := pick(t, "field", "action", "login_email", "pbx_id", "pbx_short_number", "pbx_internal_number", "number")
				from := drawFile(t, m)[0]
				value := *from.cells()[field]
				if field == "action" && value == "" || field == "login_email" && value == "" {
					continue // a row without a cell is no row of a file
				}
				*file[at].cells()[field] = value
				if field == "login_email" {
					value = login(value)
				}
				t.Logf("row %d: %s = %q", ids[at].Number(), field, value)
				edits = append(edits, importer.Set(ids[at], field, systems.Replace(value)))
			}
			_, err := p.Edit(t.Context(), edits...)
			require.NoError(t, err)
			fresh := preview(t, store, users.Partner("pat"), opts, fileOf(file))
			require.Empty(t, cmp.Diff(told(fresh), told(p)), "(-fresh +edited)")
			require.Empty(t, cmp.Diff(fresh.Summary(), p.Summary()), "(-fresh +edited)")
		}
	})
}
