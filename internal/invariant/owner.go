package invariant

import (
	"context"
	"fmt"
	"sync"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/storetest"
)

// Owners asks whether every line has one owner at this moment: no two lines
// have a number in common, and with oneEach nobody holds two lines of one PBX.
// It asks the store for one page, which is one moment of it, of a thousand lines.
func Owners(ctx context.Context, store users.Store, oneEach bool) error {
	page, err := store.List(ctx, users.Query{Kind: users.KindLine, Scope: users.Scope{All: true}, Limit: 1000})
	if err != nil {
		return err
	}
	if page.Next != "" {
		return fmt.Errorf("more lines than one page")
	}
	by := map[users.Key]users.Record{}
	place := map[string]users.Record{}
	for _, r := range page.Records {
		for _, k := range r.Keys() {
			if o, ok := by[k]; ok {
				return fmt.Errorf("%s is of %s and of %s", k, text(&o), text(&r))
			}
			by[k] = r
		}
		at := fmt.Sprintf("%s %s %s", r.Account, r.Holder(), users.Fold(r.Field("pbx")))
		if o, ok := place[at]; ok && oneEach && r.Holder() != "" {
			return fmt.Errorf("%s holds %s and %s", r.Holder(), text(&o), text(&r))
		}
		place[at] = r
	}
	return nil
}

// A Watch looks at [Owners] after each batch of the stores it is given. Its
// zero value is ready.
type Watch struct {
	// OneEach is whether a person has one line of a PBX.
	OneEach bool

	mu   sync.Mutex
	err  error
	seen int
}

// On is the store, watched.
func (w *Watch) On(store users.Store) *storetest.Faulty {
	f := storetest.NewFaulty(store)
	f.After = func(op string, _ int) error {
		if op == storetest.OpApply {
			w.look(context.Background(), store)
		}
		return nil
	}
	return f
}

func (w *Watch) look(ctx context.Context, store users.Store) {
	err := Owners(ctx, store, w.OneEach)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen++; w.err == nil && ctx.Err() == nil {
		w.err = err
	}
}

// While looks again and again, on a goroutine, until the function that it answers is called.
func (w *Watch) While(ctx context.Context, store users.Store) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			w.look(ctx, store)
		}
	}()
	return func() { cancel(); <-done }
}

// Require fails the test if a line had two owners at any moment.
func (w *Watch) Require(t TB) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		t.Fatalf("after %d looks: %v", w.seen, w.err)
	}
}
