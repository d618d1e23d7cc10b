package messages

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
)

var suffixPattern = regexp.MustCompile(`^\.[a-z][a-z_]*$`)

// A use is a string of the sources that wants a text.
type use struct {
	at   token.Position
	name string
}

// uses holds the codes, words and errors that the sources of the project use.
type uses struct {
	set       *token.FileSet
	codes     []use // "email.form", "*.taken", "email.form.no_at"
	words     []use // "found.pdf", "field.email"
	sentinels []use // "users.ErrNotFound"
}

// sources are the packages whose codes, words and errors want a text.
var sources = []string{"formats", "users", "roles", "extensions", "internal/spreadsheet", "importer"}

func readSources(t *testing.T) *uses {
	t.Helper()
	var patterns []string
	for _, dir := range sources {
		patterns = append(patterns, module+dir+"/...")
	}
	l := load(t, patterns...)
	u := &uses{set: l.set}
	for _, path := range l.order {
		if !isSource(path) {
			continue
		}
		for _, f := range l.ours[path].files {
			u.file(f)
		}
	}

	codes := l.codes()
	for _, pos := range slices.Sorted(maps.Keys(codes)) {
		if at := l.set.Position(pos); isSource(packageOf(l, pos)) {
			u.codes = append(u.codes, use{at, codes[pos]})
		}
	}
	return u
}

// isSource reports whether the texts of a package are ours to write: those of
// a store behind a service are the host's.
func isSource(path string) bool {
	in := func(dir string) bool { return strings.HasPrefix(path+"/", module+dir+"/") }
	return slices.ContainsFunc(sources, in) && !slices.Contains([]string{"messages", "storetest", "reststore"}, filepath.Base(path))
}

func packageOf(l *loader, pos token.Pos) string {
	for path, c := range l.ours {
		for _, f := range c.files {
			if f.FileStart <= pos && pos < f.FileEnd {
				return path
			}
		}
	}
	return ""
}

func (u *uses) file(f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			u.call(n)
		case *ast.KeyValueExpr:
			u.keyValue(n)
		case *ast.FuncDecl:
			if n.Name.Name == "emailWrapping" {
				u.reasons(n)
			}
		case *ast.AssignStmt:
			u.assigned(n)
		case *ast.CompositeLit:
			u.kinds(n)
		case *ast.ValueSpec:
			u.values(f, n)
		}
		return true
	})
}

// text is the value of a string literal.
func text(e ast.Expr) (string, bool) {
	if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
		s, err := strconv.Unquote(l.Value)
		return s, err == nil
	}
	return "", false
}

func (u *uses) code(n ast.Node, name string) {
	u.codes = append(u.codes, use{u.set.Position(n.Pos()), name})
}

func (u *uses) word(n ast.Node, name string) {
	u.words = append(u.words, use{u.set.Position(n.Pos()), name})
}

// call reads the arguments of the functions that make codes from them.
func (u *uses) call(n *ast.CallExpr) {
	name := ""
	switch f := n.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
	}
	if len(n.Args) == 0 {
		return
	}
	first, ok := text(n.Args[0])
	if !ok {
		return
	}
	switch name {
	case "OverLimit":
		u.code(n, "limit."+first)
	case "emailForm":
		u.code(n, "email.form."+first)
	case "Refuse":
		for i := 1; i+1 < len(n.Args); i += 2 {
			arg, _ := text(n.Args[i])
			value, ok := text(n.Args[i+1])
			switch {
			case !ok:
			case arg == "fact", arg == "reason", arg == "found" && first == "csv.encoding":
				u.code(n, first+"."+value)
			case arg == "found":
				u.word(n, "found."+value)
			}
		}
	}
}

// keyValue reads {"reason": "chars"}, {"fact": "damage"} and Field: "email".
func (u *uses) keyValue(n *ast.KeyValueExpr) {
	value, ok := text(n.Value)
	if !ok || value == "" {
		return
	}
	if key, ok := text(n.Key); ok && key == "reason" {
		u.code(n, "email.form."+value)
	} else if ok && key == "fact" {
		u.code(n, "extension.form."+value)
	}
	if key, ok := n.Key.(*ast.Ident); ok && (key.Name == "Field" || key.Name == "field") {
		u.word(n, "field."+value)
	}
}

func (u *uses) reasons(n *ast.FuncDecl) {
	ast.Inspect(n, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok {
			if s, ok := text(r.Results[0]); ok && s != "" {
				u.code(r, "email.form."+s)
			}
		}
		return true
	})
}

