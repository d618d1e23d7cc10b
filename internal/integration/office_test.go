package integration_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// This file is what the tests against faults import: the people and lines of an
// office, and two tables about them.

const (
	acme users.AccountID = "acme"
	imp  users.ID        = "import-1"
)

// office is a template of two tables: people, who may leave, and their lines.
func office() *importer.Template {
	en := func(h string) map[string][]string { return map[string][]string{"en": {h}} }
	return &importer.Template{Name: "office", Modes: []importer.Mode{importer.Upsert}, Tables: []importer.Table{{
		Name: "people",
		Columns: []importer.Column{
			{Field: "lan_id", Headings: en("LAN ID"), Required: true},
			{Field: "email", Headings: en("EMAIL"), Parse: importer.Email},
			{Field: "name", Headings: en("NAME")},
			{Field: "supervisor", Headings: en("SUPERVISOR")},
			{Field: "leaves", Headings: en("LEAVES"), Values: []importer.Value{{Name: "yes"}}},
		},
		Draft: func(r importer.Row, d *importer.Draft) {
			d.About(users.SpaceLANID, r.Value("lan_id"))
			if r.Value("leaves") == "yes" {
				d.Delete()
				d.Sole()
				return
			}
			d.Claim(users.SpaceLANID, r.Value("lan_id"))
			d.Claim(users.SpaceEmail, r.Value("email"))
			d.Refer("supervisor", users.SpaceLANID, r.Value("supervisor"))
			d.WantCell("name")
		},
	}, {
		Name: "lines",
		Columns: []importer.Column{
			{Field: "action", Headings: en("ACTION"), Required: true, Values: []importer.Value{{Name: "attach"}, {Name: "force_attach"}}},
			{Field: "login", Headings: en("LOGIN"), Required: true, Parse: importer.Email},
			{Field: "line", Headings: en("SHORT"), Required: true},
		},
		Draft: func(r importer.Row, d *importer.Draft) {
			d.About(users.SpaceEmail, r.Value("login"))
			name := users.LineName("x", r.Value("line"))
			if r.Value("action") == "force_attach" {
				d.Take(users.SpaceLine, name)
			} else {
				d.Claim(users.SpaceLine, name)
			}
			d.Want("line.pbx", "x")
			d.Want("line.short", r.Value("line"))
			d.Free(users.KindLine)
			d.Once("login", users.FoldEmail(r.Value("login")))
		},
	}}}
}

func lan(i int) string  { return fmt.Sprint("l", i) }
func mail(i int) string { return fmt.Sprintf("p%d@x.com", i) }

// person i is stored as u<i> and holds line i.
func person(i int) []users.Record {
	uid := users.ID(fmt.Sprint("u", i))
	return []users.Record{{
		Head: users.Head{ID: uid, Account: acme},
		Data: &users.Profile{Email: mail(i), DisplayName: fmt.Sprint("N", i), Source: users.Local, ContactCentre: &users.ContactCentre{LANID: lan(i)}},
	}, {
		Head: users.Head{ID: users.ID(fmt.Sprint("line", i)), Account: acme},
		Data: &users.Line{PBX: "x", Short: fmt.Sprint(i), Holder: uid},
	}}
}

func people(n int) []users.Record {
	var out []users.Record
	for i := range n {
		out = append(out, person(i)...)
	}
	return out
}

// Tables are the rows of the two tables.
type tables struct{ people, lines [][]string }

func (f tables) read(ctx context.Context) ([]*formats.Table, error) {
	var out []*formats.Table
	for _, x := range []struct {
		heading string
		rows    [][]string
	}{{"LAN ID,EMAIL,NAME,SUPERVISOR,LEAVES", f.people}, {"ACTION,LOGIN,SHORT", f.lines}} {
		if len(x.rows) == 0 {
			continue
		}
		text := x.heading + "\n"
		for _, r := range x.rows {
			text += strings.Join(r, ",") + "\n"
		}
		t, err := csv.Read(ctx, strings.NewReader(text), nil)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// preview is what the file would do; resume is empty for an import that has not begun.
func (f tables) preview(ctx context.Context, dir *users.Directory, resume users.ID) (*importer.Preview, error) {
	tables, err := f.read(ctx)
	if err != nil {
		return nil, err
	}
	return importer.New(dir, office(), &importer.Options{Account: acme, Resume: resume}).Preview(ctx, tables...)
}

func options(batch int) *importer.CommitOptions {
	return &importer.CommitOptions{ID: imp, Batch: batch, Approve: []string{importer.BrakeMass}}
}

// move is a file of about 1.7n rows, of every kind, about an office of n/2 people.
func move(n int) (stored []users.Record, f tables) {
	add := func(cells ...string) { f.people = append(f.people, append(cells, make([]string, 5-len(cells))...)) }
	attach := func(login, line string) { f.lines = append(f.lines, []string{"attach", login, line}) }
	at := 1 // the next of the stored people
	for range n / 20 {
		add(lan(at), mail(at+1)) // swap addresses
		add(lan(at+1), mail(at))
		at += 2
	}
	for range n / 20 {
		attach(mail(at), fmt.Sprint(at+1)) // swap lines
		attach(mail(at+1), fmt.Sprint(at))
		at += 2
	}
	for range n / 10 {
		add(lan(at), mail(at), "Renamed")
		at++
	}
	for i := range n / 20 {
		add(lan(at), "", "", "", "yes")
		attach(fmt.Sprintf("new%d@x.com", 2*i+1), fmt.Sprint(at)) // whose line somebody new takes
		at++
	}
	for i := range n {
		boss := ""
		switch i % 9 {
		case 0:
			boss = "l0"
		case 1:
			boss = fmt.Sprint("n", i+2)
		case 3:
			boss = fmt.Sprint("n", i-1)
		}
		email := fmt.Sprintf("new%d@x.com", i)
		if i%50 == 48 {
			email, boss = "bad", ""
		}
		if i%50 == 46 {
			boss = fmt.Sprint("n", i+2) // who is in error
		}
		add(fmt.Sprint("n", i), email, fmt.Sprint("New ", i), boss)
		if i%4 == 0 && i%50 != 48 {
			attach(email, fmt.Sprint(10_000+i))
		}
	}
	add(lan(0), mail(0), "N0") // as it is
	return people(at), f
}

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func pat(store users.Store, o *users.Options) *users.Directory {
	return users.Open(store, users.Partner("pat"), o)
}

// put makes records.
func put(t testing.TB, store users.Store, recs []users.Record) {
	t.Helper()
	b := users.Batch{Import: "seed"}
	for _, r := range recs {
		rec := r.Clone()
		b.Writes = append(b.Writes, users.Write{ID: r.ID, Record: &rec})
	}
	require.NoError(t, store.Apply(t.Context(), b))
}

// seeded is chance that can be had again: by the seed that the test logs, given as USHER_SEED.
func seeded(t testing.TB) (*rand.Rand, uint64) {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("USHER_SEED"); s != "" {
		var err error
		seed, err = strconv.ParseUint(s, 10, 64)
		require.NoError(t, err)
	}
	return rand.New(rand.NewPCG(seed, seed)), seed
}
