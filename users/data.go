package users

import (
	"maps"
	"slices"

	"github.com/usher-go/usher/internal/keyvalue"
)

// An Account is a customer's, or a partner's own.
type Account struct {
	Name string `json:"name,omitempty"`
	// Region is an ISO 3166 code of two letters, by which national numbers are read; it may be empty.
	Region string `json:"region,omitempty"`
	// Levels is how many levels the account's org units have; 0 means four.
	Levels int `json:"levels,omitempty"`
	// Partner marks a partner's own account.
	Partner bool `json:"partner,omitempty"`
}

// A Line is a telephone line of a PBX and the user who holds it.
type Line struct {
	PBX   string `json:"pbx"`
	Short string `json:"short"`
	// Group is the PBX group within which the internal number is unique.
	Group    string `json:"group,omitempty"`
	Internal string `json:"internal,omitempty"`
	// Number is the public number in E.164.
	Number string `json:"number,omitempty"`
	// Holder is empty when nobody holds the line.
	Holder ID `json:"holder,omitempty"`
}

// A Subscription is how many licences of a product an account has, and how many are in use.
type Subscription struct {
	Product string `json:"product"`
	Total   int    `json:"total"`
	Used    int    `json:"used"`
}

// A Role is an entry of an account's role catalogue.
type Role struct {
	Name string `json:"name"`
	// About says in a line what the role is for.
	About string `json:"about,omitempty"`
	// GrantedBy says who alone may hand the role out.
	GrantedBy Granter `json:"granted_by,omitempty"`
}

// A Granter says who may give somebody a role, and take it away. The zero
// value is everybody who manages the account.
type Granter string

// Those who alone may hand out a role. A host always may, and a sync never.
const (
	ByAccountAdmins Granter = "account_admin"
	ByPartners      Granter = "partner"
)

// Known reports whether g is one of those usher knows.
func (g Granter) Known() bool { return g == "" || g == ByAccountAdmins || g == ByPartners }

// A Unit is a place in an account's org-unit tree.
type Unit struct {
	// Path names the unit and everything above it, from the root: "Acme/Sales/North".
	Path string `json:"path"`
}

// A PBX is a telephone system of an account.
type PBX struct {
	Name string `json:"id"`
	// Group is shared by the systems whose internal numbers must differ.
	Group string `json:"group,omitempty"`
	// Ranges are the short numbers its lines may have: "1000-1999", or one, "#1".
	// A system without ranges may have any.
	Ranges []string `json:"ranges,omitempty"`
}

// An ImportState says how far an import has come. The zero value is invalid.
type ImportState string

// The states of an import.
const (
	ImportRunning ImportState = "running"
	ImportDone    ImportState = "done"
	ImportUndone  ImportState = "undone" // by a later import, or by one that is on its way
	// ImportInterrupted is never stored. It is what is shown of an import that is
	// running by its record and whose record was last written more than 60 s ago.
	ImportInterrupted ImportState = "interrupted"
)

// An Import is one commit of a preview: who did what, when, and how far it came.
type Import struct {
	Label    string `json:"label,omitempty"`
	Template string `json:"template"`
	Actor    string `json:"actor"`
	// Mode is what its rows could do about known and unknown people: "create".
	Mode  string      `json:"mode,omitempty"`
	State ImportState `json:"state"`
	// Digest is of the document that was committed. Another under the same id is refused.
	Digest string `json:"digest,omitempty"`
	// Read is the digest of the tables as they were read, where a person corrected them.
	Read string `json:"read,omitempty"`
	// Once keeps the account from importing the document again: while the
	// import is not undone or pruned, it holds [SpaceDocument] by both digests.
	Once bool `json:"once,omitempty"`
	// Undoes is the import that this one takes back.
	Undoes ID `json:"undoes,omitempty"`
	// UndoneBy is the undoing that took this import back, or is about to.
	UndoneBy ID `json:"undone_by,omitempty"`
	// Continues is the undoing of the same import whose rest this one is.
	Continues ID `json:"continues,omitempty"`
	// Sensitive are the fields that came from columns whose text is nobody's business.
	Sensitive []string `json:"sensitive,omitempty"`
	// First says that the account had no active Account Admin when the import
	// began, so that taking it back may leave none.
	First bool `json:"first,omitempty"`
	// Pruned says that the journal was thrown away: the import has no report and cannot be undone.
	Pruned bool `json:"pruned,omitempty"`
	// Counts are rows by outcome, complete when the state is done.
	Counts map[string]int `json:"counts,omitempty"`
	Rows   int            `json:"rows,omitempty"`
}

