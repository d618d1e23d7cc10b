package reststore_test

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
	"github.com/usher-go/usher/users/reststore"
)

// A phonebook is the host's service: here a list, elsewhere an API of three calls.
type phonebook struct{ people []users.Record }

func (b *phonebook) Find(_ context.Context, keys []users.Key) ([]users.Record, error) {
	return slices.Clone(b.people), nil // who was not asked for is left out again
}

func (b *phonebook) List(context.Context, users.Query) (users.Page, error) {
	return users.Page{Records: slices.Clone(b.people)}, nil
}

func (b *phonebook) Put(_ context.Context, rec users.Record, version uint64) error {
	i := b.at(rec.ID, version)
	switch {
	case i < 0 && version > 0, i >= 0 && version == 0:
		return reststore.Stale
	case i < 0:
		b.people = append(b.people, rec)
	default:
		b.people[i] = rec
	}
	return nil
}

func (b *phonebook) Delete(_ context.Context, id users.ID, version uint64) error {
	i := b.at(id, version)
	if i < 0 {
		return reststore.Stale
	}
	b.people = slices.Delete(b.people, i, i+1)
	return nil
}

// at is where the record is; at version 0, whatever its version.
func (b *phonebook) at(id users.ID, version uint64) int {
	return slices.IndexFunc(b.people, func(r users.Record) bool { return r.ID == id && (version == 0 || r.Version == version) })
}

// People go to the host's service, and the import and its journal beside.
func Example() {
	ctx := context.Background()
	service := &phonebook{}
	store := reststore.New(service, memstore.New(), nil)

	dir := users.Open(store, users.AccountAdmin("pat", "acme"), nil)
	table, err := csv.Read(ctx, strings.NewReader("NAME,EMAIL\nAda,ada@example.com\nBob,bob@example.com\n"), nil)
	if err != nil {
		panic(err)
	}
	preview, err := importer.New(dir, cloudlink.Users(), nil).Preview(ctx, table)
	if err != nil {
		panic(err)
	}
	report, err := preview.Commit(ctx, &importer.CommitOptions{Batch: store.MaxWrites()})
	if err != nil {
		panic(err)
	}
	for _, l := range report.Lines {
		fmt.Println("row", l.Number, l.Outcome, l.Who)
	}
	for _, r := range service.people {
		fmt.Println(r.Data.(*users.Profile).Email, "version", r.Version)
	}
	// Output:
	// row 2 created ada@example.com
	// row 3 created bob@example.com
	// ada@example.com version 1
	// bob@example.com version 1
}
