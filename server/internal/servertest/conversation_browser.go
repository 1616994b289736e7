package servertest

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// SecretParams are parameters of redirects whose values are named.
var SecretParams = []string{"code", "access_token", "id_token", "login_ticket"}

// Remember keeps the cookies that an answer sets, as a browser does.
func (c *Conversation) Remember(w *httptest.ResponseRecorder) {
	for _, cookie := range w.Result().Cookies() {
		c.Cookies = slices.DeleteFunc(c.Cookies, func(have *http.Cookie) bool { return have.Name == cookie.Name })
		if cookie.MaxAge >= 0 {
			c.Cookies = append(c.Cookies, cookie)
		}
	}
}

// Redirect is a place with the secrets in it replaced by their names, which
// the requests that follow may use. The state of the login pages is one, that
// of an app is none.
func (c *Conversation) Redirect(to string) string {
	for _, separator := range []string{"?", "#"} {
		whole, parameters, found := strings.Cut(to, separator)
		if !found {
			continue
		}
		parts := strings.Split(parameters, "&")
		for i, part := range parts {
			name, value, _ := strings.Cut(part, "=")
			own := name == "state" && strings.HasPrefix(whole, "/")
			if decoded, err := url.QueryUnescape(value); err == nil && (own || slices.Contains(SecretParams, name)) {
				parts[i] = name + "=" + c.NameOf("$"+name, decoded)
			}
		}
		to = whole + separator + strings.Join(parts, "&")
	}
	return to
}

// SetCookie is a Set-Cookie header with its value named.
func (c *Conversation) SetCookie(header string) string {
	name, rest, _ := strings.Cut(header, "=")
	value, attributes, _ := strings.Cut(rest, ";")
	if value != "" {
		kind := "$session"
		if strings.HasPrefix(name, "did") {
			kind = "$device"
		}
		value = c.NameOf(kind, value)
	}
	return name + "=" + value + ";" + attributes
}

var (
	Unseen    = regexp.MustCompile(`(?s)<!DOCTYPE[^>]*>|<head>.*?</head>|<script>.*?</script>`)
	Fields    = regexp.MustCompile(`<(?:input|button)\b[^>]*>`)
	Attribute = regexp.MustCompile(`\b(type|name|value|data-message|data-origin)="([^"]*)"`)
	Posted    = regexp.MustCompile(`<body (data-[^>]*)>|<form [^>]*action="([^"]*)"`)
	AnyTag    = regexp.MustCompile(`<[^>]*>`)
)

// Seen is what a page says and asks for: its text, and its fields with type,
// name and value.
func (c *Conversation) Seen(page string) string {
	page = Unseen.ReplaceAllString(page, "")
	page = Posted.ReplaceAllStringFunc(page, func(tag string) string {
		return " [posts " + strings.TrimSuffix(strings.TrimPrefix(tag, "<body "), ">") + "] <x>"
	})
	page = Fields.ReplaceAllStringFunc(page, func(tag string) string {
		var parts []string
		for _, m := range Attribute.FindAllStringSubmatch(tag, -1) {
			value := html.UnescapeString(m[2])
			for name, known := range c.Vars {
				if known == value && strings.HasPrefix(name, "$state") {
					value = name
				}
			}
			parts = append(parts, m[1]+"="+value)
		}
		return " [" + strings.Join(parts, " ") + "] "
	})
	text := html.UnescapeString(AnyTag.ReplaceAllString(page, ""))
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
