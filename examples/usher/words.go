package main

// words are the texts of the program itself. All other texts come from package
// messages.
type words struct {
	colon string
	more  string // the number of findings that are not shown
	recap string // heading of the recap: account, mode
	undo  string // heading of the recap of an undo: account

	noImports, written, leftOut string // written: a file and its rows; leftOut: the number of people left out

	gains, keeps, loses string // a person, and the lines
	moreMoves           string // the number of moves that are not shown

	allHeld string // the policy "all", and some rows have errors

	mail, nothing                      string
	details                            string // heading of the changes and findings of a row
	changed, left                      string // headings of the rows that "fix" shows
	inactive, registered, unregistered string

	giveAsk, takeAsk                   string // about roles
	people, mayGrant, grantedBy, about string

	deleteWord, deleteAsk, deleted, staysListed string

	results map[string]string // the results that products count
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
			allHeld:      "Rien\u00a0: avec --policy all, toutes les lignes doivent être valables.",
			noImports:    "Aucune importation.",
			written:      "%s\u00a0: %s",
			leftOut:      "Absents du fichier\u00a0: %d",
			mail:         "Aucun courriel de bienvenue n’a été envoyé. Envoyez-les ensuite aux personnes de votre choix.",
			nothing:      "Rien n’a été écrit.",
			details:      "Détails",
			changed:      "Lignes modifiées par la correction\u00a0:",
			left:         "Lignes encore en erreur\u00a0:",
			inactive:     "inactif",
			registered:   "enregistré",
			unregistered: "non enregistré",
			people:       "Personnes",
			mayGrant:     "Attribution permise",
			grantedBy:    "Attribué par",
			about:        "Description",
			giveAsk:      "Attribuer ces rôles\u00a0? [o/N]",
			takeAsk:      "Retirer ces rôles\u00a0? [o/N]",
			deleteWord:   "supprimer",
			deleteAsk:    "Tapez «\u00a0supprimer\u00a0» pour supprimer\u00a0:",
			deleted:      "supprimé",
			staysListed:  "compte supprimé\u00a0; la personne reste dans la liste",
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
		allHeld:      "Nothing: with --policy all, every row must be valid.",
		noImports:    "No imports.",
		written:      "%s: %s",
		leftOut:      "Not in the file: %d",
		mail:         "No welcome mail was sent. Send welcome mails afterwards, to the people you choose.",
		nothing:      "Nothing was written.",
		details:      "Details",
		changed:      "Rows changed by the correction:",
		left:         "Rows that still have errors:",
		inactive:     "inactive",
		registered:   "registered",
		unregistered: "unregistered",
		people:       "People",
		mayGrant:     "May grant",
		grantedBy:    "Granted by",
		about:        "About",
		giveAsk:      "Give these roles? [y/N]",
		takeAsk:      "Remove these roles? [y/N]",
		deleteWord:   "delete",
		deleteAsk:    "Type \"delete\" to delete:",
		deleted:      "deleted",
		staysListed:  "account deleted; the person stays in the list",
		results: map[string]string{"duplicate": "Duplicate", "inserted": "Inserted", "invalid": "Invalid", "updated": "Updated",
			"unchanged": "Unchanged", "detail": "Details", "skipped": "Skipped"},
	}
}
