package xlsx_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The truth of the corpus has the first rows of each sheet, and a checksum of all
// cells as openpyxl reads them: text, numbers, dates. A table has text only, so its
// checksum cannot be compared. This file reads a workbook a second time, with
// encoding/xml and the rules of openpyxl. If the checksum of these cells is the one of
// the truth, they are the cells of the reference. Then the table is compared with all
// of them.

// A refCell is a cell of the reference. value is as in the truth: text, or a map of
// one type.
type refCell struct {
	row, column int
	value       any
}

// A refBook is a workbook as openpyxl reads it.
type refBook struct {
	files    map[string]*zip.File
	sheets   map[string]string // part by name
	strings  []string
	dates    []byte // by cell format: 'd' a date, 't' a duration
	date1904 bool
}

var errNotTaken = errors.New("the reference's way is not known")

func openReference(data []byte) (*refBook, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	b := &refBook{files: map[string]*zip.File{}, sheets: map[string]string{}}
	for _, f := range z.File {
		b.files[strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))] = f
	}
	main := ""
	for _, target := range b.rels("") {
		if target.kind == "officeDocument" {
			main = target.part
		}
	}
	rels := b.rels(main)
	err = b.each(main, func(stack []string, e xml.StartElement) {
		switch e.Name.Local {
		case "workbookPr":
			v := attrOf(e, "date1904")
			b.date1904 = v == "1" || v == "true"
		case "sheet":
			for _, a := range e.Attr {
				if a.Name.Local == "id" {
					b.sheets[attrOf(e, "name")] = rels[a.Value].part
				}
			}
		}
	}, nil)
	for _, r := range rels {
		switch r.kind {
		case "sharedStrings":
			err = errors.Join(err, b.readStrings(r.part))
		case "styles":
			err = errors.Join(err, b.readStyles(r.part))
		}
	}
	return b, err
}

type refRel struct{ kind, part string }

