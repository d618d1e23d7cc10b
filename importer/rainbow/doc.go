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
// A file of 20,000 rows against an account of 100,000 people with lines costs, in
// processor time on two cores and a SQLite file, about 2 s to check (120 MB) and 8 s
// to import (235 MB). Of these a Normalizer over phonenumbers takes 13 µs for each
// international number that is new to it, a quarter of a second here, and up to 45 µs
// for a national one. The store is asked once for each 500 distinct keys of a space.
//
// It imports importer, users and extensions.
package rainbow
