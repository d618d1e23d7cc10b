package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// keep is the time after which an unused preview is deleted, because it contains
// the personal data of a file.
const keep = 7 * 24 * time.Hour

// documents stores the previews between two requests, in a table of the host.
type documents struct{ db *sql.DB }

// A document is a saved preview. Every save increases its version.
type document struct {
	id        users.ID
	version   int
	committed bool
	body      []byte
}

// create stores a new preview and deletes the expired ones.
func (s documents) create(ctx context.Context, owner person, p *importer.Preview) (*document, error) {
	var body bytes.Buffer
	if err := p.Save(&body); err != nil {
		return nil, err
	}
	now := time.Now()
	if _, err := s.db.ExecContext(ctx, "DELETE FROM previews WHERE updated_at < ?", now.Add(-keep).Unix()); err != nil {
		return nil, err
	}
	d := &document{id: p.ID(), version: 1}
	_, err := s.db.ExecContext(ctx, "INSERT INTO previews (id, account, owner, version, document, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
		d.id, owner.account, owner.id, d.version, body.Bytes(), now.Unix())
	return d, err
}

// load returns a preview of the owner, or users.ErrNotFound.
func (s documents) load(ctx context.Context, owner person, id string) (*document, error) {
	d := &document{id: users.ID(id)}
	err := s.db.QueryRowContext(ctx, "SELECT version, committed, document FROM previews WHERE id = ? AND account = ? AND owner = ?",
		id, owner.account, owner.id).Scan(&d.version, &d.committed, &d.body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, users.ErrNotFound
	}
	return d, err
}

// save replaces the loaded preview. If another request has edited or committed
// the preview since then, the error is a *users.Conflict.
func (s documents) save(ctx context.Context, d *document, p *importer.Preview) error {
	var body bytes.Buffer
	if err := p.Save(&body); err != nil {
		return err
	}
	done, err := s.change(ctx, "UPDATE previews SET version = version + 1, document = ?, updated_at = ? WHERE id = ? AND version = ? AND committed = 0",
		body.Bytes(), time.Now().Unix(), d.id, d.version)
	if err != nil {
		return err
	}
	if !done {
		return stale(d)
	}
	d.version++
	return nil
}

// close ends the editing of the loaded preview before its commit. If another
// request has edited the preview since then, the error is a *users.Conflict.
func (s documents) close(ctx context.Context, d *document) error {
	done, err := s.change(ctx, "UPDATE previews SET committed = 1 WHERE id = ? AND version = ?", d.id, d.version)
	if err == nil && !done {
		return stale(d)
	}
	return err
}

// reopen allows edits again after a commit that wrote nothing.
func (s documents) reopen(ctx context.Context, d *document) error {
	_, err := s.change(ctx, "UPDATE previews SET committed = 0 WHERE id = ? AND version = ?", d.id, d.version)
	return err
}

// discard deletes a preview of the owner. Committed rows stay committed.
func (s documents) discard(ctx context.Context, owner person, id string) error {
	done, err := s.change(ctx, "DELETE FROM previews WHERE id = ? AND account = ? AND owner = ?", id, owner.account, owner.id)
	if err == nil && !done {
		return users.ErrNotFound
	}
	return err
}

// change runs a statement for one document and reports whether the document
// existed.
func (s documents) change(ctx context.Context, statement string, args ...any) (bool, error) {
	r, err := s.db.ExecContext(ctx, statement, args...)
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n == 1, err
}

// stale returns the error of a store for a record that has changed.
func stale(d *document) error { return &users.Conflict{Stale: []users.ID{d.id}} }
