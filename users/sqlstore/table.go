package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/usher-go/usher/users"
)

// A Table is the host's own table of people, which the Store uses instead of one of its
// own (see the package documentation). Names are at most 63 ASCII letters, digits and
// underscores.
type Table struct {
	Name string
	// ID is the column of ids: text, with a unique index of its own. A row whose id
	// is NULL, empty or no text is not a person.
	ID string
	// Account is the column of accounts. It is empty if the whole table belongs to
	// one account, Fixed. A person of another account is then refused.
	Account string
	Fixed   users.AccountID
	// Columns are the mapped columns, at least one. A column or a field may occur
	// once. [users.FieldRole] and [users.FieldRoles] exclude each other.
	Columns []Column
}

// A Column maps one column to a field of a person.
type Column struct {
	// Field is one of [users.ProfileFields], or "custom.NAME".
	Field string
	Name  string
	// Encode returns the value to write for a field's value ([users.Profile.Field]).
	// nil writes the text itself, also an empty one; see [EmptyIsNull]. A panic fails
	// the batch.
	Encode func(value string) any
	// Decode returns the field's value for a value as the driver reads it; NULL is
	// nil. It must accept whatever the host's program wrote. If Decode is nil, text
	// is read as it is, numbers and times as database/sql writes them, NULL as "".
	//
	// A panic, or a value that the field cannot have, is an error of that person.
	// "active" and "registered" may be "yes" or "no", and "role" [users.RoleAdmin] or
	// [users.RoleUser]. Empty means active, not registered, no admin.
	Decode func(any) string
}

// EmptyIsNull is an Encode for a column that may be NULL, above all for a unique one.
func EmptyIsNull(value string) any {
	if value == "" {
		return nil
	}
	return value
}

// encode returns the value to write for a field. A panic of the host's is an error.
func (c Column) encode(value string) (out any, err error) {
	if c.Encode == nil {
		return value, nil
	}
	defer c.guard("Encode", &err)
	out = c.Encode(value)
	if v, is := out.(driver.Valuer); is {
		// Convert here: a Valuer that panics inside database/sql leaves the transaction
		// locked, and its rollback would wait for ever.
		out, err = driver.DefaultParameterConverter.ConvertValue(v)
	}
	if err != nil {
		err = fmt.Errorf("column %s: %w", c.Name, err)
	}
	return out, err
}

// decode returns the field's value for a column's value. A panic of the host's, and a
// value that the field cannot have, are errors.
func (c Column) decode(v any) (value string, err error) {
	defer c.guard("Decode", &err)
	if c.Decode != nil {
		value = strings.ToValidUTF8(c.Decode(v), "\uFFFD")
	} else {
		value = text(v)
	}
	if !canHold(c.Field, value) {
		err = fmt.Errorf("column %s: the field %s cannot say what stands there, %s", c.Name, c.Field, form(v))
	}
	return value, err
}

// guard turns a panic of the host's function into an error.
func (c Column) guard(what string, err *error) {
	if x := recover(); x != nil {
		*err = fmt.Errorf("column %s: %s: %w: %v", c.Name, what, users.ErrPanic, x)
	}
}

// canHold reports whether a field can have the value. An empty value means the field's
// default. A list is sorted when it is set.
func canHold(field, value string) bool {
	if value == "" || field == users.FieldRoles || field == users.FieldProducts {
		return true
	}
	var p users.Profile
	p.SetField(field, value)
	return p.Field(field) == value
}

// form returns the type of a value for an error, without the value, which may be private.
func form(v any) string {
	switch v.(type) {
	case nil:
		return "NULL"
	case int64:
		return "an integer"
	case float64:
		return "a number"
	case bool:
		return "a truth value"
	case []byte:
		return "bytes"
	case string:
		return "a text"
	case time.Time:
		return "a time"
	}
	return fmt.Sprintf("a %T", v)
}

