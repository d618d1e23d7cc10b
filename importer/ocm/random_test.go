package ocm_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/ocm"
	"github.com/usher-go/usher/users"
)

func pick[T any](t *rapid.T, what string, from ...T) T { return rapid.SampledFrom(from).Draw(t, what) }

// A triple is the rows of the three files, by column. A row that was taken out is nil.
type triple [3][][]string

var heads = [3]string{userHead, featureHead, channelHead}

var fields = [3][]string{
	{"lan_id", "first_name", "last_name", "agent_id", "pbx_id", "profile", "supervisor", "org_unit", "role", "access_role", "crm_name", "text_chat_greeting_template_name"},
	{"lan_id", "feature", "enabled"},
	{"lan_id", "channel", "count"},
}

var lans = []string{"ada", "bob", "cyd", "dan", "eve"}

// drawCell draws what may stand in a column, now and then what may not.
func drawCell(t *rapid.T, field string) string {
	from := map[string][]string{
		"lan_id":     append([]string{"ADA", "fay", "a.b"}, lans...),
		"first_name": {"F", "G", ""}, "last_name": {"L"},
		"agent_id":   {"", "", "", "ada", "bob"},
		"pbx_id":     {"1", "2", "3", "4", "5", "6", "7", "x"},
		"profile":    {"Agent", "Supervisor", "Supervisor", "superviseur", "Boss"},
		"supervisor": append([]string{"", "", "fay", "gus"}, lans...),
		"org_unit":   {"Acme/Sales/North/Team 1", "Team 2", "Team 2", "Acme/Sales", "Team 9"},
		"role":       {"Desk", "Desk,Lead", "Billing", "Dsk"},
		"crm_name":   {"", "crm"},
		"feature":    {"Recording", "recording", "Wallboard"}, "enabled": {"yes", "no", "perhaps"},
		"channel": {"voice", "chat", "fax"}, "count": {"0", "7", "100"},
	}[field]
	if len(from) == 0 {
		return ""
	}
	return pick(t, field, from...)
}

func drawTriple(t *rapid.T) *triple {
	f := &triple{}
	for i := range f {
		for range rapid.IntRange(0, 6-2*min(i, 1)).Draw(t, fields[i][1]+" rows") {
			f[i] = append(f[i], drawRow(t, i))
		}
	}
	return f
}

func drawRow(t *rapid.T, table int) []string {
	var row []string
	for _, field := range fields[table] {
		row = append(row, drawCell(t, field))
	}
	if table == 0 && rapid.IntRange(0, 3).Draw(t, "sound") > 0 { // most rows would do, but for what they mean together
		row[0], row[3], row[4] = pick(t, "lan", lans...), "", pick(t, "station", "1", "2", "3", "4", "5", "6", "7")
		row[1], row[5], row[7], row[8] = "F", "Supervisor", "Team 2", "Desk"
	}
	return row
}

func (f *triple) files() []string {
	var out []string
	for i := range f {
		b := strings.Builder{}
		b.WriteString(heads[i])
		for _, row := range f[i] {
			for c, cell := range row {
				if c > 0 {
					b.WriteByte(',')
				}
				if strings.Contains(cell, ",") {
					cell = `"` + cell + `"`
				}
				b.WriteString(cell)
			}
			b.WriteByte('\n')
		}
		out = append(out, b.String())
	}
	return out
}

// drawStored draws people of the account who report to those before them.
func drawStored(t *rapid.T) []string {
	var out, above []string
	for i, lan := range lans {
		if !rapid.Bool().Draw(t, lan+" is there") {
			continue
		}
		out = append(out, fmt.Sprintf("%s %s %s %d", lan, pick(t, "profile", "S", "A"), pick(t, "supervisor", append([]string{"-"}, above...)...), i+1))
		above = append(above, lan)
	}
	return out
}

func drawOptions(t *rapid.T) *ocm.Options {
	return options(t, func(o *ocm.Options) {
		o.Blank = pick(t, "blank", importer.BlankKeeps, importer.BlankClears)
		o.OtherAgentID = rapid.Bool().Draw(t, "other Agent ID")
	})
}

