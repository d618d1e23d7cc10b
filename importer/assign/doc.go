// Package assign gives roles to people, or takes roles from them, many at once:
// after the page "Assign role in bulk" of Tetherfi's OCM.
//
// People are selected by a query or by a pasted list (package roles), and the
// selection is a table, fixed from then on, that a template reads like a file:
//
//	people, err := roles.Matching(ctx, dir, "acme", users.Query{Text: "night"})
//	catalogue, err := roles.ReadCatalogue(ctx, dir, "acme")
//	table, err := assign.Table(people, "Agent desk")
//	p, err := importer.New(dir, assign.Add(catalogue), &importer.Options{Account: "acme"}).Preview(ctx, table)
//
// So there are the same preview, commit, report and undoing as of any import.
// It imports importer, formats, users and roles.
package assign
