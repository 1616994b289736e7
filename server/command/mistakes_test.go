package command_test

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/command"
)

// bad are values that a flag refuses, with the sentence behind its name. A
// flag that is not here takes any text, and is in anyText.
var bad = map[string][]struct{ value, sentence string }{
	"serve/addr": {
		{"localhost", `the address "localhost" is not of the form host:port; write it like localhost:PORT, [::1]:PORT or :PORT with --addr`},
		{":99999", `the address ":99999" has no port between 0 and 65535; write it like localhost:PORT with --addr`},
		{"192.0.2.1:0", "192.0.2.1:0 is no address of this machine; choose another with --addr"},
		{"no-such-host.invalid:0", "no-such-host.invalid:0 is no address of this machine; choose another with --addr"},
	},
	"serve/log": {{"txt", `write text, json or none; did you mean "text"?`}},
	"serve/fixture": {
		{"strct", `there is no such file, and the built-in fixtures are default, minimal, strict; did you mean "strict"?`},
		{"no/such.yaml", "there is no such file, and the built-in fixtures are default, minimal, strict"},
		{".", "that is a folder; name a file in it, or one of default, minimal, strict"},
	},
	"serve/state": {{".", "that is a folder; name a file in it"}},
	"serve/client": {
		{"x@web", "a client of type web needs a secret; write x:SECRET@web"},
		{"x:", "a client of type web needs a secret; write x:SECRET@web"},
		{"x@m2m", "a client of type m2m needs a secret; write x:SECRET@m2m"},
		{"x:s@spa", "a client of type spa has no secret; write x@spa, or make it a web client"},
		{"x@wep", `there is no type "wep"; write one of m2m, native, spa, web; did you mean "web"?`},
		{"x@", `there is no type ""; write one of m2m, native, spa, web`},
		{"x:p@ss", "what follows the last @ is the type, one of m2m, native, spa, web; a secret with an @ needs it behind: x:p@ss@web"},
		{":s", "there is no client id; write ID[:SECRET][@TYPE]"},
	},
	"serve/audience": {{"=read:x", "there is no identifier; write URL[=SCOPE,…]"}},
	"serve/callback": {
		{"junk", `must be a whole URL with its scheme, as in https://app.acme.test/callback, http://localhost:* or com.acme.app://*, not the string "junk"`},
		{"javascript:alert", "the scheme javascript is never allowed; write the URL of the app"},
		{"https://", "the URL has no host; write one as in https://app.acme.test/callback"},
	},
	"serve/issuer": {
		{"localhost:2884", "write a URL such as https://localhost:2884/"},
		{"http://", "write a URL such as https://localhost:2884/"},
		{"ftp://localhost/", "write a URL such as https://localhost:2884/"},
		{"https://localhost/?x", "write a URL such as https://localhost:2884/"},
	},
	"serve/trust-proxy": {{"yes", "write true or false"}},
	"serve/scenario": {
		{"rate-limitd", `there is no file rate-limitd, and no built-in scenario of that name; did you mean "rate-limited"?`},
		{"no/such.yaml", "there is no file no/such.yaml, and no built-in scenario of that name; mockauth0 scenarios lists them"},
	},
	"serve/fail-on-unfired": {{"yes", "write true or false"}},
	"serve/otp": {
		{"magic", "write hmac, random, fixed:000000 or sequence:111111,222222"},
		{"fixed:", "write hmac, random, fixed:000000 or sequence:111111,222222"},
		{"fixed:abc", `the code "abc" is not of digits; write one such as 000000`},
		{"sequence:111111,,222222", `the code "" is not of digits; write one such as 000000`},
	},
	"serve/clock": {
		{"2030-01-01", "write a time since 1970 such as 2030-01-01T00:00:00Z, or running"},
		{"0001-01-01T00:00:00Z", "write a time since 1970 such as 2030-01-01T00:00:00Z, or running"},
	},
	"serve/smtp": {
		{"1025", `the address "1025" is not of the form host:port; write it like localhost:PORT, [::1]:PORT or :PORT with --smtp`},
		{"192.0.2.1:0", "192.0.2.1:0 is no address of this machine; choose another with --smtp"},
	},
	"serve/mail-api": {{":x", `the address ":x" has no port between 0 and 65535; write it like localhost:PORT with --mail-api`}},
	"serve/mail-api-dialect": {
		{"mailpitt", `write mailhog or mailpit; did you mean "mailpit"?`},
		{"smtp4dev", "write mailhog or mailpit"},
		{"mailpit", "give --mail-api, too: it is that API's"},
	},
	"serve/smtp-relay": {
		{"localhost", "write the mail server's host and port, such as localhost:1025"},
		{":1025", "write the mail server's host and port, such as localhost:1025"},
		{"localhost:smpt", "write the mail server's host and port, such as localhost:1025"},
	},
	"serve/twilio": {{"4012", `the address "4012" is not of the form host:port; write it like localhost:PORT, [::1]:PORT or :PORT with --twilio`}},
	"serve/allow-outbound": {
		{"https://sms.example.com", "write a host alone, such as sms.example.com"},
		{"sms.example.com:443", "write a host alone, such as sms.example.com"},
	},
	"serve/tls-host": {{"http://x", `the TLS host "http://x" is neither a DNS name nor an IP address; give --tls-host a name without scheme, port or path, such as auth.acme.dev`}},
	"serve/tls-cert": {{"no.pem", "give --tls-key, too: the two go together"}},
	"serve/tls-key":  {{"no.pem", "give --tls-cert, too: the two go together"}},

	"exec/for":         {{"nexjs", `write one of authjs, expo, express, express-api, go, nextjs, python, vite; did you mean "nextjs"?`}},
	"exec/client-id":   {{"acme-wep", `there is no such client; there are acme-native, acme-web, acme-spa, acme-m2m; did you mean "acme-web"?`}},
	"env/url":          {{"localhost:2884", "write a URL such as http://localhost:2884"}, {"http://x/path", "write a URL such as http://localhost:2884"}},
	"healthcheck/addr": {{"localhost", "write HOST:PORT, as in localhost:2884"}},
	"otp/email":        {{"ada", "that is no e-mail address; write one such as ada@example.com"}},
	"otp/phone":        {{"12", "that is no phone number; write one such as +12025550101"}},
	"otp/n":            {{"0", "write a number from 1"}, {"one", "write a number from 1"}},
	"otp/connection":   {{"emial", "there is no such connection of strategy email; there is email"}},
}

