package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/keyvalue"
	"github.com/usher-go/usher/users"
)

// digest identifies what is committed: the template, account, mode and every cell
// with its edits. Of a sensitive cell it has only whether the cell is blank.
func (p *plan) digest() string { return p.digestOf(p.grid.ordered, p.grid.text) }

// readDigest identifies the tables as read, before any edit. It never changes.
func (p *Preview) readDigest() string {
	if p.asRead != "" {
		return p.asRead
	}

	g := p.grid
	p.asRead = p.digestOf(func(yield func(uint32) bool) {
		for r := range g.rows {
			if g.rows[r].src >= 0 && !yield(uint32(r)) {
				return
			}
		}
	}, g.typed)
	return p.asRead
}

// digestOf returns 32 hexadecimal digits for the rows with the texts.
func (p *plan) digestOf(rows iter.Seq[uint32], text func(uint32, int) string) string {
	h := sha256.New()
	field := func(s string) { fmt.Fprintf(h, "%d:%s,", len(s), s) } // with its length: "ab","c" differs from "a","bc"

	field(p.tpl.Name)
	field(string(p.account))
	field(string(p.opts.Mode))
	if p.undo != nil {
		field(string(p.undo.of))
	}

	for r := range rows {
		if p.grid.isAbove(r) { // earlier releases had no such rows
			continue
		}
		field(fmt.Sprint(p.grid.rows[r].id))
		for c := range p.grid.spec(r).Columns {
			s := text(r, c)
			if p.grid.spec(r).Columns[c].Sensitive && s != "" { // a withheld text counts as well
				s = "*"
			}
			field(s)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// replayed refuses data that the account has imported before under any of the
// digests.
func (p *plan) replayed(ctx context.Context, digests ...string) error {
	var keys []users.Key
	for _, d := range digests {
		if d != "" {
			keys = append(keys, users.KeyOf(p.account, users.SpaceDocument, keyvalue.Document(p.tpl.Name, d)))
		}
	}

	found, err := p.dir.Find(ctx, keys...)
	if err != nil {
		return err
	}
	for _, r := range found.Records {
		return replayedAs(r)
	}
	return nil
}

// replayedAs returns the refusal that names the earlier import.
func replayedAs(r users.Record) *formats.Refusal {
	x := formats.Refuse("file.replayed", "id", string(r.ID), "at", r.Created.UTC().Format("2006-01-02 15:04"))
	if imp, ok := r.Data.(*users.Import); ok && imp.Label != "" {
		x.Args["label"] = formats.Show(imp.Label)
	}
	return x
}
