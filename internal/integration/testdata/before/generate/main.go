// Command generate wrote the files of the folder above it. It is code of the
// commit that README.md names, and is built in a checkout of that commit.
//
//	go run ./testdata/before/generate FOLDER
package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/assign"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/importer/messages"
	"github.com/usher-go/usher/importer/ocm"
	"github.com/usher-go/usher/importer/rainbow"
	"github.com/usher-go/usher/internal/importstate"
	"github.com/usher-go/usher/roles"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
	"github.com/usher-go/usher/users/storetest"
)

const (
	acme = users.AccountID("acme")
	pbx1 = "PBX0000-0000-0000-0000-0000-0000-0000-0001"
	pbx2 = "PBX0000-0000-0000-0000-0000-0000-0000-0002"
)

const (
	cloudlinkHead = "FIRST NAME,LAST NAME,NAME,EMAIL,ROLE\n"
	lineHead      = "__action__;loginEmail;pbxId;pbxShortNumber;pbxInternalNumber;number\n"
	userHead      = "LAN ID,First Name,Last Name,Agent ID,PBX ID,Profile,Supervisor,Org Unit,Role,Access Role,CRM Name,Text Chat Greeting Template Name\n"
	featureHead   = "LAN ID,Feature,Enabled\n"
	channelHead   = "LAN ID,Channel,Count\n"
)

var ctx = context.Background()

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: generate FOLDER")
	}
	folder := os.Args[1]
	office(folder)
	half(folder)
	host(folder)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func get[T any](v T, err error) T {
	must(err)
	return v
}

// A world is a database, with a clock and ids of its own.
type world struct {
	folder string
	db     *sql.DB
	store  *sqlstore.Store
	now    time.Time
	random *rand.Rand
}

func newWorld(folder, name string, opts *sqlstore.Options, ddl ...string) *world {
	path := filepath.Join(folder, name)
	must(os.RemoveAll(path))
	w := &world{folder: folder, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), random: rand.New(rand.NewPCG(1, uint64(len(name))))}
	w.db = get(sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)"))
	for _, s := range ddl {
		get(w.db.Exec(s))
	}
	w.store = sqlstore.New(w.db, opts)
	must(w.store.Migrate(ctx))
	return w
}

func (w *world) close() {
	get(w.db.Exec("VACUUM"))
	get(w.db.Exec("PRAGMA wal_checkpoint(TRUNCATE)"))
	must(w.db.Close())
}

func (w *world) newID() users.ID {
	var b [16]byte
	for i := range b {
		b[i] = byte(w.random.Uint32())
	}
	return users.ID(strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])))
}

// dir is the view of an actor; every one comes some minutes after the last.
func (w *world) dir(store users.Store, a users.Actor) *users.Directory {
	w.now = w.now.Add(7*time.Minute + 123*time.Millisecond)
	return users.Open(store, a, &users.Options{Now: func() time.Time { return w.now }, NewID: w.newID})
}

func (w *world) pat() *users.Directory { return w.dir(w.store, users.Partner("pat")) }

func (w *world) put(recs ...users.Record) {
	b := users.Batch{Import: "seed"}
	for _, r := range recs {
		r.Created, r.Updated = w.now, w.now
		b.Writes = append(b.Writes, users.Write{ID: r.ID, Record: &r})
	}
	must(w.store.Apply(ctx, b))
}

func (w *world) save(name string, p *importer.Preview) {
	var b bytes.Buffer
	must(p.Save(&b))
	must(os.WriteFile(filepath.Join(w.folder, name), b.Bytes(), 0o644))
	log.Print(name, " ", p.Summary().Actions, " ", p.Summary().Codes)
}

func table(tpl *importer.Template, name, text string) *formats.Table {
	t := get(csv.Read(ctx, strings.NewReader(text), &csv.Options{Format: csv.Format{Comment: tpl.Comment, Headings: tpl.Headings()}}))
	t.Name = name
	return t
}

