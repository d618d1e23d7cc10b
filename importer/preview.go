package importer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// An Importer turns tables into previews. Several goroutines may use it at once.
type Importer struct {
	dir  *users.Directory
	tpl  *Template
	opts Options
}

// New returns an importer of files of the template, through the directory. opts
// may be nil.
func New(dir *users.Directory, tpl *Template, opts *Options) *Importer {
	im := &Importer{dir: dir, tpl: tpl}
	if opts != nil {
		im.opts = *opts
	}
	return im
}

// Preview returns what the tables would do. It writes nothing.
//
// Tables may come in any order: each is recognised by its headings. The error is
// a [*formats.Refusal] for a table that the Template cannot read
// ("header.missing", "header.duplicate", "file.no_rows"). Otherwise it is one of the
// package's errors, [ErrTemplate] from [Template.Check] first, or an error of the
// directory. A row with an error is no error of Preview: it has findings.
func (im *Importer) Preview(ctx context.Context, tables ...*formats.Table) (*Preview, error) {
	if err := im.check(); err != nil {
		return nil, err
	}
	opts, err := im.checkOptions(ctx)
	if err != nil {
		return nil, err
	}
	doc := opts.document
	opts.document = nil
	var readings []gridReading
	if doc != nil {
		readings = doc.readings
	}
	g, err := newGrid(im.tpl, tables, opts.Map, readings)
	if err != nil {
		return nil, im.ofOther(tables, err)
	}
	if doc != nil {
		if g, err = g.correct(doc.edits); err != nil {
			return nil, noDocument(err)
		}
	}
	p := &Preview{plan: newPlan(im.dir, im.tpl, opts, g)}

	// A document was checked when it was first a preview.
	if im.tpl.RefuseReplay && !opts.AllowReplay && opts.Resume == "" && doc == nil {
		if err := p.replayed(ctx, p.readDigest()); err != nil {
			return nil, err
		}
	}
	// The work of the resumed import must be known before rows are decided.
	if opts.Resume != "" {
		if err := p.resume(ctx, opts.Resume, doc != nil); err != nil {
			return nil, err
		}
	}
	if err := p.build(ctx); err != nil {
		return nil, err
	}

	if doc != nil {
		p.id = doc.id
		if err := p.markStale(doc); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// ofOther returns the refusal of a file that lacks headings. It names the template of
// [Options.Others] whose headings the file has.
func (im *Importer) ofOther(tables []*formats.Table, err error) error {
	var r *formats.Refusal
	if !errors.As(err, &r) || r.Code != "header.missing" {
		return err
	}
	for _, other := range im.opts.Others {
		if other.Name == im.tpl.Name {
			continue
		}
		if _, bad := newGrid(other, tables, nil, nil); bad == nil {
			is := formats.Refuse("header.template", "template", other.Name, "want", im.tpl.Name)
			is.Row, is.File = r.Row, r.File
			return is
		}
	}
	return err
}

// checkOptions returns the options with the mode and the account that they mean.
func (im *Importer) checkOptions(ctx context.Context) (Options, error) {
	opts := im.opts
	if opts.Mode == "" {
		opts.Mode = im.tpl.modes()[0]
	}
	if !slices.Contains(im.tpl.modes(), opts.Mode) {
		return opts, fmt.Errorf("%w: %s", ErrMode, opts.Mode)
	}

	account, err := im.account(ctx)
	opts.Account = account
	return opts, err
}

// ID returns the id of the import that the preview will become:
// [Options.Resume], or a new id. A preview that was committed and then edited
// becomes another import with another id.
func (p *Preview) ID() users.ID {
	if p.id == "" {
		p.id = cmp.Or(p.opts.Resume, p.dir.NewID())
	}
	return p.id
}

// resume reads the work that an import has done. The plan then sees the store as
// it was before that work. An import of which nothing was written yet begins, under
// that id; begun says that there must be one.
func (p *Preview) resume(ctx context.Context, id users.ID, begun bool) error {
	p.own = newOwnWork()
	rec, err := p.dir.Get(ctx, id)
	imp, isImport := rec.Data.(*users.Import)
	switch {
	case errors.Is(err, users.ErrNotFound) && !begun:
		return nil
	case err != nil:
	case !isImport || rec.Account != p.account:
		err = users.ErrNotFound
	default:
		if imp.Digest != "" && cmp.Or(imp.Read, imp.Digest) != p.readDigest() {
			err = users.ErrDigest
		}
	}
	if err != nil {
		return fmt.Errorf("importer: resume: %w", err)
	}

	for e, err := range p.dir.Journal(ctx, id, 0) {
		if err != nil {
			return fmt.Errorf("importer: resume: %w", err)
		}
		for _, i := range e.Images {
			p.own.add(i)
		}
	}
	return nil
}

// account returns the account of the rows: that of the options, or the only one
// that the actor reaches.
func (im *Importer) account(ctx context.Context) (users.AccountID, error) {
	scope, err := im.dir.Scope(ctx)
	if err != nil {
		return "", err
	}
	a := im.opts.Account
	if a == "" && !scope.All && len(scope.Accounts) == 1 {
		a = scope.Accounts[0]
	}

	switch {
	case a == "":
		return "", ErrAccount
	case !scope.Has(a):
		return "", fmt.Errorf("importer: account: %w", users.ErrNotFound)
	}
	return a, nil
}

// A Preview says for each row what a file would do to an account, and lets a
// person correct it. Only one goroutine at a time may use it.
type Preview struct {
	*plan
	id        users.ID          // of the import, or "" until it is needed
	committed bool              // under that id
	asRead    string            // the digest of the tables as read, or "" until it is needed
	unseen    map[uint32]uint64 // stale rows, with the fingerprint of what was shown
	merged    merged            // files that were merged
}

// A plan is what the engine decides about every row of a file: its cells, the
// keys at which rows meet, what the store said of them, and a decision for each
// row. A Preview shows one to a person; a commit makes another on fresh facts.
type plan struct {
	dir     *users.Directory
	tpl     *Template
	opts    Options // Account and Mode are set
	account users.AccountID
	undo    *undoing // the import that is taken back, or nil
	veil    veil     // the sensitive fields
	own     *ownWork // of the import that is being committed or resumed, or nil

	grid      *grid
	keys      *keyTable
	facts     *facts
	state     []rowState
	tally     tally
	lowered   map[int32]int // how many rows take the rights of each admin
	domains   []*columnDomains
	giving    map[int32]bool  // stored people to whom a row gives a key
	referring map[string]bool // the fields by which rows refer
	panicked  map[uint32]bool // rows on which the Template panicked

	actor  users.Actor // with the roles of the account's catalogue, once bound
	grants bool        // a row may give or take roles
	bound  bool        // the catalogue was read
	asked  bool        // the admin key was needed

	// Answers that are remembered until the next edit.
	large   []formats.Finding  // rows that the store cannot do together
	sized   bool               // large is known
	groups  map[groupKey]group // the rows at a key
	circles map[uint32]string  // the names of the rows of a circle, by each of its rows

	turn  *turn   // the row that was read last
	chain []int32 // reused memory

	redecided int // rows decided since the count was reset, for tests
}

// newPlan returns a plan of the grid's rows without decisions. opts must name
// the account and the mode.
func newPlan(dir *users.Directory, tpl *Template, opts Options, g *grid) *plan {
	p := &plan{dir: dir, tpl: tpl, opts: opts, account: opts.Account, undo: opts.undo, grid: g}
	p.veil = veil{p.sensitiveFields()}
	return p
}

// rowState keeps the decision about a row. It is small, because a preview keeps
// one for every row of the file.
type rowState struct {
	nodes      uint32 // list of its entries in the chains of its keys
	rec        int32  // the person in the store, or -1
	print      uint64 // fingerprint of the decision
	action     Action
	makes      bool     // the row creates the person it is about
	repeat     bool     // the row repeats an earlier one
	successor  bool     // some row that makes an admin must happen
	supervises bool     // the row deletes a supervisor of others
	lowers     bool     // the row deletes a person, or takes an admin's rights
	blocked    bool     // a row that it needs does not happen
	cycle      bool     // its references form a circle
	doomed     uint32   // a contested key that it depends on, or none
	cause      uint32   // the row that blocks it, or none
	more       *rowMore // nil for most rows
}

// rowMore is the part of a decision that only some rows have.
type rowMore struct {
	needs []uint32 // rows that must happen first
	refs  []uint32 // rows that its references lead to, those of needs and those that change a stored person's reference
	notes []note
	maker uint32 // the row that creates the person, or none
}

// newRowState is the state of a row that is not decided.
var newRowState = rowState{nodes: none, rec: -1, doomed: none, cause: none}

// nothingMore is shared by all rows without a rowMore.
var nothingMore = rowMore{maker: none}

// extra returns the row's rowMore, empty if it has none. It must not be changed.
func (s *rowState) extra() *rowMore {
	if s.more == nil {
		return &nothingMore
	}
	return s.more
}

// build reads, looks up, places and decides every row. Each step needs the step
// before it for all rows: a row is decided by what all rows say of its keys.
func (p *plan) build(ctx context.Context) error {
	n := len(p.grid.rows)
	p.keys = newKeyTable(n)
	p.facts = newFacts(p.dir, p.account, p.keys, p.own, p.veil)
	p.state = slices.Repeat([]rowState{newRowState}, n)
	p.tally = newTally()
	p.lowered = map[int32]int{}
	p.giving, p.referring = map[int32]bool{}, map[string]bool{}
	p.actor, p.grants, p.bound = p.asUndoing(p.dir.Actor()), false, false

	var unasked []uint32
	p.domains = p.newDomains()
	rows := until(ctx, p.grid.ordered)
	for r := range rows {
		t := p.read(r)
		t.noteDomains()
		unasked = t.unasked(unasked)
	}
	if err := p.lookUp(ctx, unasked, rows); err != nil {
		return fmt.Errorf("importer: preview: %w", err)
	}

	for r := range rows {
		p.read(r).place(func(uint32) {})
	}

	var check []uint32
	for r := range rows {
		p.redecide(r)
		if s := &p.state[r]; s.more != nil || s.successor || s.doomed != none || s.action == ActionError {
			check = append(check, r)
		}
	}
	// The loops above end early when the context is done; see until.
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("importer: preview: %w", err)
	}
	p.propagate(check)
	p.redecided = 0
	return nil
}

// until ends a sequence when the context is done. It checks every 256 rows. The
// caller must check the context after its loop.
func until(ctx context.Context, rows iter.Seq[uint32]) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		i := 0
		for r := range rows {
			i++
			if i%256 == 0 && ctx.Err() != nil || !yield(r) {
				return
			}
		}
	}
}