func (b *refBook) rels(of string) map[string]refRel {
	out := map[string]refRel{}
	_ = b.each(path.Join(path.Dir(of), "_rels", path.Base("/"+of)+".rels"), func(_ []string, e xml.StartElement) {
		if e.Name.Local == "Relationship" && attrOf(e, "TargetMode") != "External" {
			target := strings.ReplaceAll(attrOf(e, "Target"), `\`, "/")
			if !strings.HasPrefix(target, "/") {
				target = path.Join(path.Dir(of), target)
			}
			out[attrOf(e, "Id")] = refRel{path.Base(attrOf(e, "Type")), strings.ToLower(strings.TrimPrefix(path.Clean(target), "/"))}
		}
	}, nil)
	return out
}

func attrOf(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// each walks over a part. It calls end for every end tag with the text directly inside
// the element.
func (b *refBook) each(part string, start func(stack []string, e xml.StartElement), end func(stack []string, text string)) error {
	f := b.files[strings.ToLower(part)]
	if f == nil {
		if f = b.files[strings.TrimPrefix(strings.ToLower(part), "./")]; f == nil {
			return errors.New("no part " + part)
		}
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	d := xml.NewDecoder(r)
	var stack []string
	var texts []*strings.Builder
	for {
		tok, err := d.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			stack, texts = append(stack, tok.Name.Local), append(texts, new(strings.Builder))
			if start != nil {
				start(stack, tok)
			}
		case xml.CharData:
			if len(texts) > 0 {
				texts[len(texts)-1].Write(tok)
			}
		case xml.EndElement:
			if end != nil {
				end(stack, texts[len(texts)-1].String())
			}
			stack, texts = stack[:len(stack)-1], texts[:len(texts)-1]
		}
	}
}

func within(stack []string, tail ...string) bool {
	return len(stack) >= len(tail) && slices.Equal(stack[len(stack)-len(tail):], tail)
}

func (b *refBook) readStrings(part string) error {
	item := ""
	return b.each(part, nil, func(stack []string, text string) {
		switch {
		case within(stack, "si", "t"), within(stack, "si", "r", "t"):
			item += text
		case within(stack, "sst", "si"):
			b.strings = append(b.strings, item)
			item = ""
		}
	})
}

func (b *refBook) readStyles(part string) error {
	codes := map[string]string{}
	return b.each(part, func(stack []string, e xml.StartElement) {
		switch {
		case within(stack, "numFmts", "numFmt"):
			codes[attrOf(e, "numFmtId")] = attrOf(e, "formatCode")
		case within(stack, "cellXfs", "xf"):
			id := attrOf(e, "numFmtId")
			code, ok := codes[id]
			if n, _ := strconv.Atoi(id); !ok && (n >= 14 && n <= 22 || n == 45 || n == 47) {
				code = "d-m-y"
			} else if !ok && n == 46 {
				code = "[h]:mm:ss"
			}
			b.dates = append(b.dates, dateKind(code))
		}
	}, nil)
}

// dateKind is is_date_format and is_timedelta_format of openpyxl.
func dateKind(code string) byte {
	code, _, _ = strings.Cut(code, ";")
	bare := ""
	elapsed := false
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '\\', '_':
			i++
		case '"':
			if n := strings.IndexByte(code[i+1:], '"'); n >= 0 {
				i += n + 1
			}
		case '[':
			if n := strings.IndexByte(code[i:], ']'); n >= 0 {
				inside := strings.ToLower(code[i+1 : i+n])
				if inside != "" && (strings.Trim(inside, "h") == "" || strings.Trim(inside, "m") == "" || strings.Trim(inside, "s") == "") {
					elapsed = true
				}
				i += n
				continue
			}
			fallthrough
		default:
			bare += code[i : i+1]
		}
	}
	switch {
	case elapsed:
		return 't'
	case !strings.EqualFold(code, "general") && strings.ContainsAny(bare, "dmhysDMHYS"):
		return 'd'
	}
	return 0
}

// cells returns the cells of a sheet that are not empty, in order.
func (b *refBook) cells(sheet string) ([]refCell, error) {
	type cell struct {
		refCell
		kind, style, v string
		has, is        bool
		text           string
	}
	var all []cell
	var c cell
	var merged []mergedRef
	row, column := 0, 0
	err := b.each(b.sheets[sheet], func(stack []string, e xml.StartElement) {
		switch {
		case within(stack, "sheetData", "row"):
			row++
			if n, err := strconv.Atoi(attrOf(e, "r")); err == nil {
				row = n
			}
			column = 0
		case within(stack, "row", "c"):
			column++
			if m := attrOf(e, "r"); m != "" {
				column, _ = refPlace(m)
			}
			c = cell{refCell: refCell{row: row, column: column}, kind: attrOf(e, "t"), style: attrOf(e, "s")}
		case within(stack, "mergeCells", "mergeCell"):
			first, last, ok := strings.Cut(attrOf(e, "ref"), ":")
			if !ok {
				last = first
			}
			var m mergedRef
			m.left, m.top = refPlace(first)
			m.right, m.bottom = refPlace(last)
			merged = append(merged, m)
		}
	}, func(stack []string, text string) {
		switch {
		case within(stack, "c", "v"):
			c.v, c.has = text, true
		case within(stack, "c", "is", "t"), within(stack, "is", "r", "t"):
			c.text, c.is = c.text+text, true
		case within(stack, "row", "c"):
			all = append(all, c)
		}
	})
	if err != nil {
		return nil, err
	}
	var out []refCell
	for _, c := range all {
		covered := slices.ContainsFunc(merged, func(m mergedRef) bool {
			return c.row >= m.top && c.row <= m.bottom && c.column >= m.left && c.column <= m.right && (c.row != m.top || c.column != m.left)
		})
		if covered {
			continue
		}
		if c.kind == "inlineStr" {
			if c.value = c.text; c.is {
				out = append(out, c.refCell)
			}
			continue
		}
		if !c.has || c.v == "" {
			continue
		}
		if c.value, err = b.value(c.kind, c.style, c.v); err != nil {
			return nil, err
		}
		out = append(out, c.refCell)
	}
	slices.SortStableFunc(out, func(a, b refCell) int {
		if a.row != b.row {
			return a.row - b.row
		}
		return a.column - b.column
	})
	return out, nil
}

type mergedRef struct{ top, left, bottom, right int }

func refPlace(name string) (column, row int) {
	i := 0
	for ; i < len(name) && name[i] > '9'; i++ {
		column = 26*column + int(name[i]&^0x20-'A') + 1
	}
	row, _ = strconv.Atoi(name[i:])
	return column, row
}

// value returns v as openpyxl reads it.
func (b *refBook) value(kind, style, v string) (any, error) {
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(v))
		if err != nil || i >= len(b.strings) {
			return nil, errNotTaken
		}
		return b.strings[i], nil
	case "b":
		return map[string]any{"b": strings.TrimSpace(v) == "1"}, nil
	case "str", "e":
		return v, nil
	case "", "n":
		return b.number(style, strings.TrimSpace(v))
	}
	return nil, errNotTaken
}

func (b *refBook) number(style, v string) (any, error) {
	whole := !strings.ContainsAny(v, ".eE")
	f, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return nil, errNotTaken
	}
	n, _ := strconv.Atoi(style)
	if n >= len(b.dates) || b.dates[n] == 0 {
		if whole {
			return map[string]any{"n": strings.TrimPrefix(v, "+")}, nil
		}
		return map[string]any{"n": pythonFloat(f)}, nil
	}
	if b.dates[n] == 't' {
		return map[string]any{"td": math.RoundToEven(f * 86400)}, nil
	}
	day, fraction := math.Floor(f), f-math.Floor(f)
	ms := int64(math.RoundToEven(fraction * 86400 * 1000))
	clock := time.UnixMilli(ms).UTC()
	if f >= 0 && f < 1 && ms < 86400*1000 {
		return map[string]any{"t": pythonClock(clock)}, nil
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case b.date1904:
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case f > 0 && f < 60:
		day++
	}
	if math.Abs(day) > 4e6 {
		return nil, errNotTaken
	}
	t := epoch.AddDate(0, 0, int(day)).Add(time.Duration(ms) * time.Millisecond)
	if t.Year() < 1 || t.Year() > 9999 {
		return "#VALUE!", nil
	}
	return map[string]any{"d": t.Format("2006-01-02T") + pythonClock(t)}, nil
}

func pythonClock(t time.Time) string {
	if t.Nanosecond() == 0 {
		return t.Format("15:04:05")
	}
	return t.Format("15:04:05.000000")
}
