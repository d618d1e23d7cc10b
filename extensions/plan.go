package extensions

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/usher-go/usher/users"
)

// A Range is the numbers from First to Last, both included. Both have the same number of
// digits: "0100" to "0199" is another range than "100" to "199". If First and Last are
// the same, they may be any extension: "#1".
type Range struct {
	First string `json:"first"`
	Last  string `json:"last"`
}

// String returns "1000-1999", or "#1".
func (r Range) String() string {
	if r.First == r.Last {
		return r.First
	}
	return r.First + "-" + r.Last
}

// ParseRange reads the text that [Range.String] returns.
func ParseRange(text string) (Range, error) {
	r := Range{text, text}
	if first, last, ok := strings.Cut(text, "-"); ok && areDigits(first) && areDigits(last) {
		r = Range{first, last}
	}
	if err := r.check(); err != nil {
		return Range{}, fmt.Errorf("extensions: range: %w", err)
	}
	return r, nil
}

func (r Range) contains(number string) bool {
	if r.First == r.Last {
		return number == r.First
	}
	return len(number) == len(r.First) && areDigits(number) && r.First <= number && number <= r.Last
}

func (r Range) check() error {
	for _, end := range []string{r.First, r.Last} {
		if clean, problems := ParseExtension(end); clean != end || len(problems) > 0 {
			return fmt.Errorf("%q is no extension", end)
		}
	}
	switch {
	case r.First == r.Last:
	case !areDigits(r.First) || !areDigits(r.Last):
		return fmt.Errorf("%s is not of digits", r)
	case len(r.First) != len(r.Last):
		return fmt.Errorf("%s is not of one length", r)
	case r.First > r.Last:
		return fmt.Errorf("%s ends before it begins", r)
	}
	return nil
}

func areDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// A Plan says which short numbers the PBXs of a host may have. It does not change, and
// several goroutines may use it. A nil Plan allows all numbers.
type Plan struct{ ranges map[string][]Range }

// NewPlan returns a plan of ranges by the id of a PBX. The ranges under "" are for the
// PBXs that are not named; without them, such a PBX may have any number. A PBX with an
// empty list may have none.
func NewPlan(ranges map[string][]Range) (*Plan, error) {
	p := &Plan{ranges: make(map[string][]Range, len(ranges))}
	for _, pbx := range slices.Sorted(maps.Keys(ranges)) {
		id := users.SpacePBX.Fold(pbx)
		if _, twice := p.ranges[id]; twice {
			return nil, fmt.Errorf("extensions: plan: %q is named twice", pbx)
		}
		for _, r := range ranges[pbx] {
			if err := r.check(); err != nil {
				return nil, fmt.Errorf("extensions: plan: %q: %w", pbx, err)
			}
		}
		p.ranges[id] = slices.SortedFunc(slices.Values(ranges[pbx]), func(a, b Range) int {
			return cmp.Or(cmp.Compare(len(a.First), len(b.First)), strings.Compare(a.First, b.First), strings.Compare(a.Last, b.Last))
		})
	}

	return p, nil
}

// Check returns the error if a PBX must not have a number, which [ParseExtension] has
// read. The error is line.range with the argument pbx. The argument allowed has the first
// ten ranges of the PBX, if it has any.
func (p *Plan) Check(pbx, number string) []users.Problem {
	if p == nil {
		return nil
	}

	ranges, named := p.ranges[users.SpacePBX.Fold(pbx)]
	if !named {
		if ranges, named = p.ranges[""]; !named {
			return nil
		}
	}

	if slices.ContainsFunc(ranges, func(r Range) bool { return r.contains(number) }) {
		return nil
	}

	args := map[string]string{"pbx": pbx}
	var allowed []string
	for _, r := range ranges[:min(len(ranges), 10)] {
		allowed = append(allowed, r.String())
	}

	if len(ranges) > len(allowed) {
		allowed = append(allowed, "…")
	}
	if len(allowed) > 0 {
		args["allowed"] = strings.Join(allowed, ", ")
	}
	return []users.Problem{{Code: "line.range", Args: args}}
}
