package importer_test

import (
	"context"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
)

// A richScene is one fixed file of its kind in which nearly everything happens.
type richScene struct {
	name  string
	scene *scene
	// want is what becomes of the rows, so that a scene cannot become poor unseen.
	want map[importer.Outcome]int
}

func richScenes() []richScene {
	return []richScene{richPeople(), richLines(), richStaff(), richCloudlink(), richRainbow(), richUndoing()}
}

func richPeople() richScene {
	recs := []users.Record{
		person(0, admin), person(1, admin), person(2), person(3), person(4), person(5, under(2)), person(6), person(7), person(8, from(users.SCIM)),
		elsewhere(person(3, admin)), line(7, 7),
	}
	s := asHost(people(), recs,
		row("l20", mail(20), "Made", "l21"),                      // under one of the file
		row("l21", mail(21), "Above", "l0"),                      // and that one under one of the store
		row("l2", mail(3), "Swap"),                               // swaps addresses
		row("l3", mail(2), "Swap"),                               // with this one
		row("l4", mail(5), "Ring"),                               // a chain that frees
		row("l5", mail(50), "Ring", "l20"),                       // what another takes, under one made here
		row("l22", mail(4), "Heir"),                              // an address freed by a row above
		row("l0", mail(0), "Zoe"),                                // another name
		row("l1", mail(1), "N1", "", "User"),                     // an admin less
		row("l6", mail(6), "N6", "", "Admin"),                    // an admin more
		row("l7", mail(7), "N7"),                                 // as it is
		row("l23", "bad", "Zoe"),                                 // in error
		row("l24", mail(24), "Zoe", "l23"),                       // under one in error
		row("l25", mail(26), "One"), row("l26", mail(26), "Two"), // of one address
		row("l8", mail(8), "Locked"), // another's field
	).as(users.Partner("pat"))
	return richScene{"people", s, map[importer.Outcome]int{importer.OutcomeCreated: 3, importer.OutcomeUpdated: 7, importer.OutcomeUnchanged: 1, importer.OutcomeFailed: 4, importer.OutcomeBlocked: 1}}
}

func richLines() richScene {
	recs := []users.Record{line(0, 0), line(1, 1), line(2, 2), line(3, 3), line(4, 4), line(5, -1), line(6, 6), line(7, 7), line(10, 10), elsewhere(person(1, admin)), elsewhere(line(1, 1))}
	for i := range 11 {
		recs = append(recs, person(i))
	}
	s := asHost(lines(true), recs,
		attach(0, 1), attach(1, 2), attach(2, 0), // a ring
		detach(3), attach(8, 3), // given up and taken
		force(5, 4),                              // from one who keeps nothing
		attach(9, 5),                             // free
		attach(6, 6),                             // as it is
		attach(4, 40),                            // a new line
		attach(7, 10),                            // taken
		[]string{"attach", "nobody@x.com", "41"}, // of nobody
		attach(9, 5),                             // a repeat
	).as(users.AccountAdmin("u0", acme))
	return richScene{"lines", s, map[importer.Outcome]int{importer.OutcomeUpdated: 8, importer.OutcomeUnchanged: 1, importer.OutcomeFailed: 2, importer.OutcomeSkipped: 1}}
}

func richStaff() richScene {
	recs := []users.Record{person(0, admin), line(1, 1), line(4, 4), line(5, -1), line(6, 6), line(7, 7), line(8, 8), elsewhere(person(2)), person(6, from(users.PBXSync)), person(7), person(8)}
	for i := 1; i < 6; i++ {
		recs = append(recs, person(i))
	}
	leaves := func(i int) []string { return []string{lan(i), "", "", "", "yes"} }
	s := asHost(staff(), recs,
		row("l20", mail(20), "Made", "l21"), row("l21", mail(1), "Heir"), // of who leaves
		leaves(1), leaves(6), // one of whom stays listed
		row("l2", mail(3), "Swap"), row("l3", mail(2), "Swap"), // addresses
		row("l4", mail(4), "N4"),        // as it is
		row("l22", mail(22), "A", "l9"), // under nobody
		row("l5", mail(55)),             // renamed
		row("l23", mail(23), "Made"),
	).and(
		attach(20, 1),              // made above, the line of who leaves
		attach(7, 8), attach(8, 7), // lines go over
		attach(4, 90),  // a new one
		attach(22, 5),  // of one in error
		detach(0),      // of one who has none
		attach(23, 95), // made above, and a new line
	).as(users.Partner("pat"))
	return richScene{"staff", s, map[importer.Outcome]int{importer.OutcomeCreated: 3, importer.OutcomeUpdated: 8, importer.OutcomeDeleted: 2, importer.OutcomeUnchanged: 2, importer.OutcomeFailed: 1, importer.OutcomeBlocked: 1}}
}

func richCloudlink() richScene {
	recs := []users.Record{person(0, admin), person(1), person(2), person(3, admin), elsewhere(person(4))}
	s := asHost(cloudlink.Users(), recs,
		[]string{"Ada", "L", "", mail(20), ""},
		[]string{"", "", "Cyd", mail(21), "Account Admin"},
		[]string{"B", "", "", mail(4), "User"}, // whom another account has
		[]string{"", "", "Other", mail(1), ""},
		[]string{"", "", name(2), mail(2), "Account Admin"},
		[]string{"", "", name(3), mail(3), "User"},
		[]string{"", "", "", "bad", ""},
		[]string{"A", "", "", mail(22), "root"},
		[]string{"A", "", "", mail(23), ""}, []string{"B", "", "", "P23@X.com", ""},
		[]string{"", "", name(0), mail(0), ""},
		[]string{"Dee", "", "", mail(24), ""},
	).in(importer.ModeUpsert).as(users.AccountAdmin("u0", acme))
	return richScene{"cloudlink", s, map[importer.Outcome]int{importer.OutcomeCreated: 4, importer.OutcomeUpdated: 3, importer.OutcomeUnchanged: 1, importer.OutcomeFailed: 4}}
}

// previewUnder is a preview of the scene under a context that may end.
func (s *scene) previewUnder(ctx context.Context, dir *users.Directory) (*importer.Preview, error) {
	var tables []*formats.Table
	for i, sh := range s.sheets {
		tables = append(tables, sh.table(s.template.Tables[i].Name))
	}
	return importer.New(dir, s.template, importer.Strict(importer.Options{Account: acme, Mode: s.mode, Resume: s.resume})).Preview(ctx, tables...)
}
