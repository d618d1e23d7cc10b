package users

import (
	"maps"
	"slices"
	"strings"
)

// profileFields are the fields of a [Profile] by name, with their accessors.
var profileFields = []struct {
	name string
	get  func(*Profile) string
	set  func(*Profile, string)
}{
	{FieldEmail, func(p *Profile) string { return p.Email }, func(p *Profile, v string) { p.Email = v }},
	{FieldLogin, func(p *Profile) string { return p.Login }, func(p *Profile, v string) { p.Login = v }},
	{FieldName, func(p *Profile) string { return p.DisplayName }, func(p *Profile, v string) { p.DisplayName = v }},
	{FieldFirstName, func(p *Profile) string { return p.FirstName }, func(p *Profile, v string) { p.FirstName = v }},
	{FieldLastName, func(p *Profile) string { return p.LastName }, func(p *Profile, v string) { p.LastName = v }},
	{FieldMobile, func(p *Profile) string { return p.Mobile }, func(p *Profile, v string) { p.Mobile = v }},
	{FieldRole, (*Profile).role, func(p *Profile, v string) { p.Grant(RoleAdmin, v == RoleAdmin) }},
	{FieldRoles, func(p *Profile) string { return joinList(p.Roles) }, func(p *Profile, v string) { p.Roles = splitList(v) }},
	{FieldSource, func(p *Profile) string { return string(p.source()) }, func(p *Profile, v string) { p.Source = Source(v) }},
	{FieldExternalID, func(p *Profile) string { return p.ExternalID }, func(p *Profile, v string) { p.ExternalID = v }},
	{FieldRegistered, func(p *Profile) string { return yesNo(p.Registered) }, func(p *Profile, v string) { p.Registered = v == "yes" }},
	{FieldActive, func(p *Profile) string { return yesNo(!p.Inactive) }, func(p *Profile, v string) { p.Inactive = v == "no" }},
	{FieldProducts, func(p *Profile) string { return joinList(p.Products) }, func(p *Profile, v string) { p.Products = splitList(v) }},
	{FieldLANID, ccGet(func(c *ContactCentre) string { return c.LANID }), ccSet(func(c *ContactCentre, v string) { c.LANID = v })},
	{FieldAgentID, ccGet(func(c *ContactCentre) string { return c.AgentID }), ccSet(func(c *ContactCentre, v string) { c.AgentID = v })},
	{FieldPBXID, ccGet(func(c *ContactCentre) string { return c.PBXID }), ccSet(func(c *ContactCentre, v string) { c.PBXID = v })},
	{FieldProfile, ccGet(func(c *ContactCentre) string { return c.Kind }), ccSet(func(c *ContactCentre, v string) { c.Kind = v })},
	{FieldSupervisor, ccGet(func(c *ContactCentre) string { return string(c.Supervisor) }), ccSet(func(c *ContactCentre, v string) { c.Supervisor = ID(v) })},
	{FieldOrgUnit, ccGet(func(c *ContactCentre) string { return string(c.Unit) }), ccSet(func(c *ContactCentre, v string) { c.Unit = ID(v) })},
	{FieldAccessRole, ccGet(func(c *ContactCentre) string { return c.AccessRole }), ccSet(func(c *ContactCentre, v string) { c.AccessRole = v })},
	{FieldCRMName, ccGet(func(c *ContactCentre) string { return c.CRMName }), ccSet(func(c *ContactCentre, v string) { c.CRMName = v })},
	{FieldGreeting, ccGet(func(c *ContactCentre) string { return c.Greeting }), ccSet(func(c *ContactCentre, v string) { c.Greeting = v })},
}

// RoleUser is the value of [FieldRole] for a person who is no Account Admin. It is not stored.
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

// ProfileFields returns the names of a profile's fields, without the fields whose
// names are open: custom ones, features and channels.
func ProfileFields() []string {
	out := make([]string, len(profileFields))
	for i, f := range profileFields {
		out[i] = f.name
	}
	return out
}

// Field returns the value of the field with the name ("first_name",
// "custom.cost_centre"). It is empty if the field does not exist.
func (p *Profile) Field(name string) string {
	if k, ok := strings.CutPrefix(name, PrefixCustom); ok {
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

// SetField sets the field with the name and reports whether the field exists and
// takes the value. A feature takes "yes", "no" and nothing, a channel a number and
// nothing.
func (p *Profile) SetField(name, value string) bool {
	if k, ok := strings.CutPrefix(name, PrefixCustom); ok && k != "" {
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

// Field returns the value of a field of a user or a line.
func (r Record) Field(name string) string {
	switch d := r.Data.(type) {
	case *Profile:
		return d.Field(name)
	case *Line:
		return d.readField(name)
	}
	return ""
}

// SetField sets a field of a user or a line and reports whether the field exists. The
// record's Data must be its own ([Record.Clone]).
func (r Record) SetField(name, value string) bool {
	switch d := r.Data.(type) {
	case *Profile:
		return d.SetField(name, value)
	case *Line:
		return d.writeField(name, value)
	}
	return false
}

// Fields returns the names of the fields that together say everything about a user
// or a line, and nil for any other record. [FieldRole] is left out because
// [FieldRoles] includes it.
func (r Record) Fields() []string {
	switch d := r.Data.(type) {
	case *Profile:
		out := slices.DeleteFunc(ProfileFields(), func(f string) bool { return f == FieldRole })
		for _, k := range slices.Sorted(maps.Keys(d.Custom)) {
			if k != "" {
				out = append(out, PrefixCustom+k)
			}
		}
		return append(out, d.ContactCentre.openFields()...)
	case *Line:
		return []string{FieldPBX, FieldShort, FieldGroup, FieldInternal, FieldNumber, FieldHolder}
	}
	return nil
}

func (l *Line) readField(name string) string {
	if p := l.field(name); p != nil {
		return *p
	}
	if name == FieldHolder {
		return string(l.Holder)
	}
	return ""
}

func (l *Line) writeField(name, value string) bool {
	if name == FieldHolder {
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
	case FieldPBX:
		return &l.PBX
	case FieldShort:
		return &l.Short
	case FieldGroup:
		return &l.Group
	case FieldInternal:
		return &l.Internal
	case FieldNumber:
		return &l.Number
	}
	return nil
}

// ownedFields are the fields that each source keeps, after the locked fields of the
// console. The list itself is our policy.
var ownedFields = map[Source][]string{
	SCIM:    {FieldEmail, FieldLogin, FieldName, FieldFirstName, FieldLastName, FieldMobile, FieldExternalID},
	PBXSync: {FieldName, FieldFirstName, FieldLastName, FieldExternalID},
	MiCloud: {FieldEmail, FieldLogin, FieldName, FieldFirstName, FieldLastName, FieldMobile, FieldExternalID},
	IoT:     {FieldName, FieldExternalID},
}

// Owns reports whether the source keeps the field. Such a field is locked for every
// other actor. SCIM keeps every custom field as well.
func (s Source) Owns(field string) bool {
	if s == SCIM && strings.HasPrefix(field, PrefixCustom) {
		return true // the further attributes of a SCIM person, which the console shows and does not edit
	}
	return slices.Contains(ownedFields[s], field)
}

// Known reports whether the source is a defined one. The empty source means [Local]
// and is known.
func (s Source) Known() bool {
	_, ok := ownedFields[s]
	return ok || s == Local || s == ""
}
