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
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/importer/ocm"
	"github.com/usher-go/usher/importer/rainbow"
	"github.com/usher-go/usher/users"
)

// lined is a file as a person typed it, one row a line.
func lined(lines ...string) [][]string {
	var out [][]string
	for _, l := range lines {
		out = append(out, strings.Split(l, ","))
	}
	return out
}

// readCloudlink previews a typed file of the product.
func readCloudlink(t tb, byHand []importer.ColumnMap, lines ...string) (*importer.Preview, error) {
	t.Helper()
	s := asHost(cloudlink.Users(), nil, []string{"x"})
	return importer.New(s.open(s.store(t)), cloudlink.Users(), &importer.Options{Account: acme, Map: byHand}).Preview(t.Context(), typed(t, lined(lines...)...))
}

// passed describes rows: number, action, codes.
func passed(p *importer.Preview) string {
	var out []string
	for r := range p.Rows() {
		line := fmt.Sprint(r.Number, " ", r.Action)
		for _, f := range r.Findings {
			line += " " + f.Code
			if n := f.Args["rows"]; n != "" {
				line += "*" + n
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// No row is dropped by a guess: a row above the headings that looks like a person
// refuses the file, and any other is a row that is skipped.
func TestRowsAboveHeadings(t *testing.T) {
	const head, ada = "FIRST NAME,LAST NAME,NAME,EMAIL,ROLE", "Ada,L,,ada@example.com,User"
	for _, tt := range []struct {
		name, reason string
		lines        []string
		want         string // the rows, or the row of the headings in a refusal
	}{
		{"a title", "one cell is not a person", []string{"Starters of March", head, ada}, "1 skip row.above\n3 create"},
		{"a title with a contact", "an address inside a sentence is none", []string{"Ask hr@example.com", "", head, ada}, "1 skip row.above\n4 create"},
		{"a person", "the address says so", []string{"Bob,,,bob@example.com", head, ada}, "header.missing 1 2"},
		{"a person by a bare address", "one cell, but an address", []string{"bob@example.com", head, ada}, "header.missing 1 2"},
		{"an address with its name", "the address is evident", []string{"Bob <bob@example.com>", head, ada}, "header.missing 1 2"},
		{"two addresses in a cell", "they are people", []string{"bob@example.com; cyd@example.com", head, ada}, "header.missing 1 2"},
		{"as many cells as headings", "it may be a person without an address", []string{"Bob,B,Bob B,none,User", head, ada}, "header.missing 1 2"},
		{"other headings first", "what follows them is people", []string{"Mail address,Full name", "bob@example.com,Bob", "EMAIL,NAME", "ada@example.com,Ada"}, "header.missing 1 3"},
		{"headings beyond the first twenty rows", "they are named", append(slices.Repeat([]string{"bob@example.com,Bob"}, 30), "EMAIL,NAME", "ada@example.com,Ada"), "header.missing 1 31"},
		{"one column with a title", "the title cannot be an address", []string{"Participants", "EMAIL", "ada@example.com"}, "1 skip row.above\n3 error name.missing"},
		{"nothing but a title", "a title is no person", []string{"Starters", head}, "file.no_rows 0 "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := readCloudlink(t, nil, tt.lines...)
			got := ""
			if err != nil {
				var r *formats.Refusal
				require.ErrorAs(t, err, &r)
				got = fmt.Sprint(r.Code, " ", r.Row, " ", r.Args["headings"])
			} else {
				got = passed(p)
			}
			require.Empty(t, cmp.Diff(tt.want, got), "%s (-want +got)", tt.reason)
		})
	}
}

// A file without headings whose columns are mapped by hand loses no person.
func TestMappedWithoutHeadings(t *testing.T) {
	hand := func(fields ...string) (out []importer.ColumnMap) {
		for i, f := range fields {
			out = append(out, importer.ColumnMap{Column: i + 1, Field: f})
		}
		return out
	}
	for _, tt := range []struct {
		name, reason string
		maps         []importer.ColumnMap
		lines        []string
		want         string
		told         string
	}{
		{"people alone", "the first row has an address", hand("email", "name"), []string{"ada@example.com,Ada", "bob@example.com,Bob"}, "1 create\n2 create", ""},
		{"a value that the column allows", "it is no heading", hand("name", "email", "role"), []string{"Ada,,User", "Bob,bob@example.com,User"}, "1 error email.missing\n2 create", ""},
		{"headings that are not known", "nothing looks like a person", hand("email", "name"), []string{"who,called", "bob@example.com,Bob"}, "2 create", "header.assumed"},
		{"below a title", "the title lacks a mapped column", hand("email", "name"), []string{"Starters", "who,called", "bob@example.com,Bob"}, "1 skip row.above\n3 create", "header.assumed header.late"},
		{"people below a title", "no headings at all", hand("email", "name"), []string{"Starters", "bob@example.com,Bob"}, "1 skip row.above\n2 create", "header.late"},
		{"a known heading that another column has", "it still says where the headings are", hand("name"), []string{"Starters", "EMAIL,NAME", "Ada,ada@example.com"}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := readCloudlink(t, tt.maps, tt.lines...)
			if tt.want == "" {
				var r *formats.Refusal
				require.ErrorAs(t, err, &r)
				require.Equal(t, "header.missing", r.Code)
				return
			}
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(tt.want, passed(p)), "%s (-want +got)", tt.reason)
			var told []string
			for _, f := range p.Findings() {
				told = append(told, f.Code)
			}
			require.Equal(t, tt.told, strings.Join(told, " "))

			again, err := readCloudlink(t, nil, func() (out []string) {
				for _, r := range typedSheet(p) {
					out = append(out, strings.Join(r, ","))
				}
				return out
			}()...)
			require.NoError(t, err, "the corrected file has headings")
			n := strings.Count(tt.want, "create")
			require.Equal(t, n, again.Summary().Actions["create"])
		})
	}
}

// One column or one field mapped twice is refused, whichever comes last.
func TestMappedTwice(t *testing.T) {
	for _, maps := range [][]importer.ColumnMap{
		{{Column: 1, Field: "email"}, {Column: 3, Field: "email"}},
		{{Column: 1, Field: "email"}, {Column: 1, Field: "name"}},
		{{Column: 1, Field: "email"}, {Column: 1}},
	} {
		_, err := readCloudlink(t, maps, "A,B,C", "ada@example.com,Ada,old@example.com")
		require.ErrorIs(t, err, importer.ErrMap, "%v", maps)
	}

	// Two columns that are to be ignored are two columns.
	_, err := readCloudlink(t, []importer.ColumnMap{{Column: 2}, {Column: 3}}, "EMAIL,NAME,NAME", "ada@example.com,Ada,old")
	require.NoError(t, err)
}

// Rows that are no people have one finding; one of their neighbours that is edited is seen.
func TestRowsThatAreNoPeople(t *testing.T) {
	const head, ada = "FIRST NAME,LAST NAME,NAME,EMAIL,ROLE", "Ada,L,,ada@example.com,User"
	down := ",,,,User"
	for _, tt := range []struct {
		name, reason string
		lines        []string
		want         string
	}{
		{"the headings again", "two lists in one file", []string{head, ada, head, "Bob,B,,bob@example.com,"}, "2 create\n3 error row.heading\n4 create"},
		{"in another language", "the same", []string{head, ada, "Prénom,Nom de famille,,E-mail,Rôle"}, "2 create\n3 error row.heading"},
		{"a person called so", "the address is one", []string{head, "Name,Role,,ada@example.com,"}, "2 create"},
		{"filled down", "one finding for all", []string{head, ada, down, down, down}, "2 create\n3 error row.filled_down*3\n4 error\n5 error"},
		{"filled down between people", "the same", []string{head, down, ada, down}, "2 error row.filled_down*2\n3 create\n4 error"},
		{"a default alone", "what is missing is told", []string{head, ada, down}, "2 create\n3 error name.missing email.missing"},
		{"two who lack an address", "their names say who", []string{head, "Bob,,,,User", "Bob,,,,User"}, "2 error email.missing\n3 error email.missing"},
		{"a total", "no person", []string{head, ada, "Total,1"}, "2 create\n3 error row.footer"},
		{"a page number", "no person", []string{head, ada, "Page 1 of 1"}, "2 create\n3 error row.footer"},
		{"a count", "no person", []string{head, ada, "1 person"}, "2 create\n3 error row.footer"},
		{"a rule", "no person", []string{head, ada, "-----"}, "2 create\n3 error row.footer"},
		{"a person called Page", "an address is beside it", []string{head, "Page,,,page@example.com"}, "2 create"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := readCloudlink(t, nil, tt.lines...)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(tt.want, passed(p)), "%s (-want +got)", tt.reason)
		})
	}
}

