package ocm

import (
	"context"
	"fmt"
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/roles"
	"github.com/usher-go/usher/users"
)

// Name is the template's name.
const Name = "ocm"

// The names of the tables, after the product's files.
const (
	UserDetails         = "UserDetails"
	FeatureDetails      = "FeatureDetails"
	ChannelCountDetails = "ChannelCountDetails"
)

// The values of Profile, as [users.ContactCentre] keeps them.
const (
	Agent      = "Agent"
	Supervisor = "Supervisor"
)

// Options say what the template must know of the account, and how strict it is.
// The zero value and nil mean the defaults; what is not listed does not exist.
type Options struct {
	// Tree is the account's org units. An Agent's is one at its lowest level.
	Tree *roles.Tree
	// Roles are the names of the account's catalogue. [users.RoleAdmin] and
	// [users.RolePartner] are none of them.
	Roles []string
	// Features are those there are. None listed takes any (our policy).
	Features []string
	// Signs are characters that a LAN ID and an Agent ID may hold beside the
	// letters A to Z and digits: "._-".
	Signs string
	// OtherAgentID lets an Agent ID differ from the LAN ID, with a warning.
	OtherAgentID bool
	// Blank is what a blank cell does to somebody who exists, where it may be blank
	// about somebody new: Access Role, CRM Name, the greeting, and the Supervisor of
	// a Supervisor. The default keeps what there is, as every other blank cell does.
	Blank importer.BlankPolicy
	// Strict keeps to what the product documents: all three files and all columns
	// must be there, a supervisor must exist already and be named in every row, an
	// Agent ID must be given, and the only mode is create.
	Strict bool
}

// Read finds out what the account has: its org units, in a tree of as many levels
// as it says (four if it does not), and the roles of its catalogue. An account out of reach has none.
func Read(ctx context.Context, dir *users.Directory, account users.AccountID) (*Options, error) {
	tree, err := roles.ReadTree(ctx, dir, account, nil)
	if err != nil {
		return nil, fmt.Errorf("ocm: %w", err)
	}
	catalogue, err := dir.Roles(ctx, account)
	if err != nil {
		return nil, fmt.Errorf("ocm: roles: %w", err)
	}
	o := &Options{Tree: tree}
	for _, r := range catalogue {
		o.Roles = append(o.Roles, r.Name)
	}
	return o, nil
}

// Users is the template. Its modes are create, as in the product, update and
// upsert, which the product does not have.
//
// What its documents leave open is our policy. A supervisor may stand in the same
// file, and may be blank for a Supervisor; a blank Agent ID is the LAN ID; a
// LAN ID that stands twice in UserDetails is an error in both rows. Role may name several,
// separated by commas; whether somebody administers the account is no role here.
// The columns of the two other files are ours. Their rows are about people of
// UserDetails or of the account; a feature or a channel of a person stands in
// one row; what no row names stays as it is. A line that begins with # is a
// comment. A file that is missing is a warning.
func Users(opts *Options) *importer.Template {
	o := Options{}
	if opts != nil {
		o = *opts
	}
	t := &template{Options: o, tree: o.Tree, catalogue: roles.NewCatalogue(slices.DeleteFunc(slices.Clone(o.Roles), own)...), features: slices.Sorted(slices.Values(o.Features))}
	if t.tree == nil {
		t.tree, _ = roles.NewTree(nil, nil)
	}
	missing, modes := formats.Warning, []importer.Mode{importer.ModeCreate, importer.ModeUpdate, importer.ModeUpsert}
	if o.Strict {
		missing, modes = formats.Error, modes[:1]
	}
	return &importer.Template{
		Name:    Name,
		Modes:   modes,
		Comment: '#',
		Tables: []importer.Table{
			{Name: UserDetails, Columns: t.userColumns(), Preamble: userPreamble(), Draft: t.user, Missing: missing},
			{Name: FeatureDetails, Columns: t.featureColumns(), Preamble: featurePreamble(), Draft: t.feature, Missing: missing, Unfold: featuresOf},
			{Name: ChannelCountDetails, Columns: t.channelColumns(), Preamble: channelPreamble(), Draft: t.channel, Missing: missing, Unfold: channelsOf},
		},
	}
}

// own reports whether a role is usher's own, however it is written.
func own(role string) bool {
	f := users.Fold(role)
	return f == users.RoleAdmin || f == users.RolePartner
}

// template is what a row must know to be read.
type template struct {
	Options
	tree      *roles.Tree
	catalogue *roles.Catalogue
	features  []string // sorted
}
