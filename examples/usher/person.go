package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// inPlace declares the flags of a command about people, and opens the account
// for do.
func inPlace(f *flag.FlagSet, c *console, do func(context.Context, *console, *desk, []string) error) action {
	var p place
	p.flags(f)
	c.jsonFlag(f)
	c.langFlag(f)
	return func(ctx context.Context, c *console, args []string) (err error) {
		d, err := p.open(ctx)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, d.close()) }()
		if err := d.exists(ctx, c); err != nil {
			return err
		}
		return do(ctx, c, d, args)
	}
}

// person returns the user of the account with this e-mail address, LAN ID or id.
func (d *desk) person(ctx context.Context, name string) (users.User, error) {
	found, err := d.dir.Find(ctx, users.KeyOf(d.account, users.SpaceEmail, name), users.KeyOf(d.account, users.SpaceLANID, name), users.ByID(users.ID(name)))
	if err != nil {
		return users.User{}, err
	}
	var out users.User
	for _, r := range found.Records {
		if u, ok := r.User(); ok && u.Account == d.account && (out.ID == "" || u.ID == users.ID(name)) {
			out = u
		}
	}
	if out.ID == "" {
		return out, &namedError{name, users.ErrNotFound}
	}
	return out, nil
}

// setFields sets the fields given as FIELD=VALUE.
func (c *console) setFields(ctx context.Context, d *desk, p *users.Profile, set list) error {
	h, err := d.hand(ctx)
	if err != nil {
		return err
	}
	for _, s := range set {
		field, value, ok := strings.Cut(s, "=")
		if !ok {
			return usagef("--set %s: use FIELD=VALUE", s)
		}
		if err := c.setField(ctx, h, p, field, value); err != nil {
			return err
		}
	}
	return nil
}

// setField sets a field of a profile to a value that was typed. It prints the
// findings about the value, and returns errFound if one is an error.
func (c *console) setField(ctx context.Context, h *hand, p *users.Profile, field, value string) error {
	clean, problems, err := h.read(ctx, c, field, value)
	if err != nil {
		return err
	}

	findings := findingsOf(field, value, problems)
	for _, f := range findings {
		text := c.what(f)
		if label := c.lang.Field(field); !strings.Contains(text, label) {
			text = label + c.words().colon + text
		}
		c.indented(c.err, text)
	}
	if hasErrors(findings) {
		return errFound
	}

	if !p.SetField(field, clean) {
		return usagef("the field \"%s\" does not exist; use %s, or custom.NAME", field, anyOf(users.ProfileFields()))
	}

	return nil
}

// denied prints the reasons of a refusal or a conflict with their codes and
// returns errFound. It returns any other error unchanged.
func (c *console) denied(err error) error {
	var denied *users.Denied
	var conflict *users.Conflict
	switch {
	case errors.As(err, &denied):
		for _, r := range denied.Refusals {
			f := formats.Finding{Severity: formats.Error, Code: r.Problem.Code, Field: r.Field, Args: r.Problem.Args}
			if r.Problem.Fix != "" {
				f.Fix = &r.Problem.Fix
			}
			fmt.Fprintf(c.err, "%s\n", c.what(f))
		}
		return errFound
	case errors.As(err, &conflict):
		code := "record.stale"
		if len(conflict.Keys) > 0 {
			code = string(conflict.Keys[0].Key.Space) + ".taken"
		}
		fmt.Fprintf(c.err, "%s [%s]\n", c.lang.Error(err), code)
		return errFound
	}

	return err
}
