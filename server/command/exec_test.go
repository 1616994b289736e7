package command

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// roleVariable makes the test binary play the program that exec runs.
const roleVariable = "COMMAND_TEST_ROLE"

// child is the command line of exec's child in a role.
func child(t *testing.T, role string, args ...string) (env []string, command []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{roleVariable + "=" + role}, append([]string{self}, args...)
}

func playRole() int {
	switch os.Getenv(roleVariable) {
	case "exit":
		status, _ := strconv.Atoi(os.Args[1])
		return status
	case "environ":
		_ = json.NewEncoder(os.Stdout).Encode(os.Environ())
	case "arguments":
		fmt.Println(strings.Join(os.Args[1:], " "))
	case "echo":
		_, _ = io.Copy(os.Stdout, os.Stdin)
		fmt.Fprintln(os.Stderr, "to stderr")
	case "roots": // each bundle, a line of hexadecimal digits
		for _, name := range []string{"NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"} {
			data, _ := os.ReadFile(os.Getenv(name))
			fmt.Printf("%x\n", data)
		}
	case "start": // a login with a code
		res, err := http.Post(os.Getenv("MOCKAUTH0_URL")+"/passwordless/start", "application/json",
			strings.NewReader(`{"client_id":"acme-native","connection":"email","email":"ada@example.com","send":"code"}`))
		if err != nil {
			fmt.Println(err)
			return 1
		}
		fmt.Println(res.StatusCode)
		status, _ := strconv.Atoi(os.Args[1])
		return status
	case "mail":
		return playMail()
	case "sms":
		return playSMS()
	case "fetch": // over https, with the roots that exec made
		roots := x509.NewCertPool()
		data, _ := os.ReadFile(os.Getenv("REQUESTS_CA_BUNDLE"))
		roots.AppendCertsFromPEM(data)
		c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
		res, err := c.Get(os.Getenv("AUTH0_ISSUER_BASE_URL") + "/.well-known/jwks.json")
		if err != nil {
			fmt.Println(err)
			return 1
		}
		fmt.Println(res.StatusCode)
	case "wait": // for a signal; the status tells which
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
		fmt.Println("ready " + os.Getenv("MOCKAUTH0_URL"))
		select {
		case s := <-signals:
			fmt.Println("got", s)
			if s == os.Interrupt {
				return 22
			}
			return 21
		case <-time.After(patience):
			return 1
		}
	}
	return 0
}

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
	status := Run(World{
		Args: append([]string{"mockauth0", "exec", "--log", "none", "--"}, args...), Environ: environ(env...),
		Stdin: strings.NewReader("from stdin"), Stdout: &out, Stderr: &errout,
	})
	if status != 0 || out.String() != "from stdin" || errout.String() != "to stderr\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, out.String(), errout.String())
	}
}

// The arguments behind the command are its own, another -- and --help included.
func TestExecArguments(t *testing.T) {
	t.Parallel()
	for _, c := range [][]string{{"test", "--", "--help"}, {"--", "--log", "x"}, {"--help", "--trust-proxy=", "-h"}, {"--"}, {"a b", "", "--"}} {
		env, args := child(t, "arguments", c...)
		want := result{out: strings.Join(c, " ") + "\n"}
		for _, line := range [][]string{{"exec", "--log", "none", "--"}, {"exec", "--log", "none"}} {
			if got := run(t, environ(env...), append(line, args...)...); got != want {
				t.Errorf("%q: %+v, want %+v", append(line, args...), got, want)
			}
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

// A command that fails is followed by what happened.
func TestExecTellsTheStory(t *testing.T) {
	t.Parallel()
	env, args := child(t, "start", "3")
	got := run(t, environ(env...), slices.Concat([]string{"exec", "--log", "json", "--scenario", "sms-lost", "--"}, args)...)
	if got.status != 3 {
		t.Errorf("status %d", got.status)
	}
	_, story, _ := strings.Cut(got.errout, "\nmockauth0: what happened until the command failed\n")
	for _, want := range []string{
		"requests: 1\n", "POST /passwordless/start {", "outbox: 1\n", "email to ada@example.com: code ",
		"scenarios: 1\n  sms-lost/", "matched 0, fired 0; near miss: passwordless.start: `connection` was email", "clock: ",
	} {
		if !strings.Contains(story, want) {
			t.Errorf("no %q in\n%s", want, got.errout)
		}
	}
	env, args = child(t, "start", "0")
	if got := run(t, environ(env...), slices.Concat([]string{"exec", "--log", "json", "--"}, args)...); strings.Contains(got.errout, "what happened") {
		t.Errorf("a command that succeeds is followed by\n%s", got.errout)
	}
}
