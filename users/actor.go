package users

import "slices"

type actorKind uint8

const (
	nobody actorKind = iota
	partner
	accountAdmin
	syncer
	host
)

// An Actor is the person or program that asks. The zero Actor reaches no account.
type Actor struct {
	kind     actorKind
	name     string
	user     ID
	account  AccountID
	source   Source
	limited  bool
	grants   []string
	reserved []string // folded names of the roles that only others may grant
	restores bool     // the actor undoes an import
	offer    *offer   // what the account has to give; nil while that is not known
}

// Partner returns an actor who serves every customer account. A partner's own
// account is out of reach.
func Partner(name string) Actor { return Actor{kind: partner, name: "partner:" + name} }

// AccountAdmin returns the actor who is the user of that id and manages their own
// account.
func AccountAdmin(user ID, account AccountID) Actor {
	if user == "" || account == "" {
		return Actor{}
	}
	return Actor{kind: accountAdmin, name: "admin:" + string(user), user: user, account: account}
}

// Sync returns the actor that synchronises a source with one account. It may write
// only the fields that the source owns ([Source.Owns]), and only of people who come
// from that source.
func Sync(source Source, account AccountID) Actor {
	if account == "" || source == "" || source == Local {
		return Actor{}
	}
	return Actor{kind: syncer, name: "sync:" + string(source), account: account, source: source}
}

// Host returns the actor that is the program itself. It sets up accounts and moves
// data, and no rule about people binds it. An upload must never run as Host.
func Host(name string) Actor { return Actor{kind: host, name: "host:" + name} }

// Granting returns the actor restricted to the named roles: it may grant no other.
// A second call restricts it further. A host may still grant every role.
func (a Actor) Granting(roles ...string) Actor {
	kept := roles
	if a.limited {
		kept = slices.DeleteFunc(slices.Clone(roles), func(r string) bool { return !slices.Contains(a.grants, r) })
	}
	a.limited, a.grants = true, slices.Clone(kept)
	return a
}

// Under returns the actor bound by the roles of a catalogue. It may not grant the roles
// that [Role.GrantedBy] reserves for others; letter case does not count. An unknown
// Granter reserves a role for the host. [Directory.ActorIn] reads the catalogue of an
// account. Under is for importers.
func (a Actor) Under(catalogue ...Role) Actor {
	a.reserved = slices.Clone(a.reserved)
	for _, r := range catalogue {
		mine := r.GrantedBy == "" || r.GrantedBy == ByAccountAdmins && a.kind == accountAdmin || r.GrantedBy == ByPartners && a.kind == partner
		if !mine {
			a.reserved = append(a.reserved, Fold(r.Name))
		}
	}
	return a
}

// within returns the actor bound by what an account has to give: its catalogue of
// roles, as Under does, and its subscriptions.
func (a Actor) within(roles []Role, products []string) Actor {
	a = a.Under(roles...)
	o := &offer{roles: map[string]bool{}, products: map[string]bool{}}
	for _, r := range roles {
		o.roles[Fold(r.Name)] = true
	}
	for _, p := range products {
		o.products[Fold(p)] = true
	}
	a.offer = o
	return a
}

// Restoring returns the actor who undoes an import. This actor may restore fields that
// only the host and the source of a person set, such as [FieldRegistered]. Restoring is
// for importers.
func (a Actor) Restoring() Actor {
	a.restores = true
	return a
}

// String returns the name of the actor in journals: "partner:NAME", "admin:ID",
// "sync:SOURCE" or "host:NAME". It is empty for the zero Actor.
func (a Actor) String() string { return a.name }

// MayGrant reports whether the actor may give a person the role and take it away.
// Only the host grants [RolePartner]. A sync grants no role. The catalogue of an
// account binds only the actor that [Actor.Under] returns. MayGrant is for importers.
func (a Actor) MayGrant(role string) bool {
	switch {
	case a.kind == host:
		return true
	case a.kind == nobody, a.kind == syncer, role == RolePartner:
		return false
	case slices.Contains(a.reserved, Fold(role)):
		return false
	case a.limited:
		return slices.Contains(a.grants, role)
	}
	return true
}

// Unbound reports whether no rule about people binds the actor, which is the
// host's case. Unbound is for importers.
func (a Actor) Unbound() bool { return a.kind == host }

// PermitsHeld returns what forbids the actor to change records that people hold,
// such as lines, and nil if nothing does. PermitsHeld is for importers.
func (a Actor) PermitsHeld(k Kind) *Problem {
	if a.kind == syncer {
		return forbidden(k)
	}
	return nil
}

// Source returns the source of the people whom the actor adds: that of a sync, and
// [Local] for all others. Source is for importers.
func (a Actor) Source() Source {
	if a.kind == syncer {
		return a.source
	}
	return Local
}
