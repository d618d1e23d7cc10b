package importer_test
import ("testing";"github.com/usher-go/usher/importer";"github.com/stretchr/testify/require";"github.com/usher-go/usher/users")
func TestZZ(t *testing.T) {
	for _, s := range []*scene{
		asHost(lines(true), []users.Record{person(0), person(1), line(0,0), line(1,1)}, detach(1), attach(0,1)),
		asHost(lines(true), []users.Record{person(0), person(1), line(1,1)}, detach(1), attach(0,1)),
		asHost(lines(true), []users.Record{person(0), person(1), line(0,0), line(1,1)}, detach(1), attach(0,1), detach(1)),
	} {
	store := s.store(t)
	t.Log(contents(t, store))
	committed(t, s, store)
	t.Log(contents(t, store))
	change(t, store, "u1", nil)
	p := undo(t, s, store, imp)
	t.Log(briefs(show(p)))
	r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: undoID, Batch: 1})
	require.NoError(t, err)
	t.Log(reportJSON(t, r))
	t.Log(contents(t, store))
	}
}
