package importer_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// An exception is a known difference between the model, which has the rules
// alone, and the engine. apply makes of the model's verdict the engine's.
type exception struct {
	name, reason string
	example      modelCase  // as small as possible
	meanwhile    []modelRow // what another import does between its preview and its commit
	apply        func(f *modelFile, i int, v *modelVerdict)
}

// exceptions are all known differences, in the order in which they are applied.
func exceptions() []exception {
	stores := map[string]modelStore{}
	for _, s := range modelStores() {
		stores[s.name] = s.store
	}
	file := func(store string, mode importer.Mode, rows ...modelRow) modelCase {
		return modelCase{store, stores[store], mode, rows}
	}
	create, upsert := importer.ModeCreate, importer.ModeUpsert

	return []exception{
		{
			name:   "a contested supervisor is unknown in mode create",
			reason: "The rules are silent. In mode create a row about a stored person is compared with the store, where the contested LAN ID names no one yet.",
			example: file("no links", create,
				modelRow{who: "x", lan: "new", sup: "new"}, modelRow{who: "n", lan: "new"}),
			apply: func(f *modelFile, i int, v *modelVerdict) {
				r := f.rows[i]
				was, known := f.store[r.who]
				if !known || f.mode != create || r.sup == "" || v.action != importer.ActionError {
					return
				}
				if _, _, code := f.resolve(r.sup); code == "row.blocked" {
					delete(v.codes, "supervisor.self")
					v.codes["supervisor.unknown"] = true
					v.end.sup = was.sup
				}
			},
		},
		{
			name:   "a deletion beside another row has two errors",
			reason: "The rules are silent. The deletion releases the address that the other row claims, so the engine also reports person.renamed_here, although no row renames the person.",
			example: file("no links", upsert,
				modelRow{who: "x", deletes: true}, modelRow{who: "x"}),
			apply: func(f *modelFile, i int, v *modelVerdict) {
				r := f.rows[i]
				if _, known := f.store[r.who]; known && r.deletes && f.mode != create && f.named(r.who) {
					v.codes["person.renamed_here"] = true
				}
			},
		},
		{
			name:    "an error hides another",
			reason:  "The rules are silent on which errors are shown together. The engine mostly leaves out these if the row has another one.",
			example: file("no links", create, modelRow{who: "x", sup: "lx"}),
			apply: func(f *modelFile, i int, v *modelVerdict) {
				for _, code := range []string{"supervisor.self", "reference.cycle", "admin.last", users.BrakeLeader} {
					if v.codes[code] && len(v.codes) > 1 && v.action == importer.ActionError {
						delete(v.codes, code)
						v.maybe[code] = true
					}
				}
			},
		},
		{
			name:   "a circle through a contested person",
			reason: "The rules are silent on where a person leads of whom two rows say different things. None of these rows happens; a third row that refers to them is in error or blocked.",
			example: file("x and y are admins", upsert,
				modelRow{who: "x", sup: "new"}, modelRow{who: "z", lan: "new"}, modelRow{who: "z", lan: "lz", sup: "lx"}),
			apply: func(f *modelFile, i int, v *modelVerdict) {
				for _, rows := range f.about {
					v.vague = v.vague || len(rows) > 1 && len(f.rows) > 2
				}
			},
		},
		{
			name:   "an unchanged row stays so if another is held back",
			reason: "A row that needs a row that does not happen is blocked. The engine reports a row as unchanged although the supervisor's LAN ID names another person after all, because the deletion that would release it was not approved. The store is right.",
			example: file("y led by x, z by y", upsert,
				modelRow{who: "z", sup: "lx"}, modelRow{who: "x", deletes: true}, modelRow{who: "y", lan: "lx"}),
			apply: func(f *modelFile, i int, v *modelVerdict) { v.stays = v.action == importer.ActionUnchanged },
		},
		{
			name:   "a circle that a row in error leaves closed is found in the commit",
			reason: "A row that relies on another row to open a circle needs that row. The engine follows the supervisors that the store has, or those that the file gives, but no path through both, so the preview shows rows that fail in the commit. The store is right.",
			example: file("y led by x", upsert,
				modelRow{who: "x", sup: "lz"}, modelRow{who: "z", sup: "ly"}, modelRow{who: "y", sup: "unknown"}),
			apply: func(f *modelFile, i int, v *modelVerdict) {
				v.unseen = true
				for _, n := range slices.Backward(v.mixed) {
					v.needs = slices.Delete(v.needs, n, n+1)
				}
			},
		},
		{
			name:   "the last admin is refused in the commit",
			reason: "A row that would still do what it showed, but needs a row that is a conflict now, is a conflict or blocked. If it takes the last admin, the engine tries to write it, and it fails with admin.last.",
			example: file("x and y are admins", upsert,
				modelRow{who: "y", role: "Account Admin"}, modelRow{who: "x", role: "User"}),
			meanwhile: []modelRow{{who: "y", role: "User"}},
			apply: func(f *modelFile, i int, v *modelVerdict) {
				v.refused = f.store[f.rows[i].who].admin && (f.rows[i].deletes || f.rows[i].role == "User")
			},
		},
	}
}

// Every exception is needed: without it the model and the engine differ in its
// example. An exception that the engine does not need any more must go.
func TestExceptionsAreNeeded(t *testing.T) {
	tpl := teamTemplate()
	for i, e := range exceptions() {
		t.Run(e.name, func(t *testing.T) {
			t.Log(e.example, e.reason)
			check := func(known []exception) differences {
				if e.meanwhile != nil {
					first := e.example
					first.rows = e.meanwhile
					return e.example.checkSecond(t, tpl, first, known)
				}
				return e.example.check(t, tpl, known)
			}
			require.Empty(t, check(exceptions()), "with every exception")
			require.NotEmpty(t, check(slices.Delete(exceptions(), i, i+1)), "without this one")
		})
	}
}
