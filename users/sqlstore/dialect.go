package sqlstore

import "strings"

// A Dialect is the SQL that a database speaks.
type Dialect int

// SQLite is the zero Dialect: SQLite 3.37 and later.
const SQLite Dialect = 0

// words are what databases say differently. Everything else this package says
// in SQL that they share: row values, VALUES lists, INSERT … ON CONFLICT, and
// ? for a parameter. In all of it @ stands before the name of a table, where the
// prefix belongs.
type words struct {
	name string
	// lock is the first statement of a transaction that writes. It must make
	// later writers wait, so that what the transaction then reads stays true.
	lock string
	// contains is the condition that a record's search holds a parameter as it is.
	contains string
	schema   []string
}

func (d Dialect) words() words {
	switch d {
	case SQLite:
		return words{
			name: "SQLite",
			// A deferred transaction that reads first and writes later fails at
			// once, whatever its timeout, if another wrote in between. This writes
			// nothing, but takes the lock.
			lock:     "UPDATE @records SET version = version WHERE id = ''",
			contains: "instr(search, ?) > 0",
			schema:   sqliteSchema(),
		}
	}
	return words{}
}

func sqliteSchema() []string {
	return []string{
		`CREATE TABLE IF NOT EXISTS @records (
    id      TEXT    NOT NULL PRIMARY KEY,
    kind    TEXT    NOT NULL,
    account TEXT    NOT NULL,
    version INTEGER NOT NULL,
    sort    TEXT    NOT NULL,
    search  TEXT    NOT NULL,
    data    TEXT    NOT NULL,
    created TEXT    NOT NULL,
    updated TEXT    NOT NULL
)`,
		`CREATE INDEX IF NOT EXISTS @records_order ON @records (kind, sort, id)`,
		`CREATE INDEX IF NOT EXISTS @records_account ON @records (kind, account, sort, id)`,
		`CREATE TABLE IF NOT EXISTS @keys (
    account TEXT NOT NULL,
    space   TEXT NOT NULL,
    value   TEXT NOT NULL,
    record  TEXT NOT NULL,
    PRIMARY KEY (account, space, value)
) WITHOUT ROWID`,
		`CREATE TABLE IF NOT EXISTS @links (
    account TEXT NOT NULL,
    space   TEXT NOT NULL,
    value   TEXT NOT NULL,
    record  TEXT NOT NULL,
    PRIMARY KEY (account, space, value, record)
) WITHOUT ROWID`,
		`CREATE TABLE IF NOT EXISTS @journal (
    import TEXT    NOT NULL,
    row    INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    note   TEXT    NOT NULL,
    images TEXT    NOT NULL,
    PRIMARY KEY (import, row)
)`,
		`CREATE UNIQUE INDEX IF NOT EXISTS @journal_order ON @journal (import, seq)`,
	}
}

// text is a statement with the prefix before its tables. A dialect that numbers
// its parameters would do so here.
func (s *Store) text(statement string) string { return strings.ReplaceAll(statement, "@", s.prefix) }
