package extensions_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/users"
)

func problem(code string, fix string) []users.Problem {
	return []users.Problem{{Code: code, Fix: fix}}
}

func damageFault(fix string) []users.Problem {
	return []users.Problem{{Code: "extension.form", Args: map[string]string{"fact": "damage"}, Fix: fix}}
}

func TestParseExtension(t *testing.T) {
	long := strings.Repeat("1", extensions.MaxExtension)
	for _, tc := range []struct {
		name, reason, raw, want string
		problems                []users.Problem
	}{
		{"digits", "the usual", "1001", "1001", nil},
		{"leading zero", "0042 is not 42", "0042", "0042", nil},
		{"hash", "legal by the vendor's expression", "#1", "#1", nil},
		{"minus", "legal by the vendor's expression", "-5", "-5", nil},
		{"blank inside", "legal by the vendor's expression", "10 01", "10 01", nil},
		{"letters", "legal by the vendor's expression", "A1b", "A1b", nil},
		{"all the marks", "legal by the vendor's expression", "1+*()./-", "1+*()./-", nil},
		{"two groups", "no date: a month has no name of digits", "10-01", "10-01", nil},
		{"a slash", "no date without a year", "3/4", "3/4", nil},
		{"padding", "cells are padded in these files", "  1001 ", "1001", nil},
		{"apostrophe", "typed for Excel", "'0042", "0042", nil},
		{"formula of a text", "a careful export", `="0042"`, "0042", nil},
		{"longest", "32 characters", long, long, nil},
		{"a month alone", "letters are legal", "DEC", "DEC", nil},
		{"not a month", "letters are legal", "3-Ape", "3-Ape", nil},

		{"nothing", "", "", "", problem("extension.form", "")},
		{"too long", "33 characters", long + "1", "", problem("extension.form", "")},
		{"far too long", "", strings.Repeat("1", 300), "", problem("extension.form", "")},
		{"a letter of another alphabet", "", "10é", "", problem("extension.form", "")},
		{"a comma", "", "10,01", "", problem("extension.form", "")},
		{"full width", "the same digits in another dress", "１００１", "", problem("extension.form", "1001")},
		{"long dash", "the same in another dress", "10–01", "", problem("extension.form", "10-01")},
		{"no-break blank", "the same in another dress", "10\u00a001", "", problem("extension.form", "10 01")},
		{"apostrophe before a mark", "", "'#1", "", problem("extension.form", "#1")},
		{"full-width decimals", "never a fix that is refused", "１００１．０", "", problem("extension.form", "")},
		{"scientific", "legal by the expression, but digits are gone", "3.3E+10", "", damageFault("")},
		{"scientific, short", "", "1.0E+03", "", damageFault("")},
		{"scientific, French", "", "3,3E+10", "", damageFault("")},
		{"scientific, apostrophe", "", "'3.3E+10", "", damageFault("")},
		{"decimals", "a cell of numbers", "1001.0", "", damageFault("1001")},
		{"decimals, French", "a cell of numbers", "1001,00", "", damageFault("1001")},
		{"date", "a cell of dates", "2026-04-03", "", damageFault("")},
		{"date and time", "a cell of dates", "2026-04-03 00:00:00", "", damageFault("")},
		{"date, day first", "a cell of dates", "03/04/2026", "", damageFault("")},
		{"date, short", "what Excel makes of 3-4", "3-Apr", "", damageFault("")},
		{"date, month and year", "what Excel makes of 4-26", "Apr-26", "", damageFault("")},
		{"date, French", "", "3-avr", "", damageFault("")},
		{"date, French, accent", "", "3-déc", "", damageFault("")},
		{"date, with year", "", "3-Apr-2026", "", damageFault("")},
		{"Excel's error", "legal by the expression", "#N/A", "", problem("cell.excel_error", "")},
		{"control", "", "10\x0001", "", []users.Problem{{Code: "text.control", Args: map[string]string{"char": "U+0000"}}}},
		{"line break", "", "10\n01", "", []users.Problem{{Code: "text.control", Args: map[string]string{"char": "U+000A"}, Fix: "10 01"}}},
		{"direction", "", "\u202e1001\u202c2", "", []users.Problem{{Code: "text.bidi", Args: map[string]string{"char": "U+202E"}}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, problems := extensions.ParseExtension(tc.raw)
			require.Equal(t, tc.want, got, tc.reason)
			if diff := cmp.Diff(tc.problems, problems); diff != "" {
				t.Errorf("%q (%s) (-want +got)\n%s", tc.raw, tc.reason, diff)
			}
		})
	}
}

