package xlsx

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/usher-go/usher/formats"
)

// An attr is an attribute of the current start tag.
type attr struct {
	name  []byte // local
	ns    namespace
	qname []byte
	value []byte
	plain bool
}

// attr returns the decoded value of the attribute with that namespace and local
// name. The value is valid until the next token.
func (z *tokenizer) attr(ns namespace, name string) ([]byte, bool) {
	for k := range z.attrs {
		a := &z.attrs[k]
		if a.ns == ns && string(a.name) == name {
			if a.plain {
				return a.value, true
			}
			return decodeValue(nil, a.value), true
		}
	}
	return nil, false
}

// attrText returns the value of an attribute as a string, or "" if it is absent.
func (z *tokenizer) attrText(ns namespace, name string) string {
	v, _ := z.attr(ns, name)
	return string(v)
}

// attrFlag returns the value of a boolean attribute, or false if it is absent.
func (z *tokenizer) attrFlag(name string) bool {
	v, _ := z.attr(nsNone, name)
	return string(v) == "1" || string(v) == "true" || string(v) == "on"
}

// attrNumber returns the value of an attribute that is a whole number.
func (z *tokenizer) attrNumber(name string) (int, bool) {
	v, ok := z.attr(nsNone, name)
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(string(v))
	return n, err == nil
}

// readStartTag reads the start tag at the start of w.
func (z *tokenizer) readStartTag(w []byte) (tokenKind, error) {
	i, plain, err := scanName(w, 1)
	if err != nil {
		return 0, err
	}
	qname := w[1:i]
	i, closed, err := z.scanAttrs(w, i)
	if err != nil {
		return 0, err
	}

	switch {
	case len(z.opened) == 0 && z.rooted:
		return 0, syntaxError("a second root element")
	case len(z.opened) == z.lim.XMLDepth:
		return 0, formats.OverLimit("xml_depth", z.lim.XMLDepth)
	}

	z.opened = append(z.opened, len(z.open))
	z.open = append(z.open, qname...)
	if err := z.resolveNames(qname, plain); err != nil {
		return 0, err
	}
	z.begun, z.rooted, z.selfClosed = true, true, closed
	z.pos += i
	return tokenStart, nil
}

// scanAttrs scans the attributes at w[i] and the end of the tag. end is the index
// after it. closed is true for an empty element, which ends in "/>".
func (z *tokenizer) scanAttrs(w []byte, i int) (end int, closed bool, err error) {
	z.attrs = z.attrs[:0]
	for {
		space := i
		for i < len(w) && isSpace(w[i]) {
			i++
		}
		rest := w[i:]
		switch {
		case len(rest) == 0, rest[0] == '/' && len(rest) == 1:
			return i, false, errNeedMore
		case rest[0] == '>':
			return i + 1, false, z.checkUnique()
		case rest[0] == '/' && rest[1] == '>':
			return i + 2, true, z.checkUnique()
		case space == i:
			return i, false, syntaxError("malformed tag")
		case len(z.attrs) == z.lim.XMLAttributes:
			return i, false, formats.OverLimit("xml_attributes", z.lim.XMLAttributes)
		}

		var a attr
		if a, i, err = scanAttr(w, i); err != nil {
			return i, false, err
		}
		z.attrs = append(z.attrs, a)
	}
}

// resolveNames sets the namespaces and the local names of the current element and its
// attributes. plain means that qname has no prefix.
func (z *tokenizer) resolveNames(qname []byte, plain bool) error {
	for k := range z.attrs {
		if q := z.attrs[k].qname; q[0] == 'x' && bytes.HasPrefix(q, []byte("xmlns")) {
			if err := z.bind(); err != nil {
				return err
			}
			break
		}
	}

	// An attribute without a prefix has no namespace, and not the default one.
	if z.ns, z.name = z.defaultNS, qname; !plain {
		z.ns, z.name = z.splitName(qname)
	}
	unbound := z.ns == nsUnbound
	for k := range z.attrs {
		if a := &z.attrs[k]; a.ns == nsUnbound {
			if a.ns = nsNone; bytes.IndexByte(a.qname, ':') >= 0 {
				a.ns, a.name = z.splitName(a.qname)
			}
			unbound = unbound || a.ns == nsUnbound
		}
	}
	if unbound {
		return syntaxError("a prefix without a namespace")
	}
	return nil
}

// checkUnique refuses two attributes with the same name. It compares a few names in
// pairs, and sorts more of them.
func (z *tokenizer) checkUnique() error {
	const few = 12
	if len(z.attrs) <= few {
		for k := range z.attrs {
			for j := range k {
				if bytes.Equal(z.attrs[j].qname, z.attrs[k].qname) {
					return syntaxError("an attribute occurs twice")
				}
			}
		}
		return nil
	}
	z.names = z.names[:0]
	for _, a := range z.attrs {
		z.names = append(z.names, a.qname)
	}
	slices.SortFunc(z.names, bytes.Compare)
	for k := range z.names[1:] {
		if bytes.Equal(z.names[k], z.names[k+1]) {
			return syntaxError("an attribute occurs twice")
		}
	}
	return nil
}

// scanName scans the name at w[i]. end is the index after it. plain means that the
// name has no prefix.
func scanName(w []byte, i int) (end int, plain bool, err error) {
	start := i
	var seen uint8
	for i < len(w) && byteClass[w[i]]&inName != 0 {
		seen |= byteClass[w[i]]
		i++
	}
	switch {
	case i == len(w):
		return i, false, errNeedMore
	case i == start || byteClass[w[start]]&startsName == 0:
		return i, false, syntaxError("malformed name")
	case seen&oddInName == 0:
		return i, true, nil
	}
	return i, false, checkName(w[start:i])
}

// scanAttr scans the attribute at w[i], and returns the index after it.
func scanAttr(w []byte, i int) (attr, int, error) {
	start := i
	i, plain, err := scanName(w, i)
	if err != nil {
		return attr{}, i, err
	}
	a := attr{qname: w[start:i], name: w[start:i], ns: nsNone}
	if !plain {
		a.ns = nsUnbound
	}

	for i < len(w) && isSpace(w[i]) {
		i++
	}
	if i < len(w) && w[i] != '=' {
		return a, i, syntaxError("an attribute without a value")
	}
	i++
	for i < len(w) && isSpace(w[i]) {
		i++
	}
	if i >= len(w) {
		return a, i, errNeedMore
	}

	quote := w[i]
	if quote != '"' && quote != '\'' {
		return a, i, syntaxError("an attribute without quotes")
	}
	i++
	n := bytes.IndexByte(w[i:], quote)
	if n < 0 {
		return a, i, errNeedMore
	}
	a.value = w[i : i+n]
	a.plain, err = checkValue(a.value)
	return a, i + n + 1, err
}
