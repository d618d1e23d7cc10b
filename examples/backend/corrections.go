package main

import (
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// A correction is the body of PATCH /previews/{id}: one of five changes, and the
// version of the preview that the person saw.
type correction struct {
	Version int    `json:"version"`
	Edits   []edit `json:"edits"`
	// Repair corrects the same error in all its cells, with the suggestion or
	// with another value.
	Repair *struct {
		ID  string  `json:"id"`
		Fix *string `json:"fix"`
	} `json:"repair"`
	// Replace replaces one text by another in a whole column.
	Replace *struct {
		Field string `json:"field"`
		From  string `json:"from"`
		To    string `json:"to"`
	} `json:"replace"`
	// Map assigns a field to a column with an unknown heading.
	Map []importer.ColumnMap `json:"map"`
	// Seen lists stale rows that the person accepts in their new form.
	Seen []users.RowID `json:"seen"`
}

type edit struct {
	Op    string            `json:"op"` // "set", "clear", "remove" or "add"
	Row   users.RowID       `json:"row"`
	Field string            `json:"field"`
	Value string            `json:"value"`
	Cells map[string]string `json:"cells"` // of a row to add
}

// correct is PATCH /previews/{id}.
func (s *server) correct(d *desk) (reply, error) {
	var c correction
	if err := d.object(&c); err != nil {
		return reply{}, err
	}

	return s.edit(d, c.Version, func(p *importer.Preview) (importer.Delta, error) {
		ctx := d.Context()
		switch {
		case c.Edits != nil:
			edits, err := edits(c.Edits)
			if err != nil {
				return importer.Delta{}, err
			}
			return p.Edit(ctx, edits...)
		case c.Repair != nil:
			r := importer.Repair{ID: c.Repair.ID}
			r.Fix = c.Repair.Fix
			return p.Repair(ctx, r)
		case c.Replace != nil:
			return p.Replace(ctx, 0, c.Replace.Field, c.Replace.From, c.Replace.To)
		case c.Map != nil:
			return p.Remap(ctx, c.Map...)
		case c.Seen != nil:
			return importer.Delta{Rows: c.Seen}, p.Acknowledge(c.Seen...)
		}
		return importer.Delta{}, badRequest("body.form")
	})
}

func edits(all []edit) ([]importer.Edit, error) {
	var out []importer.Edit
	for _, e := range all {
		switch e.Op {
		case "set":
			out = append(out, importer.Set(e.Row, e.Field, e.Value))
		case "clear":
			out = append(out, importer.Clear(e.Row, e.Field))
		case "remove":
			out = append(out, importer.Remove(e.Row))
		case "add":
			out = append(out, importer.Add(0, e.Cells))
		default:
			return nil, badRequest("body.form")
		}
	}

	return out, nil
}
