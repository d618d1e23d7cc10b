package storetest

import (
	"fmt"

	"github.com/usher-go/usher/users"
)

func findCases() []Case {
	return []Case{
		{Name: "find/id", Rule: "A record must be found by its id, and returned as it was written.", run: findID},
		{Name: "find/key", Rule: "A record must be found by each of its unique keys.", run: findKey},
		{Name: "find/link", Rule: "A link must find every record that has it, however many they are.", run: findLink},
		{Name: "find/global", Rule: "A key of a global space must be found without an account, and not with one.", run: findGlobal},
		{Name: "find/once", Rule: "A record that has several of the keys must be returned once.", run: findOnce},
		{Name: "find/unknown", Rule: "An unused key must add nothing. No keys must find nothing.", run: findUnknown},
		{Name: "find/as-is", Rule: "Find must look keys up as they are and must not fold them.", run: findAsIs},
		{Name: "find/account", Rule: "A key must find records of its own account only.", run: findAccount},
		{Name: "find/max", Rule: "Find must accept MaxFind keys at once, in any mixture of spaces.", run: findMax},
		{Name: "find/moved", Rule: "After a change a record must be found by its new keys and links, and no longer by its old ones.", run: findMoved},
		{Name: "find/deleted", Rule: "A deleted record must not be found by any key.", run: findDeleted},
	}
}

func findID(b *bench) {
	ada, bob := person("ada", "ada@example.com"), person("bob", "bob@example.com")
	b.given(creates(ada, bob)...)
	b.same("the record", []users.Record{stored(ada, 1)}, b.find(users.ByID("ada")))
}

// agent returns a user with a value in every space of users.
func agent(id users.ID, account users.AccountID) users.Record {
	s := string(id)
	return record(id, account, &users.Profile{
		Email: s + "@example.com", Login: "login " + s, ExternalID: "EXT-" + s, DisplayName: "Agent " + s,
		Roles: []string{users.RoleAdmin, "reader"}, Products: []string{"connect"}, Source: users.SCIM, Registered: true,
		ContactCentre: &users.ContactCentre{LANID: "lan" + s, PBXID: "pbx" + s, Supervisor: "boss", Unit: "sales"},
	})
}

// extension returns a line with a value in every space of lines.
func extension(id users.ID, account users.AccountID, number string) users.Record {
	return record(id, account, &users.Line{PBX: "pbx1", Short: string(id), Group: "g1", Internal: "9" + string(id),
		Number: number, Holder: "ada"})
}

func findKey(b *bench) {
	b.given(creates(agent("ada", acme), agent("bob", acme), extension("l1", acme, "+33123456789"))...)
	for _, r := range []users.Record{agent("ada", acme), extension("l1", acme, "+33123456789")} {
		for _, k := range r.Keys() {
			b.finds([]users.Key{k}, r.ID)
		}
	}
}

func findLink(b *bench) {
	const n = 1200
	recs := people(n)
	b.given(creates(recs...)...)
	ada := agent("ada", acme)
	b.given(creates(ada, extension("l1", acme, ""))...)
	for _, k := range ada.Index().Links {
		if k.Space != users.LinkActive {
			b.finds([]users.Key{k}, "ada")
		}
	}
	b.finds([]users.Key{users.KeyOf(acme, users.LinkHolder, "ada")}, "l1")
	b.finds([]users.Key{users.KeyOf(acme, users.LinkActive, "yes")}, append([]users.ID{"ada"}, idsOf(recs)...)...)
}

func findGlobal(b *bench) {
	b.given(create(extension("l1", globex, "+33123456789")))
	k := users.KeyOf(acme, users.SpaceNumber, "+33123456789")
	b.finds([]users.Key{k}, "l1")
	k.Account = globex
	b.finds([]users.Key{k})
	b.finds([]users.Key{{Account: globex, Space: users.SpaceID, Value: "l1"}})
}

