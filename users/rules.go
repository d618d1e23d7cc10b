package users

import (
	"slices"
	"strings"
)

// This file holds the rules about people that bind every way of changing them. A
// preview asks them to predict, and [Directory.Apply] asks them to decide.

// Permits returns what forbids the actor to change a field of before from old to
// new, and nil if nothing does. A before without Data is a record that does not
// exist yet. Permits is for importers.
//
// The codes are:
//   - field.locked: the source of the person keeps the field.
//   - source.foreign: a sync may write only what its source owns.
//   - role.forbidden: the actor may not grant the role.
//   - role.unknown: the account's catalogue does not have the role.
//   - product.unknown: the account has no subscription of the product.
//   - partner.locked: only a partner may change the e-mail address or login of a
//     partner's person.
//   - self.demote, self.deactivate: no actor removes their own rights.
//   - field.reserved: only the host and the source of the person set the field.
//
// Whether a role or a product is unknown is known only to the actor that
// [Directory.ActorIn] returns.
func (a Actor) Permits(before Record, field, old, new string) *Problem {
	if a.kind == host || old == new {
		return nil
	}

	p, _ := before.Data.(*Profile)
	if bad := a.permitsSource(p, field, new); bad != nil {
		return bad
	}
	switch {
	case a.kind == accountAdmin && p != nil && p.hasRole(RolePartner) && slices.Contains(identityFields, field):
		return &Problem{Code: "partner.locked"}
	case a.kind != syncer && !a.restores && slices.Contains(hostFields, field):
		return &Problem{Code: "field.reserved"}
	}
	if bad := a.offer.permits(field, old, new); bad != nil {
		return bad
	}

	for _, r := range changedRoles(field, old, new) {
		if !a.MayGrant(r) {
			return &Problem{Code: "role.forbidden", Args: map[string]string{"role": r}}
		}
		if p != nil && before.ID == a.user && r == RoleAdmin {
			return &Problem{Code: "self.demote"}
		}
	}

	if p != nil && field == FieldActive && before.ID == a.user {
		return &Problem{Code: "self.deactivate"}
	}
	return nil
}

func (a Actor) permitsSource(p *Profile, field, new string) *Problem {
	if p == nil { // a new user
		switch {
		case field == FieldSource && Source(new) != a.Source():
			return &Problem{Code: "source.foreign", Args: map[string]string{"source": new}}
		case a.kind == syncer && field != FieldSource && field != FieldRole && field != FieldRegistered && !a.source.Owns(field):
			return &Problem{Code: "source.foreign", Args: map[string]string{"source": string(a.source)}}
		}
		return nil
	}

	src := p.source()
	switch {
	case a.kind == syncer && field == FieldRegistered && src == a.source: // the source knows who accepted
	case a.kind == syncer && (src != a.source || !src.Owns(field)):
		return &Problem{Code: "source.foreign", Args: map[string]string{"source": string(src)}}
	case a.kind != syncer && (src.Owns(field) || field == FieldSource):
		return &Problem{Code: "field.locked", Args: map[string]string{"source": string(src)}}
	}

	return nil
}

