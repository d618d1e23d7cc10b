package users

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// A Kind is what a [Record] is about. The zero value is invalid.
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

// A Head is what every record has.
type Head struct {
	ID      ID        `json:"id"`
	Account AccountID `json:"account"`
	// Version rises by one with every write. A record that is not stored has 0.
	Version uint64 `json:"version,omitempty"`
	// Created and Updated are UTC, to the millisecond.
	Created time.Time `json:"created,omitzero"`
	Updated time.Time `json:"updated,omitzero"`
}

// A Record is the one thing a [Store] keeps.
type Record struct {
	Head
	// Data is never nil in a record a Store returns. It must not be changed:
	// Stores and previews share it. See [Record.Clone].
	Data Data
}

// Data is what a record says: a [*Profile], [*Line], [*Account],
// [*Subscription], [*Role], [*Unit], [*PBX] or [*Import].
type Data interface {
	kind() Kind
	index(Head, *Index)
	clone() Data
}

// Index is what a Store must be able to find a record by. It is made from the
// record, so that every Store finds alike.
type Index struct {
	// Keys are unique: no other record may hold one of them.
	Keys []Key
	// Links are not: any number of records stand under them.
	Links []Key
	// Sort orders the records of one kind; equal ones are ordered by id.
	Sort string
	// Search is folded text. A record is found if it holds every word looked for.
	Search string

	named Space  // whose value is asked for as it is written, ...
	name  string // which is this
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

// Kind is the kind of the record's data.
func (r Record) Kind() Kind {
	if r.Data == nil {
		return ""
	}
	return r.Data.kind()
}

// Index is what the record is found by, beside its id. Keys and links are sorted.
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

// Keys are the unique keys of the record, sorted, without its id.
func (r Record) Keys() []Key { return r.Index().Keys }

// Name is what the record is called in the space, as it is written and not as a
// [Key] folds it: a user's LAN ID, a unit's path; "" if it has no name there. In
// [SpaceID] it is the record's id.
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

// Clone is a copy that shares nothing with r.
func (r Record) Clone() Record {
	if r.Data != nil {
		r.Data = r.Data.clone()
	}
	return r
}

// Holder returns the id of the user to whom the record's keys belong: the user's own
// id, the holder of a line, and empty for any other record. Holder is for importers.
func (r Record) Holder() ID {
	switch d := r.Data.(type) {
	case *Profile:
		return r.ID
	case *Line:
		return d.Holder
	}
	return ""
}

// EncodeData writes data in the form every Store keeps it: JSON, with the
// names of the fields. DecodeData reads it.
func EncodeData(d Data) ([]byte, error) {
	b, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("users: encode %s: %w", d.kind(), err)
	}
	return b, nil
}

// DecodeData reads what [EncodeData] wrote. Unknown names are left alone.
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

// recordText is a record as it is written in one piece.
type recordText struct {
	Head
	Kind Kind            `json:"kind"`
	Data json.RawMessage `json:"data"`
}

// EncodeRecord writes a whole record in the form Stores keep before- and
// after-images in: one JSON object of its head, its kind, and its data as
// [EncodeData] writes them. Times are UTC, to the millisecond. A record without
// data is an error. DecodeRecord reads it.
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

// DecodeRecord reads what [EncodeRecord] wrote. Unknown names are left alone.
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

// newData is empty data of the kind; nil for a kind there is not.
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
