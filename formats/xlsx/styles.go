package xlsx

import (
	"github.com/usher-go/usher/formats"
)

// styles holds the number format of each cell format of a workbook, by index.
type styles []numberFormat

// at returns the number format of cell format i. A missing one is General, as in
// Excel.
func (s styles) at(i int) numberFormat {
	if i < 0 || i >= len(s) {
		return numberFormat{}
	}
	return s[i]
}

// readStyles reads the styles part of that folded name.
func (c *container) readStyles(name string) (styles, error) {
	var ids []int
	custom := map[int]numberFormat{}
	inCells := false
	err := c.eachElement(name, nsMain, "styleSheet", func(z *tokenizer, depth int) error {
		if z.ns != nsMain {
			return nil
		}
		if depth == 2 {
			inCells = string(z.name) == "cellXfs"
		}
		if len(ids) > c.lim.Styles || len(custom) > c.lim.Styles {
			return formats.OverLimit("styles", c.lim.Styles)
		}
		switch {
		case string(z.name) == "numFmt" && depth == 3:
			id, okID := z.attrNumber("numFmtId")
			code, okCode := z.attr(nsNone, "formatCode")
			if okID && okCode {
				custom[id] = parseFormat(string(code))
			}
		case string(z.name) == "xf" && depth == 3 && inCells:
			id, _ := z.attrNumber("numFmtId")
			ids = append(ids, id)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}

	// The declared number formats may follow the cell formats that use them.
	out := make(styles, len(ids))
	for i, id := range ids {
		f, ok := custom[id]
		if !ok {
			f = builtinFormat(id)
		}
		out[i] = f
	}
	return out, nil
}
