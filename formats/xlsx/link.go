package xlsx

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/usher-go/usher/formats"
)

// Bounds of the links of a sheet. They are hints, so what is beyond a bound is not read.
const (
	maxLinks       = 65_530 // of a sheet; the limit of Excel
	maxLinkedCells = 100    // of one link
	maxTarget      = 1000   // bytes of a target
)

// A link is a hyperlink element: the cells, and the id of the relationship with the
// target.
type link struct {
	mergedRange
	id string
}

// addLink adds the cells of a hyperlink element. One without a relationship leads to
// another cell, and is left out.
func (s *sheet) addLink(z *tokenizer) {
	id, _ := z.attr(nsDocument, "id")
	ref, _ := z.attr(nsNone, "ref")
	if len(id) == 0 || len(s.links) == maxLinks {
		return
	}
	if r, err := parseRange(ref); err == nil && (r.bottom-r.top+1)*(r.right-r.left+1) <= maxLinkedCells {
		s.links = append(s.links, link{r, string(id)})
	}
}

// findLinks adds the findings of the mailto links of the worksheet in the part of that
// folded name, after all rows were read.
func (s *sheet) findLinks(c *container, part string) error {
	if len(s.links) == 0 {
		return nil
	}
	targets, err := c.readMailTargets(part)
	if err != nil {
		return err
	}

	for _, l := range s.links {
		address := targets[l.id]
		if address == "" {
			continue
		}
		for row := l.top; row <= l.bottom; row++ {
			for column := l.left; column <= l.right; column++ {
				text, ok := s.b.Text(row, column)
				if ok && (text != "" || l.top == l.bottom && l.left == l.right) {
					s.findLink(row, column, text, address)
				}
			}
		}
	}
	return nil
}

// readMailTargets returns the addresses of the mailto links among the relationships of a
// worksheet, by id. Relationships that are missing or damaged give no links: the cells of
// the sheet were read without them.
func (c *container) readMailTargets(part string) (map[string]string, error) {
	targets := map[string]string{}
	err := c.eachElement(relationshipsOf(part), nsPackage, "Relationships", func(z *tokenizer, depth int) error {
		if depth != 2 || z.ns != nsPackage || string(z.name) != "Relationship" || len(targets) == maxLinks {
			return nil
		}
		target, _ := z.attr(nsNone, "Target")
		if len(target) > maxTarget {
			return nil
		}
		if address := mailAddress(string(target)); address != "" {
			targets[z.attrText(nsNone, "Id")] = address
		}
		return nil
	})

	var refused *formats.Refusal
	if errors.As(err, &refused) {
		return nil, nil
	}
	return targets, err
}

// findLink adds a warning for a cell whose text is not the address of its mailto link.
// The address is the fix where the text is none.
func (s *sheet) findLink(row, column int, text, address string) {
	if strings.Contains(strings.ToLower(text), strings.ToLower(address)) {
		return
	}
	f := formats.Finding{
		Severity: formats.Warning, Code: "xlsx.link_target", Row: row, Line: row, Column: column,
		Cell: formats.CellName(column, row), Value: text, Args: map[string]string{"target": formats.Show(address)},
	}
	if !strings.Contains(text, "@") {
		f.Fix = &address
	}
	s.b.Find(f)
}

// mailAddress returns the address of a mailto link, or "" for a link to anything but one
// address.
func mailAddress(target string) string {
	const scheme = "mailto:"
	if !hasFold(target, scheme) {
		return ""
	}
	address, _, _ := strings.Cut(target[len(scheme):], "?")
	address = strings.TrimSpace(unescape(address))
	if !utf8.ValidString(address) || strings.Count(address, "@") != 1 || strings.ContainsAny(address, ",; \t\r\n") {
		return ""
	}
	return address
}

// formulaAddress returns the address of a formula HYPERLINK("mailto:…";…), or "".
func formulaAddress(formula []byte) string {
	const call = `HYPERLINK("`
	formula = bytes.TrimLeft(formula, " =")
	if len(formula) < len(call) || !bytes.EqualFold(formula[:len(call)], []byte(call)) {
		return ""
	}
	target, _, ok := bytes.Cut(formula[len(call):], []byte(`"`))
	if !ok {
		return ""
	}
	return mailAddress(string(target))
}
