package importer

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A strict plan takes the plan away from a turn once the next row is read, so that
// a method which still uses it panics instead of reading another row.
func TestStaleTurnPanics(t *testing.T) {
	p := &plan{opts: Options{strictTurns: true}}
	first := p.nextTurn(1)
	second := p.nextTurn(2)
	require.Panics(t, func() { first.decide() })
	require.NotPanics(t, func() { _ = second.plan.opts })

	reused := &plan{}
	require.Same(t, reused.nextTurn(1), reused.nextTurn(2), "outside of tests a plan has one turn")
}
