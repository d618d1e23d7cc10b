package importer_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/messages"
	"github.com/usher-go/usher/internal/office"
	"github.com/usher-go/usher/users"
)

// printed is a sheet as lines of cells, the headings first.
func printed(s formats.Sheet) []string {
	var heads []string
	for _, c := range s.Columns {
		heads = append(heads, c.Heading)
	}
	out := []string{strings.Join(heads, " | ")}
	for row := range s.Rows {
		out = append(out, strings.Join(row, " | "))
	}
	return out
}

// factsOf are the facts of a sheet as lines.
func factsOf(s formats.Sheet) []string {
	var out []string
	for _, f := range s.Facts {
		out = append(out, f.Name+" = "+f.Value)
	}
	return out
}

// readBack is the report as the store has it.
func readBack(t *testing.T, dir *users.Directory, id users.ID) *importer.Report {
	t.Helper()
	r, err := importer.LoadReport(t.Context(), dir, id)
	require.NoError(t, err)
	return r
}

// movedLines is a report of lines: taken by force, attached to one who has another, and detached.
func movedLines(t *testing.T) *importer.Report {
	t.Helper()
	held := func(l, i int, ddi string) users.Record {
		r := line(l, i)
		*r.Data.(*users.Line) = users.Line{PBX: office.PBX1, Group: "g", Short: number(l), Internal: "5" + number(l), Number: ddi, Holder: users.ID(fmt.Sprint("u", i))}
		return r
	}
	s := asHost(rainbowLines(), []users.Record{person(0), person(1), person(2), person(3), held(1, 1, ""), held(2, 2, office.DDI(2)), held(3, 3, "")},
		[]string{"force_attach", mail(0), office.PBX1, "1", "", ""},
		[]string{"attach", mail(2), office.PBX1, "9", "59", office.DDI(9)},
		[]string{"detach", mail(3), "", "", "", ""},
		[]string{"attach", "nobody@x.com", office.PBX1, "7", "", ""},
	)
	dir := s.open(s.store(t))
	_, err := s.previewIn(t, dir).Commit(t.Context(), &importer.CommitOptions{ID: imp, Label: "Moves"})
	require.NoError(t, err)
	return readBack(t, dir, imp)
}

// The report of lines says what the preview said: what each row does, who gains and
// who loses which line, and no key of the engine.
func TestReportOfLines(t *testing.T) {
	r := movedLines(t)
	p := office.PBX1
	require.Empty(t, cmp.Diff([]string{
		"Row | Action | Preview | Outcome | Who | Changes | Findings",
		"2 | force_attach | Change | Changed | " + mail(0) + " | gains " + p + "/1;\n" + mail(1) + " loses " + p + "/1 | ",
		"3 | attach | Change | Changed | " + mail(2) + " | Internal number: → 59;\nPBX group: → g;\ngains " + p + "/9, " + office.DDI(9) + ";\nloses " + p + "/2, " + office.DDI(2) + " | ",
		"4 | detach | Change | Changed | " + mail(3) + " | loses " + p + "/3 | ",
		"5 | attach | Error | Failed | nobody@x.com |  | B5 (loginEmail): No one in this account has this e-mail address.",
	}, printed(r.Sheet(messages.For("en")))), "(-want +got)")
	require.Empty(t, cmp.Diff([]string{
		"Description = Moves", "Outcome = Import finished: 3 changed, 1 failed.", "Action = attach 1, detach 1, force_attach 1", "Template = rainbow-lines",
		"Account = acme", "By = " + r.Actor, "When = 2026-03-01 12:00 UTC", "Id = import-1",
	}, factsOf(r.Sheet(messages.For("en")))), "(-want +got)")

	fr := r.Sheet(messages.For("fr"))
	require.Equal(t, "Rapport d’importation", fr.Title)
	rows := printed(fr)
	require.Equal(t, "Ligne | Action | Aperçu | Résultat | Qui | Modifications | Remarques", rows[0])
	require.Equal(t, "2 | forcer l’attachement | Modifier | Modifié | "+mail(0)+" | reçoit "+p+"/1\u00a0;\n"+mail(1)+" perd "+p+"/1 | ", rows[1])

	for _, w := range r.Rows(messages.For("en")) {
		require.NotContains(t, w.Changes, "++")
		require.NotContains(t, w.Changes, "g/5")
	}
}

// A report of people names the cell and the heading of the file, what was suggested,
// and each value of a new person once.
func TestReportOfPeople(t *testing.T) {
	old := person(0)
	s := asHost(people(), []users.Record{old},
		row("l0", "new@x.com", "", "", "Admin"), row("l1", mail(1), "Bo", "l0"), row("l2", mail(1), "Cy"), row("l3", "<ann@x.com>", "Ann"), row("l4", mail(4), "Dan", "", "Adnim"))
	dir := s.open(s.store(t))
	_, err := s.previewIn(t, dir).Commit(t.Context(), &importer.CommitOptions{ID: imp})
	require.NoError(t, err)
	r := readBack(t, dir, imp)
	got := printed(r.Sheet(messages.For("en")))
	require.Empty(t, cmp.Diff([]string{
		"Row | Preview | Outcome | Who | Changes | Findings",
		"2 | Change | Changed | " + mail(0) + " | E-mail address: " + mail(0) + " → new@x.com;\nName: " + old.Field("name") + " → (empty);\nRole: User → Account Admin | ",
		"3 | Error | Failed | l1 |  | B3 (EMAIL): This e-mail address is used in 2 rows (also in row 4). Keep the address in one row only.",
		"4 | Error | Failed | l2 |  | B4 (EMAIL): This e-mail address is used in 2 rows (also in row 3). Keep the address in one row only.",
		"5 | Error | Failed | l3 |  | B5 (EMAIL): Write the e-mail address without < and >. Did you mean “ann@x.com”?",
		"6 | Error | Failed | l4 |  | E6 (ROLE): “Role”: “Adnim” is not allowed. Allowed values: User, Admin.",
	}, got), "(-want +got)")
}

