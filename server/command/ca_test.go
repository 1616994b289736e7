package command

import (
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestCA(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "ca")
	file := filepath.Join(dir, "ca.pem")
	pem := run(t, nil, "ca", "--tls-dir", dir)
	if pem.status != 0 || !strings.HasPrefix(pem.out, "-----BEGIN CERTIFICATE-----\n") {
		t.Errorf("%+v", pem)
	}
	if got := run(t, []string{"MOCKAUTH0_TLS_DIR=" + dir}, "ca", "path"); got != (result{out: file + "\n"}) {
		t.Errorf("%+v", got)
	}
	for _, flagFirst := range []bool{true, false} {
		args := []string{"ca", "trust", "--tls-dir", dir}
		if flagFirst {
			args = []string{"ca", "--tls-dir", dir, "trust"}
		}
		if got := run(t, nil, args...); got.status != 0 || !strings.Contains(got.out, "NODE_EXTRA_CA_CERTS") || !strings.Contains(got.out, file) {
			t.Errorf("%q: %+v", args, got)
		}
	}
	if again := run(t, nil, "ca", "--tls-dir", dir); again != pem {
		t.Error("the authority is another one")
	}
	// A damaged authority is not overwritten, by no command.
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"ca"}, {"ca", "path"}, {"ca", "install"}, {"ca", "uninstall"}, {"serve"}, {"env"}, {"exec", "--", os.Args[0]}} {
		got := run(t, []string{"MOCKAUTH0_TLS_DIR=" + dir}, args...)
		if got.status != 1 || got.out != "" || !strings.HasPrefix(got.errout, "mockauth0: MOCKAUTH0_TLS_DIR: the CA in "+dir+" cannot be used, because of ca.pem: ") || strings.Count(got.errout, "\n") != 1 {
			t.Errorf("%q: %+v", args, got)
		}
	}
	if data, _ := os.ReadFile(file); string(data) != "mine" {
		t.Errorf("ca.pem is now %s", data)
	}
}

// The paths that are printed are used from other folders.
func TestCAPathIsWhole(t *testing.T) {
	t.Chdir(t.TempDir())
	if got := run(t, nil, "ca", "path", "--tls-dir", "here"); !filepath.IsAbs(strings.TrimSpace(got.out)) {
		t.Errorf("%+v", got)
	}
	if got := run(t, []string{"MOCKAUTH0_TLS_DIR=here"}, "env"); !strings.Contains(got.out, string(filepath.Separator)+"here"+string(filepath.Separator)) {
		t.Errorf("%+v", got)
	}
}

// A folder that cannot be written is one sentence for those who need it.
func TestCANowhere(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(write(t, "file", ""), "ca")
	for _, args := range [][]string{{"ca"}, {"ca", "path"}, {"ca", "trust"}} {
		got := run(t, nil, append(args, "--tls-dir", dir)...)
		if got.status != 1 || got.out != "" || !strings.HasSuffix(got.errout, "; name another folder with --tls-dir\n") || strings.Count(got.errout, "\n") != 1 {
			t.Errorf("%q on %s: %+v", args, runtime.GOOS, got)
		}
	}
}

// Where no certificate authority can be kept the server works all the same.
func TestUnwritableFolder(t *testing.T) {
	t.Parallel()
	file := write(t, "file", "")
	env := []string{"MOCKAUTH0_TLS_DIR=" + filepath.Join(file, "ca")}
	s := startServer(t, env)
	if status, body := get(t, s.url+"/_mock/ca.pem"); status != http.StatusOK || !strings.Contains(body, "BEGIN CERTIFICATE") {
		t.Error(status, body)
	}
	if _, log := stopped(t, env, false); !strings.Contains(log, `"level":"WARN","msg":"MOCKAUTH0_TLS_DIR: `) || !strings.Contains(log, "kept in memory") {
		t.Error(log)
	}
}

// Once a server is ready its certificate lies where others look for it; where
// that cannot be, the server works all the same.
func TestCertificateCopy(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ca.pem")
	s := startServer(t, environ("MOCKAUTH0_TLS_CA_COPY="+file, "MOCKAUTH0_TLS_HOST=mockauth0"))
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, body := get(t, s.url+"/_mock/ca.pem"); body != string(data) {
		t.Errorf("the copy is %s, the server's %s", data, body)
	}
	another := filepath.Join(t.TempDir(), "another.pem")
	if _, log := stopped(t, environ("MOCKAUTH0_TLS_HOST=mockauth0"), false, "--tls-ca-copy", another); strings.Contains(log, "WARN") || !strings.Contains(log, `another.pem","fixture"`) {
		t.Error(log)
	}
	taken := write(t, "taken", "hello")
	if _, log := stopped(t, environ(), false, "--tls-ca-copy", taken); !strings.Contains(log, `"level":"WARN","msg":"--tls-ca-copy: `) || !strings.Contains(log, "holds something other") {
		t.Error(log)
	}
}
