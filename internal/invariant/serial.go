package invariant

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/usher-go/usher/users"
)

// A write is one image, and which row of which import left it.
type write struct {
	by    string
	image users.Image
}

// at is the version that the write made, or would have made of what it deleted.
func (w write) at() uint64 {
	if w.image.After != nil {
		return w.image.After.Version
	}
	return w.image.Before.Version + 1
}

// RequireSerial requires that what several imports did at once is what they would have done
// one row after the other, in some order: every write found its record as the
// write before had left it, the first as it was before all, and the last left
// it as it is; and an order of the rows fits all records at once. Nothing else
// may have written meanwhile.
func RequireSerial(t TB, before State, store users.Store, imports ...users.ID) {
	t.Helper()
	now := Read(t, store)
	RequireSound(t, now)
	writes := map[users.ID][]write{}
	for _, imp := range imports {
		for _, e := range Journal(t, store, imp) {
			for _, i := range e.Images {
				id := users.ID("")
				if i.After != nil {
					id = i.After.ID
				} else {
					id = i.Before.ID
				}
				writes[id] = append(writes[id], write{fmt.Sprintf("%s/%d/%d", imp, e.Row.Table(), e.Row.Number()), i})
			}
		}
	}
	follows := map[string][]string{} // the rows that must come before a row
	for _, id := range slices.Sorted(maps.Keys(writes)) {
		all := writes[id]
		slices.SortStableFunc(all, func(a, b write) int { return cmp.Compare(a.at(), b.at()) })
		var last *users.Record
		if r, ok := before[id]; ok {
			last = &r
		}
		by := ""
		for _, w := range all {
			if text(w.image.Before) != text(last) {
				t.Fatalf("%s found %s, but %s had left %s", w.by, text(w.image.Before), cmp.Or(by, "nobody"), text(last))
			}
			if by != "" && by != w.by {
				follows[w.by] = append(follows[w.by], by)
			}
			by, last = w.by, w.image.After
		}
		var is *users.Record
		if r, ok := now[id]; ok {
			is = &r
		}
		if text(last) != text(is) {
			t.Fatalf("%s left %s, but the store has %s", by, text(last), text(is))
		}
	}
	for id, r := range before {
		if is, ok := now[id]; len(writes[id]) == 0 && (!ok || text(&is) != text(&r)) {
			t.Fatalf("nobody says they wrote %s, but the store has %s", text(&r), text(&is))
		}
	}
	for id, r := range now {
		if _, was := before[id]; !was && len(writes[id]) == 0 {
			t.Fatalf("nobody says they made %s", text(&r))
		}
	}
	if circle := circleIn(follows); circle != nil {
		t.Fatalf("no order of the rows gives what the store has: %v", circle)
	}
}

// circleIn is one circle of rows that would each have to come before the next, or nil.
func circleIn(follows map[string][]string) []string {
	const open, closed = 1, 2
	mark := map[string]int{}
	var path []string
	var visit func(string) bool
	visit = func(n string) bool {
		switch mark[n] {
		case open:
			path = append(path, n)
			return true
		case closed:
			return false
		}
		mark[n] = open
		path = append(path, n)
		if slices.ContainsFunc(follows[n], visit) {
			return true
		}
		mark[n], path = closed, path[:len(path)-1]
		return false
	}
	for _, n := range slices.Sorted(maps.Keys(follows)) {
		if visit(n) {
			return path
		}
	}
	return nil
}