func (*Account) kind() Kind      { return KindAccount }
func (*Line) kind() Kind         { return KindLine }
func (*Subscription) kind() Kind { return KindSubscription }
func (*Role) kind() Kind         { return KindRole }
func (*Unit) kind() Kind         { return KindUnit }
func (*PBX) kind() Kind          { return KindPBX }
func (*Import) kind() Kind       { return KindImport }

func copyOf[T any](p *T) *T { c := *p; return &c }

func (a *Account) clone() Data      { return copyOf(a) }
func (l *Line) clone() Data         { return copyOf(l) }
func (s *Subscription) clone() Data { return copyOf(s) }
func (r *Role) clone() Data         { return copyOf(r) }
func (u *Unit) clone() Data         { return copyOf(u) }
func (p *PBX) clone() Data {
	c := copyOf(p)
	c.Ranges = slices.Clone(p.Ranges)
	return c
}
func (i *Import) clone() Data {
	c := copyOf(i)
	c.Counts, c.Sensitive = maps.Clone(i.Counts), slices.Clone(i.Sensitive)
	return c
}

func (a *Account) index(h Head, x *Index) {
	x.link(h, linkPartner, yesNo(a.Partner))
	x.Sort, x.Search = Fold(a.Name), Fold(a.Name)
}

func (l *Line) index(h Head, x *Index) {
	x.key(h, SpaceLine, keyvalue.Line(l.PBX, l.Short))
	if l.Internal != "" {
		group := l.Group
		if group == "" {
			group = l.PBX
		}
		x.key(h, SpaceInternal, keyvalue.Line(group, l.Internal))
	}
	x.key(h, SpaceNumber, l.Number)
	x.link(h, LinkHolder, string(l.Holder))
	x.Sort = Fold(keyvalue.Line(l.PBX, l.Short))
	x.Search = Fold(l.Short + " " + l.Internal + " " + l.Number)
}

func (s *Subscription) index(h Head, x *Index) {
	x.key(h, SpaceProduct, s.Product)
	x.Sort = Fold(s.Product)
}

func (r *Role) index(h Head, x *Index) {
	x.key(h, SpaceRole, r.Name)
	x.Sort, x.Search = Fold(r.Name), Fold(r.Name)
}

func (u *Unit) index(h Head, x *Index) {
	x.key(h, SpaceUnit, u.Path)
	x.Sort, x.Search = Fold(u.Path), Fold(u.Path)
}

func (p *PBX) index(h Head, x *Index) {
	x.key(h, SpacePBX, p.Name)
	x.Sort = Fold(p.Name)
}

func (i *Import) index(h Head, x *Index) {
	x.link(h, LinkTemplate, i.Template)
	x.link(h, LinkByHand, yesNo(i.Template == TemplateHand))
	if i.Once && i.State != ImportUndone && !i.Pruned {
		x.key(h, SpaceDocument, keyvalue.Document(i.Template, i.Digest))
		if i.Read != "" && i.Read != i.Digest {
			x.key(h, SpaceDocument, keyvalue.Document(i.Template, i.Read))
		}
	}
	x.Sort = h.Created.UTC().Format("2006-01-02T15:04:05.000Z")
	x.Search = Fold(i.Label)
}

// sortedSet is s in order without repeats.
func sortedSet(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return slices.Compact(s)
}
