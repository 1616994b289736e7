package command_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/command"
)

func TestExecStatus(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"0", "1", "7", "125"} {
		env, args := child(t, "exit", status)
		got := run(t, environ(env...), append([]string{"exec", "--log", "none", "--"}, args...)...)
		if want := map[string]int{"0": 0, "1": 1, "7": 7, "125": 125}[status]; got != (result{status: want}) {
			t.Errorf("%+v, want status %d and no output", got, want)
		}
	}
}

func TestExecStreams(t *testing.T) {
	t.Parallel()
	env, args := child(t, "echo")
	var out, errout bytes.Buffer
	status := command.Run(command.World{
		Args: append([]string{"mockauth0", "exec", "--log", "none", "--"}, args...), Environ: environ(env...),
		Stdin: strings.NewReader("from stdin"), Stdout: &out, Stderr: &errout,
	})
	if status != 0 || out.String() != "from stdin" || errout.String() != "to stderr\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, out.String(), errout.String())
	}
}

// What is behind the command is the command's own, another -- included.
func TestExecArguments(t *testing.T) {
	t.Parallel()
	env, args := child(t, "arguments", "test", "--", "--help")
	for _, line := range [][]string{{"exec", "--log", "none", "--"}, {"exec", "--log", "none"}} {
		if got := run(t, environ(env...), append(line, args...)...); got != (result{out: "test -- --help\n"}) {
			t.Errorf("%q: %+v", line, got)
		}
	}
}

// childEnviron is the environment that exec gives to its child.
func childEnviron(t *testing.T, more []string, flags ...string) map[string]string {
	t.Helper()
	env, args := child(t, "environ")
	got := run(t, environ(append(env, more...)...), slices.Concat([]string{"exec", "--log", "none"}, flags, []string{"--"}, args)...)
	var list []string
	if err := json.Unmarshal([]byte(got.out), &list); err != nil || got.status != 0 {
		t.Fatalf("%+v: %v", got, err)
	}
	all := map[string]string{}
	for _, entry := range list {
		name, value, _ := strings.Cut(entry, "=")
		all[name] = value
	}
	return all
}

func TestExecEnviron(t *testing.T) {
	t.Parallel()
	got := childEnviron(t, []string{"KEPT=yes", "AUTH0_DOMAIN=real.auth0.com", "AUTH0_CLIENT_SECRET=real", "NO_PROXY=corp.test"})
	host := strings.TrimPrefix(got["MOCKAUTH0_URL"], "http://")
	if !strings.HasPrefix(host, "localhost:") || strings.HasSuffix(host, ":2884") {
		t.Errorf("MOCKAUTH0_URL is %s", got["MOCKAUTH0_URL"])
	}
	for name, want := range map[string]string{
		"KEPT":                  "yes",
		"AUTH0_DOMAIN":          host,
		"AUTH0_ISSUER_BASE_URL": "https://" + host,
		"AUTH0_CLIENT_ID":       "acme-web",
		"AUTH0_CLIENT_SECRET":   "acme-web-secret",
		"AUTH0_AUDIENCE":        "https://api.acme.test/",
		"NO_PROXY":              "corp.test,localhost,127.0.0.1,::1",
		"no_proxy":              "corp.test,localhost,127.0.0.1,::1",
	} {
		if runtime.GOOS == "windows" && name == "no_proxy" {
			continue // the same variable there
		}
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	for _, name := range []string{"NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"} {
		if _, err := os.Stat(filepath.Dir(got[name])); err == nil || got[name] == "" {
			t.Errorf("%s names %q, whose folder is left behind", name, got[name])
		}
	}
}

func TestExecProxies(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("NO_PROXY and no_proxy are one variable here")
	}
	for _, c := range []struct{ environ, upper, lower string }{
		{"", "localhost,127.0.0.1,::1", "localhost,127.0.0.1,::1"},
		{"no_proxy=a.test, b.test", "a.test,b.test,localhost,127.0.0.1,::1", "a.test,b.test,localhost,127.0.0.1,::1"},
		{"NO_PROXY=*", "*", "*"},
		{"NO_PROXY=127.0.0.1,localhost", "127.0.0.1,localhost,::1", "127.0.0.1,localhost,::1"},
	} {
		got := childEnviron(t, []string{c.environ})
		if got["NO_PROXY"] != c.upper || got["no_proxy"] != c.lower {
			t.Errorf("%q: NO_PROXY %q, no_proxy %q", c.environ, got["NO_PROXY"], got["no_proxy"])
		}
	}
}