// assigned reads found = "zip".
func (u *uses) assigned(n *ast.AssignStmt) {
	for i, to := range n.Lhs {
		if id, ok := to.(*ast.Ident); ok && id.Name == "found" && i < len(n.Rhs) {
			if s, ok := text(n.Rhs[i]); ok && s != "" {
				u.word(n, "found."+s)
			}
		}
	}
}

// kinds reads lists of structs that have a field called found.
func (u *uses) kinds(n *ast.CompositeLit) {
	array, ok := n.Type.(*ast.ArrayType)
	if !ok {
		return
	}
	st, ok := array.Elt.(*ast.StructType)
	if !ok {
		return
	}
	var names []string
	for _, f := range st.Fields.List {
		for _, name := range f.Names {
			names = append(names, name.Name)
		}
	}
	at := slices.Index(names, "found")
	for _, e := range n.Elts {
		if l, ok := e.(*ast.CompositeLit); ok && at >= 0 && at < len(l.Elts) {
			if s, ok := text(l.Elts[at]); ok && s != "" {
				u.word(l, "found."+s)
			}
		}
	}
}

// values reads the constants of type Kind in formats, those of type Space in
// users, and the errors callers branch on.
func (u *uses) values(f *ast.File, n *ast.ValueSpec) {
	typ, _ := n.Type.(*ast.Ident)
	for i, v := range n.Values {
		s, ok := text(v)
		switch {
		case ok && typ != nil && typ.Name == "Kind" && f.Name.Name == "formats":
			u.word(n, "found."+s)
		case ok && typ != nil && typ.Name == "Space" && users.Space(s).Unique():
			u.word(n, "field."+s)
		case strings.HasPrefix(n.Names[i].Name, "Err") && ast.IsExported(n.Names[i].Name):
			u.sentinels = append(u.sentinels, use{u.set.Position(n.Pos()), f.Name.Name + "." + n.Names[i].Name})
		}
	}
}

// withoutText complains about each code that has no text in a language, neither
// of its own nor for its last part.
func (u *uses) withoutText(tab *table) []string {
	var out []string
	for _, c := range u.codes {
		suffix := "*" + c.name[strings.IndexByte(c.name, '.'):]
		if tab.codes[c.name] == nil && tab.codes[suffix] == nil {
			out = append(out, fmt.Sprintf("%s: code %q has no text in %q", c.at, c.name, tab.tag))
		}
	}
	return out
}

func TestEveryCodeOfTheSourcesHasAText(t *testing.T) {
	u := readSources(t)
	require.Greater(t, len(u.codes), 100, "the walk found the sources")
	for _, tab := range tables {
		for _, complaint := range u.withoutText(tab) {
			t.Error(complaint)
		}
		for _, w := range u.words {
			if tab.words[w.name] == "" {
				t.Errorf("%s: %q has no word in %q", w.at, w.name, tab.tag)
			}
		}
	}
}

// TestEveryTextIsOfTheSources finds texts that nothing needs any more.
func TestEveryTextIsOfTheSources(t *testing.T) {
	// Codes that a caller of the library makes, or that are composed of a part
	// (of an address, of a file) that is not in one place.
	kept := []string{"*", "*.refused", "*.missing", "*.contested.along", "file.replayed", "file.type.zip", "file.type.xlsx", "file.type.gzip", "csv.encoding.unknown",
		"email.unknown", "lanid.unknown", "email.taken", "email.contested", "line.none", "email.too_long.local", "email.too_long.domain", "email.too_long.label"}
	used := map[string]bool{}
	for _, c := range readSources(t).codes {
		used[c.name] = true
	}
	for _, code := range slices.Sorted(maps.Keys(english.codes)) {
		if !used[code] && !slices.Contains(kept, code) {
			t.Errorf("the text of %q is not needed", code)
		}
	}
}

func TestEveryFieldHasALabel(t *testing.T) {
	for _, tab := range tables {
		for _, f := range users.ProfileFields() {
			require.NotEmpty(t, tab.words["field."+f], "%s in %s", f, tab.tag)
		}
	}
}

func TestEverySentinelHasAText(t *testing.T) {
	known := map[string]error{}
	for _, s := range sentinels {
		known[s.word] = s.err
	}
	for _, s := range readSources(t).sentinels {
		// "users.ErrNotFound" has the word "error.not_found".
		_, name, _ := strings.Cut(s.name, ".Err")
		word := "error." + strings.ToLower(regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(name, "${1}_$2"))
		if known[word] == nil {
			t.Errorf("%s: %s has no text", s.at, s.name)
		}
	}
	for _, s := range sentinels {
		require.NotEmpty(t, english.words[s.word], s.word)
	}
}
