package messages_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer/messages"
	"github.com/usher-go/usher/users"
)

func TestError(t *testing.T) {
	denied := func(codes ...string) *users.Denied {
		d := &users.Denied{}
		for _, c := range codes {
			d.Refusals = append(d.Refusals, users.Refused{Row: users.RowAt(0, 1), Problem: users.Problem{Code: c}})
		}
		return d
	}
	for _, tc := range []struct {
		name   string
		err    error
		en, fr string
	}{
		{"none", nil, "", ""},
		{"a refused file, wrapped", fmt.Errorf("open: %w", formats.Refuse("file.empty")),
			"The file is empty. Choose a file that contains rows.", "Le fichier est vide. Choisissez-en un qui contient des lignes."},
		{"a rule about people", &users.Denied{Refusals: []users.Refused{{Field: "email", Problem: users.Problem{Code: "field.locked", Args: map[string]string{"source": "scim"}}}}},
			"“E-mail address” comes from SCIM. Change the value there.", "«\u00a0Adresse e-mail\u00a0»\u00a0: cette valeur vient de SCIM. Modifiez-la à la source."},
		{"each reason once", denied("delete.partner", "delete.partner"), "A Mitel Partner cannot be deleted.", "Un partenaire Mitel ne peut pas être supprimé."},
		{"many reasons", denied("delete.partner", "delete.stays", "self.delete", "admin.last", "self.demote"),
			"A Mitel Partner cannot be deleted. This person stays in the list; only the account can be removed. You cannot delete yourself. Ask another administrator. 2 more reasons.",
			"Un partenaire Mitel ne peut pas être supprimé. Cette personne reste dans la liste\u00a0; seul son compte peut être retiré. Vous ne pouvez pas vous supprimer vous-même. Demandez à un autre administrateur. 2 autres raisons."},
		{"values in use", &users.Conflict{Keys: []users.KeyConflict{{Key: users.KeyOf("a", users.SpaceEmail, "x@example.com")}, {Key: users.KeyOf("a", users.SpaceLine, "P/1")}, {Key: users.KeyOf("a", users.SpaceEmail, "y@example.com")}}},
			"Already in use: E-mail address, Line. Choose another value.", "Déjà utilisé\u00a0: Adresse e-mail, Ligne téléphonique. Choisissez une autre valeur."},
		{"changed meanwhile, done before", &users.Conflict{Stale: []users.ID{"a"}, Done: []users.RowID{1}},
			"Someone else has changed this data. Check the data, then try again. This row was already imported.",
			"Quelqu’un d’autre a modifié ces données. Vérifiez-les, puis réessayez. Cette ligne a déjà été importée."},
		{"wrapped twice", fmt.Errorf("importer: account: %w", users.ErrNotFound),
			"Not found. Check the name or id, and your access rights.", "Introuvable. Vérifiez le nom ou l’identifiant, et vos droits d’accès."},
		{"a cancellation, wrapped", fmt.Errorf("importer: commit: %w", context.Canceled), "Stopped.", "Arrêté."},
		{"any other", errors.New("disk\x07 full"), `This did not work (disk\a full). Try again.`, "L’opération a échoué (disk\\a full). Réessayez."},
		{"a full disk, wrapped", fmt.Errorf("write list.csv: %w", syscall.ENOSPC), "The disk is full. Make room, then try again.", "Le disque est plein. Faites de la place, puis réessayez."},
		{"a cause behind much text", fmt.Errorf("%s: %w", strings.Repeat("importer: ", 20), errors.New("no route to host")),
			"This did not work (" + strings.Repeat("importer: ", 20) + ": no route to host). Try again.", "L’opération a échoué (" + strings.Repeat("importer: ", 20) + ": no route to host). Réessayez."},
		{"a very long text", errors.New(strings.Repeat("word ", 200) + "end"), "This did not work (…" + strings.Repeat("word ", 200)[1000-396:] + "end). Try again.", "L’opération a échoué (…" + strings.Repeat("word ", 200)[1000-396:] + "end). Réessayez."},
		{"any other, without a word", errors.New(""), "This did not work. Try again.", "L’opération a échoué. Réessayez."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			require.Equal(t, tc.en, messages.For("en").Error(tc.err))
			require.Equal(t, tc.fr, messages.For("fr").Error(tc.err))
		})
	}
}
