package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/usher-go/usher/users"
)

func listCases() []Case {
	return []Case{
		{Name: "list/kind", Rule: "List must return the records of the query's kind as they were written.", run: listKind},
		{Name: "list/no-scope", Rule: "The zero Scope, and a Scope of unknown accounts, must have no records.", run: listNoScope},
		{Name: "list/scope", Rule: "List must return only records of the accounts in the scope.", run: listScope},
		{Name: "list/except", Rule: "A Scope of all accounts must leave out those in Except, and must include records of no account.", run: listExcept},
		{Name: "list/order", Rule: "Records must be ordered by Index.Sort and id, byte by byte.", run: listOrder},
		{Name: "list/descending", Rule: "Descending must reverse the whole order, ids included.", run: listDescending},
		{Name: "list/pages", Rule: "Pages of any size must return every record once, in order. Next must be empty on the last page, even if it is full.", run: listPages},
		{Name: "list/pages-ties", Rule: "Records with equal Sort must be neither lost nor repeated where a page ends between them.", run: listPagesTies},
		{Name: "list/pages-filtered", Rule: "Pages of a narrower query must be full, and must return every record once.", run: listPagesFiltered},
		{Name: "list/page-size", Rule: "A page must hold 100 records by default and at most 1,000.", run: listPageSize},
		{Name: "list/having", Rule: "A record must have all values of Having, whatever their accounts.", run: listHaving},
		{Name: "list/text", Rule: "Every word of Text, folded, must occur in Index.Search, in any order, also inside words.", run: listText},
		{Name: "list/text-literal", Rule: "No character of Text may be a wildcard.", run: listTextLiteral},
		{Name: "list/count", Rule: "With Count, Total must be the number of records on all pages, and the same on each of them.", run: listCount},
		{Name: "list/moved", Rule: "After a change or a deletion, records must be listed at their new places.", run: listMoved},
	}
}

// anywhere returns a query for the users of all accounts.
func anywhere() users.Query {
	return users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}}
}

// ordered returns the ids of the records in the order of a list.
func ordered(recs []users.Record) []users.ID {
	recs = slices.Clone(recs)
	slices.SortFunc(recs, func(x, y users.Record) int {
		return cmp.Or(strings.Compare(x.Index().Sort, y.Index().Sort), strings.Compare(string(x.ID), string(y.ID)))
	})
	return idsOf(recs)
}

func listKind(b *bench) {
	ada := person("ada", "ada@example.com")
	b.given(creates(ada, extension("l1", acme, ""), record("i1", acme, &users.Import{Template: "t"}))...)
	b.same("the page", users.Page{Records: []users.Record{stored(ada, 1)}}, b.list(anywhere()))
	q := anywhere()
	for kind, id := range map[users.Kind]users.ID{users.KindLine: "l1", users.KindImport: "i1"} {
		q.Kind = kind
		b.lists(q, id)
	}
	for _, kind := range []users.Kind{"", users.KindRole, "nonsense"} {
		q.Kind = kind
		b.lists(q)
	}
}

func listNoScope(b *bench) {
	b.given(create(person("ada", "ada@example.com")))
	for _, s := range []users.Scope{{}, {Accounts: []users.AccountID{}}, {Accounts: []users.AccountID{"nowhere", ""}},
		{Except: []users.AccountID{globex}}} {
		p := b.list(users.Query{Kind: users.KindUser, Scope: s, Count: true})
		b.same(fmt.Sprintf("the page for the scope %+v", s), users.Page{}, p)
	}
}

// spread creates one user each in acme, globex, initech and no account.
func spread(b *bench) {
	for _, a := range []users.AccountID{acme, globex, "initech", ""} {
		b.given(create(record(users.ID("u-"+string(a)), a, &users.Profile{Email: string(a) + "@example.com"})))
	}
}

func listScope(b *bench) {
	spread(b)
	q := users.Query{Kind: users.KindUser}
	q.Scope.Accounts = []users.AccountID{acme}
	b.lists(q, "u-acme")
	q.Scope.Accounts = []users.AccountID{"initech", acme, acme}
	b.lists(q, "u-acme", "u-initech")
}

func listExcept(b *bench) {
	spread(b)
	q := anywhere()
	b.lists(q, "u-", "u-acme", "u-globex", "u-initech")
	q.Scope.Except = []users.AccountID{acme}
	b.lists(q, "u-", "u-globex", "u-initech")
	q.Scope.Except = []users.AccountID{acme, "initech", ""}
	b.lists(q, "u-globex")
}

