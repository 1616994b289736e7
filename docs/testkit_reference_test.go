package docs_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"path"
	"slices"
	"strings"
)

// usedIn is the file whose lines the page about testkit shows.
const usedIn = "docs/examples/testkit_test.go"

// A subject is a part of the page about testkit: what these files of testkit have, the
// options or the functions and methods.
type subject struct {
	title, files string
	options      bool
}

var subjects = []subject{
	{"Start", "testkit.go tenant.go", false},
	{"Options", "options.go memory.go", true},
	{"Options: Actions in Go", "actions.go", true},
	{"What an app is configured with", "access.go", false},
	{"Messages", "messages.go", false},
	{"Logins", "signin.go session.go captcha.go mfa.go", false},
	{"Tokens and devices", "tokens.go", false},
	{"Failures", "inject.go", false},
	{"Organizations and Actions", "organizations.go actions.go", false},
}

// testkit is the reference of testkit: each option, function and method with the first
// sentence of its comment, and the line of a test that uses it.
func (r *reader) testkit(*block) string {
	files := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range filesOf(r, "testkit", ".go") {
		if path.Dir(name) != "testkit" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(files, name, read(r, name), parser.ParseComments)
		if err != nil {
			r.Fatal(err)
		}
		parsed = append(parsed, f)
	}
	pkg, err := doc.NewFromFiles(files, parsed, "github.com/mockauth0/mockauth0/testkit")
	if err != nil {
		r.Fatal(err)
	}
	funcs := slices.Clone(pkg.Funcs)
	for _, t := range pkg.Types {
		funcs = append(append(funcs, t.Funcs...), t.Methods...)
	}
	slices.SortFunc(funcs, func(a, b *doc.Func) int { return int(a.Decl.Pos() - b.Decl.Pos()) })
	examples := r.examples()
	var page strings.Builder
	described := 0
	for _, s := range subjects {
		var rows [][]string
		for _, f := range s.of(files, funcs) {
			example := examples[f.Name]
			if example == "" {
				r.Errorf("%s has no example of %s", usedIn, f.Name)
			}
			rows = append(rows, []string{"`" + example + "`", sentence(pkg, f.Doc)})
			described++
		}
		page.WriteString("\n## " + s.title + "\n\n" + table("example | what it does", rows))
		for _, t := range pkg.Types {
			if file := path.Base(files.Position(t.Decl.Pos()).Filename); slices.Contains(strings.Fields(s.files), file) && !s.options {
				page.WriteString(fieldsOf(pkg, t))
			}
		}
	}
	if described != len(funcs) {
		r.Errorf("the page describes %d of %d functions: add the file of the others to subjects", described, len(funcs))
	}
	return page.String() + "\n"
}

// of are the functions of a subject, in the order of its files.
func (s subject) of(files *token.FileSet, funcs []*doc.Func) (some []*doc.Func) {
	for file := range strings.FieldsSeq(s.files) {
		for _, f := range funcs {
			if path.Base(files.Position(f.Decl.Pos()).Filename) == file && returnsOption(f.Decl) == s.options {
				some = append(some, f)
			}
		}
	}
	return some
}

// sentence is the first sentence of a comment.
func sentence(pkg *doc.Package, text string) string {
	return strings.NewReplacer("[", "", "]", "").Replace(pkg.Synopsis(text))
}

func returnsOption(f *ast.FuncDecl) bool {
	if f.Type.Results == nil || len(f.Type.Results.List) != 1 {
		return false
	}
	name, ok := f.Type.Results.List[0].Type.(*ast.Ident)
	return ok && name.Name == "Option"
}

// fieldsOf is a table of the fields of a struct, if it has some that a test can set or read.
func fieldsOf(pkg *doc.Package, t *doc.Type) string {
	spec, ok := t.Decl.Specs[0].(*ast.TypeSpec)
	if !ok {
		return ""
	}
	fields, ok := spec.Type.(*ast.StructType)
	if !ok {
		return ""
	}
	var rows [][]string
	for _, f := range fields.Fields.List {
		var names []string
		for _, name := range f.Names {
			if name.IsExported() {
				names = append(names, "`"+name.Name+"`")
			}
		}
		about := f.Doc.Text()
		if about == "" {
			about = f.Comment.Text()
		}
		if names != nil {
			rows = append(rows, []string{strings.Join(names, ", "), printedNode(f.Type), strings.Join(strings.Fields(strings.NewReplacer("[", "", "]", "").Replace(about)), " ")})
		}
	}
	if rows == nil {
		return ""
	}
	return "\n### " + t.Name + "\n\n" + sentence(pkg, t.Doc) + "\n\n" + table("field | type | what it says", rows)
}

func printedNode(n ast.Node) string {
	var b strings.Builder
	if err := printer.Fprint(&b, token.NewFileSet(), n); err != nil {
		return err.Error()
	}
	return "`" + b.String() + "`"
}

// rootOf is the name at the beginning of auth.Inject(t, "slow").Optional.
func rootOf(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.CallExpr:
		return rootOf(x.Fun)
	case *ast.SelectorExpr:
		return rootOf(x.X)
	}
	return ""
}

// examples are the first uses of what testkit has, by name: the whole line if
// it ends with the call, else the call.
func (r *reader) examples() map[string]string {
	text := read(r, usedIn)
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, usedIn, text, 0)
	if err != nil {
		r.Fatal(err)
	}
	lines := strings.Split(text, "\n")
	found := map[string]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		selected, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || found[selected.Sel.Name] != "" || !slices.Contains([]string{"testkit", "auth", "failure"}, rootOf(selected)) {
			return true
		}
		from, to := files.Position(call.Pos()), files.Position(call.End())
		found[selected.Sel.Name] = text[from.Offset:to.Offset]
		// In a list, a map or a condition the call says more than the line.
		if line := strings.TrimSpace(lines[from.Line-1]); strings.HasSuffix(line, text[from.Offset:to.Offset]) {
			found[selected.Sel.Name] = line
		}
		return true
	})
	return found
}
