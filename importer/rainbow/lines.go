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

// Options say what the template must know of the account. The zero value and nil mean the defaults.
type Options struct {
	// PBXs are the account's systems by id, with the group within which internal
	// numbers must differ; a system without a group is one of its own. Another id
	// is "pbx.unknown". An account that lists none takes any well-formed id.
	PBXs map[string]string
	// Plan says which short numbers a PBX may have ("line.range"). Without one it may have any.
	Plan *extensions.Plan
	// Normalizer reads public numbers. Without one they must be in E.164, with their plus sign.
	Normalizer extensions.Normalizer
	// Region is the country of two letters by which the Normalizer reads national numbers; it may be empty.
	Region string
	// Many lets a person hold several lines of one PBX: attach adds one. Without
	// it attach moves the person to the line, so that two people can swap.
	Many bool
}

// Lines is the template. Its one mode is update: it makes no people. The same
// data is refused a second time.
//
// What the product's documents leave open is our policy. A person has one line
// of a PBX, unless [Options.Many]. A blank internal number is the short one of a
// line that is new; one that is there keeps what it has, as with a blank public
// number and a column that the file does not have. One line that two rows
// want is an error in both, also where one of them is force_attach, which
// overrules who holds the line and no other row. A force takes a line whole:
// who holds it by its internal or its public number loses it as well.
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
		Tables:       []importer.Table{{Name: "Lines", Columns: l.columns(opts), Preamble: preamble(), Draft: l.draft, Unfold: l.unfold}},
	}
}

// lines is what a row must know to be read.
type lines struct {
	pbxs map[string]system // by folded id
	plan *extensions.Plan
	many bool
}

type system struct{ id, group string }

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

// attach asks for the line by its three keys, the short number first: it says which line is meant.
func (l *lines) attach(r importer.Row, d *importer.Draft, claim, claimNew func(users.Space, string)) {
	for _, f := range []string{"pbx_id", "pbx_short_number"} {
		if r.Blank(f) {
			d.Error(f, "line.missing")
		}
	}
	pbx, known := l.system(r, d)
	if known && !l.many {
		d.ReleaseWhere(users.KindLine, "pbx", pbx.id)
		l.once(r, d, pbx)
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
	d.Want("line.pbx", pbx.id)
	d.Want("line.short", short)
	d.Want("line.group", pbx.group)
	if n := r.Value("number"); n != "" {
		d.Want("line.number", n)
	}
}

// system is the PBX of the row, if it may be one.
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

// once: a person has one row for each PBX.
func (l *lines) once(r importer.Row, d *importer.Draft, pbx system) {
	if login := r.Value("login_email"); login != "" {
		d.Exclusive("login_email", login+" "+pbx.id)
	}
}
