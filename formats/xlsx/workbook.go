package xlsx

import (
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
)

// A workbook describes the sheets and the other parts of a workbook.
type workbook struct {
	sheets   []sheetEntry
	date1904 bool
	strings  string // folded name of the part, or empty
	styles   string // folded name of the part, or empty
}

// A sheetEntry is a sheet in the list of a workbook.
type sheetEntry struct {
	name   string
	hidden bool
	part   string // folded name of the part; empty if the sheet is not a worksheet
	fault  error  // why the part cannot be read
}

// A relationship is a reference from one part to another.
type relationship struct {
	id       string
	kind     string // last part of the type
	target   string
	external bool
}

// eachElement reads the XML part of that folded name to its end, and calls visit for
// every start tag. depth is 1 for the root, whose namespace and name must be as given.
func (c *container) eachElement(name string, ns namespace, root string, visit func(z *tokenizer, depth int) error) error {
	z, err := c.openTokens(name)
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
				err = visit(z, depth)
			}
		}
		switch {
		case err != nil:
			return c.wrapError(name, err)
		case kind == tokenEnd:
			depth--
		case kind == tokenEOF:
			return nil
		}
	}
}

// openTokens returns a tokenizer of the part of that folded name. A missing part is
// refused.
func (c *container) openTokens(name string) (*tokenizer, error) {
	p, err := c.openPart(name)
	if err != nil {
		return nil, c.wrapError(name, err)
	}
	if p == nil {
		return nil, refuseMissing(name)
	}
	r, err := utf8Reader(p)
	if err != nil {
		return nil, c.wrapError(name, err)
	}
	return newTokenizer(r, c.lim), nil
}

// relationshipsOf returns the folded name of the part with the relationships of a part.
func relationshipsOf(part string) string {
	i := strings.LastIndexByte(part, '/') + 1
	return part[:i] + "_rels/" + part[i:] + ".rels"
}

// readRelationships reads the relationships of the part of that folded name. The empty
// name means the package. Their number is bounded by the limit of the entries.
func (c *container) readRelationships(of string) ([]relationship, error) {
	var rels []relationship
	err := c.eachElement(relationshipsOf(of), nsPackage, "Relationships", func(z *tokenizer, depth int) error {
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
			return nil, refuseRepeated(of)
		}
		ids[r.id] = true
	}
	return rels, nil
}

// refuseRepeated returns the refusal of a package in which a part, a relationship or a
// file occurs twice. Two readers could use different ones.
func refuseRepeated(part string) error {
	return formats.Refuse("xlsx.package", "part", formats.Show(part), "fact", "repeated")
}

// findPart returns the folded name of the part to which the relationship of that kind
// refers. rels are the relationships of the part base. The name is empty if there is
// no such relationship. Two of them are refused.
func findPart(base, kind string, rels []relationship) (string, error) {
	name, found := "", false
	for _, r := range rels {
		if r.kind != kind {
			continue
		}
		if found {
			return "", refuseRepeated(kind)
		}
		var err error
		if name, err = resolveTarget(base, r); err != nil {
			return "", err
		}
		found = true
	}
	return name, nil
}

// resolveTarget returns the folded name of the part to which r refers. r is a
// relationship of the part base. A target outside the package is refused.
func resolveTarget(base string, r relationship) (string, error) {
	name, ok := resolvePart(base, r.target)
	if !ok || r.external {
		return "", formats.Refuse("xlsx.package", "part", formats.Show(r.target), "fact", "outside")
	}
	return name, nil
}

// contentTypes is the folded name of the part with the types of all parts.
const contentTypes = "[content_types].xml"

// checkContentTypes reads the content types, if the part exists. Nothing in it is
// needed to find the sheet. But every package has this part, and damage to it is
// damage to the file.
func (c *container) checkContentTypes() error {
	if c.files[contentTypes] == nil {
		return nil
	}
	return c.eachElement(contentTypes, nsTypes, "Types", func(*tokenizer, int) error { return nil })
}

// readWorkbook reads the workbook part and its relationships.
func (c *container) readWorkbook() (*workbook, error) {
	root, err := c.readRelationships("")
	if err != nil {
		return nil, err
	}
	main, err := findPart("", "officeDocument", root)
	if err != nil {
		return nil, err
	}
	if main == "" {
		return nil, refuseMissing("officeDocument")
	}

	rels, err := c.readRelationships(main)
	if err != nil {
		return nil, err
	}

	wb := &workbook{}
	if err := c.readSheets(wb, main, rels); err != nil {
		return nil, err
	}
	if wb.strings, err = findPart(main, "sharedStrings", rels); err != nil {
		return nil, err
	}
	if wb.styles, err = findPart(main, "styles", rels); err != nil {
		return nil, err
	}
	return wb, nil
}

// readSheets reads the list of sheets and the date system from the workbook part main,
// whose relationships are rels.
func (c *container) readSheets(wb *workbook, main string, rels []relationship) error {
	return c.eachElement(main, nsMain, "workbook", func(z *tokenizer, depth int) error {
		if z.ns != nsMain {
			return nil
		}
		switch string(z.name) {
		case "workbookPr":
			wb.date1904 = z.attrFlag("date1904")
		case "sheet":
			if len(wb.sheets) == c.lim.Entries {
				return formats.OverLimit("entries", c.lim.Entries)
			}
			if depth == 3 {
				wb.sheets = append(wb.sheets, parseSheetEntry(z, main, rels))
			}
		}
		return nil
	})
}

// parseSheetEntry reads a sheet element. rels are the relationships of the workbook.
func parseSheetEntry(z *tokenizer, main string, rels []relationship) sheetEntry {
	state, id := z.attrText(nsNone, "state"), z.attrText(nsDocument, "id")
	s := sheetEntry{name: z.attrText(nsNone, "name"), hidden: state == "hidden" || state == "veryHidden"}
	i := slices.IndexFunc(rels, func(r relationship) bool { return r.id == id })
	switch {
	case i < 0:
		s.fault = refuseMissing(s.name)
	case rels[i].kind == "worksheet":
		s.part, s.fault = resolveTarget(main, rels[i])
	}
	return s
}

// isWorksheet reports whether the sheet is a worksheet, which may be missing.
func (s *sheetEntry) isWorksheet() bool { return s.part != "" || s.fault != nil }

// candidates returns the worksheet of that name, which may be hidden, or the visible
// worksheets in the order of the workbook if name is empty. There is at least one.
func (wb *workbook) candidates(name string) ([]*sheetEntry, error) {
	var visible []*sheetEntry
	var names []string
	for i := range wb.sheets {
		s := &wb.sheets[i]
		if !s.isWorksheet() {
			continue
		}
		if name != "" && s.name == name {
			return []*sheetEntry{s}, nil
		}
		names = append(names, formats.Show(s.name))
		if !s.hidden {
			visible = append(visible, s)
		}
	}

	switch {
	case name != "":
		return nil, formats.Refuse("xlsx.sheet", "want", name, "found", strings.Join(names, ", "))
	case len(visible) == 0:
		return nil, formats.Refuse("xlsx.no_sheet")
	}
	return visible, nil
}
