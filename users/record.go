package users

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// A Kind is the kind of a [Record]. The zero value is invalid.
type Kind string

// The kinds of record.
const (
	KindAccount      Kind = "account"
	KindUser         Kind = "user"
	KindLine         Kind = "line"
	KindSubscription Kind = "subscription"
	KindRole         Kind = "role"
	KindUnit         Kind = "unit"
	KindPBX          Kind = "pbx"
	KindImport       Kind = "import"
)

// Held reports whether people hold records of the kind, which pass from one person
// to another: lines. Held is for importers.
func (k Kind) Held() bool { return k == KindLine }

// A Head is the part that all records share.
type Head struct {
	ID      ID        `json:"id"`
	Account AccountID `json:"account"`
	// Version rises by one with every write. It is 0 in a record that is not stored.
	Version uint64 `json:"version,omitempty"`
	// Created and Updated are UTC, to the millisecond.
	Created time.Time `json:"created,omitzero"`
	Updated time.Time `json:"updated,omitzero"`
}

// A Record is the one thing a [Store] keeps.
type Record struct {
	Head
	// Data is never nil in a record that a Store returns. It must not be changed,
	// because Stores and previews share it. See [Record.Clone].
	Data Data
}

// Data is the content of a record: a [*Profile], [*Line], [*Account],
// [*Subscription], [*Role], [*Unit], [*PBX] or [*Import].
type Data interface {
	kind() Kind
	index(Head, *Index)
	clone() Data
}

// An Index is what a Store must be able to find a record by. It is computed from the
// record, so that every Store finds in the same way.
type Index struct {
	// Keys are unique: no other record may have one of them.
	Keys []Key
	// Links are not unique: any number of records may have one.
	Links []Key
	// Sort orders the records of one kind. Equal ones are ordered by id.
	Sort string
	// Search is folded text. A search finds the record if every word occurs in it.
	Search string

	named Space  // the space whose value is wanted as it is written
	name  string // that value
}

func (x *Index) key(h Head, s Space, value string) {
	if value == "" {
		return
	}
	x.Keys = append(x.Keys, KeyOf(h.Account, s, value))
	if s == x.named {
		x.name = value
	}
}

func (x *Index) link(h Head, s Space, value string) {
	if value != "" {
		x.Links = append(x.Links, KeyOf(h.Account, s, value))
	}
}

// Kind returns the kind of the record's data.
func (r Record) Kind() Kind {
	if r.Data == nil {
		return ""
	}
	return r.Data.kind()
}

// Index returns what the record is found by, besides its id. Keys and links are sorted.
func (r Record) Index() Index {
	var x Index
	if r.Data != nil {
		r.Data.index(r.Head, &x)
		slices.SortFunc(x.Keys, Key.Compare)
		slices.SortFunc(x.Links, Key.Compare)
		x.Links = slices.Compact(x.Links)
	}
	return x
}

// Keys returns the unique keys of the record, sorted, without its id.
func (r Record) Keys() []Key { return r.Index().Keys }

// Name returns the record's value in the space as it is written, not as a [Key] folds
// it: a user's LAN ID, a unit's path. It is empty if the record has no value there.
// In [SpaceID] it is the record's id.
func (r Record) Name(s Space) string {
	if s == SpaceID {
		return string(r.ID)
	}
	x := Index{named: s}
	if r.Data != nil {
		r.Data.index(r.Head, &x)
	}
	return x.name
}

// Clone returns a copy that shares nothing with r.
func (r Record) Clone() Record {
	if r.Data != nil {
		r.Data = r.Data.clone()
	}
	return r
}

// Holder returns the id of the user to whom the record's keys belong. For a user it is
// the user's own id. For a line it is the holder. For any other record it is empty.
// Holder is for importers.
func (r Record) Holder() ID {
	switch d := r.Data.(type) {
	case *Profile:
		return r.ID
	case *Line:
		return d.Holder
	}
	return ""
}

// EncodeData returns data in the form in which every Store keeps it: JSON, by the
// names of the fields. [DecodeData] reads it.
func EncodeData(d Data) ([]byte, error) {
	b, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("users: encode %s: %w", d.kind(), err)
	}
	return b, nil
}

// DecodeData reads the output of [EncodeData]. It ignores unknown names.
func DecodeData(k Kind, b []byte) (Data, error) {
	d := newData(k)
	if d == nil {
		return nil, fmt.Errorf("users: decode: no kind %q", k)
	}
	if err := json.Unmarshal(b, d); err != nil {
		return nil, fmt.Errorf("users: decode %s: %w", k, err)
	}
	return d, nil
}

// recordText is the JSON form of a whole record.
type recordText struct {
	Head
	Kind Kind            `json:"kind"`
	Data json.RawMessage `json:"data"`
}

// EncodeRecord returns a whole record in the form in which Stores keep before- and
// after-images: one JSON object of its head, its kind, and its data as [EncodeData]
// writes them. Times are in UTC, to the millisecond. A record without data is an
// error. [DecodeRecord] reads it.
func EncodeRecord(r Record) ([]byte, error) {
	if r.Data == nil {
		return nil, fmt.Errorf("users: encode: record %s has no data", r.ID)
	}
	data, err := EncodeData(r.Data)
	if err != nil {
		return nil, err
	}
	r.Created, r.Updated = r.Created.UTC().Truncate(time.Millisecond), r.Updated.UTC().Truncate(time.Millisecond)
	b, err := json.Marshal(recordText{r.Head, r.Kind(), data})
	if err != nil {
		return nil, fmt.Errorf("users: encode record %s: %w", r.ID, err)
	}
	return b, nil
}

// DecodeRecord reads the output of [EncodeRecord]. It ignores unknown names.
func DecodeRecord(b []byte) (Record, error) {
	var t recordText
	if err := json.Unmarshal(b, &t); err != nil {
		return Record{}, fmt.Errorf("users: decode record: %w", err)
	}
	d, err := DecodeData(t.Kind, t.Data)
	if err != nil {
		return Record{}, err
	}
	return Record{Head: t.Head, Data: d}, nil
}

// newData returns empty data of the kind, and nil for an unknown kind.
func newData(k Kind) Data {
	switch k {
	case KindAccount:
		return new(Account)

	case KindUser:
		return new(Profile)

	case KindLine:
		return new(Line)

	case KindSubscription:
		return new(Subscription)

	case KindRole:
		return new(Role)

	case KindUnit:
		return new(Unit)

	case KindPBX:
		return new(PBX)

	case KindImport:
		return new(Import)
	}
	return nil
}
