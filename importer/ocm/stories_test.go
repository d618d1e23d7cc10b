package ocm_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/ocm"
	"github.com/usher-go/usher/roles"
	"github.com/usher-go/usher/users"
)

// What a triple of files shows, and what is in the store after it was committed.
func TestStories(t *testing.T) {
	strict := func(o *ocm.Options) { o.Strict = true }
	clears := func(o *ocm.Options) { o.Blank = importer.BlankClears }
	for _, tt := range []struct {
		name, reason string
		stored       []string
		files        []string
		opts         func(*ocm.Options)
		mode         importer.Mode
		actor        users.Actor
		want         []string
		after        []string
	}{
		{
			name: "a clean triple", reason: "the two other files speak of people whom the first one makes",
			files: []string{people("boss S - 1", "ada A boss 2"), features("ada,Recording,Yes", "boss,Recording,off"), channels("ADA,Voice,1", "ada,E-mail,3")},
			want: []string{"U2 create boss", "U3 create ada",
				"F2 update ada feature.Recording:>yes", "F3 update boss feature.Recording:>no", "C2 update ADA channel.voice:>1", "C3 update ada channel.email:>3"},
			after: []string{"ada A boss 2 unit3 Recording=yes email=3 voice=1", "boss S - 1 unit3 Recording=no"},
		},
		{
			name: "the files in another order", reason: "each is known by its headings",
			files: []string{channels("ada,Voice,1"), people("boss S - 1", "ada A boss 2"), features()},
			want:  []string{"U2 create boss", "U3 create ada", "C2 update ada channel.voice:>1"},
			after: []string{"ada A boss 2 unit3 voice=1", "boss S - 1 unit3"},
		},
		{
			name: "a LAN ID in ChannelCount alone", reason: "neither the file nor the account has them",
			files: []string{people("boss S - 1"), features(), channels("nobody,Voice,1")},
			want:  []string{"U2 create boss", "C2 error nobody !lanid.unknown@lan_id"},
			after: []string{"boss S - 1 unit3"},
		},
		{
			name: "a supervisor below the team", reason: "the order of rows means nothing",
			files: []string{people("ada A boss 2", "bob A boss 3", "boss S - 1"), features(), channels()},
			want:  []string{"U2 create ada", "U3 create bob", "U4 create boss"},
			after: []string{"ada A boss 2 unit3", "bob A boss 3 unit3", "boss S - 1 unit3"},
		},
		{
			name: "a supervisor who fails", reason: "the team is told on whom it waits, in every file",
			files: []string{people("ada A boss 2", "boss S - x"), features("ada,Recording,yes"), channels("boss,Chat,2")},
			want: []string{"U2 blocked ada !row.blocked row=3", "U3 error boss !pbx_id.form@pbx_id",
				"F2 blocked ada !row.blocked row=U/2", "C2 blocked boss !row.blocked row=U/3"},
			after: []string{},
		},
		{
			name: "a circle of three", reason: "it is named whole, and whoever leads into it waits",
			files: []string{people("ada S bob 1", "bob S cyd 2", "cyd S ada 3", "dan A ada 4"), features(), channels()},
			want: []string{"U2 error ada !reference.cycle cycle=2, 3, 4", "U3 error bob !reference.cycle cycle=2, 3, 4", "U4 error cyd !reference.cycle cycle=2, 3, 4",
				"U5 blocked dan !row.blocked row=2"},
			after: []string{},
		},
		{
			name: "a circle through the store", reason: "bob reports to cyd already",
			stored: []string{"ada S - 1", "bob S cyd 2", "cyd S - 3"}, mode: importer.ModeUpdate,
			files: []string{people("ada S bob 1", "cyd S ada 3"), features(), channels()},
			want:  []string{"U2 error ada !reference.cycle cycle=2, 3", "U3 error cyd !reference.cycle cycle=2, 3"},
			after: []string{"ada S - 1 unit3", "bob S cyd 2 unit3", "cyd S - 3 unit3"},
		},
		{
			name: "who reports to whom is turned round", reason: "the one row undoes what the other would make a circle of",
			stored: []string{"ada S - 1", "bob S ada 2"}, mode: importer.ModeUpdate, opts: clears,
			files: []string{people("ada S bob 1", "bob S - 2"), features(), channels()},
			want:  []string{"U2 update ada supervisor:>bob", "U3 update bob supervisor:ada>"},
			after: []string{"ada S bob 1 unit3", "bob S - 2 unit3"},
		},
		{
			name: "and that row fails", reason: "the store would close the circle",
			stored: []string{"ada S - 1", "bob S ada 2"}, mode: importer.ModeUpdate, opts: clears,
			files: []string{people("ada S bob 1", "bob S - x"), features(), channels()},
			want:  []string{"U2 blocked ada !row.blocked row=3", "U3 error bob !pbx_id.form@pbx_id"},
			after: []string{"ada S - 1 unit3", "bob S ada 2 unit3"},
		},
		{
			name: "an agent at a branch", reason: "agents stand at the lowest level, supervisors anywhere",
			files: []string{people("boss S - 1 Branch", "ada A boss 2 Branch"), features(), channels()},
			want:  []string{"U2 create boss", "U3 error ada !org_unit.level@org_unit level=3"},
			after: []string{"boss S - 1 unit2"},
		},
		{
			name: "an agent at a branch by two files", reason: "the level is that of what the row leaves, also where the row says half of it",
			stored: []string{"boss S - 1 Branch", "ada A boss 2"},
			files:  []string{userHead + "boss,,,,,Agent,,,,,,\nada,,,,,,," + paths[2] + ",,,,\n", features(), channels()},
			mode:   importer.ModeUpdate,
			want:   []string{"U2 error boss !org_unit.level@profile !supervisor.missing@supervisor", "U3 error ada !org_unit.level@org_unit level=3"},
			after:  []string{"ada A boss 2 unit3", "boss S - 1 unit2"},
		},
		{
			name: "a supervisor becomes an agent", reason: "an agent has a supervisor, one of the row or one they have",
			stored: []string{"boss S - 1", "ada S - 2", "bob S boss 3"},
			files:  []string{userHead + "ada,,,,,Agent,,,,,,\nbob,,,,,Agent,,,,,,\nboss,,,,,Supervisor,,,,,,\n", features(), channels()},
			mode:   importer.ModeUpdate,
			want:   []string{"U2 error ada !supervisor.missing@supervisor", "U3 update bob profile:Supervisor>Agent", "U4 unchanged boss"},
			after:  []string{"ada S - 2 unit3", "bob A boss 3 unit3", "boss S - 1 unit3"},
		},
		{
			name: "who breaks a rule already", reason: "a row that leaves them so changes nothing, one that moves them to a branch does",
			stored: []string{"ada A - 2 Branch", "bob A - 3 Branch"},
			files:  []string{people("ada A - 2 Branch", "bob A - 3 Acme"), features(), channels()},
			mode:   importer.ModeUpdate,
			want:   []string{"U2 unchanged ada", "U3 error bob !org_unit.level@org_unit level=1"},
			after:  []string{"ada A - 2 unit2", "bob A - 3 unit2"},
		},
		{
			name: "duplicates", reason: "in the account, and in the file, where none is taken",
			stored: []string{"old A - 9"},
			files:  []string{people("old S - 8", "boss S - 1", "ada A boss 2", "ADA A boss 3"), features("old,Recording,yes", "ada,Recording,yes"), channels()},
			want: []string{"U2 error old !lanid.taken@lan_id holder=old", "U3 create boss", "U4 error ada !lanid.contested@lan_id row=5", "U5 error ADA !lanid.contested@lan_id row=4",
				"F2 error old !person.exists@lan_id holder=old", "F3 blocked ada !row.blocked key=ada"},
			after: []string{"boss S - 1 unit3", "old A - 9 unit3"},
		},
		{
			name: "duplicates with cells that are wrong", reason: "a LAN ID that exists is told, whatever the other cells say",
			stored: []string{"old S - 9"},
			files: []string{
				people("old,Fold,Lold,,9,Supervisor,ghost,Nowhere,Desk,,,", "new,F,L,,8,Supervisor,,Nowhere,Desk,,,"), features("old,Recording,perhaps"), channels(),
			},
			want: []string{
				"U2 error old !lanid.taken@lan_id holder=old !supervisor.unknown@supervisor !org_unit.unknown@org_unit", "U3 error new !org_unit.unknown@org_unit",
				"F2 error old !person.exists@lan_id holder=old !enabled.unknown@enabled",
			},
			after: []string{"old S - 9 unit3"},
		},
		{
			name: "station numbers", reason: "one is taken, one stands twice; leading zeros count, another account's does not",
			stored: []string{"old S - 9"},
			files:  []string{people("ada A old 9", "bob A old 11", "cyd A old 11", "dan A old 011"), features(), channels()},
			want: []string{"U2 error ada !station.taken@pbx_id holder=old", "U3 error bob !station.contested@pbx_id row=4", "U4 error cyd !station.contested@pbx_id row=3",
				"U5 create dan"},
			after: []string{"dan A old 011 unit3", "old S - 9 unit3"},
		},
		{
			name: "one thing twice", reason: "which is meant nobody knows",
			files: []string{people("boss S - 1"), features("boss,Recording,yes", "Boss,recording,no"), channels("boss,voice,1", "boss,voice,1")},
			want: []string{"U2 create boss", "F2 error boss !slot.contested@feature row=3", "F3 error Boss !slot.contested@feature row=2",
				"C2 error boss !slot.contested@channel row=3", "C3 error boss !slot.contested@channel row=2"},
			after: []string{"boss S - 1 unit3"},
		},
		{
			name: "a role the actor may not grant", reason: "the catalogue says that partners alone hand it out; usher's own roles are none",
			actor: users.AccountAdmin("ann", acme),
			files: []string{people("a,F,L,,1,Supervisor,,Acme,Billing,,,", "b,F,L,,2,Supervisor,,Acme,account_admin,,,", "c,F,L,,3,Supervisor,,Acme,Partner,,,", "d,F,L,,4,Supervisor,,Acme,\"Lead, desk\",,,"), features(), channels()},
			want:  []string{"U2 error a !role.forbidden@role role=Billing", "U3 error b !role.unknown@role role=account_admin", "U4 error c !role.unknown@role role=Partner", "U5 create d"},
			after: []string{"d S - 4 unit0"},
		},
		{
			name: "cells that are wrong", reason: "each says what and where, with a fix where it is evident",
			files: []string{
				people("a.b,F,L,,1,Agent,x,Acme,Desk,,,", "c,F,L,d,2,Agnet,x-y,Acme/Sales/North/Team 3,Dsk,,,", "e,,,,,,,,,,,", ",F,L,,3,Supervisor,,Acme,Desk,,,", "f,F,L,F,1.0,Supervisor,,Team 1,Desk,=1,,", "g,F,L,,6,Supervsor,,Acme,Desk,,,"),
				features("f,,yes", "f,Recording,perhaps"), channels("f,fax,1", "f,voice,100", "f,chat,-1", "f,sms,"),
			},
			want: []string{
				"U2 error F L !lan_id.form@lan_id !supervisor.unknown@supervisor !org_unit.level@org_unit level=1",
				"U3 error c !agent_id.differs@agent_id fix=c !profile.unknown@profile fix=Agent !lan_id.form@supervisor !org_unit.unknown@org_unit !role.unknown@role role=Dsk fix=Desk",
				"U4 error e !first_name.missing@first_name !last_name.missing@last_name !pbx_id.missing@pbx_id !profile.missing@profile !supervisor.missing@supervisor !org_unit.missing@org_unit !role.missing@role",
				"U5 error F L !lan_id.missing@lan_id",
				"U6 error f !pbx_id.form@pbx_id fix=1 !org_unit.ambiguous@org_unit ?text.formula@access_role",
				"U7 error g !profile.unknown@profile fix=Supervisor",
				"F2 error f !feature.missing@feature", "F3 error f !enabled.unknown@enabled",
				"C2 error f !channel.unknown@channel", "C3 error f !count.range@count", "C4 error f !count.form@count", "C5 error f !count.missing@count",
			},
			after: []string{},
		},
		{
			name: "strict", reason: "a supervisor exists already, and every row names one",
			stored: []string{"boss S - 1"}, opts: strict,
			files: []string{people("a,F,L,a,2,Agent,boss,Acme/Sales/North/Team 2,Desk,,,", "b,F,L,b,3,Supervisor,boss,Acme,Desk,,,", "c,F,L,c,4,Agent,b,Team 2,desk,,,", "d,F,L,,5,Supervisor,,Acme,Desk,,,"), features(), channels()},
			want: []string{"U2 create a", "U3 create b", "U4 error c !supervisor.unknown@supervisor !org_unit.inexact@org_unit fix=Acme/Sales/North/Team 2 !role.inexact@role fix=Desk",
				"U5 error d !agent_id.missing@agent_id !supervisor.missing@supervisor"},
			after: []string{"a A boss 2 unit4", "b S boss 3 unit0", "boss S - 1 unit3"},
		},
		{
			name: "an Agent ID of its own", reason: "an option makes it a warning",
			opts:  func(o *ocm.Options) { o.OtherAgentID, o.Signs = true, "._" },
			files: []string{people("a.b,F,L,c_d,2,Supervisor,,Acme,Desk,,,"), features(), channels()},
			want:  []string{"U2 create a.b ?agent_id.differs@agent_id fix=a.b"},
			after: []string{"a.b S - 2 unit0"},
		},
		{
			name: "an update that keeps", reason: "blank cells and rows that are not there say nothing",
			stored: []string{"boss S - 1", "ada A boss 2"}, mode: importer.ModeUpdate,
			files: []string{people("ada,,New,,,,,Team 2,,,crm,"), features("boss,Recording,yes"), channels("new,voice,1")},
			want:  []string{"U2 update ada last_name:Lada>New crm_name:>crm org_unit:Acme/Sales/North/Team 1>Acme/Sales/North/Team 2", "F2 update boss feature.Recording:>yes", "C2 error new !lanid.unknown@lan_id"},
			after: []string{"ada A boss 2 unit4", "boss S - 1 unit3 Recording=yes"},
		},
		{
			name: "an update that clears", reason: "what may be blank about somebody new is emptied, what may not is kept",
			stored: []string{"boss S top 1", "top S - 2"}, mode: importer.ModeUpsert, opts: clears,
			files: []string{people("boss S - 1", "top,,L,,2,Supervisor,,Team 2,Lead,,,", "new A boss 7"), features(), channels()},
			want:  []string{"U2 update boss supervisor:top>", "U3 update top last_name:Ltop>L catalogue_roles:Desk>Lead org_unit:Acme/Sales/North/Team 1>Acme/Sales/North/Team 2", "U4 create new"},
			after: []string{"boss S - 1 unit3", "new A boss 7 unit3", "top S - 2 unit4"},
		},
		{
			name: "an update of the role", reason: "it is what the row says; that somebody leads the account is no role of the catalogue",
			stored: []string{"top S - 2"}, mode: importer.ModeUpdate,
			files: []string{people("top,,,,,,,,Lead,,,"), features(), channels()},
			want:  []string{"U2 update top catalogue_roles:Desk>Lead"},
			after: []string{"top S - 2 unit3"},
		},
		{
			name: "somebody who is there already", reason: "equal in every column is unchanged in every mode",
			stored: []string{"boss S - 1"},
			files:  []string{people("boss S - 1"), features(), channels()},
			want:   []string{"U2 unchanged boss"},
			after:  []string{"boss S - 1 unit3"},
		},
		{
			name: "station numbers change hands", reason: "two people swap in one file",
			stored: []string{"ada S - 1", "bob S - 2"}, mode: importer.ModeUpdate,
			files: []string{people("ada S - 2", "bob S - 1"), features(), channels()},
			want:  []string{"U2 update ada pbx_id:1>2", "U3 update bob pbx_id:2>1"},
			after: []string{"ada S - 2 unit3", "bob S - 1 unit3"},
		},
		{
			name: "a tree of five levels", reason: "its lowest is the fifth",
			opts: func(o *ocm.Options) {
				o.Tree, _ = roles.NewTree(append([]string{"Acme/Sales/North/Team 1/Desk"}, paths...), &roles.TreeOptions{Levels: 5})
			},
			files: []string{people("boss S - 1", "ada A boss 2"), features(), channels()},
			want:  []string{"U2 create boss", "U3 error ada !org_unit.level@org_unit level=4"},
			after: []string{"boss S - 1 unit3"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store := newStore(t, tt.stored...)
			actor := tt.actor
			if actor.String() == "" {
				actor = users.Partner("pat")
			}
			opts := options(t)
			if tt.opts != nil {
				tt.opts(opts)
			}
			p := preview(t, store, actor, opts, tt.mode, tt.files...)
			require.Empty(t, cmp.Diff(tt.want, told(p)), "%s (-want +got)", tt.reason)
			require.Empty(t, p.Findings())
			r, err := p.Commit(t.Context(), &importer.CommitOptions{Batch: 1}) // what is done together then has to be
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(tt.after, held(t, store)), "the store afterwards (-want +got)")

			undo, err := importer.Undo(t.Context(), users.Open(store, actor, nil), r.ID, nil)
			if err == nil {
				_, err = undo.Commit(t.Context(), nil)
			}
			if len(r.Counts) > 0 && r.Counts[importer.OutcomeCreated]+r.Counts[importer.OutcomeUpdated] > 0 {
				require.NoError(t, err)
				require.Empty(t, cmp.Diff(held(t, newStore(t, tt.stored...)), held(t, store)), "and once it was taken back (-want +got)")
			}
		})
	}
}
