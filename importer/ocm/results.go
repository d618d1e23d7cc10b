package ocm

import (
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
)

// A Result says what became of a row, in the product's terms. The zero value is
// invalid.
type Result string

// The results. The first three are the product's. The product counts people, so a
// row of the two other files is Detail, Invalid or Skipped.
const (
	Duplicate Result = "duplicate" // not done: the LAN ID exists already or is in two rows
	Inserted  Result = "inserted"
	Invalid   Result = "invalid" // not done, for another reason
	Updated   Result = "updated" // in the modes that the product does not have
	Unchanged Result = "unchanged"
	Detail    Result = "detail"  // a row of the two other files that was done
	Skipped   Result = "skipped" // removed from the preview, or held back
)

// All returns the results in the order in which a summary lists them.
func All() []Result {
	return []Result{Duplicate, Inserted, Invalid, Updated, Unchanged, Detail, Skipped}
}

// ResultOf returns the result of a line in the report of an import in the mode. In
// mode create, every row about a person who existed already is a Duplicate, also if the
// row would change nothing or has other errors.
func ResultOf(mode importer.Mode, l *importer.ReportLine) Result {
	people := l.Table == UserDetails
	duplicate := func(f formats.Finding) bool {
		return f.Severity == formats.Error && (f.Code == "lanid.taken" || f.Code == "lanid.contested")
	}

	existed := mode == importer.ModeCreate && l.User != "" && l.Outcome != importer.OutcomeCreated

	switch {
	case l.Outcome == importer.OutcomeSkipped:
		return Skipped
	case people && (existed || slices.ContainsFunc(l.Findings, duplicate)):
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

// Results returns the lines of a report by result. Every line has exactly one
// result. The number of lines of a result is the number that the product shows.
func Results(r *importer.Report) map[Result][]importer.ReportLine {
	out := map[Result][]importer.ReportLine{}
	for i := range r.Lines {
		is := ResultOf(r.Mode, &r.Lines[i])
		out[is] = append(out[is], r.Lines[i])
	}
	return out
}
