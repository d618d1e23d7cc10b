package formats_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/usher-go/usher/formats"
)

// Formats are values, tried in order. A file that none of them matches is
// refused for what it is. (words is a small format of this package's tests.)
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

// A format builds its table row by row. Rows that hold nothing are left out,
// and the limits are kept on the way.
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

func ExampleShow() {
	fmt.Println(formats.Show("Ada\x00 \u202eecalevoL"))
	// Output: Ada\x00 \u202eecalevoL
}

func ExampleCellName() {
	fmt.Println(formats.CellName(2, 3), formats.CellName(27, 1))
	// Output: B3 AA1
}

// What a spreadsheet would calculate is guarded by an apostrophe, which the
// way back takes off again.
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
