package users

import (
	"maps"
	"slices"
	"strings"
)

// The fields of a [Profile], by the names files, findings and reports use:
// the English headings in snake_case.
var profileFields = []struct {
	name string
	get  func(*Profile) string
	set  func(*Profile, string)
}{
	{"email", func(p *Profile) string { return p.Email }, func(p *Profile, v string) { p.Email = v }},
	{"login", func(p *Profile) string { return p.Login }, func(p *Profile, v string) { p.Login = v }},
	{"name", func(p *Profile) string { return p.DisplayName }, func(p *Profile, v string) { p.DisplayName = v }},
	{"first_name", func(p *Profile) string { return p.FirstName }, func(p *Profile, v string) { p.FirstName = v }},
	{"last_name", func(p *Profile) string { return p.LastName }, func(p *Profile, v string) { p.LastName = v }},
	{"mobile", func(p *Profile) string { return p.Mobile }, func(p *Profile, v string) { p.Mobile = v }},
	{"role", (*Profile).role, func(p *Profile, v string) { p.Grant(RoleAdmin, v == RoleAdmin) }},
	{"roles", func(p *Profile) string { return joinList(p.Roles) }, func(p *Profile, v string) { p.Roles = splitList(v) }},
	{"source", func(p *Profile) string { return string(p.source()) }, func(p *Profile, v string) { p.Source = Source(v) }},
	{"external_id", func(p *Profile) string { return p.ExternalID }, func(p *Profile, v string) { p.ExternalID = v }},
	{"registered", func(p *Profile) string { return yesNo(p.Registered) }, func(p *Profile, v string) { p.Registered = v == "yes" }},
	{"active", func(p *Profile) string { return yesNo(!p.Inactive) }, func(p *Profile, v string) { p.Inactive = v == "no" }},
	{"products", func(p *Profile) string { return joinList(p.Products) }, func(p *Profile, v string) { p.Products = splitList(v) }},
	{"lan_id", ccGet(func(c *ContactCentre) string { return c.LANID }), ccSet(func(c *ContactCentre, v string) { c.LANID = v })},
	{"agent_id", ccGet(func(c *ContactCentre) string { return c.AgentID }), ccSet(func(c *ContactCentre, v string) { c.AgentID = v })},
	{"pbx_id", ccGet(func(c *ContactCentre) string { return c.PBXID }), ccSet(func(c *ContactCentre, v string) { c.PBXID = v })},
	{"profile", ccGet(func(c *ContactCentre) string { return c.Kind }), ccSet(func(c *ContactCentre, v string) { c.Kind = v })},
	{"supervisor", ccGet(func(c *ContactCentre) string { return string(c.Supervisor) }), ccSet(func(c *ContactCentre, v string) { c.Supervisor = ID(v) })},
	{"org_unit", ccGet(func(c *ContactCentre) string { return string(c.Unit) }), ccSet(func(c *ContactCentre, v string) { c.Unit = ID(v) })},
	{"access_role", ccGet(func(c *ContactCentre) string { return c.AccessRole }), ccSet(func(c *ContactCentre, v string) { c.AccessRole = v })},
	{"crm_name", ccGet(func(c *ContactCentre) string { return c.CRMName }), ccSet(func(c *ContactCentre, v string) { c.CRMName = v })},
	{"text_chat_greeting_template_name", ccGet(func(c *ContactCentre) string { return c.Greeting }), ccSet(func(c *ContactCentre, v string) { c.Greeting = v })},
}

const customPrefix = "custom."

// RoleUser is what the field "role" says of somebody who is no Account Admin. It is not stored.
const RoleUser = "user"

func (p *Profile) role() string {
	if p.Admin() {
		return RoleAdmin
	}
	return RoleUser
}

func ccGet(get func(*ContactCentre) string) func(*Profile) string {
	return func(p *Profile) string {
		if p.ContactCentre == nil {
			return ""
		}
		return get(p.ContactCentre)
	}
}

func ccSet(set func(*ContactCentre, string)) func(*Profile, string) {
	return func(p *Profile, v string) {
		c := &ContactCentre{}
		if p.ContactCentre != nil {
			c = p.ContactCentre.clone()
		}
		set(c, v)
		p.ContactCentre = c
		if c.empty() {
			p.ContactCentre = nil // as it comes back from a store
		}
	}
}

func joinList(s []string) string { return strings.Join(s, ",") }

