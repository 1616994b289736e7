package localtls

import (
	"fmt"
	"strings"
)

// Advice says how each language runtime, browser and device can trust the CA in the
// file caPath. It is plain text in short lines. goos is the operating system of the
// reader, as in [runtime.GOOS].
func Advice(goos, caPath string) string {
	var text strings.Builder
	line := func(subject, format string, args ...any) {
		fmt.Fprintf(&text, "%-13s %s\n", subject, fmt.Sprintf(format, args...))
	}
	more := func(s string) { line("", "%s", s) }
	q := quote(goos, caPath)
	set := func(name string) string { return assignment(goos, name, caPath) }

	fmt.Fprintf(&text, "How to trust the CA in %s\n\n", caPath)
	switch goos {
	case "darwin":
		line("macOS", "mockauth0 ca install, or:")
		more("security add-trusted-cert -r trustRoot -p ssl -k ~/Library/Keychains/login.keychain-db " + q)
		line("Go, Swift", "as above: they read the keychain, and Go ignores SSL_CERT_FILE here")
		line("browsers", "as above, then start them anew")
	case "windows":
		line("Windows", "mockauth0 ca install, or:")
		more("certutil -user -addstore Root " + q)
		line("Go, .NET", "as above: they read that store, and Go ignores SSL_CERT_FILE here")
		line("browsers", "as above, then start them anew")
	default:
		line("Linux", "for all users: copy the file to /usr/local/share/ca-certificates/mockauth0.crt and run")
		more("sudo update-ca-certificates (Debian), or trust anchor --store " + q + " (Fedora, Arch)")
		line("Go, .NET", "%s", set("SSL_CERT_FILE"))
		line("Chromium", "mockauth0 ca install, or with libnss3-tools:")
		more(`certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n mockauth0 -i ` + q)
		line("Firefox", "Settings, Certificates, View Certificates, Authorities, Import")
	}
	line("Node", "%s", set("NODE_EXTRA_CA_CERTS"))
	more("It adds to Node's own list, and is read once, at start. Deno: DENO_CERT.")
	if goos == "darwin" || goos == "windows" {
		more("Or, once the CA is installed and with Node 22.15 or later: NODE_OPTIONS=--use-system-ca")
	}
	line("Python", "%s   (requests)", set("REQUESTS_CA_BUNDLE"))
	more(set("SSL_CERT_FILE") + "   (ssl, urllib, httpx)")
	more("Code that names certifi's file itself reads neither: append the CA to the file that")
	more("python -m certifi prints.")
	line("Ruby, PHP", "%s   (PHP's curl: curl.cainfo in php.ini)", set("SSL_CERT_FILE"))
	if goos == "windows" { // its curl asks whether a certificate was revoked, and for this CA nobody answers
		line("curl", "curl.exe --ssl-no-revoke --cacert %s https://localhost:2884/", q)
	} else {
		line("curl", "curl --cacert %s https://localhost:2884/", q)
	}
	line("Java", "Copy the JDK's lib/security/cacerts to mock.jks, then")
	more("keytool -importcert -noprompt -alias mockauth0 -file " + q + " -keystore mock.jks -storepass changeit")
	more("java -Djavax.net.ssl.trustStore=mock.jks  (or through JAVA_TOOL_OPTIONS)")
	if goos == "windows" {
		more("Or, once the CA is installed: java -Djavax.net.ssl.trustStoreType=Windows-ROOT")
	}
	line("Android", "res/raw/mockauth0.pem, and in the debug network-security-config:")
	more(`<debug-overrides><trust-anchors><certificates src="@raw/mockauth0"/></trust-anchors></debug-overrides>`)
	more("The emulator reaches this machine as 10.0.2.2.")
	if goos == "darwin" {
		line("iOS simulator", "xcrun simctl keychain booted add-root-cert %s", q)
	} else {
		line("iOS simulator", "on the Mac: xcrun simctl keychain booted add-root-cert ca.pem")
	}
	text.WriteString("\nSSL_CERT_FILE and REQUESTS_CA_BUNDLE take the place of the usual list: a program that also talks to\n" +
		"the internet needs a file that holds both. mockauth0 exec sets all of these for one command.\n")
	return text.String()
}

// assignment returns the command that sets a variable in a shell of that system.
func assignment(goos, name, value string) string {
	if goos == "windows" {
		return "$env:" + name + " = " + quote(goos, value)
	}
	return "export " + name + "=" + quote(goos, value)
}

// quote quotes a path for a shell: PowerShell on Windows, else sh.
func quote(goos, path string) string {
	plain := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("/._-+:@%", r) || goos == "windows" && r == '\\'
	}
	if goos != "windows" && strings.TrimFunc(path, plain) == "" {
		return path
	}
	if goos == "windows" {
		return "'" + strings.ReplaceAll(path, "'", "''") + "'"
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
