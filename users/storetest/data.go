package storetest

import (
	"time"

	"github.com/usher-go/usher/users"
)

func dataCases() []Case {
	return []Case{
		{Name: "data/full", Rule: "Every kind of record must be returned with every field that it was written with.", run: dataFull},
		{Name: "data/empty", Rule: "Every kind of record must be returned without the fields that it was written without.", run: dataEmpty},
		{Name: "data/text", Rule: "Text must be returned unchanged: quotes, line breaks and every script.", run: dataText},
		{Name: "data/times", Rule: "Times must be kept to the millisecond and returned in UTC. A zero time must stay zero.", run: dataTimes},
	}
}

// full returns a record of each kind with every field set.
func full() []users.Record {
	return []users.Record{
		record("account", "account", &users.Account{Name: "Acme", Region: "FR", Levels: 5, Partner: true}),
		record("user", acme, &users.Profile{
			Email: "Ada@Example.com", Login: "Ada", DisplayName: "Ada L.", FirstName: "Ada", LastName: "Lovelace",
			Mobile: "+33612345678", Roles: []string{users.RoleAdmin, users.RolePartner}, Source: users.SCIM, ExternalID: "X 1",
			Registered: true, Inactive: true, Products: []string{"a", "b"},
			ContactCentre: &users.ContactCentre{LANID: "alovelace", AgentID: "17", PBXID: "4021", Kind: "Agent", Supervisor: "boss",
				Unit: "unit", AccessRole: "full", CRMName: "crm", Greeting: "hello",
				Features: map[string]bool{"Recording": true, "Wallboard": false}, Channels: map[string]int{"voice": 1, "chat": 0}},
			Custom: map[string]string{"badge": "0042", "": "empty"},
		}),
		record("line", acme, &users.Line{PBX: "pbx1", Short: "0101", Group: "g", Internal: "90101", Number: "+33123456789", Holder: "user"}),
		record("subscription", acme, &users.Subscription{Product: "connect", Total: 100, Used: 7}),
		record("role", acme, &users.Role{Name: "Night Shift", About: "Takes calls at night.", GrantedBy: users.ByPartners}),
		record("unit", acme, &users.Unit{Path: "Acme/Sales/North"}),
		record("pbx", acme, &users.PBX{Name: "PBX1", Group: "g", Ranges: []string{"1000-1999"}}),
		record("import", acme, &users.Import{Label: "March", Template: "users", Actor: "ada", Mode: "create", State: users.ImportDone, Digest: "d", Read: "r", Once: true, Undoes: "other", UndoneBy: "those", Continues: "that", Sensitive: []string{"mobile"}, First: true, Pruned: true,
			Counts: map[string]int{"created": 3, "failed": 0}, Rows: 3, Files: []string{"march.xlsx"}}),
	}
}

func dataFull(b *bench)  { roundTrip(b, full()) }
func dataEmpty(b *bench) { roundTrip(b, empty()) }

// empty returns a record of each kind with no field set.
func empty() []users.Record {
	return []users.Record{
		{Head: users.Head{ID: "account"}, Data: &users.Account{}},
		{Head: users.Head{ID: "user"}, Data: &users.Profile{}},
		{Head: users.Head{ID: "line"}, Data: &users.Line{}},
		{Head: users.Head{ID: "subscription"}, Data: &users.Subscription{}},
		{Head: users.Head{ID: "role"}, Data: &users.Role{}},
		{Head: users.Head{ID: "unit"}, Data: &users.Unit{}},
		{Head: users.Head{ID: "pbx"}, Data: &users.PBX{}},
		{Head: users.Head{ID: "import"}, Data: &users.Import{}},
	}
}

// roundTrip checks the records as Find, List and the journal return them.
func roundTrip(b *bench, recs []users.Record) {
	b.t.Helper()
	var journal []users.Entry
	for i, r := range recs {
		b.apply(row("i1", i+1, create(r.Clone())))
		journal = append(journal, users.Entry{Row: users.RowAt(0, i+1), Images: []users.Image{image(nil, at(r, 1))}})
	}
	for _, r := range recs {
		want := []users.Record{stored(r, 1)}
		b.same("the "+string(r.Kind())+" found", want, b.find(users.ByID(r.ID)))
		b.same("the "+string(r.Kind())+" listed", want, b.list(users.Query{Kind: r.Kind(), Scope: users.Scope{All: true}}).Records)
	}
	b.same("the journal", journal, b.journal("i1", 0))
}

func dataText(b *bench) {
	var recs []users.Record
	for _, s := range []string{"O'Brien \"x\" `y` \\z", "a\tb\r\nc", "日本語 العربية עברית ไทย", "👩‍👩‍👧 e\u0301", "<b>&amp;\u2028", "%s ? $1 :a @b", "NULL", " padded ", "0042", "1e5"} {
		id := users.ID("u" + string(rune('0'+len(recs))))
		recs = append(recs, record(id, acme, &users.Profile{DisplayName: s, ExternalID: s, Custom: map[string]string{s: s}}))
	}
	b.given(creates(recs...)...)
	for _, r := range recs {
		b.same("the record", []users.Record{stored(r, 1)}, b.find(users.ByID(r.ID)))
		b.finds(r.Keys(), r.ID)
	}
}

func dataTimes(b *bench) {
	const form = "2006-01-02T15:04:05.000000000 MST"
	east := time.FixedZone("east", 5*60*60+30*60)
	for i, x := range []struct {
		written time.Time
		want    string
	}{
		{time.Date(2025, 3, 4, 5, 6, 7, 89e6, time.UTC), "2025-03-04T05:06:07.089000000 UTC"},
		{time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC), "2025-03-04T05:06:07.000000000 UTC"},
		{time.Date(2025, 12, 31, 23, 59, 59, 999_999_999, time.UTC), "2025-12-31T23:59:59.999000000 UTC"},
		{time.Date(2025, 1, 1, 2, 0, 0, 1e6, east), "2024-12-31T20:30:00.001000000 UTC"},
		{time.Time{}, "0001-01-01T00:00:00.000000000 UTC"},
	} {
		r := person(users.ID(rune('a'+i)), "")
		r.Created, r.Updated = x.written, x.written.Add(time.Hour)
		if x.written.IsZero() {
			r.Updated = x.written
		}
		b.given(create(r))
		got := b.find(users.ByID(r.ID))
		if len(got) != 1 {
			b.fatalf("%d records found, want 1", len(got))
		}
		b.same("the time it was created", x.want, got[0].Created.Format(form))
		b.same("the time it was updated", got[0].Created.Add(r.Updated.Sub(r.Created)).Format(form), got[0].Updated.Format(form))
		last := b.journal(setup, 0)
		b.same("the time in the journal", x.want, last[len(last)-1].Images[0].After.Created.Format(form))
	}
}
