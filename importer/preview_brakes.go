package importer

import (
	"strconv"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// A change of many people at once is held back until somebody approves it:
// more than massRows deleted or demoted, or more than a massShare-th of the
// account's people. In an account of a few people every change is a large
// share of it, so that the share counts from massLeast rows on. (Our policy;
// the idea is that of an import that asks again above a threshold.)
const (
	massRows  = 100
	massShare = 5
	massLeast = 10
)

// BrakeMass is the code of the finding that holds back mass deletions and demotions.
const BrakeMass = "mass.lowered"

// A brake holds rows back until a person approves it by its code.
type brake struct {
	finding formats.Finding
	holds   func(*rowState) bool
}

// brakes returns what holds rows of the preview back.
func (p *plan) brakes() []brake {
	var out []brake
	n := p.tally.lowers
	if n > massRows || n >= massLeast && n*massShare > p.facts.people {
		args := map[string]string{"rows": strconv.Itoa(n), "people": strconv.Itoa(p.facts.people)}
		out = append(out, brake{formats.Finding{Severity: formats.Brake, Code: BrakeMass, Args: args}, func(s *rowState) bool { return s.lowers }})
	}
	if n := p.tally.leads; n > 0 {
		args := map[string]string{"rows": strconv.Itoa(n)}
		out = append(out, brake{formats.Finding{Severity: formats.Brake, Code: users.BrakeLeader, Args: args}, func(s *rowState) bool { return s.leads }})
	}
	return out
}
