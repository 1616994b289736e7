package servertest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/server/outbox"
)

// write writes text, each line behind the mark.
func (c *conversation) write(mark, text string) {
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\\r\n"), "\n") {
		if line != "" {
			line = " " + line
		}
		c.out.WriteString(mark + line + "\n")
	}
}

var mailPage = regexp.MustCompile(`"html":"(?:[^"\\]|\\.)+"`)

// named is an answer with its tokens replaced by their names.
func (c *conversation) named(body []byte) string {
	text := mailPage.ReplaceAllString(string(body), `"html":"$$page"`)
	var members map[string]any
	if json.Unmarshal(body, &members) != nil {
		return text
	}
	if tokens, ok := members["tokens"].(map[string]any); ok {
		maps.Copy(members, tokens)
	}
	for _, member := range []string{"access_token", "refresh_token", "id_token", "token", "login_ticket", "request_uri", "mfa_token", "oob_code", "recovery_code", "secret", "device_code", "auth_session"} {
		if value, ok := members[member].(string); ok {
			text = strings.Replace(text, `"`+value+`"`, `"`+c.nameOf("$"+member, value)+`"`, 1)
		}
	}
	if id, _ := members["id"].(string); strings.HasPrefix(id, "job_") {
		text = strings.ReplaceAll(text, id, c.nameOf("$job", id))
	}
	if link, ok := members["ticket"].(string); ok {
		_, id, _ := strings.Cut(strings.TrimSuffix(link, "#"), "ticket=")
		text = strings.Replace(text, id, c.nameOf("$ticket", id), 1)
	}
	if link, ok := members["ticket_url"].(string); ok {
		_, id, _ := strings.Cut(link, "ticket=")
		text = strings.ReplaceAll(text, id, c.nameOf("$ticket", id))
	}
	return text
}

// nameOf is the name of a token: a new name when the token is new.
func (c *conversation) nameOf(base, value string) string {
	for n, name := 1, base; ; n, name = n+1, base+strconv.Itoa(n+1) {
		if have, ok := c.vars[name]; !ok {
			c.vars[name] = value
			return name
		} else if have == value {
			return name
		}
	}
}

// secretParams are the parameters of redirects that are shown by names.
var secretParams = []string{"code", "access_token", "id_token", "login_ticket", "ticket"}

// redirect is an address with the secrets in it replaced by their names, which
// later requests may use. The state of the login pages is such a secret, and the
// state of an app is not.
func (c *conversation) redirect(to string) string {
	for _, separator := range []string{"?", "#"} {
		whole, parameters, found := strings.Cut(to, separator)
		if !found {
			continue
		}
		parts := strings.Split(parameters, "&")
		for i, part := range parts {
			name, value, _ := strings.Cut(part, "=")
			ofPages := name == "state" && (strings.HasPrefix(whole, "/") || len(value) == 43) // one of 43 characters is on its way to the page of an Action
			isOutcome := name == "code" && len(value) < 20                                    // of a ticket: its code is a word
			if decoded, err := url.QueryUnescape(value); err == nil && (ofPages || slices.Contains(secretParams, name) && !isOutcome) {
				parts[i] = name + "=" + c.nameOf("$"+name, decoded)
			}
		}
		to = whole + separator + strings.Join(parts, "&")
	}
	return to
}

// setCookie is a Set-Cookie header with the cookie's value replaced by its name.
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
	mistake   = regexp.MustCompile(`<span id="(error-element-[^"]*)"[^>]*?(?: data-error-code="([^"]*)")?(?: data-is-error-visible)?>`)
	anyTag    = regexp.MustCompile(`<[^>]*>`)
)

// seen is what a page says and asks for: its text, its fields with type, name and
// value, and the marks of what is wrong with them.
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
	page = mistake.ReplaceAllString(page, " [$1 $2] ")
	text := html.UnescapeString(anyTag.ReplaceAllString(page, ""))
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// describe shows a message as its reader sees it.
func describe(m outbox.Message) string {
	head := fmt.Sprintf("%s %s, %s, %s\nfrom %s to %s", m.ID, m.Kind, m.State, m.OTPState, m.From, m.To)
	if m.Subject != "" {
		head += "\n" + m.Subject
	}
	if m.Scenario != "" {
		head += "\nscenario " + m.Scenario
	}
	if m.Note != "" {
		head += "\nnote: " + m.Note
	}
	return head + "\n\n" + strings.TrimSuffix(m.Text, "\n")
}

// decoded is the header or the claims of a token, one member a line.
func (c *conversation) decoded(part, compact string) string {
	header, _, ok := strings.Cut(compact, ".")
	raw, err := base64.RawURLEncoding.DecodeString(header)
	wrong := ""
	if part == "claims" {
		var verified []byte
		if verified, err = Verify(JWKS(c, c.server), compact); err == nil {
			raw = verified
		} else if shared, sharedErr := VerifyShared(c.server.Fixture(), compact); sharedErr == nil {
			raw, err = shared, nil
		} else if parts := strings.Split(compact, "."); len(parts) == 3 {
			wrong = "NOT VERIFIED: " + err.Error() + "\n"
			raw, err = base64.RawURLEncoding.DecodeString(parts[1])
		}
	}
	var indented bytes.Buffer
	if !ok || err != nil || json.Indent(&indented, raw, "", "  ") != nil {
		return "NO TOKEN: " + strings.Join(strings.Fields(compact), " ")[:min(40, len(compact))] + "…"
	}
	return wrong + indented.String()
}

// counts is what the rules of a scenario did, one rule a line.
func (c *conversation) counts(id string) string {
	var lines []string
	for _, s := range c.server.Scenarios() {
		if s.ID != id {
			continue
		}
		for _, r := range s.Rules {
			parts := []string{fmt.Sprintf("%s/%s: matched %d, fired %d", s.Name, r.ID, r.Matched, r.Fired)}
			for _, reason := range slices.Sorted(maps.Keys(r.Skipped)) {
				parts = append(parts, fmt.Sprintf("%d skipped by %s", r.Skipped[reason], reason))
			}
			if r.Shadowed > 0 {
				parts = append(parts, fmt.Sprintf("%d shadowed", r.Shadowed))
			}
			lines = append(lines, strings.Join(parts, ", "))
			if len(r.Last) > 0 {
				lines = append(lines, "  last: "+r.Last[len(r.Last)-1].Effect)
			}
			for _, near := range r.NearMisses {
				lines = append(lines, "  near: "+near)
			}
		}
	}
	if lines == nil {
		c.failf("scenario %s is not on", id)
	}
	return strings.Join(lines, "\n")
}
