package main

// words are the program's own; everything else it says is package messages'.
type words struct {
	colon  string
	more   string // findings that are not shown: their number
	recap  string // what will happen: account, mode
	undo   string // what will happen: account
	held   string // rows that a brake holds back: its code
	report string // an import's id, and how to read its report again

	noImports, written, leftOut string // the last two: a file and its rows, people not in it
	repair                      string // rows, what is wrong, the fix, its code

	gains, keeps, loses string // who, and which lines
	moreMoves           string // how many are not shown

	resume  string // how to go on with an import
	allHeld string // under the policy "all", with rows in error

	mail, nothing                      string
	changed, left                      string // rows, by fix
	inactive, registered, unregistered string

	giveAsk, takeAsk                   string // about roles
	people, mayGrant, grantedBy, about string

	deleteWord, deleteAsk, deleted, staysListed string

	results map[string]string // the names of what products count
}

func (c *console) words() words {
	if c.lang.String() == "fr" {
		return words{
			colon:        "\u00a0: ",
			more:         "… et %d autres remarques",
			recap:        "Ce qui va se passer dans le compte «\u00a0%s\u00a0» (mode %s)\u00a0:",
			undo:         "Ce qui va se passer dans le compte «\u00a0%s\u00a0»\u00a0:",
			gains:        "%s reçoit %s",
			keeps:        "%s garde %s",
			loses:        "%s perd %s",
			moreMoves:    "… et %d autres",
			resume:       "Reprise\u00a0: usher import --resume %s … FICHIER",
			allHeld:      "Rien\u00a0: tout ou rien, et toutes les lignes ne peuvent pas être traitées.",
			noImports:    "Aucune importation.",
			written:      "%s\u00a0: %s",
			leftOut:      "Absents du fichier\u00a0: %d",
			repair:       "%s\u00a0: %s «\u00a0%s\u00a0» → «\u00a0%s\u00a0» (fix --accept %s)",
			held:         "Retenu ; --approve %s le laisse passer.",
			report:       "Importation %s\nRapport\u00a0: usher report %s",
			mail:         "Aucun courriel de bienvenue n’a été envoyé\u00a0; ils s'envoient ensuite aux personnes choisies.",
			nothing:      "Rien n’a été écrit.",
			changed:      "Ce que la correction change\u00a0:",
			left:         "Encore en erreur\u00a0:",
			inactive:     "inactif",
			registered:   "enregistré",
			unregistered: "non enregistré",
			people:       "Personnes",
			mayGrant:     "À votre portée",
			grantedBy:    "Attribué par",
			about:        "Description",
			giveAsk:      "Attribuer ces rôles ? [o/N]",
			takeAsk:      "Retirer ces rôles ? [o/N]",
			deleteWord:   "supprimer",
			deleteAsk:    "Tapez «\u00a0supprimer\u00a0» pour supprimer\u00a0:",
			deleted:      "supprimé",
			staysListed:  "compte supprimé, la personne reste dans la liste",
			results: map[string]string{"duplicate": "En double", "inserted": "Ajoutés", "invalid": "Non valides", "updated": "Modifiés",
				"unchanged": "Inchangés", "detail": "Détails", "skipped": "Laissés de côté"},
		}
	}
	return words{
		colon:        ": ",
		more:         "… and %d more findings",
		recap:        "What will happen in account \"%s\" (mode %s):",
		undo:         "What will happen in account \"%s\":",
		gains:        "%s gains %s",
		keeps:        "%s keeps %s",
		loses:        "%s loses %s",
		moreMoves:    "… and %d more",
		resume:       "To go on: usher import --resume %s … FILE",
		allHeld:      "Nothing: it is all or nothing, and not every row can be done.",
		noImports:    "No imports.",
		written:      "%s: %s",
		leftOut:      "Not in the file: %d",
		repair:       "%s: %s \"%s\" → \"%s\" (fix --accept %s)",
		held:         "Held back; --approve %s lets it through.",
		report:       "Import %s\nReport: usher report %s",
		mail:         "No welcome mail was sent; they are sent afterwards, to the people chosen.",
		nothing:      "Nothing was written.",
		changed:      "What the correction changes:",
		left:         "Still wrong:",
		inactive:     "inactive",
		registered:   "registered",
		unregistered: "unregistered",
		people:       "People",
		mayGrant:     "May grant",
		grantedBy:    "Granted by",
		about:        "About",
		giveAsk:      "Give these roles? [y/N]",
		takeAsk:      "Take these roles away? [y/N]",
		deleteWord:   "delete",
		deleteAsk:    "Type \"delete\" to delete:",
		deleted:      "deleted",
		staysListed:  "account deleted, the person stays listed",
		results: map[string]string{"duplicate": "Duplicate", "inserted": "Inserted", "invalid": "Invalid", "updated": "Updated",
			"unchanged": "Unchanged", "detail": "Details", "skipped": "Skipped"},
	}
}
