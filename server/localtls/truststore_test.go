package localtls

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// recorder is a trust store that runs nothing and notes what it would run.
type recorder struct {
	TrustStore
	ran  []string
	fail string // the command that fails
}

func record(goos string, programs ...string) *recorder {
	r := &recorder{}
	r.TrustStore = TrustStore{
		GOOS: goos,
		Home: "/home/ada",
		LookPath: func(name string) (string, error) {
			for _, p := range programs {
				if filepath.Base(p) == name {
					return p, nil
				}
			}
			return "", errors.New("not found")
		},
		Exists:  func(string) bool { return false },
		MakeDir: func(path string) error { r.ran = append(r.ran, "mkdir "+path); return nil },
		Run: func(_ context.Context, program string, args ...string) ([]byte, error) {
			r.ran = append(r.ran, program+" "+strings.Join(args, " "))
			if r.fail != "" && strings.Contains(r.ran[len(r.ran)-1], r.fail) {
				return []byte("it said\n no\n"), errors.New("exit status 1")
			}
			return nil, nil
		},
	}
	return r
}

func TestTrustStoreCommands(t *testing.T) {
	ca := open(t, Options{Dir: t.TempDir()})
	fill := strings.NewReplacer("PATH", ca.Path(), "SHA1", thumbprint(ca), "NAME", ca.Certificate().Subject.CommonName).Replace
	if len(thumbprint(ca)) != 40 {
		t.Fatalf("the thumbprint is %s", thumbprint(ca))
	}
	full := func(r *recorder) { r.Exists = func(string) bool { return true } }
	for _, c := range []struct {
		name, goos         string
		prepare            func(*recorder)
		install, uninstall string
	}{
		{
			"macOS", "darwin", nil,
			"/usr/bin/security add-trusted-cert -r trustRoot -p ssl -p basic -k /home/ada/Library/Keychains/login.keychain-db PATH",
			"/usr/bin/security remove-trusted-cert PATH\n/usr/bin/security delete-certificate -Z SHA1 -t /home/ada/Library/Keychains/login.keychain-db",
		},
		{
			"Windows", "windows", nil,
			`C:\Windows\System32\certutil.exe -user -addstore Root PATH`,
			`C:\Windows\System32\certutil.exe -user -delstore Root SHA1`,
		},
		{
			"Windows elsewhere", "windows", func(r *recorder) { r.SystemRoot = `D:\W` },
			`D:\W\System32\certutil.exe -user -addstore Root PATH`,
			`D:\W\System32\certutil.exe -user -delstore Root SHA1`,
		},
		{
			"Linux without a database", "linux", nil,
			"mkdir /home/ada/.pki/nssdb\n/usr/bin/certutil -d sql:/home/ada/.pki/nssdb -N --empty-password\n" +
				"/usr/bin/certutil -d sql:/home/ada/.pki/nssdb -A -t C,, -n NAME -i PATH",
			"",
		},
		{
			"Linux", "linux", full,
			"/usr/bin/certutil -d sql:/home/ada/.pki/nssdb -A -t C,, -n NAME -i PATH",
			"/usr/bin/certutil -d sql:/home/ada/.pki/nssdb -D -n NAME",
		},
		{
			"FreeBSD", "freebsd", full,
			"/usr/bin/certutil -d sql:/home/ada/.pki/nssdb -A -t C,, -n NAME -i PATH",
			"/usr/bin/certutil -d sql:/home/ada/.pki/nssdb -D -n NAME",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			for what, want := range map[string]string{"install": c.install, "uninstall": c.uninstall} {
				r := record(c.goos, "/usr/bin/certutil")
				if c.prepare != nil {
					c.prepare(r)
				}
				do := r.Install
				if what == "uninstall" {
					do = r.Uninstall
				}
				report, err := do(t.Context(), ca)
				if err != nil || !strings.HasSuffix(report, ".") {
					t.Errorf("%s: report %q, %v", what, report, err)
				}
				if got := strings.Join(r.ran, "\n"); got != fill(want) {
					t.Errorf("%s ran\n%s\nwant\n%s", what, got, fill(want))
				}
				if len(r.ran) == 0 {
					continue
				}
				r.fail = r.ran[len(r.ran)-1]
				if _, err := do(t.Context(), ca); err == nil || !strings.Contains(err.Error(), "exit status 1: it said no") {
					t.Errorf("%s: the error is %v", what, err)
				}
			}
		})
	}
}

