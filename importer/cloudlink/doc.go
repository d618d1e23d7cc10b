// Package cloudlink is the bulk import of users of the Mitel CloudLink
// Accounts Console (now Mitel Administration) as a template:
//
//	FIRST NAME, LAST NAME, NAME, EMAIL, ROLE
//
// A row needs at least one of the three names, and an e-mail address. The address
// must be new to the account, and no other row may have it. The role is User or Account Admin;
// blank means User. Headings and roles are recognised in English, French, Italian,
// German, Spanish, Dutch and Portuguese. A row of headings is read in one language
// as a whole: NOME is the first name in Italian, NAME the whole name in English and
// NOM the whole name in French.
//
//	p, err := importer.New(dir, cloudlink.Users(), nil).Preview(ctx, table)
//
// It imports importer and users, and no file format.
package cloudlink
