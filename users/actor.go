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

// Under is the actor bound by the roles of a catalogue: those that others alone
// may hand out ([Role.GrantedBy]), however they are written. A Granter that is not
// known bars everybody but the host. [Directory.ActorIn] reads an account's catalogue.
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

// MayGrant reports whether the actor may give somebody the role or take it
// away. Nobody but the host hands out [RolePartner]; a sync hands out nothing.
// What an account's catalogue says is known to the actor of [Actor.Under] alone.
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

// Unbound reports whether no rule about people binds the actor: the host.
func (a Actor) Unbound() bool { return a.kind == host }

// PermitsHeld says what forbids the actor to change what people have, like
// lines; nil if nothing does.
func (a Actor) PermitsHeld(k Kind) *Problem {
	if a.kind == syncer {
		return forbidden(k)
	}
	return nil
}

// Source is the source of the people the actor adds: its own for a sync, else [Local].
func (a Actor) Source() Source {
	if a.kind == syncer {
		return a.source
	}
	return Local
}

// User is the id of the user who acts, where the actor is one.
func (a Actor) User() ID { return a.user }
