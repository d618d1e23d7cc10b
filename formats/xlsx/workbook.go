package xlsx

import (
	"slices"
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
	id       string
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

// relationships reads those of the part of that name; the empty name is the
// package itself. There are no more of them than a container may have entries.
func (c *container) relationships(of string) ([]relationship, error) {
	dir, base := "", of
	if i := strings.LastIndexByte(of, '/'); i >= 0 {
		dir, base = of[:i+1], of[i+1:]
	}
	var rels []relationship
	err := c.elements(dir+"_rels/"+base+".rels", nsPackage, "Relationships", func(z *tokenizer, depth int) error {
		if depth != 2 || z.ns != nsPackage || string(z.name) != "Relationship" {
			return nil
		}
		if len(rels) == c.lim.Entries {
			return formats.OverLimit("entries", c.lim.Entries)
		}
		kind := z.attrText(nsNone, "Type")
		rels = append(rels, relationship{
			id:       z.attrText(nsNone, "Id"),
			kind:     kind[strings.LastIndexByte(kind, '/')+1:],
			target:   z.attrText(nsNone, "Target"),
			external: z.attrText(nsNone, "TargetMode") == "External",
		})
		return nil
	})
	if err != nil {
		return nil, err
	}
	ids := map[string]bool{}
	for _, r := range rels {
		if ids[r.id] {
			return nil, repeated(of)
		}
		ids[r.id] = true
	}
	return rels, nil
}

// repeated refuses a workbook that leaves open which of two is meant.
func repeated(part string) error {
	return formats.Refuse("xlsx.package", "part", formats.Show(part), "fact", "repeated")
}

// partOf is the folded name of the part that the only relationship of that
// kind among those of the part base leads to; empty if there is none.
func partOf(base, kind string, rels []relationship) (string, error) {
	name, found := "", false
	for _, r := range rels {
		if r.kind != kind {
			continue
		}
		if found {
			return "", repeated(kind)
		}
		var err error
		if name, err = follow(base, r); err != nil {
			return "", err
		}
		found = true
	}
	return name, nil
}

// follow is the folded name of the part that r of the part base leads to.
func follow(base string, r relationship) (string, error) {
	name, ok := resolve(base, r.target)
	if !ok || r.external {
		return "", formats.Refuse("xlsx.package", "part", formats.Show(r.target), "fact", "outside")
	}
	return name, nil
}

// contentTypes is the folded name of the part that says what the others are.
const contentTypes = "[content_types].xml"

// contentTypes reads that part, where there is one. Nothing in it is needed to
// find the sheet, but every package has it, and it must be sound.
func (c *container) contentTypes() error {
	if c.files[contentTypes] == nil {
		return nil
	}
	return c.elements(contentTypes, nsTypes, "Types", func(*tokenizer, int) error { return nil })
}

// workbook reads the workbook part and its relationships.
func (c *container) workbook() (*workbook, error) {
	root, err := c.relationships("")
	if err != nil {
		return nil, err
	}
	main, err := partOf("", "officeDocument", root)
	if err != nil {
		return nil, err
	}
	if main == "" {
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
			if len(wb.sheets) == c.lim.Entries {
				return formats.OverLimit("entries", c.lim.Entries)
			}
			if depth == 3 {
				wb.sheets = append(wb.sheets, sheetOf(z, main, rels))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if wb.strings, err = partOf(main, "sharedStrings", rels); err != nil {
		return nil, err
	}
	if wb.styles, err = partOf(main, "styles", rels); err != nil {
		return nil, err
	}
	return wb, nil
}

func sheetOf(z *tokenizer, main string, rels []relationship) sheetEntry {
	state, id := z.attrText(nsNone, "state"), z.attrText(nsDocument, "id")
	s := sheetEntry{name: z.attrText(nsNone, "name"), hidden: state == "hidden" || state == "veryHidden"}
	i := slices.IndexFunc(rels, func(r relationship) bool { return r.id == id })
	switch {
	case i < 0:
		s.fault = missing(s.name)
	case rels[i].kind == "worksheet":
		s.part, s.fault = follow(main, rels[i])
	}
	return s
}

// attrText is the value of that attribute as a string, empty where it is absent.
func (z *tokenizer) attrText(ns namespace, name string) string {
	v, _ := z.attr(ns, name)
	return string(v)
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
