package rainbow_test

import (
	"testing"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/rainbow"
	"github.com/usher-go/usher/importer/templatetest"
	"github.com/usher-go/usher/users"
)

func TestTemplate(t *testing.T) {
	var stored []users.Record
	for _, n := range []string{"augusta", "robert", "cydney", "daniel", "evelyn"} {
		stored = append(stored, users.Record{Head: users.Head{ID: users.ID("id of " + n[:2])}, Data: &users.Profile{Email: n + "@example.com", DisplayName: "The " + n[:1]}})
	}
	line := func(holder users.ID, pbx, short, internal, number string) {
		id := systems.Replace(pbx)
		stored = append(stored, users.Record{Data: &users.Line{PBX: id, Short: short, Group: pbxs()[id], Internal: internal, Number: number, Holder: holder}})
	}
	line("id of au", "P1", "1001", "91001", "+33123450001")
	line("id of ro", "P1", "1002", "91002", "")
	line("id of cy", "P3", "1003", "91003", "+33123450003")
	line("", "P2", "1004", "91004", "+33123450004")

	rows := func(lines ...[]string) [][][]string {
		for _, r := range lines {
			for c := range r {
				r[c] = systems.Replace(r[c])
			}
		}
		return [][][]string{lines}
	}
	files := []templatetest.File{
		{Name: "lines that change hands", Tables: rows(
			[]string{"attach", "augusta@example.com", "P1", "1001", "91001", "+33123450001"},
			[]string{"attach", "daniel@example.com", "P1", "2001", "92001", "+33123450021"},
			[]string{"force_attach", "evelyn@example.com", "P3", "1003", "", ""},
			[]string{"detach", "robert@example.com"},
			[]string{"attach", "cydney@example.com", "P2", "1004", "", "+33123450004"},
		)},
		{Name: "rows in error", Tables: rows(
			[]string{"attach", "robert@example.com", "P1", "1001", "", ""},
			[]string{"attach", "daniel@example.com", "P1", "2001", "92001", "+33123450021"},
			[]string{"attach", "evelyn@example.com", "P1", "2001", "92002", "+33123450022"},
			[]string{"attach", "nobody@example.com", "P1", "2002", "92003", ""},
			[]string{"attach", "cydney@example.com", "P4", "20o3", "9200?", "0123"},
			[]string{"atach", "augusta@example", "P", "", "", ""},
			[]string{"detach", "robert@example.com"},
		)},
		{Name: "a swap, and one row twice", Tables: rows(
			[]string{"attach", "augusta@example.com", "P1", "1002", "", ""},
			[]string{"attach", "robert@example.com", "P1", "1001", "", ""},
			[]string{"attach", "daniel@example.com", "P2", "2005", "", ""},
			[]string{"attach", "Daniel@example.com", "P2", "2005", "", ""},
		)},
	}

	t.Run("one line of a system", func(t *testing.T) {
		tpl := func() *importer.Template { return rainbow.Lines(&rainbow.Options{PBXs: pbxs(), Plan: plan(t)}) }
		templatetest.Run(t, tpl(), templatetest.Samples{New: tpl, Stored: stored, Files: files})
	})

	t.Run("several lines of any system", func(t *testing.T) {
		tpl := func() *importer.Template { return rainbow.Lines(&rainbow.Options{Many: true}) }
		templatetest.Run(t, tpl(), templatetest.Samples{New: tpl, Stored: stored, Files: files})
	})
}

// plan allows the short numbers of the samples.
func plan(t *testing.T) *extensions.Plan {
	t.Helper()
	r, err := extensions.ParseRange("1000-2999")
	if err != nil {
		t.Fatal(err)
	}
	p, err := extensions.NewPlan(map[string][]extensions.Range{systems.Replace("P1"): {r}, systems.Replace("P2"): {r}, systems.Replace("P3"): {r}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
