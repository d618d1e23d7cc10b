package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/ocm"
)

// results are what became of the lines of a report as the template's product
// counts them: their names in order, and that of a line; none where it counts as we do.
func results(r *importer.Report) (names []string, of func(*importer.ReportLine) string) {
	if r.Template != ocm.Name {
		return nil, nil
	}
	for _, x := range ocm.All() {
		names = append(names, string(x))
	}
	return names, func(l *importer.ReportLine) string { return string(ocm.ResultOf(r.Mode, l)) }
}

// maxNamed is how many rows of a result are named.
const maxNamed = 10

// results prints how many rows there are of each of the product's results, and which.
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
		if n == 0 {
			continue
		}
		if n > maxNamed {
			rows = append(rows[:maxNamed], "…")
		}
		fmt.Fprintf(w, "  %s%s%d (%s)\n", c.words().results[name], c.words().colon, n, strings.Join(rows, ", "))
	}
}

// only leaves those lines of a report that have a result of the product's of
// that name, or else an outcome: a word that is both means the product's, which
// is the one that is counted.
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
		return usagef("report: --only: use one of %s", strings.Join(names, ", "))
	}
	r.Lines = slices.DeleteFunc(r.Lines, func(l importer.ReportLine) bool { return of(&l) != name })
	return nil
}
