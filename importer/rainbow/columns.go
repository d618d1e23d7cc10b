package rainbow

import (
	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// words are headings or labels by language, and texts are help by language.
type words = map[string][]string

type texts = map[string]string

// pbxSample is the id of a PBX in the form of the product.
const pbxSample = "PBX0123-4567-89ab-cdef-0123-4567-89ab-cdef"

// columns returns the columns of the product, in its order. It knows its English
// headings only, so a French file may have those too.
func (l *lines) columns(opts *Options) []importer.Column {
	var n extensions.Normalizer
	region := ""
	if opts != nil {
		n, region = opts.Normalizer, opts.Region
	}

	return []importer.Column{
		{
			Field: "action", Required: true, IgnoreAccents: true, CountInRecap: true,
			Headings: words{"en": {"__action__", "Action"}, "fr": {"Action"}},
			Values: []importer.Value{
				{Name: "attach", Labels: words{"en": {"attach"}, "fr": {"attacher", "associer"}}},
				{Name: "force_attach", Labels: words{"en": {"force_attach"}, "fr": {"forcer l'attachement", "attacher de force"}}},
				{Name: "detach", Labels: words{"en": {"detach"}, "fr": {"détacher", "dissocier"}}},
			},
			Help: texts{
				"en": "attach, force_attach or detach. Case, blanks and hyphens do not matter.",
				"fr": "attacher, forcer l'attachement ou détacher ; attach, force_attach et detach vont aussi. Casse, espaces et tirets ne comptent pas.",
			},
		},
		{
			Field: "login_email", Required: true, Parse: parseLogin, Space: users.SpaceEmail, AsText: true,
			Headings: words{"en": {"loginEmail", "login", "Login e-mail"}, "fr": {"E-mail de connexion", "loginEmail", "Identifiant"}},
			Hints:    words{"en": {"Email", "E-mail address", "Mail", "Member", "User", "Username"}, "fr": {"E-mail", "Adresse e-mail", "Courriel", "Membre", "Utilisateur"}},
			Help: texts{
				"en": "The e-mail address by which the member logs in. Example: ada@example.com",
				"fr": "L'adresse e-mail avec laquelle le membre se connecte. Exemple : ada@example.com",
			},
		},
		{
			Field: "pbx_id", Parse: l.parsePBX, AsText: true,
			Headings: words{"en": {"pbxId", "PBX"}, "fr": {"ID du PBX", "pbxId", "PBX", "ID PBX"}},
			Hints:    words{"en": {"System", "Equipment"}, "fr": {"Système", "Équipement"}},
			Help: texts{
				"en": "The id of the PBX, needed to attach. Example: " + pbxSample,
				"fr": "L'identifiant du PBX, nécessaire pour attacher. Exemple : " + pbxSample,
			},
		},
		{
			Field: "pbx_short_number", Parse: extensions.ParseExtension, Space: users.SpaceLine, AsText: true,
			Headings: words{"en": {"pbxShortNumber", "Short number"}, "fr": {"Numéro court", "pbxShortNumber"}},
			Hints:    words{"en": {"Extension", "Line", "Directory number"}, "fr": {"Poste", "Ligne", "Extension"}},
			Help: texts{
				"en": "The short number of the line in its PBX, needed to attach. Leading zeros count. Example: 1001",
				"fr": "Le numéro court de la ligne dans son PBX, nécessaire pour attacher. Les zéros de tête comptent. Exemple : 1001",
			},
		},
		{
			Field: "pbx_internal_number", Parse: extensions.ParseExtension, Space: users.SpaceInternal, AsText: true,
			Headings: words{"en": {"pbxInternalNumber", "Internal number"}, "fr": {"Numéro interne", "pbxInternalNumber"}},
			Help: texts{
				"en": "The internal number, unique in the group of the PBX. Blank means the short number.",
				"fr": "Le numéro interne, unique dans le groupe du PBX. Vide signifie le numéro court.",
			},
		},
		{
			Field: "number", Parse: parseNumber(n, region), Space: users.SpaceNumber, AsText: true,
			Headings: words{"en": {"number", "Public number"}, "fr": {"Numéro public", "number", "Numéro SDA"}},
			Hints:    words{"en": {"DDI", "DID", "Direct number", "Phone number", "Telephone"}, "fr": {"SDA", "Téléphone", "Numéro de téléphone"}},
			Help: texts{
				"en": "The public number (DDI) in international form. Blank keeps what the line has. Example: +33123456789",
				"fr": "Le numéro public (SDA) au format international. Vide garde celui de la ligne. Exemple : +33123456789",
			},
		},
	}
}

// examples returns the example rows of the blank template, one for each action.
func examples() []map[string]string {
	of := func(action, login string, more ...string) map[string]string {
		e := map[string]string{"action": action, "login_email": login + "@template.example"}
		for i := 0; i+1 < len(more); i += 2 {
			e[more[i]] = more[i+1]
		}
		return e
	}
	return []map[string]string{
		of("attach", "ada.lovelace", "pbx_id", pbxSample, "pbx_short_number", "1001", "pbx_internal_number", "5001", "number", "+33123456789"),
		of("force_attach", "alan.turing", "pbx_id", pbxSample, "pbx_short_number", "1002"),
		of("detach", "grace.hopper"),
	}
}

// preamble returns the lines above the headings of a blank template. They explain
// the actions.
func preamble() map[string][]string {
	return map[string][]string{
		"en": {
			"% attach: gives the member the line; it is an error if another member holds it.",
			"% force_attach: gives the member the line; whoever holds it loses it.",
			"% detach: takes every line from the member; the other columns may stay blank.",
			"% To attach, pbxId and pbxShortNumber are needed. A line that begins with % is a comment.",
		},
		"fr": {
			"% attacher (attach) : donne la ligne au membre ; c'est une erreur si un autre membre la détient.",
			"% forcer l'attachement (force_attach) : donne la ligne au membre ; celui qui la détient la perd.",
			"% détacher (detach) : retire toutes ses lignes au membre ; les autres colonnes peuvent rester vides.",
			"% Pour attacher, l'ID du PBX et le numéro court sont nécessaires. Une ligne qui commence par % est un commentaire.",
		},
	}
}
