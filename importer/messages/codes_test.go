package messages

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

const module = "github.com/usher-go/usher/"

// A checked package has the types of its files.
type checked struct {
	pkg   *types.Package
	files []*ast.File
	info  *types.Info
}

// loader reads packages of the project with their types. It reads all other
// packages from what the compiler exports.
type loader struct {
	set   *token.FileSet
	other types.Importer
	ours  map[string]checked
	order []string // paths, dependencies first
}

// load reads the packages that patterns name and those of the project that they import.
func load(t *testing.T, patterns ...string) *loader {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-deps", "-export", "-json=ImportPath,Dir,GoFiles,Export"}, patterns...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)

	l := &loader{set: token.NewFileSet(), ours: map[string]checked{}}
	exports := map[string]string{}
	l.other = importer.ForCompiler(l.set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	for list := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Dir, Export string
			GoFiles                 []string
		}
		err := list.Decode(&p)
		if errors.Is(err, io.EOF) {
			return l
		}
		require.NoError(t, err)
		exports[p.ImportPath] = p.Export
		if !strings.HasPrefix(p.ImportPath, module) {
			continue
		}

		var files []*ast.File
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(l.set, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			files = append(files, f)
		}
		l.check(t, p.ImportPath, files)
	}
}

// check adds a package whose imports are there.
func (l *loader) check(t *testing.T, path string, files []*ast.File) {
	t.Helper()
	c := checked{files: files, info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}}
	var err error
	c.pkg, err = (&types.Config{Importer: l}).Check(path, l.set, files, c.info)
	require.NoError(t, err)
	l.ours[path] = c
	l.order = append(l.order, path)
}

// Import is for [types.Config].
func (l *loader) Import(path string) (*types.Package, error) {
	if c, ok := l.ours[path]; ok {
		return c.pkg, nil
	}
	return l.other.Import(path)
}

// codeSearch finds the codes of findings and refusals. It begins with the
// fields that hold a code, formats.Finding.Code and formats.Refusal.Code, and
// goes back from each place that holds one to all that is put there: constants,
// variables, parameters, results of functions, and fields of other structs.
type codeSearch struct {
	*loader
	holds map[types.Object]bool // what holds a code
	found map[token.Pos]string  // codes by where they are written
	grown bool                  // since the last walk began

	info    *types.Info // of the package being walked
	results []*types.Tuple
}

func (l *loader) codes() map[token.Pos]string {
	s := &codeSearch{loader: l, holds: map[types.Object]bool{}, found: map[token.Pos]string{}}
	scope := l.ours[module+"formats"].pkg.Scope()
	for _, name := range []string{"Finding", "Refusal"} {
		fields := scope.Lookup(name).Type().Underlying().(*types.Struct)
		for f := range fields.Fields() {
			if f.Name() == "Code" {
				s.hold(f)
			}
		}
	}

	// A walk may learn of a holder whose uses it has passed already.
	for s.grown {
		s.grown = false
		for _, path := range l.order {
			s.info = l.ours[path].info
			for _, f := range l.ours[path].files {
				s.walk(f)
			}
		}
	}
	return s.found
}

// hold notes that something holds a code. Instances of a generic function or
// type have objects of their own, which come from one.
func (s *codeSearch) hold(o types.Object) {
	if v, ok := o.(*types.Var); ok {
		o = v.Origin()
	}
	if o != nil && !s.holds[o] {
		s.holds[o], s.grown = true, true
	}
}

func (s *codeSearch) held(o types.Object) bool {
	if v, ok := o.(*types.Var); ok {
		o = v.Origin()
	}
	return s.holds[o]
}

// object returns what a name or a selector names, nil for another expression.
func (s *codeSearch) object(e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return s.info.ObjectOf(e)
	case *ast.SelectorExpr:
		return s.info.ObjectOf(e.Sel)
	}
	return nil
}

