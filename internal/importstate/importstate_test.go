package importstate_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/internal/importstate"
	"github.com/usher-go/usher/users"
)

func TestAt(t *testing.T) {
	written := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name  string
		data  users.Data
		after time.Duration
		want  users.ImportState
	}{
		{"within the lease", &users.Import{State: users.ImportRunning}, importstate.Lease, users.ImportRunning},
		{"after the lease", &users.Import{State: users.ImportRunning}, importstate.Lease + time.Millisecond, users.ImportInterrupted},
		{"done stays done", &users.Import{State: users.ImportDone}, time.Hour, users.ImportDone},
		{"no import", &users.Profile{}, 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := users.Record{Head: users.Head{Updated: written}, Data: tt.data}
			require.Equal(t, tt.want, importstate.At(r, written.Add(tt.after)))
		})
	}
}
