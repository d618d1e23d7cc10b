package importer_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/storetest"
)

// dependants is a file of n people under one, who stands in row 2.
func dependants(n int) *scene {
	rows := [][]string{row("boss", "boss@x.com", "Boss")}
	for i := range n {
		rows = append(rows, row(lan(i), mail(i), name(i), "boss"))
	}
	return asHost(people(), nil, rows...)
}

// equals is a file of n people with one address.
func equals(n int) *scene {
	rows := make([][]string, n)
	for i := range rows {
		rows[i] = []string{"A", "B", "", "test@test.com", ""}
	}
	return asHost(cloudlink.Users(), nil, rows...)
}

// An edit decides rows again at keys whose state changed, and those that need
// one whose decision changed, and no others; the bounds do not grow with the file.
func TestEditCosts(t *testing.T) {
	const n = 300
	lined := []users.Record{person(0), person(1), line(0, 0), line(1, 1)}
	tests := []struct {
		name, reason string
		scene        *scene
		edit         edit
		want         int // rows decided again
		delta        int // rows in the delta
	}{
		{"a name", "it stands under no key", dependants(n), set(7, "name", "Zoe"), 1, 1},
		{"an address nobody shares", "its keys have no other rows", dependants(n), set(7, "email", "new@x.com"), 1, 1},
		{"whom one of many refers to", "being referred to is no state of a key", dependants(n), set(7, "supervisor", "l9"), 1, 1},
		{"to somebody who is not there", "it fails alone", dependants(n), set(7, "supervisor", "nobody"), 1, 1},
		{"an address another has", "one becomes two", dependants(n), set(7, "email", "p9@x.com"), 2, 2},
		{"the name of whom all refer to", "what they need still happens", dependants(n), set(2, "name", "Chief"), 1, 1},
		{"the LAN ID of whom all refer to", "nobody has the old one any more", dependants(n), set(2, "lan_id", "chief"), n + 1, n + 1},
		{"an error of whom all refer to", "they are blocked without being decided again", dependants(n), set(2, "role", "root"), 1, n + 1},
		{"one of many who share an address", "several stay several", equals(n), set(7, "email", "a@x.com"), 1, 1},
		{"one of many leaves", "several stay several", equals(n), remove(7), 0, 0},
		{"one of two who share an address", "two become one", equals(2), set(3, "email", "a@x.com"), 2, 2},
		{"a line that moves on", "what the row frees it still frees", asHost(lines(true), lined, attach(0, 1), attach(1, 0), attach(1, 0)), set(2, "line", "5"), 1, 1},
		{"a line that two want then", "the two contest each other; a repeat of one is a repeat still", asHost(lines(true), lined, attach(0, 1), attach(1, 0), attach(1, 0)), set(2, "line", "0"), 2, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Log(tt.reason)
			p := tt.scene.preview(t, tt.scene.store(t))
			sheets := tt.scene.clones()
			importer.Redecided(p)
			d := applyAll(t, p, sheets, tt.edit)
			require.Equal(t, tt.want, importer.Redecided(p), "rows decided again")
			require.Len(t, d.Rows, tt.delta, "rows in the delta")
			requireFresh(t, tt.scene.with(sheets), tt.scene.store(t), p)
		})
	}
}

// hops are the look-ups that follow from others: who holds a line that is
// claimed, what lines a person has whose lines are freed, who stored supervisors are.
var hops = map[string]int{"people": 1 + supervisorHops, "lines": 2, "one line each": 2, "people and lines": 3 + supervisorHops, "roles": 0, "cloudlink": 0, "rainbow": 2}

// supervisorHops is how far circles of supervisors are followed through the store.
const supervisorHops = 64

// A preview asks the store for keys in batches: at most one call for every 500
// distinct keys of a space, and one round for every hop.
func TestLookUpsAreBatched(t *testing.T) {
	forEachKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		s.actor = users.Host("test")
		store := storetest.NewFaulty(s.store(t))
		s.preview(t, store)
		spaces := map[string]int{"people": 2, "lines": 2, "one line each": 2, "people and lines": 3, "roles": 1, "cloudlink": 1, "rainbow": 4}[m.name]
		require.LessOrEqual(t, store.Calls(storetest.OpFind), spaces+hops[m.name])
	})
	for _, n := range []int{400, 1300} {
		var recs []users.Record
		var rows [][]string
		for i := range n {
			recs = append(recs, person(i))
			rows = append(rows, []string{"A", "B", "", mail(i), ""}, []string{"A", "B", "", mail(i + n), ""})
		}
		s := asHost(cloudlink.Users(), recs, rows...)
		store := storetest.NewFaulty(s.store(t))
		s.preview(t, store)
		require.Equal(t, int(math.Ceil(2*float64(n)/users.MaxFind)), store.Calls(storetest.OpFind), "%d addresses", 2*n)

		rows = nil
		for i := range n {
			rows = append(rows, row(lan(i+n), mail(i+n), "New", lan(i)))
		}
		s = asHost(people(), recs, rows...)
		store = storetest.NewFaulty(s.store(t))
		s.preview(t, store)
		limit := int(math.Ceil(2*float64(n)/users.MaxFind)) + int(math.Ceil(float64(n)/users.MaxFind))
		require.LessOrEqual(t, store.Calls(storetest.OpFind), limit, "%d LAN IDs, %d addresses", 2*n, n)
	}
}

// An edit asks the store for what it does not know yet, at once, and a batch of edits as often as one.
func TestEditLooksUpOnce(t *testing.T) {
	s := dependants(50)
	store := storetest.NewFaulty(s.store(t))
	p := s.preview(t, store)
	before := store.Calls(storetest.OpFind)
	applyAll(t, p, s.clones(), set(3, "name", "Zoe"), set(4, "supervisor", "l9"))
	require.Equal(t, before, store.Calls(storetest.OpFind), "nothing new to look up")
	var batch []edit
	for i := range 20 {
		batch = append(batch, set(3+i, "email", fmt.Sprintf("new%d@x.com", i)))
	}
	applyAll(t, p, s.clones(), batch...)
	require.Equal(t, before+1, store.Calls(storetest.OpFind), "twenty new addresses")
}