// A new person's fields have no former value, and the name that the line has already is
// not repeated.
func TestReportOfANewPerson(t *testing.T) {
	s := asHost(people(), []users.Record{person(0)}, row("l1", mail(1), "Bo", "l0", "Admin"))
	r, err := s.preview(t, s.store(t)).Commit(t.Context(), nil)
	require.NoError(t, err)
	rows := r.Rows(messages.For("en"))
	require.Equal(t, "E-mail address: "+mail(1)+"; Name: Bo; Role: Account Admin; Supervisor: l0", rows[0].Changes)
	require.Equal(t, "l1", rows[0].Who)
}

// A column without text is left out, except in a report without lines.
func TestReportColumns(t *testing.T) {
	en := messages.For("en")
	r := &importer.Report{ID: imp, Lines: []importer.ReportLine{{Number: 2, Line: 2, Action: importer.ActionCreate, Outcome: importer.OutcomeCreated, Who: "a@x.com", Changes: []importer.Change{{Field: "email", New: "a@x.com"}}}}}
	require.Equal(t, []string{"Row | Preview | Outcome | Who", "2 | Create | Created | a@x.com"}, printed(r.Sheet(en)))

	r.Lines[0].Line, r.Lines[0].Table = 5, "people"
	require.Equal(t, []string{"Table | Row | Line | Preview | Outcome | Who", "people | 2 | 5 | Create | Created | a@x.com"}, printed(r.Sheet(en)))

	r.Lines = nil
	require.Equal(t, []string{"Table | Row | Preview | Outcome | Who | Changes | Findings"}, printed(r.Sheet(en)))
}

// A field whose values are not shown is named, and no arrow leads from nothing to nothing.
func TestReportOfAFieldThatIsNotShown(t *testing.T) {
	r := &importer.Report{Lines: []importer.ReportLine{{Number: 2, Outcome: importer.OutcomeUpdated, Changes: []importer.Change{{Field: "custom.pin"}, {Field: "mobile", New: "+331"}}}}}
	require.Equal(t, "Pin; Mobile: → +331", r.Rows(messages.For("en"))[0].Changes)
}

// A report of an earlier version has no words of its rows, no headings and no files. It
// is shown as far as it goes.
func TestReportOfAnEarlierVersion(t *testing.T) {
	r := movedLines(t)
	for i := range r.Lines {
		r.Lines[i].Does = nil
		for f := range r.Lines[i].Findings {
			r.Lines[i].Findings[f].Heading = ""
		}
	}
	got := printed(r.Sheet(messages.For("en")))
	require.Equal(t, "Row | Preview | Outcome | Who | Changes | Findings", got[0])
	require.True(t, strings.HasSuffix(got[4], "| B5: No one in this account has this e-mail address."), got[4])
	require.False(t, slices.ContainsFunc(factsOf(r.Sheet(messages.For("en"))), func(s string) bool { return strings.HasPrefix(s, "Action") }))
}

// The names of the files are in the report, also if the preview was saved in between.
func TestReportNamesFiles(t *testing.T) {
	s := asHost(people(), nil)
	dir := s.open(s.store(t))
	text := "LAN ID,EMAIL,NAME,SUPERVISOR,ROLE\nl1," + mail(1) + ",Bo,,\n"
	table, err := formats.Open(t.Context(), formats.Source{Name: `C:\lists\new people.csv`, ReaderAt: strings.NewReader(text), Size: int64(len(text))}, nil, csv.Format{})
	require.NoError(t, err)
	p, err := importer.New(dir, people(), &importer.Options{Account: acme}).Preview(t.Context(), table)
	require.NoError(t, err)
	p, err = importer.Reopen(t.Context(), dir, strings.NewReader(saved(t, p)), people())
	require.NoError(t, err)
	_, err = p.Commit(t.Context(), &importer.CommitOptions{ID: imp})
	require.NoError(t, err)

	r := readBack(t, dir, imp)
	require.Equal(t, []string{"new people.csv"}, r.Files)
	var b bytes.Buffer
	require.NoError(t, csv.Writer{NoBOM: true, LF: true}.WriteSheet(&b, r.Sheet(messages.For("en"))))
	require.Equal(t, "Row,Preview,Outcome,Who,Changes,File,By,When,Id\n2,Create,Created,l1,\"E-mail address: "+mail(1)+"; Name: Bo\",new people.csv,"+r.Actor+",2026-03-01 12:00 UTC,import-1\n", b.String())
}
