package allowedurl

import "testing"

func TestWhichOriginsAnEntryAllows(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern, origin string
		want            bool
	}{
		{"http://localhost:*", "http://localhost:3000", true},
		{"http://localhost:*", "http://localhost", true},
		{"http://localhost:*", "http://127.0.0.1:3000", true},
		{"http://localhost:*", "http://[::1]:3000", true},
		{"http://localhost:*", "https://localhost:3000", false},
		{"http://localhost:*", "http://localhost.example.com", false},
		{"http://localhost:*", "http://user@localhost:3000", false},
		{"http://example.com:*", "http://example.com:3000", false},
		{"https://app.example.com", "https://app.example.com", true},
		{"https://app.example.com", "https://APP.example.com", true},
		{"https://app.example.com/", "https://app.example.com", true},
		{"https://app.example.com", "https://app.example.com:8443", false},
		{"https://app.example.com", "http://app.example.com", false},
		{"https://*.example.com", "https://a.example.com", true},
		{"https://*.example.com", "https://a.b.example.com", false},
		{"https://*.example.com", "https://example.com", false},
		{"https://*.example.com", "https://.example.com", false},
		{"https://*.example.com", "https://evil-example.com", false},
		{"https://pr-*.example.com", "https://pr-7.example.com", true},
		{"https://pr-*-shop.example.com", "https://pr-7-shop.example.com", true},
		{"https://pr-*-shop.example.com:8443", "https://PR-7-Shop.example.com:8443", true},
		{"https://*-shop.example.com", "https://pr-7-shop.example.com", true},
		{"https://*-shop.example.com", "https://-shop.example.com", false}, // the wildcard stands for something
		{"https://pr-*-shop.example.com", "https://pr-shop.example.com", false},
		{"https://pr-*-shop.example.com", "https://pr-7.evil-shop.example.com", false},
		{"https://pr-*-shop.example.com", "https://pr-7-shop.example.com.evil.com", false},
		{"http://*.localhost:3000", "http://shop.localhost:3000", true},
		{"https://sub.*.example.com", "https://sub.a.example.com", false},
		{"https://*.*.example.com", "https://a.b.example.com", false},
		{"https://*-*.example.com", "https://a-b.example.com", false},
		{"https://*.com", "https://example.com", false},
		{"https://*", "https://example.com", false},
		{"https://{organization_name}.example.com", "https://a.example.com", false},
		{"com.acme.app://*", "com.acme.app://x", false},
		{"capacitor://localhost", "capacitor://localhost", true},
		{"capacitor://*.example.com", "capacitor://a.example.com", false},
		{"https://app.example.com", "null", false},
		{"https://app.example.com", "", false},
	} {
		if got := Origin(tt.pattern, tt.origin); got != tt.want {
			t.Errorf("Origin(%q, %q) = %t", tt.pattern, tt.origin, got)
		}
	}
}

// Callback and Logout alone decide where a browser may be sent to.
func TestWhichCallbacksAnEntryAllows(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern, to  string
		native, want bool
	}{
		{"https://app.example.com/cb", "https://app.example.com/cb", false, true},
		{"https://app.example.com/cb", "https://app.example.com/cb/", false, false},
		{"https://app.example.com/cb", "https://app.example.com/cb?x=1", false, false},
		{"https://app.example.com/cb", "https://APP.example.com/cb", false, false}, // Auth0 compares the text
		{"https://app.example.com/cb", "http://app.example.com/cb", false, false},

		{"https://*.example.com/cb", "https://a.example.com/cb", false, true},
		{"https://*.example.com/cb", "https://a.b.example.com/cb", false, false},
		{"https://*.example.com/cb", "https://example.com/cb", false, false},
		{"https://*.example.com/cb", "https://a.example.com/other", false, false},
		{"https://*.example.com/cb", "https://a.example.com/cb?x=1", false, false},
		{"https://*.example.com/cb", "https://a.example.com/cb#x", false, false},
		{"https://*.example.com/cb", "https://a.example.com:8443/cb", false, false},
		{"https://*.example.com/cb", "https://evil.com/a.example.com/cb", false, false},
		{"https://pr-*-shop.example.com/cb", "https://pr-7-shop.example.com/cb", false, true},
		{"https://pr-*-shop.example.com/cb?x=1", "https://pr-7-shop.example.com/cb?x=1", false, true},
		{"https://pr-*-shop.example.com/cb", "https://pr-7-shop.example.com/cb?x=1", false, false},
		{"https://pr-*-shop.example.com/cb", "https://pr-shop.example.com/cb", false, false},
		{"https://pr-*-shop.example.com/cb", "https://pr-7.a-shop.example.com/cb", false, false},
		{"https://sub.*.example.com/cb", "https://sub.a.example.com/cb", false, false},
		{"https://*.*.example.com/cb", "https://a.b.example.com/cb", false, false},
		{"https://*.com/cb", "https://example.com/cb", false, false},
		{"https://example.com/*", "https://example.com/cb", false, false},
		{"com.acme.*://cb", "com.acme.app://cb", true, false},

		{"http://localhost:*", "http://localhost", false, true},
		{"http://localhost:*", "http://localhost:3000/any/path?and=query#fragment", false, true},
		{"http://localhost:*", "http://127.0.0.1:3000/cb", false, true},
		{"http://localhost:*", "http://[::1]:3000/cb", false, true},
		{"http://localhost:*", "https://localhost:3000/cb", false, false},
		{"http://localhost:*", "http://localhost.evil.com:3000/cb", false, false},
		{"http://localhost:*", "http://user@localhost:3000/cb", false, false},
		{"http://localhost:*", "http://localhost:3000@evil.com/cb", false, false},
		{"http://localhost:*", `http://localhost:3000\@evil.com/cb`, false, false},
		{"http://localhost:*", `http:\\evil.com/localhost`, false, false},
		{"http://localhost:*", "http://localhost:3000/\tcb", false, false},
		{"http://localhost:*", "http://localhost:3000/a cb", false, false},
		{"http://localhost:*", `http://localhost:3000/\evil.com`, false, false}, // browsers read it as a slash
		{"http://localhost:*", "http:localhost:3000", false, false},
		{"http://localhost:*", "http:///cb", false, false},
		{"http://localhost:*", "//localhost:3000/cb", false, false},
		{"http://localhost:*", "/cb", false, false},
		{"http://localhost:*", "", false, false},

		{"com.acme.app://*", "com.acme.app://cb", true, true},
		{"com.acme.app://*", "com.acme.app:/cb", true, true},
		{"com.acme.app://*", "com.acme.app://cb", false, false}, // not of a web app
		{"com.acme.app://*", "com.evil.app://cb", true, false},
		{"http://*", "http://evil.com", true, false},
		{"https://*", "https://evil.com", true, false},
		{"javascript://*", "javascript://%0aalert(1)", true, false},
		{"javascript:alert(1)", "javascript:alert(1)", true, false},
		{"data:text/html,x", "data:text/html,x", true, false},
	} {
		if got := Callback(tt.pattern, tt.to, tt.native); got != tt.want {
			t.Errorf("Callback(%q, %q, native: %t) = %t", tt.pattern, tt.to, tt.native, got)
		}
	}
}