// anyText are the flags that take any text.
var anyText = []string{"seed", "tls-dir", "tls-ca-copy"}

// Every flag, and its twin, refuses what is wrong, by the name that the user
// gave it.
func TestBadValues(t *testing.T) {
	t.Parallel()
	for _, f := range command.Flags() {
		cases := bad[f.Command+"/"+f.Name]
		for _, other := range []string{"serve", "exec", "env", "otp"} {
			if cases == nil {
				cases = bad[other+"/"+f.Name]
			}
		}
		if cases == nil && !slices.Contains(anyText, f.Name) {
			t.Errorf("no test says what --%s of %s refuses", f.Name, f.Command)
		}
		t.Run(f.Command+" "+f.Name, func(t *testing.T) {
			t.Parallel()
			for _, c := range cases {
				rest := neededFor(t, f)
				asTwin := f.Twin + "=" + c.value + ": " + c.sentence
				asFlag := "--" + f.Name + " " + c.value + ": " + c.sentence
				switch {
				case strings.Contains(c.sentence, "--"+f.Name): // worded elsewhere
					asFlag, asTwin = c.sentence, f.Twin+": "+c.sentence
				case f.Switch:
					asFlag = "--" + f.Name + "=" + c.value + ": write --" + f.Name + " alone, or --" + f.Name + "=false"
				}
				if f.List && strings.Contains(c.value, ",") {
					t.Errorf("%s: a list's test value has no comma", f.Name)
				}
				refused(t, environ(f.Twin+"="+c.value), asTwin, append([]string{f.Command}, rest...)...)
				refused(t, environ(f.Twin+"=ignored"), asFlag, append([]string{f.Command, "--" + f.Name + "=" + c.value}, rest...)...)
			}
			if !f.Switch {
				got := run(t, environ(), f.Command, "--"+f.Name)
				if want := "mockauth0: --" + f.Name + " needs a value: --" + f.Name + " "; got.status != 1 || !strings.HasPrefix(got.errout, want) || strings.Count(got.errout, "\n") != 1 {
					t.Errorf("without a value: %+v", got)
				}
				got = run(t, environ(), f.Command, "--"+f.Name+"=")
				if want := "mockauth0: --" + f.Name + " is empty; write --" + f.Name + " "; got.status != 1 || !strings.HasPrefix(got.errout, want) || strings.Count(got.errout, "\n") != 1 {
					t.Errorf("with an empty value: %+v", got)
				}
			}
		})
	}
}

