package browser

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server/localtls"
	"github.com/mockauth0/mockauth0/testkit"
)

// appAuthority signs for the apps; the tenants have testkit's.
var appAuthority = sync.OnceValues(localtls.NewInMemory)

// trustAuthorities lets a Chromium whose home this is trust the certificates
// of apps and tenants, as a developer's does after `mockauth0 ca`: by NSS, and
// no flag that would switch a check off.
func trustAuthorities(t *testing.T, home string) error {
	t.Helper()
	certutil, err := exec.LookPath("certutil")
	if err != nil {
		return fmt.Errorf("https needs NSS's certutil: apt-get install libnss3-tools")
	}
	app, err := appAuthority()
	if err != nil {
		return err
	}
	store := filepath.Join(home, ".pki", "nssdb")
	if err := os.MkdirAll(store, 0o700); err != nil {
		return err
	}
	steps := [][]string{{"-N", "--empty-password"}}
	for name, pem := range map[string][]byte{"apps": app.PEM(), "tenants": caOf(t, testkit.Start(t))} {
		file := filepath.Join(home, name+".pem")
		if err := os.WriteFile(file, pem, 0o600); err != nil {
			return err
		}
		steps = append(steps, []string{"-A", "-t", "C,,", "-n", name, "-i", file})
	}
	for _, step := range steps {
		if out, err := exec.CommandContext(t.Context(), certutil, append([]string{"-d", "sql:" + store}, step...)...).CombinedOutput(); err != nil {
			return fmt.Errorf("certutil %s: %w\n%s", step[0], err, out)
		}
	}
	return nil
}

// caOf is the certificate authority of a tenant, as PEM.
func caOf(t *testing.T, auth *testkit.Auth0) []byte {
	t.Helper()
	answer, err := auth.Client().Get(auth.URL() + "/_mock/ca.pem")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	pem, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("ca.pem: %s %v", answer.Status, err)
	}
	return pem
}

// needHTTPS ends a test where the browser does not trust the certificates.
func needHTTPS(t *testing.T) {
	t.Helper()
	chromium(t)
	switch {
	case shared.distrust == nil:
	case os.Getenv("CI") != "":
		t.Fatal(shared.distrust)
	default:
		t.Skip(shared.distrust)
	}
}

// schemes runs a test over http and over https.
func schemes(t *testing.T, test func(t *testing.T, scheme string)) {
	t.Helper()
	for _, scheme := range []string{"http", "https"} {
		t.Run(scheme, func(t *testing.T) {
			if scheme == "https" {
				needHTTPS(t)
			}
			test(t, scheme)
		})
	}
}

// A sdk is an app in the browser and the tenant at which it signs in, both on
// localhost: for a browser they are one site, whatever their ports are.
type sdk struct {
	*tab
	app    string // http://localhost:port
	tenant string // http://localhost:port
	auth   *testkit.Auth0
}

// startSDK starts a tenant, an app of apps/, and a tab that is still blank.
func startSDK(t *testing.T, scheme string, how look, opts ...testkit.Option) *sdk {
	t.Helper()
	chromium(t) // or skip before a tenant starts
	npmPackages(t, ".")
	auth := testkit.Start(t, opts...)
	return &sdk{blank(t, how), scheme + "://" + serveApps(t), scheme + "://" + byName(auth.Domain()), auth}
}

// byName is an address of this machine by its name, which browsers and some
// SDKs treat unlike its number.
func byName(address string) string { return "localhost:" + port(address) }

// serveApps answers with the apps, and with the packages as npm installed
// them, over http and https. It returns localhost:port.
func serveApps(t *testing.T) string {
	t.Helper()
	files := http.NewServeMux()
	files.Handle("/node_modules/", http.StripPrefix("/node_modules/", http.FileServer(http.Dir("node_modules"))))
	for path, bundled := range map[string]func() ([]byte, error){"/bundled/lock.js": bundledLock, "/bundled/react.js": bundledReact, "/bundled/nextjs-auth0.js": bundledNextJS} {
		files.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			script, err := bundled()
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
			_, _ = w.Write(script)
		})
	}
	files.HandleFunc("/favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	files.Handle("/", http.FileServer(http.Dir("apps")))
	return serveBoth(t, files)
}

// bundledLock is the app of Lock with its packages in one file: npm has Lock as
// modules for bundlers alone. The fields are webpack's, since what is main in
// Lock's auth0-js is no module; Lock's React is 18, its neighbours' here is 19.
var bundledLock = sync.OnceValues(func() ([]byte, error) {
	return bundle("lock.js", "--main-fields=browser,module,main",
		"--alias:react=./node_modules/auth0-lock/node_modules/react", "--alias:react-dom=./node_modules/auth0-lock/node_modules/react-dom", "--define:global=window")
})

// bundledReact is the app of auth0-react.
var bundledReact = sync.OnceValues(func() ([]byte, error) { return bundle("react.jsx", "--jsx=automatic") })

