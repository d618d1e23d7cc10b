// Package property holds the filters of a list of people that the CloudLink
// console calls "Property", as keys to ask a [users.Query] for.
//
//	having, ok := property.Admins.Having()
//	page, err := dir.List(ctx, users.Query{Kind: users.KindUser, Having: having})
//
// It imports package users.
package property
