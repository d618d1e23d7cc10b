package rainbow

import (
	"maps"
	"slices"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/keyvalue"
	"github.com/usher-go/usher/users"
)

// NameLines is the template's name.
const NameLines = "rainbow-lines"

// Options describe the account to the template. The zero value and nil mean the
// defaults.
type Options struct {
	// PBXs has the group of each PBX of the account, by the id of the PBX. Internal
	// numbers must differ within a group; a PBX with an empty group is a group of its
	// own. An id that is not listed is "pbx.unknown". An empty map allows any
	// well-formed id.
	PBXs map[string]string
	// Plan has the short numbers that each PBX may have ("line.range"). Nil allows any.
	Plan *extensions.Plan
	// Normalizer reads public numbers. Without one they must be in E.164 with the
	// plus sign: +33123456789.
	Normalizer extensions.Normalizer
	// Region is the country by which the Normalizer reads national numbers: two
	// letters, such as "FR", or "".
	Region string
	// Many allows a person several lines of one PBX: attach adds a line. Without it
	// attach replaces the person's line, so that two people can swap.
	Many bool
}

// Lines returns the template. Its only mode is update: it creates no people. It
// refuses the same data a second time. opts may be nil.
//
// Where the product's documents say nothing, these rules are our policy:
//
//   - A person has one line of a PBX, unless [Options.Many].
//   - A blank internal number means the short number for a new line. An existing
//     line keeps its internal number.
//   - A blank public number, or a column that the file does not have, keeps what the
//     line has.
//   - One line in two rows is an error in both. force_attach overrules the holder of
//     the line in the store, and no other row.
//   - force_attach takes the whole line: a holder known by its internal or public
//     number loses it as well.
func Lines(opts *Options) *importer.Template {
	l := lines{pbxs: map[string]system{}}
	if opts != nil {
		l.many, l.plan = opts.Many, opts.Plan
		for _, id := range slices.Sorted(maps.Keys(opts.PBXs)) {
			l.pbxs[users.SpacePBX.Fold(id)] = system{id, opts.PBXs[id]}
		}
	}

	return &importer.Template{
		Name:         NameLines,
		Modes:        []importer.Mode{importer.ModeUpdate},
		Repeats:      true,
		Comment:      '%',
		Delimiter:    ';',
		RefuseReplay: true,
		Tables:       []importer.Table{{Name: "Lines", Columns: l.columns(opts), Preamble: preamble(), Examples: examples(), Draft: l.draft, Unfold: l.unfold}},
	}
}

// lines has what the Draft function needs besides the row.
type lines struct {
	pbxs map[string]system // by folded id
	plan *extensions.Plan
	many bool
}

// system is a PBX.
type system struct{ id, group string }

// draft reads one row, by its action.
func (l *lines) draft(r importer.Row, d *importer.Draft) {
	d.About(users.SpaceEmail, r.Value("login_email"))
	switch r.Value("action") {
	case "attach":
		l.attach(r, d, d.Claim, d.ClaimIfCreating)
	case "force_attach":
		l.attach(r, d, d.Take, d.TakeIfCreating)
	case "detach":
		for _, f := range []string{"pbx_id", "pbx_short_number", "pbx_internal_number", "number"} {
			d.Ignore(f)
		}
		d.Release(users.KindLine)
		d.OneRowPerPerson()
	}
}

// attach claims the line by its three keys. The short number comes first, because
// the first key says which line is meant. claim and claimNew are those of attach or
// force_attach.
func (l *lines) attach(r importer.Row, d *importer.Draft, claim, claimNew func(users.Space, string)) {
	for _, f := range []string{"pbx_id", "pbx_short_number"} {
		if r.Blank(f) {
			d.Error(f, "line.missing")
		}
	}

	pbx, known := l.system(r, d)
	if known && !l.many {
		d.ReleaseWhere(users.KindLine, "pbx", pbx.id)
		l.oneRowPerPBX(r, d, pbx)
	}

	short := r.Value("pbx_short_number")
	if !known || short == "" {
		return
	}
	for _, bad := range l.plan.Check(pbx.id, short) {
		d.Problem("pbx_short_number", bad)
	}

	group := pbx.group
	if group == "" {
		group = pbx.id
	}

	claim(users.SpaceLine, keyvalue.Line(pbx.id, short))
	switch internal := r.Value("pbx_internal_number"); {
	case internal != "":
		claim(users.SpaceInternal, keyvalue.Line(group, internal))
		d.Want("line.internal", internal)
	case r.Blank("pbx_internal_number"):
		claimNew(users.SpaceInternal, keyvalue.Line(group, short))
		d.WantIfCreating("line.internal", short)
	}
	claim(users.SpaceNumber, r.Value("number"))

	// A claim says who holds a key, and a want says what the line has as its value.
	d.Want("line.pbx", pbx.id)
	d.Want("line.short", short)
	d.Want("line.group", pbx.group)
	if n := r.Value("number"); n != "" {
		d.Want("line.number", n)
	}
}

// system returns the PBX of the row. It returns false if the cell is blank or bad. It
// also returns false, and adds an error, if the account does not have the PBX.
func (l *lines) system(r importer.Row, d *importer.Draft) (system, bool) {
	id := r.Value("pbx_id")
	if id == "" {
		return system{}, false
	}
	if len(l.pbxs) == 0 {
		return system{id: id}, true
	}

	s, known := l.pbxs[users.SpacePBX.Fold(id)]
	if !known {
		d.Error("pbx_id", "pbx.unknown")
	}
	return s, known
}

// oneRowPerPBX says that no other row may be about the same person and PBX.
func (l *lines) oneRowPerPBX(r importer.Row, d *importer.Draft, pbx system) {
	if login := r.Value("login_email"); login != "" {
		d.Exclusive("login_email", login+" "+pbx.id)
	}
}