// neededFor are the arguments without which a command complains of something
// else. ca and env of a wrong value never get to serve.
func neededFor(t *testing.T, f command.FlagInfo) []string {
	t.Helper()
	switch {
	case f.Command == "exec":
		_, args := child(t, "exit", "0")
		return append([]string{"--"}, args...)
	case f.Command == "otp" && f.Name != "email" && f.Name != "phone":
		return []string{"--email", "ada@example.com"}
	}
	return nil
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args     string
		sentence string
	}{
		{"sevre", `there is no command "sevre"; did you mean "serve"?`},
		{"help sevre", `there is no command "sevre"; did you mean "serve"?`},
		{"xyzzy", `there is no command "xyzzy"; the commands are serve, exec, env, otp, healthcheck, ca, init, validate, schema, scenarios, version`},
		{"--adr :0", `serve has no flag --adr; did you mean "--addr"?`},
		{"serve -q", "serve has no flag --q; mockauth0 serve --help lists those it has"},
		{"serve ---q", "serve has no flag ---q; mockauth0 serve --help lists those it has"},
		{"serve --trust-proxy=", "--trust-proxy=: write --trust-proxy alone, or --trust-proxy=false"},
		{"--seed x serve", "the command comes first: mockauth0 serve [flags]"},
		{"serve now", `serve takes flags only, and there is "now"`},
		{"version now", `version takes flags only, and there is "now"`},
		{"init a b", `init takes one argument, and "b" is one more`},
		{"schema scenarios", `schema does not know "scenarios"; it is one of fixture, scenario; did you mean "scenario"?`},
		{"scenarios sms-lsot", `there is no built-in scenario "sms-lsot"; the names are ` + strings.Join(scenarios.Names(), ", ") + `; did you mean "sms-lost"?`},
		{"scenarios slow flaky", `scenarios takes one argument, and "flaky" is one more`},
		{"ca pth", `ca does not know "pth"; it is one of path, trust, install, uninstall; did you mean "path"?`},
		{"ca path --tsl-dir x", `ca has no flag --tsl-dir; did you mean "--tls-dir"?`},
		{"ca path -- --tls-dir", `ca takes one argument, and "--tls-dir" is one more`},
		{"ca -- --tls-dir", `ca does not know "--tls-dir"; it is one of path, trust, install, uninstall`},
		{"exec", "exec needs a command: mockauth0 exec [flags] -- COMMAND"},
		{"exec --", "exec needs a command: mockauth0 exec [flags] -- COMMAND"},
		{"exec -- no-such-program", "exec finds no program no-such-program on the PATH; check its name, or write its path"},
		{"otp", "otp needs one recipient: --email ada@example.com, or --phone +12025550101"},
		{"otp --email a@b.co --phone +12025550101", "otp needs one recipient: --email ada@example.com, or --phone +12025550101"},
		{"otp --email ada@example.com --otp random", "--otp: the codes of otp.mode random cannot be known beforehand"},
		{"otp --phone +12025550101 --fixture minimal --connection x", "--connection x: there is no such connection of strategy sms; there is sms"},
		{"serve --tls-cert no.pem --tls-key no.pem", "--tls-cert no.pem: the file cannot be read (" + noSuchFile() + "); name a PEM file"},
		{"serve --state no/such/state.json", "--state no/such/state.json: no file can be written in " + filepath.FromSlash("no/such") + " (" + noSuchFolder() + "); name another place"},
		{"healthcheck --addr 127.0.0.1:1", "no server answers at 127.0.0.1:1 (" + refusedText() + "); start one with mockauth0 serve"},
	} {
		t.Run(c.args, func(t *testing.T) {
			t.Parallel()
			refused(t, environ(), c.sentence, strings.Fields(c.args)...)
		})
	}
}