func drawMode(t *rapid.T) importer.Mode {
	return pick(t, "mode", importer.ModeCreate, importer.ModeUpdate, importer.ModeUpsert)
}

// Any sequence of edits leaves the preview equal to a fresh one of the edited files.
func TestEditsEqualAFreshPreview(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		store := newStore(t, drawStored(t)...)
		opts, mode, actor := drawOptions(t), drawMode(t), users.AccountAdmin("ann", acme)
		f := drawTriple(t)
		for i := range f {
			f[i] = append(f[i], drawRow(t, i)) // edits need something to edit
		}
		p := preview(t, store, actor, opts, mode, f.files()...)
		for range rapid.IntRange(1, 6).Draw(t, "edits") {
			var edits []importer.Edit
			for range rapid.IntRange(1, 4).Draw(t, "batch") {
				edits = append(edits, f.drawEdit(t)...)
			}
			_, err := p.Edit(t.Context(), edits...)
			require.NoError(t, err)
			fresh := preview(t, store, actor, opts, mode, f.files()...)
			require.Empty(t, cmp.Diff(told(fresh), told(p)), "%q (-fresh +edited)", f.files())
			require.Empty(t, cmp.Diff(fresh.Summary(), p.Summary()), "%q (-fresh +edited)", f.files())
		}
	})
}

// drawEdit edits the triple, and says how a preview of it is edited.
func (f *triple) drawEdit(t *rapid.T) []importer.Edit {
	table := rapid.IntRange(0, 2).Draw(t, "table")
	at := rapid.IntRange(0, len(f[table])-1).Draw(t, "row")
	id := users.RowAt(table, at+2)
	kind := rapid.IntRange(0, 9).Draw(t, "kind")
	switch {
	case kind == 0:
		row, cells := drawRow(t, table), map[string]string{}
		for c, field := range fields[table] {
			cells[field] = row[c]
		}
		f[table] = append(f[table], row)
		return []importer.Edit{importer.Add(table, cells)}
	case f[table][at] == nil:
		return nil
	case kind == 1 && at > 0:
		f[table][at] = nil
		return []importer.Edit{importer.Remove(id)}
	}
	c := rapid.IntRange(0, len(fields[table])-1).Draw(t, "column")
	f[table][at][c] = drawCell(t, fields[table][c])
	return []importer.Edit{importer.Set(id, fields[table][c], f[table][at][c])}
}

// Rows and files in another order change where things stand, and nothing else.
func TestOrderMeansNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		store := newStore(t, drawStored(t)...)
		opts, mode, actor := drawOptions(t), drawMode(t), users.AccountAdmin("ann", acme)
		f := drawTriple(t)
		f[0] = append(f[0], drawRow(t, 0))
		var g triple
		for i := range f {
			g[i] = rapid.Permutation(f[i]).Draw(t, "rows")
		}
		files := rapid.Permutation(g.files()).Draw(t, "files")
		before, after := preview(t, store, actor, opts, mode, f.files()...), preview(t, store, actor, opts, mode, files...)
		require.Empty(t, cmp.Diff(f.meant(before), g.meant(after)), "%q\n%q", f.files(), files)
		require.Empty(t, cmp.Diff(before.Summary(), after.Summary()))
	})
}

