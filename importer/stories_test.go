package importer_test

import (
	"encoding/csv"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

var update = flag.Bool("update", false, "rewrite the results in testdata: stories and the table of rules by door")

// Each file in testdata/stories is one behaviour of the engine, from the store
// before the import to the store after it. README.md in that folder describes
// the sections.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/stories/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)

	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			require.NoError(t, err)
			s := readStory(t, archive)
			t.Log(s.comment)

			want, got := s.results, s.play(t)
			if *update {
				archive.Files = append(archive.Files[:s.inputs:s.inputs], got...)
				require.NoError(t, os.WriteFile(file, txtar.Format(archive), 0o644))
				return
			}
			require.Empty(t, cmp.Diff(byName(want), byName(got)), "the results (-want +got); -update rewrites them")
			require.Equal(t, names(want), names(got), "the order of the sections")
		})
	}
}

// A story is a scene, what a person corrects in it, and the sections of its
// file that tell what comes of it.
type story struct {
	comment string
	scene   *scene
	edits   []edit
	inputs  int // sections before the results
	results []txtar.File
}

// readStory reads the sections of a file, in their order. What follows those it
// knows is taken for results, which are compared by name.
func readStory(t *testing.T, a *txtar.Archive) *story {
	t.Helper()
	s := &story{comment: strings.TrimSpace(string(a.Comment)), scene: &scene{actor: users.Host("test")}}
	require.Contains(t, s.comment, "\n\n", "the comment is a title, a blank line and the reason")

	sections := a.Files
	next := func(name string) (string, bool) {
		if len(sections) == 0 || sections[0].Name != name {
			return "", false
		}
		data := string(sections[0].Data)
		sections = sections[1:]
		return data, true
	}

	setup, ok := next("setup")
	require.True(t, ok, "the first section is setup")
	s.setup(t, setup)

	if data, ok := next("store/people.csv"); ok {
		s.scene.records = append(s.scene.records, storedPeople(t, data)...)
	}
	if data, ok := next("store/lines.csv"); ok {
		s.scene.records = append(s.scene.records, storedLines(t, data, s.scene.records)...)
	}
	for _, table := range s.scene.template.Tables {
		data, ok := next("file/" + table.Name + ".csv")
		require.True(t, ok, "the file %s.csv comes next", table.Name)
		s.scene.sheets = append(s.scene.sheets, fileSheet(t, table, data))
	}
	if data, ok := next("edits"); ok {
		s.edits = readEdits(t, s.scene.template, data)
	}

	s.inputs, s.results = len(a.Files)-len(sections), sections
	return s
}

// setup reads the lines that say which template, and who imports in which mode.
func (s *story) setup(t *testing.T, text string) {
	t.Helper()
	actors := map[string]users.Actor{"host": users.Host("test"), "partner": users.Partner("pat")}
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		require.True(t, ok, "setup: %q", line)
		switch key {
		case "template":
			i := slices.IndexFunc(makers(), func(m maker) bool { return m.name == value })
			require.GreaterOrEqual(t, i, 0, "setup: a template of makers: %q", value)
			s.scene.template = makers()[i].template()
		case "actor":
			require.Contains(t, actors, value, "setup")
			s.scene.actor = actors[value]
		case "mode":
			s.scene.mode = importer.Mode(value)
		default:
			require.Fail(t, "setup: unknown setting", "%q", line)
		}
	}
	require.NotNil(t, s.scene.template, "setup names the template")
}

// play runs the story and returns the sections that tell what came of it.
func (s *story) play(t *testing.T) []txtar.File {
	t.Helper()
	var out []txtar.File
	section := func(name string, lines ...string) {
		data := ""
		for _, l := range lines {
			data += l + "\n"
		}
		out = append(out, txtar.File{Name: name, Data: []byte(data)})
	}

	// A preview and its edits write nothing: this store fails if they do.
	store := s.scene.store(t)
	p := s.scene.preview(t, noWrites(store))
	section("preview", previewLines(p)...)
	section("findings", findingLines(p)...)

	sheets := s.scene.clones()
	for i, e := range s.edits {
		importer.Redecided(p)
		applyAll(t, p, sheets, e)
		name := fmt.Sprint("after edit ", i+1, "/")
		section(name+"preview", append([]string{fmt.Sprint("rows decided again: ", importer.Redecided(p))}, previewLines(p)...)...)
		section(name+"findings", findingLines(p)...)
		requireFresh(t, s.scene.with(sheets), store, p)
	}

	p = s.scene.with(sheets).preview(t, store)
	was := show(p)
	r, err := p.Commit(t.Context(), &importer.CommitOptions{Batch: 1})
	require.NoError(t, err)
	requireOutcomes(t, was, nil, r, outcomeOf)
	section("report", reportLines(r)...)
	recs := everything(t, store)
	section("store after/people.csv", peopleLines(recs)...)
	if lines := lineLines(recs); len(lines) > 1 {
		section("store after/lines.csv", lines...)
	}
	return out
}

