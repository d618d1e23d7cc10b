package keyvalue_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/internal/keyvalue"
)

func TestLine(t *testing.T) {
	require.Equal(t, "PBX1/1001", keyvalue.Line("PBX1", "1001"))
	require.NotEqual(t, keyvalue.Line("a/b", "c"), keyvalue.Line("a", "b/c"), "the first slash ends the name of the PBX")
}

func TestDocument(t *testing.T) {
	require.Equal(t, "people/9f86", keyvalue.Document("people", "9f86"))
	require.Empty(t, keyvalue.Document("people", ""), "no digest, no key")
}
