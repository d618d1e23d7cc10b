package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
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

// fieldWords maps the words that people may type to the stored values, for the
// fields that have only a few values.
var fieldWords = map[string]map[string]string{
	"role":       {"user": users.RoleUser, "admin": users.RoleAdmin, users.RoleAdmin: users.RoleAdmin},
	"active":     {"yes": "yes", "no": "no"},
	"registered": {"yes": "yes", "no": "no"},
}

// setField sets a field of a profile in its stored form. It prints the findings
// about the value, and returns errFound if one is an error.
func (c *console) setField(p *users.Profile, field, value string) error {
	var problems []users.Problem
	clean := value
	switch field {
	case "email":
		clean, problems = users.ParseEmail(value)
	case "name", "first_name", "last_name", "login":
		clean, problems = users.CleanText(value, 0)
	}

	if value == "" { // clears the field
		clean, problems = "", nil
	}

	if words, few := fieldWords[field]; few {
		v, ok := words[strings.ToLower(value)]
		if !ok {
			return usagef("%s: use %s", field, anyOf(slices.Sorted(maps.Keys(words))))
		}
		clean = v
	}

	findings := findingsOf(field, value, problems)
	for _, f := range findings {
		fmt.Fprintf(c.err, "%s: %s\n", c.lang.Field(field), c.what(f))
	}

	if hasErrors(findings) {
		return errFound
	}

	if !p.SetField(field, clean) {
		return usagef("the field \"%s\" does not exist; use one of %s, or custom.NAME", formats.Show(field), strings.Join(users.ProfileFields(), ", "))
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
