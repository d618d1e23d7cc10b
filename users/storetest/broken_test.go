package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
	"github.com/usher-go/usher/users/storetest"
)

// A broken Store is broken in one way, and caught by the cases named.
type broken struct {
	name   string
	caught []string
	open   func(users.Store) users.Store
}

// altered is a Store some of whose methods are replaced.
type altered struct {
	users.Store
	find    func(ctx context.Context, keys []users.Key) ([]users.Record, error)
	list    func(ctx context.Context, q users.Query) (users.Page, error)
	apply   func(ctx context.Context, b users.Batch) error
	journal func(ctx context.Context, imp users.ID, after users.RowID) iter.Seq2[users.Entry, error]
}

func (a altered) Find(ctx context.Context, keys []users.Key) ([]users.Record, error) {
	if a.find == nil {
		return a.Store.Find(ctx, keys)
	}
	return a.find(ctx, keys)
}

func (a altered) List(ctx context.Context, q users.Query) (users.Page, error) {
	if a.list == nil {
		return a.Store.List(ctx, q)
	}
	return a.list(ctx, q)
}

func (a altered) Apply(ctx context.Context, b users.Batch) error {
	if a.apply == nil {
		return a.Store.Apply(ctx, b)
	}
	b.Rows, b.Writes = slices.Clone(b.Rows), slices.Clone(b.Writes) // for the replacement to spoil
	return a.apply(ctx, b)
}

func (a altered) Journal(ctx context.Context, imp users.ID, after users.RowID) iter.Seq2[users.Entry, error] {
	if a.journal == nil {
		return a.Store.Journal(ctx, imp, after)
	}
	return a.journal(ctx, imp, after)
}

// A recorder is a storetest.T that notes failures.
type recorder struct {
	ctx      context.Context
	mu       sync.Mutex
	failures []string
}

func (r *recorder) Helper()                  {}
func (r *recorder) Context() context.Context { return r.ctx }

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// failures is what the case has to say of the Store.
func failures(t *testing.T, c storetest.Case, s users.Store) []string {
	t.Helper()
	r := &recorder{ctx: t.Context()}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.Run(r, s)
	}()
	<-done
	return r.failures
}

func allBroken() []broken {
	return slices.Concat(brokenFind(), brokenList(), brokenApply(), brokenConflicts(), brokenJournals(),
		brokenLimits(), brokenAmends(), brokenData(), brokenRaces())
}

// Every broken Store is caught by the cases it names, and they say their rule.
func TestBroken(t *testing.T) {
	cases := map[string]storetest.Case{}
	for _, c := range storetest.Cases() {
		cases[c.Name] = c
	}
	for _, x := range allBroken() {
		t.Run(x.name, func(t *testing.T) {
			require.NotEmpty(t, x.caught)
			for _, name := range x.caught {
				c, ok := cases[name]
				require.True(t, ok, "there is no case %s", name)
				s := x.open(memstore.New())
				require.Empty(t, c.Skipped(s), "%s: the case does not look at it", name)
				got := failures(t, c, s)
				require.NotEmpty(t, got, "%s: the case lets it pass", name)
				require.True(t, strings.HasSuffix(got[0], "The rule: "+c.Rule), "%s: the rule is not printed:\n%s", name, got[0])
			}
		})
	}
}

// A case that no broken Store fails proves nothing.
func TestCases(t *testing.T) {
	caught := map[string]bool{}
	for _, x := range allBroken() {
		for _, name := range x.caught {
			caught[name] = true
		}
	}
	seen := map[string]bool{}
	for _, c := range storetest.Cases() {
		require.False(t, seen[c.Name], "two cases are called %s", c.Name)
		seen[c.Name] = true
		require.True(t, caught[c.Name], "%s catches no broken Store", c.Name)
		require.True(t, strings.HasSuffix(c.Rule, "."), "%s: the rule is no sentence", c.Name)
		var sound users.Store = memstore.New()
		if c.Skipped(sound) != "" {
			sound = limited{sound, 2}
		}
		require.Empty(t, c.Skipped(sound), "%s looks at no sound Store", c.Name)
		require.Empty(t, failures(t, c, sound), "%s fails a sound Store", c.Name)
	}
}

// conflict is the Conflict in err, or nil.
func conflict(err error) *users.Conflict {
	var c *users.Conflict
	errors.As(err, &c)
	return c
}

// lookup is the record with the id, at version 0 if there is none.
func lookup(ctx context.Context, s users.Store, id users.ID) users.Record {
	recs, err := s.Find(ctx, []users.Key{users.ByID(id)})
	if err != nil || len(recs) == 0 {
		return users.Record{}
	}
	return recs[0]
}

// taken is the conflict over the first key that a written record wants, that
// stands in the Store already, and whose holder is refused.
func taken(ctx context.Context, s users.Store, b users.Batch, refuse func(w users.Write, holder users.ID) bool) error {
	for _, w := range b.Writes {
		if w.Record == nil {
			continue
		}
		for _, k := range w.Record.Keys() {
			recs, err := s.Find(ctx, []users.Key{k})
			if err != nil {
				return err
			}
			for _, r := range recs {
				if refuse(w, r.ID) {
					return &users.Conflict{Keys: []users.KeyConflict{{Key: k, Wants: w.ID, Holder: r.ID}}}
				}
			}
		}
	}
	return nil
}
