package formats_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
)

func TestRefusal(t *testing.T) {
	cause := errors.New("line one\nline two")
	for _, tt := range []struct {
		name    string
		refusal *formats.Refusal
		want    string
	}{
		{"code alone", formats.Refuse("file.empty"), "formats: file refused: file.empty"},
		{"arguments in order of name", formats.Refuse("xlsx.x", "want", "a", "found", "b"), "formats: file refused: xlsx.x found=b want=a"},
		{"a name without value is dropped", formats.Refuse("xlsx.x", "want"), "formats: file refused: xlsx.x"},
		{"one line whatever it holds", &formats.Refusal{Code: "xlsx.xml", Args: map[string]string{"found": "\x00"}, Err: cause},
			`formats: file refused: xlsx.xml found=\x00: line one\nline two`},
	} {
		t.Run(tt.name, func(t *testing.T) { require.EqualError(t, tt.refusal, tt.want) })
	}
	require.ErrorIs(t, &formats.Refusal{Code: "xlsx.xml", Err: cause}, cause)
	require.NoError(t, errors.Unwrap(formats.Refuse("file.empty")))
}
