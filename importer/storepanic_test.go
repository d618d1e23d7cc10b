package importer_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/invariant"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/storetest"
)

// attempt is a commit that may panic; then it tells with what.
func attempt(p *importer.Preview, t *testing.T, opts *importer.CommitOptions) (r *importer.Report, panicked any, err error) {
	defer func() { panicked = recover() }()
	r, err = p.Commit(t.Context(), opts)
	return r, nil, err
}

// A Store that panics at any of its calls, before the effect or after, tears no
// row in two: the row it concerned fails, or the commit ends in an error and comes
// to what one that nothing disturbed comes to when it is called again.
func TestAStoreThatPanicsTearsNothing(t *testing.T) {
	for _, rich := range richScenes() {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/after %t", rich.name, after), func(t *testing.T) {
				leaks := invariant.Leaks(t)
				before, clean := rich.clean(t, 1)
				panics := 0
				for n := 1; ; n++ {
					inner := rich.scene.store(t)
					store := storetest.NewFaulty(inner)
					dir := rich.scene.open(store)
					p := rich.scene.previewIn(t, dir)
					calls := 0
					boom := func() error {
						if calls == n {
							panic("the host's own")
						}
						return nil
					}
					store.Before = func(string, int) error {
						if calls++; after {
							return nil
						}
						return boom()
					}
					store.After = func(string, int) error {
						if !after {
							return nil
						}
						return boom()
					}
					r, panicked, err := attempt(p, t, rich.options(1))
					store.Before, store.After = nil, nil
					if calls < n {
						require.NoError(t, err)
						break
					}
					panics++
					require.Nil(t, panicked, "a panic of the Store is an error")
					if err == nil { // the rows it concerned failed, and what is done is whole
						require.Equal(t, users.ImportDone, r.State)
						invariant.RequireJournaled(t, inner, r)
						invariant.RequireNamed(t, r)
						invariant.RequireSerial(t, before, inner, imp)
						continue
					}
					require.ErrorIs(t, err, users.ErrPanic)
					clean.RequirePart(t, before, inner, imp, r, invariant.Unsaid)
					begun := invariant.RequireUnfinished(t, dir, imp, r, invariant.Unsaid)
					if n%2 == 0 {
						p = nil
					}
					clean.RequireEnd(t, before, inner, dir, rich.again(t, store, p, begun, 1))
				}
				require.Greater(t, panics, 10)
				leaks()
			})
		}
	}
}
