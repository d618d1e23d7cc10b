package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

func TestGridAligns(t *testing.T) {
	var out bytes.Buffer
	c := newConsole(strings.NewReader(""), &out, &out)
	g := grid{head: []string{"status", "who", "what"}}
	g.add(style{"OK", green}, "王小明", "two columns each")
	g.add(style{"Error", red}, "Jose\u0301", "an accent of its own has no width")
	g.add(style{"OK", green}, strings.Repeat("x", 90), "\x1b[31mred\u202e")
	g.print(c)
	require.NoError(t, c.out.Flush())
	want := "STATUS  WHO                                                           WHAT\n" +
		"OK      王小明                                                        two columns each\n" +
		"Error   Jose\u0301                                                          an accent of its own has no width\n" +
		"OK      " + strings.Repeat("x", 59) + "…  \\x1b[31mred\\u202e\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestGridColours(t *testing.T) {
	var out bytes.Buffer
	c := newConsole(strings.NewReader(""), &out, &out)
	c.colours = true
	g := grid{head: []string{"status", "who"}}
	g.add(style{"Error", red}, "ada")
	g.print(c)
	require.NoError(t, c.out.Flush())
	require.Equal(t, "STATUS  WHO\n\x1b[31mError\x1b[0m   ada\n", out.String(), "only a terminal gets colours, and they have no width")
}
