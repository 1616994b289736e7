package command

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// systemRoots are the files in which systems keep the roots that they trust.
var systemRoots = []string{
	"/etc/ssl/certs/ca-certificates.crt", // Debian, Ubuntu, Alpine, Arch
	"/etc/pki/tls/certs/ca-bundle.crt",   // Fedora, RHEL
	"/etc/ssl/ca-bundle.pem",             // openSUSE
	"/etc/ssl/cert.pem",                  // macOS, BSDs
}

// bundleNames are the variables that name a file of certificates to a runtime.
// Some files replace the system's roots, and some add to them.
var bundleNames = []struct {
	name     string
	replaces bool
}{{"NODE_EXTRA_CA_CERTS", false}, {"SSL_CERT_FILE", true}, {"REQUESTS_CA_BUNDLE", true}, {"CURL_CA_BUNDLE", true}}

// writeBundles writes a file for each variable. It has the CA, and before it the
// certificates of the file that the variable names now; if there is none, and
// the file replaces the system's roots, it has those.
func writeBundles(w World, dir string, ca []byte) ([]setting, error) {
	var out []setting
	for _, b := range bundleNames {
		var bundle []byte
		if present, ok := w.lookup(b.name); ok && present != "" {
			data, err := os.ReadFile(present)
			if err != nil {
				return nil, fmt.Errorf("%s=%s: the file cannot be read (%w); correct the variable, or unset it", b.name, present, cause(err))
			}
			bundle = data
		} else if b.replaces {
			bundle = readFirst(systemRoots)
		}
		if len(bundle) > 0 && !bytes.HasSuffix(bundle, []byte("\n")) {
			bundle = append(bundle, '\n')
		}
		file := filepath.Join(dir, b.name+".pem")
		if err := os.WriteFile(file, append(bundle, ca...), 0o600); err != nil {
			return nil, fmt.Errorf("the certificates cannot be written to %s (%w); make room, or set TMPDIR", file, cause(err))
		}
		out = append(out, setting{name: b.name, value: file})
	}
	return out, nil
}

func readFirst(files []string) []byte {
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil {
			return data
		}
	}
	return nil
}
