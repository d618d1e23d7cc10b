package invariant

import (
	"os"
	"runtime"
	"time"
)

// Leaks notes the goroutines there are. What it answers fails the test if there
// are more, after some patience with those that are on their way out.
func Leaks(t TB) func() {
	t.Helper()
	before := runtime.NumGoroutine()
	return func() {
		t.Helper()
		for wait := time.Millisecond; runtime.NumGoroutine() > before; wait *= 2 {
			if wait > 2*time.Second {
				stacks := make([]byte, 1<<16)
				t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
			}
			time.Sleep(wait)
		}
	}
}

// RequireEmpty requires that nothing was left in the folder.
func RequireEmpty(t TB, folder string) {
	t.Helper()
	left, err := os.ReadDir(folder)
	if err != nil || len(left) > 0 {
		t.Fatalf("left in %s: %v %v", folder, left, err)
	}
}
