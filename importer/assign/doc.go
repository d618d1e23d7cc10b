// Package assign gives roles to many people at once, or takes roles from them, after
// the page "Assign role in bulk" of Tetherfi's OCM.
//
// People are selected by a query or by a pasted list (package roles). The selection
// becomes a table, which does not change any more. A template reads it like a file:
//
//	people, err := roles.Matching(ctx, dir, "acme", users.Query{Text: "night"})
//	catalogue, err := roles.ReadCatalogue(ctx, dir, "acme")
//	table, err := assign.Table(people, "Agent desk")
//	p, err := importer.New(dir, assign.Add(catalogue), &importer.Options{Account: "acme"}).Preview(ctx, table)
//
// So preview, commit, report and undo are those of any import.
//
// It imports importer, formats, users and roles, and no file format.
package assign
