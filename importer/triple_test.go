package importer_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/ocm"
	"github.com/usher-go/usher/roles"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/storetest"
)

// triple is a file of n people under so many supervisors, who report to the
// first of them, each with a feature and a channel; they stand above their supervisors.
func triple(t tb, n, supervisors int) *scene {
	t.Helper()
	const unit = "Acme/Sales/North/Team 1"
	tree, err := roles.NewTree([]string{unit}, nil)
	require.NoError(t, err)
	tpl := ocm.Users(&ocm.Options{Tree: tree, Roles: []string{"Desk"}})
	var people, features, channels [][]string
	add := func(lan, station, profile, supervisor string) {
		people = append(people, []string{lan, "F", "L", "", station, profile, supervisor, unit, "Desk"})
		features = append(features, []string{lan, "Recording", "yes"})
		channels = append(channels, []string{lan, "voice", "1"})
	}
	for i := range n {
		add(fmt.Sprint("a", i), fmt.Sprint(10_000+i), "Agent", fmt.Sprint("s", i%supervisors))
	}
	for i := range supervisors {
		boss := "s0"
		if i == 0 {
			boss = ""
		}
		add(fmt.Sprint("s", i), fmt.Sprint(900_000+i), "Supervisor", boss)
	}
	s := asHost(tpl, []users.Record{{Head: users.Head{ID: "unit", Account: acme}, Data: &users.Unit{Path: unit}}}, people...)
	return s.and(features...).and(channels...)
}

// An edit of three tables decides again the rows that named what it changed, in
// whichever table, and no others.
func TestEditCostsOfThreeTables(t *testing.T) {
	const n, supervisors = 300, 10
	team := n / supervisors
	at := func(lan int) int { return n + 2 + lan } // the row of a supervisor
	for _, tt := range []struct {
		name, reason string
		edit         edit
		want         int
	}{
		{"the LAN ID of a supervisor", "the team, the rows of that person, and nobody else", set(at(3), "lan_id", "chief"), 1 + team + 2},
		{"a name", "it stands under no key", set(7, "first_name", "Zoe"), 1},
		{"a station nobody shares", "its key has no other row", set(7, "pbx_id", "5"), 1},
		{"a station another has", "one becomes two", set(7, "pbx_id", "10000"), 2},
		{"an error of a supervisor", "the team is blocked without being decided again", set(at(3), "pbx_id", "x"), 1},
		{"an agent's supervisor", "being referred to is no state of a key", set(7, "supervisor", "s9"), 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := triple(t, n, supervisors)
			p := s.preview(t, s.store(t))
			require.Zero(t, p.Summary().Errors)
			sheets := s.clones()
			importer.Redecided(p)
			applyAll(t, p, sheets, tt.edit)
			require.Equal(t, tt.want, importer.Redecided(p), "rows decided again: %s", tt.reason)
			requireFresh(t, s.with(sheets), s.store(t), p)
		})
	}
}

// Three tables ask the store for each distinct key once, and for the hops along
// stored supervisors.
func TestLookUpsOfThreeTablesAreBatched(t *testing.T) {
	const n, supervisors = 1100, 40
	s := triple(t, n, supervisors)
	store := storetest.NewFaulty(s.store(t))
	p := s.preview(t, store)
	const people = n + supervisors // distinct LAN IDs, and as many stations
	calls := func(keys int) int { return (keys + users.MaxFind - 1) / users.MaxFind }
	most := calls(people) + calls(people) + calls(1) + supervisorHops
	require.LessOrEqual(t, store.Calls(storetest.OpFind), most)

	r, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.True(t, r.Done())
	before := store.Calls(storetest.OpFind)
	require.Equal(t, map[string]int{"unchanged": 3 * people}, s.in(importer.ModeUpsert).preview(t, store).Summary().Actions)
	require.LessOrEqual(t, store.Calls(storetest.OpFind)-before, most, "the same about people who are there, with one who leads them all")
}