// A row that is no person becomes one by an edit, and what was filled down around it is
// told as in a fresh preview.
func TestEditOfRowsThatAreNoPeople(t *testing.T) {
	p, err := readCloudlink(t, nil, "FIRST NAME,EMAIL,ROLE", "Ada,ada@example.com,", ",,User", ",,User", ",,User", ",,User", ",,User", "Total,5,")
	require.NoError(t, err)
	edit := func(want string, edits ...importer.Edit) {
		t.Helper()
		_, err := p.Edit(t.Context(), edits...)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(want, passed(p)), "(-want +got)")
		sheet := typedSheet(p)
		again, err := importer.New(users.Open(asHost(cloudlink.Users(), nil, []string{"x"}).store(t), users.Host("test"), nil), cloudlink.Users(), &importer.Options{Account: acme}).Preview(t.Context(), typed(t, sheet...))
		require.NoError(t, err)
		codes := func(p *importer.Preview) map[string]int { return p.Summary().Codes }
		require.Empty(t, cmp.Diff(codes(again), codes(p)), "as in a fresh preview (-fresh +edited)")
	}
	at := func(n int) users.RowID { return users.RowAt(0, n) }
	edit("2 create\n3 error row.filled_down*4\n4 error\n5 create\n6 error\n7 error\n8 error row.footer",
		importer.Set(at(5), "first_name", "Bob"), importer.Set(at(5), "email", "bob@example.com"))
	edit("2 create\n3 error row.filled_down*4\n4 error\n6 error\n7 error\n8 error row.footer", importer.Remove(at(5)))
	edit("2 create\n3 error row.filled_down*3\n4 error\n7 error\n8 error row.footer", importer.Remove(at(6)))
	edit("2 create\n3 error row.filled_down*2\n4 error\n7 create\n8 create",
		importer.Set(at(8), "email", "total@example.com"), importer.Set(at(7), "first_name", "Cyd"), importer.Set(at(7), "email", "cyd@example.com"))
}

