package importer_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/corpus"
	"github.com/usher-go/usher/internal/spreadsheet"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// corpusTemplate is the template that the corpus was made for: First Name,
// Last Name, Name, Email, Role, Extension, Phone.
func corpusTemplate() *importer.Template {
	column := func(field, heading string, change ...func(*importer.Column)) importer.Column {
		c := importer.Column{Field: field, Headings: map[string][]string{"en": {heading}}, AsText: true}
		for _, f := range change {
			f(&c)
		}
		return c
	}
	return &importer.Template{
		Name:  "corpus",
		Modes: []importer.Mode{importer.ModeCreate},
		Tables: []importer.Table{{
			Name: "Users",
			Columns: []importer.Column{
				column("first_name", "First Name"), column("last_name", "Last Name"), column("name", "Name"),
				column("email", "Email", func(c *importer.Column) {
					c.Required, c.Parse = true, importer.Email
					c.Headings["en"] = append(c.Headings["en"], "E-mail")
				}),
				column("role", "Role", func(c *importer.Column) {
					c.Required = true
					c.Values = []importer.Value{
						{Name: users.RoleUser, Labels: map[string][]string{"en": {"User"}}},
						{Name: users.RoleAdmin, Labels: map[string][]string{"en": {"Admin", "Account Admin"}}},
					}
				}),
				column("extension", "Extension", func(c *importer.Column) { c.Parse = extension }), column("phone", "Phone"),
			},
			Draft: func(r importer.Row, d *importer.Draft) {
				if r.Blank("name") && r.Blank("first_name") && r.Blank("last_name") {
					d.Error("name", "name.missing")
				}
				d.About(users.SpaceEmail, r.Value("email"))
				d.Claim(users.SpaceEmail, r.Value("email"))
				d.OneRowPerPerson()
				d.Exclusive("extension", r.Value("extension"))
				for _, f := range []string{"name", "first_name", "last_name"} {
					d.WantCell(f)
					if spreadsheet.IsFormula(r.Value(f)) {
						d.Warn(f, "text.formula")
					}
				}
				d.WantCell("role")
			},
		}},
	}
}

var extensionForm = regexp.MustCompile(`^[0-9A-Za-z#*, +-]{1,32}$`)

func extension(text string) (string, []users.Problem) {
	value, problems := importer.Text(text)
	if len(problems) == 0 && !extensionForm.MatchString(value) {
		problems = append(problems, users.Problem{Code: "extension.form"})
	}
	return value, problems
}

// A corpusTruth is one line of a truth.jsonl.
type corpusTruth struct {
	File, Expect, Why, Code string
}

// corpusDeviations are the files whose outcome is not the wanted one, with the reason.
var corpusDeviations = map[string]string{}

// TestCorpus holds the way from bytes to a preview to the corpus that
// USHER_CORPUS names: what a file needs a template for, and once more what it
// does not.
func TestCorpus(t *testing.T) {
	dir := corpus.Dir(t)
	judged, strict := 0, 0
	for _, kind := range []string{"csv", "xlsx"} {
		list, err := os.Open(filepath.Join(dir, kind, "truth.jsonl"))
		require.NoError(t, err)
		defer list.Close()
		lines := bufio.NewScanner(list)
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			var want corpusTruth
			require.NoError(t, json.Unmarshal(lines.Bytes(), &want))
			data, err := os.ReadFile(filepath.Join(dir, want.File))
			require.NoError(t, err)
			if strings.Contains(want.Expect, "gunzip") {
				z, err := gzip.NewReader(bytes.NewReader(data))
				require.NoError(t, err)
				data, err = io.ReadAll(z)
				require.NoError(t, err)
			}
			judged++
			problem, isStrict := want.judge(throughTemplate(t, want.File, data))
			if isStrict {
				strict++
			}
			switch reason, known := corpusDeviations[want.File]; {
			case problem != "" && !known:
				t.Errorf("%s (%s; %s %s): %s", want.File, want.Expect, want.Code, want.Why, problem)
			case problem == "" && known:
				t.Errorf("%s agrees now; it was listed for: %s", want.File, reason)
			}
		}
		require.NoError(t, lines.Err())
	}
	require.LessOrEqual(t, len(corpusDeviations)*100, judged)
	require.NotZero(t, strict)
	t.Logf("%d files, %d of them held to a row, a code or a clean preview; %d deviations", judged, strict, len(corpusDeviations))
}

// A corpusOutcome is what became of a file.
type corpusOutcome struct {
	refused  *formats.Refusal
	findings []formats.Finding
	rows     []importer.RowView
}

