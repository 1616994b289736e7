package conformance

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// auth0-python's management client, whose models refuse what has not Auth0's shape.
func TestPythonManagement(t *testing.T) {
	t.Parallel()
	name := pythonWithPip()
	if name == "" {
		need(t, "no Python has pip: apt-get install python3-pip")
	}
	site := installFrom(t, "python/requirements.txt", "python/site",
		name, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore", "--only-binary=:all:", "--target", "python/site", "-r", "python/requirements.txt")
	c := exec.CommandContext(within(t), name, "python/journey.py")
	c.Env = append(environWithout("NODE_EXTRA_CA_CERTS", "PYTHONPATH"), "PYTHONPATH="+site)
	walk(t, c)
}

// pythonWithPip is a Python that can install packages; "" if there is none.
var pythonWithPip = sync.OnceValue(func() string {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if exec.CommandContext(ctx, name, "-m", "pip", "--version").Run() == nil {
			return name
		}
	}
	return ""
})

// auth0-java's management client.
func TestJavaManagement(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"mvn", "keytool", "javac"} {
		if _, err := exec.LookPath(tool); err != nil {
			need(t, tool+" is not installed: apt-get install maven default-jdk-headless")
		}
	}
	jars := installFrom(t, "java/pom.xml", "java/jars", "mvn", "--quiet", "--batch-mode", "--file", "java/pom.xml", "dependency:copy-dependencies", "-DoutputDirectory=jars")
	trusted := filepath.Join(t.TempDir(), "trusted.p12")
	ca := filepath.Join(os.Getenv(envTLSDir), "ca.pem")
	if out, err := exec.CommandContext(t.Context(), "keytool", "-importcert", "-noprompt", "-alias", "mockauth0", "-file", ca, "-keystore", trusted, "-storepass", "changeit").CombinedOutput(); err != nil {
		t.Fatalf("keytool: %v\n%s", err, out)
	}
	c := exec.CommandContext(within(t), "java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
		"-Djavax.net.ssl.trustStore="+trusted, "-Djavax.net.ssl.trustStorePassword=changeit", "-cp", filepath.Join(jars, "*"), "java/Journey.java")
	c.Env = environWithout("NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "JAVA_TOOL_OPTIONS")
	walk(t, c)
}

// walk runs a program that says of each step of the journey that it is ok, and no more.
func walk(t *testing.T, c *exec.Cmd) {
	t.Helper()
	gently(c)
	out, err := c.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
	if steps := strings.Count("\n"+string(out), "\nok: "); steps != 8 {
		t.Errorf("%d of the 8 steps are ok", steps)
	}
}

// installFrom installs into a folder what a file names, if that has changed since.
func installFrom(t *testing.T, file, folder string, command ...string) string {
	t.Helper()
	installing.Lock()
	defer installing.Unlock()
	wanted, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	done := filepath.Join(folder, filepath.Base(file))
	if have, err := os.ReadFile(done); err == nil && slices.Equal(have, wanted) {
		return folder
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	c := exec.CommandContext(within(t), command[0], command[1:]...)
	gently(c)
	if out, err := c.CombinedOutput(); err != nil {
		need(t, strings.Join(command, " ")+" does not install the SDK; is there a network?\n"+string(out))
	}
	if err := os.WriteFile(done, wanted, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Logf("installed what %s names, in %.1f s", file, time.Since(began).Seconds())
	return folder
}