// changedRoles returns the roles that a change of the field grants or takes.
func changedRoles(field, old, new string) []string {
	switch field {
	case FieldRole:
		if (old == RoleAdmin) != (new == RoleAdmin) {
			return []string{RoleAdmin}
		}
	case FieldRoles, FieldCatalogue:
		was, is := splitList(old), splitList(new)
		var out []string
		for _, r := range append(was, is...) {
			if slices.Contains(was, r) != slices.Contains(is, r) && !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
		return out
	}
	return nil
}

// hostFields are set by the host and by the source of a person alone.
var hostFields = []string{FieldRegistered, FieldExternalID}

// identityFields say by what a person is known, and so where their invitations and
// password resets go. Those of a partner's person are a partner's to change.
var identityFields = []string{FieldEmail, FieldLogin, FieldLANID}

// An offer is what an account has to give to its people.
type offer struct {
	roles, products map[string]bool // folded
}

// permits returns what forbids a change that gives a role or a product the account
// does not have. User and Account Admin exist in every account. What a person gives
// up may be unknown. A nil offer permits everything.
func (o *offer) permits(field, old, new string) *Problem {
	if o == nil {
		return nil
	}
	var has map[string]bool
	var code, arg string
	switch field {
	case FieldRoles, FieldCatalogue:
		has, code, arg = o.roles, "role.unknown", "role"
	case FieldProducts:
		has, code, arg = o.products, "product.unknown", "product"
	default:
		return nil
	}

	was := splitList(old)
	for _, v := range splitList(new) {
		if !slices.Contains(was, v) && !has[Fold(v)] && !(field != FieldProducts && isOwnRole(v)) {
			return &Problem{Code: code, Args: map[string]string{arg: v}}
		}
	}
	return nil
}

// PermitsNew returns what a new user lacks, and nil if nothing is missing. The
// function field returns the value of a field of the new user. As in the CloudLink
// console, the code is name.missing if all three names are empty. PermitsNew is for
// importers.
func (a Actor) PermitsNew(field func(name string) string) *Problem {
	if a.kind == host || field(FieldName) != "" || field(FieldFirstName) != "" || field(FieldLastName) != "" {
		return nil
	}
	return &Problem{Code: "name.missing"}
}

// PermitsNames returns what forbids a change of names, and nil if nothing does. It
// returns name.missing if a user had a name and would have none of the three
// afterwards. The functions return the values of a field before and after the change.
// PermitsNames is for importers.
func (a Actor) PermitsNames(before, after func(name string) string) *Problem {
	for _, f := range []string{FieldName, FieldFirstName, FieldLastName} {
		if before(f) != "" {
			return a.PermitsNew(after)
		}
	}
	return nil
}

// PermitsDelete returns what forbids the actor to delete the user, and nil if
// nothing does. As in the CloudLink console, the codes are delete.partner (a Mitel
// Partner) and delete.source (a person synced from MiCloud Connect). No actor
// deletes themselves (self.delete), and a sync deletes only people of its source
// (source.foreign). PermitsDelete is for importers.
func (a Actor) PermitsDelete(u Record) *Problem {
	p, _ := u.Data.(*Profile)
	switch {
	case a.kind == host || p == nil:
		return nil
	case p.hasRole(RolePartner):
		return &Problem{Code: "delete.partner"}
	case p.source() == MiCloud:
		return &Problem{Code: "delete.source", Args: map[string]string{"source": string(MiCloud)}}
	case u.ID == a.user:
		return &Problem{Code: "self.delete"}
	case a.kind == syncer && p.source() != a.source:
		return &Problem{Code: "source.foreign", Args: map[string]string{"source": string(p.source())}}
	}
	return nil
}

// Remainder returns the record that stays when a user is deleted, and nil if none
// does. A person who comes from a PBX or SCIM stays listed without an account. For a
// PBX this is as in the CloudLink console, for SCIM it is our policy. Remainder is for
// importers.
func Remainder(u Record) *Record {
	p, ok := u.Data.(*Profile)
	if !ok || p.source() != PBXSync && p.source() != SCIM {
		return nil
	}
	u.Data = p.withoutAccount()
	return &u
}

// withoutAccount returns what a deletion leaves of a person who stays listed.
func (p *Profile) withoutAccount() *Profile {
	left := p.clone().(*Profile)
	left.Inactive, left.Registered = true, false
	left.Grant(RoleAdmin, false)
	return left
}

// PermitsUndo returns what forbids the actor to undo the import, and nil if nothing
// does. A sync undoes only its own imports (import.foreign). PermitsUndo is for
// importers.
func (a Actor) PermitsUndo(i *Import) *Problem {
	if a.kind == syncer && i.Actor != a.String() {
		return &Problem{Code: "import.foreign"}
	}
	return nil
}

// isAdmin reports whether the record is an active Account Admin.
func isAdmin(r *Record) bool {
	if r == nil {
		return false
	}
	p, ok := r.Data.(*Profile)
	return ok && p.Admin() && !p.Inactive
}

// Leading returns the keys by which a [Query] finds the active Account Admins. An
// account must always keep one of them. Leading is for importers.
func Leading() []Key {
	return []Key{{Space: LinkGrant, Value: Fold(RoleAdmin)}, {Space: LinkActive, Value: "yes"}}
}

// Leads reports whether the record is an active Account Admin. Leads is for
// importers.
func Leads(r Record) bool { return isAdmin(&r) }

// Check returns what is wrong with the value of a field, whoever writes it, and nil
// if nothing is. An e-mail address must be valid and in the form that [ParseEmail]
// returns. A mobile number must be in E.164. Names and other texts must be one
// clean line ([CleanText]). Check is for importers.
func Check(field, value string) *Problem {
	if value == "" {
		return nil
	}

	var problems []Problem
	var clean string
	switch field {
	case FieldEmail:
		clean, problems = ParseEmail(value)
	case FieldMobile:
		if clean = value; !isE164(value) {
			return &Problem{Code: "mobile.form"}
		}
	case FieldSource:
		if !Source(value).Known() {
			return &Problem{Code: "source.unknown", Args: map[string]string{"source": value}}
		}
		return nil
	case FieldRoles, FieldCatalogue, FieldProducts:
		return checkList(field, value)
	case FieldRole, FieldRegistered, FieldActive, FieldSupervisor, FieldOrgUnit:
		return nil
	default:
		limit := 0
		if name, custom := strings.CutPrefix(field, PrefixCustom); custom {
			limit = maxCustom
			if bad := checkName(name); bad != nil {
				return bad
			}
		}
		clean, problems = CleanText(value, limit)
	}

	for _, p := range problems {
		if !p.Warning {
			return &p
		}
	}

	if clean != value {
		return &Problem{Code: field + ".form", Fix: clean}
	}
	return nil
}

// maxCustom is how many characters a custom field takes.
const maxCustom = 4096

// checkList checks every value of a field that is a set.
func checkList(field, value string) *Problem {
	for _, v := range splitList(value) {
		if bad := checkName(v); bad != nil {
			return bad
		}
	}
	return nil
}

// checkName checks the name of a role, a product or a custom field: one clean line.
func checkName(name string) *Problem {
	clean, problems := CleanText(name, 0)
	for _, p := range problems {
		if !p.Warning {
			return &p
		}
	}
	if clean != name {
		return &Problem{Code: "text.trimmed", Fix: clean}
	}
	return nil
}

// isE164 reports whether s is a plus sign and at most fifteen digits, the first not 0 (ITU-T E.164).
func isE164(s string) bool {
	if len(s) < 3 || len(s) > 16 || s[0] != '+' || s[1] == '0' {
		return false
	}
	for _, c := range s[1:] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// checkRoles returns what is wrong with the form of a list of roles. It must be
// sorted, without repeats, and no name may look like one of usher's own roles without
// being it.
func checkRoles(roles []string) *Problem {
	seen := map[string]bool{}
	for i, r := range roles {
		folded := Fold(r)
		twice := seen[folded]
		seen[folded] = true
		if twice || i > 0 && roles[i-1] >= r || folded == "" || strings.TrimSpace(r) != r || strings.Contains(r, ",") ||
			(folded == RoleUser) || (folded == RoleAdmin && r != RoleAdmin) || (folded == RolePartner && r != RolePartner) {
			return &Problem{Code: "role.form"}
		}
	}
	return nil
}
