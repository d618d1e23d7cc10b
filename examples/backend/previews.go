package main

import (
	"bytes"
	"net/http"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
)

// upload is POST /previews?template=hires: a preview of a file. It writes only
// the document. The query may also have mode, label and map=COLUMN:FIELD.
func (s *server) upload(d *desk) (reply, error) {
	q := d.URL.Query()
	tpl, err := s.template(q.Get("template"))
	if err != nil {
		return reply{}, err
	}

	maps, err := d.maps()
	if err != nil {
		return reply{}, err
	}

	table, err := d.table(tpl)
	if err != nil {
		return reply{}, err
	}

	opts := &importer.Options{Mode: importer.Mode(q.Get("mode")), Label: q.Get("label"), Map: maps}
	p, err := importer.New(d.dir, tpl, opts).Preview(d.Context(), table)
	if err != nil {
		return reply{}, err
	}

	return s.created(d, p)
}

// created stores a new preview and answers with it.
func (s *server) created(d *desk, p *importer.Preview) (reply, error) {
	doc, err := s.documents.create(d.Context(), d.person, p)
	if err != nil {
		return reply{}, err
	}
	v := d.view(doc, p)
	if err := d.page(v, p); err != nil {
		return reply{}, err
	}
	out := object(http.StatusCreated, v)
	out.header["Location"] = "/previews/" + string(doc.id)
	return out, nil
}

// open returns the preview of the request, checked against the current people.
func (s *server) open(d *desk) (*document, *importer.Preview, error) {
	doc, err := s.documents.load(d.Context(), d.person, d.PathValue("id"))
	if err != nil {
		return nil, nil, err
	}
	p, err := importer.Reopen(d.Context(), d.dir, bytes.NewReader(doc.body), s.templates...)
	return doc, p, err
}

// look is GET /previews/{id}: a page of its rows. It saves nothing, so a stale
// row stays marked until a correction lists it in "seen".
func (s *server) look(d *desk) (reply, error) {
	doc, p, err := s.open(d)
	if err != nil {
		return reply{}, err
	}
	v := d.view(doc, p)
	if err := d.page(v, p); err != nil {
		return reply{}, err
	}
	return object(http.StatusOK, v), nil
}

// discard is DELETE /previews/{id}.
func (s *server) discard(d *desk) (reply, error) {
	return reply{status: http.StatusNoContent}, s.documents.discard(d.Context(), d.person, d.PathValue("id"))
}

// failing is GET /previews/{id}/failing.xlsx: the rows with errors, to correct in
// a spreadsheet and upload again.
func (s *server) failing(w formats.Writer) handler {
	return func(d *desk) (reply, error) {
		_, p, err := s.open(d)
		if err != nil {
			return reply{}, err
		}
		return file("failing", w, p.Failing(0, d.lang)), nil
	}
}

// merge is POST /previews/{id}/failing: the corrected rows.
func (s *server) merge(d *desk) (reply, error) {
	return s.edit(d, 0, func(p *importer.Preview) (importer.Delta, error) {
		table, err := d.table(p.Template())
		if err != nil {
			return importer.Delta{}, err
		}
		return p.Merge(d.Context(), table)
	})
}

// edit changes the preview of the request and answers with the changed rows. A
// version other than 0 must be the stored version.
func (s *server) edit(d *desk, version int, change func(*importer.Preview) (importer.Delta, error)) (reply, error) {
	doc, p, err := s.open(d)
	switch {
	case err != nil:
		return reply{}, err
	case doc.committed:
		return reply{}, &fault{http.StatusConflict, "preview.committed"}
	case version != 0 && version != doc.version:
		return reply{}, stale(doc)
	}

	delta, err := change(p)
	if err != nil {
		return reply{}, err
	}
	if err := s.documents.save(d.Context(), doc, p); err != nil {
		return reply{}, err
	}

	v := d.view(doc, p)
	if err := d.delta(v, p, delta); err != nil {
		return reply{}, err
	}

	return object(http.StatusOK, v), nil
}