func TestExtensionKeepsAWarning(t *testing.T) {
	got, problems := extensions.ParseExtension("\u200b1001\u00a0")
	require.Equal(t, "1001", got)
	require.Equal(t, []users.Problem{{Code: "text.trimmed", Warning: true}}, problems)
}

func TestParsePBX(t *testing.T) {
	const id = "PBX0a1b-2c3d-4e5f-6071-8293-a4b5-c6d7-e8f9"
	bare := strings.ReplaceAll(id, "-", "")
	for _, tc := range []struct {
		name, raw, want string
		problems        []users.Problem
	}{
		{"hyphens", id, id, nil},
		{"none", bare, id, nil},
		{"padding", " " + id + "  ", id, nil},
		{"case", "pbx" + strings.ToUpper(bare[3:]), id, nil},
		{"nothing", "", "", problem("pbx.form", "")},
		{"seven groups", id[:len(id)-5], "", problem("pbx.form", "")},
		{"nine groups", id + "-0000", "", problem("pbx.form", "")},
		{"not hexadecimal", strings.Replace(id, "a", "g", 1), "", problem("pbx.form", "")},
		{"some hyphens", strings.Replace(id, "-", "", 1), "", problem("pbx.form", "")},
		{"no prefix", id[3:], "", problem("pbx.form", "")},
		{"blanks", strings.ReplaceAll(id, "-", " "), "", problem("pbx.form", id)},
		{"long dashes", strings.ReplaceAll(id, "-", "–"), "", problem("pbx.form", id)},
		{"a hyphen behind the prefix", "PBX-" + id[3:], "", problem("pbx.form", id)},
		{"far too long", strings.Repeat(id, 10), "", problem("pbx.form", "")},
		{"control", id + "\x00x", "", []users.Problem{{Code: "text.control", Args: map[string]string{"char": "U+0000"}}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, problems := extensions.ParsePBX(tc.raw)
			require.Equal(t, tc.want, got)
			if diff := cmp.Diff(tc.problems, problems); diff != "" {
				t.Errorf("%q (-want +got)\n%s", tc.raw, diff)
			}
		})
	}
}

// FuzzParse states the laws of both: what is kept is kept again, a fix is kept,
// and what is refused has one error.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"1001", "'0042", "3.3E+10", "１００１", "10–01", "3-Apr", "#N/A", "PBX0a1b2c3d4e5f60718293a4b5c6d7e8f9", "PBX 0a1b", "\u200b1", "'\"1'", "''=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, parse := range []func(string) (string, []users.Problem){extensions.ParseExtension, extensions.ParsePBX} {
			got, problems := parse(raw)
			if got == "" {
				require.Len(t, problems, 1)
				require.False(t, problems[0].Warning)
				if fix := problems[0].Fix; fix != "" {
					fixed, problems := parse(fix)
					require.Empty(t, problems, "%q of %q", fix, raw)
					require.Equal(t, fix, fixed)
				}
				continue
			}
			require.False(t, slices.ContainsFunc(problems, func(p users.Problem) bool { return !p.Warning }))
			again, problems := parse(got)
			require.Empty(t, problems)
			require.Equal(t, got, again)
		}
	})
}
