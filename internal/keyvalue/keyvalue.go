// Package keyvalue composes the values of keys that have two parts: a line's PBX
// and number, an import's template and digest.
//
// It imports the standard library alone, so that package users and the templates
// write the same value.
package keyvalue

import "strings"

// Line returns the value of a line's key: "PBX1/1001". A number may hold slashes;
// a slash in the name of the PBX is written %2F, so that two lines never share a value.
func Line(pbx, short string) string { return strings.ReplaceAll(pbx, "/", "%2F") + "/" + short }

// Document returns the value of the key that an import holds by a digest:
// "cloudlink.users/9f86d081". It is empty without a digest.
func Document(template, digest string) string {
	if digest == "" {
		return ""
	}
	return template + "/" + digest
}
