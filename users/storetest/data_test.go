package storetest

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
)

// A field added to a kind of record must be added to the full ones as well, or
// no case would miss it.
func TestFullIsFull(t *testing.T) {
	kinds := map[users.Kind]bool{}
	for _, r := range full() {
		kinds[r.Kind()] = true
		requireFull(t, string(r.Kind()), reflect.ValueOf(r.Data).Elem())
	}
	for _, r := range empty() {
		require.True(t, kinds[r.Kind()], "there is no full %s", r.Kind())
		require.True(t, reflect.ValueOf(r.Data).Elem().IsZero(), "the empty %s is not empty", r.Kind())
		delete(kinds, r.Kind())
	}
	require.Empty(t, kinds, "kinds without an empty record")
}

func requireFull(t *testing.T, name string, v reflect.Value) {
	t.Helper()
	require.False(t, v.IsZero(), "%s is not set", name)
	switch v.Kind() {
	case reflect.Pointer:
		requireFull(t, name, v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			requireFull(t, name+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Slice, reflect.Map:
		require.NotZero(t, v.Len(), "%s is empty", name)
	}
}
