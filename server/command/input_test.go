package command

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v3"
)

// A commandFlag is a flag of a command.
type commandFlag struct {
	command string
	flag
}

// allFlags are the flags of all commands.
func allFlags() []commandFlag {
	var all []commandFlag
	for _, c := range newRoot(World{}).Commands {
		for _, f := range c.Flags {
			read := f.(*cli.GenericFlag).Value.(*flag)
			all = append(all, commandFlag{c.Name, *read})
		}
	}
	return all
}

// valuesOf are the values of a flag that a command gets.
func valuesOf(flag string, environ []string, args ...string) ([]string, error) {
	var values []string
	err := act(World{Args: append([]string{"mockauth0"}, args...), Environ: environ}, func(in *input) error {
		values = in.flags[flag].values
		return nil
	})
	return values, err
}

// bad are values that a flag refuses, with the sentence behind its name. A
// flag that is not here takes any text, and is in anyText.
var bad = map[string][]struct{ value, sentence string }{
	"serve/port": {
		{"65536", "write a number from 0 to 65535"},
		{":2884", "write a number from 0 to 65535"},
	},
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
		{".", "the file cannot be read (it is a folder without an export of Auth0's deploy CLI: it has no tenant.yaml, and none of the folders that the CLI writes, such as clients); correct that, or name another"},
	},
	"serve/keyword": {{"ENV", "write NAME=VALUE, such as ENV=dev or 'URLS=[\"http://localhost:3000/cb\"]'"}},
	"serve/state":   {{".", "that is a folder; name a file in it"}},
	"serve/client": {
		{"x@web", "a client of type web needs a secret; write x:SECRET@web"},
		{"x:", "a client of type web needs a secret; write x:SECRET@web"},
		{"x@m2m", "a client of type m2m needs a secret; write x:SECRET@m2m"},
		{"x:s@spa", "a client of type spa has no secret; write x@spa, or make it a web client"},
		{"x@wep", `there is no type "wep"; write one of m2m, native, spa, web; did you mean "web"?`},
		{"x@", `there is no type ""; write one of m2m, native, spa, web`},
		{"x:p@ss", "the text after the last @ must be a type, one of m2m, native, spa, web; if the secret has an @, add the type: x:p@ss@web"},
		{":s", "there is no client id; write ID[:SECRET][@TYPE]"},
	},
	"serve/audience": {{"=read:x", "there is no identifier; write URL[=SCOPE,…]"}},
	"serve/callback": {
		{"junk", `must be a whole URL with its scheme, as in https://app.acme.test/callback, http://localhost:* or com.acme.app://*, not the string "junk"`},
		{"javascript:alert", "the scheme javascript is never allowed; write the URL of the app"},
		{"https://", "the URL has no host; write one as in https://app.acme.test/callback"},
		{"https://*.com/cb", "the * of https://*.com/cb does not stand for a sub-domain, so Auth0 lets it allow no other URL; write it as in https://*.acme.test or https://pr-*-shop.acme.test"},
	},
	"serve/issuer": {
		{"localhost:2884", "write a URL such as https://localhost:2884/"},
		{"http://", "write a URL such as https://localhost:2884/"},
		{"ftp://localhost/", "write a URL such as https://localhost:2884/"},
		{"https://localhost/?x", "write a URL such as https://localhost:2884/"},
	},
	"serve/tenants": {{"0", "write a number from 1 to 1000"}, {"many", "write a number from 1 to 1000"}},
	"serve/tenant-host": {
		{"https://auth.example.com", "write a host name alone, such as auth.example.com"},
		{"127.0.0.1", "write a host name alone, such as auth.example.com"},
	},
	"serve/trust-proxy": {{"yes", "write true or false"}},
	"serve/scenario": {
		{"rate-limitd", `there is no file rate-limitd, and no built-in scenario of that name; did you mean "rate-limited"?`},
		{"no/such.yaml", "there is no file no/such.yaml, and no built-in scenario of that name; mockauth0 scenarios lists them"},
	},
	"serve/fail-on-unfired": {{"yes", "write true or false"}},
	"serve/stop-with-stdin": {{"yes", "write true or false"}},
	"serve/otp": {
		{"magic", "write hmac, random, fixed:000000 or sequence:111111,222222"},
		{"fixed:", "write hmac, random, fixed:000000 or sequence:111111,222222"},
		{"fixed:abc", `the code "abc" must be digits only, such as 000000`},
		{"sequence:111111,,222222", `the code "" must be digits only, such as 000000`},
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
		{"mailpit", "give --mail-api, too: this is the dialect of its API"},
	},
	"serve/smtp-relay": {
		{"localhost", "write the mail server's host and port, such as localhost:1025"},
		{":1025", "write the mail server's host and port, such as localhost:1025"},
		{"localhost:smpt", "write the mail server's host and port, such as localhost:1025"},
	},
	"serve/twilio": {{"4012", `the address "4012" is not of the form host:port; write it like localhost:PORT, [::1]:PORT or :PORT with --twilio`}},
	"serve/node":   {{"/no/such/node", "there is no such program; write the path of a Node.js, 18 or later"}},
	"serve/allow-outbound": {
		{"https://sms.example.com", "write a host alone, such as sms.example.com"},
		{"sms.example.com:443", "write a host alone, such as sms.example.com"},
	},
	"serve/tls-host": {{"http://x", `the TLS host "http://x" is neither a DNS name nor an IP address; give --tls-host a name without scheme, port or path, such as auth.acme.dev`}},
	"serve/tls-cert": {{"no.pem", "give --tls-key, too: the two go together"}},
	"serve/tls-key":  {{"no.pem", "give --tls-cert, too: the two go together"}},

	"exec/for":         {{"nexjs", `write one of angular, aspnetcore, authjs, django, expo, express, express-api, fastapi, flask, flutter, go, goth, hono, nextauth, nextjs, nuxt, okta, python, rails, spa, spring, vite; did you mean "nextjs"?`}},
	"exec/client-id":   {{"acme-wep", `there is no such client; there are acme-native, acme-web, acme-spa, acme-m2m; did you mean "acme-web"?`}},
	"env/url":          {{"localhost:2884", "write a URL such as http://localhost:2884"}, {"http://x/path", "write a URL such as http://localhost:2884"}},
	"healthcheck/addr": {{"localhost", "write HOST:PORT, as in localhost:2884"}},
	"otp/email":        {{"ada", "that is no e-mail address; write one such as ada@example.com"}},
	"otp/phone":        {{"12", "that is no phone number; write one such as +12025550101"}},
	"otp/n":            {{"0", "write a whole number, 1 or more"}, {"one", "write a whole number, 1 or more"}},
	"otp/totp":         {{"nobody", `there is no user "nobody", by user_id or address`}},
	"otp/connection":   {{"emial", "the fixture has no such connection of strategy email; it has email"}},
}