// The examples of each blank template are read and left out, in each language and from
// each format, also if a spreadsheet made numbers of texts; a person below them is not.
func TestExamplesAreLeftOut(t *testing.T) {
	for _, tpl := range []*importer.Template{cloudlink.Users(), rainbow.Lines(nil), ocm.Users(nil)} {
		for _, lang := range tpl.Languages() {
			for _, w := range []formats.Writer{xlsx.Writer{}, csv.Writer{Comment: tpl.Comment}} {
				sheet := tpl.Sheet(0, lang)
				rows := slices.Collect(sheet.Rows)
				require.NotEmpty(t, rows, "%s shows an example", tpl.Name)
				for _, person := range []bool{false, true} {
					s := sheet
					if person {
						filled := slices.Clone(rows[0])
						for c := range filled {
							filled[c] = strings.NewReplacer("template.example", "example.com", "EXAMPLEAGENT", "ada").Replace(filled[c])
						}
						s.Rows = formats.Rows(append(slices.Clone(rows), filled)...)
					} else {
						s.Rows = formats.Rows(rows...)
					}
					var b bytes.Buffer
					require.NoError(t, w.WriteSheet(&b, s))
					src := formats.Source{Name: "x" + w.Ext(), ReaderAt: bytes.NewReader(b.Bytes()), Size: int64(b.Len())}
					table, err := formats.Open(t.Context(), src, nil, xlsx.Format{}, csv.Format{Comment: tpl.Comment, Headings: tpl.Headings()})
					require.NoError(t, err)
					sc := asHost(tpl, nil, []string{"x"})
					p, err := importer.New(sc.open(sc.store(t)), tpl, &importer.Options{Account: acme}).Preview(t.Context(), table)
					if !person {
						var r *formats.Refusal
						require.ErrorAs(t, err, &r, "%s %s %s", tpl.Name, lang, w.Ext())
						require.Equal(t, "file.no_rows", r.Code)
						continue
					}
					require.NoError(t, err)
					require.Equal(t, len(rows), p.Summary().Codes["row.example"], "%s %s %s", tpl.Name, lang, w.Ext())
					require.Equal(t, len(rows), p.Summary().Actions["skip"])
					require.Equal(t, len(rows)+1, p.Summary().Rows)
				}
			}
		}
	}
}

