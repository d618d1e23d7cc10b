package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/usher-go/usher/users"
)

// Find returns the records that have any of the keys, ordered by id. It is one query, so
// that all records are of one moment. More than [users.MaxFind] keys are an error.
func (s *Store) Find(ctx context.Context, keys []users.Key) ([]users.Record, error) {
	if s.err != nil {
		return nil, s.err
	}
	if len(keys) > users.MaxFind {
		return nil, fmt.Errorf("sqlstore: find: %d keys, at most %d", len(keys), users.MaxFind)
	}
	found, err := s.find(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: find: %w", err)
	}
	return found, nil
}

func (s *Store) find(ctx context.Context, keys []users.Key) ([]users.Record, error) {
	var ids, unique, links []any
	for _, k := range keys {
		switch {
		case k.Space == users.SpaceID:
			if k.Account == "" {
				ids = append(ids, k.Value)
			}
		case k.Space.Unique():
			unique = appendKey(unique, k)
		default:
			links = appendKey(links, k)
		}
	}

	var parts []string
	var args []any
	for _, x := range []struct {
		of   tuples
		args []any
	}{
		{tuples{head: "VALUES ", width: 1}, ids},
		{tuples{head: "SELECT record FROM @keys WHERE (account, space, value) IN (VALUES ", width: 3, tail: ")"}, unique},
		{tuples{head: "SELECT record FROM @links WHERE (account, space, value) IN (VALUES ", width: 3, tail: ")"}, links},
	} {
		if len(x.args) > 0 {
			parts = append(parts, x.of.text(len(x.args)/x.of.width))
			args = append(args, x.args...)
		}
	}

	if len(parts) == 0 {
		return nil, ctx.Err()
	}
	if err := s.settle(ctx); err != nil {
		return nil, err
	}

	var found []users.Record
	unread := "''"
	if s.users != nil {
		unread = "COALESCE((SELECT why FROM @unread AS u WHERE u.id = @records.id), '')"
	}

	statement := "SELECT " + recordColumns + ", " + unread + " FROM @records WHERE id IN (" + strings.Join(parts, " UNION ") + ") ORDER BY id"
	err := s.rows(ctx, s.db, statement, args, func(rows *sql.Rows) error {
		var why string
		r, err := scanRow(rows, &why)
		if err != nil {
			return err
		}
		if why != "" && asksFor(keys, r.record) {
			return s.users.about(r.record.ID, errors.New(why))
		}
		found = append(found, r.record)
		return nil
	})

	if err != nil {
		return nil, err
	}
	return found, nil
}

func appendKey(args []any, k users.Key) []any {
	return append(args, string(k.Account), string(k.Space), k.Value)
}