// text returns a value of any type as text.
func text(v any) string {
	var s sql.NullString
	if err := s.Scan(v); err != nil {
		return ""
	}
	return strings.ToValidUTF8(s.String, "\uFFFD")
}

// tables returns the names of the Store's own tables.
func tables() []string {
	return []string{"records", "keys", "links", "journal", "dirty", "waiting", "departed", "unread", "migrating"}
}

// check refuses a table that contradicts itself, or with a name that is not safe in a
// statement.
func (t *Table) check(prefix string) error {
	refuse := func(format string, args ...any) error {
		return fmt.Errorf("sqlstore: table %q: "+format, append([]any{t.Name}, args...)...)
	}
	own := slices.ContainsFunc(tables(), func(name string) bool { return strings.EqualFold(t.Name, prefix+name) })
	switch {
	case !isName(t.Name), own, strings.HasPrefix(strings.ToLower(t.Name), "sqlite_"):
		return refuse("no name of a host's table")
	case t.Account != "" && t.Fixed != "":
		return refuse("column %q for the account, and a fixed one", t.Account)
	case t.Account == "" && t.Fixed == "":
		return refuse("no column for the account, and no fixed one")
	case len(t.Columns) == 0:
		return refuse("no columns")
	}

	names, fields := map[string]bool{}, map[string]bool{}
	for _, name := range t.names() {
		if !isName(name) {
			return refuse("column %q: no name", name)
		}
		if lower := strings.ToLower(name); names[lower] {
			return refuse("column %q stands for two things", name)
		} else {
			names[lower] = true
		}
	}

	for _, c := range t.Columns {
		custom, is := strings.CutPrefix(c.Field, users.PrefixCustom)
		if !slices.Contains(users.ProfileFields(), c.Field) && (!is || custom == "" || !utf8.ValidString(custom)) {
			return refuse("column %q: there is no field %q", c.Name, c.Field)
		}
		if fields[c.Field] {
			return refuse("field %q has two columns", c.Field)
		}
		fields[c.Field] = true
	}

	if fields[users.FieldRole] && fields[users.FieldRoles] {
		return refuse(`field "role" beside "roles"`)
	}
	return nil
}

// names returns the names of the columns: the id, the account if there is one, and the
// mapped ones.
func (t *Table) names() []string {
	out := []string{t.ID}
	if t.Account != "" {
		out = append(out, t.Account)
	}
	for _, c := range t.Columns {
		out = append(out, c.Name)
	}
	return out
}

func isName(s string) bool {
	return s != "" && len(s) <= 63 &&
		strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

func quote(name string) string { return `"` + name + `"` }

// A person is a row of the host's table.
type person struct {
	account users.AccountID
	fields  []cell // one for each of the columns
}

// A cell is the field's value of a column, or the reason why it has none.
type cell struct {
	value string
	err   error
}

// err returns the reason why the row could not be read completely.
func (p *person) err() error {
	for _, f := range p.fields {
		if f.err != nil {
			return f.err
		}
	}
	return nil
}

// people returns the rows of the host's table that have one of the ids.
//
// Every column is written with its table, because SQLite takes "email" alone for a text
// if no such column exists.
func (s *Store) people(ctx context.Context, q querier, ids []any) (map[users.ID]*person, error) {
	t := s.users
	names := t.names()
	columns := "CAST(h." + quote(t.ID) + " AS TEXT)"
	for _, name := range names[1:] {
		columns += ", h." + quote(name)
	}

	list := tuples{head: "SELECT " + columns + " FROM " + quote(t.Name) + " AS h WHERE h." + quote(t.ID) + " IN (VALUES ", width: 1, tail: ")"}
	out := make(map[users.ID]*person, len(ids))
	values, into := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}

	err := s.query(ctx, q, list, ids, func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		p := &person{account: t.Fixed}
		rest := values[1:]
		if t.Account != "" {
			p.account, rest = users.AccountID(text(rest[0])), rest[1:]
		}
		for i, c := range t.Columns {
			value, err := c.decode(rest[i])
			p.fields = append(p.fields, cell{value, err})
		}
		out[users.ID(text(values[0]))] = p
		return nil
	})

	if err != nil {
		return nil, fmt.Errorf("table %s: %w", t.Name, err)
	}
	return out, nil
}

