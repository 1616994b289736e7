package server_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// secretParams are parameters of redirects whose values are named.
var secretParams = []string{"code", "access_token", "id_token", "login_ticket"}

// remember keeps the cookies that an answer sets, as a browser does.
func (c *conversation) remember(w *httptest.ResponseRecorder) {
	for _, cookie := range w.Result().Cookies() {
		c.cookies = slices.DeleteFunc(c.cookies, func(have *http.Cookie) bool { return have.Name == cookie.Name })
		if cookie.MaxAge >= 0 {
			c.cookies = append(c.cookies, cookie)
		}
	}
}

// redirect is a place with the secrets in it replaced by their names, which
// the requests that follow may use. The state of the login pages is one, that
// of an app is none.
func (c *conversation) redirect(to string) string {
	for _, separator := range []string{"?", "#"} {
		whole, parameters, found := strings.Cut(to, separator)
		if !found {
			continue
		}
		parts := strings.Split(parameters, "&")
		for i, part := range parts {
			name, value, _ := strings.Cut(part, "=")
			own := name == "state" && strings.HasPrefix(whole, "/")
			if decoded, err := url.QueryUnescape(value); err == nil && (own || slices.Contains(secretParams, name)) {
				parts[i] = name + "=" + c.nameOf("$"+name, decoded)
			}
		}
		to = whole + separator + strings.Join(parts, "&")
	}
	return to
}

// setCookie is a Set-Cookie header with its value named.
func (c *conversation) setCookie(header string) string {
	name, rest, _ := strings.Cut(header, "=")
	value, attributes, _ := strings.Cut(rest, ";")
	if value != "" {
		kind := "$session"
		if strings.HasPrefix(name, "did") {
			kind = "$device"
		}
		value = c.nameOf(kind, value)
	}
	return name + "=" + value + ";" + attributes
}

var (
	unseen    = regexp.MustCompile(`(?s)<!DOCTYPE[^>]*>|<head>.*?</head>|<script>.*?</script>`)
	fields    = regexp.MustCompile(`<(?:input|button)\b[^>]*>`)
	attribute = regexp.MustCompile(`\b(type|name|value|data-message|data-origin)="([^"]*)"`)
	posted    = regexp.MustCompile(`<body (data-[^>]*)>|<form [^>]*action="([^"]*)"`)
	anyTag    = regexp.MustCompile(`<[^>]*>`)
)

// seen is what a page says and asks for: its text, and its fields with type,
// name and value.
func (c *conversation) seen(page string) string {
	page = unseen.ReplaceAllString(page, "")
	page = posted.ReplaceAllStringFunc(page, func(tag string) string {
		return " [posts " + strings.TrimSuffix(strings.TrimPrefix(tag, "<body "), ">") + "] <x>"
	})
	page = fields.ReplaceAllStringFunc(page, func(tag string) string {
		var parts []string
		for _, m := range attribute.FindAllStringSubmatch(tag, -1) {
			value := html.UnescapeString(m[2])
			for name, known := range c.vars {
				if known == value && strings.HasPrefix(name, "$state") {
					value = name
				}
			}
			parts = append(parts, m[1]+"="+value)
		}
		return " [" + strings.Join(parts, " ") + "] "
	})
	text := html.UnescapeString(anyTag.ReplaceAllString(page, ""))
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
