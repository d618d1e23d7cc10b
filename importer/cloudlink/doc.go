// Package cloudlink is the bulk import of users of the Mitel CloudLink
// Accounts Console (now Mitel Administration) as a template:
//
//	FIRST NAME, LAST NAME, NAME, EMAIL, ROLE
//
// At least one of the three names, an e-mail address that is new to the account
// and stands once in the sheet, and a role: User or Account Admin; blank is
// User. Headings and roles are recognised in English, French, Italian, German,
// Spanish, Dutch and Portuguese, a row of headings in one language as a whole:
// NOME is the first name in Italian, NAME the whole name in English, NOM the
// whole name in French.
//
//	p, err := importer.New(dir, cloudlink.Users(), nil).Preview(ctx, table)
//
// It imports importer and users.
package cloudlink