// A file of another template, or with everything in one column, is refused by what it is.
func TestRefusedForWhatItIs(t *testing.T) {
	for _, tt := range []struct {
		name  string
		rows  [][]string
		code  string
		args  map[string]string
		other bool
	}{
		{"everything in one column", [][]string{{"FIRST NAME;EMAIL"}, {"Ada;ada@example.com"}}, "header.one_column", map[string]string{"delimiter": ";"}, false},
		{"in quotation marks", [][]string{{`"FIRST NAME","EMAIL"`}, {"Ada,ada@example.com"}}, "header.one_column", map[string]string{"delimiter": ","}, false},
		{"by tabs", [][]string{{"FIRST NAME\tEMAIL"}, {"Ada\tada@example.com"}}, "header.one_column", nil, false},
		{"below a title", [][]string{{"Starters"}, {"FIRST NAME;EMAIL"}, {"Ada;ada@example.com"}}, "header.one_column", map[string]string{"delimiter": ";"}, false},
		{"a file of lines", [][]string{{"__action__", "loginEmail", "pbxId"}, {"detach", "ada@example.com", ""}}, "header.template", map[string]string{"template": "rainbow-lines", "want": "cloudlink"}, true},
		{"a template that the host does not have", [][]string{{"__action__", "loginEmail", "pbxId"}, {"detach", "ada@example.com", ""}}, "header.missing", nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := asHost(cloudlink.Users(), nil, []string{"x"})
			opts := &importer.Options{Account: acme}
			if tt.other {
				opts.Others = []*importer.Template{ocm.Users(nil), cloudlink.Users(), rainbow.Lines(nil)}
			}
			_, err := importer.New(s.open(s.store(t)), cloudlink.Users(), opts).Preview(t.Context(), typed(t, tt.rows...))
			var r *formats.Refusal
			require.ErrorAs(t, err, &r)
			require.Equal(t, tt.code, r.Code)
			if tt.args != nil {
				require.Empty(t, cmp.Diff(tt.args, r.Args))
			}
		})
	}
}

// Headings in other words than the product's are suggested, and never read.
func TestHeadingsMeant(t *testing.T) {
	for heading, want := range map[string]string{
		"Surname": "last_name", "Family name": "last_name", "Last Name [Required]": "last_name", "* Last name": "last_name", "Last nmae": "last_name",
		"DisplayName": "name", "Full name": "name", "User role": "role", "UserRole": "role", "Role (User or Admin)": "role", "RÃ´le": "role",
		"Familienname": "last_name", "Nom complet": "name", "Shoe size": "", "Comment": "", "Phone": "",
	} {
		p, err := readCloudlink(t, nil, "FIRST NAME,EMAIL,"+heading, "Ada,ada@example.com,x")
		require.NoError(t, err)
		at := slices.IndexFunc(p.Findings(), func(f formats.Finding) bool { return f.Code == "header.unknown" })
		if want != "" && at < 0 {
			r, _ := p.Row(users.RowAt(0, 2))
			require.Contains(t, r.Cells, want, "%s is read", heading)
			continue
		}
		require.GreaterOrEqual(t, at, 0, heading)
		require.Equal(t, want, p.Findings()[at].Args["field"], heading)
	}

	// A missing one is named in the language of the others, and what may mean it.
	for line, want := range map[string]string{
		"First name,Mail address":            "EMAIL Mail address",
		"Prénom,Courriel [obligatoire],Rôle": "E-MAIL Courriel [obligatoire]",
		"Vorname,Nachname":                   "E-MAIL ",
	} {
		_, err := readCloudlink(t, nil, line, "Ada,L")
		var r *formats.Refusal
		require.ErrorAs(t, err, &r)
		require.Equal(t, want, r.Args["want"]+" "+r.Args["near"], line)
	}
}