// meant is what a preview of the triple says, without positions: other rows are named by their cells.
func (f *triple) meant(p *importer.Preview) []string {
	var out []string
	for r := range p.Rows() {
		s := fmt.Sprintf("%q %s %s %v", f[r.ID.Table()][r.Number-2], r.Action, r.Who, r.Changes)
		for _, x := range r.Findings {
			if cycle := x.Args["cycle"]; cycle != "" {
				var names []string
				for _, n := range strings.Split(cycle, ", ") {
					var at int
					_, err := fmt.Sscan(n, &at)
					if err != nil {
						panic(err)
					}
					names = append(names, fmt.Sprintf("%q", f[0][at-2]))
				}
				slices.Sort(names)
				x.Args = map[string]string{"cycle": strings.Join(names, "")}
			}
			s += fmt.Sprint(" ", x.Severity, x.Code, x.Field, x.Args["rows"], x.Args["cycle"], x.Args["holder"], x.Fix != nil)
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

// A commit does what was shown; the store is sound afterwards, what is
// exported from it changes nothing, and taking it back leaves what there was.
func TestCommits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stored := drawStored(t)
		store := newStore(t, stored...)
		opts, mode, actor := drawOptions(t), drawMode(t), users.AccountAdmin("ann", acme)
		f := drawTriple(t)
		f[0] = append(f[0], drawRow(t, 0))
		p := preview(t, store, actor, opts, mode, f.files()...)
		shown := map[users.RowID]importer.Action{}
		for r := range p.Rows() {
			shown[r.ID] = r.Action
		}
		report, err := p.Commit(t.Context(), &importer.CommitOptions{Batch: rapid.IntRange(1, 3).Draw(t, "batch")})
		require.NoError(t, err)
		outcomes := map[importer.Action]importer.Outcome{importer.ActionCreate: importer.OutcomeCreated, importer.ActionUpdate: importer.OutcomeUpdated,
			importer.ActionUnchanged: importer.OutcomeUnchanged, importer.ActionBlocked: importer.OutcomeBlocked, importer.ActionError: importer.OutcomeFailed}
		for _, l := range report.Lines {
			require.Equal(t, outcomes[shown[l.Row]], l.Outcome, "%s %d of %q", l.Table, l.Number, f.files())
		}
		results := 0
		for _, lines := range ocm.Results(report) {
			results += len(lines)
		}
		require.Equal(t, len(report.Lines), results, "every line has one result")
		requireSound(t, store)
		requireExports(t, store, actor, opts)

		undo, err := importer.Undo(t.Context(), users.Open(store, actor, nil), report.ID, nil)
		if report.Counts[importer.OutcomeCreated]+report.Counts[importer.OutcomeUpdated] == 0 {
			return
		}
		require.NoError(t, err)
		_, err = undo.Commit(t.Context(), nil)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(held(t, newStore(t, stored...)), held(t, store)), "taken back (-want +got)")
	})
}

// requireSound: nobody reports to themselves by way of others, and nobody shares a LAN ID or a station.
func requireSound(t tb, store users.Store) {
	t.Helper()
	above, seen := map[string]string{}, map[string]bool{}
	for _, text := range held(t, store) {
		w := strings.Fields(text)
		above[w[0]] = w[2]
		for _, key := range []string{"lan " + strings.ToLower(w[0]), "station " + w[3]} {
			require.False(t, seen[key], "%s twice", key)
			seen[key] = true
		}
	}
	for lan := range above {
		at := lan
		for range len(above) + 1 {
			at = above[at]
		}
		require.Contains(t, []string{"", "-"}, at, "%s reports to a circle: %v", lan, above)
	}
}

// requireExports: the files written from the store and read again change nothing in any mode.
func requireExports(t tb, store users.Store, actor users.Actor, opts *ocm.Options) {
	t.Helper()
	var files []string
	rows := 0
	for i := range 3 {
		x, err := importer.Export(t.Context(), users.Open(store, actor, nil), ocm.Users(opts), &importer.ExportOptions{Table: i, Account: acme})
		require.NoError(t, err)
		require.Empty(t, x.Findings)
		rows += x.Rows
		var b strings.Builder
		require.NoError(t, csv.Writer{Comment: '#'}.WriteSheet(&b, x.Sheet))
		files = append(files, b.String())
	}
	if rows == 0 {
		return
	}
	for _, mode := range []importer.Mode{importer.ModeCreate, importer.ModeUpdate, importer.ModeUpsert} {
		p := preview(t, store, actor, opts, mode, files...)
		require.Equal(t, map[string]int{"unchanged": rows}, p.Summary().Actions, "%q\n%q", files, told(p))
	}
}