// redecide decides a row again and reports whether its decision changed.
func (p *plan) redecide(row uint32) bool {
	p.redecided++
	t := p.decided(row)
	v, s := &t.verdict, &p.state[row]

	// The tally must lose the old decision before the state is overwritten.
	p.uncount(row)
	print, old := t.print(), s.extra()
	changed := s.print != print || s.action != v.action || s.doomed != v.doomed || s.successor != v.successor || !slices.Equal(old.needs, v.needs) || !slices.Equal(old.refs, v.refs) || !sameNotes(old.notes, v.notes)

	s.supervises = len(v.led) > 0
	s.lowers = t.says.restores == nil && (v.action == ActionDelete || v.action == ActionUpdate && t.adminDelta(v.rec) < 0)
	s.print, s.action, s.doomed, s.successor, s.more = print, v.action, v.doomed, v.successor, nil
	if len(v.needs)+len(v.refs)+len(v.notes) > 0 {
		s.more = &rowMore{slices.Clone(v.needs), slices.Clone(v.refs), slices.Clone(v.notes), v.maker}
	}
	p.count(row)
	return changed
}

// sameNotes reports whether two decisions have equal notes in the same order.
func sameNotes(a, b []note) bool {
	return slices.EqualFunc(a, b, func(x, y note) bool {
		return x.code == y.code && x.column == y.column && x.key == y.key && x.severity == y.severity && x.value == y.value && slices.Equal(x.rows, y.rows) &&
			sameArgs(x.args, y.args) && (x.fix == nil) == (y.fix == nil) && (x.fix == nil || *x.fix == *y.fix)
	})
}

// sameArgs reports whether two maps are equal.
func sameArgs(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if w, ok := b[k]; !ok || w != v {
			return false
		}
	}
	return true
}
