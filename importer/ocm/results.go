package ocm

import (
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
)

// A Result is what became of a row, as the product counts it. The zero value is invalid.
type Result string

// The results. The first three are the product's; it counts people, so that
// rows of the two other files are Detail or Invalid.
const (
	Duplicate Result = "duplicate" // the LAN ID exists already, or stands twice in the file; nobody was changed
	Inserted  Result = "inserted"
	Invalid   Result = "invalid" // was not done, and not because of its LAN ID
	Updated   Result = "updated" // in the modes the product lacks
	Unchanged Result = "unchanged"
	Detail    Result = "detail"  // a row of the two other files that was done
	Skipped   Result = "skipped" // taken out of the file, or held back
)

// All are the results, in the order a summary lists them.
func All() []Result {
	return []Result{Duplicate, Inserted, Invalid, Updated, Unchanged, Detail, Skipped}
}

// ResultOf is the one result of a line of the report of an import in that mode.
// In mode create somebody who exists as the row wants is a duplicate as well.
func ResultOf(mode importer.Mode, l *importer.ReportLine) Result {
	people := l.Table == UserDetails
	duplicate := func(f formats.Finding) bool {
		return f.Severity == formats.Error && (f.Code == "lanid.taken" || f.Code == "lanid.contested")
	}
	switch {
	case l.Outcome == importer.OutcomeSkipped:
		return Skipped
	case people && (slices.ContainsFunc(l.Findings, duplicate) || mode == importer.ModeCreate && l.Outcome == importer.OutcomeUnchanged):
		return Duplicate
	case !l.Outcome.Done():
		return Invalid
	case !people:
		return Detail
	case l.Outcome == importer.OutcomeCreated:
		return Inserted
	case l.Outcome == importer.OutcomeUnchanged:
		return Unchanged
	}
	return Updated
}

// Results are the lines of a report by result; every line stands under one. How
// many there are is the product's number, which opens its records.
func Results(r *importer.Report) map[Result][]importer.ReportLine {
	out := map[Result][]importer.ReportLine{}
	for i := range r.Lines {
		is := ResultOf(r.Mode, &r.Lines[i])
		out[is] = append(out[is], r.Lines[i])
	}
	return out
}
