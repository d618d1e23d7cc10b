package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// reporting is the command "report".
type reporting struct {
	place
	output, only string
}

func reportCommand() command {
	return command{
		name: "report", args: "ID",
		about:   "Show the result of every row of an import, or write the report to a file.",
		more:    "The exit status is 1 for an import that is running or was interrupted; the report has the rows so far.",
		example: "usher report -o report.xlsx vq3kx5o4zsm7h2y6f3n5jd7c4e",
		flags: func(f *flag.FlagSet, c *console) action {
			var r reporting
			r.place.flags(f)
			f.StringVar(&r.output, "o", "", "write the report to `FILE`.xlsx, .csv or .json")
			f.StringVar(&r.only, "only", "", "show only the rows with the `RESULT`: an outcome, or a result of the product (duplicate, inserted, invalid)")
			c.jsonFlag(f)
			c.langFlag(f)

			return r.run
		},
	}
}

func (r *reporting) run(ctx context.Context, c *console, args []string) (err error) {
	if len(args) != 1 {
		return usagef("report: give the ID of one import")
	}

	write, err := r.writer(c)
	if err != nil {
		return err
	}

	d, err := r.place.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()

	if err := d.exists(ctx, c); err != nil {
		return err
	}

	report, err := importer.LoadReport(ctx, d.dir, users.ID(args[0]))
	if err != nil {
		err = &namedError{args[0], err}
	}

	if report == nil {
		return err
	}

	if r.only != "" {
		if err := only(report, r.only); err != nil {
			return err
		}
	}

	return errors.Join(err, write(report))
}

// writer returns the function that writes the report, for the extension of -o.
func (r *reporting) writer(c *console) (func(*importer.Report) error, error) {
	to := func(fill func(io.Writer, *importer.Report) error) (func(*importer.Report) error, error) {
		return func(report *importer.Report) error {
			return writeFile(r.output, func(w io.Writer) error { return fill(w, report) })
		}, nil
	}

	switch strings.ToLower(filepath.Ext(r.output)) {
	case "":
		if r.output == "" {
			return func(report *importer.Report) error {
				if err := c.reportText(report); err != nil || c.json || r.only != "" {
					return err
				}
				c.results(c.out, report)
				return nil
			}, nil
		}
	case ".xlsx":
		return to(func(w io.Writer, report *importer.Report) error {
			return xlsx.Writer{}.WriteSheet(w, report.Sheet(c.lang))
		})
	case ".csv":
		return to(func(w io.Writer, report *importer.Report) error {
			return csv.Writer{Delimiter: delimiterIn(c.lang.String())}.WriteSheet(w, report.Sheet(c.lang))
		})
	case ".json":
		return to(func(w io.Writer, report *importer.Report) error { return report.WriteJSON(w) })
	}

	return nil, usagef("-o %s: the name must end in .xlsx, .csv or .json", r.output)
}

// reportText prints a report.
func (c *console) reportText(r *importer.Report) error {
	if c.json {
		return r.WriteJSON(c.out)
	}

	result := c.lang.Result(r)
	for _, f := range append(r.Facts(c.lang), formats.SheetFact{Name: c.lang.Label("state"), Value: c.lang.State(r.State)}) {
		if f.Value != result { // it comes last
			c.indented(c.out, f.Name+c.words().colon+printable(f.Value))
		}
	}

	fmt.Fprintln(c.out)
	rows := r.Rows(c.lang)
	asks := slices.ContainsFunc(rows, func(w importer.ReportRow) bool { return w.Does != "" })
	t := grid{head: []string{c.lang.Label("outcome"), c.lang.Label("row")}}
	if asks {
		t.head = append(t.head, c.lang.Label("action"))
	}
	t.head = append(t.head, c.lang.Label("who"), c.words().details)
	for i, w := range rows {
		cells := []string{reportRow(&r.Lines[i])}
		if asks {
			cells = append(cells, w.Does)
		}
		var parts []string
		for _, s := range []string{w.Changes, w.Findings} {
			if s != "" {
				parts = append(parts, s)
			}
		}
		t.add(outcome(r.Lines[i].Outcome, w.Outcome), append(cells, w.Who, strings.Join(parts, "; "))...)
	}

	t.print(c)
	fmt.Fprintln(c.out)
	c.indented(c.out, result)
	return nil
}

// reportRow returns the number of a row, with the table if there are several.
func reportRow(l *importer.ReportLine) string {
	n := strconv.Itoa(l.Number)
	if l.Table != "" {
		n = l.Table + "/" + n
	}
	return n
}

// outcome returns an outcome with its colour.
func outcome(o importer.Outcome, word string) style {
	switch {
	case o.Done():
		return style{word, green}
	case o == importer.OutcomeSkipped:
		return style{word, yellow}
	}
	return style{word, red}
}
