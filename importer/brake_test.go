package importer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// A file that takes the rights of many, or deletes many, does nothing to them
// until a person approves it; the other rows go on.
func TestMassChangeIsHeldBack(t *testing.T) {
	var recs []users.Record
	var rows [][]string
	for i := range 40 {
		if i < 13 {
			recs = append(recs, person(i, admin))
		} else {
			recs = append(recs, person(i))
		}
		if i < 12 {
			rows = append(rows, row(lan(i), mail(i), name(i), "", "User"))
		}
	}
	rows = append(rows, row(lan(20), mail(20), "Zoe"))
	scene := asHost(people(), recs, rows...).as(users.Partner("pat"))
	tests := []struct {
		name   string
		opts   importer.CommitOptions
		counts map[importer.Outcome]int
	}{
		{"unasked", importer.CommitOptions{}, map[importer.Outcome]int{importer.OutcomeUpdated: 1, importer.OutcomeSkipped: 12}},
		{"another code", importer.CommitOptions{Approve: []string{"other.brake"}}, map[importer.Outcome]int{importer.OutcomeUpdated: 1, importer.OutcomeSkipped: 12}},
		{"approved", importer.CommitOptions{Approve: []string{importer.BrakeMass}}, map[importer.Outcome]int{importer.OutcomeUpdated: 13}},
		{"all or nothing, unasked", importer.CommitOptions{Policy: importer.AllOrNothing}, map[importer.Outcome]int{importer.OutcomeSkipped: 13}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store := scene.store(t)
			p := scene.preview(t, store)
			require.Contains(t, brakes(p), importer.BrakeMass)
			before := len(adminsOf(t, store))
			r, err := p.Commit(t.Context(), &tt.opts)
			require.NoError(t, err)
			require.Equal(t, tt.counts, r.Counts)
			if tt.counts[importer.OutcomeSkipped] > 0 {
				require.Len(t, adminsOf(t, store), before)
			} else {
				require.Len(t, adminsOf(t, store), before-12)
			}
		})
	}
	t.Run("edited down", func(t *testing.T) {
		store := scene.store(t)
		p := scene.preview(t, store)
		sheets := scene.clones()
		for i := range 5 {
			applyAll(t, p, sheets, remove(2+i))
		}
		require.Empty(t, brakes(p))
		requireFresh(t, scene.with(sheets), store, p)
	})
}

func brakes(p *importer.Preview) []string {
	var out []string
	for _, f := range p.Findings() {
		if f.Severity == formats.Brake {
			out = append(out, f.Code)
		}
	}
	return out
}

func adminsOf(t *testing.T, store users.Store) []users.ID {
	var out []users.ID
	for id, r := range everything(t, store) {
		if u, ok := r.User(); ok && u.Admin() {
			out = append(out, id)
		}
	}
	return out
}