// anyText are the flags that take any text.
var anyText = []string{"seed", "tls-dir", "tls-ca-copy"}

// Every flag, and its twin, refuses what is wrong, by the name that the user
// gave it.
func TestBadValues(t *testing.T) {
	t.Parallel()
	for _, f := range allFlags() {
		cases := bad[f.command+"/"+f.name]
		for _, other := range []string{"serve", "exec", "env", "otp"} {
			if cases == nil {
				cases = bad[other+"/"+f.name]
			}
		}
		if cases == nil && !slices.Contains(anyText, f.name) {
			t.Errorf("no test says what --%s of %s refuses", f.name, f.command)
		}
		t.Run(f.command+" "+f.name, func(t *testing.T) {
			t.Parallel()
			for _, c := range cases {
				rest := neededFor(t, f)
				asTwin := f.twin() + "=" + c.value + ": " + c.sentence
				asFlag := "--" + f.name + " " + c.value + ": " + c.sentence
				switch {
				case strings.Contains(c.sentence, "--"+f.name): // worded elsewhere
					asFlag, asTwin = c.sentence, f.twin()+": "+c.sentence
				case f.takes == "":
					asFlag = "--" + f.name + "=" + c.value + ": write --" + f.name + " alone, or --" + f.name + "=false"
				}
				if f.list && strings.Contains(c.value, ",") {
					t.Errorf("%s: a list's test value has no comma", f.name)
				}
				if !f.noTwin {
					refused(t, environ(f.twin()+"="+c.value), asTwin, append([]string{f.command}, rest...)...)
				}
				refused(t, environ(f.twin()+"=ignored"), asFlag, append([]string{f.command, "--" + f.name + "=" + c.value}, rest...)...)
			}
			if f.takes != "" {
				got := run(t, environ(), f.command, "--"+f.name)
				if want := "mockauth0: --" + f.name + " needs a value: --" + f.name + " "; got.status != 1 || !strings.HasPrefix(got.errout, want) || strings.Count(got.errout, "\n") != 1 {
					t.Errorf("without a value: %+v", got)
				}
				got = run(t, environ(), f.command, "--"+f.name+"=")
				if want := "mockauth0: --" + f.name + " is empty; write --" + f.name + " "; got.status != 1 || !strings.HasPrefix(got.errout, want) || strings.Count(got.errout, "\n") != 1 {
					t.Errorf("with an empty value: %+v", got)
				}
			}
		})
	}
}