// code takes an expression whose value is a code.
func (s *codeSearch) code(e ast.Expr) {
	e = ast.Unparen(e)
	if v := s.info.Types[e].Value; v != nil {
		if v.Kind() == constant.String && constant.StringVal(v) != "" {
			s.found[e.Pos()] = constant.StringVal(v)
		}
		return
	}

	switch e := e.(type) {
	case *ast.Ident, *ast.SelectorExpr:
		if v, ok := s.object(e).(*types.Var); ok {
			s.hold(v)
		}
	case *ast.BinaryExpr:
		if v := s.info.Types[e.Y].Value; v != nil && suffixPattern.MatchString(constant.StringVal(v)) {
			s.found[e.Y.Pos()] = "*" + constant.StringVal(v)
		}
	case *ast.IndexExpr:
		s.code(e.X)
	case *ast.CompositeLit:
		for _, x := range e.Elts {
			if kv, ok := x.(*ast.KeyValueExpr); ok {
				x = kv.Value
			}
			s.code(x)
		}
	case *ast.CallExpr:
		s.resultOf(e, 0)
	}
}

// resultOf takes a call whose i-th result is a code. A function of another
// module, such as cmp.Or, is taken to return one of its arguments.
func (s *codeSearch) resultOf(call *ast.CallExpr, i int) {
	sig, ok := s.info.TypeOf(call.Fun).(*types.Signature)
	if !ok { // a conversion
		s.code(call.Args[0])
		return
	}
	callee := s.object(call.Fun)
	if ix, ok := call.Fun.(*ast.IndexExpr); ok {
		callee = s.object(ix.X)
	}
	if callee != nil && callee.Pkg() != nil && strings.HasPrefix(callee.Pkg().Path()+"/", module) {
		s.hold(sig.Results().At(i))
		return
	}
	for _, a := range call.Args {
		if b, ok := s.info.TypeOf(a).Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
			s.code(a)
		}
	}
}

// walk goes through a file once.
func (s *codeSearch) walk(f *ast.File) {
	var stack []ast.Node
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil {
			if isFunc(stack[len(stack)-1]) {
				s.results = s.results[:len(s.results)-1]
			}
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		switch n := n.(type) {
		case *ast.FuncDecl:
			s.results = append(s.results, s.info.Defs[n.Name].Type().(*types.Signature).Results())
		case *ast.FuncLit:
			s.results = append(s.results, s.info.TypeOf(n).(*types.Signature).Results())
		case *ast.ReturnStmt:
			s.assign(vars(s.results[len(s.results)-1]), n.Results)
		case *ast.AssignStmt:
			s.assign(s.objects(n.Lhs), n.Rhs)
		case *ast.ValueSpec:
			var to []types.Object
			for _, name := range n.Names {
				to = append(to, s.info.Defs[name])
			}
			s.assign(to, n.Values)
		case *ast.RangeStmt:
			if n.Value != nil && s.held(s.object(n.Value)) {
				s.code(n.X)
			}
		case *ast.CallExpr:
			s.call(n)
		case *ast.CompositeLit:
			s.literal(n)
		case *ast.BinaryExpr:
			if n.Op == token.EQL || n.Op == token.NEQ {
				s.compare(n.X, n.Y)
				s.compare(n.Y, n.X)
			}
		case *ast.SwitchStmt:
			for _, c := range n.Body.List {
				for _, e := range c.(*ast.CaseClause).List {
					s.compare(n.Tag, e)
				}
			}
		}
		return true
	})
}

func isFunc(n ast.Node) bool {
	switch n.(type) {
	case *ast.FuncDecl, *ast.FuncLit:
		return true
	}
	return false
}

func vars(t *types.Tuple) []types.Object {
	var out []types.Object
	for v := range t.Variables() {
		out = append(out, v)
	}
	return out
}

func (s *codeSearch) objects(es []ast.Expr) []types.Object {
	var out []types.Object
	for _, e := range es {
		out = append(out, s.object(e))
	}
	return out
}

// assign looks at values that go to holders: one each, or the results of one call.
func (s *codeSearch) assign(to []types.Object, from []ast.Expr) {
	for i, o := range to {
		switch {
		case o == nil || !s.held(o):
		case len(from) == len(to):
			s.code(from[i])
		case len(from) == 1:
			if call, ok := from[0].(*ast.CallExpr); ok {
				s.resultOf(call, i)
			} else {
				s.code(from[0]) // v, ok := codes[k]
			}
		}
	}
}

