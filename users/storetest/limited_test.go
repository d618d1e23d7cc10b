package storetest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
	"github.com/usher-go/usher/users/storetest"
)

// limited is a Store that writes n records at once, the import's aside.
type limited struct {
	users.Store
	n int
}

func (l limited) MaxWrites() int { return l.n }

func (l limited) Apply(ctx context.Context, b users.Batch) error {
	if counted(b) > l.n {
		return errors.New("limited: too many records at once")
	}
	return l.Store.Apply(ctx, b)
}

// counted is how many records of the batch a limit counts.
func counted(b users.Batch) int {
	return len(slices.DeleteFunc(slices.Clone(b.Writes), func(w users.Write) bool { return w.ID == b.Import }))
}

// A Store without transactions is held against what binds it.
func TestOneWriteAtATime(t *testing.T) {
	storetest.Run(t, func(*testing.T) users.Store { return limited{memstore.New(), 1} })
}

// What a case asks for is what it needs: a Store that writes as many at once
// passes, and one that writes fewer is not asked, because it could not.
func TestCasesSayWhatTheyWrite(t *testing.T) {
	for _, c := range storetest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			require.Equal(t, c.Writes > 0, c.Because != "", "a number has a reason, and a reason a number")
			require.NotEqual(t, 1, c.Writes, "every Store writes one record")
			exact := limited{memstore.New(), max(1, c.Writes)}
			if why := c.Skipped(exact); why != "" {
				require.True(t, strings.HasPrefix(c.Name, "amend/"), why) // limited hides what memstore can
				return
			}
			require.Empty(t, failures(t, c, exact))
			if c.Writes == 0 {
				return
			}
			fewer := limited{memstore.New(), c.Writes - 1}
			require.Contains(t, c.Skipped(fewer), c.Because)
			require.NotEmpty(t, failures(t, c, fewer), "the case writes no %d records at once", c.Writes)
		})
	}
}

func brokenLimits() []broken {
	// limits breaks a Store that writes two records at once.
	limits := func(apply func(ctx context.Context, s users.Store, b users.Batch) error) func(users.Store) users.Store {
		return func(s users.Store) users.Store {
			return statedLimit{altered{Store: s, apply: func(ctx context.Context, b users.Batch) error { return apply(ctx, s, b) }}, 2}
		}
	}
	errBroken := errors.New("broken")
	return []broken{
		{"writes more than it states", []string{"limit/more"}, limits(func(ctx context.Context, s users.Store, b users.Batch) error {
			return s.Apply(ctx, b)
		})},
		{"writes as many as it can", []string{"limit/more"}, limits(func(ctx context.Context, s users.Store, b users.Batch) error {
			if counted(b) <= 2 {
				return s.Apply(ctx, b)
			}
			b.Writes = b.Writes[:2]
			_ = s.Apply(ctx, b)
			return errBroken
		})},
		{"makes the import of a batch that is too large", []string{"limit/more"}, limits(func(ctx context.Context, s users.Store, b users.Batch) error {
			if counted(b) <= 2 {
				return s.Apply(ctx, b)
			}
			b.Rows = nil
			b.Writes = slices.DeleteFunc(b.Writes, func(w users.Write) bool { return w.ID != b.Import })
			_ = s.Apply(ctx, b)
			return errBroken
		})},
		{"calls too many a conflict", []string{"limit/more"}, limits(func(ctx context.Context, s users.Store, b users.Batch) error {
			if counted(b) > 2 {
				return &users.Conflict{Stale: []users.ID{b.Writes[0].ID}}
			}
			return s.Apply(ctx, b)
		})},
		{"counts the record of the import", []string{"limit/most"}, limits(func(ctx context.Context, s users.Store, b users.Batch) error {
			if len(b.Writes) > 2 {
				return errBroken
			}
			return s.Apply(ctx, b)
		})},
		{"writes fewer than it states", []string{"limit/most"}, limits(func(ctx context.Context, s users.Store, b users.Batch) error {
			if counted(b) > 1 {
				return errBroken
			}
			return s.Apply(ctx, b)
		})},
	}
}

// statedLimit states a limit that its Store may not have.
type statedLimit struct {
	users.Store
	n int
}

func (s statedLimit) MaxWrites() int { return s.n }