func preview(dir *users.Directory, tpl *importer.Template, o importer.Options, texts ...string) *importer.Preview {
	var tables []*formats.Table
	for i, text := range texts {
		tables = append(tables, table(tpl, fmt.Sprintf("%s-%d.csv", tpl.Name, i), text))
	}
	o.Account = acme
	return get(importer.New(dir, tpl, &o).Preview(ctx, tables...))
}

func commit(p *importer.Preview, id users.ID) *importer.Report {
	r := get(p.Commit(ctx, &importer.CommitOptions{ID: id, Batch: 4, Approve: []string{importer.BrakeMass}}))
	log.Print(id, " ", r.Counts)
	return r
}

func record(id string, account users.AccountID, d users.Data) users.Record {
	return users.Record{Head: users.Head{ID: users.ID(id), Account: account}, Data: d}
}

// seed is what the account has before any import.
func seed() []users.Record {
	out := []users.Record{
		record("acme", acme, &users.Account{Name: "Acme & Söhne", Region: "FR", Levels: 3}),
		record("north", "north", &users.Account{Name: "North", Partner: true}),
		record("globex", "globex", &users.Account{Name: "Globex"}),
		record("far", "globex", &users.Profile{Email: "p0@acme.example", DisplayName: "Far Away"}),
		record("pbx1", acme, &users.PBX{Name: pbx1, Group: "g", Ranges: []string{"100-199", "#9"}}),
		record("pbx2", acme, &users.PBX{Name: pbx2}),
		record("licences", acme, &users.Subscription{Product: "Voice", Total: 20, Used: 3}),
	}
	for i, r := range []users.Role{{Name: "Desk", About: "The front desk"}, {Name: "Lead"}, {Name: "Billing", GrantedBy: users.ByPartners}} {
		out = append(out, record(fmt.Sprint("role", i), acme, &r))
	}
	for i, path := range []string{"Acme", "Acme/Sales", "Acme/Sales/Team 1", "Acme/Sales/Team 2", "Acme/Support", "Acme/Support/Night"} {
		out = append(out, record(fmt.Sprint("unit", i), acme, &users.Unit{Path: path}))
	}
	for i := range 16 {
		p := &users.Profile{Email: fmt.Sprintf("p%d@acme.example", i), FirstName: "Person", LastName: fmt.Sprint("Nº ", i)}
		switch i {
		case 0:
			p.Roles, p.Registered = []string{users.RoleAdmin}, true
		case 1:
			p.Source, p.ExternalID, p.Products = users.SCIM, "7f3a", []string{"Voice"}
		case 2:
			p.Login, p.Mobile, p.Custom = "p2", "+33612345678", map[string]string{"badge": "0042"}
		case 3:
			p.Roles, p.Inactive, p.DisplayName = []string{"Desk"}, true, "d’Artagnan <3>"
		case 4:
			p.ContactCentre = &users.ContactCentre{LANID: "boss", AgentID: "boss", PBXID: "900", Kind: "Supervisor", Unit: "unit1"}
		case 5:
			p.Roles = []string{"Desk"}
			p.ContactCentre = &users.ContactCentre{LANID: "agent", AgentID: "agent", PBXID: "901", Kind: "Agent", Supervisor: "u4", Unit: "unit2",
				AccessRole: "full", CRMName: "crm", Greeting: "hello", Features: map[string]bool{"Recording": true}, Channels: map[string]int{"voice": 1}}
		}
		out = append(out, record(fmt.Sprint("u", i), acme, p))
	}
	for i := range 10 {
		l := &users.Line{PBX: pbx1, Group: "g", Short: fmt.Sprint(100 + i), Internal: fmt.Sprint(100 + i), Number: fmt.Sprintf("+3314000%04d", i)}
		if i < 8 {
			l.Holder = users.ID(fmt.Sprint("u", i))
		}
		out = append(out, record(fmt.Sprint("line", i), acme, l))
	}
	return out
}

