package cloudlink

import (
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/spreadsheet"
	"github.com/usher-go/usher/users"
)

// Name is the template's name.
const Name = "cloudlink"

// Options say how strict the template is. The zero value and nil mean the defaults.
type Options struct {
	// Strict follows the product's newer page: first name, last name and e-mail address
	// are required for a new person.
	Strict bool
}

// Users returns the template with the default options. Each call returns a new Template.
func Users() *importer.Template { return With(nil) }

// With returns the template with the options, which may be nil. Its modes are create,
// as in the product, update and upsert.
//
// Where the product's documents say nothing, these rules are our policy:
//
//   - An unknown role is an error, and never User without notice.
//   - An e-mail address in two rows is an error in both.
//   - In the modes update and upsert, a blank cell keeps the stored value.
func With(opts *Options) *importer.Template {
	draft, columns := draft, columns()
	if opts != nil && opts.Strict {
		draft = strictDraft
		for i := range columns {
			columns[i].Expected = columns[i].Field == "first_name" || columns[i].Field == "last_name"
		}
	}
	return &importer.Template{
		Name:   Name,
		Modes:  []importer.Mode{importer.ModeCreate, importer.ModeUpdate, importer.ModeUpsert},
		Tables: []importer.Table{{Name: "Users", Columns: columns, Reading: reading, Examples: examples(), Draft: draft}},
	}
}

// strictDraft reads one row by the product's newer page.
func strictDraft(r importer.Row, d *importer.Draft) {
	for _, f := range []string{"first_name", "last_name"} {
		if r.Blank(f) {
			d.ErrorIfCreating(f, f+".missing")
		}
	}
	readRow(r, d)
}

// reading reads French NOM and German NAME as the last name if the row has a first
// name and no other last name. Otherwise they are the whole name.
func reading(lang string, has func(string) bool) map[string]string {
	if (lang == "fr" || lang == "de") && has("first_name") && has("name") && !has("last_name") {
		return map[string]string{"name": "last_name"}
	}
	return nil
}

// examples returns the example rows of the blank template, one for each role. Their
// addresses cannot exist.
func examples() []map[string]string {
	return []map[string]string{
		{"first_name": "Ada", "last_name": "Lovelace", "email": "ada.lovelace@template.example", "role": users.RoleUser},
		{"first_name": "Alan", "last_name": "Turing", "email": "alan.turing@template.example", "role": users.RoleAdmin},
	}
}

// draft reads one row. The person is known by the e-mail address.
func draft(r importer.Row, d *importer.Draft) {
	if r.Blank("name") && r.Blank("first_name") && r.Blank("last_name") {
		d.ErrorIfCreating("name", "name.missing")
	}
	readRow(r, d)
}

// readRow reads the cells of a row.
func readRow(r importer.Row, d *importer.Draft) {
	d.About(users.SpaceEmail, r.Value("email"))
	d.Claim(users.SpaceEmail, r.Value("email"))
	d.OneRowPerPerson()

	for _, f := range []string{"name", "first_name", "last_name"} {
		d.WantCell(f)
		if spreadsheet.IsFormula(r.Value(f)) {
			d.Warn(f, "text.formula")
		}
	}

	// A blank role makes a new person a User, and leaves an existing role alone.
	if r.Blank("role") {
		d.WantIfCreating("role", users.RoleUser)
	} else {
		d.WantCell("role")
	}
}

