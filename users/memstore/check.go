package memstore

import (
	"errors"
	"fmt"

	"github.com/usher-go/usher/users"
)

// check refuses a batch that could not have been meant.
func check(b users.Batch) error {
	if b.Import == "" {
		return errors.New("no import")
	}
	rows := make(map[users.RowID]struct{}, len(b.Rows))
	for _, r := range b.Rows {
		rows[r.Row] = struct{}{}
	}
	if _, zero := rows[0]; zero || len(rows) < len(b.Rows) {
		return errors.New("a row is 0, or done twice")
	}
	ids := make(map[users.ID]struct{}, len(b.Writes))
	for _, w := range b.Writes {
		ids[w.ID] = struct{}{}
		if _, does := rows[w.Row]; !does && w.Row != 0 {
			return fmt.Errorf("record %s is written by row %d, which the batch does not do", w.ID, w.Row)
		}
		switch {
		case w.Record == nil && w.Version == 0:
			return fmt.Errorf("record %s is neither made nor changed", w.ID)
		case w.Record != nil && (w.Record.Data == nil || w.Record.ID != w.ID):
			return fmt.Errorf("record %s has no data, or another id", w.ID)
		}
	}
	if _, none := ids[""]; none || len(ids) < len(b.Writes) {
		return errors.New("a record has no id, or is written twice")
	}
	return nil
}
