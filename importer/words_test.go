package importer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// leave is a template whose rows free lines of one PBX, or all, and do not read NOTE unless told to.
func leave() *importer.Template {
	return &importer.Template{Name: "leave", Modes: []importer.Mode{importer.ModeUpdate}, Repeats: true, Comment: '%', Tables: []importer.Table{{
		Name:     "leave",
		Preamble: map[string][]string{"en": {"% what is left"}, "fr": {"% ce qui est laissé"}},
		Columns: []importer.Column{
			{Field: "login", Headings: map[string][]string{"en": {"LOGIN"}, "fr": {"COMPTE"}}, Required: true, Parse: importer.Email, Space: users.SpaceEmail},
			{Field: "which", Headings: en("WHICH"), IgnoreAccents: true, Values: []importer.Value{{Name: "all_lines"}, {Name: "one_pbx", Labels: en("of a PBX")}}},
			{Field: "pbx", Headings: en("PBX")},
			{Field: "note", Headings: en("NOTE")},
		},
		Draft: func(r importer.Row, d *importer.Draft) {
			d.About(users.SpaceEmail, r.Value("login"))
			if r.Value("which") == "all_lines" {
				d.Release(users.KindLine)
				d.Ignore("note")
			} else {
				d.ReleaseWhere(users.KindLine, "pbx", r.Value("pbx"))
			}
		},
	}}}
}

// What a Template may say of rows and cells, one word at a time.
func TestWordsOfATemplate(t *testing.T) {
	other := line(1, 0)
	other.Data.(*users.Line).PBX = "y"
	records := []users.Record{person(0), person(1), line(0, 0), other}
	for _, tt := range []struct {
		name, reason string
		rows         [][]string
		want         []string
	}{
		{"of one PBX", "the others stay, and letter case is no matter", [][]string{{mail(0), "of a PBX", "Y"}}, []string{"2 update p0@x.com -y/1"}},
		{"of two", "two requests, not one repeated", [][]string{{mail(0), "of a PBX", "x"}, {mail(0), "of a PBX", "y"}}, []string{"2 update p0@x.com -x/0", "3 update p0@x.com -y/1"}},
		{"of none", "there is nothing to free", [][]string{{mail(0), "of a PBX", "z"}, {mail(1), "all lines"}}, []string{"2 unchanged ?line.none", "3 unchanged ?line.none"}},
		{"loosely", "as headings are recognised", [][]string{{mail(0), "ÁLL-lines"}, {mail(1), "OF_APBX", "x"}}, []string{"2 update p0@x.com -x/0 -y/1", "3 unchanged ?line.none"}},
		{"not quite", "and no more loosely than that", [][]string{{mail(0), "all lanes"}}, []string{"2 error !which.unknown=all_lines"}},
		{"ignored", "what is not read cannot be wrong", [][]string{{mail(0), "all lines", "", "#REF!"}, {mail(1), "of a PBX", "x", "#REF!"}}, []string{"2 update p0@x.com -x/0 -y/1", "3 error !cell.excel_error"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := asHost(leave(), records, tt.rows...)
			require.Empty(t, cmp.Diff(tt.want, briefs(show(s.preview(t, s.store(t))))), "%s (-want +got)", tt.reason)
		})
	}
}

// A cell that is not read may still make doubtful where the others end.
func TestIgnoreKeepsWhatSplitsARow(t *testing.T) {
	b := formats.NewBuilder("leave", formats.Limits{})
	for i, r := range [][]string{{"LOGIN", "WHICH", "PBX", "NOTE"}, {mail(0), "all lines", "", "a \"b\""}} {
		for c, cell := range r {
			require.NoError(t, b.Cell([]byte(cell)))
			if i == 1 && c == 3 {
				b.Find(formats.Finding{Severity: formats.Error, Code: "csv.quote", Row: 2, Column: 4})
			}
		}
		_, err := b.EndRow(i+1, i+1)
		require.NoError(t, err)
	}
	s := asHost(leave(), []users.Record{person(0), line(0, 0)})
	p, err := importer.New(s.open(s.store(t)), leave(), &importer.Options{Account: acme}).Preview(t.Context(), b.Table())
	require.NoError(t, err)
	require.Equal(t, []string{"2 error !csv.quote"}, briefs(show(p)))
}

func TestPreambleOfASheet(t *testing.T) {
	for lang, want := range map[string]string{"en": "% what is left", "fr": "% ce qui est laissé", "de": "% what is left"} {
		require.Equal(t, []string{want}, leave().Sheet(0, lang).Preamble, lang)
	}
}