// columns returns the columns of the product, in its order.
func columns() []importer.Column {
	return []importer.Column{
		{
			Field: "first_name",
			Headings: map[string][]string{
				"en": {"FIRST NAME"}, "fr": {"PRÉNOM"}, "it": {"NOME"},
				"de": {"VORNAME"}, "es": {"NOMBRE"}, "nl": {"VOORNAAM"}, "pt": {"NOME PRÓPRIO", "PRIMEIRO NOME"},
			},
			Hints: map[string][]string{
				"en": {"GIVEN NAME", "FORENAME", "CHRISTIAN NAME"}, "de": {"RUFNAME"}, "es": {"PRIMER NOMBRE", "NOMBRE DE PILA"},
				"it": {"NOME DI BATTESIMO"}, "nl": {"ROEPNAAM"}, "pt": {"NOME"},
			},
			Help: map[string]string{
				"en": "First name. At least one of first name, last name and name is needed.",
				"fr": "Prénom. Au moins un des trois : prénom, nom de famille ou nom.",
				"it": "Nome. Serve almeno uno tra nome, cognome e nome completo.",
			},
			AsText: true,
		},
		{
			Field: "last_name",
			Headings: map[string][]string{
				"en": {"LAST NAME"}, "fr": {"NOM DE FAMILLE"}, "it": {"COGNOME"},
				"de": {"NACHNAME"}, "es": {"APELLIDOS", "APELLIDO"}, "nl": {"ACHTERNAAM"}, "pt": {"APELIDO", "SOBRENOME"},
			},
			Hints: map[string][]string{
				"en": {"SURNAME", "FAMILY NAME"}, "fr": {"NOM D'USAGE", "PATRONYME"}, "de": {"FAMILIENNAME", "ZUNAME"},
				"es": {"PRIMER APELLIDO"}, "nl": {"FAMILIENAAM"}, "pt": {"ÚLTIMO NOME", "NOME DE FAMÍLIA"},
			},
			Help: map[string]string{
				"en": "Last name.", "fr": "Nom de famille.", "it": "Cognome.",
			},
			AsText: true,
		},
		{
			Field: "name",
			Headings: map[string][]string{
				"en": {"NAME"}, "fr": {"NOM"}, "it": {"NOME COMPLETO"},
				"de": {"NAME", "ANZEIGENAME"}, "es": {"NOMBRE COMPLETO"}, "nl": {"NAAM"}, "pt": {"NOME COMPLETO"},
			},
			Hints: map[string][]string{
				"en": {"FULL NAME", "DISPLAY NAME", "COMMON NAME", "DISPLAYED NAME"}, "fr": {"NOM COMPLET", "NOM AFFICHÉ", "NOM À AFFICHER"},
				"it": {"NOME VISUALIZZATO"}, "de": {"VOLLSTÄNDIGER NAME"}, "es": {"NOMBRE PARA MOSTRAR"}, "nl": {"VOLLEDIGE NAAM", "WEERGAVENAAM"}, "pt": {"NOME DE EXIBIÇÃO"},
			},
			Help: map[string]string{
				"en": "The name to show. If it is blank, first and last name are shown.",
				"fr": "Le nom à afficher. S'il est vide, le prénom et le nom de famille sont affichés.",
				"it": "Il nome da mostrare. Se è vuoto si mostrano nome e cognome.",
			},
			AsText: true,
		},
		{
			Field:    "email",
			Required: true,
			Parse:    importer.Email,
			Headings: map[string][]string{
				"en": {"EMAIL", "EMAIL ADDRESS"}, "fr": {"E-MAIL", "ADRESSE E-MAIL", "COURRIEL"}, "it": {"E-MAIL", "INDIRIZZO E-MAIL"},
				"de": {"E-MAIL", "E-MAIL-ADRESSE"}, "es": {"CORREO ELECTRÓNICO", "E-MAIL"}, "nl": {"E-MAIL", "E-MAILADRES"}, "pt": {"E-MAIL", "CORREIO ELETRÓNICO"},
			},
			Hints: map[string][]string{
				"en": {"MAIL", "MAIL ADDRESS", "LOGIN", "USERNAME", "USER PRINCIPAL NAME", "UPN"}, "fr": {"MAIL", "ADRESSE MAIL", "MÉL", "ADRESSE ÉLECTRONIQUE"},
				"it": {"POSTA ELETTRONICA", "MAIL"}, "de": {"MAIL", "MAILADRESSE"}, "es": {"CORREO", "EMAIL"}, "nl": {"MAIL"}, "pt": {"CORREIO ELETRÔNICO", "EMAIL"},
			},
			Help: map[string]string{
				"en": "E-mail address. Required; it must be new to the account and stand once in this sheet. Example: ada@example.com",
				"fr": "Adresse e-mail. Obligatoire ; elle doit être nouvelle dans le compte et figurer une seule fois. Exemple : ada@example.com",
				"it": "Indirizzo e-mail. Obbligatorio; dev'essere nuovo per l'account e comparire una sola volta. Esempio: ada@example.com",
			},
			AsText: true,
		},
		{
			Field: "role",
			Headings: map[string][]string{
				"en": {"ROLE"}, "fr": {"RÔLE"}, "it": {"RUOLO"},
				"de": {"ROLLE"}, "es": {"ROL", "FUNCIÓN"}, "nl": {"ROL"}, "pt": {"FUNÇÃO", "PAPEL"},
			},
			Hints: map[string][]string{
				"en": {"ACCESS LEVEL", "USER TYPE", "PERMISSION", "RIGHTS"}, "fr": {"DROITS", "PROFIL"}, "de": {"BERECHTIGUNG", "RECHTE"}, "it": {"PROFILO"}, "es": {"PERFIL"}, "pt": {"PERFIL"},
			},
			Values: []importer.Value{
				{Name: users.RoleUser, Labels: map[string][]string{
					"en": {"User"}, "fr": {"Utilisateur"}, "it": {"Utente"},
					"de": {"Benutzer"}, "es": {"Usuario"}, "nl": {"Gebruiker"}, "pt": {"Utilizador", "Usuário"},
				}},
				{Name: users.RoleAdmin, Labels: map[string][]string{
					"en": {"Account Admin"}, "fr": {"Admin de compte", "Administrateur de compte"}, "it": {"Amministratore account", "Amministratore dell'account"},
					"de": {"Kontoadministrator"}, "es": {"Administrador de cuenta"}, "nl": {"Accountbeheerder"}, "pt": {"Administrador de conta"},
				}},
			},
			Help: map[string]string{
				"en": "User or Account Admin. Blank means User.",
				"fr": "Utilisateur ou Admin de compte. Vide signifie Utilisateur.",
				"it": "Utente o Amministratore account. Vuoto significa Utente.",
			},
			AsText: true,
		},
	}
}
