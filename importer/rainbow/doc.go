// Package rainbow is the bulk file of PBX lines of ALE Rainbow's members as a
// template, "rainbow-lines":
//
//	__action__;loginEmail;pbxId;pbxShortNumber;pbxInternalNumber;number
//
// attach gives a member the line that the other columns describe, force_attach
// does so although another member holds it, and detach takes every line from a
// member. What a file does is planned by its final state, not by the order of
// its rows, so that two members may swap their lines. Columns are known by their
// headings, in any dress: Action, LOGIN_EMAIL, "Pbx Short Number". A line of the
// file that begins with % is a comment.
//
//	opts, err := rainbow.Read(ctx, dir, "acme") // or &rainbow.Options{…}
//	opts.Normalizer = e164.New(nil)
//	p, err := importer.New(dir, rainbow.Lines(opts), nil).Preview(ctx, table)
//
// It imports importer, users and extensions.
package rainbow
