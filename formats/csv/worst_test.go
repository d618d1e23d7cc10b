package csv_test

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
)

// TestWorstFile: a file in which every cell is wrong keeps a finding of each, in no more
// than 100 bytes. So the findings that the limit allows take 50 MB.
func TestWorstFile(t *testing.T) {
	const rows = 20_000
	var file bytes.Buffer
	file.WriteString("FIRST NAME,LAST NAME,NAME,EMAIL,ROLE\n")
	for i := range rows {
		fmt.Fprintf(&file, "Ren\xe9%06d,M\xfcller%06d of Example,\"N\"x%06d yyyyyyyyyyyyy,a\xffa@@example%06d.com,Usr%06d\xe9xx\u00e9\n", i, i, i, i, i)
	}
	open := func(findings int) (*formats.Table, error) {
		return csv.Open(context.Background(), bytes.NewReader(file.Bytes()), int64(file.Len()), &csv.Options{Limits: formats.Limits{Findings: findings}})
	}

	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	table, err := open(0)
	require.NoError(t, err)
	runtime.GC()
	runtime.ReadMemStats(&after)
	kept := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	require.Equal(t, rows+1, table.Len())
	require.Less(t, kept, int64(2*file.Len()+100*5*rows), "of the text and of each finding")

	n := 0
	for row := range table.Rows() {
		n += len(row.Findings())
	}
	require.Equal(t, 5*rows, n)

	_, err = open(5*rows - 1)
	require.EqualError(t, err, fmt.Sprintf("formats: file refused: limit.findings max=%d", 5*rows-1))
}
