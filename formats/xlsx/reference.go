package xlsx

import "github.com/usher-go/usher/formats"

// parseCell parses the name of a cell. Column and row count from 1: B3 is 2, 3.
func parseCell(ref []byte) (column, row int, err error) {
	i := 0
	for ; i < len(ref); i++ {
		c := ref[i] | 0x20
		if c < 'a' || c > 'z' {
			break
		}
		if column = 26*column + int(c-'a') + 1; column > formats.HardColumns {
			return 0, 0, formats.Refuse("xlsx.col_index", "cell", formats.Show(string(ref)))
		}
	}
	if i == 0 || i == len(ref) {
		return 0, 0, formats.Refuse("xlsx.cell_ref", "cell", formats.Show(string(ref)))
	}
	row, err = parseRow(ref[i:])
	return column, row, err
}

// parseRow parses the number of a row.
func parseRow(b []byte) (int, error) {
	n, ok := parseIndex(b)
	if !ok || n < 1 || n > formats.HardRows {
		return 0, formats.Refuse("xlsx.row_index", "row", formats.Show(string(b)))
	}
	return n, nil
}
