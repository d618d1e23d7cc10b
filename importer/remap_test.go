package importer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// A heading nobody recognised is given to its field, as its finding suggests;
// rows keep their ids and cells their corrections, also through a document.
func TestRemap(t *testing.T) {
	s := asHost(people(), nil, row("l1", mail(1), "Ada", "", "Admin"), row("l2", mail(2), "Bob"))
	s.sheets[0].heads = []string{"LAN ID", "E-MIAL", "NAMME", "SUPERVISOR", "ROLE"}
	s.sheets[0].heads[1] = "EMIAL"
	store := s.store(t)
	p := s.preview(t, store)
	_, err := p.Edit(t.Context(), importer.Set(users.RowAt(0, 3), "role", "Admin"), importer.Add(0, map[string]string{"lan_id": "l9", "email": mail(9)}))
	require.NoError(t, err)
	var maps []importer.ColumnMap
	for _, f := range p.Findings() {
		if f.Code == "header.unknown" {
			require.NotEmpty(t, f.Args["field"], "%+v", f)
			maps = append(maps, importer.ColumnMap{Column: f.Column, Field: f.Args["field"]})
		}
	}
	require.Len(t, maps, 2)
	before := show(p)
	_, err = p.Remap(t.Context(), importer.ColumnMap{Column: 9, Field: "email"})
	require.ErrorIs(t, err, importer.ErrColumn)
	require.Empty(t, cmp.Diff(before, show(p)), "nothing is changed")
	d, err := p.Remap(t.Context(), maps...)
	require.NoError(t, err)
	require.Len(t, d.Rows, 3)
	require.Empty(t, d.Summary.Codes)
	want := []string{
		"2 create l1 lan_id:>l1 email:>p1@x.com name:>Ada role:user>account_admin",
		"3 create l2 lan_id:>l2 email:>p2@x.com name:>Bob role:user>account_admin",
		"4 create l9 lan_id:>l9 email:>p9@x.com",
	}
	require.Equal(t, want, briefs(show(p)))
	require.Empty(t, p.Findings())
	require.Equal(t, want, briefs(show(reopened(t, s, store, saved(t, p)))))
}

// A file that is refused for a heading says which column to give to which field.
func TestMissingHeadingSaysWhich(t *testing.T) {
	s := asHost(people(), nil, row("l1", mail(1), "Ada"))
	s.sheets[0].heads = []string{"LAM ID", "EMAIL", "NAME", "SUPERVISOR", "ROLE"}
	_, err := s.tryPreview(t, s.open(s.store(t)))
	var r *formats.Refusal
	require.ErrorAs(t, err, &r)
	require.Equal(t, "header.missing", r.Code)
	require.Equal(t, "1", r.Args["column"])
	require.Equal(t, "lan_id", r.Args["field"])
}

// Every column of a file below a title is mapped: the headings stay the headings.
func TestRemapKeepsTheHeadings(t *testing.T) {
	p, err := readTyped(t, nil, []string{"Starters", ""}, []string{"LAN ID", "NAME"}, []string{"l1", "A"})
	require.NoError(t, err)
	want := []string{"1 skip ?row.above[]", "3 create l1 lan_id:>l1 name:>A"}
	require.Empty(t, cmp.Diff(want, briefs(show(p))), "(-want +got)")

	_, err = p.Remap(t.Context(), importer.ColumnMap{Column: 1, Field: "lan_id"}, importer.ColumnMap{Column: 2, Field: "name"})
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(want, briefs(show(p))), "(-want +got)")

	// A column that is mapped again loses its field, and the field its column.
	_, err = p.Remap(t.Context(), importer.ColumnMap{Column: 1, Field: "name"}, importer.ColumnMap{Column: 2, Field: "lan_id"})
	require.NoError(t, err)
	require.Equal(t, "3 create A lan_id:>A name:>l1", briefs(show(p))[1])
	_, err = p.Remap(t.Context(), importer.ColumnMap{Column: 1, Field: "name"}, importer.ColumnMap{Column: 1, Field: "lan_id"})
	require.ErrorIs(t, err, importer.ErrMap)
}

// A release that knows one heading more reopens a document as it was read.
func TestDocumentKeepsItsReading(t *testing.T) {
	s := asHost(people(), nil, row("l1", mail(1), "Ada", "", "Admin"))
	s.sheets[0].heads = []string{"LAN ID", "EMAIL", "NAME", "CHIEF", "ROLE"}
	store := s.store(t)
	p := s.preview(t, store)
	_, err := p.Edit(t.Context(), importer.Set(users.RowAt(0, 2), "name", "Ida"))
	require.NoError(t, err)
	before, doc := show(p), saved(t, p)

	// The later release knows CHIEF, and reads E-mail in another column.
	later := people()
	for i := range later.Tables[0].Columns {
		switch c := &later.Tables[0].Columns[i]; c.Field {
		case "supervisor":
			c.Headings = en("CHIEF")
		case "name":
			c.Headings = en("EMAIL")
		case "email":
			c.Headings = en("NAME")
		}
	}
	s.template = later
	q := reopened(t, s, store, doc)
	require.Empty(t, cmp.Diff(before.Rows, show(q).Rows), "(-before +after)")
	require.Empty(t, q.Stale())
	require.Equal(t, doc, saved(t, q))
}
