package main

import (
	"errors"
	"flag"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name, reason string
		args         []string
		rest         []string
		text         string
		yes          bool
	}{
		{"flags first", "as every manual shows it", []string{"--text", "a", "--yes", "f"}, []string{"f"}, "a", true},
		{"flags last", "people add them to a line they typed", []string{"f", "--text", "a", "--yes"}, []string{"f"}, "a", true},
		{"between", "files are not told from values by their place", []string{"f", "-yes", "g", "--text=a", "h"}, []string{"f", "g", "h"}, "a", true},
		{"ended", "behind -- nothing is a flag", []string{"--yes", "f", "--", "--text", "g"}, []string{"f", "--text", "g"}, "", true},
		{"none", "no arguments are no error", nil, nil, "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFlagSet("test")
			text, yes := f.String("text", "", ""), f.Bool("yes", false, "")
			_, rest, err := parse(f, tt.args)
			require.NoError(t, err, tt.reason)
			if diff := cmp.Diff(tt.rest, rest); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			require.Equal(t, tt.text, *text, tt.reason)
			require.Equal(t, tt.yes, *yes, tt.reason)
		})
	}
}

func TestParseRefuses(t *testing.T) {
	f := newFlagSet("test")
	var mode string
	choice(f, &mode, "mode", "`MODE`", "create", "update")
	_, _, err := parse(f, []string{"file", "--mode", "replace"})
	require.ErrorContains(t, err, "use create or update")
	require.Equal(t, "create", mode, "the first value is the default")

	_, _, err = parse(newFlagSet("test"), []string{"file", "-h"})
	require.True(t, errors.Is(err, flag.ErrHelp), "help may be asked for anywhere")
}
