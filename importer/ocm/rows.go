package ocm

import (
	"maps"
	"slices"
	"strconv"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/spreadsheet"
	"github.com/usher-go/usher/users"
)

// user is the Draft function of UserDetails.
func (t *template) user(r importer.Row, d *importer.Draft) {
	lan := r.Value("lan_id")
	d.About(users.SpaceLANID, lan)
	d.Claim(users.SpaceLANID, lan)
	d.Claim(users.SpaceStation, r.Value("pbx_id"))

	for _, f := range []string{"first_name", "last_name", "pbx_id", "profile", "org_unit", "role"} {
		if r.Blank(f) {
			d.ErrorIfCreating(f, f+".missing")
		}
	}

	for _, f := range []string{"first_name", "last_name", "access_role", "crm_name", "text_chat_greeting_template_name"} {
		d.WantCell(f)
		if spreadsheet.IsFormula(r.Value(f)) {
			d.Warn(f, "text.formula")
		}
	}

	d.WantCell("profile")
	d.WantCell("role")
	t.agentID(r, d, lan)
	t.supervisor(r, d)
	t.unit(r, d)
}

// agentID reads the Agent ID, which is the LAN ID unless [Options.OtherAgentID].
func (t *template) agentID(r importer.Row, d *importer.Draft, lan string) {
	agent := r.Value("agent_id")
	switch {
	case !r.Blank("agent_id"):
		if agent != "" && lan != "" && users.Fold(agent) != users.Fold(lan) {
			d.Problem("agent_id", users.Problem{Code: "agent_id.differs", Warning: t.OtherAgentID, Fix: lan, Args: map[string]string{"lan_id": lan}})
		}
		d.WantCell("agent_id")
	case t.Strict:
		d.ErrorIfCreating("agent_id", "agent_id.missing")
	default:
		d.WantIfCreating("agent_id", lan)
	}
}

// supervisor reads the supervisor. It may be blank for a Supervisor, unless
// [Options.Strict].
func (t *template) supervisor(r importer.Row, d *importer.Draft) {
	switch {
	case r.Blank("supervisor") && (t.Strict || r.Value("profile") != Supervisor && !r.Bad("profile")):
		d.ErrorIfCreating("supervisor", "supervisor.missing")
		if r.Value("profile") == Agent {
			// A Supervisor who becomes an Agent needs a supervisor from then on.
			d.ErrorIf(func(was func(string) string) bool { return was("profile") != Agent && was("supervisor") == "" }, "supervisor", "supervisor.missing")
		}
	case t.Strict:
		d.ReferStored("supervisor", users.SpaceLANID, r.Value("supervisor"))
	default:
		d.ReferCell("supervisor", users.SpaceLANID)
	}
}

// unit reads the org unit. The unit of an Agent must be at the lowest level, also if
// the row sets only the unit or only the profile. An Agent who already is in
// another unit may stay there.
func (t *template) unit(r importer.Row, d *importer.Draft) {
	d.ReferCell("org_unit", users.SpaceUnit)
	path, profile := r.Value("org_unit"), r.Value("profile")
	moves := func(was func(string) string) bool { return t.tree.Path(users.ID(was("org_unit"))) != path }
	level := func(path string) []string {
		return []string{"level", strconv.Itoa(t.tree.Level(path)), "want", strconv.Itoa(t.tree.Levels())}
	}

	switch {
	case path != "" && profile == Agent && !t.tree.Lowest(path):
		d.ErrorIfCreating("org_unit", "org_unit.level", level(path)...)
		d.ErrorIf(func(was func(string) string) bool { return was("profile") != Agent || moves(was) }, "org_unit", "org_unit.level", level(path)...)
	case path != "" && r.Blank("profile") && !t.tree.Lowest(path):
		d.ErrorIf(func(was func(string) string) bool { return was("profile") == Agent && moves(was) }, "org_unit", "org_unit.level", level(path)...)
	case r.Blank("org_unit") && profile == Agent:
		d.ErrorIf(func(was func(string) string) bool {
			path := t.tree.Path(users.ID(was("org_unit")))
			return was("profile") != Agent && path != "" && !t.tree.Lowest(path)
		}, "profile", "org_unit.level")
	}
}

// feature is the Draft function of FeatureDetails.
func (t *template) feature(r importer.Row, d *importer.Draft) {
	wantDetail(r, d, "feature", "feature."+r.Value("feature"), r.Value("enabled"))
}

// channel is the Draft function of ChannelCountDetails.
func (t *template) channel(r importer.Row, d *importer.Draft) {
	wantDetail(r, d, "channel", "channel."+r.Value("channel"), r.Value("count"))
}

// wantDetail wants one of many fields of a person, such as "channel.voice". No other
// row may set the same one.
func wantDetail(r importer.Row, d *importer.Draft, column, field, value string) {
	lan := r.Value("lan_id")
	d.About(users.SpaceLANID, lan)
	if lan == "" || r.Value(column) == "" {
		return
	}

	d.Exclusive(column, lan+" "+field)
	if value != "" {
		d.Want(field, value)
	}
}

// featuresOf returns the rows of FeatureDetails about a stored person.
func featuresOf(r users.Record, _ []users.Record) []map[string]string {
	return unfold(r, func(c *users.ContactCentre) []string { return slices.Sorted(maps.Keys(c.Features)) }, "feature", "enabled")
}

// channelsOf returns the rows of ChannelCountDetails about a stored person.
func channelsOf(r users.Record, _ []users.Record) []map[string]string {
	return unfold(r, func(c *users.ContactCentre) []string { return slices.Sorted(maps.Keys(c.Channels)) }, "channel", "count")
}

// unfold returns one row for each name. column and value are the fields of the name
// and of its value.
func unfold(r users.Record, names func(*users.ContactCentre) []string, column, value string) []map[string]string {
	var out []map[string]string
	if p, ok := r.Data.(*users.Profile); ok && p.ContactCentre != nil {
		for _, n := range names(p.ContactCentre) {
			out = append(out, map[string]string{column: n, value: r.Field(column + "." + n)})
		}
	}
	return out
}
