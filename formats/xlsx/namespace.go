package xlsx

import (
	"bytes"

	"github.com/usher-go/usher/formats"
)

// A namespace is one that the reader knows, or nsOther.
type namespace uint8

const (
	nsUnbound  namespace = iota // an undeclared prefix
	nsNone                      // no namespace
	nsOther                     // a namespace that the reader does not know
	nsMain                      // SpreadsheetML, transitional or strict
	nsDocument                  // r: relationships in a document
	nsPackage                   // the relationships part
	nsTypes                     // the content types part
	nsXML
)

// namespaceOf returns the namespace of that URI.
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

// A binding is a namespace declaration of the open element at depth.
type binding struct {
	prefix string
	ns     namespace
	depth  int
}

// bind adds the namespace declarations among the attributes of the current element.
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
	z.defaultNS = z.lookupNamespace(nil)
	return nil
}

// unbind removes the declarations of the element at depth.
func (z *tokenizer) unbind(depth int) {
	n := len(z.bindings)
	for n > 0 && z.bindings[n-1].depth == depth {
		n--
	}
	if n < len(z.bindings) {
		z.bindings = z.bindings[:n]
		z.defaultNS = z.lookupNamespace(nil)
	}
}

// lookupNamespace returns the namespace of a prefix. The empty prefix means names
// without one.
func (z *tokenizer) lookupNamespace(prefix []byte) namespace {
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

// splitName returns the namespace and the local name of a qualified name.
func (z *tokenizer) splitName(qname []byte) (namespace, []byte) {
	if c := bytes.IndexByte(qname, ':'); c >= 0 {
		return z.lookupNamespace(qname[:c]), qname[c+1:]
	}
	return z.defaultNS, qname
}
