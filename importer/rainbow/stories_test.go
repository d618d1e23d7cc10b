package rainbow_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/rainbow"
	"github.com/usher-go/usher/users"
)

// Each story was worked out by hand from the decision tables: what is shown,
// which rows are done together, and who holds what afterwards.
func TestStories(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		actor        *users.Actor
		many         bool
		lines        []string
		file         string
		want         []string
		batches      [][]int
		after        []string
	}{
		{
			name: "a new line", reason: "nobody holds it; the internal number is the short one",
			file:    "attach;ada@x.com;P1;1001;;",
			want:    []string{"2 update ada +P1/1001 +g/1001"},
			batches: [][]int{{2}},
			after:   []string{"ada P1 1001"},
		},
		{
			name: "with everything", reason: "three keys, one line",
			file:    "attach;ada@x.com;P1;1001;5001;+33123456789",
			want:    []string{"2 update ada +P1/1001 +g/5001 ++33123456789"},
			batches: [][]int{{2}},
			after:   []string{"ada P1 1001 i5001 +33123456789"},
		},
		{
			name: "a line nobody holds any more", reason: "it keeps the number it has",
			lines:   []string{"- P1 1001 +33123456789"},
			file:    "attach;ada@x.com;P1;1001;;",
			want:    []string{"2 update ada +P1/1001 ++33123456789 +g/1001"},
			batches: [][]int{{2}},
			after:   []string{"ada P1 1001 +33123456789"},
		},
		{
			name: "as it is already", reason: "nothing changes",
			lines: []string{"ada P1 1001 i5001 +33123456789"},
			file:  "attach;ADA@x.com;pbx0000-0000-0000-0000-0000-0000-0000-0001 ;1001 ;5001;+33123456789\nforce_attach;ada@x.com;P2;7;;",
			want:  []string{"2 unchanged ada =P1/1001 =g/5001 =+33123456789", "3 update ada +P2/7 +g/7"},
			// another PBX is another place
			batches: [][]int{{3}},
			after:   []string{"ada P1 1001 i5001 +33123456789", "ada P2 7"},
		},
		{
			name: "held by another", reason: "attach does not overrule, and names who holds it, once",
			lines: []string{"bob P1 1001"},
			file:  "attach;ada@x.com;P1;1001;;",
			want:  []string{"2 error ada !line.taken@pbx_short_number holder=bob"},
			after: []string{"bob P1 1001"},
		},
		{
			name: "force", reason: "who holds it loses it, whole",
			lines:   []string{"bob P1 1001 i5001 +33123456789"},
			file:    "force attach;ada@x.com;P1;1001;5001;",
			want:    []string{"2 update ada +P1/1001 +g/5001 ++33123456789 -+33123456789(bob by force) -g/5001(bob by force) -P1/1001(bob by force)"},
			batches: [][]int{{2}},
			after:   []string{"ada P1 1001 i5001 +33123456789"},
		},
		{
			name: "force of a line nobody holds", reason: "it is an attach",
			file:    "Force-Attach;ada@x.com;P1;1001;;",
			want:    []string{"2 update ada +P1/1001 +g/1001"},
			batches: [][]int{{2}},
			after:   []string{"ada P1 1001"},
		},
		{
			name: "a number goes with its line, unless a row takes it", reason: "what is gained is said of who gains it",
			lines: []string{"bob P1 1 +331", "bob P3 2 +332"},
			file:  "detach;bob@x.com;;;;\nattach;ada@x.com;P1;1;;\nattach;cyd@x.com;P1;7;;+332\nattach;dan@x.com;P3;2;;",
			want: []string{
				"2 update bob -+331(bob) -g/1(bob) -P1/1(bob) -+332(bob) -P3/2(bob) -P3/2(bob)",
				"3 update ada +P1/1 ++331 +g/1",
				"4 update cyd +P1/7 +g/7 ++332",
				"5 update dan +P3/2 +P3/2",
			},
			batches: [][]int{{2, 3, 4, 5}},
			after:   []string{"ada P1 1 +331", "cyd P1 7 +332", "dan P3 2"},
		},
		{
			name: "a number of a line one gives up, for one of another PBX", reason: "it goes on with the other, and is no loss",
			lines: []string{"ada P1 1 +331"},
			file:  "attach;ada@x.com;P1;2;;\nattach;ada@x.com;P3;9;;+331",
			want: []string{
				"2 update ada +P1/2 +g/2 -g/1(ada) -P1/1(ada)",
				"3 update ada +P3/9 +P3/9 =+331",
			},
			batches: [][]int{{2, 3}},
			after:   []string{"- P1 1", "ada P1 2", "ada P3 9 +331"},
		},
		{
			name: "attaching moves", reason: "one line of a PBX each; that of another PBX stays",
			lines:   []string{"ada P1 1001", "ada P3 1001"},
			file:    "attach;ada@x.com;P1;1002;;",
			want:    []string{"2 update ada +P1/1002 +g/1002 -g/1001(ada) -P1/1001(ada)"},
			batches: [][]int{{2}},
			after:   []string{"- P1 1001", "ada P1 1002", "ada P3 1001"},
		},
		{
			name: "attaching adds", reason: "where a person may have many", many: true,
			lines:   []string{"ada P1 1001"},
			file:    "attach;ada@x.com;P1;1002;;\nattach;ada@x.com;P1;1003;;",
			want:    []string{"2 update ada +P1/1002 +g/1002", "3 update ada +P1/1003 +g/1003"},
			batches: [][]int{{2}, {3}},
			after:   []string{"ada P1 1001", "ada P1 1002", "ada P1 1003"},
		},
		{
			name: "swap", reason: "both need each other: one batch, whatever the order",
			lines: []string{"ada P1 1001", "bob P1 1002"},
			file:  "attach;ada@x.com;P1;1002;;\nattach;bob@x.com;P1;1001;;",
			want: []string{
				"2 update ada +P1/1002 +g/1002 -g/1001(ada) -P1/1001(ada)",
				"3 update bob +P1/1001 +g/1001 -g/1002(bob) -P1/1002(bob)",
			},
			batches: [][]int{{2, 3}},
			after:   []string{"ada P1 1002", "bob P1 1001"},
		},
		{
			name: "three-cycle", reason: "three lines go round in one batch",
			lines: []string{"ada P1 1", "bob P1 2", "cyd P1 3"},
			file:  "attach;ada@x.com;P1;2;;\nattach;bob@x.com;P1;3;;\nattach;cyd@x.com;P1;1;;",
			want: []string{
				"2 update ada +P1/2 +g/2 -g/1(ada) -P1/1(ada)",
				"3 update bob +P1/3 +g/3 -g/2(bob) -P1/2(bob)",
				"4 update cyd +P1/1 +g/1 -g/3(cyd) -P1/3(cyd)",
			},
			batches: [][]int{{2, 3, 4}},
			after:   []string{"ada P1 2", "bob P1 3", "cyd P1 1"},
		},
		{
			name: "swap where people may have many", reason: "attach adds, so neither line is free", many: true,
			lines: []string{"ada P1 1001", "bob P1 1002"},
			file:  "attach;ada@x.com;P1;1002;;\nattach;bob@x.com;P1;1001;;",
			want: []string{
				"2 error ada !line.taken@pbx_short_number holder=bob",
				"3 error bob !line.taken@pbx_short_number holder=ada",
			},
			after: []string{"ada P1 1001", "bob P1 1002"},
		},
		{
			name: "swap of public numbers", reason: "a number that its line gives up is free for another",
			lines: []string{"ada P1 1 +331", "bob P1 2 +332"},
			file:  "attach;ada@x.com;P1;1;;+332\nattach;bob@x.com;P1;2;;+331",
			want: []string{
				"2 update ada ++332 =P1/1 -+331(ada)",
				"3 update bob ++331 =P1/2 -+332(bob)",
			},
			batches: [][]int{{2, 3}},
			after:   []string{"ada P1 1 +332", "bob P1 2 +331"},
		},
		{
			name: "a number of one's own line for one's new line", reason: "it goes along, and is no loss",
			lines:   []string{"ada P1 1 +331"},
			file:    "attach;ada@x.com;P1;2;;+331",
			want:    []string{"2 update ada +P1/2 +g/2 =+331 -g/1(ada) -P1/1(ada)"},
			batches: [][]int{{2}},
			after:   []string{"- P1 1", "ada P1 2 +331"},
		},
		{
			name: "the same, where people may have many", reason: "the old line stays, without it", many: true,
			lines:   []string{"ada P1 1 +331"},
			file:    "attach;ada@x.com;P1;2;;+331",
			want:    []string{"2 update ada +P1/2 +g/2 =+331"},
			batches: [][]int{{2}},
			after:   []string{"ada P1 1", "ada P1 2 +331"},
		},
		{
			name: "the number of another's line", reason: "who holds one key holds the line",
			lines: []string{"bob P1 2 +331"},
			file:  "attach;ada@x.com;P1;1;;+331",
			want:  []string{"2 error ada !number.taken@number holder=bob"},
			after: []string{"bob P1 2 +331"},
		},
		{
			name: "force by the number of another's line", reason: "force takes whole lines, and the number moves",
			lines:   []string{"bob P1 2 +331"},
			file:    "force_attach;ada@x.com;P1;1;;+331",
			want:    []string{"2 update ada +P1/1 +g/1 ++331 -+331(bob by force) -g/2(bob by force) -P1/2(bob by force)"},
			batches: [][]int{{2}},
			after:   []string{"- P1 2", "ada P1 1 +331"},
		},
		{
			name: "force by a number, and who holds that line keeps it", reason: "one line, two persons, by two of its keys",
			lines: []string{"bob P1 2 +331"},
			file:  "force_attach;ada@x.com;P1;1;;+331\nattach;bob@x.com;P1;2;;",
			want: []string{
				"2 error ada !line.contested@number row=3",
				"3 error bob !line.contested@pbx_short_number row=2",
			},
			after: []string{"bob P1 2 +331"},
		},
		{
			name: "force from someone who attaches elsewhere", reason: "force overrules the store; the other row goes its way",
			lines: []string{"bob P1 1001"},
			file:  "force_attach;ada@x.com;P1;1001;;\nattach;bob@x.com;P1;1002;;",
			want: []string{
				"2 update ada +P1/1001 +g/1001 -g/1001(bob by force) -P1/1001(bob by force)",
				"3 update bob +P1/1002 +g/1002 -g/1001(bob) -P1/1001(bob)",
			},
			batches: [][]int{{2, 3}},
			after:   []string{"ada P1 1001", "bob P1 1002"},
		},
		{
			name: "detach plus attach by another", reason: "freed in one row and taken in another, in either order",
			lines: []string{"bob P1 1001", "bob P3 9"},
			file:  "attach;ada@x.com;P1;1001;;\nDetach;bob@x.com;;;;",
			want: []string{
				"2 update ada +P1/1001 +g/1001",
				"3 update bob -g/1001(bob) -P1/1001(bob) -P3/9(bob) -P3/9(bob)",
			},
			batches: [][]int{{2, 3}},
			after:   []string{"- P3 9", "ada P1 1001"},
		},
		{
			name: "attach what a row in error would free", reason: "it is blocked, by name",
			lines: []string{"bob P1 1001"},
			file:  "attach;ada@x.com;P1;1001;;\nattach;bob@x.com;P1;1002;5.0;",
			want: []string{
				"2 blocked ada +P1/1001 +g/1001 !row.blocked row=3",
				"3 error bob !extension.form@pbx_internal_number fix=5",
			},
			after: []string{"bob P1 1001"},
		},
		{
			name: "two forces of one line", reason: "an error on both, each naming the other",
			lines: []string{"cyd P1 1001"},
			file:  "force_attach;ada@x.com;P1;1001;5;\nforce_attach;bob@x.com;P1;1001;6;",
			want: []string{
				"2 error ada !line.contested@pbx_short_number row=3", // and not of the internal number that comes with it
				"3 error bob !line.contested@pbx_short_number row=2",
			},
			after: []string{"cyd P1 1001"},
		},
		{
			name: "two forces of a line with a number", reason: "one clash, told at the short number: no row has the numbers that come along",
			lines: []string{"cyd P1 1001 i5001 +331"},
			file:  "force_attach;ada@x.com;P1;1001;;\nforce_attach;bob@x.com;P1;1001;;",
			want: []string{
				"2 error ada !line.contested@pbx_short_number row=3",
				"3 error bob !line.contested@pbx_short_number row=2",
			},
			after: []string{"cyd P1 1001 i5001 +331"},
		},
		{
			name: "force of a line whose number another row wants", reason: "each row is told at its own cell",
			lines: []string{"cyd P1 1001 i5001 +331"},
			file:  "force_attach;ada@x.com;P1;1001;;\nattach;bob@x.com;P1;1500;;+331",
			want: []string{
				"2 error ada !number.contested@pbx_short_number row=3",
				"3 error bob !number.contested@number row=2 !number.taken@number holder=cyd",
			},
			after: []string{"cyd P1 1001 i5001 +331"},
		},
		{
			name: "an internal number that follows from the short one is taken", reason: "it is named as the file has it",
			lines: []string{"cyd P2 1001"},
			file:  "attach;ada@x.com;P1;1001;;",
			want:  []string{"2 error ada !internal.taken@pbx_internal_number holder=cyd"},
			after: []string{"cyd P2 1001"},
		},
		{
			name: "attach and force of one line by one person", reason: "they contradict, though they want the same",
			file: "force_attach;ada@x.com;P1;1001;;\nattach;ada@x.com;P1;1001;;",
			want: []string{
				"2 error ada !slot.contested@login_email row=3 !line.contested@pbx_short_number row=3",
				"3 error ada !slot.contested@login_email row=2 !line.contested@pbx_short_number row=2",
			},
			after: []string{},
		},
		{
			name: "force and detach of one person", reason: "an error on both, each naming the other",
			lines: []string{"ada P1 1001"},
			file:  "force_attach;ada@x.com;P1;1002;;\ndetach;ada@x.com;;;;",
			want: []string{
				"2 error ada !person.contradiction@login_email row=3",
				"3 error ada !person.contradiction@login_email row=2",
			},
			after: []string{"ada P1 1001"},
		},
		{
			name: "two lines of one PBX", reason: "one each",
			file: "attach;ada@x.com;P1;1;;\nattach;ada@x.com;P1;2;;",
			want: []string{
				"2 error ada !slot.contested@login_email row=3",
				"3 error ada !slot.contested@login_email row=2",
			},
			after: []string{},
		},
		{
			name: "the same request twice", reason: "the first acts",
			file:    "attach;ada@x.com;P1;1;;\nAttach; ada@x.com ;P1;1;1;",
			want:    []string{"2 update ada +P1/1 +g/1", "3 skip ada !row.repeated row=2"},
			batches: [][]int{{2}},
			after:   []string{"ada P1 1"},
		},
		{
			name: "one internal number in a group", reason: "unique in the PBX group, and another group has its own",
			file: "attach;ada@x.com;P1;1;;\nattach;bob@x.com;P2;1;;\nattach;cyd@x.com;P3;1;;",
			want: []string{
				"2 error ada !internal.contested@pbx_internal_number row=3",
				"3 error bob !internal.contested@pbx_internal_number row=2",
				"4 update cyd +P3/1 +P3/1",
			},
			batches: [][]int{{4}},
			after:   []string{"cyd P3 1"},
		},
		{
			name: "detach of one who holds nothing", reason: "a warning, and nothing to do",
			file:  "detach;ada@x.com;nonsense;;#REF!;n/a",
			want:  []string{"2 unchanged ada !line.none"},
			after: []string{},
		},
		{
			name: "a number held in another account, for the partner", reason: "who may look there is told where, and force does not reach it",
			lines: []string{"zoe P1 5 +335"},
			file:  "force_attach;ada@x.com;P1;1;;+335",
			want:  []string{"2 error ada !number.taken@number account=globex"},
			after: []string{},
		},
		{
			name: "a number held in another account, for an Account Admin", reason: "in use, and never by whom",
			actor: new(users.AccountAdmin("dan", acme)),
			lines: []string{"zoe P1 5 +335"},
			file:  "force_attach;ada@x.com;P1;1;;+335\nattach;bob@x.com;P1;5;;",
			want: []string{
				"2 error ada !number.taken@number",
				"3 update bob +P1/5 +g/5",
			},
			batches: [][]int{{3}},
			after:   []string{"bob P1 5"},
		},
		{
			name: "cells that are wrong", reason: "each says what and where",
			file: "attach;ada@x.com;;1;;\nattach;bob@x.com;P1;;;\nattach;cyd@x.com;P4;1;;\nattach;dan@x.com;PBX1;1;;\nattach;eve@x.com;P1;1001.0;;3.3E+10\nfetch;ada@x.com;;;;\nattach;no@x.com;P1;77;;0123456789",
			want: []string{
				"2 error ada !line.missing@pbx_id",
				"3 error bob !line.missing@pbx_short_number",
				"4 error cyd !pbx.unknown@pbx_id",
				"5 error dan !pbx.form@pbx_id",
				"6 error eve !extension.form@pbx_short_number fix=1001 !number.scientific@number",
				"7 error ada !action.unknown@action",
				"8 error no !email.unknown@login_email !phone.form@number",
			},
			after: []string{},
		},
		{
			name: "a quoted percent sign", reason: "it begins a value, not a comment",
			file:  "%attach;ada@x.com;P1;1;;\n\"%attach\";bob@x.com;P1;2;;",
			want:  []string{"3 error bob !action.unknown@action fix=attach"},
			after: []string{},
		},
		{
			name: "short numbers as the product has them", reason: "its own expression, leading zeros kept",
			file: "attach;ada@x.com;P1;'0042;;\nattach;bob@x.com;P1;#1;;\nattach;cyd@x.com;P1;-5;;\nattach;dan@x.com;P1;10 01;;\nattach;eve@x.com;P1;42;;",
			want: []string{
				"2 update ada +P1/0042 +g/0042", "3 update bob +P1/#1 +g/#1", "4 update cyd +P1/-5 +g/-5",
				"5 update dan +P1/10 01 +g/10 01", "6 update eve +P1/42 +g/42",
			},
			batches: [][]int{{2}, {3}, {4}, {5}, {6}},
			after:   []string{"ada P1 0042", "bob P1 #1", "cyd P1 -5", "dan P1 10 01", "eve P1 42"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store := newStore(t, tt.lines...)
			actor := users.Partner("pat")
			if tt.actor != nil {
				actor = *tt.actor
			}
			p := preview(t, store, actor, &rainbow.Options{PBXs: pbxs(), Many: tt.many}, head+tt.file)
			require.Empty(t, cmp.Diff(tt.want, told(p)), "%s (-want +got)", tt.reason)
			requireOwnWords(t, p)
			store.batches = nil
			_, err := p.Commit(t.Context(), &importer.CommitOptions{Batch: 1}) // what is done together then has to be
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(tt.batches, store.batches), "rows written together (-want +got)")
			require.Empty(t, cmp.Diff(tt.after, held(t, store)), "the store afterwards (-want +got)")
		})
	}
}

