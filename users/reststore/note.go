package reststore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/usher-go/usher/users"
)

// notePrefix marks a note that has images in it. A foreign note that begins alike is wrapped
// too, so that it is not mistaken for one of these.
const notePrefix = `{"reststore":{`

type wrapping struct {
	Wrapped wrapped `json:"reststore"`
}

// wrapped is an entry's note, with the images that the companion cannot make because it does
// not write the people.
type wrapped struct {
	Note   []byte      `json:"note,omitempty"`
	Images [][2]*image `json:"images,omitempty"` // before and after
}

// wrap returns the note with the images in it, and the note itself if there are none.
func wrap(note json.RawMessage, images []users.Image) (json.RawMessage, error) {
	if len(images) == 0 && !bytes.HasPrefix(note, []byte(notePrefix)) {
		return note, nil
	}
	w := wrapped{Note: note}
	for _, m := range images {
		w.Images = append(w.Images, [2]*image{imageOf(m.Before), imageOf(m.After)})
	}
	return json.Marshal(wrapping{w})
}

// unwrap returns the entry with the original note and with its images.
func unwrap(e users.Entry) (users.Entry, error) {
	if !bytes.HasPrefix(e.Note, []byte(notePrefix)) {
		return e, nil
	}
	var w wrapping
	if err := json.Unmarshal(e.Note, &w); err != nil {
		return users.Entry{}, fmt.Errorf("row %d: %w", e.Row, err)
	}
	var images []users.Image
	for _, m := range w.Wrapped.Images {
		images = append(images, users.Image{Before: m[0].record(), After: m[1].record()})
	}
	return users.Entry{Row: e.Row, Note: w.Wrapped.Note, Images: slices.Concat(images, e.Images)}, nil
}

// wrapRows returns the rows with their notes wrapped, with the images of one of them.
func wrapRows(rows []users.RowNote, of users.RowID, images []users.Image) ([]users.RowNote, error) {
	out := slices.Clone(rows)
	for i, r := range out {
		var own []users.Image
		if r.Row == of {
			own = images
		}
		var err error
		if out[i].Note, err = wrap(r.Note, own); err != nil {
			return nil, fmt.Errorf("row %d: %w", r.Row, err)
		}
	}
	return out, nil
}