func findOnce(b *bench) {
	ada := agent("ada", acme)
	b.given(creates(ada, agent("bob", acme))...)
	keys := append([]users.Key{users.ByID("ada"), users.ByID("ada")}, ada.Keys()...)
	b.finds(keys, "ada")
	b.finds(append(keys, ada.Index().Links...), "ada", "bob")
}

func findUnknown(b *bench) {
	b.given(create(agent("ada", acme)))
	b.finds(nil)
	b.finds([]users.Key{
		users.ByID("bob"), users.ByID(""), email(acme, "bob@example.com"), email("nowhere", "ada@example.com"),
		users.KeyOf(acme, users.SpaceLogin, "ada@example.com"), users.KeyOf(acme, users.LinkGrant, "nobody"),
		{Account: acme, Space: "nonsense", Value: "ada@example.com"}, {},
	})
	b.finds([]users.Key{users.ByID("bob"), email(acme, "ada@example.com")}, "ada")
}

func findAsIs(b *bench) {
	ada := record("ada", acme, &users.Profile{Email: "Ada@Example.com", Login: "ADA"})
	b.given(create(ada))
	b.finds([]users.Key{email(acme, "ADA@example.COM")}, "ada")
	b.finds([]users.Key{
		{Account: acme, Space: users.SpaceEmail, Value: "Ada@Example.com"},
		{Account: acme, Space: users.SpaceLogin, Value: "ADA"},
		{Account: acme, Space: users.LinkActive, Value: "YES"},
		users.ByID("ADA"),
	})
}

func findAccount(b *bench) {
	theirs := agent("ada", globex)
	theirs.ID = "other"
	b.given(creates(agent("ada", acme), theirs)...)
	for _, x := range []struct {
		account users.AccountID
		id      users.ID
	}{{acme, "ada"}, {globex, "other"}} {
		b.finds([]users.Key{email(x.account, "ada@example.com")}, x.id)
		b.finds([]users.Key{users.KeyOf(x.account, users.LinkGrant, "reader")}, x.id)
	}
	b.finds([]users.Key{email("", "ada@example.com"), users.KeyOf("", users.LinkGrant, "reader")})
}

func findMax(b *bench) {
	b.given(creates(people(users.MaxFind)...)...)
	b.given(creates(extension("l1", acme, "+33123456789"), agent("zoe", globex))...)
	var keys []users.Key
	var want []users.ID
	for i, r := range people(users.MaxFind - 4) {
		if i%2 == 0 {
			keys = append(keys, r.Keys()[0])
		} else {
			keys = append(keys, users.ByID(r.ID))
		}
		want = append(want, r.ID)
	}

	keys = append(keys, users.KeyOf("", users.SpaceNumber, "+33123456789"), users.KeyOf(globex, users.LinkGrant, "reader"),
		users.KeyOf(acme, users.LinkHolder, "ada"), users.ByID("nobody"))
	b.finds(keys, append([]users.ID{"l1"}, append(want, "zoe")...)...)

	for i := range keys {
		keys[i] = users.ByID(users.ID(fmt.Sprintf("p%04d", i)))
	}

	b.finds(keys, idsOf(people(users.MaxFind))...)
}

func findMoved(b *bench) {
	was := agent("ada", acme)
	b.given(create(was))
	now := record("ada", acme, &users.Profile{Email: "lovelace@example.com", Roles: []string{"writer"}, Inactive: true})
	b.given(change(now, 1))
	b.finds(was.Keys())
	b.finds(was.Index().Links)
	for _, k := range append(now.Keys(), now.Index().Links...) {
		b.finds([]users.Key{k}, "ada")
	}
	b.given(change(was, 2))
	for _, k := range append(was.Keys(), was.Index().Links...) {
		b.finds([]users.Key{k}, "ada")
	}
}

func findDeleted(b *bench) {
	ada := agent("ada", acme)
	b.given(creates(ada, person("bob", "bob@example.com"))...)
	b.given(remove("ada", 1))
	b.finds(append(ada.Keys(), users.ByID("ada"), users.KeyOf(acme, users.LinkGrant, "reader")))
	b.finds([]users.Key{users.ByID("bob")}, "bob")
}
