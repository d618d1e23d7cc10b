// Package importer turns tables about people into previews, lets a person
// correct them, and commits them.
//
//	preview, err := importer.New(dir, cloudlink.Users(), nil).Preview(ctx, table)
//	for row := range preview.Rows(importer.WithFindings) { … }
//	delta, err := preview.Edit(ctx, importer.Set(row.ID, "email", "ada@example.com"))
//	report, err := preview.Commit(ctx, nil)
//
// # Templates
//
// A [Template] says what a kind of file means: columns as data, and a function
// that reads one row into a [Draft] from that row's cells alone: whom the row
// is about, the keys it claims, what it refers to, frees and wants. It decides
// nothing. The engine does, once, for every Template: the action, the changes,
// duplicates, references between rows, who must wait for whom.
//
// # How rows meet
//
// Rows meet through keys only ([github.com/usher-go/usher/users.Key]). A row
// sees what is known of its keys: who holds them in the store, whether one row
// claims them or several, whether a row frees them. It never sees another row,
// and it takes one thing only from another row's decision: that it fails. So
// the order of rows means nothing, an edit costs what it touches, and one bad
// row spoils no row that shares no key with it.
//
// # Commits
//
// [Preview.Commit] decides every row again. One that would still do what was
// shown is written, one that would not is a conflict. Rows go in batches that
// are applied wholly or not at all; each row is done at most once under one
// import id, however often the commit is called. The [Report] says what became
// of every row.
//
// # Between requests, and afterwards
//
// [Preview.Save] writes a preview as a document and [Reopen] makes it again, on
// another replica, on the store as it is by then. [Undo] is a preview of taking
// an import back; [History] lists imports, [LoadReport] reads a report again,
// [Prune] and [Erase] end what is remembered. [Preview.Remaining] is what an import did
// not do; [Preview.Failing] writes rows in error to a file, and
// [Preview.Merge] takes it back. [Export] writes the people of an account such
// that reading them changes nothing.
//
// # A host's own templates
//
// [TemplateOf] makes one of a struct with tags; a [Template] value says more.
//
// Package importer imports users and formats, and no format or product.
package importer
