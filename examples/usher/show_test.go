package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A terminal shows 1,000 findings and says how many more there are. A pipe gets all.
func TestTerminalShowsSome(t *testing.T) {
	path := listOf(t, 2400, 2)
	for _, tty := range []bool{true, false} {
		var out, problems bytes.Buffer
		c := newConsole(strings.NewReader(""), &out, &problems)
		c.outTTY = tty
		err := dispatch(t.Context(), c, []string{"check", "--template", "cloudlink", "--store", "memory:", path})
		require.ErrorIs(t, err, errFound)
		require.NoError(t, c.out.Flush())
		shown, more := 1200, 0
		if tty {
			shown, more = 1000, 1
		}
		require.Equal(t, shown, strings.Count(out.String(), "[email.form]"), "on a terminal: %t", tty)
		require.Equal(t, more, strings.Count(out.String(), "… and 200 more findings"), "on a terminal: %t", tty)
		require.Contains(t, out.String(), "2,400 rows: Create 1200, Error 1200", "the counts are of all rows")
	}
}

// A row under merged cells is shown as a row with an error and is not left out.
func TestMergedRowIsShown(t *testing.T) {
	row := func(n, name string) string {
		cells := ""
		for i, text := range []string{name, "Lee", name + " Lee", strings.ToLower(name) + "@example.com", "User"} {
			cells += `<c r="` + string(rune('A'+i)) + n + `" t="inlineStr"><is><t>` + text + `</t></is></c>`
		}
		return `<row r="` + n + `">` + cells + `</row>`
	}
	head := `<row r="1">`
	for _, text := range []string{"First Name", "Last Name", "Name", "Email", "Role"} {
		head += `<c t="inlineStr"><is><t>` + text + `</t></is></c>`
	}
	path := book(t, `<sheetData>`+head+`</row>`+row("2", "Ann")+row("3", "Bob")+`</sheetData>`+
		`<mergeCells><mergeCell ref="A2:A3"/><mergeCell ref="B2:B3"/><mergeCell ref="C2:C3"/><mergeCell ref="D2:D3"/><mergeCell ref="E2:E3"/></mergeCells>`)
	var out, problems bytes.Buffer
	status := run(t.Context(), []string{"check", "--template", "cloudlink", "--store", "memory:", "--json", path}, strings.NewReader(""), &out, &problems)
	require.Equal(t, 1, status, problems.String())
	lines := strings.Split(out.String(), "\n")
	require.Contains(t, lines[0], `"row":2,"line":2,"action":"create"`)
	require.Contains(t, lines[1], `"row":3,"line":3,"action":"error"`)
	require.Contains(t, lines[1], `"code":"cell.merged","row":3,"line":3,"column":1,"cell":"A3","field":"first_name","value":"Bob"`)
}
