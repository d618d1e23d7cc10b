package ocm_test

import (
	"fmt"
	"testing"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/ocm"
	"github.com/usher-go/usher/importer/templatetest"
	"github.com/usher-go/usher/users"
)

func TestTemplate(t *testing.T) {
	var stored []users.Record
	for i, p := range paths {
		stored = append(stored, users.Record{Head: users.Head{ID: users.ID(fmt.Sprint("unit", i))}, Data: &users.Unit{Path: p}})
	}
	for _, r := range []string{"Desk", "Lead"} {
		stored = append(stored, users.Record{Head: users.Head{ID: users.ID("role " + r)}, Data: &users.Role{Name: r}})
	}
	known := func(lan, station, kind string, supervisor users.ID, unit users.ID, change func(*users.ContactCentre)) {
		c := &users.ContactCentre{LANID: lan, AgentID: lan, PBXID: station, Kind: kind, Supervisor: supervisor, Unit: unit}
		if change != nil {
			change(c)
		}
		stored = append(stored, users.Record{Head: users.Head{ID: users.ID("id of " + lan[:2])}, Data: &users.Profile{
			FirstName: "First" + lan[:2], LastName: "Last" + lan[:2], Roles: []string{"Desk"}, ContactCentre: c}})
	}
	known("charles", "4001", ocm.Supervisor, "", "unit2", func(c *users.ContactCentre) { c.AccessRole = "Reader" })
	known("augusta", "4002", ocm.Agent, "id of ch", "unit3", func(c *users.ContactCentre) {
		c.CRMName, c.Features, c.Channels = "ada.crm", map[string]bool{"Recording": true}, map[string]int{"voice": 1}
	})

	const t1, t2, branch = "Acme/Sales/North/Team 1", "Acme/Sales/North/Team 2", "Acme/Sales/North"
	files := []templatetest.File{
		{Name: "new people", Tables: [][][]string{
			{
				{"zelda7", "Zelda", "Fitz", "", "4010", "Agent", "yannick8", t1, "Desk", "Writers", "zelda.crm", "Hello there"},
				{"yannick8", "Yannick", "Noah", "yannick8", "4011", "Supervisor", "", branch, "Lead", "", "", ""},
				{"xaver9", "Xaver", "Doe", "", "4012", "Agent", "charles", t2, "Desk, Lead", "", "=crm", ""},
				{"wanda6", "Wanda", "Poe", "wendy61", "4013", "Agent", "ursula1", branch, "Desk", "", "", ""},
				{"victor5", "Victor", "Hugo", "", "4014", "Agent", "charles", t1, "Desk", "", "", ""},
				{"VICTOR5", "Victoire", "Hugon", "", "4014", "Agent", "victor5", t1, "Desk", "", "", ""},
				{"thomas4", "", "Mann", "", "40x5", "Clerk", "nobody99", "Acme/Nowhere", "Chief", "", "", ""},
				{"augusta", "Firstau", "Lastau", "augusta", "4002", "Agent", "charles", t1, "Desk", "", "ada.crm", ""},
			},
			{{"zelda7", "Monitoring", "Yes"}, {"augusta", "Recording", "No"}, {"thomas4", "Recording", "Perhaps"}, {"yannick8", "Coaching", "No"}, {"yannick8", "Coaching", "No"}, {"nobody97", "Coaching", "Yes"}},
			{{"zelda7", "Voice", "2"}, {"augusta", "Voice", "1"}, {"augusta", "Chat", "100"}, {"nobody98", "Video", "1"}},
		}},
		{Name: "people who are known", Mode: importer.ModeUpsert, Tables: [][][]string{
			{
				{"augusta", "Ada", "", "", "4003", "Supervisor", "", branch, "", "", "", "Welcome back"},
				{"charles", "", "", "", "4002", "", "stephan3", "", "", "", "", ""},
				{"stephan3", "Stephan", "Zweig", "", "4020", "Supervisor", "", branch, "Lead", "", "", ""},
			},
			{{"augusta", "Recording", "No"}},
		}},
		{Name: "a supervisor whose LAN ID is asked for twice", Mode: importer.ModeUpsert, Tables: [][][]string{{
			{"rita111", "Rita", "One", "", "4031", "Agent", "boss222", t1, "Desk"},
			{"boss222", "Boss", "Two", "", "4032", "Supervisor", "", branch, "Lead"},
			{"boss222", "Boss", "Three", "", "4033", "Supervisor", "", branch, "Lead"},
			{"otto444", "Otto", "Four", "", "4034", "Agent", "otto445", t1, "Desk"},
			{"otto445", "Otto", "Five", "", "4035", "Supervisor", "otto444", branch, "Desk"},
		}}},
	}

	for _, tt := range []struct {
		name   string
		change func(*ocm.Options)
		files  []templatetest.File
	}{
		{"as it is", func(*ocm.Options) {}, files},
		{"lenient", func(o *ocm.Options) {
			o.Blank, o.OtherAgentID, o.Features = importer.BlankClears, true, []string{"Recording", "Monitoring", "Coaching"}
		}, files[:1]},
		{"as the product has it, all three files and no mode but create", func(o *ocm.Options) { o.Strict = true }, files[:1]},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tpl := func() *importer.Template { return ocm.Users(options(t, tt.change)) }
			templatetest.Run(t, tpl(), templatetest.Samples{New: tpl, Stored: stored, Files: tt.files})
		})
	}
}
