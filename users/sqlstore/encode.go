package sqlstore

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/usher-go/usher/users"
)

// timeForm is RFC 3339 with milliseconds. Its text sorts by time.
const timeForm = "2006-01-02T15:04:05.000Z"

func storedTime(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(timeForm)
}

func parseTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(timeForm, s)
}

// A row is a record in the form of the tables.
type row struct {
	record users.Record
	index  users.Index
	data   json.RawMessage
}

// rowOf returns the record as the write leaves it, and nil if the write deletes it.
func rowOf(w users.Write) (*row, error) {
	if w.Record == nil {
		return nil, nil
	}
	r := row{record: *w.Record}
	r.record.Version = w.Version + 1
	r.record.Created, r.record.Updated = storedTime(r.record.Created), storedTime(r.record.Updated)
	r.index = r.record.Index()
	var err error
	r.data, err = users.EncodeData(r.record.Data)
	return &r, err
}

func (r *row) keys() []users.Key {
	if r == nil {
		return nil
	}
	return r.index.Keys
}

func (r *row) links() []users.Key {
	if r == nil {
		return nil
	}
	return r.index.Links
}

// recordColumns are the columns that scanRow reads first.
const recordColumns = "id, kind, account, version, data, created, updated"

// scanRow reads recordColumns, and the columns after them into more.
func scanRow(rows *sql.Rows, more ...any) (*row, error) {
	var r row
	var kind users.Kind
	var created, updated string
	h := &r.record.Head
	err := rows.Scan(append([]any{&h.ID, &kind, &h.Account, &h.Version, (*[]byte)(&r.data), &created, &updated}, more...)...)
	if err == nil {
		h.Created, err = parseTime(created)
	}
	if err == nil {
		h.Updated, err = parseTime(updated)
	}
	if err == nil {
		r.record.Data, err = users.DecodeData(kind, r.data)
	}
	if err != nil {
		return nil, fmt.Errorf("record %s: %w", h.ID, err)
	}
	return &r, nil
}

// An image is a users.Image in the form of the journal.
type image struct {
	Before *imageRecord `json:"before,omitempty"`
	After  *imageRecord `json:"after,omitempty"`
}

type imageRecord struct {
	users.Head
	Kind users.Kind      `json:"kind"`
	Data json.RawMessage `json:"data"`
}

func (r *row) image() *imageRecord {
	if r == nil {
		return nil
	}
	return &imageRecord{r.record.Head, r.record.Kind(), r.data}
}

func (r *imageRecord) record() (*users.Record, error) {
	if r == nil {
		return nil, nil
	}
	d, err := users.DecodeData(r.Kind, r.Data)
	return &users.Record{Head: r.Head, Data: d}, err
}

func encodeImages(images []image) (string, error) {
	if len(images) == 0 {
		return "", nil
	}
	b, err := json.Marshal(images)
	return string(b), err
}

func decodeImages(b []byte) ([]users.Image, error) {
	if len(b) == 0 {
		return nil, nil
	}

	var images []image
	if err := json.Unmarshal(b, &images); err != nil {
		return nil, err
	}

	out := make([]users.Image, len(images))
	for i, m := range images {
		var err error
		if out[i].Before, err = m.Before.record(); err != nil {
			return nil, err
		}
		if out[i].After, err = m.After.record(); err != nil {
			return nil, err
		}
	}

	return out, nil
}
