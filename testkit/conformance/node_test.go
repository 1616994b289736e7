package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// The SDKs for Node, by the test files in javascript/. Of certificates they
// know NODE_EXTRA_CA_CERTS alone.
func TestNode(t *testing.T) {
	t.Parallel()
	installPackages(t)
	files, err := filepath.Glob("javascript/*.test.js")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no tests in javascript/ (%v)", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			c := exec.CommandContext(within(t), "node", "--test", "--test-timeout=240000", "--test-reporter=spec", file)
			c.Env = environWithout("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
				"NODE_OPTIONS", "NODE_TLS_REJECT_UNAUTHORIZED", "NODE_USE_SYSTEM_CA")
			gently(c)
			out, err := c.CombinedOutput()
			t.Logf("%s", out)
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// installing lets one test at a time install.
var installing sync.Mutex

// installPackages installs what package-lock.json names, if it is not there.
func installPackages(t *testing.T) {
	t.Helper()
	installing.Lock()
	defer installing.Unlock()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			need(t, tool+" is not installed: get Node 20.19 or later from https://nodejs.org/, or apt-get install nodejs npm")
		}
	}
	wanted, err := os.Stat("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	installed, err := os.Stat(filepath.Join("node_modules", ".package-lock.json"))
	if err == nil && !installed.ModTime().Before(wanted.ModTime()) {
		return
	}
	c := exec.CommandContext(within(t), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	gently(c)
	if out, err := c.CombinedOutput(); err != nil {
		need(t, "npm ci does not install the SDKs; is there a network?\n"+string(out))
	}
}
