package reststore

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/usher-go/usher/users"
)

// An intent is a batch that writes a person, as it is noted before the service
// is called: what its entry in the journal will say, and how to tell whether
// the service did it.
type intent struct {
	N      uint64   `json:"n"` // which of the import's it is
	Rows   []row    `json:"rows"`
	Digest string   `json:"digest,omitempty"`
	ID     users.ID `json:"id"`
	Before *image   `json:"before,omitempty"`
	After  *image   `json:"after,omitempty"`
	// Import is the import's record as the batch leaves it, and Added what it
	// adds to the counts; nil if the batch does not write it.
	Import *image         `json:"import,omitempty"`
	Added  map[string]int `json:"added,omitempty"`
	// Marks are the records of other imports as the batch leaves them.
	Marks []*image `json:"marks,omitempty"`
}

// makes reports whether it is to make somebody.
func (it *intent) makes() bool { return it.Before == nil && it.After != nil }

// does reports whether it is to do the row.
func (it *intent) does(id users.RowID) bool {
	return slices.ContainsFunc(it.Rows, func(r row) bool { return r.Row == id })
}

// A row of the batch, with the note that the journal gets, images and all.
type row struct {
	Row  users.RowID `json:"row"`
	Note []byte      `json:"note,omitempty"`
}

// happened reports whether the person stands as intended; now is nil for nobody
// of that id. Who was made and then changed was made all the same, unless the
// service said that it made nobody.
func (it *intent) happened(now *users.Record, refused bool) bool {
	switch {
	case now == nil || it.After == nil:
		return now == nil && it.After == nil
	case it.makes() && !refused:
		return true
	}
	return it.stands(now)
}

// stands reports whether the person is to the letter as intended.
func (it *intent) stands(now *users.Record) bool {
	is, err1 := users.EncodeData(now.Data)
	then, err2 := users.EncodeData(it.After.Data)
	return err1 == nil && err2 == nil && string(is) == string(then) && now.Version == it.After.Version && now.Account == it.After.Account
}

// An image is a record as it stands in a note or an intent.
type image struct{ users.Record }

// MarshalJSON is [users.EncodeRecord].
func (m image) MarshalJSON() ([]byte, error) { return users.EncodeRecord(m.Record) }

// UnmarshalJSON is [users.DecodeRecord].
func (m *image) UnmarshalJSON(b []byte) (err error) {
	m.Record, err = users.DecodeRecord(b)
	return err
}

func imageOf(r *users.Record) *image {
	if r == nil {
		return nil
	}
	return &image{*r}
}

// record is the record; nil if there is none.
func (m *image) record() *users.Record {
	if m == nil {
		return nil
	}
	return &m.Record
}

// kept is a time as a Store keeps it.
func kept(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// A plan is the unfinished intents of an import. The store beside keeps it as a
// record of its own: of kind user, because it is never asked for those. It
// stays when they are finished, so that its version tells for ever whether
// another did anything in between.
type plan struct {
	imp     users.ID
	version uint64 // 0 if there is none
	intents []*intent
}

// planPrefix stands before the id of the import. No id has blanks.
const planPrefix = "intents of "

func planID(imp users.ID) users.ID { return planPrefix + imp }

const planField = "intents"

// deletes is what a plan stands under that has an intent to delete the person.
func deletes(id users.ID) users.Key { return users.KeyOf("", users.LinkGrant, string(id)) }

func planOf(r users.Record) (plan, error) {
	p := plan{version: r.Version}
	imp, ok := strings.CutPrefix(string(r.ID), planPrefix)
	if !ok {
		return p, nil // a person who was there before the service was
	}
	p.imp = users.ID(imp)
	if d, ok := r.Data.(*users.Profile); ok && d.Custom[planField] != "" {
		if err := json.Unmarshal([]byte(d.Custom[planField]), &p.intents); err != nil {
			return p, fmt.Errorf("intents of import %s: %w", imp, err)
		}
	}
	return p, nil
}

// write is the write that leaves these intents.
func (p plan) write(intents []*intent) (users.Write, error) {
	profile := &users.Profile{}
	if len(intents) > 0 {
		text, err := json.Marshal(intents)
		if err != nil {
			return users.Write{}, err
		}
		profile.Custom = map[string]string{planField: string(text)}
		for _, it := range intents {
			if it.After == nil {
				profile.Roles = append(profile.Roles, string(it.ID)) // for deletes
			}
		}
	}
	return users.Write{ID: planID(p.imp), Version: p.version, Record: &users.Record{Head: users.Head{ID: planID(p.imp)}, Data: profile}}, nil
}

// without is the write that ends intents.
func (p plan) without(ended func(*intent) bool) (users.Write, error) {
	return p.write(slices.DeleteFunc(slices.Clone(p.intents), ended))
}

// virtual is the record of an import whose first row is unfinished: the import
// has begun, and nothing is stored of it.
func (p plan) virtual() *users.Record {
	for _, it := range p.intents {
		if it.Import == nil || it.Import.Version != 1 {
			continue
		}
		r := it.Import.Clone()
		r.Version = 0
		if imp, ok := r.Data.(*users.Import); ok {
			imp.State, imp.Counts = users.ImportRunning, nil
		}
		return &r
	}
	return nil
}
