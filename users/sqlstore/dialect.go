package sqlstore

import "strings"

// A Dialect is the SQL of a database.
type Dialect int

// SQLite is the zero Dialect: SQLite 3.37 and later.
const SQLite Dialect = 0

// words are the statements that differ between databases. All other statements use what
// they share: row values, VALUES lists, INSERT … ON CONFLICT, and ? for a parameter. In
// every statement @ before the name of a table is the place of the prefix.
type words struct {
	name string
	// lock is the first statement of a transaction that writes. It must make later
	// writers wait, so that the data which the transaction reads do not change.
	lock string
	// begin does the same when the Store's tables may not exist yet.
	begin []string
	// contains is the condition that a record's search text contains a parameter
	// literally.
	contains string
	schema   []string

	// The fields below are for a host's own table. mapped returns the statements
	// that it needs after the schema.
	mapped func(*Table) []string
	// columns queries the names of the writable columns of a table.
	columns string
	// unique queries whether a table has at most one row for each value of a column.
	unique string
	// texts queries whether a column accepts any text and keeps it unchanged.
	texts string
	// there queries whether a table of that name exists, and watched whether its
	// triggers do.
	there, watched string
	// deferred makes the database check foreign keys at the end of the transaction.
	deferred string
}

func (d Dialect) words() words {
	switch d {
	case SQLite:
		return words{
			name: "SQLite",
			// A deferred transaction that reads first and writes later fails at once if
			// another wrote in between, whatever its timeout. This statement writes nothing
			// and takes the lock.
			lock: "UPDATE @records SET version = version WHERE id = ''",
			// CREATE … IF NOT EXISTS only reads if the table exists.
			begin:    []string{"CREATE TABLE @migrating (x)", "DROP TABLE @migrating"},
			contains: "instr(search, ?) > 0",
			schema:   sqliteSchema(),
			mapped:   sqliteMapped,
			columns:  "SELECT name FROM pragma_table_info(?)",
			unique: `SELECT EXISTS (SELECT 1 FROM pragma_table_info(?1) WHERE pk = 1 AND lower(name) = lower(?2)
        AND NOT EXISTS (SELECT 1 FROM pragma_table_info(?1) WHERE pk = 2))
    OR EXISTS (SELECT 1 FROM pragma_index_list(?1) AS i WHERE i."unique" AND NOT i.partial
        AND (SELECT group_concat(lower(name)) FROM pragma_index_info(i.name)) = lower(?2))`,
			// A column declared with INT stores a text that looks like a number as a number,
			// and as a primary key accepts nothing else. A STRICT table keeps the declared type.
			texts: `SELECT NOT EXISTS (SELECT 1 FROM pragma_table_info(?1) WHERE lower(name) = lower(?2)
    AND (instr(upper(type), 'INT') OR upper(type) NOT IN ('TEXT', 'ANY')
        AND EXISTS (SELECT 1 FROM pragma_table_list WHERE lower(name) = lower(?1) AND strict)))`,
			there: "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?)",
			watched: `SELECT COUNT(*) = 3 FROM sqlite_master WHERE type = 'trigger' AND lower(tbl_name) = lower(?)
    AND name IN ('@users_added', '@users_changed', '@users_removed')`,
			deferred: "PRAGMA defer_foreign_keys = ON", // until the end of the transaction
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

// sqliteMapped returns the triggers that note which rows the host's program writes, and
// which rows are deleted. A deleted row is noted even if another row has its id by the
// time it is settled.
//
// INSERT OR IGNORE would not do: the OR of the statement that fires the trigger
// overrides it. Under INSERT OR FAIL an existing note would fail the host's statement.
func sqliteMapped(t *Table) []string {
	table, id := quote(t.Name), quote(t.ID)
	note := func(row, gone, again string) string {
		return `
    INSERT INTO @dirty (id, noted, gone) SELECT CAST(` + row + "." + id + ` AS TEXT), strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), ` + gone + `
        WHERE ` + row + "." + id + " IS NOT NULL ON CONFLICT (id) DO " + again + ";"
	}

	const left = "UPDATE SET gone = MAX(gone, excluded.gone)"
	var changed []string
	for _, name := range t.names() {
		// Compare by bytes: a column that ignores letter case would hide a change of it.
		changed = append(changed, "OLD."+quote(name)+" IS NOT NEW."+quote(name)+" COLLATE BINARY")
	}

	return []string{
		`CREATE TABLE IF NOT EXISTS @dirty (
    id    TEXT    NOT NULL PRIMARY KEY,
    noted TEXT    NOT NULL,
    gone  INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID`,
		`CREATE TABLE IF NOT EXISTS @unread (
    id  TEXT NOT NULL PRIMARY KEY,
    why TEXT NOT NULL
) WITHOUT ROWID`,
		`CREATE TABLE IF NOT EXISTS @waiting (
    account TEXT NOT NULL,
    space   TEXT NOT NULL,
    value   TEXT NOT NULL,
    record  TEXT NOT NULL,
    PRIMARY KEY (account, space, value, record)
) WITHOUT ROWID`,
		`CREATE TABLE IF NOT EXISTS @departed (
    one     INTEGER NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL
)`,
		"DROP TRIGGER IF EXISTS @users_added",
		"CREATE TRIGGER @users_added AFTER INSERT ON " + table + " BEGIN" + note("NEW", "0", "UPDATE SET noted = excluded.noted") + "\nEND",
		"DROP TRIGGER IF EXISTS @users_changed",
		"CREATE TRIGGER @users_changed AFTER UPDATE ON " + table + "\n    WHEN " + strings.Join(changed, "\n    OR ") + "\nBEGIN" +
			note("OLD", "OLD."+id+" IS NOT NEW."+id+" COLLATE BINARY", left) + note("NEW", "0", "NOTHING") + "\nEND",
		"DROP TRIGGER IF EXISTS @users_removed",
		"CREATE TRIGGER @users_removed AFTER DELETE ON " + table + " BEGIN" + note("OLD", "1", left) + "\nEND",
		"INSERT INTO @dirty (id, noted) SELECT CAST(h." + id + " AS TEXT), '' FROM " + table + " AS h WHERE h." + id + " IS NOT NULL ON CONFLICT (id) DO NOTHING",
	}
}

// text returns a statement with the prefix before its tables. A dialect that numbers its
// parameters would do so here.
func (s *Store) text(statement string) string { return strings.ReplaceAll(statement, "@", s.prefix) }