func byName(files []txtar.File) map[string]string {
	out := map[string]string{}
	for _, f := range files {
		out[f.Name] = string(f.Data)
	}
	return out
}

func names(files []txtar.File) []string {
	var out []string
	for _, f := range files {
		out = append(out, f.Name)
	}
	return out
}

// Reading

// records reads CSV whose first row must be the headings.
func records(t *testing.T, text, headings string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	require.NotEmpty(t, rows)
	require.Equal(t, headings, strings.Join(rows[0], ","), "the headings")
	return rows[1:]
}

const (
	peopleHeadings = "id,lan id,email,name,supervisor,rights"
	lineHeadings   = "id,pbx,short,holder"
)

// storedPeople reads people, whose supervisors are named by LAN ID.
func storedPeople(t *testing.T, text string) []users.Record {
	t.Helper()
	rows := records(t, text, peopleHeadings)
	ids := map[string]users.ID{"": ""}
	for _, r := range rows {
		ids[r[1]] = users.ID(r[0])
	}
	var out []users.Record
	for _, r := range rows {
		require.Contains(t, ids, r[4], "the supervisor of %s", r[0])
		p := &users.Profile{Email: r[2], DisplayName: r[3], Source: users.Local, ContactCentre: &users.ContactCentre{LANID: r[1], Supervisor: ids[r[4]]}}
		if r[5] != "" {
			require.Equal(t, "admin", r[5], "the rights of %s", r[0])
			admin(p)
		}
		out = append(out, users.Record{Head: users.Head{ID: users.ID(r[0]), Account: acme}, Data: p})
	}
	return out
}

// storedLines reads lines, whose holders are named by LAN ID.
func storedLines(t *testing.T, text string, people []users.Record) []users.Record {
	t.Helper()
	ids := map[string]users.ID{"": ""}
	for _, r := range people {
		ids[r.Data.(*users.Profile).ContactCentre.LANID] = r.ID
	}
	var out []users.Record
	for _, r := range records(t, text, lineHeadings) {
		require.Contains(t, ids, r[3], "the holder of %s", r[0])
		out = append(out, users.Record{Head: users.Head{ID: users.ID(r[0]), Account: acme}, Data: &users.Line{PBX: r[1], Short: r[2], Holder: ids[r[3]]}})
	}
	return out
}

// fileSheet reads a file with all columns of the table in their order.
func fileSheet(t *testing.T, table importer.Table, text string) *sheet {
	t.Helper()
	s := newSheet(table)
	return newSheet(table, records(t, text, strings.Join(s.heads, ","))...)
}

var (
	setPattern    = regexp.MustCompile(`^set ([a-z_.]+) of row (\d+) to (".*")$`)
	removePattern = regexp.MustCompile(`^remove row (\d+)$`)
	addPattern    = regexp.MustCompile(`^add row (.*)$`)
)

