package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/extensions/e164"
	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/roles"
	"github.com/usher-go/usher/users"
)

func accountLoadCommand() command {
	return command{
		name: "account load", args: "FILE.json",
		about: "Create or update an account from a file, for trials and tests.",
		more: "FILE is {\"id\":\"acme\",\"name\":\"Acme\",\"region\":\"FR\",\"kind\":\"customer\",\"roles\":[\"Agent desk\",\n" +
			"{\"name\":\"Billing\",\"about\":\"Sees invoices.\",\"granted_by\":\"partner\"}],\n" +
			"\"levels\":4,\"org_units\":[\"Acme\",\"Acme/Sales\"],\"pbxs\":[{\"id\":\"PBX1\",\"group\":\"g1\",\"ranges\":[\"1000-1999\"]}],\n" +
			"\"subscriptions\":[{\"product\":\"MiTeam Meetings\",\"total\":10}],\"users\":[…as \"users list --json\" prints them…]}.\n" +
			"Users are found by id, or else by e-mail address. A role is a name or an object. \"granted_by\" limits who may\n" +
			"give the role to account_admin or partner (default: both). Nothing is deleted, and what FILE does not give stays.\n" +
			"Either all of the file is loaded or nothing. Loading the same file again changes nothing.",
		example: "usher account load acme.json",
		flags: func(f *flag.FlagSet, c *console) action {
			var p place
			f.StringVar(&p.store, "store", defaultStore, "`STORE`: sqlite:PATH or memory:")
			c.langFlag(f)

			return func(ctx context.Context, c *console, args []string) error {
				if len(args) != 1 {
					return usagef("account load: give one FILE.json")
				}
				return p.load(ctx, c, args[0])
			}
		},
	}
}

// A fixture is the file that "account load" reads.
type fixture struct {
	ID            users.AccountID             `json:"id"`
	Name          string                      `json:"name"`
	Region        string                      `json:"region"`
	Kind          string                      `json:"kind"`
	Levels        int                         `json:"levels"`
	Roles         []entry[role]               `json:"roles"`
	OrgUnits      []string                    `json:"org_units"`
	PBXs          []entry[users.PBX]          `json:"pbxs"`
	Subscriptions []entry[users.Subscription] `json:"subscriptions"`
	Users         []entry[users.User]         `json:"users"`
}

// An entry is an object of the file, with its text: what the text does not give is
// left alone in a record that exists.
type entry[T any] struct {
	value T
	text  json.RawMessage
}

// UnmarshalJSON reads an object without unknown names.
func (e *entry[T]) UnmarshalJSON(text []byte) error {
	e.text = bytes.Clone(text)
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	return dec.Decode(&e.value)
}

// A role is a name or an object. "granted_by" is the only kind of actor that may
// give the role.
type role struct{ users.Role }

// UnmarshalJSON reads a name or an object.
func (r *role) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		return json.Unmarshal(text, &r.Name)
	}

	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r.Role); err != nil {
		return err
	}

	switch {
	case r.Name == "":
		return usagef("a role needs a \"name\"")
	case !r.GrantedBy.Known():
		return usagef("\"granted_by\" must be account_admin or partner")
	}

	return nil
}

func readFixture(in io.Reader, path string) (*fixture, error) {
	src, closeSource, err := source(in, path)
	if err != nil {
		return nil, err
	}
	defer closeSource()

	text, err := io.ReadAll(io.NewSectionReader(src, 0, src.Size))
	if err != nil {
		return nil, fileError(path, err)
	}

	var x fixture
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	err = dec.Decode(&x)
	if err == nil {
		if _, err = dec.Token(); err == io.EOF {
			err = nil
		} else {
			err = usagef("there is more text after the account")
		}
	}

	switch {
	case err != nil:
	case x.ID == "" || strings.ContainsFunc(string(x.ID), func(r rune) bool { return r <= ' ' || r > '~' }):
		err = usagef("\"id\" must have only letters, digits and signs, without spaces")
	case x.Region != "" && e164.Region(x.Region) == "":
		err = usagef("\"region\" must be a country of two letters, such as FR")
	case x.Levels < 0 || x.Levels > 100:
		err = usagef("\"levels\" must be a number from 1 to 100")
	case x.badRange() != nil:
		err = x.badRange()
	case x.badName() != nil:
		err = x.badName()
	case x.Kind != "" && x.Kind != "customer" && x.Kind != "partner":
		err = usagef("\"kind\" must be customer or partner")
	}
	if err != nil {
		var why any = err.Error() // the text of package json, or of a rule about names
		if usage := new(usageError); errors.As(err, &usage) {
			why = usage
		}
		return nil, inputf("account.form", 0, "%s: %v; \"usher help account load\" shows the format", path, why)
	}

	return &x, nil
}

// badRange returns the first error in the ranges of a PBX.
func (x *fixture) badRange() error {
	for _, p := range x.PBXs {
		for _, r := range p.value.Ranges {
			if _, err := extensions.ParseRange(r); err != nil {
				return fmt.Errorf("%s: %w", p.value.Name, err)
			}
		}
	}
	return nil
}

// badName returns the first error in the name of a role or of an org unit. A
// role with a comma could not be given to anyone, and a tree with a blank name
// cannot be read.
func (x *fixture) badName() error {
	for _, r := range x.Roles {
		if strings.Contains(r.value.Name, ",") {
			return usagef("the name of a role must not contain a comma: %s", r.value.Name)
		}
	}
	_, err := roles.NewTree(x.OrgUnits, nil)
	return err
}

