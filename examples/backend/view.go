package main

import (
	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// The types below are the JSON of a preview. Every finding has its message in the
// language of the reader. A client with its own texts uses the code.

// A view is a preview and a page of its rows.
type view struct {
	ID       users.ID         `json:"id"`
	Version  int              `json:"version"`
	Template string           `json:"template"`
	Mode     importer.Mode    `json:"mode"`
	Summary  importer.Summary `json:"summary"`
	Recap    []string         `json:"recap"`    // the result of a commit, in words
	Findings []finding        `json:"findings"` // of the whole file
	Repairs  []repair         `json:"repairs"`
	Changed  []users.RowID    `json:"changed"` // stale rows; accept them with "seen"
	Rows     []row            `json:"rows"`
	Next     users.RowID      `json:"next,omitempty"` // the value of after for the next page
	Added    []users.RowID    `json:"added,omitempty"`
	Removed  []users.RowID    `json:"removed,omitempty"`
}

type finding struct {
	formats.Finding
	Message string `json:"message"`
}

type repair struct {
	importer.Repair
	Message string `json:"message"`
}

// A row is importer.RowView with its id, its cells and the texts of its findings.
type row struct {
	ID users.RowID `json:"id"`
	importer.RowView
	Cells    map[string]string `json:"cells"`
	Findings []finding         `json:"findings,omitempty"`
}

// view returns the preview without rows.
func (d *desk) view(doc *document, p *importer.Preview) *view {
	v := &view{ID: doc.id, Version: doc.version, Template: p.Template().Name, Mode: p.Mode(), Summary: p.Summary(),
		Recap: d.lang.Recap(p.Summary()), Findings: d.findings(p.Findings()), Repairs: []repair{},
		Changed: append([]users.RowID{}, p.Stale()...), Rows: []row{}}
	for _, r := range p.Repairs() {
		v.Repairs = append(v.Repairs, repair{r, d.lang.Finding(r.Finding)})
	}
	return v
}

// page adds the rows that the query asks for.
func (d *desk) page(v *view, p *importer.Preview) error {
	filters, err := d.filters()
	if err != nil {
		return err
	}

	limit, err := d.number("limit", 50)
	if err != nil {
		return err
	}

	limit = max(1, min(limit, 500))
	for r := range p.Rows(filters...) {
		if uint64(len(v.Rows)) == limit {
			v.Next = v.Rows[limit-1].ID
			break
		}
		v.Rows = append(v.Rows, d.row(r))
	}

	return nil
}

// delta adds the rows that an edit changed.
func (d *desk) delta(v *view, p *importer.Preview, delta importer.Delta) error {
	v.Added, v.Removed = delta.Added, delta.Removed
	for _, id := range delta.Rows {
		r, err := p.Row(id)
		if err != nil {
			return err
		}
		v.Rows = append(v.Rows, d.row(r))
	}
	return nil
}

func (d *desk) row(r importer.RowView) row {
	return row{ID: r.ID, RowView: r, Cells: r.Cells, Findings: d.findings(r.Findings)}
}

func (d *desk) findings(all []formats.Finding) []finding {
	out := []finding{}
	for _, f := range all {
		out = append(out, finding{f, d.lang.Finding(f)})
	}
	return out
}
