package messages

import (
	"slices"
	"strconv"
	"strings"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// Rows returns "3 rows".
func (l Language) Rows(n int) string { return l.table().count("count.rows", n) }

// People returns "3 people".
func (l Language) People(n int) string { return l.table().count("count.people", n) }

// Errors returns "3 errors".
func (l Language) Errors(n int) string { return l.table().count("count.errors", n) }

// Warnings returns "3 warnings".
func (l Language) Warnings(n int) string { return l.table().count("count.warnings", n) }

// NoErrors returns the text of a preview without errors: "No errors found".
func (l Language) NoErrors() string { return l.table().words["no.errors"] }

// Recap returns what an import will do: a line for every action of a row, in the
// order of [importer.Actions]: "12 people will be created."
func (l Language) Recap(s importer.Summary) []string {
	var out []string
	for _, a := range importer.Actions() {
		if n := s.Actions[a.String()]; n > 0 {
			out = append(out, l.table().count("recap."+a.String(), n))
		}
	}
	if len(out) == 0 {
		out = append(out, l.Nothing())
	}
	return out
}

// TablesRecap returns the Recap of a template with several tables. Several rows
// may be about one person there, so it counts changed rows instead of people.
func (l Language) TablesRecap(s importer.Summary) []string {
	rows := s.Actions[importer.ActionUpdate.String()]
	out := l.Recap(s)
	if rows > 0 {
		people := l.table().count("recap.update", rows)
		out[slices.Index(out, people)] = l.table().count("recap.rows", rows)
	}
	return out
}

// Question returns the question whether to import, with the answers. The default
// is no.
func (l Language) Question() string { return l.table().words["question"] }

// UndoRecap returns what an undo will do, like [Language.Recap]. It counts
// records: people, and their lines and other data.
func (l Language) UndoRecap(s importer.Summary) []string {
	var out []string
	for _, a := range importer.Actions() {
		if n := s.Actions[a.String()]; n > 0 {
			out = append(out, l.table().count("undo."+a.String(), n))
		}
	}
	return out
}

// UndoQuestion returns the question whether to undo an import. [Language.Agrees]
// reads the answer.
func (l Language) UndoQuestion() string { return l.table().words["question.undo"] }

// Counts returns the number of rows by outcome, in the order of [importer.Outcomes]: "12 created, 3 failed".
func (l Language) Counts(counts map[string]int) string {
	var out []string
	for _, o := range importer.Outcomes() {
		if n := counts[string(o)]; n > 0 {
			out = append(out, l.table().count("result."+string(o), n))
		}
	}
	return strings.Join(out, ", ")
}

// Gains returns that a person gains things: "ada@example.com gains 1001, +33 1". With
// an empty name it returns "gains 1001, +33 1".
func (l Language) Gains(who string, things []string) string { return l.moves("gains", who, things) }

// Loses returns that a person loses things, like [Language.Gains].
func (l Language) Loses(who string, things []string) string { return l.moves("loses", who, things) }

func (l Language) moves(word, who string, things []string) string {
	shownThings := make([]string, len(things))
	for i, s := range things {
		shownThings[i] = shown(s)
	}
	names := strings.Join(shownThings, ", ")
	if who == "" {
		return l.table().word(word, "things", names)
	}
	return l.table().word(word+".who", "who", who, "things", names)
}

// Named returns a value with its name: "First name: Ada".
func (l Language) Named(name, value string) string {
	// The parts are joined here, because a value may be empty.
	return name + l.table().words["colon"] + value
}

// List returns parts as one text: "First name: Ada; Last name: Lovelace". gap comes
// after each separator: a blank or a line break.
func (l Language) List(parts []string, gap string) string {
	return strings.Join(parts, l.table().words["separator"]+gap)
}

// Agrees reports whether an answer to [Language.Question] is yes. The English
// answers are valid in every language.
func (l Language) Agrees(answer string) bool {
	yes := strings.Fields(tables[0].words["answer.yes"] + " " + l.table().words["answer.yes"])
	return slices.Contains(yes, strings.ToLower(strings.TrimSpace(answer)))
}

// Progress returns the progress of an import: "500 of 12,000 rows".
func (l Language) Progress(p importer.Progress) string {
	return l.table().word("progress", "done", strconv.Itoa(p.Done), "n", strconv.Itoa(p.Total))
}

// Nothing returns the text for an import that writes nothing.
func (l Language) Nothing() string { return l.table().words["nothing"] }

// Result returns the result of an import, with a count for every outcome of a
// row: "Import finished: 12 created, 3 failed."
func (l Language) Result(r *importer.Report) string {
	t := l.table()
	var counts []string
	for _, o := range importer.Outcomes() {
		if n := r.Counts[o]; n > 0 {
			counts = append(counts, t.count("result."+string(o), n))
		}
	}

	if len(counts) == 0 {
		counts = append(counts, l.Rows(0))
	}

	word := "result"
	switch r.State {
	case users.ImportDone:
		if r.Template == importer.TemplateUndo {
			word = "result.undo"
		}
	case users.ImportUndone:
		word = "result.undone"
	case users.ImportRunning:
		word = "result.running"
	default:
		word = "result.interrupted"
	}

	return t.word(word, "counts", strings.Join(counts, ", "))
}