// The same data is refused a second time, and taken again after an undoing.
func TestReplayed(t *testing.T) {
	const file = head + "attach;ada@x.com;P1;1001;;"
	store := newStore(t)
	opts := &rainbow.Options{PBXs: pbxs()}
	report, err := preview(t, store, users.Partner("pat"), opts, file).Commit(t.Context(), nil)
	require.NoError(t, err)

	_, err = tryPreview(t, store, users.Partner("pat"), opts, file)
	var refusal *formats.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, "file.replayed", refusal.Code)

	undo, err := importer.Undo(t.Context(), users.Open(store, users.Partner("pat"), nil), report.ID, nil)
	require.NoError(t, err)
	_, err = undo.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, held(t, store))
	preview(t, store, users.Partner("pat"), opts, file)
}

// An undoing takes away before it gives back, whatever the order of its rows.
func TestUndoMoments(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		lines        []string
		file         string
	}{
		{"moved", "the old line comes back when the new one is gone", []string{"ada P1 1", "- P1 2"}, "attach;ada@x.com;P1;2;;"},
		{"onto a line made", "likewise", []string{"ada P1 1"}, "attach;ada@x.com;P1;2;;"},
		{"a chain", "from its end", []string{"ada P1 1", "bob P1 2", "cyd P1 3"}, "attach;cyd@x.com;P1;2;;\nattach;bob@x.com;P1;1;;\nattach;ada@x.com;P1;4;;"},
		{"a swap", "at once", []string{"ada P1 1", "bob P1 2"}, "attach;ada@x.com;P1;2;;\nattach;bob@x.com;P1;1;;"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Log(tt.reason)
			store := newStore(t, tt.lines...)
			report, err := preview(t, store, users.Partner("pat"), &rainbow.Options{PBXs: pbxs()}, head+tt.file).Commit(t.Context(), nil)
			require.NoError(t, err)
			store.moment = func() { requireOneOwner(t, store, false) }
			undo, err := importer.Undo(t.Context(), users.Open(store, users.Partner("pat"), nil), report.ID, nil)
			require.NoError(t, err)
			_, err = undo.Commit(t.Context(), &importer.CommitOptions{Batch: 1})
			require.NoError(t, err)
			require.Equal(t, slices.Sorted(slices.Values(tt.lines)), held(t, store))
		})
	}
}

