package messages

import (
	"slices"
	"strconv"
	"strings"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// Rows is "3 rows".
func (l Language) Rows(n int) string { return l.table().count("count.rows", n) }

// People is "3 people".
func (l Language) People(n int) string { return l.table().count("count.people", n) }

// Errors is "3 errors".
func (l Language) Errors(n int) string { return l.table().count("count.errors", n) }

// Warnings is "3 warnings".
func (l Language) Warnings(n int) string { return l.table().count("count.warnings", n) }

// NoErrors is what a preview says of a file that is all right: "No errors found".
func (l Language) NoErrors() string { return l.table().words["no.errors"] }

// Recap says what an import will do, a line for every action that a row has, in
// the order of [importer.Actions]: "12 people will be created."
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

// TablesRecap is Recap of a template of several tables, of whose rows several
// may be about one person: those who are changed are not counted, their rows are.
func (l Language) TablesRecap(s importer.Summary) []string {
	rows := s.Actions[importer.ActionUpdate.String()]
	out := l.Recap(s)
	if rows > 0 {
		people := l.table().count("recap.update", rows)
		out[slices.Index(out, people)] = l.table().count("recap.rows", rows)
	}
	return out
}

// Question asks whether to go on, and names the answers. The default is no.
func (l Language) Question() string { return l.table().words["question"] }

// UndoRecap says what undoing will do, like [Language.Recap]. Its rows are
// records: people, and what they have.
func (l Language) UndoRecap(s importer.Summary) []string {
	var out []string
	for _, a := range importer.Actions() {
		if n := s.Actions[a.String()]; n > 0 {
			out = append(out, l.table().count("undo."+a.String(), n))
		}
	}
	return out
}

// UndoQuestion asks whether to take an import back; [Language.Agrees] knows the answers.
func (l Language) UndoQuestion() string { return l.table().words["question.undo"] }

// Counts are rows by outcome, in the order of [importer.Outcomes]: "12 created, 3 failed".
func (l Language) Counts(counts map[string]int) string {
	var out []string
	for _, o := range importer.Outcomes() {
		if n := counts[string(o)]; n > 0 {
			out = append(out, l.table().count("result."+string(o), n))
		}
	}
	return strings.Join(out, ", ")
}

// Agrees reports whether an answer to [Language.Question] is yes. English is
// understood everywhere.
func (l Language) Agrees(answer string) bool {
	yes := strings.Fields(tables[0].words["answer.yes"] + " " + l.table().words["answer.yes"])
	return slices.Contains(yes, strings.ToLower(strings.TrimSpace(answer)))
}

// Progress says how far an import has come: "500 of 12,000 rows".
func (l Language) Progress(p importer.Progress) string {
	return l.table().word("progress", "done", strconv.Itoa(p.Done), "n", strconv.Itoa(p.Total))
}

// Nothing says that nothing was or will be written.
func (l Language) Nothing() string { return l.table().words["nothing"] }

// Result says how an import ended, with a count for every outcome that a row
// has: "Import finished: 12 created, 3 failed."
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
