package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/usher-go/usher"

// root is the root of the repository, seen from this folder.
const root = "../.."

// allowed says what each package may import beyond the standard library. A
// package that is not in the table may not exist.
var allowed = map[string][]string{
	"formats":         {},
	"formats/csv":     {"formats", "golang.org/x/text/...", "github.com/gocarina/gocsv"},
	"formats/xlsx":    {"formats", "github.com/xuri/excelize/v2", "github.com/klauspost/compress/flate"},
	"users":           {"internal/folding", "internal/scripts", "internal/keyvalue", "golang.org/x/text/...", "golang.org/x/net/idna"},
	"users/property":  {"users"},
	"users/memstore":  {"users"},
	"users/sqlstore":  {"users"},
	"users/reststore": {"users"},
	"users/storetest": {"users", "github.com/google/go-cmp/cmp", "github.com/google/go-cmp/cmp/cmpopts"}, // a test suite, imported by tests
	"roles":           {"users", "internal/folding", "internal/nearby", "internal/scripts"},
	"extensions":      {"users", "internal/spreadsheet"},
	"extensions/e164": {"extensions", "users", "internal/spreadsheet", "github.com/nyaruka/phonenumbers"},
	"importer": {"users", "formats", "internal/folding", "internal/nearby", "internal/scripts", "internal/spreadsheet", "internal/keyvalue",
		"internal/importstate", "internal/recordedit", "golang.org/x/text/..."},
	"importer/messages":    {"importer", "formats", "users", "golang.org/x/text/..."},
	"importer/cloudlink":   {"importer", "users", "internal/spreadsheet"},
	"importer/ocm":         {"importer", "users", "roles", "formats", "internal/nearby", "internal/spreadsheet"},
	"importer/assign":      {"importer", "formats", "users", "roles"},
	"importer/rainbow":     {"importer", "users", "extensions", "internal/keyvalue"},
	"internal/folding":     {"golang.org/x/text/..."},
	"internal/nearby":      {"internal/folding"},
	"internal/scripts":     {},
	"internal/spreadsheet": {},
	"internal/keyvalue":    {},
	"internal/importstate": {"users"},
	"internal/recordedit":  {"users"},
	"internal/house":       {},
	"internal/invariant":   {"users", "users/storetest", "importer", "github.com/google/go-cmp/cmp"},                 // imported by tests
	"internal/office":      {"users", "formats", "formats/csv", "importer", "importer/rainbow", "internal/keyvalue"}, // imported by tests
	"internal/corpus":      {},                                                                                       // imported by tests

	// A test suite, imported by tests.
	"importer/templatetest": {
		"importer", "importer/messages", "formats", "formats/csv", "formats/xlsx", "users", "users/memstore", "github.com/google/go-cmp/cmp",
	},
}

// requirements are the modules the root module may require itself: the design's, and those of tests.
var requirements = []string{
	"github.com/xuri/excelize/v2", "github.com/gocarina/gocsv", "github.com/nyaruka/phonenumbers",
	"golang.org/x/text", "golang.org/x/net", "golang.org/x/tools", "golang.org/x/image", "github.com/klauspost/compress",
	"github.com/google/go-cmp", "github.com/stretchr/testify", "pgregory.net/rapid", "go.uber.org/goleak", "github.com/rogpeppe/go-internal",
}

type file struct {
	dir, name string
	ast       *ast.File
}

// files are the Go files of the root module, tests left out.
func files(t *testing.T) (*token.FileSet, []file) {
	t.Helper()
	fset := token.NewFileSet()
	var out []file
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(strings.TrimPrefix(p, root), string(filepath.Separator)))
		if d.IsDir() {
			if rel != "" && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || rel == "examples" || rel == "internal/integration") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(fset, p, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		out = append(out, file{path.Dir(rel), rel, f})
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, out)
	return fset, out
}

func isStd(p string) bool { return !strings.Contains(strings.SplitN(p, "/", 2)[0], ".") }