func lines(w *world) *importer.Template {
	return rainbow.Lines(get(rainbow.Read(ctx, w.pat(), acme)))
}

func agents(w *world) *importer.Template { return ocm.Users(get(ocm.Read(ctx, w.pat(), acme))) }

// vault is a host's own template, which has a column that is shown nowhere.
type vault struct {
	Login  string `usher:"login,about,required"`
	Name   string `usher:"name"`
	Mobile string `usher:"mobile,sensitive"`
}

func vaultTemplate() *importer.Template {
	return get(importer.TemplateOf[vault]("vault", importer.Upsert))
}

// office is a database with usher's own tables, and documents of its previews.
func office(folder string) {
	w := newWorld(folder, "office.db", nil)
	w.put(seed()...)

	// An import of the winter before, of which the journal is thrown away.
	winter := preview(w.pat(), cloudlink.Users(), importer.Options{Label: "Winter"}, cloudlinkHead+"Old,Timer,,old@acme.example,User\n")
	commit(winter, "winter")
	w.now = w.now.Add(24 * time.Hour)
	log.Print("pruned ", get(importer.Prune(ctx, w.dir(w.store, users.Host("cron")), acme, w.now)))

	// By hand.
	added := get(w.pat().Add(ctx, acme, users.Profile{FirstName: "Hand", LastName: "Made", Email: "hand@acme.example", Custom: map[string]string{"desk": "4"}}))
	added.Mobile = "+33698765432"
	get(w.pat().Edit(ctx, added))
	gone := get(w.pat().Add(ctx, acme, users.Profile{FirstName: "Soon", LastName: "Gone", Email: "gone@acme.example"}))
	get(w.pat().Delete(ctx, gone.ID))

	// Finished, with corrections, and every outcome a file of users can have.
	p := preview(w.pat(), cloudlink.Users(), importer.Options{Label: "Spring", Mode: importer.Upsert}, cloudlinkHead+
		"Ada,Lovelace,,ada@acme.example,Account Admin\n"+
		"Bob,,,bob@acme.exmaple,\n"+
		"Person,Nº 8,Renamed,p8@acme.example,User\n"+
		"Person,Nº 9,,p9@acme.example,User\n"+
		"Cyd,,,not an address,User\n"+
		",,,nameless@acme.example,User\n"+
		"Dan,,,dan@acme.example,Boss\n"+
		"Eve,<b>,,eve@acme.example,User\n"+
		"Out,,,out@acme.example,User\n")
	get(p.Edit(ctx, importer.Set(users.RowAt(0, 3), "email", "bob@acme.example"), importer.Remove(users.RowAt(0, 10)),
		importer.Add(0, map[string]string{"first_name": "Added", "email": "added@acme.example"})))
	commit(p, "spring")

	commit(preview(w.pat(), lines(w), importer.Options{Label: "Telephones"}, lineHead+
		"attach;p0@acme.example;"+pbx1+";101;101;+33140000001\n"+ // a swap
		"attach;p1@acme.example;"+pbx1+";100;100;+33140000000\n"+
		"detach;p2@acme.example;;;;\n"+
		"attach;p3@acme.example;"+pbx1+";102;102;+33140000002\n"+ // what p2 gives up
		"force_attach;p10@acme.example;"+pbx1+";106;106;+33140000006\n"+
		"attach;p11@acme.example;"+pbx1+";150;;+33140000150\n"+
		"attach;p12@acme.example;"+pbx1+";109;109;+33140000109\n"+ // another number
		"attach;p4@acme.example;"+pbx1+";104;104;+33140000004\n"+ // as it is
		"attach;p5@acme.example;"+pbx1+";107;107;+33140000007\n"+ // which p7 has
		"attach;nobody@acme.example;"+pbx1+";108;108;+33140000008\n"), "telephones")

	commit(preview(w.pat(), agents(w), importer.Options{Label: "Agents", Mode: importer.Upsert},
		userHead+
			"head,Heddy,Head,,800,Supervisor,,Acme/Support,Lead,,,\n"+
			"one,Una,One,,801,Agent,head,Acme/Support/Night,Desk,basic,,hi\n"+
			"two,Duo,Two,two,802,Agent,head,Night,\"Desk,Lead\",,crm2,\n"+
			"agent,Agent,Smith,,901,Agent,head,Acme/Sales/Team 2,Desk,full,crm,hello\n"+
			"bad,Bad,Unit,,803,Agent,head,Acme/Suport/Night,Desk,,,\n",
		featureHead+"one,Recording,yes\nagent,Recording,no\nagent,Whisper,yes\nbad,Recording,yes\n",
		channelHead+"one,voice,2\ntwo,chat,5\nagent,voice,3\n"), "agents")

	people := get(roles.Named(ctx, w.pat(), acme, "p6@acme.example", "p7@acme.example", "p3@acme.example", "no.such@acme.example"))
	catalogue := get(roles.ReadCatalogue(ctx, w.pat(), acme))
	commit(get(importer.New(w.pat(), assign.Add(catalogue), &importer.Options{Account: acme, Label: "Desk for three"}).Preview(ctx, get(assign.Table(people, "Desk", "Billing")))), "desk")

	// With a column that is shown nowhere.
	commit(get(importer.New(w.dir(w.store, users.Host("vault")), vaultTemplate(), &importer.Options{Account: acme}).Preview(ctx,
		table(vaultTemplate(), "vault.csv", "LOGIN,NAME,MOBILE\nv1,Vic One,+33655555555\np2,,+33666666666\n"))), "vaulted")

	// Undone, but for who was changed since.
	commit(preview(w.pat(), cloudlink.Users(), importer.Options{Label: "Mistake", Mode: importer.Upsert}, cloudlinkHead+
		"Miss,Take,,miss@acme.example,User\n"+
		"Kept,,,kept@acme.example,User\n"+
		"Person,Nº 13,Wrong,p13@acme.example,User\n"+
		"Person,Nº 14,Wrong as well,p14@acme.example,Account Admin\n"), "mistake")
	kept := get(w.pat().Find(ctx, users.KeyOf(acme, users.SpaceEmail, "kept@acme.example"))).Records[0]
	u, _ := kept.User()
	u.LastName = "Since"
	get(w.pat().Edit(ctx, u))
	commit(get(importer.Undo(ctx, w.pat(), "mistake", nil)), "mistake-undone")

	// With somebody whom the journals remember no longer.
	commit(preview(w.pat(), cloudlink.Users(), importer.Options{Label: "Erased", Mode: importer.Upsert}, cloudlinkHead+
		"For,Gotten,,forgotten@acme.example,User\n"+
		"Person,Nº 15,Known,p15@acme.example,User\n"), "erased")
	forgotten := get(w.pat().Find(ctx, users.KeyOf(acme, users.SpaceEmail, "forgotten@acme.example"))).Records[0]
	log.Print("erased ", get(importer.Erase(ctx, w.dir(w.store, users.Host("cron")), acme, forgotten.ID)))

	officeDocuments(w)
	w.journal("journal.jsonl")

	// Somebody else changes what a saved preview was about to change.
	r := get(w.pat().Find(ctx, users.ByID("u9"))).Records[0]
	u, _ = r.User()
	u.DisplayName = "Changed since"
	get(w.pat().Edit(ctx, u))
	w.close()
}

