package house_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// hostNames declares what a fragment in the README may take as given: what a
// host has, and what an earlier fragment made. A fragment that needs another
// name gets it here.
const hostNames = `
import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

var (
	ctx     context.Context
	t       *testing.T
	w       http.ResponseWriter
	r       *http.Request
	session struct {
		UserID  users.ID
		Account users.AccountID
	}

	store  users.Store
	upload io.ReaderAt
	size   int64
	show   func(importer.RowView)

	dir      *users.Directory
	table    *formats.Table
	template *importer.Template
	preview  *importer.Preview
	row      importer.RowView
	report   *importer.Report
	err      error
)
`

// A fence is a block of Go in a page.
type fence struct {
	line int // of its first line of code
	code string
}

// TestReadmeSnippetsCompile builds every fence of Go in the README.
func TestReadmeSnippetsCompile(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)

	fences := goFences(string(page))
	require.NotEmpty(t, fences, "the README shows no Go")

	if out, err := buildFences(t, fences); err != nil {
		t.Errorf("the README does not compile. A name that a host has belongs in hostNames, in %s:\n%s", "readme_test.go", out)
	}
}

// TestBrokenSnippetsAreFound holds the test above to its purpose: each page has
// one mistake, and the compiler must name it at its line of the page.
func TestBrokenSnippetsAreFound(t *testing.T) {
	tests := []struct{ name, page, want string }{
		{"a method that does not exist", "# Title\n\n```go\npreview.Comit(ctx, nil)\n```\n", "README.md:4:9: preview.Comit undefined"},
		{"a result too few", "```go\ndir := users.Open(store, users.Host, nil)\nreport := preview.Commit(ctx, nil)\n```\n", "README.md:3:11: assignment mismatch"},
		{"a name nobody declared", "```go\nstuff(ctx)\n```\n", "README.md:2:1: undefined: stuff"},
		{"in a list", "- so:\n\n  ```go\n  preview.Edit(5)\n  ```\n", "README.md:4:16: cannot use 5"},
		{"the second fence", "```go\nshow(row)\n```\n\n```go\nfunc f() int { return \"\" }\n```\n", "README.md:6:23: cannot use \"\""},
		{"a whole file", "```go\npackage main\n\nfunc main() { x := 1 }\n```\n", "README.md:4:15: declared and not used: x"},
		{"no Go at all", "```go\nif then\n```\n", "README.md:3"},
	}

	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out, err := buildFences(t, goFences(test.page))
			require.Error(t, err)
			require.Contains(t, out, test.want)
		})
	}
}

// goFences returns the fences of a page that are marked as Go.
func goFences(page string) []fence {
	var out []fence
	var open *fence

	for i, line := range strings.Split(page, "\n") {
		trimmed := strings.TrimSpace(line)

		switch {
		case open == nil && trimmed == "```go":
			open = &fence{line: i + 2}
		case open != nil && trimmed == "```":
			out = append(out, *open)
			open = nil
		case open != nil:
			open.code += line + "\n"
		}
	}

	return out
}

// buildFences builds the fences as packages of the examples module, which
// requires all that a host would, and returns the compiler's complaints. Nothing
// is written beside the sources: the packages exist in an overlay alone.
func buildFences(t *testing.T, fences []fence) (string, error) {
	t.Helper()

	examples, err := filepath.Abs(filepath.Join(root, "examples"))
	require.NoError(t, err)
	temp := t.TempDir()
	overlay := map[string]string{}
	packages := map[string]bool{}

	add := func(dir, name, code string) {
		at := filepath.Join(temp, dir+"-"+name)
		require.NoError(t, os.WriteFile(at, []byte(code), 0o600))
		overlay[filepath.Join(examples, dir, name)] = at
		packages["./"+dir] = true
	}

	add("readme-fragments", "host.go", "package readme\n"+hostNames)
	for i, f := range fences {
		name := fmt.Sprintf("fence%d.go", i+1)
		if strings.HasPrefix(strings.TrimSpace(f.code), "package ") {
			add(fmt.Sprintf("readme-file%d", i+1), name, fmt.Sprintf("//line README.md:%d:1\n%s", f.line, f.code))
			continue
		}
		add("readme-fragments", name, wrapFragment(i+1, f))
	}

	list, err := json.Marshal(map[string]any{"Replace": overlay})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(temp, "overlay.json"), list, 0o600))

	args := []string{"build", "-overlay", filepath.Join(temp, "overlay.json"), "-o", os.DevNull}
	cmd := exec.Command("go", append(args, slices.Sorted(maps.Keys(packages))...)...)
	cmd.Dir = examples
	out, err := cmd.CombinedOutput()

	return string(out), err
}

// wrapFragment returns a file of package readme with the fragment in it:
// declarations as they are, statements in a function. The packages that the
// fragment names are imported, and a variable that it declares counts as used,
// as a fragment ends where the reader's own code would go on.
func wrapFragment(n int, f fence) string {
	code := fmt.Sprintf("//line README.md:%d:1\n%s", f.line, f.code)

	file, err := parser.ParseFile(token.NewFileSet(), "", "package readme\n"+code, 0)
	if err != nil { // not declarations
		head := fmt.Sprintf("func fence%d() {\n", n)
		file, err = parser.ParseFile(token.NewFileSet(), "", "package readme\n"+head+code+"}\n", 0)
		code = head + code + used(file) + "}\n"
	}
	if err != nil { // the compiler says why
		return "package readme\n" + code
	}

	return "package readme\n" + imports(file) + code
}

// used returns a use of every variable that the outermost block of the fragment declares.
func used(file *ast.File) string {
	if file == nil || len(file.Decls) == 0 {
		return ""
	}
	fn, ok := file.Decls[0].(*ast.FuncDecl)
	if !ok || fn.Body == nil {
		return ""
	}

	var b strings.Builder
	for _, s := range fn.Body.List {
		assign, ok := s.(*ast.AssignStmt)
		if !ok || assign.Tok != token.DEFINE {
			continue
		}
		for _, left := range assign.Lhs {
			if name, ok := left.(*ast.Ident); ok && name.Name != "_" {
				fmt.Fprintf(&b, "_ = %s\n", name.Name)
			}
		}
	}

	return b.String()
}

// imports returns the import declarations for the packages that a file names
// and does not import: ours, and some of the standard library.
func imports(file *ast.File) string {
	known := map[string]string{"http": "net/http", "sql": "database/sql", "slog": "log/slog", "json": "encoding/json"}
	for _, p := range []string{"bytes", "context", "errors", "fmt", "io", "log", "maps", "os", "slices", "strings", "testing", "time"} {
		known[p] = p
	}
	for p := range allowed {
		known[path.Base(p)] = module + "/" + p
	}

	if len(file.Imports) > 0 {
		return "" // the fragment has its own
	}

	// A name that nothing in the file declares, before a dot, is a package or one of hostNames.
	var b strings.Builder
	seen := map[string]bool{}
	for _, name := range file.Unresolved {
		p := known[name.Name]
		if p == "" || seen[name.Name] || !qualifies(file, name) {
			continue
		}
		seen[name.Name] = true
		fmt.Fprintf(&b, "import %q\n", p)
	}

	return b.String()
}

// qualifies reports whether the name is followed by a dot.
func qualifies(file *ast.File, name *ast.Ident) bool {
	found := false
	ast.Inspect(file, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		found = found || ok && s.X == name
		return !found
	})

	return found
}
