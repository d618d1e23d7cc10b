package sqlstore_test

import (
	"fmt"

	"github.com/usher-go/usher/users/sqlstore"
)

// A host that has migrations of its own puts these statements into one of them.
func ExampleSchema() {
	statements, err := sqlstore.Schema(&sqlstore.Options{Prefix: "usher_"})
	for _, s := range statements {
		fmt.Println(s + ";")
	}
	fmt.Println(err)
	// Output:
	// CREATE TABLE IF NOT EXISTS usher_records (
	//     id      TEXT    NOT NULL PRIMARY KEY,
	//     kind    TEXT    NOT NULL,
	//     account TEXT    NOT NULL,
	//     version INTEGER NOT NULL,
	//     sort    TEXT    NOT NULL,
	//     search  TEXT    NOT NULL,
	//     data    TEXT    NOT NULL,
	//     created TEXT    NOT NULL,
	//     updated TEXT    NOT NULL
	// );
	// CREATE INDEX IF NOT EXISTS usher_records_order ON usher_records (kind, sort, id);
	// CREATE INDEX IF NOT EXISTS usher_records_account ON usher_records (kind, account, sort, id);
	// CREATE TABLE IF NOT EXISTS usher_keys (
	//     account TEXT NOT NULL,
	//     space   TEXT NOT NULL,
	//     value   TEXT NOT NULL,
	//     record  TEXT NOT NULL,
	//     PRIMARY KEY (account, space, value)
	// ) WITHOUT ROWID;
	// CREATE TABLE IF NOT EXISTS usher_links (
	//     account TEXT NOT NULL,
	//     space   TEXT NOT NULL,
	//     value   TEXT NOT NULL,
	//     record  TEXT NOT NULL,
	//     PRIMARY KEY (account, space, value, record)
	// ) WITHOUT ROWID;
	// CREATE TABLE IF NOT EXISTS usher_journal (
	//     import TEXT    NOT NULL,
	//     row    INTEGER NOT NULL,
	//     seq    INTEGER NOT NULL,
	//     note   TEXT    NOT NULL,
	//     images TEXT    NOT NULL,
	//     PRIMARY KEY (import, row)
	// );
	// CREATE UNIQUE INDEX IF NOT EXISTS usher_journal_order ON usher_journal (import, seq);
	// <nil>
}
