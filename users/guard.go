package users

import (
	"context"
	"fmt"
	"iter"
)

// A guarded Store returns a panic of the host's Store as an error ([ErrPanic]). One
// bad record must not end the program that serves all others.
type guarded struct{ Store }

func guard(err *error) {
	if x := recover(); x != nil {
		*err = fmt.Errorf("%w: %v", ErrPanic, x)
	}
}

func (g guarded) Find(ctx context.Context, keys []Key) (recs []Record, err error) {
	defer guard(&err)
	return g.Store.Find(ctx, keys)
}

func (g guarded) List(ctx context.Context, q Query) (p Page, err error) {
	defer guard(&err)
	return g.Store.List(ctx, q)
}

func (g guarded) Apply(ctx context.Context, b Batch) (err error) {
	defer guard(&err)
	return g.Store.Apply(ctx, b)
}

// Journal lets a panic of the loop's body pass, because it is not the Store's.
func (g guarded) Journal(ctx context.Context, imp ID, after RowID) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		var outside any
		in, ended := false, false
		err := func() (err error) {
			defer func() {
				switch x := recover(); {
				case x == nil:
				case in:
					outside = x
				default:
					err = fmt.Errorf("%w: %v", ErrPanic, x)
				}
			}()

			for e, err := range g.Store.Journal(ctx, imp, after) {
				in = true
				more := yield(e, err)
				in = false
				if ended = !more; ended {
					return nil
				}
			}

			return nil
		}()

		if outside != nil {
			panic(outside)
		}
		if err != nil && !ended { // a loop that has ended gets nothing more
			yield(Entry{}, err)
		}
	}
}
