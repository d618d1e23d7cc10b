package cloudlink_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/importer/messages"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// directory is a Partner's, of an account in which Ada is the admin and Bob is not.
func directory(t *testing.T) *users.Directory {
	t.Helper()
	dir := users.Open(memstore.New(), users.Partner("pat"), nil)
	for _, p := range []users.Profile{
		{FirstName: "Ada", LastName: "Lovelace", Email: "ada@example.com", Roles: []string{users.RoleAdmin}},
		{FirstName: "Bob", LastName: "Baker", DisplayName: "Bob B.", Email: "bob@example.com"},
	} {
		_, err := dir.Add(t.Context(), "acme", p)
		require.NoError(t, err)
	}
	return dir
}

func preview(t *testing.T, dir *users.Directory, mode importer.Mode, text string) (*importer.Preview, error) {
	t.Helper()
	table, err := csv.Read(t.Context(), strings.NewReader(text), nil)
	require.NoError(t, err)
	return importer.New(dir, cloudlink.Users(), &importer.Options{Account: "acme", Mode: mode}).Preview(t.Context(), table)
}

// told is a preview as a line for each row: action, changes, codes.
func told(p *importer.Preview) string {
	var out []string
	for r := range p.Rows() {
		line := r.Action.String()
		for _, c := range r.Changes {
			line += fmt.Sprintf(" %s:%s>%s", c.Field, c.Old, c.New)
		}
		for _, f := range r.Findings {
			line += " " + f.Code
			if f.Fix != nil {
				line += "=" + *f.Fix
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func TestRules(t *testing.T) {
	const head = "FIRST NAME,LAST NAME,NAME,EMAIL,ROLE\n"
	for _, tt := range []struct {
		name string
		mode importer.Mode
		file string
		want string
	}{
		{"a first name is enough", "", head + "Zoe,,,zoe@example.com,", "create email:>zoe@example.com first_name:>Zoe"},
		{"a last name is enough", "", head + ",Z,,zoe@example.com,", "create email:>zoe@example.com last_name:>Z"},
		{"a name is enough", "", head + ",,Zoe,zoe@example.com,", "create email:>zoe@example.com name:>Zoe"},
		{"one of them is needed", "", head + ",,,zoe@example.com,", "error name.missing"},
		{"an address is needed", "", head + "Zoe,,,,", "error email.missing"},
		{"and must be one", "", head + "Zoe,,,zoe@example,", "error email.form"},
		{"and new to the account", "", head + "Robert,Baker,,BOB@example.com,", "error email.taken"},
		{"a row that equals the stored person changes nothing", "", head + "Bob,Baker,Bob B.,bob@example.com,User", "unchanged"},
		{"an address stands once in the sheet", "", head + "Zoe,,,zoe@example.com,\nZack,,,Zoe@Example.com,", "error email.contested\nerror email.contested"},
		{"outer blanks do not make another", "", head + "Zoe,,,zoe@example.com,\nZack,,, zoe@example.com,", "error email.contested\nerror text.trimmed email.contested"},
		{"an admin is made", "", head + "Zoe,,,zoe@example.com,account ADMIN", "create email:>zoe@example.com first_name:>Zoe role:user>account_admin"},
		{"a role in another language", "", head + "Zoe,,,zoe@example.com,Admin de compte", "create email:>zoe@example.com first_name:>Zoe role:user>account_admin"},
		{"an unknown role is an error, never a silent User", "", head + "Zoe,,,zoe@example.com,root", "error role.unknown"},
		{"with a suggestion where one is near", "", head + "Zoe,,,zoe@example.com,Acount Admin", "error role.unknown=Account Admin"},
		{"update changes what differs", importer.ModeUpdate, head + "Robert,,,bob@example.com,", "update first_name:Bob>Robert"},
		{"blank keeps, also the role", importer.ModeUpdate, head + ",,,ada@example.com,", "unchanged"},
		{"update makes nobody", importer.ModeUpdate, head + "Zoe,,,zoe@example.com,", "error email.unknown"},
		{"upsert does either", importer.ModeUpsert, head + "Zoe,,,zoe@example.com,\nRobert,,,bob@example.com,Account Admin",
			"create email:>zoe@example.com first_name:>Zoe\nupdate first_name:Bob>Robert role:user>account_admin"},
		{"the last admin stays one", importer.ModeUpdate, head + ",,,ada@example.com,User", "error admin.last"},
		{"unless another is made", importer.ModeUpdate, head + ",,,ada@example.com,User\n,,,bob@example.com,Account Admin",
			"update role:account_admin>user\nupdate role:user>account_admin"},
		{"who must not fail", importer.ModeUpdate, head + ",,,ada@example.com,User\n,,,bob@example.com,Account Admin\n,,,bob@example.com,User",
			"blocked role:account_admin>user row.blocked\nerror email.contested\nerror email.contested"},
		{"what looks like a formula is told of", "", head + "=1+1,,,zoe@example.com,", "create email:>zoe@example.com first_name:>=1+1 text.formula"},
		{"an error word is no name", "", head + "#N/A,,,zoe@example.com,", "error cell.excel_error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := preview(t, directory(t), tt.mode, tt.file)
			require.NoError(t, err)
			if diff := cmp.Diff(tt.want, told(p)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestHeadings(t *testing.T) {
	for _, tt := range []struct{ name, file, want string }{
		{"English", "FIRST NAME,LAST NAME,NAME,EMAIL,ROLE\nA,B,C,z@example.com,User", "A|B|C"},
		{"French", "PRÉNOM;NOM DE FAMILLE;NOM;E-MAIL;RÔLE\nA;B;C;z@example.com;Utilisateur", "A|B|C"},
		{"Italian: NOME is the first name", "NOME;COGNOME;NOME COMPLETO;E-MAIL;RUOLO\nA;B;C;z@example.com;Utente", "A|B|C"},
		{"German", "Vorname;Nachname;Name;E-Mail;Rolle\nA;B;C;z@example.com;Benutzer", "A|B|C"},
		{"Spanish: NOMBRE is the first name", "NOMBRE;APELLIDOS;NOMBRE COMPLETO;CORREO ELECTRÓNICO;ROL\nA;B;C;z@example.com;Usuario", "A|B|C"},
		{"Dutch", "VOORNAAM;ACHTERNAAM;NAAM;E-MAIL;ROL\nA;B;C;z@example.com;Gebruiker", "A|B|C"},
		{"Portuguese", "NOME PRÓPRIO;APELIDO;NOME COMPLETO;E-MAIL;FUNÇÃO\nA;B;C;z@example.com;Utilizador", "A|B|C"},
		{"French NOM beside PRÉNOM is the last name", "NOM;PRÉNOM;E-MAIL\nB;A;z@example.com", "A|B|"},
		{"French NOM alone is the name", "NOM;E-MAIL\nC;z@example.com", "||C"},
		{"German NAME beside VORNAME", "Name;Vorname;E-Mail\nB;A;z@example.com", "A|B|"},
		{"the first complete row, not the fullest", "NAME,EMAIL\nC,z@example.com\nNAME,EMAIL,ROLE\n", "||C||NAME header.unknown"},
		{"a column without a heading", "NAME,,EMAIL\nC,x,z@example.com", "||C header.unknown"},
		{"any order", "ROLE,EMAIL,NAME,LAST NAME,FIRST NAME\nUser,z@example.com,C,B,A", "A|B|C"},
		{"case, accents, blanks and lines", "first_name,Last  Name, name ,E-Mail,rôle\nA,B,C,z@example.com,User", "A|B|C"},
		{"accents left out", "Prenom;Nom de famille;Nom;Email;Role\nA;B;C;z@example.com;", "A|B|C"},
		{"not in the first row", "List of people,,,,\n,,,,\nFIRST NAME,LAST NAME,NAME,EMAIL,ROLE\nA,B,C,z@example.com,User", "List of people||A|B|C header.late"},
		{"a column nobody asked for", "FIRST NAME,LAST NAME,NAME,EMAIL,SHOE SIZE\nA,B,C,z@example.com,43", "A|B|C header.unknown"},
		{"a heading misspelt", "FIRST NAME,LAST NMAE,NAME,EMAIL\nA,B,C,z@example.com", "A||C header.unknown>LAST NAME"},
		{"no heading at all", "Ada,Lovelace,,ada@example.com,User\nBob,Baker,,bob@example.com,User", "header.missing"},
		{"the required one missing", "FIRST NAME,LAST NAME\nA,B", "header.missing"},
		{"and nearly there", "FIRST NAME,EMIAL\nA,z@example.com", "header.missing near EMIAL=EMAIL 2,email"},
		{"twice", "NAME,EMAIL,E-Mail\nC,z@example.com,y@example.com", "header.duplicate 2,3"},
		{"nothing below", "NAME,EMAIL\n", "file.no_rows"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := preview(t, directory(t), "", tt.file)
			got := ""
			if err != nil {
				var r *formats.Refusal
				require.ErrorAs(t, err, &r)
				got = r.Code
				if r.Args["near"] != "" {
					got += " near " + r.Args["near"] + "=" + r.Args["nearest"]
				}
				if r.Args["column"] != "" {
					got += " " + r.Args["column"] + "," + r.Args["other_column"] + r.Args["field"]
				}
			} else {
				for r := range p.Rows() {
					got += r.Cells["first_name"] + "|" + r.Cells["last_name"] + "|" + r.Cells["name"]
				}
				for _, f := range p.Findings() {
					got += " " + f.Code
					if n := f.Args["nearest"]; n != "" {
						got += ">" + n
					}
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestHeadingsByHand(t *testing.T) {
	byHand := func(file string, maps ...importer.ColumnMap) (*importer.Preview, error) {
		table, err := csv.Read(t.Context(), strings.NewReader(file), nil)
		require.NoError(t, err)
		return importer.New(directory(t), cloudlink.Users(), &importer.Options{Account: "acme", Map: maps}).Preview(t.Context(), table)
	}
	const made = "create email:>z@example.com name:>Ada"
	for _, tt := range []struct {
		name, file string
		maps       []importer.ColumnMap
		want       string
		unknown    int
	}{
		{"headings nobody foresaw", "who,where to write\nAda,z@example.com\n", []importer.ColumnMap{{Column: 1, Field: "name"}, {Column: 2, Field: "email"}}, made, 0},
		{"one of two addresses", "NAME,EMAIL,EMAIL\nAda,y@example.com,z@example.com\n", []importer.ColumnMap{{Column: 2}}, made, 0},
		{"instead of the one recognised", "NAME,EMAIL,WORK\nAda,y@example.com,z@example.com\n", []importer.ColumnMap{{Column: 3, Field: "email"}}, made, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := byHand(tt.file, tt.maps...)
			require.NoError(t, err)
			if diff := cmp.Diff(tt.want, told(p)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			require.Equal(t, tt.unknown, p.Summary().Codes["header.unknown"])
		})
	}
	_, err := byHand("NAME,EMAIL\nAda,z@example.com\n", importer.ColumnMap{Column: 2, Field: "e_mail"})
	require.ErrorIs(t, err, importer.ErrField)
	_, err = byHand("NAME,EMAIL\nAda,z@example.com\n", importer.ColumnMap{Column: 9, Field: "email"})
	require.ErrorIs(t, err, importer.ErrColumn)
}

func TestBlankTemplate(t *testing.T) {
	for lang, heading := range map[string]string{"en": "FIRST NAME", "fr": "PRÉNOM", "it": "NOME"} {
		t.Run(lang, func(t *testing.T) {
			var b bytes.Buffer
			require.NoError(t, xlsx.Writer{}.WriteSheet(&b, cloudlink.Users().Sheet(0, lang)))
			f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
			require.NoError(t, err)
			defer f.Close()
			got, err := f.GetCellValue("Users", "A1")
			require.NoError(t, err)
			require.Equal(t, heading, got)
			valid, err := f.GetDataValidations("Users")
			require.NoError(t, err)
			require.Len(t, valid, 1, "the role has a drop-down")
			notes, err := f.GetComments("Users")
			require.NoError(t, err)
			require.Len(t, notes, 5, "every column is explained")
			dim, err := f.GetSheetDimension("Users")
			require.NoError(t, err)
			require.Equal(t, "A1:E3", dim, "the headings and an example of each role")
			panes, err := f.GetPanes("Users")
			require.NoError(t, err)
			require.True(t, panes.Freeze, "the headings stay in sight")

			// Filled in by somebody who uses the drop-down, it is read as it was meant.
			for i, s := range []string{"Ada", "Byron", "", "new@example.com", cloudlink.Users().Tables[0].Columns[4].Label(users.RoleAdmin, lang)} {
				require.NoError(t, f.SetCellStr("Users", formats.CellName(i+1, 2), s))
			}
			var filled bytes.Buffer
			require.NoError(t, f.Write(&filled))
			table, err := xlsx.Open(t.Context(), bytes.NewReader(filled.Bytes()), int64(filled.Len()), nil)
			require.NoError(t, err)
			p, err := importer.New(directory(t), cloudlink.Users(), &importer.Options{Account: "acme"}).Preview(t.Context(), table)
			require.NoError(t, err)
			if diff := cmp.Diff("create email:>new@example.com first_name:>Ada last_name:>Byron role:user>account_admin\nskip row.example", told(p)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Every language's headings are recognised as a row, and differ from each other.
func TestEveryLanguageIsComplete(t *testing.T) {
	tpl := cloudlink.Users()
	for _, lang := range tpl.Languages() {
		for _, c := range tpl.Tables[0].Columns {
			require.NotEmpty(t, c.Headings[lang], "%s has no heading in %s", c.Field, lang)
			for _, v := range c.Values {
				require.NotEmpty(t, v.Labels[lang], "%s has no label in %s", v.Name, lang)
			}
		}
	}
}

// What is corrected in a preview and written to a file is read back as the same preview.
func TestCorrectedFileIsReadBack(t *testing.T) {
	ctx := context.Background()
	dir := directory(t)
	p, err := preview(t, dir, "", "NOME;COGNOME;E-MAIL;Note\nZoe;Z;zoe@example;x\nYan;Y;yan@example.com;y\nXi;X;xi@example.com;z\n")
	require.NoError(t, err)
	_, err = p.Edit(ctx, importer.Set(users.RowAt(0, 2), "email", "zoe@example.com"), importer.Set(users.RowAt(0, 3), "role", "Utente"),
		importer.Remove(users.RowAt(0, 4)), importer.Add(0, map[string]string{"first_name": "Will", "email": "will@example.com"}))
	require.NoError(t, err)
	for _, w := range []formats.Writer{xlsx.Writer{}, csv.Writer{}} {
		var b bytes.Buffer
		require.NoError(t, w.WriteSheet(&b, p.Sheet(0, messages.For("en"))))
		table, err := formats.Open(ctx, formats.Source{Name: "x" + w.Ext(), ReaderAt: bytes.NewReader(b.Bytes()), Size: int64(b.Len())}, nil, xlsx.Format{}, csv.Format{})
		require.NoError(t, err)
		again, err := importer.New(dir, cloudlink.Users(), &importer.Options{Account: "acme"}).Preview(ctx, table)
		require.NoError(t, err)
		if diff := cmp.Diff(told(p), told(again)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", w.Ext(), diff)
		}
	}
}

func Example() {
	ctx := context.Background()
	dir := users.Open(memstore.New(), users.AccountAdmin("pat", "acme"), nil)
	table, err := csv.Read(ctx, strings.NewReader("NOME;COGNOME;E-MAIL;RUOLO\nAda;Lovelace;ada@example.com;Utente\nBob;Baker;bob@example.com;Re\n"), nil)
	if err != nil {
		panic(err)
	}
	p, err := importer.New(dir, cloudlink.Users(), nil).Preview(ctx, table)
	if err != nil {
		panic(err)
	}
	for row := range p.Rows() {
		fmt.Println(row.Number, row.Action, row.Who)
	}
	fmt.Println(p.Summary().Codes)
	// Output:
	// 2 create ada@example.com
	// 3 error bob@example.com
	// map[role.unknown:1]
}

// Strict wants the columns of the product's newer page, and their cells for a new person.
func TestStrict(t *testing.T) {
	strict := func(file string) (*importer.Preview, error) {
		table, err := csv.Read(t.Context(), strings.NewReader(file), nil)
		require.NoError(t, err)
		return importer.New(directory(t), cloudlink.With(&cloudlink.Options{Strict: true}), &importer.Options{Account: "acme", Mode: importer.ModeUpsert}).Preview(t.Context(), table)
	}
	for _, tt := range []struct{ name, file, want string }{
		{"complete", "FIRST NAME,LAST NAME,EMAIL\nZoe,Z,zoe@example.com", "create email:>zoe@example.com first_name:>Zoe last_name:>Z"},
		{"without a last name", "FIRST NAME,LAST NAME,EMAIL\nZoe,,zoe@example.com", "error last_name.missing"},
		{"a name alone", "FIRST NAME,LAST NAME,NAME,EMAIL\n,,Zoe,zoe@example.com", "error first_name.missing last_name.missing"},
	} {
		p, err := strict(tt.file)
		require.NoError(t, err, tt.name)
		require.Equal(t, tt.want, told(p), tt.name)
	}
	_, err := strict("NAME,EMAIL\nZoe,zoe@example.com")
	var r *formats.Refusal
	require.ErrorAs(t, err, &r)
	require.Equal(t, "FIRST NAME, LAST NAME", r.Args["want"])
}