// officeDocuments saves previews that are not committed.
func officeDocuments(w *world) {
	p := preview(w.pat(), cloudlink.Users(), importer.Options{Label: "Edited", Mode: importer.Upsert, Map: []importer.ColumnMap{{Column: 6, Field: ""}}},
		strings.TrimSuffix(cloudlinkHead, "\n")+",NOTE\n"+
			"Fay,Wray,,fay@acme.example,User,starts in May\n"+
			"Gil,,,gil@acme.exmaple,User,\n"+
			"Person,Nº 10,Ten,p10@acme.example,Account Admin,\n"+
			"Person,Nº 11,,p11@acme.example,User,\n"+
			"Hal,,,hal@acme.example,User,no longer\n")
	get(p.Edit(ctx, importer.Set(users.RowAt(0, 3), "email", "gil@acme.example"), importer.Set(users.RowAt(0, 2), "last_name", "Wray-Smith"),
		importer.Remove(users.RowAt(0, 6)), importer.Add(0, map[string]string{"name": "Ina Added", "email": "ina@acme.example", "role": "User"})))
	w.save("edited.preview", p)

	p = preview(w.pat(), cloudlink.Users(), importer.Options{Label: "Errors"}, cloudlinkHead+
		"Joe,,,joe@acme.example,User\n"+
		"Kim,,,kim at acme.example,User\n"+
		"Lou,,,p0@acme.example,User\n"+
		"Max,,,twice@acme.example,User\n"+
		"Ned,,,Twice@Acme.example,User\n"+
		"=Oda,,,oda@acme.example,Chief\n"+
		",,,pam@acme.example,\n")
	get(p.Edit(ctx, importer.Set(users.RowAt(0, 2), "last_name", "Doe")))
	w.save("errors.preview", p)
	for _, x := range []struct {
		name string
		to   formats.Writer
		lang string
	}{{"failing.csv", csv.Writer{}, "en"}, {"failing.xlsx", xlsx.Writer{}, "fr"}} {
		var b bytes.Buffer
		must(x.to.WriteSheet(&b, p.Failing(0, messages.For(x.lang))))
		must(os.WriteFile(filepath.Join(w.folder, x.name), b.Bytes(), 0o644))
	}

	p = preview(w.pat(), agents(w), importer.Options{Label: "More agents", Mode: importer.Upsert},
		userHead+
			"three,Tri,Three,,703,Agent,chief,Acme/Sales/Team 1,Desk,,,\n"+ // the supervisor stands below
			"chief,Chi,Chief,,700,Supervisor,,Acme/Sales,Lead,,,\n"+
			"agent,Agent,Smith,,901,Agent,chief,Acme/Sales/Team 1,Desk,full,crm2,hello\n"+
			"four,For,Four,,704,Agent,three,Acme/Sales/Team 9,Desk,,,\n"+
			"five,Fif,Five,,705,Agent,four,Acme/Sales/Team 2,Desk,,,\n",
		featureHead+"three,Recording,yes\nagent,Recording,yes\nfive,Recording,no\n",
		channelHead+"three,voice,1\nagent,voice,2\nagent,email,x\n")
	get(p.Edit(ctx, importer.Set(users.RowAt(2, 4), "count", "4"), importer.Add(1, map[string]string{"lan_id": "chief", "feature": "Whisper", "enabled": "no"})))
	w.save("agents.preview", p)

	p = preview(w.pat(), lines(w), importer.Options{Label: "More telephones"}, lineHead+
		"attach;p0@acme.example;"+pbx1+";100;100;+33140000000\n"+
		"attach;p1@acme.example;"+pbx1+";101;101;+33140000001\n"+
		"force_attach;p2@acme.example;"+pbx1+";104;104;+33140000004\n"+
		"detach;p10@acme.example;;;;\n"+
		"attach;p6@acme.example;"+pbx1+";106;106;+33140000006\n"+
		"attach;p13@acme.example;"+pbx2+";5000;;\n"+
		"attach;p14@acme.example;"+pbx1+";250;;\n")
	w.save("lines.preview", p)

	people := get(roles.Matching(ctx, w.pat(), acme, users.Query{Text: "person"}))
	catalogue := get(roles.ReadCatalogue(ctx, w.pat(), acme))
	p = get(importer.New(w.pat(), assign.Remove(catalogue), &importer.Options{Account: acme, Label: "No desk"}).Preview(ctx, get(assign.Table(people, "Desk"))))
	get(p.Edit(ctx, importer.Remove(users.RowAt(0, 4))))
	w.save("assign.preview", p)

	p = get(importer.Undo(ctx, w.pat(), "agents", nil))
	get(p.Edit(ctx, importer.Remove(first(p))))
	w.save("undo.preview", p)

	b := formats.NewBuilder("vault.csv", formats.Limits{})
	for i, cells := range [][]string{{"LOGIN", "NAME", "MOBILE"}, {"p2", "Person Two", "+33611111111"}, {"q1", "Quin\xff", "+33622222222"}, {"q2", "Quo", ""}, {"q3", "Quz", "+33644444444"}} {
		for _, c := range cells {
			must(b.Cell([]byte(c)))
		}
		get(b.EndRow(i+1, i+1))
	}
	p = get(importer.New(w.dir(w.store, users.Host("vault")), vaultTemplate(), &importer.Options{Account: acme}).Preview(ctx, b.Table()))
	get(p.Edit(ctx, importer.Set(users.RowAt(0, 4), "mobile", "+33633333333")))
	w.save("sensitive.preview", p)

	p = preview(w.pat(), cloudlink.Users(), importer.Options{Label: "Changed since", Mode: importer.Upsert}, cloudlinkHead+
		"Person,Nº 8,Eight,p8@acme.example,User\n"+
		"Person,Nº 9,Nine,p9@acme.example,User\n")
	w.save("changed.preview", p)
}