// isID reports whether a record can have the id.
func isID(id users.ID) bool {
	return id != "" && utf8.ValidString(string(id)) && !strings.Contains(string(id), "\x00")
}

// profile returns base with the row's fields. It shares nothing with base, which may be
// nil. A field that could not be read keeps the value of base. A new person of whom a
// field could not be read must not get more rights than the row gives, and is not active.
func (t *Table) profile(base *users.Profile, p *person) *users.Profile {
	is := new(users.Profile)
	if base != nil {
		is = users.Record{Data: base}.Clone().Data.(*users.Profile)
	}
	for i, c := range t.Columns {
		f := p.fields[i]
		switch {
		case f.err != nil && base == nil && c.Field == users.FieldActive:
			is.Inactive = true
		case f.err == nil && is.Field(c.Field) != f.value:
			is.SetField(c.Field, f.value)
		}
	}
	return is
}

// inspect returns what the host's table lacks.
func (s *Store) inspect(ctx context.Context, tx *sql.Tx) error {
	t := s.users
	have := map[string]bool{}
	err := s.rows(ctx, tx, s.words.columns, []any{t.Name}, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		have[strings.ToLower(name)] = true
		return err
	})

	if err != nil {
		return err
	}
	if len(have) == 0 {
		return fmt.Errorf("table %s: it is not there", t.Name)
	}

	for _, name := range t.names() {
		if !have[strings.ToLower(name)] {
			return fmt.Errorf("table %s: there is no column %s that can be written", t.Name, name)
		}
	}

	unique, err := s.isTrue(ctx, tx, s.words.unique, t.Name, t.ID)
	if err == nil && !unique {
		err = fmt.Errorf("table %s: column %s has no unique index of its own", t.Name, t.ID)
	}
	if err != nil {
		return err
	}

	texts, err := s.isTrue(ctx, tx, s.words.texts, t.Name, t.ID)
	if err == nil && !texts {
		err = fmt.Errorf("table %s: column %s takes no text, which usher's ids are: make it TEXT, or name another column as ID, of text and with a unique index", t.Name, t.ID)
	}
	return err
}

// isTrue returns the result of a query of one truth value.
func (s *Store) isTrue(ctx context.Context, q querier, statement string, args ...any) (is bool, err error) {
	err = s.rows(ctx, q, statement, args, func(rows *sql.Rows) error { return rows.Scan(&is) })
	return is, err
}

// checkWatched fails if the host's writes are not noted, as after a migration that
// recreated its table.
func (t *task) checkWatched(ctx context.Context) error {
	if t.users == nil {
		return nil
	}
	all, err := t.isTrue(ctx, t.tx, t.words.watched, t.users.Name)
	if err == nil && !all {
		err = fmt.Errorf("table %s: its triggers are gone: migrate again", t.users.Name)
	}
	return err
}

// noteMissing notes every user whose row does not exist. If the table was not mapped
// before, it fails if there are such users, because they were never in it.
func (s *Store) noteMissing(ctx context.Context, tx *sql.Tx, first bool) error {
	without := " FROM @records WHERE kind = ? AND NOT EXISTS (SELECT 1 FROM " + quote(s.users.Name) + " AS h WHERE h." + quote(s.users.ID) + " = @records.id)"
	if first {
		some, err := s.isTrue(ctx, tx, "SELECT EXISTS (SELECT 1"+without+")", string(users.KindUser))
		if err == nil && some {
			err = errors.New("table " + s.users.Name + ": there are users that are not in it, and they would be deleted: put them there first")
		}
		return err
	}
	_, err := tx.ExecContext(ctx, s.text("INSERT INTO @dirty (id, noted) SELECT id, ''"+without+" ON CONFLICT (id) DO NOTHING"), string(users.KindUser))
	return err
}
