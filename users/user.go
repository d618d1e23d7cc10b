package users

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// A User is a person as an account knows them.
type User struct {
	Head
	Profile
}

// A Profile is the data of a person.
type Profile struct {
	Email string `json:"email,omitempty"`
	Login string `json:"login,omitempty"`
	// DisplayName is the name as typed. [Profile.Name] returns the name to show.
	DisplayName string `json:"name,omitempty"`
	FirstName   string `json:"first_name,omitempty"`
	LastName    string `json:"last_name,omitempty"`
	// Mobile is in E.164.
	Mobile string `json:"mobile,omitempty"`
	// Roles are [RoleAdmin], [RolePartner] and names of the account's catalogue,
	// sorted. They may be empty.
	Roles []string `json:"roles,omitempty"`
	// Source is the system that keeps this person's data; empty means [Local].
	Source Source `json:"source,omitempty"`
	// ExternalID is the id by which the source knows this person.
	ExternalID string `json:"external_id,omitempty"`
	// Registered says that the person has accepted the invitation.
	Registered bool `json:"registered,omitempty"`
	// Inactive says that the account was disabled or removed while the person stays listed.
	Inactive bool `json:"inactive,omitempty"`
	// Products are the products of which the person has a licence, sorted.
	Products []string `json:"products,omitempty"`
	// ContactCentre is nil for a person who does not work in a contact centre.
	ContactCentre *ContactCentre `json:"contact_centre,omitempty"`
	// Custom are the host's own attributes. Their fields are called "custom.NAME".
	Custom map[string]string `json:"custom,omitempty"`
}

// A ContactCentre is the data that Tetherfi's OCM keeps about an agent or a supervisor.
type ContactCentre struct {
	LANID   string `json:"lan_id,omitempty"`
	AgentID string `json:"agent_id,omitempty"`
	// PBXID is a station number, not a PBX.
	PBXID string `json:"pbx_id,omitempty"`
	// Kind is "Agent" or "Supervisor". OCM's column is called Profile.
	Kind string `json:"profile,omitempty"`
	// Supervisor and Unit are ids of records.
	Supervisor ID     `json:"supervisor,omitempty"`
	Unit       ID     `json:"org_unit,omitempty"`
	AccessRole string `json:"access_role,omitempty"`
	CRMName    string `json:"crm_name,omitempty"`
	Greeting   string `json:"text_chat_greeting_template_name,omitempty"`
	// Features are the features that were set, and whether each is enabled. Their
	// fields are called "feature.NAME" and hold "yes", "no" or nothing. Names are
	// compared as [Fold] folds them.
	Features map[string]bool `json:"features,omitempty"`
	// Channels are how many conversations of each channel the person takes at once.
	// Their fields are called "channel.NAME" and hold a number or nothing.
	Channels map[string]int `json:"channels,omitempty"`
}

func (c *ContactCentre) clone() *ContactCentre {
	out := *c
	out.Features, out.Channels = maps.Clone(c.Features), maps.Clone(c.Channels)
	return &out
}

// empty reports whether no field is set.
func (c *ContactCentre) empty() bool {
	rest := *c
	rest.Features, rest.Channels = nil, nil
	return len(c.Features)+len(c.Channels) == 0 && reflect.ValueOf(rest).IsZero()
}

// The roles that every account has. RoleAdmin may manage the account. RolePartner
// marks a person of the partner who serves the account; such a person cannot be deleted.
const (
	RoleAdmin   = "account_admin"
	RolePartner = "partner"
)

// A Source is the system that keeps a person's data.
type Source string

// The sources, as in the CloudLink console.
const (
	Local   Source = "local"
	SCIM    Source = "scim"
	PBXSync Source = "pbx"
	MiCloud Source = "micloud"
	IoT     Source = "iot"
)

// Name returns the name to show: the display name, else first and last name as far as
// they are set, else the e-mail address.
func (p *Profile) Name() string {
	switch {
	case p.DisplayName != "":
		return p.DisplayName
	case p.FirstName != "" || p.LastName != "":
		return strings.TrimSpace(p.FirstName + " " + p.LastName)
	}
	return p.Email
}

// Admin reports whether the person has the rights of an Account Admin.
func (p *Profile) Admin() bool { return p.hasRole(RoleAdmin) }

func (p *Profile) hasRole(role string) bool { return slices.Contains(p.Roles, role) }

// Grant gives the person the role (on) or takes it away.
func (p *Profile) Grant(role string, on bool) {
	i, has := slices.BinarySearch(p.Roles, role)
	switch {
	case on && !has:
		p.Roles = slices.Insert(slices.Clone(p.Roles), i, role)
	case !on && has:
		p.Roles = slices.Delete(slices.Clone(p.Roles), i, i+1)
	}
	if len(p.Roles) == 0 {
		p.Roles = nil // as it comes back from a store
	}
}

func (*Profile) kind() Kind { return KindUser }

func (p *Profile) clone() Data {
	c := *p
	c.Roles, c.Products, c.Custom = slices.Clone(p.Roles), slices.Clone(p.Products), maps.Clone(p.Custom)
	if p.ContactCentre != nil {
		c.ContactCentre = p.ContactCentre.clone()
	}
	return &c
}

func (p *Profile) index(h Head, x *Index) {
	x.key(h, SpaceEmail, p.Email)
	x.key(h, SpaceLogin, p.Login)
	if p.ExternalID != "" {
		x.key(h, SpaceExternal, string(p.source())+":"+p.ExternalID)
	}

	for _, r := range p.Roles {
		x.link(h, LinkGrant, r)
	}

	x.link(h, LinkSource, string(p.source()))
	x.link(h, LinkRegistered, yesNo(p.Registered))
	x.link(h, LinkActive, yesNo(!p.Inactive))
	for _, s := range p.Products {
		x.link(h, LinkLicensed, s)
	}

	text := []string{p.Name(), p.FirstName, p.LastName, p.Email, p.Login}
	if c := p.ContactCentre; c != nil {
		x.key(h, SpaceLANID, c.LANID)
		x.key(h, SpaceStation, c.PBXID)
		x.link(h, LinkSupervisor, string(c.Supervisor))
		x.link(h, LinkMember, string(c.Unit))
		text = append(text, c.LANID, c.PBXID)
	}

	x.Sort = FoldEmail(p.Email)
	if x.Sort == "" {
		x.Sort = Fold(p.Name())
	}

	x.Search = Fold(strings.Join(text, " "))
}

func (p *Profile) source() Source {
	if p.Source == "" {
		return Local
	}
	return p.Source
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// User returns the record as a person, and false if it is no user.
func (r Record) User() (User, bool) {
	p, ok := r.Data.(*Profile)
	if !ok {
		return User{}, false
	}
	return User{Head: r.Head, Profile: *p.clone().(*Profile)}, true
}

// Record returns the user as a Store keeps it.
func (u User) Record() Record {
	return Record{Head: u.Head, Data: u.Profile.clone()}
}