func noSuchFile() string {
	_, err := os.ReadFile("no.pem")
	return err.(*os.PathError).Err.Error()
}

func noSuchFolder() string {
	_, err := os.Create(filepath.Join("no", "such", "file"))
	return err.(*os.PathError).Err.Error()
}

func refusedText() string {
	_, err := net.Dial("tcp", "127.0.0.1:1")
	return err.(*net.OpError).Err.(*os.SyscallError).Err.Error()
}

func TestTakenPort(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	addr := l.Addr().String()
	sentence := addr + " is in use by another program; choose another with --addr"
	refused(t, environ(), sentence, "--addr", addr)
	refused(t, environ(), sentence, "--addr", "127.0.0.1:0", "--addr", addr)
	refused(t, environ("MOCKAUTH0_ADDR="+addr), "MOCKAUTH0_ADDR: "+sentence)
}

func TestUnreadableFiles(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		t.Skip("this user can read every file")
	}
	file := write(t, "secret.yaml", "version: 1\n")
	if err := os.Chmod(file, 0); err != nil {
		t.Fatal(err)
	}
	refused(t, environ(), "--fixture "+file+": the file cannot be read (permission denied); correct that, or name another", "--fixture", file)
}

// A file with several mistakes is a heading and a line for each.
func TestFixtureMistakes(t *testing.T) {
	t.Parallel()
	file := write(t, "bad.yaml", "version: 1\nclients: [{client_idd: x}]\nfoo: 1\n")
	lines := file + ":2:11: clients[0].client_id: required field is missing; add it\n" +
		file + `:2:12: clients[0].client_idd: unknown field; did you mean "client_id"?` + "\n" + file + ":3:1: foo: unknown field; "
	for _, c := range []struct {
		heading string
		args    []string
	}{
		{"mockauth0: the fixture " + file + " has 3 mistakes; correct these:\n", []string{"--fixture", file}},
		{"mockauth0: the fixture " + file + " has 3 mistakes; correct these:\n", []string{"env", "--fixture", file}},
		{"mockauth0: --state " + file + " has 3 mistakes; correct these, or delete the file to begin anew:\n", []string{"--state", file}},
		{"", []string{"validate", file}},
	} {
		got := run(t, environ(), c.args...)
		if got.status != 1 || got.out != "" || !strings.HasPrefix(got.errout, c.heading+lines) || strings.Count(got.errout, "\n") != 3+strings.Count(c.heading, "\n") {
			t.Errorf("%q: status %d, stdout %q, stderr\n%s", c.args, got.status, got.out, got.errout)
		}
	}
	refused(t, environ("MOCKAUTH0_FIXTURE_YAML=extends: default"), "MOCKAUTH0_FIXTURE_YAML:1:1: version: required field is missing; add it")
	refused(t, environ("MOCKAUTH0_FIXTURE_YAML=x", "MOCKAUTH0_FIXTURE=strict"), "MOCKAUTH0_FIXTURE and MOCKAUTH0_FIXTURE_YAML are both set; unset one")
}