func throughTemplate(t *testing.T, name string, data []byte) corpusOutcome {
	t.Helper()
	tpl := corpusTemplate()
	var headings []string
	for _, c := range tpl.Tables[0].Columns {
		headings = append(headings, c.Headings["en"]...)
	}
	src := formats.Source{Name: filepath.Base(name), ReaderAt: bytes.NewReader(data), Size: int64(len(data))}
	readers := []formats.Format{xlsx.Format{Headings: headings}, csv.Format{Headings: headings}}
	if strings.HasPrefix(name, "csv/") {
		readers = readers[1:]
	} else {
		readers = readers[:1]
	}
	table, err := formats.Open(t.Context(), src, nil, readers...)
	var p *importer.Preview
	if err == nil {
		dir := users.Open(memstore.New(), users.AccountAdmin("pat", "acme"), nil)
		p, err = importer.New(dir, tpl, nil).Preview(t.Context(), table)
	}
	var out corpusOutcome
	if err != nil {
		require.True(t, errors.As(err, &out.refused), "%s: %v", name, err)
		return out
	}
	out.findings, out.rows = p.Findings(), slices.Collect(p.Rows())
	for _, r := range out.rows {
		out.findings = append(out.findings, r.Findings...)
	}
	return out
}

func (o *corpusOutcome) errorCount() int {
	n := 0
	for _, f := range o.findings {
		if f.Severity == formats.Error {
			n++
		}
	}
	return n
}

// describe is how it ended, on one line.
func (o *corpusOutcome) describe() string {
	if o.refused != nil {
		return o.refused.Error()
	}
	var found []string
	for _, f := range o.findings[:min(len(o.findings), 8)] {
		found = append(found, fmt.Sprintf("%s %s %d:%d", f.Severity, f.Code, f.Row, f.Column))
	}
	return fmt.Sprintf("%d rows, found %s", len(o.rows), strings.Join(found, ", "))
}

var (
	wantsError = regexp.MustCompile(`^error (or warn )?row=(\d+)(?: col=(\d+))?`)
	wantsEdge  = regexp.MustCompile(`^warn-or-error row=(\d+)`)
	goodThen   = regexp.MustCompile(`^rows (\d+)-(\d+) ok; row (\d+) col (\d+) error`)
)

// sameSpace reports whether two codes are of one space. Codes of the truth are
// suggestions: what it calls invalid we call by what is wrong with it, and what
// breaks an extension may be found out by the reader.
func sameSpace(want, got string) bool {
	space := func(s string) string { s, _, _ = strings.Cut(s, "."); return s }
	return want == "" || space(want) == space(got)
}

// judge says what is wrong with how a file ended, or nothing; and whether more was
// asked than that the file does no harm.
func (w *corpusTruth) judge(o corpusOutcome) (problem string, strict bool) {
	made := strings.Contains(w.File, "/made/")
	wrong := func(ok bool) (string, bool) {
		if ok {
			return "", true
		}
		return o.describe(), true
	}
	has := func(row, column string, warning bool) bool {
		return slices.ContainsFunc(o.findings, func(f formats.Finding) bool {
			return strconv.Itoa(f.Row) == row && (column == "" || f.Column == 0 || strconv.Itoa(f.Column) == column) &&
				sameSpace(w.Code, f.Code) && (warning || f.Severity == formats.Error)
		})
	}
	e := w.Expect
	var m []string
	match := func(p *regexp.Regexp) bool { m = p.FindStringSubmatch(e); return m != nil }
	switch {
	case !made && !strings.HasPrefix(e, "reject"):
		return "", false // no heading of the template's
	case strings.HasPrefix(e, "reject") && !strings.Contains(e, " or "):
		return wrong(o.refused != nil && sameSpace(w.Code, o.refused.Code))
	case strings.HasPrefix(e, "header.missing"):
		return wrong(o.refused != nil && o.refused.Code == "header.missing")
	case strings.Contains(e, "header.missing"):
		return wrong(o.refused == nil || o.refused.Code == "header.missing")
	case strings.Contains(e, "reject") && o.refused != nil:
		return "", true
	case strings.Contains(e, "reject"):
		return wrong(len(o.rows) > 0)
	case strings.Contains(e, "or warn") && o.refused != nil && strings.HasPrefix(o.refused.Code, "limit."):
		return wrong(strings.Contains(e, "row="+strconv.Itoa(o.refused.Row)+" "))
	case match(wantsError):
		return wrong(has(m[2], m[3], m[1] != "" || strings.Contains(e, "or warn")) ||
			strings.Contains(e, "or strip") && o.refused == nil && o.errorCount() == 0)
	case match(wantsEdge):
		return wrong(has(m[1], "", true))
	case match(goodThen):
		return wrong(has(m[3], m[4], false) && o.errorCount() == 1)
	case strings.HasPrefix(e, "ok-with-warning"):
		return wrong(o.errorCount() == 0 && len(o.findings) > 0)
	case e == "ok", strings.HasPrefix(e, "ok "):
		return wrong(o.refused == nil && o.errorCount() == 0 && len(o.rows) > 0)
	case e == "per row":
		return wrong(o.refused == nil && len(o.rows) > 0)
	}
	return wrong(o.refused == nil && len(o.rows) > 0)
}
