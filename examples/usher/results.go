package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/ocm"
)

// results returns the names of the results that the product of the template
// counts, in order, and a function that returns the result of a line. Both are
// nil if the product has no results of its own.
func results(r *importer.Report) (names []string, of func(*importer.ReportLine) string) {
	if r.Template != ocm.Name {
		return nil, nil
	}
	for _, x := range ocm.All() {
		names = append(names, string(x))
	}
	return names, func(l *importer.ReportLine) string { return string(ocm.ResultOf(r.Mode, l)) }
}

// counted returns the results that the product always counts, also if no row has
// them.
func counted() []ocm.Result { return []ocm.Result{ocm.Duplicate, ocm.Inserted, ocm.Invalid} }

// maxNamed is the largest number of rows that are listed for a result.
const maxNamed = 10

// results prints the number of rows for each result of the product, and lists
// the rows.
func (c *console) results(w io.Writer, r *importer.Report) {
	names, of := results(r)
	for _, name := range names {
		var rows []string
		for i := range r.Lines {
			if of(&r.Lines[i]) == name {
				rows = append(rows, reportRow(&r.Lines[i]))
			}
		}

		n := len(rows)
		if n == 0 && !slices.Contains(counted(), ocm.Result(name)) {
			continue
		}
		if n > maxNamed {
			rows = append(rows[:maxNamed], "…")
		}

		text := fmt.Sprintf("  %s%s%d", c.words().results[name], c.words().colon, n)
		if n > 0 {
			text += " (" + strings.Join(rows, ", ") + ")"
		}
		c.indented(w, text)
	}
}

// only keeps the lines of a report with this result of the product, or else with
// this outcome. A word that is both, such as "updated", means the result of the
// product, because that is the one that is counted.
func only(r *importer.Report, name string) error {
	names, of := results(r)
	if !slices.Contains(names, name) {
		of = func(l *importer.ReportLine) string { return string(l.Outcome) }
	}
	for _, o := range importer.Outcomes() {
		if !slices.Contains(names, string(o)) {
			names = append(names, string(o))
		}
	}
	if !slices.Contains(names, name) {
		return usagef("report: --only: use %s", anyOf(names))
	}
	r.Lines = slices.DeleteFunc(r.Lines, func(l importer.ReportLine) bool { return of(&l) != name })
	return nil
}
