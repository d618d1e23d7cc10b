// Package importer turns tables about people into previews, lets a person
// correct them, and commits them.
//
//	preview, err := importer.New(dir, cloudlink.Users(), nil).Preview(ctx, table)
//	for row := range preview.Rows(importer.WithFindings) { … }
//	delta, err := preview.Edit(ctx, importer.Set(users.RowAt(0, 3), "email", "ada@example.com"))
//	report, err := preview.Commit(ctx, nil)
//
// # Templates
//
// A [Template] says what a kind of file means. It has columns as data, and for
// each table a function that reads one row into a [Draft]. That function sees
// the cells of its row and nothing else, and it decides nothing. The engine
// decides once, for every Template: the action of a row, its changes,
// duplicates, references between rows, and which row must wait for which.
//
// A row of lines for the person known by an e-mail address, as a Draft function:
//
//	func(r importer.Row, d *importer.Draft) {
//		d.About(users.SpaceEmail, r.Value("email"))
//		d.Claim(users.SpaceEmail, r.Value("email"))
//		d.WantCell("name")
//		d.OneRowPerPerson()
//	}
//
// The verbs of a Draft:
//
//	I want to say …                                                  → call …
//
//	this row is about the person with this e-mail address            → About
//	the person shall have this key; an error if another person does  → Claim
//	the person shall have this key; a present holder loses it        → Take
//	a thing that this row creates gets this key by default           → ClaimIfCreating, TakeIfCreating
//
//	this field names a record, of the store or of this file          → Refer
//	this field names a record that the store has already             → ReferStored
//	the field's own cell names the record                            → ReferCell
//
//	the person gives up all things of a kind, as all lines           → Release
//	the person gives up those with a value, as the lines of one PBX  → ReleaseWhere
//
//	this field shall have this value                                 → Want
//	this field shall have the value of its own cell                  → WantCell
//	this field has a default when the row creates                    → WantIfCreating
//	this value shall be one of the field's values; the others stay   → Include
//	this value shall not be one of the field's values                → Exclude
//	the person shall be deleted                                      → Delete
//
//	no other row may be about this person                            → OneRowPerPerson
//	no other row may say the same, as login + PBX                    → Exclusive
//
//	this cell, or the whole row, is wrong                            → Error
//	it is wrong only when the row creates the person                 → ErrorIfCreating
//	it is wrong only for an existing person with such fields         → ErrorIf
//	it is suspicious, and the row may go ahead                       → Warn
//	a check returned this users.Problem                              → Problem
//	this cell has no meaning in this row; forget its findings        → Ignore
//
// [TemplateOf] makes a Template from a struct with tags. A [Template] value can
// say more.
//
// # How rows meet
//
// Rows meet through keys only ([github.com/usher-go/usher/users.Key]). A row
// sees what is known of its keys: the holder in the store, whether one row or
// several claim it, and whether a row releases it. It never sees another row.
// It depends on one thing that another row decides: whether that row fails. So
// the order of rows has no meaning, and an edit costs only what it touches. A bad
// row affects only rows that share a key with it.
//
// # Commits
//
// [Preview.Commit] decides every row again. A row that would still do what was
// shown is written; any other row is a conflict. Rows are written in batches,
// each applied completely or not at all. Each row is done at most once under one
// import id, however often Commit is called. The [Report] says what became of
// every row.
//
// # Between requests, and afterwards
//
//   - [Preview.Save] writes a preview as a document. [Reopen] makes it again, on
//     any replica, from the store as it is then.
//   - [Undo] returns a preview that undoes an import.
//   - [History] lists imports, and [LoadReport] reads a report again.
//   - [Prune] deletes the journals of old imports, and [Erase] the data of one
//     person from all journals.
//   - [Preview.Remaining] returns the rows that an import did not do.
//   - [Preview.Failing] writes the rows in error to a file, and [Preview.Merge]
//     takes that file back.
//   - [Export] writes the people of an account as a table of a template. Reading
//     that table again changes nothing.
//
// # Imports
//
// Package importer imports users and formats, and no file format or product.
// A template imports the engine, never the other way round.
package importer