// readEdits reads an edit a line. Of a template with several tables, each line
// begins with the name of its table.
func readEdits(t *testing.T, tpl *importer.Template, text string) []edit {
	t.Helper()
	var out []edit
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		table := 0
		if len(tpl.Tables) > 1 {
			name, rest, _ := strings.Cut(line, ": ")
			table = slices.IndexFunc(tpl.Tables, func(t importer.Table) bool { return t.Name == name })
			require.GreaterOrEqual(t, table, 0, "edits: the table of %q", line)
			line = rest
		}

		e := edit{table: table}
		if m := setPattern.FindStringSubmatch(line); m != nil {
			value, err := strconv.Unquote(m[3])
			require.NoError(t, err, "edits: %s", line)
			e.what, e.field, e.number, e.value = "set", m[1], atoi(t, m[2]), value
		} else if m := removePattern.FindStringSubmatch(line); m != nil {
			e.what, e.number = "remove", atoi(t, m[1])
		} else if m := addPattern.FindStringSubmatch(line); m != nil {
			cells, err := csv.NewReader(strings.NewReader(m[1])).Read()
			require.NoError(t, err, "edits: %s", line)
			e.what, e.cells = "add", cells
		} else {
			require.Fail(t, "edits: no edit", "%q", line)
		}
		out = append(out, e)
	}
	return out
}

func atoi(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	require.NoError(t, err)
	return n
}

// Writing

// at names a row, with its table where the template has several.
func at(table string, number int) string {
	if table != "" {
		return fmt.Sprint(table, " row ", number)
	}
	return fmt.Sprint("row ", number)
}

// previewLines says of each row what it will do: the person, the fields it
// changes, and the lines the person gains and loses.
func previewLines(p *importer.Preview) []string {
	var out []string
	for r := range p.Rows() {
		line := fmt.Sprint(at(r.Table, r.Number), ": ", r.Action)
		if r.Who != "" {
			line += " " + r.Who
		}
		for _, c := range r.Changes {
			line += fmt.Sprintf("; %s %q > %q", c.Field, c.Old, c.New)
		}
		for _, g := range r.Gains {
			line += fmt.Sprint("; gains ", g.Space, " ", g.Value)
		}
		for _, l := range r.Losses {
			line += fmt.Sprint("; loses ", l.Space, " ", l.Value)
		}
		out = append(out, line)
	}
	return out
}

// findingLines are the findings of the whole file and then those of its rows.
func findingLines(p *importer.Preview) []string {
	var out []string
	for _, f := range p.Findings() {
		out = append(out, "file: "+findingLine(f))
	}
	for r := range p.Rows() {
		for _, f := range r.Findings {
			out = append(out, at(r.Table, r.Number)+": "+findingLine(f))
		}
	}
	return out
}

func findingLine(f formats.Finding) string {
	line := fmt.Sprint(f.Severity, " ", f.Code)
	if f.Field != "" {
		line += " in " + f.Field
	}
	if f.Value != "" {
		line += fmt.Sprintf(" %q", f.Value)
	}
	for _, k := range slices.Sorted(maps.Keys(f.Args)) {
		line += fmt.Sprintf("; %s %q", k, f.Args[k])
	}
	if f.Fix != nil {
		line += fmt.Sprintf("; fix %q", *f.Fix)
	}
	return line
}

// reportLines says what became of each row.
func reportLines(r *importer.Report) []string {
	var out []string
	for _, l := range r.Lines {
		out = append(out, strings.TrimSpace(fmt.Sprint(at(l.Table, l.Number), ": ", l.Outcome, " ", l.Who)))
	}
	return out
}

// peopleLines are the people of the account as CSV, as in store/people.csv.
func peopleLines(recs map[users.ID]users.Record) []string {
	out := []string{peopleHeadings}
	for _, id := range sortedIDs(recs) {
		u, ok := recs[id].User()
		if !ok || u.Account != acme {
			continue
		}
		rights := ""
		if u.Admin() {
			rights = "admin"
		}
		out = append(out, csvLine(string(id), u.ContactCentre.LANID, u.Email, u.DisplayName, lanID(recs, u.ContactCentre.Supervisor), rights))
	}
	return out
}

// lineLines are the lines of the account as CSV, as in store/lines.csv.
func lineLines(recs map[users.ID]users.Record) []string {
	out := []string{lineHeadings}
	for _, id := range sortedIDs(recs) {
		if l, ok := recs[id].Data.(*users.Line); ok && recs[id].Account == acme {
			out = append(out, csvLine(string(id), l.PBX, l.Short, lanID(recs, l.Holder)))
		}
	}
	return out
}

func lanID(recs map[users.ID]users.Record, id users.ID) string {
	if u, ok := recs[id].User(); ok {
		return u.ContactCentre.LANID
	}
	return string(id)
}

func csvLine(cells ...string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(cells) // a Builder takes everything
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}