func (p *place) load(ctx context.Context, c *console, path string) (err error) {
	x, err := readFixture(c.in, path)
	if err != nil {
		return err
	}

	store, closeStore, err := openStore(ctx, p.store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()

	host := users.Open(store, users.Host("usher"), nil)
	writes, err := x.writes(ctx, host)
	if err != nil {
		return err
	}

	if len(writes) > 0 {
		if err := host.Apply(ctx, accountBatch(host, x.ID, writes...)); err != nil {
			return c.denied(err)
		}
	}

	fmt.Fprintln(c.out, c.say("%s: %d records written", string(x.ID), len(writes)))
	return nil
}

// A loaded record is a record of the file, with the text of its object.
type loaded struct {
	users.Record
	text json.RawMessage
}

// records returns the records that the file describes. The id of a record
// without one is derived from its account, kind and name, so references are
// valid in every store into which the file is loaded.
func (x *fixture) records() []loaded {
	head := func(id users.ID) users.Head { return users.Head{ID: id, Account: x.ID} }
	account := &users.Account{Name: x.Name, Region: x.Region, Levels: x.Levels, Partner: x.Kind == "partner"}
	out := []loaded{{users.Record{Head: head(users.ID(x.ID)), Data: account}, nil}}
	add := func(name string, d users.Data, text json.RawMessage) {
		out = append(out, loaded{users.Record{Head: head(x.idOf(users.Record{Data: d}.Kind(), name)), Data: d}, text})
	}

	for _, r := range x.Roles {
		add(r.value.Name, &r.value.Role, r.text)
	}

	for _, u := range x.OrgUnits {
		add(u, &users.Unit{Path: u}, nil)
	}

	for _, p := range x.PBXs {
		add(p.value.Name, &p.value, p.text)
	}

	for _, s := range x.Subscriptions {
		add(s.value.Product, &s.value, s.text)
	}

	for _, e := range x.Users {
		u := e.value
		u.Head = head(u.ID)
		out = append(out, loaded{u.Record(), e.text})
	}

	return out
}

func (x *fixture) idOf(k users.Kind, name string) users.ID {
	sum := sha256.Sum256([]byte(string(x.ID) + "\x00" + string(k) + "\x00" + users.Fold(name)))
	return users.ID(strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16])))
}

// writes returns the writes that make the account match the file. Records that
// already match are left out.
func (x *fixture) writes(ctx context.Context, dir *users.Directory) ([]users.Write, error) {
	records := x.records()
	var keys []users.Key
	for _, r := range records {
		if r.ID != "" {
			keys = append(keys, users.ByID(r.ID))
		}
		if k, ok := naming(r.Record); ok {
			keys = append(keys, k)
		}
	}

	found, err := dir.Find(ctx, keys...)
	if err != nil {
		return nil, err
	}

	byID, byName := map[users.ID]users.Record{}, map[users.Key]users.Record{}
	for _, r := range found.Records {
		byID[r.ID] = r
		if k, ok := naming(r); ok {
			byName[k] = r
		}
	}

	var out []users.Write
	seen := map[users.ID]bool{}
	for _, r := range records {
		before, known := byID[r.ID]
		if k, ok := naming(r.Record); !known && ok {
			before, known = byName[k]
		}
		switch {
		case known && (before.Account != x.ID || before.Kind() != r.Kind()):
			return nil, usagef("account load: the id %s is already used by another record", formats.Show(string(r.ID)))
		case known:
			r.Head = before.Head
			if r.Data, err = x.merged(r, before); err != nil {
				return nil, err
			}
		case r.ID == "":
			r.ID = dir.NewID()
		}
		if seen[r.ID] {
			return nil, usagef("account load: %s is in the file twice", formats.Show(string(r.ID)))
		}
		seen[r.ID] = true
		if p, ok := r.Data.(*users.Profile); ok {
			slices.Sort(p.Roles)
			slices.Sort(p.Products)
		}
		if !known || !reflect.DeepEqual(before.Data, r.Data) {
			out = append(out, users.Write{ID: r.ID, Version: r.Version, Record: &r.Record})
		}
	}

	return out, nil
}

// merged returns the data of a record that exists, with all that the file gives.
func (x *fixture) merged(now loaded, before users.Record) (users.Data, error) {
	if a, ok := now.Data.(*users.Account); ok {
		x.keep(a, before.Data.(*users.Account))
		return a, nil
	}
	if len(now.text) == 0 || now.text[0] != '{' { // a name alone
		return before.Data, nil
	}

	text, err := users.EncodeData(before.Data)
	if err != nil {
		return nil, err
	}
	data, err := users.DecodeData(before.Kind(), text)
	if err != nil {
		return nil, err
	}
	return data, json.Unmarshal(now.text, data)
}

// keep copies what the file does not give of the account.
func (x *fixture) keep(a, was *users.Account) {
	if x.Name == "" {
		a.Name = was.Name
	}

	if x.Region == "" {
		a.Region = was.Region
	}

	if x.Levels == 0 {
		a.Levels = was.Levels
	}

	if x.Kind == "" {
		a.Partner = was.Partner
	}
}

// naming returns the key under which people know a record.
func naming(r users.Record) (users.Key, bool) {
	spaces := map[users.Kind]users.Space{
		users.KindUser: users.SpaceEmail, users.KindRole: users.SpaceRole, users.KindUnit: users.SpaceUnit,
		users.KindPBX: users.SpacePBX, users.KindSubscription: users.SpaceProduct,
	}
	for _, k := range r.Keys() {
		if k.Space == spaces[r.Kind()] {
			return k, true
		}
	}
	return users.Key{}, false
}
