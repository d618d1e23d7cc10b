// Package importstate tells how far an import has come when its record is read.
//
// It imports package users.
package importstate

import (
	"time"

	"github.com/usher-go/usher/users"
)

// Lease is how long an import counts as running after its last batch.
const Lease = 60 * time.Second

// At returns the state of an import at a time. It is [users.ImportInterrupted] for
// an import that is running by its record and was last written more than [Lease]
// ago, and empty for a record that is no import.
func At(r users.Record, now time.Time) users.ImportState {
	imp, ok := r.Data.(*users.Import)
	switch {
	case !ok:
		return ""
	case imp.State == users.ImportRunning && now.Sub(r.Updated) > Lease:
		return users.ImportInterrupted
	}
	return imp.State
}
