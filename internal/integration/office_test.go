package integration_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/office"
	"github.com/usher-go/usher/users"
)

// This file is what the tests against faults import: the people and lines of an
// office, and two tables about them.

const (
	acme          = office.Acme
	imp  users.ID = "import-1"
)

func options(batch int) *importer.CommitOptions {
	return &importer.CommitOptions{ID: imp, Batch: batch, Approve: []string{importer.BrakeMass, users.BrakeLeader}}
}

// move is a file of about 1.7n rows, of every kind, about an office of n/2 people.
func move(n int) ([]users.Record, office.File) {
	var people, lines [][]string
	add := func(cells ...string) { people = append(people, append(cells, make([]string, 5-len(cells))...)) }
	attach := func(login, line string) { lines = append(lines, []string{"attach", login, line}) }
	at := 1 // the next of the stored people
	for range n / 20 {
		add(office.LAN(at), office.Mail(at+1)) // swap addresses
		add(office.LAN(at+1), office.Mail(at))
		at += 2
	}
	for range n / 20 {
		attach(office.Mail(at), fmt.Sprint(at+1)) // swap lines
		attach(office.Mail(at+1), fmt.Sprint(at))
		at += 2
	}
	for range n / 10 {
		add(office.LAN(at), office.Mail(at), "Renamed")
		at++
	}
	for i := range n / 20 {
		add(office.LAN(at), "", "", "", "yes")
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
	add(office.LAN(0), office.Mail(0), "N0") // as it is
	return office.People(at), office.File{Template: office.Staff(), Rows: [][][]string{people, lines}}
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
