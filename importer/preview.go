package importer

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// An Importer turns tables into previews. It may be used by several goroutines.
type Importer struct {
	dir  *users.Directory
	tpl  *Template
	opts Options
}

// New is an importer of files of that template, through that directory. opts may be nil.
func New(dir *users.Directory, tpl *Template, opts *Options) *Importer {
	im := &Importer{dir: dir, tpl: tpl}
	if opts != nil {
		im.opts = *opts
	}
	return im
}

// Preview says what the tables would do. It writes nothing.
//
// Tables may come in any order: each is recognised by its headings. The error
// is a [*formats.Refusal] for a table that cannot be read as the Template wants
// ("header.missing", "header.duplicate", "file.no_rows"), one of the package's
// errors, or the directory's.
func (im *Importer) Preview(ctx context.Context, tables ...*formats.Table) (*Preview, error) {
	opts := im.opts
	if opts.Mode == "" {
		opts.Mode = im.tpl.modes()[0]
	}
	if !slices.Contains(im.tpl.modes(), opts.Mode) {
		return nil, fmt.Errorf("%w: %s", ErrMode, opts.Mode)
	}
	account, err := im.account(ctx)
	if err != nil {
		return nil, err
	}
	opts.Account = account
	g, err := newGrid(im.tpl, tables, opts.Map)
	if err != nil {
		return nil, err
	}
	doc := opts.document
	opts.document = nil
	if doc != nil {
		if g, err = g.correct(doc.edits); err != nil {
			return nil, noDocument(err)
		}
	}
	p := &Preview{plan: newPlan(im.dir, im.tpl, opts, g)}
	if im.tpl.RefuseReplay && !opts.AllowReplay && opts.Resume == "" && doc == nil {
		if err := p.replayed(ctx, p.readDigest()); err != nil {
			return nil, err
		}
	}
	if opts.Resume != "" {
		if err := p.resume(ctx, opts.Resume); err != nil {
			return nil, err
		}
	}
	if err := p.build(ctx); err != nil {
		return nil, err
	}
	if doc != nil {
		p.id = doc.id
		if err := p.compare(doc); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// ID is that of the import the preview will be: [Options.Resume], or one made
// for it. A preview that was committed and edited since will be another.
func (p *Preview) ID() users.ID {
	if p.id == "" {
		p.id = cmp.Or(p.opts.Resume, p.dir.NewID())
	}
	return p.id
}

// resume reads what an import has done, to look at the store as if it had not.
func (p *Preview) resume(ctx context.Context, id users.ID) error {
	rec, err := importRecord(ctx, p.dir, id)
	switch {
	case err != nil:
	case rec.Account != p.account:
		err = users.ErrNotFound
	default:
		if imp := rec.Data.(*users.Import); imp.Digest != "" && cmp.Or(imp.Read, imp.Digest) != p.readDigest() {
			err = users.ErrDigest
		}
	}
	if err != nil {
		return fmt.Errorf("importer: resume: %w", err)
	}
	p.own = newOwnWork()
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

// A Preview says, row by row, what a file would do to an account, and lets a
// person correct it. It is not safe for use by several goroutines at once.
type Preview struct {
	*plan
	id        users.ID          // of the import, once there is one
	committed bool              // under that id
	asRead    string            // the digest of the tables as read, once asked for
	unseen    map[uint32]uint64 // rows that would do something else than they were shown to do, with the fingerprint that was shown
}

// A plan is what the engine decides about every row of a file: its cells, the
// keys at which rows meet, what the store said of them, and a decision for each
// row. A Preview shows one to a person; a commit makes another on fresh facts.
type plan struct {
	dir     *users.Directory
	tpl     *Template
	opts    Options // Account and Mode are set
	account users.AccountID
	undo    *undoing // the import that is taken back; else nil
	own     *ownWork // of the import that is being committed; else nil

	grid      *grid
	keys      *keyTable
	facts     *facts
	state     []rowState
	tally     tally
	lowered   map[int32]int   // how many rows take the rights of each admin
	giving    map[int32]bool  // stored people to whom a row gives a key
	referring map[string]bool // the fields by which rows refer
	panicked  map[uint32]bool // rows over which the Template panicked

	actor  users.Actor // bound by the account's catalogue, once a row grants something
	grants bool        // a row may give or take roles
	bound  bool        // the catalogue was read
	asked  bool        // the lead key was needed

	// Answers that are remembered until the next edit.
	large   []formats.Finding  // rows that the store cannot do together
	sized   bool               // large was worked out
	groups  map[groupKey]group // the rows at a key
	circles map[uint32]string  // the rows of a circle, by each of them

	turn  *turn   // of the row that was read last
	chain []int32 // scratch

	redecided int // rows decided since the count was set to zero, for tests
}

// newPlan returns a plan of the grid's rows in which nothing is decided yet.
// opts must say the account and the mode.
func newPlan(dir *users.Directory, tpl *Template, opts Options, g *grid) *plan {
	return &plan{dir: dir, tpl: tpl, opts: opts, account: opts.Account, undo: opts.undo, grid: g}
}

// rowState is what is kept of a row's decision.
type rowState struct {
	nodes     uint32
	rec       int32 // the person in the store, or -1
	print     uint64
	action    Action
	makes     bool // the row makes the person it is about
	repeat    bool
	successor bool // some row that makes an admin must happen
	leads     bool // the row deletes a person who leads others
	lowers    bool // the row deletes somebody, or takes an admin's rights
	blocked   bool
	cycle     bool
	doomed    uint32
	cause     uint32   // the row that keeps a blocked one from happening
	more      *rowMore // nil for most rows
}

// rowMore is what only some rows have.
type rowMore struct {
	needs []uint32
	refs  []uint32 // rows its references lead to: those it needs for them, and those that set whom a stored person refers to
	notes []note
	maker uint32 // the row that makes the person, or none
}

var newRowState = rowState{nodes: none, rec: -1, doomed: none, cause: none}

var nothingMore = rowMore{maker: none}

// extra is what the row has more than others. It must not be changed.
func (s *rowState) extra() *rowMore {
	if s.more == nil {
		return &nothingMore
	}
	return s.more
}

// build reads, looks up, places and decides every row.
func (p *plan) build(ctx context.Context) error {
	n := len(p.grid.rows)
	p.keys = newKeyTable(n)
	p.facts = newFacts(p.dir, p.account, p.keys, p.own)
	p.state = slices.Repeat([]rowState{newRowState}, n)
	p.tally = newTally()
	p.lowered = map[int32]int{}
	p.giving, p.referring = map[int32]bool{}, map[string]bool{}
	p.actor, p.grants, p.bound = p.asUndoing(p.dir.Actor()), false, false
	var unasked []uint32
	rows := until(ctx, p.grid.ordered)
	for r := range rows {
		unasked = p.read(r).unasked(unasked)
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
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("importer: preview: %w", err)
	}
	p.propagate(check)
	p.redecided = 0
	return nil
}

// until ends a sequence when the context is done, which it asks every 256 rows.
// Whoever ranges over it asks the context afterwards.
func until(ctx context.Context, rows iter.Seq[uint32]) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		i := 0
		for r := range rows {
			if i++; i%256 == 0 && ctx.Err() != nil || !yield(r) {
				return
			}
		}
	}
}

// redecide decides a row again and reports whether anything of it changed.
func (p *plan) redecide(row uint32) bool {
	p.redecided++
	t := p.decided(row)
	v, s := &t.verdict, &p.state[row]
	p.uncount(row)
	print, old := t.print(), s.extra()
	changed := s.print != print || s.action != v.action || s.doomed != v.doomed || s.successor != v.successor || !slices.Equal(old.needs, v.needs) || !slices.Equal(old.refs, v.refs) || !sameNotes(old.notes, v.notes)
	s.leads = len(v.led) > 0
	s.lowers = t.says.restores == nil && (v.action == ActionDelete || v.action == ActionUpdate && t.leadDelta(v.rec) < 0)
	s.print, s.action, s.doomed, s.successor, s.more = print, v.action, v.doomed, v.successor, nil
	if len(v.needs)+len(v.refs)+len(v.notes) > 0 {
		s.more = &rowMore{slices.Clone(v.needs), slices.Clone(v.refs), slices.Clone(v.notes), v.maker}
	}
	p.count(row)
	return changed
}

func sameNotes(a, b []note) bool {
	return slices.EqualFunc(a, b, func(x, y note) bool {
		return x.code == y.code && x.column == y.column && x.key == y.key && x.severity == y.severity && x.value == y.value && slices.Equal(x.rows, y.rows) &&
			sameArgs(x.args, y.args) && (x.fix == nil) == (y.fix == nil) && (x.fix == nil || *x.fix == *y.fix)
	})
}

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
