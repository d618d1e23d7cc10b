package ocm

import (
	"slices"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// words are headings or labels by language, and texts are help by language.
type words = map[string][]string

type texts = map[string]string

// userColumns returns the columns of UserDetails, in the product's order. The
// product knows English headings only; the French ones are ours.
func (t *template) userColumns() []importer.Column {
	return []importer.Column{
		t.lanID(),
		{
			Field: "first_name", Expected: true, AsText: true,
			Headings: words{"en": {"First Name"}, "fr": {"Prénom", "First Name"}},
			Help:     texts{"en": "First name, as it is shown.", "fr": "Le prénom, tel qu'il est affiché."},
		},
		{
			Field: "last_name", Expected: true, AsText: true,
			Headings: words{"en": {"Last Name"}, "fr": {"Nom de famille", "Nom", "Last Name"}},
			Help:     texts{"en": "Last name, as it is shown.", "fr": "Le nom de famille, tel qu'il est affiché."},
		},
		{
			Field: "agent_id", Expected: t.Strict, AsText: true, Parse: t.parseID,
			Headings: words{"en": {"Agent ID"}, "fr": {"ID agent", "Agent ID", "ID d'agent"}},
			Help:     texts{"en": "The same as the LAN ID. Blank takes it.", "fr": "Le même que le LAN ID. Vide le reprend."},
		},
		{
			Field: "pbx_id", Expected: true, AsText: true, Parse: parseStation, Space: users.SpaceStation,
			Headings: words{"en": {"PBX ID"}, "fr": {"ID PBX", "PBX ID", "Numéro de poste"}},
			Help: texts{
				"en": "The person's station number, which nobody else has. Digits; leading zeros count. Example: 4021",
				"fr": "Le numéro de poste, que personne d'autre n'a. Des chiffres ; les zéros de tête comptent. Exemple : 4021",
			},
		},
		{
			Field: "profile", Expected: true, AsText: true, IgnoreAccents: true,
			Headings: words{"en": {"Profile"}, "fr": {"Profil", "Profile"}},
			Values: []importer.Value{
				{Name: Agent, Labels: words{"en": {"Agent"}, "fr": {"Agent"}}},
				{Name: Supervisor, Labels: words{"en": {"Supervisor"}, "fr": {"Superviseur"}}},
			},
			Help: texts{"en": "Agent or Supervisor.", "fr": "Agent ou Superviseur."},
		},
		{
			Field: "supervisor", Expected: t.Strict, AsText: true, Parse: t.parseID, RefersIn: users.SpaceLANID, Blank: t.Blank,
			Headings: words{"en": {"Supervisor"}, "fr": {"Superviseur", "Supervisor"}},
			Help: texts{
				"en": "The LAN ID of the supervisor, who exists or stands in this file. May be blank for a Supervisor.",
				"fr": "Le LAN ID du superviseur, qui existe ou figure dans ce fichier. Peut rester vide pour un Superviseur.",
			},
		},
		{
			Field: "org_unit", Expected: true, AsText: true, Parse: t.parseUnit, RefersIn: users.SpaceUnit, Offers: t.lowestUnits(),
			Headings: words{"en": {"Org Unit"}, "fr": {"Unité organisationnelle", "Unité", "Org Unit"}},
			Help: texts{
				"en": "An existing unit: its path, or its name where no other has it. For an Agent a unit at the lowest level. Example: Acme/Sales/North/Team 1",
				"fr": "Une unité existante : son chemin, ou son nom si aucune autre ne le porte. Pour un Agent, une unité du niveau le plus bas. Exemple : Acme/Ventes/Nord/Équipe 1",
			},
		},
		{
			Field: "role", PersonField: users.FieldCatalogue, Expected: true, AsText: true, Parse: t.parseRoles, Offers: t.catalogue.Names(),
			Headings: words{"en": {"Role"}, "fr": {"Rôle", "Role"}},
			Help:     texts{"en": "A role that exists. Several are separated by commas.", "fr": "Un rôle qui existe. Plusieurs se séparent par des virgules."},
		},
		{
			Field: "access_role", Expected: t.Strict, AsText: true, Blank: t.Blank,
			Headings: words{"en": {"Access Role"}, "fr": {"Rôle d'accès", "Access Role"}},
			Help:     texts{"en": "May be blank.", "fr": "Peut rester vide."},
		},
		{
			Field: "crm_name", Expected: t.Strict, AsText: true, Blank: t.Blank,
			Headings: words{"en": {"CRM Name"}, "fr": {"Nom CRM", "CRM Name"}},
			Help:     texts{"en": "May be blank.", "fr": "Peut rester vide."},
		},
		{
			Field: "text_chat_greeting_template_name", Expected: t.Strict, AsText: true, Blank: t.Blank,
			Headings: words{"en": {"Text Chat Greeting Template Name", "Text chat greeting template"}, "fr": {"Modèle d'accueil du chat", "Text Chat Greeting Template Name"}},
			Help:     texts{"en": "May be blank.", "fr": "Peut rester vide."},
		},
	}
}

// lanID returns the column of the LAN ID, which all three tables have.
func (t *template) lanID() importer.Column {
	return importer.Column{
		Field: "lan_id", Required: true, AsText: true, Parse: t.parseID, Space: users.SpaceLANID,
		Headings: words{"en": {"LAN ID"}, "fr": {"LAN ID", "ID LAN", "Identifiant LAN"}},
		Help: texts{
			"en": "The LAN ID: letters and digits. Nobody else has it. Example: alovelace",
			"fr": "Le LAN ID : des lettres et des chiffres. Personne d'autre ne l'a. Exemple : alovelace",
		},
	}
}

// featureColumns returns the columns of FeatureDetails. The product does not
// document them, so they are ours.
func (t *template) featureColumns() []importer.Column {
	return []importer.Column{
		t.lanID(),
		{
			Field: "feature", Required: true, AsText: true, Parse: t.parseFeature, Offers: t.features,
			Headings: words{"en": {"Feature"}, "fr": {"Fonctionnalité", "Feature"}},
			Help:     texts{"en": "The name of the feature.", "fr": "Le nom de la fonctionnalité."},
		},
		{
			Field: "enabled", Required: true, AsText: true, IgnoreAccents: true,
			Headings: words{"en": {"Enabled"}, "fr": {"Activé", "Activée", "Enabled"}},
			Values: []importer.Value{
				{Name: "yes", Labels: words{
					"en": {"Yes", "Y", "True", "1", "On", "Enabled"}, "fr": {"Oui", "O", "Vrai", "Activé", "Activée"},
					"de": {"Ja", "J", "Wahr", "Ein", "Aktiviert"}, "it": {"Sì", "S", "Vero", "Attivo", "Attivato"},
					"es": {"Sí", "Verdadero", "Activado", "Activada"}, "nl": {"Ja", "Waar", "Aan", "Ingeschakeld"}, "pt": {"Sim", "Verdadeiro", "Ativado", "Ativada"},
				}},
				{Name: "no", Labels: words{
					"en": {"No", "N", "False", "0", "Off", "Disabled"}, "fr": {"Non", "Faux", "Désactivé", "Désactivée"},
					"de": {"Nein", "Falsch", "Aus", "Deaktiviert"}, "it": {"No", "Falso", "Disattivo", "Disattivato"},
					"es": {"No", "Falso", "Desactivado", "Desactivada"}, "nl": {"Nee", "Onwaar", "Uit", "Uitgeschakeld"}, "pt": {"Não", "Falso", "Desativado", "Desativada"},
				}},
			},
			Help: texts{"en": "Yes or No.", "fr": "Oui ou Non."},
		},
	}
}

// channelColumns returns the columns of ChannelCountDetails. The product does not
// document them, so they are ours.
func (t *template) channelColumns() []importer.Column {
	return []importer.Column{
		t.lanID(),
		{
			Field: "channel", Required: true, AsText: true, IgnoreAccents: true,
			Headings: words{"en": {"Channel"}, "fr": {"Canal", "Channel"}},
			Values: []importer.Value{
				{Name: "voice", Labels: words{"en": {"Voice"}, "fr": {"Voix", "Appels"}}},
				{Name: "chat", Labels: words{"en": {"Chat", "Text chat"}, "fr": {"Chat", "Clavardage"}}},
				{Name: "email", Labels: words{"en": {"Email", "Mail"}, "fr": {"E-mail", "Courriel"}}},
				{Name: "video", Labels: words{"en": {"Video"}, "fr": {"Vidéo"}}},
				{Name: "sms", Labels: words{"en": {"SMS"}, "fr": {"SMS"}}},
				{Name: "social", Labels: words{"en": {"Social", "Social media"}, "fr": {"Réseaux sociaux", "Social"}}},
			},
			Help: texts{"en": "Voice, Chat, Email, Video, SMS or Social.", "fr": "Voix, Chat, E-mail, Vidéo, SMS ou Réseaux sociaux."},
		},
		{
			Field: "count", Required: true, AsText: true, Parse: parseCount,
			Headings: words{"en": {"Count"}, "fr": {"Nombre", "Count"}},
			Help: texts{
				"en": "How many conversations of the channel the person takes at once: 0 to 99.",
				"fr": "Combien de conversations de ce canal la personne prend à la fois : de 0 à 99.",
			},
		},
	}
}

// userPreamble returns the lines above the headings of UserDetails.
func userPreamble() words {
	return words{
		"en": {"# A line that begins with # is a comment. The rows of EXAMPLE people are examples: they are left out."},
		"fr": {"# Une ligne qui commence par # est un commentaire. Les lignes des personnes EXAMPLE sont des exemples : elles sont ignorées."},
	}
}

// featurePreamble returns the line above the headings of FeatureDetails.
func featurePreamble() words {
	return words{"en": {"# This file may stay as it is."}, "fr": {"# Ce fichier peut rester tel quel."}}
}

// channelPreamble returns the line above the headings of ChannelCountDetails.
func channelPreamble() words {
	return words{"en": {"# This file may stay as it is."}, "fr": {"# Ce fichier peut rester tel quel."}}
}

// exampleAgent and exampleBoss are the LAN IDs of the example rows. No one has them.
const (
	exampleAgent = "EXAMPLEAGENT"
	exampleBoss  = "EXAMPLESUPERVISOR"
)

// userExamples returns the example rows of UserDetails, one for each profile.
func (t *template) userExamples() []map[string]string {
	unit, role := "Acme/Sales/North/Team 1", "Agent desk"
	if units := t.lowestUnits(); len(units) > 0 {
		unit = units[0]
	}
	if names := t.catalogue.Names(); len(names) > 0 {
		role = names[0]
	}
	row := func(lan, first, last, station, profile, boss string) map[string]string {
		return map[string]string{"lan_id": lan, "agent_id": lan, "first_name": first, "last_name": last, "pbx_id": station,
			"profile": profile, "supervisor": boss, "org_unit": unit, "role": role}
	}
	return []map[string]string{row(exampleAgent, "Ada", "Lovelace", "4021", Agent, exampleBoss), row(exampleBoss, "Charles", "Babbage", "4020", Supervisor, "")}
}

// featureExamples returns the example row of FeatureDetails.
func (t *template) featureExamples() []map[string]string {
	feature := "Recording"
	if len(t.features) > 0 {
		feature = t.features[0]
	}
	return []map[string]string{{"lan_id": exampleAgent, "feature": feature, "enabled": "yes"}}
}

// channelExamples returns the example row of ChannelCountDetails.
func channelExamples() []map[string]string {
	return []map[string]string{{"lan_id": exampleAgent, "channel": "voice", "count": "1"}}
}

// lowestUnits returns the units at the lowest level, which everyone may be in.
func (t *template) lowestUnits() []string {
	return slices.DeleteFunc(t.tree.Paths(), func(path string) bool { return !t.tree.Lowest(path) })
}