// muddle returns users whose names are ordered differently by different collations;
// some are equal.
func muddle() []users.Record {
	names := []string{"zoe", "a b", "ab", "a-b", "a_b", "äb", "Ab", "B", "ünal", "日本", "Ωmega", "éa", "ez", "𐍈", "￿x", "co-op", "coop", "cooperate", "ab", "1", "10", "2", "~"}
	var out []users.Record
	for i, n := range names {
		// The order of the ids is the reverse of the names'.
		out = append(out, record(users.ID(fmt.Sprintf("m%02d", 99-i)), acme, &users.Profile{DisplayName: n}))
	}
	return append(out, record("M50", acme, &users.Profile{DisplayName: "coop"}), record("m-5", acme, &users.Profile{DisplayName: "coop"}))
}

func listOrder(b *bench) {
	recs := muddle()
	b.given(creates(recs...)...)
	b.lists(anywhere(), ordered(recs)...)
}

func listDescending(b *bench) {
	recs := muddle()
	b.given(creates(recs...)...)
	want := ordered(recs)
	slices.Reverse(want)
	q := anywhere()
	q.Descending = true
	b.lists(q, want...)
	q.Limit = 2
	b.lists(q, want...)
}

func listPages(b *bench) {
	recs := people(12)
	b.given(creates(recs...)...)
	for _, limit := range []int{1, 2, 3, 5, 11, 12, 13} {
		q := anywhere()
		q.Limit = limit
		b.lists(q, ordered(recs)...)
		for n := limit; n < 12; n += limit {
			q.After = b.list(q).Next
		}
		if last := b.list(q); last.Next != "" {
			b.errorf("the last page of 12 records by %d has a Next", limit)
		}
	}
}

func listPagesTies(b *bench) {
	var recs []users.Record
	for i := range 10 {
		// The same address in many accounts has the same Sort.
		recs = append(recs, record(users.ID(fmt.Sprintf("t%d", 9-i)), users.AccountID(fmt.Sprintf("a%d", i)),
			&users.Profile{Email: "same@example.com"}))
	}

	recs = append(recs, person("a", "first@example.com"), person("z", "zlast@example.com"))
	b.given(creates(recs...)...)
	for limit := 1; limit <= 4; limit++ {
		q := anywhere()
		q.Limit = limit
		want := ordered(recs)
		b.lists(q, want...)
		q.Descending = true
		slices.Reverse(want)
		b.lists(q, want...)
	}
}

func listPagesFiltered(b *bench) {
	var recs, want []users.Record
	for i := range 60 {
		p := &users.Profile{Email: fmt.Sprintf("u%02d@example.com", i), Inactive: i%2 == 0}
		if i%3 == 0 {
			p.FirstName = "Third"
		}
		r := record(users.ID(fmt.Sprintf("u%02d", i)), []users.AccountID{acme, globex}[i/30], p)
		recs = append(recs, r)
		if i < 30 && i%6 == 0 {
			want = append(want, r)
		}
	}

	b.given(creates(recs...)...)
	for _, limit := range []int{1, 2, 5} {
		q := users.Query{Kind: users.KindUser, Scope: users.Scope{Accounts: []users.AccountID{acme}}, Limit: limit,
			Having: []users.Key{{Space: users.LinkActive, Value: "no"}}, Text: "third"}
		b.lists(q, ordered(want)...)
		if n := len(b.list(q).Records); n != limit {
			b.errorf("the first page of 5 records by %d has %d", limit, n)
		}
	}
}

func listPageSize(b *bench) {
	b.given(creates(people(1005)...)...)
	for limit, want := range map[int]int{0: 100, 999: 999, 1000: 1000, 5000: 1000} {
		q := anywhere()
		q.Limit = limit
		p := b.list(q)
		if len(p.Records) != want || p.Next == "" {
			b.errorf("a page with Limit %d has %d records and Next %q, want %d and another page", limit, len(p.Records), p.Next, want)
		}
	}
}

func listHaving(b *bench) {
	b.given(creates(
		record("both", acme, &users.Profile{Email: "a@example.com", Roles: []string{"admin", "reader"}}),
		record("reader", acme, &users.Profile{Email: "b@example.com", Roles: []string{"reader"}}),
		record("other", globex, &users.Profile{Email: "c@example.com", Roles: []string{"admin", "reader"}, Inactive: true}),
		record("none", acme, &users.Profile{Email: "d@example.com"}),
	)...)

	has := func(space users.Space, value string) users.Key { return users.Key{Space: space, Value: value} }
	q := anywhere()
	for _, x := range []struct {
		having []users.Key
		want   []users.ID
	}{
		{[]users.Key{has(users.LinkGrant, "reader")}, []users.ID{"both", "reader", "other"}},
		{[]users.Key{has(users.LinkGrant, "reader"), has(users.LinkGrant, "admin")}, []users.ID{"both", "other"}},
		{[]users.Key{has(users.LinkGrant, "admin"), has(users.LinkActive, "yes")}, []users.ID{"both"}},
		{[]users.Key{users.KeyOf(globex, users.LinkGrant, "admin"), users.KeyOf(acme, users.LinkGrant, "reader")}, []users.ID{"both", "other"}},
		{[]users.Key{has(users.SpaceEmail, "b@example.com")}, []users.ID{"reader"}},
		{[]users.Key{has(users.SpaceID, "none")}, []users.ID{"none"}},
		{[]users.Key{has(users.LinkGrant, "reader"), has(users.LinkGrant, "nobody")}, nil},
		{[]users.Key{has("nonsense", "reader")}, nil},
	} {
		q.Having = x.having
		b.lists(q, x.want...)
	}
}

