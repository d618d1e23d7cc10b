package xlsx

import (
	"bytes"

	"github.com/usher-go/usher/formats"
)

// A namespace is one of those the reader knows, or another.
type namespace uint8

const (
	nsUnbound  namespace = iota // a prefix nobody declared
	nsNone                      // no namespace
	nsOther                     // one the reader does not know
	nsMain                      // SpreadsheetML, transitional or strict
	nsDocument                  // r: relationships inside of a document
	nsPackage                   // the relationships part
	nsTypes                     // the content types part
	nsXML
)

func namespaceOf(uri []byte) namespace {
	switch string(uri) {
	case "":
		return nsNone
	case "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main":
		return nsMain
	case "http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships":
		return nsDocument
	case "http://schemas.openxmlformats.org/package/2006/relationships":
		return nsPackage
	case "http://schemas.openxmlformats.org/package/2006/content-types":
		return nsTypes
	case "http://www.w3.org/XML/1998/namespace":
		return nsXML
	}
	return nsOther
}

type binding struct {
	prefix string
	ns     namespace
	depth  int
}

// bind takes the declarations among the attributes of the element just opened.
func (z *tokenizer) bind() error {
	for _, a := range z.attrs {
		prefix := ""
		if string(a.qname) != "xmlns" {
			rest, ok := bytes.CutPrefix(a.qname, []byte("xmlns:"))
			if !ok {
				continue
			}
			prefix = string(rest)
		}
		ns := namespaceOf(decodeValue(nil, a.value))
		if prefix != "" && ns == nsNone {
			return syntaxError("a prefix without a namespace")
		}
		if len(z.bindings) == z.lim.XMLNamespaces {
			return formats.OverLimit("xml_namespaces", z.lim.XMLNamespaces)
		}
		z.bindings = append(z.bindings, binding{prefix, ns, len(z.opened)})
	}
	z.defaultNS = z.lookup(nil)
	return nil
}

// unbind forgets what the element at depth declared.
func (z *tokenizer) unbind(depth int) {
	n := len(z.bindings)
	for n > 0 && z.bindings[n-1].depth == depth {
		n--
	}
	if n < len(z.bindings) {
		z.bindings = z.bindings[:n]
		z.defaultNS = z.lookup(nil)
	}
}

// lookup is the namespace of a prefix, or of names without one.
func (z *tokenizer) lookup(prefix []byte) namespace {
	for i := len(z.bindings) - 1; i >= 0; i-- {
		if z.bindings[i].prefix == string(prefix) {
			return z.bindings[i].ns
		}
	}
	switch string(prefix) {
	case "":
		return nsNone
	case "xml":
		return nsXML
	case "xmlns":
		return nsOther
	}
	return nsUnbound
}

// split takes a qualified name apart.
func (z *tokenizer) split(qname []byte) (namespace, []byte) {
	if c := bytes.IndexByte(qname, ':'); c >= 0 {
		return z.lookup(qname[:c]), qname[c+1:]
	}
	return z.defaultNS, qname
}
