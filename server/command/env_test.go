package command

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// What each SDK reads, for a server on the usual port.
func TestEnv(t *testing.T) {
	t.Parallel()
	for _, name := range append([]string{""}, sdkNames()...) {
		args := []string{"env"}
		if name != "" {
			args = append(args, "--for", name)
		}
		got := run(t, environ(), args...)
		if got.status != 0 || got.errout != "" {
			t.Errorf("%s: %+v", name, got)
		}
		out := strings.ReplaceAll(strings.ReplaceAll(got.out, "'", ""), scratch, "SCRATCH")
		golden(t, strings.TrimSuffix("env-"+name, "-")+".txt", strings.ReplaceAll(out, `\`, "/"))
		for line := range strings.Lines(got.out) {
			if !regexp.MustCompile(`^(#|[A-Z][A-Z0-9_]*=).*\n$`).MatchString(line) {
				t.Errorf("%s: no line of a dotenv file: %q", name, line)
			}
		}
	}
}

func TestEnvFlags(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args string
		want string // one line
	}{
		{"--url https://auth.test:8443/", "AUTH0_DOMAIN=auth.test:8443"},
		{"--url https://auth.test --for vite", "VITE_AUTH0_DOMAIN=https://auth.test"},
		{"--client-id acme-spa", "AUTH0_CLIENT_SECRET="},
		{"--client mine:s --for authjs", "AUTH_AUTH0_ID=mine"},
		{"--client mine@spa --for vite", "VITE_AUTH0_CLIENT_ID=mine"},
		{"--client-id acme-web --for expo", "EXPO_PUBLIC_AUTH0_CLIENT_ID=acme-web"},
		{"--audience urn:mine=a,b", "AUTH0_AUDIENCE=urn:mine"},
		{"--client mine:pa#ss$", "AUTH0_CLIENT_SECRET='pa#ss$'"},
		{"--fixture minimal", "AUTH0_AUDIENCE="},
	} {
		got := run(t, environ(), append([]string{"env"}, strings.Fields(c.args)...)...)
		if got.status != 0 || !strings.Contains("\n"+got.out, "\n"+c.want+"\n") {
			t.Errorf("%s: want the line %s in\n%s%s", c.args, c.want, got.out, got.errout)
		}
	}
	// Where there is a proxy, the app must not call the tenant by it.
	for proxy, want := range map[string]string{"HTTP_PROXY=http://proxy.test": "localhost,127.0.0.1,::1", "https_proxy=http://proxy.test NO_PROXY=a.test": "a.test,localhost,127.0.0.1,::1"} {
		if got := run(t, environ(strings.Fields(proxy)...), "env", "--for", "spa"); !strings.Contains(got.out, "\nNO_PROXY="+want+"\nno_proxy="+want+"\n") {
			t.Errorf("%s: %s", proxy, got.out)
		}
	}
	refused(t, environ(), "no dotenv file can hold the value of AUTH0_CLIENT_SECRET, \"a'b\\\"c\"; use mockauth0 exec instead", "env", "--client", `mine:a'b"c`)
	// Where no authority can be kept, the server's own is what to trust.
	file := write(t, "file", "")
	if got := run(t, []string{"MOCKAUTH0_TLS_DIR=" + file}, "env"); got.status != 0 || !strings.Contains(got.out, "http://localhost:2884/_mock/ca.pem") {
		t.Errorf("%+v", got)
	}
}

// A shell reads each value back as it is, where there is one.
func TestDotenv(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("sh")
	for _, value := range []string{"", "plain", "a b", "a#b", "$HOME", "`x`", `"q"`, "it's", `C:\ca.pem`, "~/x", "a=b&c;d", "*", "ä"} {
		quoted, ok := dotenv(value)
		if !ok {
			t.Errorf("%q cannot be written", value)
		}
		if err != nil {
			continue
		}
		out, err := exec.Command(shell, "-c", "X="+quoted+"\nprintf %s \"$X\"").Output()
		if err != nil || string(out) != value {
			t.Errorf("%q is written as %s and read as %q, %v", value, quoted, out, err)
		}
	}
	for _, value := range []string{"a\nb", `it's "so"`, "it's $5", `'\`} {
		if quoted, ok := dotenv(value); ok {
			t.Errorf("%q is written as %s, which some read otherwise", value, quoted)
		}
	}
}