// The query, the fragment and the case of scheme and host do not count.
func TestWhichLogoutURLsAnEntryAllows(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		entry, to    string
		native, want bool
	}{
		{"https://app.example.com/Bye", "https://app.example.com/Bye", false, true},
		{"https://app.example.com/Bye", "HTTPS://APP.Example.com/Bye?from=shop#top", false, true},
		{"https://App.Example.com/Bye?x=1", "https://app.example.com/Bye", false, true},
		{"https://app.example.com/Bye", "https://app.example.com/bye", false, false},
		{"https://app.example.com/Bye", "https://app.example.com/Bye/", false, false},
		{"https://app.example.com", "https://app.example.com/", false, false},
		{"https://app.example.com", "https://app.example.com?x=1", false, true},
		{"https://app.example.com/Bye", "https://app.example.com:8443/Bye", false, false},
		{"https://app.example.com/Bye", "http://app.example.com/Bye", false, false},
		{"https://app.example.com/Bye", "https://app.example.com.evil.com/Bye", false, false},
		{"https://app.example.com/Bye", "https://user@app.example.com/Bye", false, false},
		{"https://app.example.com/Bye", "https:app.example.com/Bye", false, false},
		{"https://pr-*-shop.example.com/Bye", "https://PR-7-shop.example.com/Bye?x=1", false, true},
		{"https://pr-*-shop.example.com/Bye", "https://pr-7-shop.example.com/other", false, false},
		{"https://example.com/*", "https://example.com/Bye", false, false},
		{"http://localhost:*", "http://localhost:3000/any/path?and=query#fragment", false, true},
		{"com.acme.app://Example.com/bye", "com.acme.app://example.com/bye?x=1", true, true},
		{"com.acme.app://example.com/bye", "com.acme.app://example.com/cb", true, false},
		{"com.acme.app:bye", "com.acme.app:bye?x=1", true, true},
		{"com.acme.app:bye", "com.acme.app:cb", true, false},
		{"com.acme.app://*", "com.acme.app://bye", false, false},
		{"javascript:alert(1)", "javascript:alert(1)", true, false},
	} {
		if got := Logout(tt.entry, tt.to, tt.native); got != tt.want {
			t.Errorf("Logout(%q, %q, native: %t) = %t", tt.entry, tt.to, tt.native, got)
		}
	}
}

// What Unmatched names allows nothing but its own text; all else with a wildcard
// allows more.
func TestUnmatched(t *testing.T) {
	t.Parallel()
	for entry, want := range map[string]bool{
		"https://app.example.com/cb": false, "http://localhost:*": false, "com.acme.app://*": false, "https://*.example.com": false,
		"https://pr-*-shop.example.com:8443/cb?x=1": false, "http://*.localhost:3000": false,
		"https://sub.*.example.com": true, "https://*.*.example.com": true, "https://*.com": true, "https://*.com:8443/cb": true, "https://example.com/*": true,
		"https://example.com?x=*": true, "https://*.example.com/*": true, "https://example.*": true, "com.acme.app://*.example.com": true,
		"https://{organization_name}.example.com": true, "https://*": true,
	} {
		if got := Unmatched(entry); (got != "") != want {
			t.Errorf("Unmatched(%q) = %q", entry, got)
		}
	}
}