func TestEveryImportIsInTheTable(t *testing.T) {
	_, all := files(t)
	for _, f := range all {
		may, known := allowed[f.dir]
		if !known {
			t.Errorf("%s: package %s is not in the table of who imports whom", f.name, f.dir)
			continue
		}
		for _, spec := range f.ast.Imports {
			p := strings.Trim(spec.Path.Value, `"`)
			if isStd(p) {
				continue
			}
			p = strings.TrimPrefix(p, module+"/")
			if !slices.ContainsFunc(may, func(m string) bool {
				prefix, tree := strings.CutSuffix(m, "/...")
				return p == m || tree && strings.HasPrefix(p, prefix+"/")
			}) {
				t.Errorf("%s imports %s, which the table does not allow", f.name, p)
			}
		}
	}
}

func TestFormatsStayAwayFromNetworkAndFiles(t *testing.T) {
	_, all := files(t)
	for _, f := range all {
		if !strings.HasPrefix(f.dir, "formats") {
			continue
		}
		for _, spec := range f.ast.Imports {
			p := strings.Trim(spec.Path.Value, `"`)
			if p == "os" || p == "net" || strings.HasPrefix(p, "net/") || strings.HasPrefix(p, "os/") {
				t.Errorf("%s imports %s: a format reads what it is given", f.name, p)
			}
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "excelize" && strings.HasPrefix(s.Sel.Name, "Open") {
					t.Errorf("%s calls excelize.%s: uploads are read by our own reader", f.name, s.Sel.Name)
				}
			}
			return true
		})
	}
}

func TestNoThirdPartyTypeIsExported(t *testing.T) {
	fset, all := files(t)
	for _, f := range all {
		foreign := map[string]string{}
		for _, spec := range f.ast.Imports {
			p := strings.Trim(spec.Path.Value, `"`)
			if isStd(p) || strings.HasPrefix(p, module+"/") {
				continue
			}
			name := path.Base(p)
			if strings.HasPrefix(name, "v") && len(name) < 4 {
				name = path.Base(path.Dir(p))
			}
			if spec.Name != nil {
				name = spec.Name.Name
			}
			foreign[name] = p
		}
		for _, e := range exported(f.ast) {
			ast.Inspect(e, func(n ast.Node) bool {
				s, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if x, ok := s.X.(*ast.Ident); ok && foreign[x.Name] != "" {
					t.Errorf("%s: %s.%s of %s stands in an exported declaration", fset.Position(s.Pos()), x.Name, s.Sel.Name, foreign[x.Name])
				}
				return true
			})
		}
	}
}

// exported are the type expressions a user of the package sees.
func exported(f *ast.File) []ast.Node {
	var out []ast.Node
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && (d.Recv == nil || receiverIsExported(d.Recv)) {
				out = append(out, d.Type)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					if s.Name.IsExported() {
						out = append(out, visible(s.Type)...)
					}
				case *ast.ValueSpec:
					if s.Type != nil && slices.ContainsFunc(s.Names, (*ast.Ident).IsExported) {
						out = append(out, s.Type)
					}
				}
			}
		}
	}
	return out
}

func receiverIsExported(r *ast.FieldList) bool {
	t := r.List[0].Type
	if s, ok := t.(*ast.StarExpr); ok {
		t = s.X
	}
	i, ok := t.(*ast.Ident)
	return ok && i.IsExported()
}

func visible(t ast.Expr) []ast.Node {
	s, ok := t.(*ast.StructType)
	if !ok {
		return []ast.Node{t}
	}
	var out []ast.Node
	for _, f := range s.Fields.List {
		if len(f.Names) == 0 || slices.ContainsFunc(f.Names, (*ast.Ident).IsExported) {
			out = append(out, f.Type)
		}
	}
	return out
}

func TestDirectRequirementsAreKnown(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		name, version, ok := strings.Cut(line, " ")
		if !ok || !strings.HasPrefix(version, "v") || strings.Contains(line, "// indirect") {
			continue
		}
		if !slices.Contains(requirements, name) {
			t.Errorf("go.mod requires %s, which nobody decided on", name)
		}
	}
}

func TestUsersCostsItsImportersNothing(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", module+"/users").Output()
	require.NoError(t, err)
	for p := range strings.FieldsSeq(string(out)) {
		own := p == module+"/users" || slices.Contains(allowed["users"], strings.TrimPrefix(p, module+"/"))
		if !isStd(p) && !strings.HasPrefix(p, "golang.org/x/") && !own && !strings.HasPrefix(p, "vendor/") {
			t.Errorf("a program that imports users compiles %s", p)
		}
	}
}
