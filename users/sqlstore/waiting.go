package sqlstore

import (
	"context"
	"database/sql"

	"github.com/usher-go/usher/users"
)

// This file handles keys that two people of the host's table have. The first keeps the
// key, and the other waits for it in a table until it is released. A person who got a
// key in this way stays in that table until they release it.

// gain gives keys to the records that gain them. In the host's table a person who finds a
// key taken waits for it. Of several at once, the first by id gets it.
func (t *task) gain(ctx context.Context, keys []holding) error {
	into := tuples{head: "INSERT INTO @keys (account, space, value, record) VALUES ", width: 4}
	if t.users == nil {
		return t.exec(ctx, t.tx, into, holdingArgs(keys))
	}

	into.tail = " ON CONFLICT (account, space, value) DO NOTHING"
	n, err := t.count(ctx, t.tx, into, holdingArgs(keys))
	if err != nil || n == int64(len(keys)) {
		return err
	}

	wanted := make([]users.Key, len(keys))
	for i, h := range keys {
		wanted[i] = h.key
	}

	has, err := t.keyHolders(ctx, wanted)
	if err != nil {
		return err
	}

	var wait []holding
	var holders []any
	for _, h := range keys {
		if has[h.key] != h.record {
			wait, holders = append(wait, h), append(holders, string(has[h.key]))
		}
	}

	err = t.exec(ctx, t.tx, tuples{head: "INSERT INTO @waiting (account, space, value, record) VALUES ", width: 4, tail: " ON CONFLICT DO NOTHING"}, holdingArgs(wait))
	if err != nil {
		return err
	}
	return t.suspect(ctx, holders)
}

// suspect notes those records whose row was deleted unnoticed: REPLACE INTO deletes a
// conflicting row without a trigger.
func (t *task) suspect(ctx context.Context, ids []any) error {
	return t.exec(ctx, t.tx, tuples{
		head: "INSERT INTO @dirty (id, noted) SELECT id, '' FROM @records WHERE NOT EXISTS (SELECT 1 FROM " + quote(t.users.Name) +
			" AS h WHERE h." + quote(t.users.ID) + " = @records.id) AND id IN (VALUES ",
		width: 1, tail: ") ON CONFLICT (id) DO NOTHING",
	}, ids)
}

// keyHolders returns the records that have the keys.
func (t *task) keyHolders(ctx context.Context, keys []users.Key) (map[users.Key]users.ID, error) {
	out := make(map[users.Key]users.ID, len(keys))
	err := t.query(ctx, t.tx, tuples{head: "SELECT account, space, value, record FROM @keys WHERE (account, space, value) IN (VALUES ", width: 3, tail: ")"},
		keyArgs(keys), func(rows *sql.Rows) error {
			var k users.Key
			var id users.ID
			err := rows.Scan(&k.Account, &k.Space, &k.Value, &id)
			out[k] = id
			return err
		})
	return out, err
}

// drop removes keys from the records that release them, and gives each to the first, by
// id, of those who wait for it.
func (t *task) drop(ctx context.Context, keys []holding) error {
	args := holdingArgs(keys)
	err := t.exec(ctx, t.tx, tuples{head: "DELETE FROM @keys WHERE (account, space, value, record) IN (VALUES ", width: 4, tail: ")"}, args)
	if err != nil || t.users == nil {
		return err
	}

	err = t.exec(ctx, t.tx, tuples{head: "DELETE FROM @waiting WHERE (account, space, value, record) IN (VALUES ", width: 4, tail: ")"}, args)
	if err != nil {
		return err
	}

	freed := make([]users.Key, len(keys))
	for i, h := range keys {
		freed[i] = h.key
	}
	return t.exec(ctx, t.tx, tuples{
		head: "INSERT INTO @keys (account, space, value, record) SELECT account, space, value, MIN(record) FROM @waiting AS w" +
			" WHERE NOT EXISTS (SELECT 1 FROM @keys AS k WHERE k.account = w.account AND k.space = w.space AND k.value = w.value)" +
			" AND (account, space, value) IN (VALUES ",
		width: 3, tail: ") GROUP BY account, space, value",
	}, keyArgs(freed))
}
