package tenant

import "testing"

// Where a browser may be sent to is decided here alone.
func TestMatchURL(t *testing.T) {
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
		{"http://localhost:*", `http://localhost:3000/\evil.com`, false, false}, // browsers take it for a slash
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
		if got := MatchURL(tt.pattern, tt.to, tt.native); got != tt.want {
			t.Errorf("MatchURL(%q, %q, native: %t) = %t", tt.pattern, tt.to, tt.native, got)
		}
	}
}

func TestMatchOrigin(t *testing.T) {
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
		{"com.acme.app://*", "com.acme.app://x", false},
		{"https://app.example.com", "null", false},
		{"https://app.example.com", "", false},
	} {
		if got := MatchOrigin(tt.pattern, tt.origin); got != tt.want {
			t.Errorf("MatchOrigin(%q, %q) = %t", tt.pattern, tt.origin, got)
		}
	}
}
