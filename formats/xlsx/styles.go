package xlsx

import (
	"strconv"

	"github.com/usher-go/usher/formats"
)

// styles are the number formats of the workbook's cell formats, by index.
type styles []numberFormat

// at is the number format of cell format i. One the workbook lacks is General,
// as Excel shows it.
func (s styles) at(i int) numberFormat {
	if i < 0 || i >= len(s) {
		return numberFormat{}
	}
	return s[i]
}

// styles reads the part of that folded name.
func (c *container) styles(name string) (styles, error) {
	var ids []int
	custom := map[int]numberFormat{}
	inCells := false
	err := c.elements(name, nsMain, "styleSheet", func(z *tokenizer, depth int) error {
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
			id, okID := z.number("numFmtId")
			code, okCode := z.attr(nsNone, "formatCode")
			if okID && okCode {
				custom[id] = parseFormat(string(code))
			}
		case string(z.name) == "xf" && depth == 3 && inCells:
			id, _ := z.number("numFmtId")
			ids = append(ids, id)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
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

// number is the value of an attribute that holds a whole number.
func (z *tokenizer) number(name string) (int, bool) {
	v, ok := z.attr(nsNone, name)
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(string(v))
	return n, err == nil
}
