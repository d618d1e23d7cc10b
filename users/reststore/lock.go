package reststore

import (
	"context"
	"sync"

	"github.com/usher-go/usher/users"
)

// locks lets one goroutine at a time work on an import. The zero value is ready.
type locks struct {
	mu   sync.Mutex
	held map[users.ID]*lock
}

// A lock is held by the goroutine that put a value into free.
type lock struct {
	free chan struct{}
	n    int // how many goroutines hold it or wait for it
}

// lock waits until no other goroutine works on the import, or ctx is done.
func (l *locks) lock(ctx context.Context, imp users.ID) (unlock func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}

	l.mu.Lock()
	if l.held == nil {
		l.held = map[users.ID]*lock{}
	}

	x := l.held[imp]
	if x == nil {
		x = &lock{free: make(chan struct{}, 1)}
		l.held[imp] = x
	}

	x.n++
	l.mu.Unlock()
	leave := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if x.n--; x.n == 0 {
			delete(l.held, imp)
		}
	}

	select {
	case x.free <- struct{}{}:
		return func() { <-x.free; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
