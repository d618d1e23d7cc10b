package templatetest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/messages"
	"github.com/usher-go/usher/users"
)

func sensitiveCases() []Case {
	return []Case{
		{
			Name: "sensitive/nowhere",
			Rule: "No value of a sensitive column, whichever column it is, appears in a row of a preview, a finding, a document, a file of failing rows, a report or a note of the journal.",
			run:  sensitiveNowhere,
		},
	}
}

// sensitiveNowhere makes each column sensitive in turn, and looks for the values of its cells.
func sensitiveNowhere(b *bench) {
	shown := map[string]bool{} // by field
	for i := range b.tpl.Tables {
		for c := range b.tpl.Tables[i].Columns {
			tpl := altered(b.tpl)
			tpl.Tables[i].Columns[c].Sensitive = true
			if b.at(tpl).leaks(i, c) {
				shown[tpl.Tables[i].Columns[c].Field] = true
			}
		}
	}
	for _, field := range slices.Sorted(maps.Keys(b.s.Shown)) {
		if !shown[field] {
			b.errorf("the column %s shows nowhere when it is sensitive: take it out of Shown (%s)", field, b.s.Shown[field])
		}
	}
}

// leaks holds one sensitive column against the rule, and reports whether a value
// of its cells is shown.
func (b *bench) leaks(table, column int) bool {
	b.t.Helper()
	col, name := &b.tpl.Tables[table].Columns[column], b.tpl.Tables[table].Name
	cells, looked := 0, 0
	var leaks []string
	for _, f := range b.s.Files {
		if len(f.Tables) <= table || f.Tables[table] == nil {
			continue
		}
		secrets, all := b.secrets(f, table, column)
		cells, looked = cells+all, looked+len(secrets)
		if len(secrets) > 0 {
			leaks = append(leaks, b.leaksOf(f, secrets)...)
		}
	}

	if _, listed := b.s.Shown[col.Field]; !listed && len(leaks) > 0 {
		b.errorf("If the column %s of table %q were sensitive, these values would be shown:\n%s", col.Field, name, strings.Join(leaks, "\n"))
	}
	if cells > 0 && looked == 0 && len(col.Values) == 0 {
		b.errorf("no cell of the column %s of table %q can be looked for: in a file of the samples, give one a value of at least %d characters that no other cell, stored record, field or heading contains", col.Field, name, shortest)
	}
	return len(leaks) > 0
}

// leaksOf returns the places in which a secret of the file appears, one secret a place.
func (b *bench) leaksOf(f File, secrets []string) []string {
	b.t.Helper()
	var out []string
	for _, meanwhile := range []bool{false, true} {
		for _, place := range b.places(f, meanwhile) {
			for _, secret := range secrets {
				if at := strings.Index(place.text, secret); at >= 0 {
					out = append(out, fmt.Sprintf("file %q: %q in %s: …%s…", f.Name, secret, place.name,
						strings.Join(strings.Fields(place.text[max(0, at-80):min(len(place.text), at+len(secret)+30)]), " ")))
					break
				}
			}
		}
	}
	return out
}

// shortest is how many characters a text must have to be looked for. A shorter
// one occurs in dates and numbers by chance.
const shortest = 4

// secrets returns the texts of the column, folded, that occur nowhere else in the
// samples. all is how many texts are long enough.
func (b *bench) secrets(f File, table, column int) (secrets []string, all int) {
	b.t.Helper()
	var other strings.Builder // all other texts
	var found []string
	for i, rows := range f.Tables {
		for _, cells := range rows {
			for c, text := range cells {
				if i != table || c != column {
					other.WriteString(folded(text) + "\n")
					continue
				}
				found = append(found, folded(text))
				if value, bad := b.cell(table, column, text); !bad {
					found = append(found, folded(value))
				}
			}
		}
	}
	same := fieldsOf(&b.tpl.Tables[table].Columns[column])
	for _, r := range b.s.Stored {
		other.WriteString(string(r.ID) + "\n" + string(r.Account) + "\n")
		for _, field := range r.Fields() {
			if !slices.Contains(same, field) {
				other.WriteString(folded(r.Field(field)) + "\n")
			}
		}
	}
	for i := range b.tpl.Tables {
		t := &b.tpl.Tables[i]
		other.WriteString(b.tpl.Name + "\n" + folded(t.Name) + "\n")
		for c := range t.Columns {
			other.WriteString(t.Columns[c].Field + "\n" + folded(t.Columns[c].Heading("en")) + "\n")
		}
	}

	slices.Sort(found)
	for _, text := range slices.Compact(found) {
		if len(text) < shortest {
			continue
		}
		all++
		if !strings.Contains(other.String(), text) {
			secrets = append(secrets, text)
		}
	}
	return secrets, all
}