func TestLinuxWithoutCertutil(t *testing.T) {
	ca := open(t, Options{Dir: t.TempDir()})
	r := record("linux")
	if _, err := r.Install(t.Context(), ca); !errors.Is(err, ErrNotInstalled) || !strings.Contains(err.Error(), "libnss3-tools") || !strings.Contains(err.Error(), ca.Path()) {
		t.Errorf("Install: %v", err)
	}
	if _, err := r.Uninstall(t.Context(), ca); !errors.Is(err, ErrNotInstalled) {
		t.Errorf("Uninstall: %v", err)
	}
	if len(r.ran) > 0 {
		t.Errorf("ran %q", r.ran)
	}
	r = record("linux", "/usr/bin/certutil")
	r.MakeDir = func(string) error { return errors.New("read-only") }
	if _, err := r.Install(t.Context(), ca); err == nil || !strings.Contains(err.Error(), "/home/ada/.pki/nssdb") {
		t.Errorf("without a folder: %v", err)
	}
	r = record("linux", "/usr/bin/certutil")
	r.fail = " -N "
	if _, err := r.Install(t.Context(), ca); err == nil || len(r.ran) != 2 {
		t.Errorf("without a database: %v after %q", err, r.ran)
	}
}

func TestMacOSForgetsWhatWasHalfThere(t *testing.T) {
	r := record("darwin")
	r.fail = "remove-trusted-cert" // the user has removed the trust by hand
	if _, err := r.Uninstall(t.Context(), open(t, Options{Dir: t.TempDir()})); err != nil || len(r.ran) != 2 {
		t.Errorf("Uninstall: %v after %q", err, r.ran)
	}
}

func TestCAInMemoryIsNotInstalled(t *testing.T) {
	ca := open(t, Options{InMemory: true})
	for _, do := range []func(context.Context, *CA) (string, error){Install, Uninstall} {
		if _, err := do(t.Context(), ca); err == nil || !strings.Contains(err.Error(), "--tls-dir") {
			t.Errorf("the error is %v", err)
		}
	}
}

func TestSystemTrustStore(t *testing.T) {
	s := SystemTrustStore()
	dir := filepath.Join(t.TempDir(), "a", "b")
	if s.Exists(dir) || s.MakeDir(dir) != nil || !s.Exists(dir) {
		t.Error("MakeDir and Exists do not agree")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.run(ctx, "no-such-program", "arg"); err == nil || !strings.Contains(err.Error(), "it printed nothing") {
		t.Errorf("the error is %v", err)
	}
}

func TestAdvice(t *testing.T) {
	every := []string{"Node", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "certifi", "keytool -importcert", "--cacert", "Ruby", "network-security-config", "10.0.2.2", "xcrun simctl keychain booted add-root-cert", "Go", "browsers"}
	for goos, own := range map[string][]string{
		"darwin":  {"security add-trusted-cert", "Go ignores SSL_CERT_FILE here"},
		"windows": {"certutil -user -addstore Root", "Go ignores SSL_CERT_FILE here", "$env:NODE_EXTRA_CA_CERTS = "},
		"linux":   {"update-ca-certificates", "certutil -d sql:", "Firefox", "export SSL_CERT_FILE=/home/ada/ca.pem"},
	} {
		text := Advice(goos, "/home/ada/ca.pem")
		if goos == "linux" {
			text = strings.Replace(text, "Chromium", "browsers", 1)
		}
		for _, want := range append(every, own...) {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the advice does not tell of %q", goos, want)
			}
		}
		for line := range strings.Lines(text) {
			if len(line) > 140 {
				t.Errorf("%s: a line is %d bytes long: %s", goos, len(line), line)
			}
		}
	}
}

func TestQuote(t *testing.T) {
	for _, c := range []struct{ goos, path, want string }{
		{"linux", "/home/ada/ca.pem", "/home/ada/ca.pem"},
		{"darwin", "/Users/ada/Library/Application Support/ca.pem", "'/Users/ada/Library/Application Support/ca.pem'"},
		{"linux", "/a'b", `'/a'\''b'`},
		{"windows", `C:\Users\Ada L\ca.pem`, `'C:\Users\Ada L\ca.pem'`},
		{"windows", `C:\O'Hara`, `'C:\O''Hara'`},
	} {
		if got := quote(c.goos, c.path); got != c.want {
			t.Errorf("%s %s: quoted as %s, want %s", c.goos, c.path, got, c.want)
		}
	}
}
