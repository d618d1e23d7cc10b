package reststore_test

import (
	"testing"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
	"github.com/usher-go/usher/users/reststore"
	"github.com/usher-go/usher/users/storetest"
)

// An API over HTTP and a store beside it are held against all that binds a
// Store which writes one record at a time.
func TestContract(t *testing.T) {
	for _, x := range []struct {
		name, reason string
		opts         *reststore.Options
	}{
		{"as it is", "the API takes what Find may be asked", nil},
		{"seven keys", "an API that takes few keys at once is asked more often", &reststore.Options{Find: 7}},
	} {
		t.Run(x.name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) users.Store {
				return reststore.New(newAPI(t).client(), memstore.New(), x.opts)
			})
		})
	}
}
