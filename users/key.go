package users

import (
	"cmp"
	"strings"
)

// A Space is a set of values that each mean one thing: e-mail addresses, roles.
type Space string

// The spaces of keys, in which at most one record has a value. All except SpaceID and
// SpaceNumber are within one account.
const (
	SpaceID       Space = "id"       // a record's own id; no account
	SpaceEmail    Space = "email"    // a user's e-mail address, as [FoldEmail] folds it
	SpaceLogin    Space = "login"    // a user's login
	SpaceExternal Space = "external" // the id a user's source knows it by: "scim:7f3a"
	SpaceLANID    Space = "lanid"    // a contact-centre user's LAN ID
	SpaceStation  Space = "station"  // a contact-centre user's station number (OCM's "PBX ID")
	SpaceLine     Space = "line"     // PBX and short number of a line: "PBX1/1001"; a slash in the PBX is "%2F"
	SpaceInternal Space = "internal" // PBX group and internal number of a line
	SpaceNumber   Space = "number"   // a public number in E.164, unique over all accounts
	SpaceRole     Space = "role"     // a role of the account's catalogue, by name
	SpaceUnit     Space = "unit"     // an org unit, by path
	SpacePBX      Space = "pbx"      // a PBX, by its id
	SpaceProduct  Space = "product"  // a subscription, by product
	SpaceDocument Space = "document" // an import that must not be repeated, by template and digest
)

// The spaces of links, in which any number of records have one value. A Store finds
// records by links as by keys, and checks nothing about them.
const (
	LinkHolder     Space = "holder"     // lines, by the id of the user who holds them
	LinkGrant      Space = "grant"      // users, by a role they have
	LinkSource     Space = "source"     // users, by [Source]
	LinkRegistered Space = "registered" // users: "yes" or "no"
	LinkActive     Space = "active"     // users: "yes" or "no"
	LinkLicensed   Space = "licensed"   // users, by a product they have
	LinkSupervisor Space = "supervisor" // users, by the id of their supervisor
	LinkMember     Space = "member"     // users, by the id of their org unit
	LinkTemplate   Space = "template"   // imports, by template
	LinkByHand     Space = "by_hand"    // imports: "yes" for a single edit ([TemplateHand]), or "no"
	linkPartner    Space = "partner"    // accounts: "yes" or "no"
)

// spaceInfo is what the engine and the Stores must know about a space.
type spaceInfo struct {
	kind    Kind
	link    bool // any number of records have one value
	global  bool // one set of values over all accounts
	managed bool // only the host and partners create and delete values
	field   string
}

var spaces = map[Space]spaceInfo{
	SpaceID:       {global: true},
	SpaceEmail:    {kind: KindUser, field: FieldEmail},
	SpaceLogin:    {kind: KindUser, field: FieldLogin},
	SpaceExternal: {kind: KindUser},
	SpaceLANID:    {kind: KindUser, field: FieldLANID},
	SpaceStation:  {kind: KindUser, field: FieldPBXID},
	SpaceLine:     {kind: KindLine},
	SpaceInternal: {kind: KindLine},
	SpaceNumber:   {kind: KindLine, global: true},
	SpaceRole:     {kind: KindRole, managed: true},
	SpaceUnit:     {kind: KindUnit, managed: true},
	SpacePBX:      {kind: KindPBX, managed: true},
	SpaceProduct:  {kind: KindSubscription, managed: true},
	SpaceDocument: {kind: KindImport},

	LinkHolder:     {kind: KindLine, link: true},
	LinkGrant:      {kind: KindUser, link: true},
	LinkSource:     {kind: KindUser, link: true},
	LinkRegistered: {kind: KindUser, link: true},
	LinkActive:     {kind: KindUser, link: true},
	LinkLicensed:   {kind: KindUser, link: true},
	LinkSupervisor: {kind: KindUser, link: true},
	LinkMember:     {kind: KindUser, link: true},
	LinkTemplate:   {kind: KindImport, link: true},
	LinkByHand:     {kind: KindImport, link: true},
	linkPartner:    {kind: KindAccount, link: true},
}

// Kind returns the kind of record that has values in the space, and the zero Kind for
// [SpaceID].
func (s Space) Kind() Kind { return spaces[s].kind }

// Unique reports whether at most one record may have a value.
func (s Space) Unique() bool { i, ok := spaces[s]; return ok && !i.link }

// Global reports whether values are unique over all accounts. The keys of such a
// space have no account.
func (s Space) Global() bool { return spaces[s].global }

// Managed reports whether only the host and partners create and delete the records
// of the space: roles, org units, PBXs, subscriptions. No row of a file creates or
// releases such a value. Managed is for importers.
func (s Space) Managed() bool { return spaces[s].managed }

// Field returns the field of a user that holds the value of the space: [FieldEmail]
// for [SpaceEmail]. It is empty for a space that no field holds. Field is for importers.
func (s Space) Field() string { return spaces[s].field }

// Fold returns value as it is in a [Key] of the space. Two values that mean the same
// fold to the same text.
func (s Space) Fold(value string) string {
	switch s {
	case SpaceEmail:
		return FoldEmail(value)
	case SpacePBX:
		return foldPBX(value)
	case SpaceLine, SpaceInternal:
		if pbx, number, ok := strings.Cut(value, "/"); ok {
			return foldPBX(pbx) + "/" + Fold(number)
		}
	case SpaceID, SpaceExternal, SpaceDocument, LinkHolder, LinkSupervisor, LinkMember:
		return value
	}
	return Fold(value)
}

// foldPBX folds the name of a PBX. An id of ALE Rainbow's form (PBX and 32
// hexadecimal digits) is the same with hyphens and without.
func foldPBX(name string) string {
	name = Fold(name)
	digits, ok := strings.CutPrefix(name, "pbx")
	if !ok || len(digits) < 32 {
		return name
	}
	if digits = strings.ReplaceAll(digits, "-", ""); len(digits) == 32 && strings.Trim(digits, "0123456789abcdef") == "" {
		return "pbx" + digits
	}
	return name
}

// A Key is one value in a [Space] of an account. Keys are how the rows of a file meet
// each other and the store.
type Key struct {
	// Account is empty in the spaces that are [Space.Global].
	Account AccountID `json:"account,omitempty"`
	Space   Space     `json:"space"`
	// Value is folded ([Space.Fold]).
	Value string `json:"value"`
}

// KeyOf returns the key of a value, folded. It leaves out the account in a global space.
func KeyOf(account AccountID, space Space, value string) Key {
	if space.Global() {
		account = ""
	}
	return Key{account, space, space.Fold(value)}
}

// ByID returns the key of the record with the id.
func ByID(id ID) Key { return Key{Space: SpaceID, Value: string(id)} }

// String returns "account/space:value", for logs and tests.
func (k Key) String() string {
	s := string(k.Space) + ":" + k.Value
	if k.Account != "" {
		s = string(k.Account) + "/" + s
	}
	return s
}

// Compare orders keys by account, space and value.
func (k Key) Compare(o Key) int {
	return cmp.Or(strings.Compare(string(k.Account), string(o.Account)),
		strings.Compare(string(k.Space), string(o.Space)), strings.Compare(k.Value, o.Value))
}
