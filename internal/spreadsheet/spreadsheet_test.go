package spreadsheet_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/internal/spreadsheet"
)

func TestIsFormula(t *testing.T) {
	for _, tt := range []struct {
		name, s string
		want    bool
	}{
		{"empty", "", false},
		{"name", "Ada", false},
		{"apostrophe", "'s-Gravenhage", false},
		{"formula", "=cmd|'/c calc'!A1", true},
		{"plus", "+33123456789", true},
		{"minus", "-1", true},
		{"at", "@SUM(A1)", true},
		{"tab", "\t=1", true},
		{"carriage return", "\r=1", true},
		{"line feed", "\n=1", true},
		{"full width", "＝1", true},
		{"bar", "|cmd", true},
		{"encoded line feed", "%0A=1", true},
		{"encoded carriage return", "%0d=1", true},
		{"percent", "%", false},
		{"discount", "%05", false},
		{"inside", "a=b", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, spreadsheet.IsFormula(tt.s))
		})
	}
}

func TestRepair(t *testing.T) {
	for _, tt := range []struct{ name, reason, s, code, fixed string }{
		{"empty", "nothing is nothing", "", "", ""},
		{"text", "nothing is wrong", "Ada", "", "Ada"},
		{"leading zeros", "text, and whole", "0042", "", "0042"},
		{"phone", "text, and whole", "+33123456789", "", "+33123456789"},
		{"scientific", "digits are lost", "4.42E+11", "number.scientific", ""},
		{"scientific with a comma", "as Excel in France writes it", "4,42E+11", "number.scientific", ""},
		{"scientific whole", "digits are lost", "4E+11", "number.scientific", ""},
		{"scientific small", "and this way", "-3.3e-05", "number.scientific", ""},
		{"a code with an E", "no sign: no spreadsheet writes so", "12E4", "", "12E4"},
		{"one digit", "no spreadsheet writes so", "1E+1", "", "1E+1"},
		{"word with an E", "text", "1E+AB", "", "1E+AB"},
		{"no digits", "text", ".E+11", "", ".E+11"},
		{"two decimal signs", "text", "1.2.3E+11", "", "1.2.3E+11"},
		{"formula of a text", "how to keep leading zeros in a CSV file", `="0042"`, "", "0042"},
		{"formula of two texts", "not one text", `="a"&"b"`, "", `="a"&"b"`},
		{"formula without end", "not a text", `="`, "", `="`},
		{"apostrophe before digits", "how to keep leading zeros in Excel", "'0042", "", "0042"},
		{"apostrophe before plus", "how a guarded writer keeps a phone number inert", "'+33123456789", "", "+33123456789"},
		{"apostrophe of a name", "keeps his name", "'t Hooft", "", "'t Hooft"},
		{"apostrophe alone", "text", "'", "", "'"},
		{"error value", "a formula failed", "#N/A", "cell.excel_error", ""},
		{"error value in lower case", "a formula failed", "#ref!", "cell.excel_error", ""},
		{"error value in French", "a formula failed", "#VALEUR!", "cell.excel_error", ""},
		{"hash", "a short number by some products", "#1", "", "#1"},
		{"escaped line end", "copied from a workbook", "Ada_x000D_", "text.control", "Ada"},
		{"escaped line ends and tabs", "white space", "Ada_x000d__x000A_\nKing_x0009_Noel", "text.control", "Ada King Noel"},
		{"escaped control character", "as a workbook shows one", "Ada_x0001_", "text.control", ""},
		{"escaped C1 and line end", "one of them is no white space", "Ada_x009B__x000D_", "text.control", ""},
		{"nothing but an escape", "blank", "_x000D_", "text.control", ""},
		{"escaped letter", "text", "_x00e9_", "", "_x00e9_"},
		{"half an escape", "text", "a_x000", "", "a_x000"},
		{"no digits", "text", "a_x00zz_", "", "a_x00zz_"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, fixed := spreadsheet.Repair(tt.s)
			require.Equal(t, tt.code, code, tt.reason)
			require.Equal(t, tt.fixed, fixed, tt.reason)
		})
	}
}

func TestRepairAllocatesNothing(t *testing.T) {
	for _, s := range []string{"ada lovelace", `="0042"`, "4.42e+11", "'+33"} {
		require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = spreadsheet.Repair(s) }), "%q", s)
	}
}
