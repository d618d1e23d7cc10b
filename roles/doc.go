// Package roles holds the rules of an account's org-unit tree and of its
// catalogue of roles: which unit a cell of a file names, and at which level of
// the tree it stands.
//
//	tree, err := roles.ReadTree(ctx, dir, "acme", nil)
//	path, problems := tree.Parse("Team 1") // "Acme/Sales/North/Team 1"
//
// [Tree.Parse] reads a column of a template. The units and the roles themselves
// are data of package users ([users.Unit], [users.Role]), because the Directory
// checks who may hand out what.
//
// Package roles imports users and the standard library.
package roles
