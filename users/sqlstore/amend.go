package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/usher-go/usher/users"
)

var _ users.Amender = (*Store)(nil)

// Amend replaces the entries of the same rows in one transaction. A sequence that is
// being read continues with the new entries.
func (s *Store) Amend(ctx context.Context, imp users.ID, entries []users.Entry) error {
	if s.err != nil {
		return s.err
	}
	if err := s.amend(ctx, imp, entries); err != nil {
		return fmt.Errorf("sqlstore: amend: %w", err)
	}
	return nil
}

func (s *Store) amend(ctx context.Context, imp users.ID, entries []users.Entry) error {
	args := make([][]any, len(entries))
	for i, e := range entries {
		images, err := imagesText(e.Images)
		if err != nil {
			return fmt.Errorf("row %d: %w", e.Row, err)
		}
		args[i] = []any{string(e.Note), images, string(imp), int64(e.Row)}
	}

	return s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, s.text(s.words.lock)); err != nil {
			return err
		}

		update, err := tx.PrepareContext(ctx, s.text("UPDATE @journal SET note = ?, images = ? WHERE import = ? AND row = ?"))
		if err != nil {
			return err
		}

		defer update.Close()
		for i, e := range entries {
			res, err := update.ExecContext(ctx, args[i]...)
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			if n == 0 {
				return fmt.Errorf("import %s did not do row %d", imp, e.Row)
			}
		}

		return nil
	})
}

// Discard empties the import's journal in one transaction. A sequence that is being read
// ends with the entries that it has read.
func (s *Store) Discard(ctx context.Context, imp users.ID) error {
	if s.err != nil {
		return s.err
	}
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, s.text("DELETE FROM @journal WHERE import = ?"), string(imp))
		return err
	})
	if err != nil {
		return fmt.Errorf("sqlstore: discard: %w", err)
	}
	return nil
}

// imagesText returns images in the form of the journal.
func imagesText(images []users.Image) (string, error) {
	out := make([]image, len(images))
	for i, m := range images {
		var err error
		if out[i].Before, err = imageOf(m.Before); err != nil {
			return "", err
		}
		if out[i].After, err = imageOf(m.After); err != nil {
			return "", err
		}
	}
	return encodeImages(out)
}

func imageOf(r *users.Record) (*imageRecord, error) {
	if r == nil {
		return nil, nil
	}
	data, err := users.EncodeData(r.Data)
	head := r.Head
	head.Created, head.Updated = storedTime(head.Created), storedTime(head.Updated)
	return &imageRecord{head, r.Kind(), json.RawMessage(data)}, err
}
