package browser

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// startNode starts a web app of apps/, and points the browser's app at it.
func (s *sdk) startNode(script string, env ...string) {
	s.t.Helper()
	s.app = s.node(script, env...)
}

// node starts a program of apps/, and returns its URL.
func (s *sdk) node(script string, env ...string) string {
	s.t.Helper()
	return s.program(exec.Command("node", filepath.Join("apps", script)), env...)
}

// startPython starts a web app in Python, and points the browser's app at it.
func (s *sdk) startPython(script string, env ...string) {
	s.t.Helper()
	python, packages := pythonPackages(s.t)
	s.app = s.program(exec.Command(python, filepath.Join("apps", script)), append(env, "PYTHONPATH="+packages)...)
}

// program starts a program that tells its URL, trusts the tenant, and ends with the test.
func (s *sdk) program(c *exec.Cmd, env ...string) string {
	s.t.Helper()
	ca := filepath.Join(s.t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, caOf(s.t, s.auth), 0o600); err != nil {
		s.t.Fatal(err)
	}
	script := filepath.Base(c.Args[1])
	c.Env = append(os.Environ(), append(env, "NODE_EXTRA_CA_CERTS="+ca, "SSL_CERT_FILE="+ca, "NO_PROXY=localhost,127.0.0.1")...)
	var complaints bytes.Buffer
	c.Stderr = &complaints
	stdin, err := c.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	limit := time.AfterFunc(4*patience, func() { _ = c.Process.Kill() })
	s.t.Cleanup(func() {
		limit.Stop()
		_ = s.try(chromedp.Navigate("about:blank")) // a page that still loads its icon would complain
		_ = stdin.Close()
		if err := c.Wait(); err != nil || s.t.Failed() {
			s.t.Logf("%s: %v\n%s", script, err, complaints.String())
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		s.t.Fatalf("%s does not start: %v\n%s", script, err, complaints.String())
	}
	return strings.TrimSpace(line)
}

// startNextJS starts the app of nextjs-auth0, and its API.
func (s *sdk) startNextJS() {
	s.t.Helper()
	npmPackages(s.t, "../../recipes/nextjs")
	api := s.node("api.cjs", "ISSUER="+s.tenant+"/")
	s.startNode("nextjs-auth0.mjs", "TENANT="+s.tenant, "API="+api, "SCRIPT="+s.app+"/bundled/nextjs-auth0.js")
}

// express-openid-connect as it is out of the box, with an ID token by
// form_post, and with a code.
func TestExpressOpenIDConnect(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]map[string]any{
		"id_token by form_post": {},
		"code": {
			"clientSecret":        "acme-web-secret",
			"authorizationParams": map[string]any{"response_type": "code", "audience": "https://api.acme.test/", "scope": "openid profile email offline_access"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := json.Marshal(settings)
			if err != nil {
				t.Fatal(err)
			}
			s := startSDK(t, "http", desktop)
			s.startNode("express-openid-connect.cjs", "ISSUER="+s.tenant, "SETTINGS="+string(data))
			s.run(chromedp.Navigate(s.app + "/"))
			s.status("signed out")
			s.run(chromedp.Navigate(s.app + "/login"))
			s.signIn(ada)
			s.status("signed in as " + ada)
			if name == "code" {
				s.run(chromedp.Navigate(s.app + "/userinfo"))
				s.status(ada)
			}
			s.run(chromedp.Navigate(s.app + "/logout"))
			s.status("signed out")
			s.run(chromedp.Navigate(s.app + "/login")) // the tenant's session is over, too
			s.at("/u/login/identifier")
		})
	}
}

// passport-auth0 speaks https alone; its Node trusts NODE_EXTRA_CA_CERTS.
func TestPassportAuth0(t *testing.T) {
	t.Parallel()
	needHTTPS(t)
	s := startSDK(t, "https", desktop)
	s.startNode("passport-auth0.cjs", "DOMAIN="+strings.TrimPrefix(s.tenant, "https://"))
	s.run(chromedp.Navigate(s.app + "/login"))
	s.signIn(ada)
	s.status("signed in as " + ada + " by email")
	s.run(chromedp.Navigate(s.app + "/logout"))
	s.status("signed out")
	s.run(chromedp.Navigate(s.app + "/login"))
	s.at("/u/login/identifier")
}