// Whoever had the line has been deleted since: what the import gave is taken
// back, and the line is nobody's.
func TestUndoWithoutTheHolder(t *testing.T) {
	store := newStore(t, "ada P1 1", "bob P1 2 i5")
	report, err := preview(t, store, users.Partner("pat"), &rainbow.Options{PBXs: pbxs()}, head+"detach;bob@x.com;;;;\nattach;ada@x.com;P1;2;;").Commit(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, store.Apply(t.Context(), users.Batch{Import: "leaves", Writes: []users.Write{{ID: "bob", Version: 1}}}))
	undo, err := importer.Undo(t.Context(), users.Open(store, users.Partner("pat"), nil), report.ID, nil)
	require.NoError(t, err)
	require.Equal(t, 1, undo.Summary().Codes["undo.reference"])
	_, err = undo.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, []string{"- P1 2 i5", "ada P1 1"}, held(t, store))
}

// requireOwnWords requires that findings name no value that is not in a cell of their
// row, and that no cell is told the same twice.
func requireOwnWords(t *testing.T, p *importer.Preview) {
	t.Helper()
	for r := range p.Rows() {
		told := map[[2]string]bool{}
		for _, f := range r.Findings {
			if name, ok := f.Args["name"]; ok {
				require.Contains(t, slices.Collect(maps.Values(r.Cells)), name, "row %d: %s", r.Number, f.Code)
			}
			require.False(t, told[[2]string{f.Code, f.Field}], "row %d: %s twice at %q", r.Number, f.Code, f.Field)
			told[[2]string{f.Code, f.Field}] = true
		}
	}
}
