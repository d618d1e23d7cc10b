//go:build ignore

// This program writes the samples in its folder: go generate ./examples/usher
//
// people.xlsx has common mistakes: a repeated address, an address that is not
// valid, a misspelt role, a missing name, an address with a no-break space, and
// the error value of a failed look-up. people.csv is the same list, saved by a
// spreadsheet with a comma as decimal sign. clean.xlsx, personnes.xlsx and
// persone.csv have no errors. hires.csv is for the template of examples/backend:
// a person of the seeded database, an address that is not valid, the same
// misspelt role twice, and a missing name.
package main

import (
	"log"
	"os"
	"path/filepath"

	"github.com/xuri/excelize/v2"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
)

type row = [5]string // in the order of the headings of the template

var people = []row{
	{"FIRST NAME", "LAST NAME", "NAME", "EMAIL", "ROLE"},
	{"Ada", "Lovelace", "", "ada.lovelace@example.com", "Account Admin"},
	{"Grace", "Hopper", "", "grace.hopper@example.com", "User"},
	{"Alan", "Turing", "", "alan.turing@example.com", ""},
	{"Katherine", "Johnson", "", "katherine.johnson@example.com", "User"},
	{"Edsger", "Dijkstra", "", "edsger.dijkstra@example", "User"},
	{"", "", "", "margaret.hamilton@example.com", "User"},
	{"Barbara", "Liskov", "", "barbara.liskov@example.com", "Acount Admin"},
	{"Tim", "Berners-Lee", "Sir Tim", "tim@example.com", "User"},
	{"Grace", "Hopper", "", "Grace.Hopper@example.com", "Account Admin"},
	{"Jean", "Bartik", "", "jean.bartik@example.com\u00a0", "User"},
	{"Frances", "Allen", "", "frances.allen@example.com", "user"},
	{"Hedy", "Lamarr", "", "hedy.lamarr@example.com", "#N/A"},
	{"", "", "Évariste Galois", "evariste.galois@example.com", "User"},
	{"Lynn", "Conway", "", "lynn.conway@example.com", "User"},
}

var clean = []row{
	{"FIRST NAME", "LAST NAME", "NAME", "EMAIL", "ROLE"},
	{"Ada", "Lovelace", "", "ada.lovelace@example.com", "Account Admin"},
	{"Grace", "Hopper", "", "grace.hopper@example.com", "User"},
	{"Alan", "Turing", "", "alan.turing@example.com", ""},
	{"", "", "Évariste Galois", "evariste.galois@example.com", "User"},
}

var french = []row{
	{"PRÉNOM", "NOM DE FAMILLE", "NOM", "E-MAIL", "RÔLE"},
	{"Émilie", "du Châtelet", "", "emilie@example.fr", "Admin de compte"},
	{"Évariste", "Galois", "", "evariste.galois@example.fr", "Utilisateur"},
	{"", "", "Sophie Germain", "sophie.germain@example.fr", ""},
}

var italian = []row{
	{"NOME", "COGNOME", "NOME COMPLETO", "E-MAIL", "RUOLO"},
	{"Maria Gaetana", "Agnesi", "", "maria.agnesi@example.it", "Amministratore account"},
	{"Ennio", "de Giorgi", "", "ennio.degiorgi@example.it", "Utente"},
	{"", "", "Laura Bassi", "laura.bassi@example.it", ""},
}

var hires = []row{
	{"EMAIL", "NAME", "ROLE", "BADGE", "MANAGER"},
	{"grace@acme.example", "Grace Hopper", "User", "0042", "ada@acme.example"},
	{"katherine@acme.example", "Katherine Johnson", "User", "0043", "grace@acme.example"},
	{"edsger@acme", "Edsger Dijkstra", "User", "0044", "grace@acme.example"},
	{"barbara@acme.example", "Barbara Liskov", "Acount Admin", "0045", ""},
	{"jean@acme.example", "Jean Bartik", "Acount Admin", "0046", "barbara@acme.example"},
	{"tim@acme.example", "", "User", "0047", "katherine@acme.example"},
	{"alan@acme.example", "Alan Turing", "User", "0048", "grace@acme.example"},
}

func main() {
	dir := "."
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	workbook(filepath.Join(dir, "people.xlsx"), people)
	text(filepath.Join(dir, "people.csv"), people, csv.Writer{Delimiter: ';'})
	workbook(filepath.Join(dir, "clean.xlsx"), clean)
	workbook(filepath.Join(dir, "personnes.xlsx"), french)
	text(filepath.Join(dir, "persone.csv"), italian, csv.Writer{Delimiter: ';'})
	text(filepath.Join(dir, "hires.csv"), hires, csv.Writer{})
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// workbook writes rows as a workbook.
func workbook(path string, rows []row) {
	f := excelize.NewFile()
	check(f.SetSheetName("Sheet1", "People"))
	for r, cells := range rows {
		for c, text := range cells {
			if text == "" {
				continue
			}
			name, err := excelize.CoordinatesToCellName(c+1, r+1)
			check(err)
			check(f.SetCellStr("People", name, text))
		}
	}

	check(f.SetColWidth("People", "A", "E", 26))
	out, err := os.Create(path)
	check(err)
	check(f.Write(out))
	check(out.Close())
}

// text writes rows as a spreadsheet program saves them: in much of Europe, with a
// semicolon.
func text(path string, rows []row, w csv.Writer) {
	s := formats.Sheet{}
	for _, h := range rows[0] {
		s.Columns = append(s.Columns, formats.SheetColumn{Heading: h})
	}
	var cells [][]string
	for _, r := range rows[1:] {
		cells = append(cells, r[:])
	}
	s.Rows = formats.Rows(cells...)
	f, err := os.Create(path)
	check(err)
	check(w.WriteSheet(f, s))
	check(f.Close())
}
