package reststore

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/usher-go/usher/users"
)

// An intent is a batch that writes a person, as it is stored before the service is called.
// It has the content of the journal entry, and the data that tell whether the service wrote
// the person.
type intent struct {
	N      uint64   `json:"n"` // the number of the intent in its import
	Rows   []row    `json:"rows"`
	Digest string   `json:"digest,omitempty"`
	ID     users.ID `json:"id"`
	Before *image   `json:"before,omitempty"`
	After  *image   `json:"after,omitempty"`
	// Import is the import's record as the batch leaves it, and Added the rise of its
	// counts. Both are nil if the batch does not write it.
	Import *image         `json:"import,omitempty"`
	Added  map[string]int `json:"added,omitempty"`
	// Marks are the records of other imports as the batch leaves them.
	Marks []*image `json:"marks,omitempty"`
}

// creates reports whether the intent creates a person.
func (it *intent) creates() bool { return it.Before == nil && it.After != nil }

// does reports whether the intent does the row.
func (it *intent) does(id users.RowID) bool {
	return slices.ContainsFunc(it.Rows, func(r row) bool { return r.Row == id })
}

// A row is a row of the batch with its note for the journal, images included.
type row struct {
	Row  users.RowID `json:"row"`
	Note []byte      `json:"note,omitempty"`
}

// happened reports whether the service did the write; now is the person, or nil if they do
// not exist. A person who was created and then changed counts as created, unless the
// service said that it created no one.
func (it *intent) happened(now *users.Record, refused bool) bool {
	switch {
	case now == nil || it.After == nil:
		return now == nil && it.After == nil
	case it.creates() && !refused:
		return true
	}
	return it.isExactly(now)
}

// isExactly reports whether the person is exactly as intended.
func (it *intent) isExactly(now *users.Record) bool {
	is, err1 := users.EncodeData(now.Data)
	then, err2 := users.EncodeData(it.After.Data)
	return err1 == nil && err2 == nil && string(is) == string(then) && now.Version == it.After.Version && now.Account == it.After.Account
}

// An image is a record in the form of a note or an intent.
type image struct{ users.Record }

// MarshalJSON returns the record as [users.EncodeRecord] does.
func (m image) MarshalJSON() ([]byte, error) { return users.EncodeRecord(m.Record) }

// UnmarshalJSON reads the record as [users.DecodeRecord] does.
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

// record returns the record, and nil if there is none.
func (m *image) record() *users.Record {
	if m == nil {
		return nil
	}
	return &m.Record
}

// storedTime returns a time as a Store keeps it.
func storedTime(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// A plan is the unfinished intents of an import. The companion keeps it as a record of kind
// user, because it is never asked for users. The record stays when the intents are finished,
// so that its version tells whether another process did anything in between.
type plan struct {
	imp     users.ID
	version uint64 // 0 if the plan is not stored
	intents []*intent
}

// planPrefix begins the id of a plan, before the id of the import. No other id has blanks.
const planPrefix = "intents of "

func planID(imp users.ID) users.ID { return planPrefix + imp }

const planField = "intents"

// deletionLink returns the link of the plans that intend to delete the person.
func deletionLink(id users.ID) users.Key { return users.KeyOf("", users.LinkGrant, string(id)) }

func planOf(r users.Record) (plan, error) {
	p := plan{version: r.Version}
	imp, ok := strings.CutPrefix(string(r.ID), planPrefix)
	if !ok {
		return p, nil // a person whom the companion kept before
	}
	p.imp = users.ID(imp)
	if d, ok := r.Data.(*users.Profile); ok && d.Custom[planField] != "" {
		if err := json.Unmarshal([]byte(d.Custom[planField]), &p.intents); err != nil {
			return p, fmt.Errorf("intents of import %s: %w", imp, err)
		}
	}
	return p, nil
}

// write returns the write that stores these intents.
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
				profile.Roles = append(profile.Roles, string(it.ID)) // for deletionLink
			}
		}
	}
	return users.Write{ID: planID(p.imp), Version: p.version, Record: &users.Record{Head: users.Head{ID: planID(p.imp)}, Data: profile}}, nil
}

// without returns the write that ends intents.
func (p plan) without(ended func(*intent) bool) (users.Write, error) {
	return p.write(slices.DeleteFunc(slices.Clone(p.intents), ended))
}

// unstoredImport returns the record of an import whose first row is unfinished. The import
// has begun, and its record is not stored yet.
func (p plan) unstoredImport() *users.Record {
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
