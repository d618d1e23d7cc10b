package importer

import (
	"strconv"

	"github.com/usher-go/usher/formats"
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

// brakes are the findings of the whole preview that an approval lifts.
func (p *plan) brakes() []formats.Finding {
	n := p.tally.lowers
	if n > massRows || n >= massLeast && n*massShare > p.facts.people {
		return []formats.Finding{{Severity: formats.Brake, Code: BrakeMass,
			Args: map[string]string{"rows": strconv.Itoa(n), "people": strconv.Itoa(p.facts.people)}}}
	}
	return nil
}