func first(p *importer.Preview) users.RowID {
	for r := range p.Rows() {
		return r.ID
	}
	panic("no rows")
}

// journal writes what stands in the journal and in the records, as it stands there.
func (w *world) journal(name string) {
	type line struct {
		Import string          `json:"import,omitempty"`
		Row    int64           `json:"row,omitempty"`
		Note   string          `json:"note,omitempty"`
		Images json.RawMessage `json:"images,omitempty"`
		Kind   string          `json:"kind,omitempty"`
		Data   string          `json:"data,omitempty"`
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	rows := get(w.db.Query("SELECT import, row, note, images FROM journal ORDER BY import, seq"))
	for rows.Next() {
		var l line
		var images []byte
		must(rows.Scan(&l.Import, &l.Row, &l.Note, &images))
		l.Images = images
		if len(images) == 0 {
			l.Images = nil
		}
		must(enc.Encode(l))
	}
	must(rows.Err())
	rows = get(w.db.Query("SELECT kind, data FROM records ORDER BY kind, id"))
	for rows.Next() {
		var l line
		must(rows.Scan(&l.Kind, &l.Data))
		must(enc.Encode(l))
	}
	must(rows.Err())
	must(os.WriteFile(filepath.Join(w.folder, name), b.Bytes(), 0o644))
}

var errBroken = errors.New("the store is broken")

// breakOff commits, until the store fails at the n-th batch.
func (w *world) breakOff(name string, at int, make func(*users.Directory) *importer.Preview) {
	store := storetest.NewFaulty(w.store)
	p := make(w.dir(store, users.Partner("pat")))
	w.save(name, p)
	applied := store.Calls(storetest.OpApply)
	store.Before = func(op string, n int) error {
		if op == storetest.OpApply && n >= applied+at {
			return errBroken
		}
		return nil
	}
	if _, err := p.Commit(ctx, &importer.CommitOptions{Batch: 4, Approve: []string{importer.BrakeMass}}); !errors.Is(err, errBroken) {
		panic(fmt.Sprint("the commit was not broken off: ", err))
	}
	w.told(p.ID())
}

func (w *world) told(id users.ID) {
	w.now = w.now.Add(2 * importstate.Lease)
	r, err := importer.LoadReport(ctx, w.pat(), id)
	if !errors.Is(err, importer.ErrUnfinished) || len(r.Lines) == 0 {
		panic(fmt.Sprint("nothing is half done: ", err))
	}
	log.Print(id, " ", r.State, " ", r.Counts)
}

const halfLines = lineHead +
	"attach;p0@acme.example;" + pbx1 + ";101;101;+33140000001\n" +
	"attach;p1@acme.example;" + pbx1 + ";100;100;+33140000000\n" +
	"detach;p2@acme.example;;;;\n" +
	"attach;p3@acme.example;" + pbx1 + ";102;102;+33140000002\n" +
	"attach;p6@acme.example;" + pbx1 + ";103;103;+33140000003\n" +
	"force_attach;p8@acme.example;" + pbx1 + ";107;107;+33140000007\n" +
	"attach;p9@acme.example;" + pbx1 + ";108;108;+33140000008\n" +
	"attach;p10@acme.example;" + pbx1 + ";109;109;+33140000009\n" +
	"attach;p11@acme.example;" + pbx1 + ";110;110;+33140000110\n" +
	"attach;p12@acme.example;" + pbx1 + ";111;;\n" +
	"attach;p13@acme.example;" + pbx1 + ";106;106;+33140000006\n" +
	"attach;p14@acme.example;" + pbx1 + ";112;;nonsense\n"

// half is a database in which imports were broken off.
func half(folder string) {
	w := newWorld(folder, "half.db", nil)
	w.put(seed()...)

	// Three tables, by their document.
	tpl := agents(w)
	w.breakOff("half-agents.preview", 3, func(dir *users.Directory) *importer.Preview {
		var people, features, channels strings.Builder
		for i := range 12 {
			boss := "b0"
			if i > 6 {
				boss = "b1"
			}
			fmt.Fprintf(&people, "a%d,First,Last %d,,%d,Agent,%s,Acme/Sales/Team 1,Desk,,,\n", i, i, 500+i, boss)
			if i%3 == 0 {
				fmt.Fprintf(&features, "a%d,Recording,yes\n", i)
				fmt.Fprintf(&channels, "a%d,voice,%d\n", i, i+1)
			}
		}
		p := preview(dir, tpl, importer.Options{Label: "Half the agents", Mode: importer.Upsert}, userHead+people.String()+
			"b0,Boss,Zero,,600,Supervisor,,Acme/Sales,Lead,,,\nb1,Boss,One,,601,Supervisor,b0,Acme/Sales,Lead,,,\n"+
			"agent,Agent,Smith,,901,Agent,b1,Acme/Sales/Team 2,Desk,full,crm,hello\n"+
			"bad,Bad,Row,,,Agent,b0,Nowhere,Desk,,,\n",
			featureHead+features.String()+"agent,Recording,no\nbad,Recording,yes\n", channelHead+channels.String())
		get(p.Edit(ctx, importer.Set(users.RowAt(0, 3), "last_name", "Corrected"), importer.Remove(users.RowAt(0, 5))))
		return p
	})

	// Lines, by their file: nothing but that and the id of the import is left.
	must(os.WriteFile(filepath.Join(folder, "half-lines.csv"), []byte(halfLines), 0o644))
	lineTpl := lines(w)
	p := preview(w.pat(), lineTpl, importer.Options{Label: "Half the telephones"}, halfLines)
	stop, cancel := context.WithCancel(ctx)
	batches := 0
	_, err := p.Commit(stop, &importer.CommitOptions{ID: "half-lines", Batch: 3, Progress: func(importer.Progress) {
		if batches++; batches == 2 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		panic(fmt.Sprint("the commit was not cancelled: ", err))
	}
	w.told("half-lines")

	// An undoing, by its document.
	var rows strings.Builder
	for i := range 9 {
		fmt.Fprintf(&rows, "New,Nº %d,,new%d@acme.example,User\n", i, i)
	}
	commit(preview(w.pat(), cloudlink.Users(), importer.Options{Label: "Taken back", Mode: importer.Upsert}, cloudlinkHead+rows.String()+
		"Person,Nº 15,Other,p15@acme.example,User\n"), "taken-back")
	w.breakOff("half-undo.preview", 3, func(dir *users.Directory) *importer.Preview {
		return get(importer.Undo(ctx, dir, "taken-back", nil))
	})
	w.close()
}

const hostDDL = `
CREATE TABLE people (
    person_id     TEXT NOT NULL PRIMARY KEY,
    tenant        TEXT NOT NULL,
    mail          TEXT,
    full_name     TEXT NOT NULL DEFAULT '',
    is_admin      INTEGER NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1)),
    password_hash TEXT NOT NULL DEFAULT '',
    UNIQUE (tenant, mail)
)`

func hostTable() *sqlstore.Table {
	return &sqlstore.Table{Name: "people", ID: "person_id", Account: "tenant", Columns: []sqlstore.Column{
		{Field: "email", Name: "mail", Encode: sqlstore.EmptyIsNull},
		{Field: "name", Name: "full_name"},
		{Field: "role", Name: "is_admin",
			Encode: func(role string) any { return role == users.RoleAdmin },
			Decode: func(v any) string {
				if v == int64(1) {
					return users.RoleAdmin
				}
				return users.RoleUser
			}},
	}}
}

// host is a database with a table of people of the host's own.
func host(folder string) {
	w := newWorld(folder, "host.db", &sqlstore.Options{Prefix: "usher_", Users: hostTable()}, hostDDL)
	for i := range 8 {
		get(w.db.Exec("INSERT INTO people (person_id, tenant, mail, full_name, is_admin, password_hash) VALUES (?, 'acme', ?, ?, ?, 'secret')",
			fmt.Sprint("h", i), fmt.Sprintf("h%d@acme.example", i), fmt.Sprint("Host ", i), i == 0))
	}
	w.put(record("acme", acme, &users.Account{Name: "Acme"}),
		record("line0", acme, &users.Line{PBX: pbx1, Short: "100", Internal: "100", Number: "+33140000000", Holder: "h1"}))

	commit(preview(w.pat(), cloudlink.Users(), importer.Options{Label: "Into the host's table", Mode: importer.Upsert}, cloudlinkHead+
		",,Ada L,ada@acme.example,Account Admin\n"+
		"Bob,,,bob@acme.example,User\n"+
		",,Renamed,h2@acme.example,User\n"+
		",,Host 3,h3@acme.example,User\n"+
		",,Bad,bad,User\n"), "hosted")
	commit(preview(w.pat(), lines(w), importer.Options{}, lineHead+
		"attach;h4@acme.example;"+pbx1+";104;;+33140000004\nforce_attach;h5@acme.example;"+pbx1+";100;;\n"), "hosted-lines")
	commit(preview(w.pat(), cloudlink.Users(), importer.Options{Label: "Undone", Mode: importer.Upsert}, cloudlinkHead+
		",,Wrong,h6@acme.example,Account Admin\n,,Wrong too,wrong@acme.example,User\n"), "hosted-mistake")
	commit(get(importer.Undo(ctx, w.pat(), "hosted-mistake", nil)), "hosted-undone")

	var rows strings.Builder
	for i := range 10 {
		fmt.Fprintf(&rows, ",,Half %d,half%d@acme.example,User\n", i, i)
	}
	w.breakOff("host-half.preview", 3, func(dir *users.Directory) *importer.Preview {
		return preview(dir, cloudlink.Users(), importer.Options{Label: "Half of it", Mode: importer.Upsert}, cloudlinkHead+rows.String()+",,Seven,h7@acme.example,User\n")
	})

	// What the host did, and usher was not asked about since.
	get(w.db.Exec("UPDATE people SET full_name = 'Host Three' WHERE person_id = 'h3'"))
	get(w.db.Exec("INSERT INTO people (person_id, tenant, mail, full_name) VALUES ('h9', 'acme', 'h9@acme.example', 'Host 9')"))
	get(w.db.Exec("DELETE FROM people WHERE person_id = 'h1'"))
	w.close()
}
