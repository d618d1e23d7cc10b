package importer

import (
	"strconv"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// The limits of the brake on mass changes. An import needs an approval if it
// deletes or demotes more than massRows people, or more than one massShare-th of
// the people of the account. In a small account every change is a large share, so
// the share counts only from massLeast rows on. (Our policy, after imports that
// ask again above a threshold.)
const (
	massRows  = 100
	massShare = 5
	massLeast = 10
)

// BrakeMass is the code of the finding that holds back an import of many deletions
// or demotions until it is approved. Its arguments are rows and people.
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
	if n := p.tally.supervisors; n > 0 {
		args := map[string]string{"rows": strconv.Itoa(n)}
		out = append(out, brake{formats.Finding{Severity: formats.Brake, Code: users.BrakeLeader, Args: args}, func(s *rowState) bool { return s.supervises }})
	}
	return out
}
