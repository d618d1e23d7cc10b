// Package rainbow is the bulk file of PBX lines of ALE Rainbow's members as a
// template, "rainbow-lines":
//
//	__action__;loginEmail;pbxId;pbxShortNumber;pbxInternalNumber;number
//
// attach gives a member the line that the other columns describe. force_attach does
// so even if another member holds the line. detach takes every line from a member.
// The order of the rows has no meaning: two members may swap their lines. Headings
// are recognised in any letter case, with blanks or underscores: Action,
// LOGIN_EMAIL, "Pbx Short Number". A line of the file that begins with % is a
// comment.
//
//	opts, err := rainbow.Read(ctx, dir, "acme") // or &rainbow.Options{…}
//	opts.Normalizer = e164.New(nil)
//	p, err := importer.New(dir, rainbow.Lines(opts), nil).Preview(ctx, table)
//
// Take a file of 20,000 rows and an account of 100,000 people with lines. A preview
// takes about 2 s and 120 MB, and an import 8 s and 235 MB. This is processor time
// on two cores with a SQLite file. A Normalizer over phonenumbers needs 13 µs for
// each new international number, a quarter of a second in this file. A national
// number takes up to 45 µs. The store is asked once for every 500 distinct keys of a space.
//
// It imports importer, users and extensions, and no file format.
package rainbow
