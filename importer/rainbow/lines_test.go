package rainbow_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/messages"
	"github.com/usher-go/usher/importer/rainbow"
	"github.com/usher-go/usher/users"
)

func TestHeadings(t *testing.T) {
	const wanted = "2 update ada +P1/1001 +g/5 ++331"
	for _, tt := range []struct{ name, file string }{
		{"the product's", head + "attach;ada@x.com;P1;1001;5;+331"},
		{"in other letters, with blanks and underscores", "ACTION;Login Email;PBX_ID; pbx short number ;PBX-Internal-Number;NUMBER\nAttach;ada@x.com;P1;1001;5;+331"},
		{"in another order, with commas", "number,pbxInternalNumber,pbxShortNumber,pbxId,loginEmail,__action__\n+331,5,1001,P1,ada@x.com,attach"},
		{"French", "Action;E-mail de connexion;ID du PBX;Numéro court;Numéro interne;Numéro public\nAttacher;ada@x.com;P1;1001;5;+331"},
		{"French words, the product's headings", head + "attacher;ada@x.com;P1;1001;5;+331"},
		{"padded cells", head + "  attach ; ada@x.com;P1  ; 1001;5 ; +331 "},
		{"comments between", "% list of May;;\n" + head + "% a comment; that is long\nattach;ada@x.com;P1;1001;5;+331"},
		{"hyphens and blanks in an action", head + " AT TACH;ada@x.com;P1;1001;5;+331"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := preview(t, newStore(t), users.Partner("pat"), &rainbow.Options{PBXs: pbxs()}, tt.file)
			got := told(p)
			require.Len(t, got, 1)
			_, got[0], _ = strings.Cut(got[0], " ")
			_, want, _ := strings.Cut(wanted, " ")
			require.Equal(t, want, got[0])
			require.Empty(t, p.Findings())
		})
	}
}

// An account that lists no PBX takes any well-formed id, which is then its own group.
func TestNoPBXs(t *testing.T) {
	const id = "PBX89AB-cdef-0000-0000-0000-0000-0000-0001"
	store := newStore(t)
	p := preview(t, store, users.Partner("pat"), nil, head+"attach;ada@x.com;"+id+";1001;;\nattach;bob@x.com;PBX89ab-cdef-0000-0000-0000-0000-0000-0001;1001;;\nattach;cyd@x.com;PBX89;1;;")
	require.Empty(t, cmp.Diff([]string{
		"2 error ada !line.contested@pbx_short_number row=3",
		"3 error bob !line.contested@pbx_short_number row=2",
		"4 error cyd !pbx.form@pbx_id",
	}, told(p)))

	p = preview(t, store, users.Partner("pat"), nil, head+"attach;ada@x.com;"+id+";1001;;")
	_, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	found, err := store.Find(t.Context(), []users.Key{users.KeyOf(acme, users.LinkHolder, "ada")})
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, &users.Line{PBX: "PBX89ab-cdef-0000-0000-0000-0000-0000-0001", Short: "1001", Internal: "1001", Holder: "ada"}, found[0].Data)
}

// plain reads what looks like a French number, and an extension behind it.
type plain struct{}

func (plain) Normalize(raw, region string) (extensions.Number, []users.Problem) {
	number, ext, _ := strings.Cut(raw, "x")
	if rest, ok := strings.CutPrefix(number, "0"); ok && region == "FR" {
		return extensions.Number{E164: "+33" + rest, Ext: ext}, nil
	}
	return extensions.Number{}, []users.Problem{{Code: "phone.region"}}
}

func TestNumbers(t *testing.T) {
	file := head + "attach;ada@x.com;P1;1;;0123456789\nattach;bob@x.com;P1;2;;0123456780x12\nattach;cyd@x.com;P1;3;;'+331"
	for _, tt := range []struct {
		name, region string
		normalizer   extensions.Normalizer
		want         []string
	}{
		{"none: E.164 alone", "FR", nil, []string{"2 error ada !phone.form@number", "3 error bob !phone.form@number", "4 update cyd +P1/3 +g/3 ++331"}},
		{"by the country of the account", "FR", plain{}, []string{
			"2 update ada +P1/1 +g/1 ++33123456789", "3 error bob !phone.extension@number fix=+33123456780", "4 error cyd !phone.region@number",
		}},
		{"without one", "", plain{}, []string{"2 error ada !phone.region@number", "3 error bob !phone.region@number", "4 error cyd !phone.region@number"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := preview(t, newStore(t), users.Partner("pat"), &rainbow.Options{PBXs: pbxs(), Normalizer: tt.normalizer, Region: tt.region}, file)
			require.Empty(t, cmp.Diff(tt.want, told(p)))
		})
	}
}

