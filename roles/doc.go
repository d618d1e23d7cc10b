// Package roles reads cells that name org units and roles, and selects the people of an
// account whose roles are to be changed.
//
//	tree, err := roles.ReadTree(ctx, dir, "acme", nil)
//	path, problems := tree.Parse("Team 1") // "Acme/Sales/North/Team 1"
//
// A [Tree] knows the units of an account and their levels, a [Catalogue] its roles. Units
// and roles are data of package users ([users.Unit], [users.Role]), because the Directory
// checks which actor may grant a role.
//
// Package roles imports users, internal/folding, internal/nearby and the standard library.
package roles
