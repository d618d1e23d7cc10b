package importer

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// String returns what the row says, one statement on each line, in the order in
// which the Draft function said it. It is for the tests of a template: two drafts that say
// the same are the same text. It holds values of cells, sensitive ones too,
// so it belongs in no log.
func (d *Draft) String() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }

	for i := range d.keys {
		d.keys[i].text(line, i == d.about)
	}
	for _, f := range d.releases {
		line("release %s %s %q", f.kind, f.field, f.value)
	}
	for _, w := range d.wants {
		w.text(line)
	}
	for i := range d.notes {
		d.notes[i].text(line, d.spec)
	}
	if d.sole {
		line("one row per person")
	}
	if d.deletes {
		line("delete")
	}
	return b.String()
}

func (k *draftKey) text(line func(string, ...any), about bool) {
	verb := map[relation]string{relAbout: "was about", relClaim: "claim", relTake: "take", relRefer: "refer", relSlot: "exclusive"}[k.rel]
	if about {
		verb = "about"
	}
	switch {
	case k.made:
		verb += " if creating"
	case k.stored:
		verb += " stored"
	}
	line("%s %s %q %s (column %d)", verb, k.space, k.value, k.field, k.column)
}

func (w *want) text(line func(string, ...any)) {
	verb := "want"
	switch {
	case w.member == memberIn:
		verb = "include"
	case w.member == memberOut:
		verb = "exclude"
	case w.onlyNew:
		verb = "want if creating"
	case w.unrefer:
		verb = "refer to nothing"
	}
	line("%s %s %q", verb, w.field, w.value)
}

func (n *note) text(line func(string, ...any), spec *Table) {
	field, when, fix := "", "", ""
	if n.column >= 0 {
		field = spec.Columns[n.column].Field
	}
	switch {
	case n.onlyNew:
		when = " if creating"
	case n.stored != nil:
		when = " if the person is so"
	}
	if n.fix != nil {
		fix = fmt.Sprintf(" fix %q", *n.fix)
	}
	var args []string
	for _, k := range slices.Sorted(maps.Keys(n.args)) {
		args = append(args, fmt.Sprintf("%s=%q", k, n.args[k]))
	}
	line("%s%s %s %s %q %v%s", n.severity, when, n.code, field, n.value, args, fix)
}
