package memstore

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/usher-go/usher/users"
)

// List returns one page. The first List of a kind after a write sorts its records; the
// next pages begin where the page before ended. An After that no page returned is an
// error.
func (s *Store) List(ctx context.Context, q users.Query) (users.Page, error) {
	after, err := parsePosition(q.After)
	if err != nil {
		return users.Page{}, fmt.Errorf("memstore: list: %w", err)
	}

	fits := filter(q)
	all := s.sorted(q.Kind)
	var page users.Page
	var last *held
	for h := range walk(ctx, all, after, q.Descending) {
		if !fits(h) {
			continue
		}
		if len(page.Records) == q.PageSize() {
			page.Next = last.position().String()
			break
		}
		page.Records = append(page.Records, h.record)
		last = h
	}

	if q.Count {
		for h := range walk(ctx, all, position{}, false) {
			if fits(h) {
				page.Total++
			}
		}
	}

	if err := ctx.Err(); err != nil {
		return users.Page{}, fmt.Errorf("memstore: list: %w", err)
	}
	return page, nil
}

// filter returns a function that reports whether a record fits the query.
func filter(q users.Query) func(*held) bool {
	words := strings.Fields(users.Fold(q.Text))
	return func(h *held) bool {
		if !q.Scope.Has(h.record.Account) {
			return false
		}
		for _, k := range q.Having {
			if !h.has(k) {
				return false
			}
		}
		for _, w := range words {
			if !strings.Contains(h.index.Search, w) {
				return false
			}
		}
		return true
	}
}

// has reports whether the record has the key's value in its space, in any account.
func (h *held) has(k users.Key) bool {
	if k.Space == users.SpaceID {
		return string(h.record.ID) == k.Value
	}
	keys := h.index.Links
	if k.Space.Unique() {
		keys = h.index.Keys
	}
	return slices.ContainsFunc(keys, func(o users.Key) bool { return o.Space == k.Space && o.Value == k.Value })
}

// walk yields the records after a position, or all of them for the zero position. It
// stops when ctx is done.
func walk(ctx context.Context, all []*held, after position, descending bool) iter.Seq[*held] {
	return func(yield func(*held) bool) {
		step, i := 1, 0
		if descending {
			step, i = -1, len(all)-1
		}

		if after != (position{}) {
			at, exact := slices.BinarySearchFunc(all, after, func(h *held, p position) int { return h.position().compare(p) })
			switch {
			case descending:
				i = at - 1
			case exact:
				i = at + 1
			default:
				i = at
			}
		}

		for n := 0; i >= 0 && i < len(all); n, i = n+1, i+step {
			if n%1024 == 0 && ctx.Err() != nil || !yield(all[i]) {
				return
			}
		}
	}
}

// A position is a place in the order of a list. Its text is opaque.
type position struct {
	sort string
	id   users.ID
}

func (h *held) position() position { return position{h.index.Sort, h.record.ID} }

func (p position) compare(o position) int {
	if c := strings.Compare(p.sort, o.sort); c != 0 {
		return c
	}
	return strings.Compare(string(p.id), string(o.id))
}

func (p position) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(p.sort + "\x00" + string(p.id)))
}

func parsePosition(s string) (position, error) {
	if s == "" {
		return position{}, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	i := bytes.LastIndexByte(b, 0)
	if err != nil || i < 0 || i == len(b)-1 {
		return position{}, errors.New("after: not the end of a page")
	}
	return position{string(b[:i]), users.ID(b[i+1:])}, nil
}
