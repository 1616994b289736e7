package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
	"unicode"
)

const module = "github.com/mockauth0/mockauth0"

// floors are the packages, the highest first: each imports only lower ones.
// Packages on one floor do not know each other.
var floors = [][]string{
	{"."},
	{"server/command", "testkit/recipes/httptest", "testkit/recipes/parallel", "docs", "docs/examples"},
	{"testkit/mailhog"},
	{"testkit"},
	{"server/internal/load"},
	{"server/internal/servertest"},
	{"server", "server/localtls", "server/mailhog", "server/twilio"},
	{"server/internal/authapi", "server/internal/login", "server/internal/control", "server/internal/inbox", "server/internal/management"},
	{"server/internal/passwordless", "server/internal/mfa", "server/internal/tickets"},
	{"server/internal/triggers"},
	{"server/internal/web"},
	{"server/internal/tenant", "server/internal/mail", "server/internal/gateway"},
	{"server/internal/runner"},
	{"server/internal/token", "server/internal/faults", "server/internal/streams"},
	{"scenarios", "server/internal/tenantlog"},
	{"fixtures", "server/outbox", "server/journal"},
	{"server/actions", "server/clock", "server/internal/readers", "internal/derive", "internal/printable", "internal/strictyaml/strictyamltest"},
	{"internal/strictyaml", "internal/liquid", "internal/refusal", "internal/unserved", "internal/allowedurl", "internal/address", "internal/captcha", "internal/logintexts"},
	{"internal/markup"},
}

// homes are the only packages that may import a module of others.
var homes = map[string][]string{
	"github.com/go-jose/":    {"server/internal/token"},
	"github.com/gofrs/flock": {"server/command"},
	"github.com/gorilla/mux": {"server", "server/mailhog"},
	"go.yaml.in/yaml/":       {"internal/strictyaml", "fixtures"},
	"testing":                {"server/internal/servertest", "testkit", "testkit/mailhog", "internal/strictyaml/strictyamltest"},
	"github.com/mailhog/":    {"server/mailhog"},
	"github.com/ian-kent/":   {"server/mailhog"},
	"github.com/osteele/":    {"internal/liquid"},
	"golang.org/x/crypto/":   {"fixtures"},
	"golang.org/x/text/":     {"server/internal/mail"},
	"github.com/urfave/cli":  {"server/command"},
	"golang.org/x/net/html":  {"testkit"},
	"golang.org/x/net/idna":  {"internal/address"},
	"github.com/pquerna/otp": {"server/internal/tenant", "server/internal/login"},
	"github.com/santhosh-":   {"internal/strictyaml/strictyamltest"},
}

func TestImportsPointOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err == io.EOF {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		name := local(p.ImportPath)
		floor := floorOf(name)
		if floor < 0 {
			t.Errorf("package %s has no floor: give it one above", name)
			continue
		}
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, module) && floorOf(local(imported)) <= floor {
				t.Errorf("%s imports %s, which is not below it", name, local(imported))
			}
			for prefix, allowed := range homes {
				if strings.HasPrefix(imported, prefix) && !strings.HasPrefix(imported, "testing/fstest") && !slices.Contains(allowed, name) {
					t.Errorf("%s imports %s, which only %s may", name, imported, strings.Join(allowed, ", "))
				}
			}
		}
	}
}

// The tree of CONTRIBUTING.md names each package.
func TestTheTreeNamesEachPackage(t *testing.T) {
	page, err := os.ReadFile("CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	_, tree, _ := strings.Cut(string(page), "## The tree")
	tree, _, _ = strings.Cut(tree, "## House rules")
	named := strings.FieldsFunc(tree, func(r rune) bool { return unicode.IsSpace(r) || r == '/' })
	for _, name := range slices.Concat(floors...) {
		if base := path.Base(name); name != "." && !slices.Contains(named, base) && !strings.HasPrefix(name, "testkit/recipes/") && base != "strictyamltest" {
			t.Errorf("the tree does not name %s", name)
		}
	}
}

// Packages that do not import server/mailhog must not link MailHog, nor the
// database driver that it needs.
func TestNobodyLinksMailHogUnasked(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "./server", "./testkit").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dep := range strings.FieldsSeq(string(out)) {
		if strings.Contains(dep, "mailhog") || strings.Contains(dep, "mgo") || strings.Contains(dep, "ian-kent") {
			t.Errorf("./server or ./testkit links %s", dep)
		}
	}
}

func local(importPath string) string {
	return path.Clean("." + strings.TrimPrefix(importPath, module)) // path.Clean drops a leading ./
}

func floorOf(name string) int {
	return slices.IndexFunc(floors, func(floor []string) bool { return slices.Contains(floor, name) })
}
