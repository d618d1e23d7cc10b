package importer

import (
	"maps"

	"github.com/usher-go/usher/formats"
)

// tally counts the rows and findings of a plan. It is kept up to date row by row,
// so that [Preview.Summary] does not read all rows.
type tally struct {
	actions     [ActionError + 1]int
	codes       map[string]int
	errors      int // findings of severity error
	supervisors int // rows that will delete a supervisor of others
	lowers      int // rows that will delete a person or take an admin's rights
}

// newTally returns an empty tally.
func newTally() tally { return tally{codes: map[string]int{}} }

// actionOf returns what the row will do, given the rows that it needs.
func (p *plan) actionOf(row uint32) Action {
	s := &p.state[row]
	switch {
	case s.action == ActionError || s.action == 0:
		return s.action
	case s.cycle:
		return ActionError
	case s.blocked || s.doomed != none:
		return ActionBlocked
	}
	return s.action
}

// count adds the row to the tally, and uncount removes it. A row must be
// uncounted before its state changes.
func (p *plan) count(row uint32)   { p.tallyRow(row, 1) }
func (p *plan) uncount(row uint32) { p.tallyRow(row, -1) }

// tallyRow adds the row to the tally by times: 1 or -1.
func (p *plan) tallyRow(row uint32, by int) {
	s := &p.state[row]
	if s.action == 0 {
		return
	}

	a := p.actionOf(row)
	p.tally.actions[a] += by
	if s.lowers && a.writes() {
		p.tally.lowers += by
	}
	if s.supervises && a.writes() {
		p.tally.supervisors += by
	}

	for _, n := range s.extra().notes {
		p.tallyCode(n.code, n.severity, by)
	}
	if code := p.followed(row); code != "" {
		p.tallyCode(code, formats.Error, by)
	}
}

// tallyCode adds a finding to the tally by times. It deletes counts of zero,
// because a summary lists all codes it has.
func (p *plan) tallyCode(code string, s formats.Severity, by int) {
	p.tally.codes[code] += by
	if p.tally.codes[code] == 0 {
		delete(p.tally.codes, code)
	}
	if s == formats.Error {
		p.tally.errors += by
	}
}

// followed returns the code of the finding that follows from the rows that a row
// needs, or "". It is not one of the row's notes, because it changes when other
// rows change.
func (p *plan) followed(row uint32) string {
	switch s := &p.state[row]; {
	case s.action == ActionError:
		return ""
	case s.cycle:
		return "reference.cycle"
	case s.blocked || s.doomed != none:
		return "row.blocked"
	}
	return ""
}

// A Summary counts the rows of a preview.
type Summary struct {
	// Rows is the number of rows.
	Rows int `json:"rows"`
	// Actions counts rows by the name of their action. Zero counts are left out.
	Actions map[string]int `json:"actions"`
	// Codes counts findings by code, with those of the whole file.
	Codes map[string]int `json:"codes"`
	// Errors counts findings of severity error.
	Errors int `json:"errors"`
}

// Summary returns the counts of rows and findings. Its cost does not grow with
// the file.
func (p *Preview) Summary() Summary {
	s := Summary{Actions: map[string]int{}, Codes: maps.Clone(p.tally.codes), Errors: p.tally.errors}
	for _, a := range Actions() {
		if n := p.tally.actions[a]; n > 0 {
			s.Actions[a.String()] = n
			s.Rows += n
		}
	}

	if n := p.countDoubts(); n > 0 {
		s.Codes[CodeDomain] += n
	}
	for _, f := range p.Findings() {
		s.Codes[f.Code]++
		if f.Severity == formats.Error {
			s.Errors++
		}
	}
	return s
}
