package xlsx

import (
	"strings"

	"github.com/usher-go/usher/formats"
)

// A workbook is what is known of one before its sheet is read.
type workbook struct {
	sheets   []sheetEntry
	date1904 bool
	strings  string // folded names of the parts; empty where there is none
	styles   string
}

type sheetEntry struct {
	name   string
	hidden bool
	part   string // folded name of the worksheet; empty if it is no worksheet
	fault  error  // why its part cannot be read
}

// A relationship leads from one part to another.
type relationship struct {
	kind     string // last part of the type
	target   string
	external bool
}

// elements reads the XML part of that folded name and calls each for every
// start tag, with its depth: 1 for the root, whose name and namespace are as given.
func (c *container) elements(name string, ns namespace, root string, each func(z *tokenizer, depth int) error) error {
	z, err := c.tokens(name)
	if err != nil {
		return err
	}
	depth := 0
	for {
		kind, err := z.next()
		if err == nil && kind == tokenStart {
			depth++
			if depth == 1 && (z.ns != ns || string(z.name) != root) {
				err = syntaxError("the root is not " + root)
			} else {
				err = each(z, depth)
			}
		}
		switch {
		case err != nil:
			return c.failed(name, err)
		case kind == tokenEnd:
			depth--
		case kind == tokenEOF:
			return nil
		}
	}
}

// tokens opens the part of that folded name, which must be there.
func (c *container) tokens(name string) (*tokenizer, error) {
	p, err := c.open(name)
	if err != nil {
		return nil, c.failed(name, err)
	}
	if p == nil {
		return nil, missing(name)
	}
	r, err := utf8Reader(p)
	if err != nil {
		return nil, c.failed(name, err)
	}
	return newTokenizer(r, c.lim), nil
}

// relationships reads those of the part of that name, by id; the empty name
// is the package itself.
func (c *container) relationships(of string) (map[string]relationship, error) {
	dir, base := "", of
	if i := strings.LastIndexByte(of, '/'); i >= 0 {
		dir, base = of[:i+1], of[i+1:]
	}
	rels := map[string]relationship{}
	err := c.elements(dir+"_rels/"+base+".rels", nsPackage, "Relationships", func(z *tokenizer, depth int) error {
		if depth != 2 || z.ns != nsPackage || string(z.name) != "Relationship" {
			return nil
		}
		id, _ := z.attr(nsNone, "Id")
		kind, _ := z.attr(nsNone, "Type")
		target, _ := z.attr(nsNone, "Target")
		mode, _ := z.attr(nsNone, "TargetMode")
		r := relationship{string(kind), string(target), string(mode) == "External"}
		r.kind = r.kind[strings.LastIndexByte(r.kind, '/')+1:]
		if _, twice := rels[string(id)]; twice {
			return formats.Refuse("xlsx.package", "part", formats.Show(of), "fact", "repeated")
		}
		rels[string(id)] = r
		return nil
	})
	return rels, err
}

// follow is the folded name of the part that r of the part base leads to.
func follow(base string, r relationship) (string, error) {
	name, ok := resolve(base, r.target)
	if !ok || r.external {
		return "", formats.Refuse("xlsx.package", "part", formats.Show(r.target), "fact", "outside")
	}
	return name, nil
}

// workbook reads the workbook part and its relationships.
func (c *container) workbook() (*workbook, error) {
	root, err := c.relationships("")
	if err != nil {
		return nil, err
	}
	main, found := "", false
	for _, r := range root {
		if r.kind != "officeDocument" {
			continue
		}
		if found {
			return nil, formats.Refuse("xlsx.package", "fact", "repeated")
		}
		if main, err = follow("", r); err != nil {
			return nil, err
		}
		found = true
	}
	if !found {
		return nil, missing("officeDocument")
	}
	rels, err := c.relationships(main)
	if err != nil {
		return nil, err
	}
	wb := &workbook{}
	err = c.elements(main, nsMain, "workbook", func(z *tokenizer, depth int) error {
		if z.ns != nsMain {
			return nil
		}
		switch string(z.name) {
		case "workbookPr":
			wb.date1904 = z.flag("date1904")
		case "sheet":
			if depth == 3 {
				wb.sheets = append(wb.sheets, sheetOf(z, main, rels))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, r := range rels {
		switch r.kind {
		case "sharedStrings":
			wb.strings, err = follow(main, r)
		case "styles":
			wb.styles, err = follow(main, r)
		}
		if err != nil {
			return nil, err
		}
	}
	return wb, nil
}

func sheetOf(z *tokenizer, main string, rels map[string]relationship) sheetEntry {
	name, _ := z.attr(nsNone, "name")
	state, _ := z.attr(nsNone, "state")
	id, _ := z.attr(nsDocument, "id")
	s := sheetEntry{name: string(name), hidden: string(state) == "hidden" || string(state) == "veryHidden"}
	r, ok := rels[string(id)]
	switch {
	case !ok:
		s.fault = missing(s.name)
	case r.kind == "worksheet":
		s.part, s.fault = follow(main, r)
	}
	return s
}

// flag is the value of a boolean attribute, false where it is absent.
func (z *tokenizer) flag(name string) bool {
	v, _ := z.attr(nsNone, name)
	return string(v) == "1" || string(v) == "true" || string(v) == "on"
}

// choose is the sheet called name, or the first visible worksheet.
func (wb *workbook) choose(name string) (*sheetEntry, error) {
	var names []string
	for i := range wb.sheets {
		s := &wb.sheets[i]
		worksheet := s.part != "" || s.fault != nil
		switch {
		case name != "" && s.name == name && worksheet,
			name == "" && !s.hidden && worksheet:
			return s, s.fault
		case worksheet:
			names = append(names, formats.Show(s.name))
		}
	}
	if name != "" {
		return nil, formats.Refuse("xlsx.sheet", "want", name, "found", strings.Join(names, ", "))
	}
	return nil, formats.Refuse("xlsx.no_sheet")
}

// others counts the visible worksheets beside s.
func (wb *workbook) others(s *sheetEntry) int {
	n := 0
	for i := range wb.sheets {
		if o := &wb.sheets[i]; o != s && !o.hidden && o.part != "" {
			n++
		}
	}
	return n
}
