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

// Options describe the account to the template, and how strict it is. The zero
// value and nil mean the defaults. An org unit or role that is not listed does not
// exist.
type Options struct {
	// Tree has the account's org units. The unit of an Agent must be at its lowest
	// level.
	Tree *roles.Tree
	// Roles has the names of the account's catalogue. [users.RoleAdmin] and
	// [users.RolePartner] are ignored.
	Roles []string
	// Features has the names of the features. An empty list allows any (our policy).
	Features []string
	// Signs has the characters that a LAN ID and an Agent ID may have besides the
	// letters A to Z and digits, such as "._-".
	Signs string
	// OtherAgentID allows an Agent ID that differs from the LAN ID, with a warning.
	OtherAgentID bool
	// Blank says what a blank cell does to an existing person in the columns that
	// may be blank for a new one: Access Role, CRM Name, the greeting, and the
	// Supervisor of a Supervisor. The default keeps the stored value, as blank cells
	// of the other columns always do.
	Blank importer.BlankPolicy
	// Strict follows the product's documents. All three files and all columns are
	// required. Every row has an Agent ID and names a supervisor who exists already. Org
	// unit and role are written exactly as in the account. The only mode is create.
	Strict bool
}

// Read returns options with the org units and the catalogue's roles of an account.
// The tree has the account's number of levels, or four by default. An account out
// of reach has neither units nor roles. The error is one of the directory.
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

// Users returns the template. Its modes are create, as in the product, update and
// upsert, which the product does not have. opts may be nil.
//
// Where the product's documents say nothing, these rules are our policy:
//
//   - A supervisor may be a row of the same file, and may be blank for a Supervisor.
//   - A blank Agent ID means the LAN ID.
//   - A LAN ID in two rows of UserDetails is an error in both.
//   - Role may name several roles, separated by commas. The administration of the
//     account is not one of these roles.
//   - The columns of the two other files are ours. Their rows are about people of
//     UserDetails or of the account. A feature or a channel of a person may be in
//     one row only, and those that no row names stay as they are.
//   - A line that begins with # is a comment.
//   - A missing file is a warning.
func Users(opts *Options) *importer.Template {
	o := Options{}
	if opts != nil {
		o = *opts
	}

	t := &template{Options: o, tree: o.Tree, catalogue: roles.NewCatalogue(slices.DeleteFunc(slices.Clone(o.Roles), isBuiltIn)...), features: slices.Sorted(slices.Values(o.Features))}
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
			{Name: UserDetails, Columns: t.userColumns(), Preamble: userPreamble(), Examples: t.userExamples(), Draft: t.user, Missing: missing},
			{Name: FeatureDetails, Columns: t.featureColumns(), Preamble: featurePreamble(), Examples: t.featureExamples(), Draft: t.feature, Missing: missing, Unfold: featuresOf},
			{Name: ChannelCountDetails, Columns: t.channelColumns(), Preamble: channelPreamble(), Examples: channelExamples(), Draft: t.channel, Missing: missing, Unfold: channelsOf},
		},
	}
}

// isBuiltIn reports whether a role is one of usher's own, in any letter case.
func isBuiltIn(role string) bool {
	f := users.Fold(role)
	return f == users.RoleAdmin || f == users.RolePartner
}

// template has what the Draft functions need besides the row.
type template struct {
	Options
	tree      *roles.Tree
	catalogue *roles.Catalogue
	features  []string // sorted
}
