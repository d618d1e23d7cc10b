package importer_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

func table(rows ...[]string) *formats.Table {
	b := formats.NewBuilder("t", formats.Limits{})
	for i, r := range rows {
		for _, c := range r {
			if err := b.Cell([]byte(c)); err != nil {
				panic(err)
			}
		}
		if _, err := b.EndRow(i+1, i+1); err != nil {
			panic(err)
		}
	}
	return b.Table()
}

func dump(p *importer.Preview) {
	for r := range p.Rows() {
		fmt.Println(r.Number, r.Action, r.Who, r.Changes, r.Gains, r.Losses)
		for _, f := range r.Findings {
			fmt.Println("    ", f.Severity, f.Code, f.Field, f.Value, f.Args)
		}
	}
	fmt.Println(p.Summary())
}

func TestSmoke(t *testing.T) {
	ctx := t.Context()
	dir := users.Open(memstore.New(), users.Host("t"), nil)
	im := importer.New(dir, people(), &importer.Options{Account: "acme"})
	p, err := im.Preview(ctx, table([]string{"LAN ID", "EMAIL", "NAME", "SUPERVISOR"},
		[]string{"ada", "ada@x.com", "Ada", "bob"},
		[]string{"bob", "bob@x.com", "Bob", ""},
		[]string{"cyd", "bob@x.com", "Cyd", "zed"},
		[]string{"dan", "dan@x.com", "Dan", "cyd"},
	))
	require.NoError(t, err)
	dump(p)
	d, err := p.Edit(ctx, importer.Set(users.RowAt(0, 4), "email", "cyd@x.com"), importer.Clear(users.RowAt(0, 4), "supervisor"))
	require.NoError(t, err)
	fmt.Println(d)
	dump(p)
	r, err := p.Commit(ctx, &importer.CommitOptions{Batch: 2})
	require.NoError(t, err)
	fmt.Println(r.Counts)
	im = importer.New(dir, lines(true), &importer.Options{Account: "acme"})
	p, err = im.Preview(ctx, table([]string{"ACTION", "LOGIN", "SHORT"},
		[]string{"attach", "ada@x.com", "1"}, []string{"attach", "bob@x.com", "2"}, []string{"attach", "bob@x.com", "2"}))
	require.NoError(t, err)
	dump(p)
	r, err = p.Commit(ctx, nil)
	require.NoError(t, err)
	fmt.Println(r.Counts)
	p, err = im.Preview(ctx, table([]string{"ACTION", "LOGIN", "SHORT"},
		[]string{"attach", "ada@x.com", "2"}, []string{"attach", "bob@x.com", "1"}, []string{"attach", "cyd@x.com", "1"}))
	require.NoError(t, err)
	dump(p)
	_, err = p.Edit(ctx, importer.Remove(users.RowAt(0, 4)))
	require.NoError(t, err)
	dump(p)
	r, err = p.Commit(ctx, &importer.CommitOptions{Batch: 1})
	require.NoError(t, err)
	fmt.Println(r.Counts)
	p, err = im.Preview(ctx, table([]string{"ACTION", "LOGIN", "SHORT"},
		[]string{"force_attach", "cyd@x.com", "2"}, []string{"detach", "bob@x.com", ""}))
	require.NoError(t, err)
	dump(p)
	r, err = p.Commit(ctx, &importer.CommitOptions{Batch: 1})
	require.NoError(t, err)
	fmt.Println(r.Counts)
}
