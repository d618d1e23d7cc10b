package memstore_test

import (
	"testing"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
	"github.com/usher-go/usher/users/storetest"
)

func TestContract(t *testing.T) {
	storetest.Run(t, func(*testing.T) users.Store { return memstore.New() })
}
