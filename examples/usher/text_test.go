package main

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// spoken returns every text that the program says: the forms in the sources, and
// the help of all commands and flags.
func spoken(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)

	var out []string
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			at := map[string]int{"usagef": 0, "say": 0, "inputf": 2}
			fun := ""
			switch f := call.Fun.(type) {
			case *ast.Ident:
				fun = f.Name
			case *ast.SelectorExpr:
				fun = f.Sel.Name
			}
			if i, ok := at[fun]; ok && len(call.Args) > i {
				if text, ok := call.Args[i].(*ast.BasicLit); ok {
					s, err := strconv.Unquote(text.Value)
					require.NoError(t, err)
					out = append(out, s)
				}
			}
			return true
		})
	}

	for _, cmd := range commands() {
		out = append(out, cmd.about, cmd.more, cmd.args)
		f := newFlagSet(cmd.name)
		cmd.flags(f, &console{})
		f.VisitAll(func(x *flag.Flag) { out = append(out, x.Usage) })
	}

	slices.Sort(out)
	return slices.Compact(out)
}

// Every text of the program has a French one, with the same arguments in the same
// order, and the French table has no text that is not said.
func TestFrenchTexts(t *testing.T) {
	verbs, words := regexp.MustCompile(`%[a-z]`), regexp.MustCompile(`[a-zA-Z]{2}`)
	said := spoken(t)
	for _, s := range said {
		fr, ok := frenchTexts()[s]
		if !ok && !words.MatchString(verbs.ReplaceAllString(s, "")) {
			continue // signs alone
		}
		if !ok {
			t.Errorf("no French text for %q", s)
			continue
		}
		if diff := cmp.Diff(verbs.FindAllString(s, -1), verbs.FindAllString(fr, -1)); diff != "" {
			t.Errorf("arguments of %q (-English +French):\n%s", s, diff)
		}
		require.Equal(t, strings.Count(s, "`"), strings.Count(fr, "`"), "the name of the value in %q", s)
	}
	for s := range frenchTexts() {
		if !slices.Contains(said, s) {
			t.Errorf("a French text for %q, which is not said", s)
		}
	}
}