// fieldsOf are the fields of stored records that say what the column says.
func fieldsOf(c *importer.Column) []string {
	out := []string{cmp.Or(c.PersonField, c.Field)}
	switch c.Space {
	case users.SpaceLine:
		return append(out, "short")
	case users.SpaceInternal, users.SpaceNumber:
		return append(out, string(c.Space))
	}
	return append(out, c.Space.Field())
}

// folded is a text for comparing, as keys have it.
func folded(text string) string { return users.Fold(strings.TrimSpace(text)) }

// A written is a text that people read, or that is kept where people read.
type written struct{ name, text string }

// digest matches a digest, in which any text may occur by chance.
var digest = regexp.MustCompile(`^[0-9a-f]{32}$`)

// jsonValues returns the values of a text of JSON, one a line. It leaves out the
// names of fields, which are words of the format ("user"), as well as fingerprints
// and digests.
func (b *bench) jsonValues(text string) string {
	b.t.Helper()
	var out strings.Builder
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				if name != "shown" {
					walk(v[name])
				}
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		case string:
			if !digest.MatchString(v) {
				out.WriteString(v + "\n")
			}
		default: // a number, true, false or null
			fmt.Fprintln(&out, v)
		}
	}

	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	for {
		var v any
		err := dec.Decode(&v)
		if errors.Is(err, io.EOF) {
			return out.String()
		}
		if err != nil {
			b.fatalf("%q is not JSON: %v", text, err)
		}
		walk(v)
	}
}

// places previews and commits a file, and returns all that is written of it.
// With meanwhile, all that was stored is deleted before the commit.
func (b *bench) places(f File, meanwhile bool) []written {
	b.t.Helper()
	store := b.store()
	dir := b.dir(store)
	p := b.preview(dir, f.Mode, b.sheets(f))
	var out []written
	add := func(name, text string) { out = append(out, written{name, users.Fold(text)}) }
	addJSON := func(name, text string) { add(name, b.jsonValues(text)) }

	addJSON("the rows of the preview", b.text(slices.Collect(p.Rows())))
	addJSON("the findings of the preview", b.text(p.Findings()))
	var doc bytes.Buffer
	if err := p.Save(&doc); err != nil {
		b.fatalf("a preview cannot be saved: %v", err)
	}
	addJSON("the document of the preview", doc.String())
	for i := range b.tpl.Tables {
		add("the file of failing rows", sheetText(p.Failing(i, messages.For("en"))))
	}

	when := ""
	if meanwhile {
		when = ", made after what was stored was deleted"
		b.deleteStored(store)
	}
	r := b.commit(p)
	addJSON("the report"+when, b.text(r))
	add("the report as a sheet"+when, sheetText(r.Sheet(messages.For("en"))))
	back, err := importer.LoadReport(b.ctx, dir, r.ID)
	if err != nil {
		b.fatalf("a report cannot be read back: %v", err)
	}
	addJSON("the report read back"+when, b.text(back))
	for e, err := range store.Journal(b.ctx, r.ID, 0) {
		if err != nil {
			b.fatalf("the journal cannot be read: %v", err)
		}
		addJSON(fmt.Sprintf("the note of row %d in the journal%s", e.Row.Number(), when), string(e.Note))
	}
	if undo, err := importer.Undo(b.ctx, dir, r.ID, nil); err == nil {
		addJSON("the rows of the undo"+when, b.text(slices.Collect(undo.Rows())))
		addJSON("the report of the undo"+when, b.text(b.commit(undo)))
	}
	return out
}

// deleteStored is a second writer, who deletes every person and line of the samples.
func (b *bench) deleteStored(store users.Store) {
	b.t.Helper()
	batch := users.Batch{Import: "meanwhile"}
	for _, r := range b.s.Stored {
		if r.Kind() == users.KindUser || r.Kind() == users.KindLine {
			batch.Writes = append(batch.Writes, users.Write{ID: r.ID, Version: 1})
		}
	}
	if len(batch.Writes) == 0 {
		return
	}
	if err := store.Apply(b.ctx, batch); err != nil {
		b.fatalf("what is stored cannot be deleted: %v", err)
	}
}

func sheetText(s formats.Sheet) string {
	var out strings.Builder
	for r := range s.Rows {
		out.WriteString(strings.Join(r, "\n") + "\n")
	}
	return out.String()
}