// bundledNextJS is what nextjs-auth0 has for the browser. Its settings come from the
// environment of the build.
var bundledNextJS = sync.OnceValues(func() ([]byte, error) {
	return bundle("nextjs-auth0.js", "--define:process.env={}",
		"--alias:@auth0/nextjs-auth0/client=../../recipes/nextjs/node_modules/@auth0/nextjs-auth0/dist/client/index.js")
})

// bundle is an app of apps/ with its packages in one file.
func bundle(app string, flags ...string) ([]byte, error) {
	var complaints strings.Builder
	args := append([]string{filepath.Join("node_modules", "esbuild", "bin", "esbuild"), filepath.Join("apps", app), "--bundle", "--log-level=error", `--define:process.env.NODE_ENV="production"`}, flags...)
	c := exec.Command("node", args...)
	c.Stderr = &complaints
	script, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("esbuild: %w\n%s", err, complaints.String())
	}
	return script, nil
}

// serveBoth answers http and https on a free port, and returns localhost:port.
func serveBoth(t *testing.T, h http.Handler) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ca, err := appAuthority()
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return ca.TLSConfig(), nil }}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute, ErrorLog: localtls.ErrorLog(func() {})}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = localtls.Serve(srv, config, ln) // it ends with http.ErrServerClosed
	}()
	t.Cleanup(func() {
		_ = srv.Close()
		<-served
	})
	return byName(ln.Addr().String())
}

var npmInstall, pipInstall sync.Mutex

// npmPackages installs what the package-lock.json of a folder names, if it is not there.
func npmPackages(t *testing.T, folder string) {
	t.Helper()
	npmInstall.Lock()
	defer npmInstall.Unlock()
	wanted, err := os.Stat(filepath.Join(folder, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	installed, err := os.Stat(filepath.Join(folder, "node_modules", ".package-lock.json"))
	if err == nil && !installed.ModTime().Before(wanted.ModTime()) {
		return
	}
	if _, err := exec.LookPath("npm"); err != nil {
		const how = "npm is not installed: get Node from https://nodejs.org/, or apt-get install nodejs npm"
		if os.Getenv("CI") != "" {
			t.Fatal(how)
		}
		t.Skip(how)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "npm", "ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund").CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
}

// pythonPackages installs what requirements.txt names, if it is not there. It returns a
// Python, and the folder of the packages.
func pythonPackages(t *testing.T) (python, folder string) {
	t.Helper()
	pipInstall.Lock()
	defer pipInstall.Unlock()
	wanted, err := os.ReadFile("requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if exec.CommandContext(ctx, name, "-m", "pip", "--version").Run() != nil {
			continue
		}
		if have, err := os.ReadFile(filepath.Join("site", "requirements.txt")); err == nil && string(have) == string(wanted) {
			return name, "site"
		}
		if err := os.RemoveAll("site"); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(ctx, name, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore", "--only-binary=:all:", "--target", "site", "-r", "requirements.txt").CombinedOutput(); err != nil {
			t.Fatalf("pip install: %v\n%s", err, out)
		}
		if err := os.WriteFile(filepath.Join("site", "requirements.txt"), wanted, 0o600); err != nil {
			t.Fatal(err)
		}
		return name, "site"
	}
	const how = "no Python has pip: apt-get install python3-pip"
	if os.Getenv("CI") != "" {
		t.Fatal(how)
	}
	t.Skip(how)
	return "", ""
}

// continues fills a field of a login page and presses Continue, by the
// selectors that people's suites have.
func (s *sdk) continues(field, text string) {
	s.t.Helper()
	s.until(`document.querySelector(` + quoted(field) + `)`)
	s.write(field, text)
	s.next(func() { s.click(`button[type=submit][name=action][value=default]`) })
}

// next does what leads to another page, and waits for that one.
func (s *sdk) next(lead func()) {
	s.t.Helper()
	value[any](s.tab, `window.before = true`)
	lead()
	s.until(`!window.before && document.readyState === "complete"`)
}

// signIn signs in on the login pages, from the first one to the app.
func (s *sdk) signIn(as string) {
	s.t.Helper()
	s.continues("#username", as)
	s.until(`location.pathname.endsWith("-challenge")`)
	s.continues("input[name=code]", s.auth.OTP(s.t, as))
	s.back()
}

// back waits until the browser is at the app again.
func (s *sdk) back() {
	s.t.Helper()
	s.until(`location.origin === ` + quoted(s.app))
}

// requests are the requests that the tenant had at a path.
func (s *sdk) requests(path string) int {
	n := 0
	for _, r := range s.auth.Server().Requests() {
		if strings.HasPrefix(r.Path, path) {
			n++
		}
	}
	return n
}

// port is the port of an origin.
func port(origin string) string { return origin[strings.LastIndex(origin, ":")+1:] }
