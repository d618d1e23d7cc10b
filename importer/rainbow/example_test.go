package rainbow_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/usher-go/usher/extensions/e164"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/rainbow"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// Two members swap their lines, and a third is given one that somebody holds:
// the preview says who gains and who loses which, before anything is written.
func ExampleLines() {
	ctx := context.Background()
	store := memstore.New()
	host := users.Open(store, users.Host("setup"), nil)
	var writes []users.Write
	for _, r := range []users.Record{
		{Head: users.Head{ID: "acme", Account: "acme"}, Data: &users.Account{Name: "Acme", Region: "FR"}},
		{Head: users.Head{ID: "pbx", Account: "acme"}, Data: &users.PBX{Name: "PBX1", Group: "site"}},
		{Head: users.Head{ID: "ada", Account: "acme"}, Data: &users.Profile{Email: "ada@example.com"}},
		{Head: users.Head{ID: "bob", Account: "acme"}, Data: &users.Profile{Email: "bob@example.com"}},
		{Head: users.Head{ID: "cyd", Account: "acme"}, Data: &users.Profile{Email: "cyd@example.com"}},
		{Head: users.Head{ID: "l1", Account: "acme"}, Data: &users.Line{PBX: "PBX1", Group: "site", Short: "1001", Internal: "1001", Holder: "ada"}},
		{Head: users.Head{ID: "l2", Account: "acme"}, Data: &users.Line{PBX: "PBX1", Group: "site", Short: "1002", Internal: "1002", Holder: "bob"}},
	} {
		writes = append(writes, users.Write{ID: r.ID, Record: &r})
	}
	if err := host.Apply(ctx, users.Batch{Import: "setup", Writes: writes}); err != nil {
		log.Fatal(err)
	}

	dir := users.Open(store, users.AccountAdmin("root", "acme"), nil)
	opts, err := rainbow.Read(ctx, dir, "acme")
	if err != nil {
		log.Fatal(err)
	}
	opts.Normalizer = e164.New(nil)
	table, err := csv.Read(ctx, strings.NewReader(`Action;Login Email;pbxId;pbxShortNumber;number
attach;ada@example.com;PBX1;1002;01 23 45 67 89
attach;bob@example.com;PBX1;1001;
force attach;cyd@example.com;PBX1;1003;
`), nil)
	if err != nil {
		log.Fatal(err)
	}
	p, err := importer.New(dir, rainbow.Lines(opts), nil).Preview(ctx, table)
	if err != nil {
		log.Fatal(err)
	}
	for row := range p.Rows() {
		fmt.Println(row.Number, row.Action, row.Who)
		for _, g := range row.Gains {
			if g.Space != users.SpaceInternal {
				fmt.Println("  gains", g.Value)
			}
		}
		for _, f := range row.Findings {
			fmt.Println(" ", f.Code, f.Field)
		}
	}
	// Output:
	// 2 update ada@example.com
	//   gains PBX1/1002
	//   gains +33123456789
	// 3 update bob@example.com
	//   gains PBX1/1001
	// 4 update cyd@example.com
	//   gains PBX1/1003
}
