package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/usher-go/usher/users"
)

// List returns one page. The total is counted after the page, in a statement of its own.
// An After that no page returned is an error.
func (s *Store) List(ctx context.Context, q users.Query) (users.Page, error) {
	if s.err != nil {
		return users.Page{}, s.err
	}
	page, err := s.list(ctx, q)
	if err != nil {
		return users.Page{}, fmt.Errorf("sqlstore: list: %w", err)
	}
	return page, nil
}

func (s *Store) list(ctx context.Context, q users.Query) (users.Page, error) {
	var page users.Page
	if !q.Scope.All && len(q.Scope.Accounts) == 0 {
		return page, ctx.Err()
	}

	fits := s.condition(q)
	from := fits
	after, order := ">", "ORDER BY sort, id"
	if q.Descending {
		after, order = "<", "ORDER BY sort DESC, id DESC"
	}

	if q.After != "" {
		sort, id, err := parseCursor(q.After)
		if err != nil {
			return page, err
		}
		from = fits.and("(sort, id) "+after+" (?, ?)", sort, id)
	}

	size := q.PageSize()
	if err := s.settle(ctx); err != nil {
		return page, err
	}

	var sort, last string // sort and id of the last record of the page
	more := false
	statement := "SELECT " + recordColumns + ", sort FROM @records WHERE " + from.text + " " + order + " LIMIT ?"
	err := s.rows(ctx, s.db, statement, append(from.args, size+1), func(rows *sql.Rows) error {
		if len(page.Records) == size {
			more = true
			return nil
		}
		r, err := scanRow(rows, &sort)
		if err == nil {
			page.Records, last = append(page.Records, r.record), string(r.record.ID)
		}
		return err
	})

	if more {
		page.Next = cursor(sort, last)
	}

	if err == nil && q.Count {
		err = s.rows(ctx, s.db, "SELECT COUNT(*) FROM @records WHERE "+fits.text, fits.args, func(rows *sql.Rows) error {
			return rows.Scan(&page.Total)
		})
	}

	return page, err
}

// A condition is the text after WHERE, with its arguments.
type condition struct {
	text string
	args []any
}

func (c condition) and(text string, args ...any) condition {
	return condition{c.text + " AND " + text, append(c.args[:len(c.args):len(c.args)], args...)}
}

// condition returns the condition that a record fits the query.
func (s *Store) condition(q users.Query) condition {
	c := condition{text: "kind = ?", args: []any{string(q.Kind)}}
	accounts, in := q.Scope.Accounts, "account IN ("
	if q.Scope.All {
		accounts, in = q.Scope.Except, "account NOT IN ("
	}

	if len(accounts) > 0 {
		args := make([]any, len(accounts))
		for i, a := range accounts {
			args[i] = string(a)
		}
		c = c.and(in+strings.Repeat(", ?", len(args))[2:]+")", args...)
	}

	for _, k := range q.Having {
		table, account := "@links", "@records.account"
		if k.Space.Unique() {
			table = "@keys"
		}
		if k.Space.Global() {
			account = "''"
		}
		if k.Space == users.SpaceID {
			c = c.and("id = ?", k.Value)
			continue
		}
		c = c.and("EXISTS (SELECT 1 FROM "+table+" AS h WHERE h.account = "+account+
			" AND h.space = ? AND h.value = ? AND h.record = @records.id)", string(k.Space), k.Value)
	}

	for _, word := range strings.Fields(users.Fold(q.Text)) {
		c = c.and(s.words.contains, word)
	}
	return c
}

// cursor returns the end of a page as opaque text. sort does not end with a zero byte,
// and id has none.
func cursor(sort, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(sort + "\x00" + id))
}

func parseCursor(s string) (sort, id string, err error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	i := bytes.LastIndexByte(b, 0)
	if err != nil || i < 0 || i == len(b)-1 {
		return "", "", errors.New("after: not the end of a page")
	}
	return string(b[:i]), string(b[i+1:]), nil
}