func TestExecTargets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flags   string
		environ []string
		want    map[string]string
	}{
		{"--client-id acme-native", nil, map[string]string{"AUTH0_CLIENT_ID": "acme-native", "AUTH0_CLIENT_SECRET": ""}},
		{"--client mine:s3cret --audience https://mine.test/", nil, map[string]string{"AUTH0_CLIENT_ID": "mine", "AUTH0_CLIENT_SECRET": "s3cret", "AUTH0_AUDIENCE": "https://mine.test/"}},
		{"--client mine --client-id acme-m2m", nil, map[string]string{"AUTH0_CLIENT_ID": "acme-m2m"}},
		{"", []string{"AUTH0_CLIENT_ID=acme-native"}, map[string]string{"AUTH0_CLIENT_ID": "acme-native", "AUTH0_CLIENT_SECRET": ""}},
		{"", []string{"AUTH0_CLIENT_ID=real"}, map[string]string{"AUTH0_CLIENT_ID": "acme-web"}},
		{"--fixture minimal", nil, map[string]string{"AUTH0_CLIENT_ID": "acme-native"}},
		{"--for nextjs", []string{"APP_BASE_URL=http://localhost:4000"}, map[string]string{"APP_BASE_URL": "http://localhost:4000", "AUTH0_CLIENT_ID": "acme-web"}},
		{"--for nextjs", []string{"AUTH0_CLIENT_ID=real", "AUTH0_SECRET="}, map[string]string{"APP_BASE_URL": "http://localhost:3000", "AUTH0_CLIENT_ID": "acme-web"}},
	} {
		got := childEnviron(t, c.environ, strings.Fields(c.flags)...)
		for name, want := range c.want {
			if got[name] != want {
				t.Errorf("%s: %s is %q, want %q", c.flags, name, got[name], want)
			}
		}
		if c.flags == "--for nextjs" && (got["AUTH0_DOMAIN"] != got["MOCKAUTH0_URL"] || len(got["AUTH0_SECRET"]) != 64) {
			t.Errorf("--for nextjs: AUTH0_DOMAIN %s, AUTH0_SECRET %s", got["AUTH0_DOMAIN"], got["AUTH0_SECRET"])
		}
	}
}

// A bundle is what was there before, or the system's roots, and the CA.
func TestExecBundles(t *testing.T) {
	t.Parallel()
	ca := run(t, environ(), "ca").out
	mine := write(t, "mine.pem", "MY ROOT") // without a newline at the end
	env, args := child(t, "roots")
	got := run(t, environ(append(env, "SSL_CERT_FILE="+mine)...), append([]string{"exec", "--log", "none", "--"}, args...)...)
	var bundles []string
	for line := range strings.Lines(got.out) {
		data, _ := hex.DecodeString(strings.TrimSpace(line))
		bundles = append(bundles, string(data))
	}
	if len(bundles) != 4 || bundles[0] != ca || bundles[1] != "MY ROOT\n"+ca || !strings.HasSuffix(bundles[2], ca) || bundles[3] != bundles[2] {
		t.Fatalf("status %d, the bundles are %.200q", got.status, bundles)
	}
	if _, err := os.Stat("/etc/ssl/certs/ca-certificates.crt"); err == nil && len(bundles[2]) < 10*len(ca) {
		t.Errorf("REQUESTS_CA_BUNDLE lacks the system's roots: %.200s", bundles[2])
	}
}

// The child trusts the server over https, by what is in its environment.
func TestExecTrust(t *testing.T) {
	t.Parallel()
	env, args := child(t, "fetch")
	if got := run(t, environ(env...), append([]string{"exec", "--log", "none", "--"}, args...)...); got.status != 0 || got.out != "200\n" {
		t.Errorf("%+v", got)
	}
}

func TestExecRefusals(t *testing.T) {
	t.Parallel()
	env, args := child(t, "exit", "0")
	missing := filepath.Join(t.TempDir(), "no.pem")
	refused(t, environ(append(env, "SSL_CERT_FILE="+missing)...),
		"SSL_CERT_FILE="+missing+": the file cannot be read ("+noSuchFile()+"); correct the variable, or unset it", append([]string{"exec", "--log", "none", "--"}, args...)...)
	if runtime.GOOS != "windows" {
		refused(t, environ(), "exec cannot start ./testdata (permission denied); check that it is a program", "exec", "--", "./testdata")
		refused(t, environ(), "exec cannot start ./no-such (no such file or directory); check that it is a program", "exec", "--", "./no-such")
	}
}

func TestExecState(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	env, args := child(t, "exit", "5")
	got := run(t, environ(env...), append([]string{"exec", "--log", "none", "--state", file, "--"}, args...)...)
	if _, err := os.Stat(file); err != nil || got.status != 5 {
		t.Errorf("%+v: %v", got, err)
	}
}
