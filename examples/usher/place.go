package main

import (
	"context"
	"errors"
	"flag"
	"strings"

	"github.com/usher-go/usher/users"
)

// demo is the account that the first writing command creates.
const demo = "demo"

// A place holds the store, the account and the actor of a command.
type place struct {
	store, account, as string
}

func (p *place) flags(f *flag.FlagSet) {
	f.StringVar(&p.store, "store", defaultStore, "`STORE`: sqlite:PATH or memory:")
	f.StringVar(&p.account, "account", demo, "`ACCOUNT` to work on")
	f.StringVar(&p.as, "as", "partner", "`ACTOR`: partner, admin:USER_ID or sync:SOURCE")
}

// A desk is an open place: the view that an actor has of a store.
type desk struct {
	store   string // as given by --store
	account users.AccountID
	dir     *users.Directory
	// host is the view of the program itself. It only creates the demo account
	// and loads accounts.
	host  *users.Directory
	close func() error
}

func (p *place) open(ctx context.Context) (*desk, error) {
	actor, err := p.actor()
	if err != nil {
		return nil, err
	}
	store, closeStore, err := openStore(ctx, p.store)
	if err != nil {
		return nil, err
	}
	return &desk{store: p.store, account: users.AccountID(p.account), dir: users.Open(store, actor, nil),
		host: users.Open(store, users.Host("usher"), nil), close: closeStore}, nil
}

func (p *place) actor() (users.Actor, error) {
	if p.account == "" {
		return users.Actor{}, usagef("--account is empty")
	}

	kind, name, _ := strings.Cut(p.as, ":")
	switch kind {
	case "partner":
		if name == "" {
			return users.Partner("usher"), nil
		}
	case "admin":
		if name != "" {
			return users.AccountAdmin(users.ID(name), users.AccountID(p.account)), nil
		}
	case "sync":
		if s := users.Source(name); name != "" && s.Known() && s != users.Local {
			return users.Sync(s, users.AccountID(p.account)), nil
		}
	}

	return users.Actor{}, usagef("--as: use partner, admin:USER_ID or sync:SOURCE with one of scim, pbx, micloud, iot")
}

// exists returns an error if the account does not exist. The demo account may
// be missing, because prepare creates it.
func (d *desk) exists(ctx context.Context, c *console) error {
	rec, err := d.dir.Get(ctx, users.ID(d.account))
	switch {
	case err == nil && rec.Kind() == users.KindAccount:
		return nil
	case err != nil && !errors.Is(err, users.ErrNotFound):
		return err
	}
	if d.account == demo {
		_, err := d.host.Get(ctx, demo)
		if errors.Is(err, users.ErrNotFound) {
			return nil
		}
	}
	return usagef("the account \"%s\" does not exist; to create it, run: %s", string(d.account), c.commandLine("account load", nil, nil, "FILE.json"))
}

// tellMissing prints a note if the account does not exist yet. It is for "check",
// which reads such an account as empty: the name may be mistyped.
func (d *desk) tellMissing(ctx context.Context, c *console) error {
	err := d.exists(ctx, c)
	if usage := new(usageError); errors.As(err, &usage) {
		c.note(c.say("The account \"%s\" does not exist yet. It is read as an account without people.", string(d.account)))
		return nil
	}
	return err
}

// prepare creates the demo account if it is used and does not exist.
func (d *desk) prepare(ctx context.Context) error {
	if d.account != demo {
		return nil
	}
	if _, err := d.host.Get(ctx, demo); !errors.Is(err, users.ErrNotFound) {
		return err
	}
	err := d.host.Apply(ctx, accountBatch(d.host, demo, users.Write{
		ID: demo, Record: &users.Record{Head: users.Head{ID: demo, Account: demo}, Data: &users.Account{Name: "Demo"}},
	}))
	var c *users.Conflict
	if errors.As(err, &c) { // another process has created it
		return nil
	}
	return err
}

// accountBatch returns an import that writes an account and its records.
func accountBatch(dir *users.Directory, account users.AccountID, writes ...users.Write) users.Batch {
	now, id := dir.Now(), dir.NewID()
	b := users.Batch{Import: id}
	for i, w := range writes {
		w.Row = users.RowAt(0, i+1)
		if w.Record.Created.IsZero() {
			w.Record.Created = now
		}
		w.Record.Updated = now
		b.Rows = append(b.Rows, users.RowNote{Row: w.Row})
		b.Writes = append(b.Writes, w)
	}

	b.Writes = append(b.Writes, users.Write{ID: id, Record: &users.Record{
		Head: users.Head{ID: id, Account: account, Created: now, Updated: now},
		Data: &users.Import{Label: "account load", Template: users.TemplateHand, Actor: dir.Actor().String(), State: users.ImportDone, Rows: len(writes)},
	}})
	return b
}
