package command

import (
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// A bundle is what was there before, or the system's roots, and the CA.
func TestExecBundles(t *testing.T) {
	t.Parallel()
	ca := run(t, environ(), "ca").out
	mine := write(t, "mine.pem", "MY ROOT") // without a newline at the end
	env, args := child(t, "roots")
	got := run(t, environ(append(env, "SSL_CERT_FILE="+mine)...), append([]string{"exec", "--log", "none", "--"}, args...)...)
	var bundles []string
	for line := range strings.Lines(got.out) {
		data, _ := hex.DecodeString(strings.TrimSpace(line))
		bundles = append(bundles, string(data))
	}
	if len(bundles) != 4 || bundles[0] != ca || bundles[1] != "MY ROOT\n"+ca || !strings.HasSuffix(bundles[2], ca) || bundles[3] != bundles[2] {
		t.Fatalf("status %d, the bundles are %.200q", got.status, bundles)
	}
	if _, err := os.Stat("/etc/ssl/certs/ca-certificates.crt"); err == nil && len(bundles[2]) < 10*len(ca) {
		t.Errorf("REQUESTS_CA_BUNDLE lacks the system's roots: %.200s", bundles[2])
	}
}

// The child trusts the server over https, by what is in its environment.
func TestExecTrust(t *testing.T) {
	t.Parallel()
	env, args := child(t, "fetch")
	if got := run(t, environ(env...), append([]string{"exec", "--log", "none", "--"}, args...)...); got.status != 0 || got.out != "200\n" {
		t.Errorf("%+v", got)
	}
}
