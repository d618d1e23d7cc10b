package e164

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/users"
)

// maxRemembered is the largest number of bytes of a text that is remembered. It bounds
// the memory of the memo.
const maxRemembered = 64

// A memo remembers results: at least those of the last limit/2 different questions, and
// at most limit.
type memo struct {
	limit      int
	mu         sync.Mutex
	young, old map[question]answer
}

type question struct{ raw, region string }

type answer struct {
	number   extensions.Number
	problems []users.Problem
}

func (m *memo) get(raw, region string) (extensions.Number, []users.Problem, bool) {
	if m.limit == 0 || len(raw) > maxRemembered {
		return extensions.Number{}, nil, false
	}
	q := question{raw, region}
	m.mu.Lock()
	a, ok := m.young[q]
	if !ok {
		if a, ok = m.old[q]; ok {
			q.raw = strings.Clone(raw)
			m.add(q, a)
		}
	}
	m.mu.Unlock()
	return a.number, copyProblems(a.problems), ok
}

func (m *memo) put(raw, region string, n extensions.Number, problems []users.Problem) {
	if m.limit == 0 || len(raw) > maxRemembered {
		return
	}
	// The text may be a slice of a whole file, which the memo must not keep alive.
	q := question{strings.Clone(raw), region}
	a := answer{n, copyProblems(problems)}
	m.mu.Lock()
	m.add(q, a)
	m.mu.Unlock()
}

// add must be called with the lock held.
func (m *memo) add(q question, a answer) {
	if len(m.young) >= max(m.limit/2, 1) {
		m.young, m.old = nil, m.young
	}
	if m.limit == 1 {
		m.old = nil
	}
	if m.young == nil {
		m.young = make(map[question]answer)
	}
	m.young[q] = a
}

// copyProblems returns a copy that shares nothing with problems.
func copyProblems(problems []users.Problem) []users.Problem {
	out := slices.Clone(problems)
	for i := range out {
		out[i].Args = maps.Clone(out[i].Args)
	}
	return out
}
