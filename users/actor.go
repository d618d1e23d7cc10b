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

// An Actor is who asks. The zero Actor reaches nothing.
type Actor struct {
	kind    actorKind
	name    string
	user    ID
	account AccountID
	source  Source
	limited bool
	grants  []string
	barred  []string // roles that others alone hand out, folded
}

// Partner serves every customer account, and no partner's own account.
func Partner(name string) Actor { return Actor{kind: partner, name: "partner:" + name} }

// AccountAdmin is the user of that id, managing their own account.
func AccountAdmin(user ID, account AccountID) Actor {
	if user == "" || account == "" {
		return Actor{}
	}
	return Actor{kind: accountAdmin, name: "admin:" + string(user), user: user, account: account}
}

// Sync is the synchronisation of a source with one account. It writes the
// fields its source owns ([Source.Owns]) of the people who come from there, and nothing else.
func Sync(source Source, account AccountID) Actor {
	if account == "" || source == "" || source == Local {
		return Actor{}
	}
	return Actor{kind: syncer, name: "sync:" + string(source), account: account, source: source}
}

// Host is the program itself: it sets accounts up, moves data in and out, and
// is bound by no rule about people. Nothing a person uploads may be run as Host.
func Host(name string) Actor { return Actor{kind: host, name: "host:" + name} }

// Granting is the actor with fewer roles to give: only those named. A host is
// bound by no rule, and by this neither.
func (a Actor) Granting(roles ...string) Actor {
	kept := roles
	if a.limited {
		kept = slices.DeleteFunc(slices.Clone(roles), func(r string) bool { return !slices.Contains(a.grants, r) })
	}
	a.limited, a.grants = true, slices.Clone(kept)
	return a
}

// Under returns the actor bound by the roles of a catalogue: it may not grant the
// roles that [Role.GrantedBy] reserves for others, in whatever letters they are
// written. An unknown Granter reserves a role for the host. [Directory.ActorIn]
// reads the catalogue of an account. Under is for importers.
func (a Actor) Under(catalogue ...Role) Actor {
	a.barred = slices.Clone(a.barred)
	for _, r := range catalogue {
		mine := r.GrantedBy == "" || r.GrantedBy == ByAccountAdmins && a.kind == accountAdmin || r.GrantedBy == ByPartners && a.kind == partner
		if !mine {
			a.barred = append(a.barred, Fold(r.Name))
		}
	}
	return a
}

// String names the actor in journals: "partner:NAME", "admin:ID", "sync:SOURCE"; "" for nobody.
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
	case slices.Contains(a.barred, Fold(role)):
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
