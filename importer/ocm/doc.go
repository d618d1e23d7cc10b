// Package ocm is the bulk import of users of Tetherfi's OCM, the Operational
// Control Manager, as a template. It has three tables that are read together, in
// any order:
//
//	UserDetails          LAN ID, First Name, Last Name, Agent ID, PBX ID, Profile, Supervisor, Org Unit, Role,
//	                     Access Role, CRM Name, Text Chat Greeting Template Name
//	FeatureDetails       LAN ID, Feature, Enabled
//	ChannelCountDetails  LAN ID, Channel, Count
//
// A person is known by the LAN ID. The PBX ID is a station number. A supervisor may
// be a row of the same file, above or below the team, and is created first. Org
// units and roles must exist: [Read] reads those of an account.
//
//	opts, err := ocm.Read(ctx, dir, "acme")
//	p, err := importer.New(dir, ocm.Users(opts), nil).Preview(ctx, people, features, channels)
//	report, err := p.Commit(ctx, nil)
//	for _, line := range ocm.Results(report)[ocm.Duplicate] { … }
//
// It imports importer, users, roles and formats, and no file format.
package ocm
