package users

import (
	"maps"
	"slices"

	"github.com/usher-go/usher/internal/keyvalue"
)

// An Account is the account of a customer, or a partner's own.
type Account struct {
	Name string `json:"name,omitempty"`
	// Region is an ISO 3166 code of two letters by which national numbers are read. It may be empty.
	Region string `json:"region,omitempty"`
	// Levels is the number of levels of the account's org units; 0 means four.
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
	// Holder is empty if no one holds the line.
	Holder ID `json:"holder,omitempty"`
}

// A Subscription counts the licences of a product that an account has and uses.
type Subscription struct {
	Product string `json:"product"`
	Total   int    `json:"total"`
	Used    int    `json:"used"`
}

// A Role is an entry of an account's role catalogue.
type Role struct {
	Name string `json:"name"`
	// About describes the role in one line.
	About string `json:"about,omitempty"`
	// GrantedBy restricts who may grant the role.
	GrantedBy Granter `json:"granted_by,omitempty"`
}

// A Granter names the actors who may give a person a role and take it away. The zero
// value is every actor who manages the account.
type Granter string

// The Granters. A host may always grant a role, a sync never.
const (
	ByAccountAdmins Granter = "account_admin"
	ByPartners      Granter = "partner"
)

// Known reports whether g is defined. The zero value is a defined Granter.
func (g Granter) Known() bool { return g == "" || g == ByAccountAdmins || g == ByPartners }

// A Unit is a place in an account's org-unit tree.
type Unit struct {
	// Path names the unit and all units above it, from the root: "Acme/Sales/North".
	Path string `json:"path"`
}

// A PBX is a telephone system of an account.
type PBX struct {
	Name string `json:"id"`
	// Group is shared by the systems whose internal numbers must differ.
	Group string `json:"group,omitempty"`
	// Ranges are the short numbers that its lines may have: "1000-1999", or "#1" for
	// a single one. A system without ranges accepts any.
	Ranges []string `json:"ranges,omitempty"`
}

// An ImportState says how far an import has come. The zero value is invalid.
type ImportState string

// The states of an import.
const (
	ImportRunning ImportState = "running"
	ImportDone    ImportState = "done"
	ImportUndone  ImportState = "undone" // by a later import, or by one that is running
	// ImportInterrupted is an import that can go on. A commit that ends before the
	// import does writes it. It is also shown for an import whose record says running
	// and was last written more than 60 s ago: its process was killed.
	ImportInterrupted ImportState = "interrupted"
)

// An Import is one commit of a preview: its actor, its template, and how far it came.
type Import struct {
	Label    string `json:"label,omitempty"`
	Template string `json:"template"`
	Actor    string `json:"actor"`
	// Mode says what its rows may do to known and unknown people: "create".
	Mode  string      `json:"mode,omitempty"`
	State ImportState `json:"state"`
	// Digest is the digest of the document that was committed. Another document
	// under the same id is refused.
	Digest string `json:"digest,omitempty"`
	// Read is the digest of the tables as they were read, if a person corrected them.
	Read string `json:"read,omitempty"`
	// Once forbids the account to import the document again. The import holds a key
	// in [SpaceDocument] for each of its digests until it is undone or pruned.
	Once bool `json:"once,omitempty"`
	// Undoes is the import that this one undoes.
	Undoes ID `json:"undoes,omitempty"`
	// UndoneBy is the import that undid this one or is about to.
	UndoneBy ID `json:"undone_by,omitempty"`
	// Continues is the earlier undo of the same import that this one completes.
	Continues ID `json:"continues,omitempty"`
	// Sensitive are the fields whose columns hold text that must not be shown.
	Sensitive []string `json:"sensitive,omitempty"`
	// First says that the account had no active Account Admin when the import
	// began. Undoing it may leave none.
	First bool `json:"first,omitempty"`
	// Files are the names of the files that were read.
	Files []string `json:"files,omitempty"`
	// Pruned says that the journal was deleted. The import has no report and cannot
	// be undone.
	Pruned bool `json:"pruned,omitempty"`
	// Counts are the rows by outcome. They are complete when the state is done.
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
	c.Counts, c.Sensitive, c.Files = maps.Clone(i.Counts), slices.Clone(i.Sensitive), slices.Clone(i.Files)
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

// sortedSet returns a sorted copy of s without repeats.
func sortedSet(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return slices.Compact(s)
}
