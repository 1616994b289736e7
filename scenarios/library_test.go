package scenarios_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/mockauth0/mockauth0/scenarios"
)

// Each built-in scenario is valid, has the name of its file, describes itself
// in a sentence, and equals its source.
func TestTheLibrary(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("library/*.yaml")
	if err != nil || len(files) != len(scenarios.Names()) || len(files) != 32 {
		t.Errorf("%d files, %d names, %v", len(files), len(scenarios.Names()), err)
	}
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if s.Name != name || s.Source != "" || !strings.HasSuffix(s.Description, ".") {
			t.Errorf("%s: name %q, source %q, description %q", name, s.Name, s.Source, s.Description)
		}
		renamed := strings.Replace(string(scenarios.Source(name)), "name: "+name+"\n", "name: my-"+name+"\n", 1)
		mine, err := scenarios.Parse("", []byte(renamed))
		if err != nil {
			t.Error(err)
			continue
		}
		if mine.Name = name; !reflect.DeepEqual(s, mine) {
			t.Errorf("%s: Source and Load differ", name)
		}
	}
	if scenarios.Source("nothing") != nil {
		t.Error("there is a Source for nothing")
	}
}

func TestABuiltInScenarioIsShared(t *testing.T) {
	t.Parallel()
	var group sync.WaitGroup
	found := make([]*scenarios.Scenario, 8)
	for i := range found {
		group.Go(func() { found[i], _ = scenarios.Load("slow") })
	}
	group.Wait()
	for _, s := range found {
		if s == nil || s != found[0] {
			t.Fatal("Load gave different scenarios")
		}
	}
}

func TestLoadOfAnUnknownName(t *testing.T) {
	t.Parallel()
	_, err := scenarios.Load("sms-lsot")
	if want := `there is no built-in scenario "sms-lsot"; the names are ` + strings.Join(scenarios.Names(), ", ") + `; did you mean "sms-lost"?`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// The constants and the library are the same set, and a constant is called as
// its scenario is.
func TestEachBuiltInScenarioHasAConstant(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "library.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, decl := range file.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			constant := spec.(*ast.ValueSpec)
			value, err := strconv.Unquote(constant.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, value)
			if name := constant.Names[0].Name; !strings.EqualFold(name, strings.ReplaceAll(value, "-", "")) {
				t.Errorf("%s is the constant of %s", name, value)
			}
		}
	}
	if !slices.Equal(values, scenarios.Names()) {
		t.Errorf("the constants are\n%q, the names\n%q", values, scenarios.Names())
	}
}

// The numbers stay what they are. A scenario has no number if it cannot act on
// an SMS login.
func TestMagicPhone(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"+15005550101": "rate-limited", "+15005550102": "rate-limited-once", "+15005550103": "otp-expired", "+15005550104": "otp-locked",
		"+15005550105": "otp-always-wrong", "+15005550106": "sms-provider-error", "+15005550107": "sms-provider-timeout", "+15005550108": "sms-lost",
		"+15005550109": "slow", "+15005550110": "connection-reset", "+15005550111": "bad-gateway-html", "+15005550112": "unavailable",
		"+15005550113": "truncated-json", "+15005550114": "token-bad-signature", "+15005550115": "token-alg-none", "+15005550116": "token-expired",
		"+15005550117": "token-wrong-issuer", "+15005550118": "token-wrong-audience", "+15005550119": "clock-skew", "+15005550120": "jwks-rotated",
		"+15005550121": "user-blocked", "+15005550122": "mfa-required", "+15005550123": "signup-disabled", "+15005550124": "flaky", "+15005550125": "strict-client",
		"+15005550126": "dpop-nonce-stale",
	}
	numbers := 0
	for _, name := range scenarios.Names() {
		phone := scenarios.MagicPhone(name)
		if without := strings.HasPrefix(name, "email-") || name == scenarios.JWKSUnavailable; without != (phone == "") {
			t.Errorf("%s: %q", name, phone)
		}
		if phone == "" {
			continue
		}
		if numbers++; want[phone] != name {
			t.Errorf("%s has %s", name, phone)
		}
	}
	if numbers != len(want) || scenarios.MagicPhone("nothing") != "" || scenarios.MagicPhone("") != "" {
		t.Errorf("%d numbers", numbers)
	}
}