// call looks at the arguments of a function whose parameters hold codes.
func (s *codeSearch) call(n *ast.CallExpr) {
	sig, ok := s.info.TypeOf(n.Fun).(*types.Signature)
	if !ok {
		return
	}
	for i, a := range n.Args {
		if sig.Params().Len() > 0 && s.held(sig.Params().At(min(i, sig.Params().Len()-1))) {
			s.code(a)
		}
	}
}

// literal looks at the fields of a struct.
func (s *codeSearch) literal(n *ast.CompositeLit) {
	typ := s.info.TypeOf(n).Underlying()
	if p, ok := typ.(*types.Pointer); ok {
		typ = p.Elem().Underlying()
	}
	fields, ok := typ.(*types.Struct)
	if !ok {
		return
	}
	for i, e := range n.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if s.held(s.object(kv.Key)) {
				s.code(kv.Value)
			}
		} else if s.held(fields.Field(i)) {
			s.code(e)
		}
	}
}

// compare looks at what a code is compared with.
func (s *codeSearch) compare(held, with ast.Expr) {
	if held != nil && s.held(s.object(held)) && s.info.Types[with].Value != nil {
		s.code(with)
	}
}

// planted is a package with a code in each kind of place, and with strings that
// only look like codes.
const planted = `package planted

import (
	"cmp"
	"os"
	"strings"

	"github.com/usher-go/usher/formats"
)

const Fallback = "planted.constant"

type fault struct{ why, file string }

func kind(wide bool) (string, int) {
	if wide {
		return "planted.result", 1
	}
	return "", 0
}

func report(file, why string) formats.Finding { return formats.Finding{Code: why, Value: file} }

func all(space string, wide bool) (out []formats.Finding) {
	code, _ := kind(wide)
	out = append(out, formats.Finding{Code: "planted.field"}, formats.Finding{Code: code}, formats.Finding{Code: Fallback})
	out = append(out, report("report.csv", "planted.argument"), formats.Finding{Code: space + ".planted"})
	f := fault{"planted.positional", "fault.txt"}
	f.why = cmp.Or(f.why, "planted.or")
	if f.why == "planted.compared" {
		os.Remove("sheet.xml")
	}
	for _, c := range []string{"planted.listed"} {
		out = append(out, formats.Finding{Code: c, Field: "line.number"})
	}
	find := func(c string) { out = append(out, report(f.file, c)) }
	find("planted.closure")
	out = append(out, report(strings.TrimSuffix("a.b", ".b"), f.why))
	return append(out, formats.Finding{Field: "shoe.size", Args: map[string]string{"want": "some.word"}})
}

func refused() error { return formats.Refuse("planted.declined", "near", "name.space") }
`

// The search finds a code wherever it is written, and no other string.
func TestCodesAreFound(t *testing.T) {
	l := load(t, "../../formats")
	f, err := parser.ParseFile(l.set, "planted.go", planted, parser.SkipObjectResolution)
	require.NoError(t, err)
	l.check(t, module+"planted", []*ast.File{f})

	var got []string
	for pos, code := range l.codes() {
		if l.set.Position(pos).Filename == "planted.go" && !slices.Contains(got, code) {
			got = append(got, code)
		}
	}
	slices.Sort(got)
	var want []string
	for _, m := range regexp.MustCompile(`"(planted\.[a-z]+)"`).FindAllStringSubmatch(planted, -1) {
		want = append(want, m[1])
	}
	want = append(want, "*.planted")
	slices.Sort(want)
	require.Empty(t, cmp.Diff(want, got), "(-want +got)")

	// None of them has a text, so each is a complaint, in each language.
	u := &uses{set: l.set}
	for pos, code := range l.codes() {
		if l.set.Position(pos).Filename == "planted.go" {
			u.codes = append(u.codes, use{l.set.Position(pos), code})
		}
	}
	for _, tab := range tables {
		require.Len(t, u.withoutText(tab), len(u.codes), "codes without a text in %q", tab.tag)
	}
	require.Contains(t, u.withoutText(english)[0], "planted.go:")
}