// What another program misread is told in the row, with the right text.
func TestMisreadCells(t *testing.T) {
	p, err := readCloudlink(t, nil, "FIRST NAME,LAST NAME,EMAIL,ROLE", "RenÃ©,MÃ¼ller,a@example.com,", "Ãngela,São João,b@example.com,", "Cyd,,c@example.com,UsuÃ¡rio")
	require.NoError(t, err)
	var got []string
	for r := range p.Rows(importer.WithFindings) {
		for _, f := range r.Findings {
			got = append(got, fmt.Sprint(r.Number, " ", f.Severity, " ", f.Code, " ", *f.Fix))
		}
	}
	require.Equal(t, []string{"2 warning text.misread René", "2 warning text.misread Müller", "4 error role.unknown Usuario"}, got)
}

// A role that is evident is suggested and never taken; two roles are not evident.
func TestRolesMeant(t *testing.T) {
	for text, want := range map[string]string{
		"Admin": "role.unknown Account Admin", "Administrator": "role.unknown Account Admin", "Compte Admin": "role.unknown Account Admin", "Acount Admin": "role.unknown Account Admin",
		"Account Admin.": "role.unknown Account Admin", "Us\u0435r": "role.confusable User", "\u0410dmin de compte": "role.confusable Account Admin",
		"User;Account Admin": "role.unknown ", "User, Account Admin": "role.unknown ", "Partner": "role.unknown ", "1": "role.unknown ", "-": "role.unknown ", "root": "role.unknown ",
	} {
		s := asHost(cloudlink.Users(), nil, []string{"x"})
		p, err := importer.New(s.open(s.store(t)), cloudlink.Users(), &importer.Options{Account: acme}).Preview(t.Context(), typed(t, []string{"NAME", "EMAIL", "ROLE"}, []string{"Ada", "ada@example.com", text}))
		require.NoError(t, err)
		r, err := p.Row(users.RowAt(0, 2))
		require.NoError(t, err)
		require.Equal(t, importer.ActionError, r.Action, text)
		fix := ""
		if r.Findings[0].Fix != nil {
			fix = *r.Findings[0].Fix
		}
		require.Equal(t, want, r.Findings[0].Code+" "+fix, text)
	}
}

// A doubtful domain is told in its rows, and is counted; it follows the edits.
func TestDomainIsToldInTheRow(t *testing.T) {
	p, err := readCloudlink(t, nil, "NAME,EMAIL", "Ida,ida@gmial.com", "Ada,ada@gmail.com")
	require.NoError(t, err)
	require.Equal(t, "2 create email.domain\n3 create", passed(p))
	require.Equal(t, map[string]int{importer.CodeDomain: 1}, p.Summary().Codes)
	r, err := p.Row(users.RowAt(0, 2))
	require.NoError(t, err)
	require.Equal(t, "ida@gmail.com", *r.Findings[0].Fix)

	// Five rows of a domain may be a company's: none is doubtful any more.
	var adds []importer.Edit
	for i := range 4 {
		adds = append(adds, importer.Add(0, map[string]string{"name": "Zoe", "email": fmt.Sprintf("z%d@gmial.com", i)}))
	}
	d, err := p.Edit(t.Context(), adds...)
	require.NoError(t, err)
	require.Contains(t, d.Rows, users.RowAt(0, 2), "the row looks different now")
	require.Empty(t, p.Summary().Codes)
	d, err = p.Edit(t.Context(), importer.Remove(d.Added[0]))
	require.NoError(t, err)
	require.Contains(t, d.Rows, users.RowAt(0, 2))
	require.Equal(t, map[string]int{importer.CodeDomain: 4}, p.Summary().Codes)
}