// The sample describes its actions in comment lines, in the reader's language,
// and reads as a file without rows, as text and as a workbook.
func TestSample(t *testing.T) {
	tpl := rainbow.Lines(nil)
	require.Equal(t, []string{"en", "fr"}, tpl.Languages())
	for _, lang := range tpl.Languages() {
		sheet := tpl.Sheet(0, lang)
		for _, v := range tpl.Tables[0].Columns[0].Values {
			label := tpl.Tables[0].Columns[0].Label(v.Name, lang)
			require.Contains(t, strings.Join(sheet.Preamble, "\n"), "% "+label, "%s in %s", v.Name, lang)
		}
		sheet.Rows = formats.Rows([]string{"% no row"}, []string{tpl.Tables[0].Columns[0].Label("detach", lang), "ada@x.com"})
		for _, w := range []formats.Writer{csv.Writer{Delimiter: tpl.Delimiter, Comment: tpl.Comment}, xlsx.Writer{}} {
			var file bytes.Buffer
			sheet.Comment = 0 // as a person types it
			require.NoError(t, w.WriteSheet(&file, sheet))
			table, err := formats.Open(t.Context(), formats.Source{ReaderAt: bytes.NewReader(file.Bytes()), Size: int64(file.Len())}, nil,
				xlsx.Format{}, csv.Format{Comment: tpl.Comment, Headings: tpl.Headings()})
			require.NoError(t, err)
			p, err := importer.New(users.Open(newStore(t), users.Partner("pat"), nil), tpl, &importer.Options{Account: acme}).Preview(t.Context(), table)
			require.NoError(t, err)
			require.Empty(t, p.Findings(), "%s as %s", lang, w.Ext())
			last := told(p)[len(told(p))-1]
			require.Contains(t, last, "unchanged ada !line.none", "%s as %s", lang, w.Ext())
			if w.Ext() == ".xlsx" {
				require.Len(t, told(p), 1, "a comment of a workbook is no row")
			} else {
				require.Len(t, told(p), 2, "what the writer quoted is no comment")
			}
		}
	}
}

// What the template says of the account may not be changed by rows.
func TestOptionsAreRead(t *testing.T) {
	opts := &rainbow.Options{PBXs: pbxs()}
	tpl := rainbow.Lines(opts)
	clear(opts.PBXs)
	table, err := csv.Read(t.Context(), strings.NewReader(systems.Replace(head+"attach;ada@x.com;P4;1;;")), nil)
	require.NoError(t, err)
	p, err := importer.New(users.Open(newStore(t), users.Partner("pat"), nil), tpl, &importer.Options{Account: acme}).Preview(t.Context(), table)
	require.NoError(t, err)
	require.Equal(t, []string{"2 error ada !pbx.unknown@pbx_id"}, told(p))
}

// A row whose first cell looks like a comment is none, whatever it is written as.
func TestWhatLooksLikeAComment(t *testing.T) {
	store := newStore(t)
	file := head + "detach;bob@x.com;;;;\n\"%detach\";ada@x.com;;;;\n"
	p := preview(t, store, users.Partner("pat"), nil, file)
	want := told(p)
	require.Len(t, want, 2)
	tpl := rainbow.Lines(nil)
	for _, w := range []formats.Writer{csv.Writer{Delimiter: ';'}, xlsx.Writer{}} {
		var out bytes.Buffer
		require.NoError(t, w.WriteSheet(&out, p.Sheet(0, messages.For("en"))))
		table, err := formats.Open(t.Context(), formats.Source{ReaderAt: bytes.NewReader(out.Bytes()), Size: int64(out.Len())}, nil,
			xlsx.Format{}, csv.Format{Comment: tpl.Comment, Headings: tpl.Headings()})
		require.NoError(t, err)
		again, err := importer.New(users.Open(store, users.Partner("pat"), nil), tpl, &importer.Options{Account: acme}).Preview(t.Context(), table)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(want, told(again)), w.Ext())
	}
}

// One who has a line of each of very many systems moves on one of them, and
// keeps the others; whoever is quicker in between is seen.
func TestManyLinesOfOnePerson(t *testing.T) {
	store := newStore(t)
	systems := map[string]string{}
	b := users.Batch{Import: "many"}
	for i := range 60 {
		id := fmt.Sprintf("PBX%032x", i)
		systems[id] = ""
		l := users.ID(fmt.Sprint("many", i))
		b.Writes = append(b.Writes, users.Write{ID: l, Record: &users.Record{Head: users.Head{ID: l, Account: acme}, Data: &users.Line{PBX: id, Short: "1", Internal: "1", Holder: "ada"}}})
	}
	require.NoError(t, store.Apply(t.Context(), b))
	p := preview(t, store, users.Partner("pat"), &rainbow.Options{PBXs: systems},
		head+fmt.Sprintf("attach;ada@x.com;PBX%032x;2;;\nattach;bob@x.com;PBX%032x;1;;\nattach;cyd@x.com;PBX%032x;1;;\n", 40, 40, 41))
	var lost []string
	for r := range p.Rows() {
		for _, l := range r.Losses {
			if l.Space == users.SpaceLine {
				lost = append(lost, fmt.Sprint(r.Number, " ", l.Value))
			}
		}
	}
	require.Equal(t, []string{fmt.Sprintf("2 PBX%032x/1", 40)}, lost)
	report, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeUpdated: 2, importer.OutcomeFailed: 1}, report.Counts)
	found, err := store.Find(t.Context(), []users.Key{users.KeyOf(acme, users.LinkHolder, "ada")})
	require.NoError(t, err)
	require.Len(t, found, 60)
}
