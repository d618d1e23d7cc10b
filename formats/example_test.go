package formats_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/usher-go/usher/formats"
)

// Open tries the formats in order. It refuses a file that no format matches, and
// says what the file is. (words is a small format of the tests of this package.)
func ExampleOpen() {
	for _, text := range []string{"Ada Lovelace\n\nAlan Turing", "%PDF-1.7 …"} {
		src := formats.Source{Name: "people.txt", ReaderAt: strings.NewReader(text), Size: int64(len(text))}
		table, err := formats.Open(context.Background(), src, nil, words{".txt"})
		var refused *formats.Refusal
		if errors.As(err, &refused) {
			fmt.Println("refused:", refused.Code, refused.Args["found"])
			continue
		}
		for row := range table.Rows() {
			fmt.Println(row.Number(), row.Cells())
		}
	}
	// Output:
	// 1 [Ada Lovelace]
	// 3 [Alan Turing]
	// refused: file.type pdf
}

// A finding is data: the host renders its text from Code and Args.
func ExampleFinding() {
	f := formats.Finding{
		Severity: formats.Warning, Code: "cell.date",
		Row: 3, Line: 3, Column: 2, Cell: formats.CellName(2, 3), Value: "2024-04-03",
	}
	out, err := json.Marshal(f)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(out))
	// Output: {"severity":"warning","code":"cell.date","row":3,"line":3,"column":2,"cell":"B3","value":"2024-04-03"}
}

// A limit refuses a file before any row of it is returned.
func ExampleLimits() {
	src := formats.Source{Name: "people.txt", ReaderAt: strings.NewReader("Ada\nAlan\nGrace"), Size: 14}
	_, err := formats.Open(context.Background(), src, &formats.Limits{Rows: 1}, words{".txt"})
	fmt.Println(err)
	// Output: formats: file refused: limit.rows max=1
}

// A format builds its table row by row. The builder leaves out blank rows and
// checks the limits.
func ExampleBuilder() {
	b := formats.NewBuilder("people", formats.Limits{Columns: 2})
	for i, row := range [][]string{{"Ada", "Lovelace"}, {"", ""}, {"Alan", "", "Turing"}} {
		for _, cell := range row {
			if err := b.Cell([]byte(cell)); err != nil {
				fmt.Println(err)
				return
			}
		}
		kept, err := b.EndRow(i+1, i+1)
		fmt.Println(i+1, kept, err)
	}
	// Output:
	// 1 true <nil>
	// 2 false <nil>
	// formats: file refused: limit.columns max=2
}

// Show escapes invisible characters, so that a value cannot disguise itself.
func ExampleShow() {
	fmt.Println(formats.Show("Ada\x00 \u202eecalevoL"))
	// Output: Ada\x00 \u202eecalevoL
}

// Columns and rows count from 1.
func ExampleCellName() {
	fmt.Println(formats.CellName(2, 3), formats.CellName(27, 1))
	// Output: B3 AA1
}

// Guard adds an apostrophe to text that a spreadsheet would evaluate. Unguard
// removes it again.
func ExampleGuard() {
	for _, cell := range []string{"+33123456789", "=1+1", "'tis"} {
		guarded := formats.Guard(cell)
		fmt.Println(guarded, formats.Unguard(guarded) == cell)
	}
	// Output:
	// '+33123456789 true
	// '=1+1 true
	// 'tis true
}