// neededFor are the arguments without which a command complains of something
// else. ca and env of a wrong value never get to serve.
func neededFor(t *testing.T, f commandFlag) []string {
	t.Helper()
	switch {
	case f.command == "exec":
		_, args := child(t, "exit", "0")
		return append([]string{"--"}, args...)
	case f.command == "otp" && f.name != "email" && f.name != "phone":
		return []string{"--email", "ada@example.com"}
	}
	return nil
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

// Every flag of every command but --port has a twin, which a flag beats and which
// counts as unset if it is empty.
func TestTwins(t *testing.T) {
	t.Parallel()
	for _, f := range allFlags() {
		value, flag := "from-twin", "from-flag"
		if f.takes == "" {
			value, flag = "true", "false"
		}
		if f.noTwin != (f.name == "port") {
			t.Errorf("%s --%s: no twin is %t", f.command, f.name, f.noTwin)
		}
		twin := "MOCKAUTH0_" + strings.ToUpper(strings.ReplaceAll(f.name, "-", "_"))
		if f.noTwin {
			if got, err := valuesOf(f.name, []string{twin + "=1"}, f.command); err != nil || got != nil {
				t.Errorf("%s=1 is read by %s: %q, %v", twin, f.command, got, err)
			}
			continue
		}
		for _, c := range []struct {
			environ []string
			args    []string
			want    []string
		}{
			{[]string{twin + "=" + value}, nil, []string{value}},
			{[]string{twin + "=" + value}, []string{"--" + f.name + "=" + flag}, []string{flag}},
			{[]string{twin + "=ignored", twin + "=" + value}, nil, []string{value}},
			{[]string{twin + "="}, nil, nil},
			{[]string{"MOCKAUTH0_PORT=tcp://10.0.0.1:2884", "MOCKAUTH0_SERVICE_HOST=10.0.0.1", "MOCKAUTH0_PORT_2884_TCP_ADDR=10.0.0.1"}, nil, nil},
		} {
			got, err := valuesOf(f.name, c.environ, append([]string{f.command}, c.args...)...)
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%s --%s with %q and %q: %q, %v, want %q", f.command, f.name, c.environ, c.args, got, err, c.want)
			}
		}
	}
}

// --port N means --addr localhost:N. It beats the twin of --addr, and stands beside
// the flag.
func TestPort(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		environ, args, want string
	}{
		{"", "", defaultAddr},
		{"", "--port 3000", "localhost:3000"},
		{"", "--port 3000 --addr :1", ":1 localhost:3000"},
		{"MOCKAUTH0_ADDR=:1,:2", "", ":1 :2"},
		{"MOCKAUTH0_ADDR=:1,:2", "--port 3000", "localhost:3000"},
		{"MOCKAUTH0_PORT=tcp://10.0.0.1:2884", "", defaultAddr},
	} {
		for _, command := range []string{"serve", "healthcheck"} {
			var got []string
			err := act(World{Args: append([]string{"mockauth0", command}, strings.Fields(c.args)...), Environ: []string{c.environ}}, func(in *input) (err error) {
				got, err = in.addresses()
				return err
			})
			if err != nil || strings.Join(got, " ") != c.want {
				t.Errorf("%s with %q and %q: %q, %v, want %q", command, c.environ, c.args, got, err, c.want)
			}
		}
	}
}

func TestTwinsOfLists(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flag, value string
		want        []string
	}{
		{"client", "a, b:secret ,,c@spa", []string{"a", "b:secret", "c@spa"}},
		{"addr", ":1,[::1]:2", []string{":1", "[::1]:2"}},
		{"callback", "https://a.test/cb,com.acme.app://cb", []string{"https://a.test/cb", "com.acme.app://cb"}},
		{"audience", "https://a/", []string{"https://a/"}},
		{"audience", "https://a/=read:x,write:x,https://b/,https://c/=all", []string{"https://a/=read:x,write:x", "https://b/", "https://c/=all"}},
		{"audience", "urn:a,urn:b", []string{"urn:a", "urn:b"}},
		{"client", " , ", nil},
	} {
		twin := "MOCKAUTH0_" + strings.ToUpper(c.flag) + "=" + c.value
		got, err := valuesOf(c.flag, []string{twin}, "serve")
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v, want %q", twin, got, err, c.want)
		}
	}
	// On the command line a comma is part of the value.
	got, err := valuesOf("audience", nil, "serve", "--audience", "https://a/=x,y", "--audience", "https://b/")
	if want := []string{"https://a/=x,y", "https://b/"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}