func listText(b *bench) {
	b.given(creates(
		record("ada", acme, &users.Profile{Email: "ada@example.com", FirstName: "Ada", LastName: "Lovelace"}),
		record("bob", acme, &users.Profile{Email: "bob@example.org", FirstName: "Bob", LastName: "Straße"}),
		record("eva", acme, &users.Profile{Email: "eva@example.com", FirstName: "Éva", LastName: "Ada"}),
	)...)

	q := anywhere()
	for _, x := range []struct {
		text string
		want []users.ID
	}{
		{"ada", []users.ID{"ada", "eva"}},
		{"  LOVELACE\tada ", []users.ID{"ada"}},
		{"ada eva@", []users.ID{"eva"}},
		{"ovel", []users.ID{"ada"}},
		{"ada straße", nil},
		{"STRASSE", []users.ID{"bob"}},
		{"éva", []users.ID{"eva"}},
		{"e\u0301va", []users.ID{"eva"}},
		{"example", []users.ID{"ada", "bob", "eva"}},
		{" ", []users.ID{"ada", "bob", "eva"}},
		{"adalovelace", nil},
	} {
		q.Text = x.text
		b.lists(q, x.want...)
	}
}

func listTextLiteral(b *bench) {
	b.given(creates(
		record("plain", acme, &users.Profile{DisplayName: "50 off axb"}),
		record("signs", acme, &users.Profile{DisplayName: `50% a_b c\d e*f g?h [i] 'j "k`}),
	)...)
	q := anywhere()
	for _, text := range []string{"%", "50%", "a_b", `\`, `c\d`, "*", "e*f", "?", "[i]", "'", `"`, "'j"} {
		q.Text = text
		b.lists(q, "signs")
	}
	for _, text := range []string{"5%f", "5_", "5*", "o.f", "[5]", "' or '1'='1"} {
		q.Text = text
		b.lists(q)
	}
}

func listCount(b *bench) {
	b.given(creates(people(25)...)...)
	b.given(create(record("x", globex, &users.Profile{Email: "x@example.com"})))
	q := users.Query{Kind: users.KindUser, Scope: users.Scope{Accounts: []users.AccountID{acme}}, Limit: 10, Count: true}
	for n := range 3 {
		p := b.list(q)
		if p.Total != 25 {
			b.errorf("Total is %d on page %d, want 25", p.Total, n+1)
		}
		q.After = p.Next
	}

	for _, x := range []struct {
		q    users.Query
		want int
	}{
		{users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}}, 26},
		{users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}, Text: "p000"}, 10},
		{users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}, Descending: true,
			Having: []users.Key{{Space: users.SpaceEmail, Value: "x@example.com"}}}, 1},
		{users.Query{Kind: users.KindLine, Scope: users.Scope{All: true}}, 0},
	} {
		x.q.Count = true
		if p := b.list(x.q); p.Total != x.want {
			b.errorf("Total is %d for %+v, want %d", p.Total, x.q, x.want)
		}
	}
}

func listMoved(b *bench) {
	recs := people(4)
	b.given(creates(recs...)...)
	b.lists(anywhere(), "p0000", "p0001", "p0002", "p0003")
	b.given(change(person("p0000", "zoe@example.com"), 1), remove("p0002", 1), create(person("new", "b@example.com")))
	b.lists(anywhere(), "new", "p0001", "p0003", "p0000")
	b.given(change(record("p0003", globex, &users.Profile{Email: "p0003@example.com"}), 1))
	q := users.Query{Kind: users.KindUser, Scope: users.Scope{Accounts: []users.AccountID{globex}}}
	b.lists(q, "p0003")
	q = anywhere()
	q.Text = "zoe"
	b.lists(q, "p0000")
	q.Text = "person p0000" // the name is the same, the address is not
	b.lists(q, "p0000")
}