func splitList(s string) []string {
	var out []string
	for v := range strings.SplitSeq(s, ",") {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return sortedSet(out)
}

// ProfileFields are the names of a profile's fields, without those whose names
// are open: custom ones, features and channels.
func ProfileFields() []string {
	out := make([]string, len(profileFields))
	for i, f := range profileFields {
		out[i] = f.name
	}
	return out
}

// Field reads a field by its name ("first_name", "custom.cost_centre"). One
// that does not exist is empty.
func (p *Profile) Field(name string) string {
	if k, ok := strings.CutPrefix(name, customPrefix); ok {
		return p.Custom[k]
	}
	if get, _ := openField(name); get != nil {
		return get(p)
	}
	for i := range profileFields {
		if profileFields[i].name == name {
			return profileFields[i].get(p)
		}
	}
	return ""
}

// SetField writes a field by its name and reports whether there is one. A feature
// takes "yes", "no" and nothing, a channel a number and nothing; of anything else they are no fields.
func (p *Profile) SetField(name, value string) bool {
	if k, ok := strings.CutPrefix(name, customPrefix); ok && k != "" {
		c := make(map[string]string, len(p.Custom)+1)
		for x, v := range p.Custom {
			c[x] = v
		}
		if c[k] = value; value == "" {
			delete(c, k)
		}
		if p.Custom = c; len(c) == 0 {
			p.Custom = nil // as it comes back from a store
		}
		return true
	}
	if _, set := openField(name); set != nil {
		fits := openValue(name, value)
		if fits {
			set(p, value)
		}
		return fits
	}
	for i := range profileFields {
		if profileFields[i].name == name {
			profileFields[i].set(p, value)
			return true
		}
	}
	return false
}

// SetMember puts a value into a field of a user that is a set ("roles",
// "products"), or takes it out (in), and reports whether the field is one. A value
// that is there in other letters ([Fold]) is there. The record's Data must be its own.
func (r Record) SetMember(field, value string, in bool) bool {
	p, ok := r.Data.(*Profile)
	if !ok || field != "roles" && field != "products" {
		return false
	}
	folded := Fold(value)
	members := splitList(p.Field(field))
	switch {
	case !in:
		members = slices.DeleteFunc(members, func(m string) bool { return Fold(m) == folded })
	case !slices.ContainsFunc(members, func(m string) bool { return Fold(m) == folded }):
		members = append(members, value)
	}
	return p.SetField(field, joinList(sortedSet(members)))
}

// Field reads a field of a user or a line by its name.
func (r Record) Field(name string) string {
	switch d := r.Data.(type) {
	case *Profile:
		return d.Field(name)
	case *Line:
		return d.Field(name)
	}
	return ""
}

// SetField writes a field of a user or a line by its name and reports whether
// there is one. The record's Data must be its own ([Record.Clone]).
func (r Record) SetField(name, value string) bool {
	switch d := r.Data.(type) {
	case *Profile:
		return d.SetField(name, value)
	case *Line:
		return d.SetField(name, value)
	}
	return false
}

// Fields are the names of the fields that say everything about a user or a
// line: all but "role", which "roles" says; nil for any other record.
func (r Record) Fields() []string {
	switch d := r.Data.(type) {
	case *Profile:
		out := slices.DeleteFunc(ProfileFields(), func(f string) bool { return f == "role" })
		for _, k := range slices.Sorted(maps.Keys(d.Custom)) {
			if k != "" {
				out = append(out, customPrefix+k)
			}
		}
		return append(out, d.ContactCentre.openFields()...)
	case *Line:
		return []string{"pbx", "short", "group", "internal", "number", "holder"}
	}
	return nil
}

// Field reads "pbx", "short", "group", "internal", "number" or "holder".
func (l *Line) Field(name string) string {
	if p := l.field(name); p != nil {
		return *p
	}
	if name == "holder" {
		return string(l.Holder)
	}
	return ""
}

// SetField writes one of the fields that Field reads, and reports whether there is one.
func (l *Line) SetField(name, value string) bool {
	if name == "holder" {
		l.Holder = ID(value)
		return true
	}
	p := l.field(name)
	if p != nil {
		*p = value
	}
	return p != nil
}

func (l *Line) field(name string) *string {
	switch name {
	case "pbx":
		return &l.PBX
	case "short":
		return &l.Short
	case "group":
		return &l.Group
	case "internal":
		return &l.Internal
	case "number":
		return &l.Number
	}
	return nil
}

// ClearKey takes from a line the internal or the public number that stands in
// the space as value, folded, and reports whether the line had it. The record's
// Data must be its own. What a record is called by, it keeps.
func (r Record) ClearKey(space Space, value string) bool {
	l, ok := r.Data.(*Line)
	if !ok || !slices.ContainsFunc(r.Keys(), func(k Key) bool { return k.Space == space && k.Value == value }) {
		return false
	}
	switch space {
	case SpaceInternal:
		l.Internal = ""
	case SpaceNumber:
		l.Number = ""
	default:
		return false
	}
	return true
}

// owned are the fields each source keeps, after the console's locked fields (the list itself is our policy).
var owned = map[Source][]string{
	SCIM:    {"email", "login", "name", "first_name", "last_name", "mobile", "external_id"},
	PBXSync: {"name", "first_name", "last_name", "external_id"},
	MiCloud: {"email", "login", "name", "first_name", "last_name", "mobile", "external_id"},
	IoT:     {"name", "external_id"},
}

// Owns reports whether the source keeps the field: it is then locked for everybody else.
func (s Source) Owns(field string) bool { return slices.Contains(owned[s], field) }

// Known reports whether the source is one of those usher knows; the empty one is [Local].
func (s Source) Known() bool {
	_, ok := owned[s]
	return ok || s == Local || s == ""
}
