package web

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/server/journal"
)

// maxKeptBody is how many bytes of a body the journal keeps.
const maxKeptBody = 32 << 10

// exchange is a call with its response, as they go over the wire, for the journal.
func (c *Call) exchange(res response) *journal.Exchange {
	address := url.URL{Path: c.Path, RawQuery: c.Query}
	x := &journal.Exchange{
		URL: address.RequestURI(), RequestHeader: c.Header, RequestBody: c.Body[:min(len(c.Body), maxKeptBody)], RequestSize: len(c.Body),
	}
	if res.status != 0 { // else nothing was sent
		x.ResponseHeader, x.ResponseBody, x.ResponseSize = c.ResponseHeader, res.body[:min(len(res.body), maxKeptBody)], len(res.body)
	}
	return x
}

// redactedText stands for what is not shown.
const redactedText = "[redacted]"

// answerSecrets are the members of answers that are not shown, beside those that have the
// name of a parameter with a secret.
var answerSecrets = map[string]bool{"recovery_codes": true, "barcode_uri": true, "pkcs7": true}

// WithoutSecrets is an exchange without the secrets in its URL, headers and bodies. Of
// JSON and of forms the values of secrets are left out. A page, and a request of another
// type, is left out as a whole.
func WithoutSecrets(x journal.Exchange) journal.Exchange {
	x.URL = hideInURL(x.URL)
	x.RequestBody = hideInBody(x.RequestHeader, x.RequestBody, false, IsSecret)
	x.ResponseBody = hideInBody(x.ResponseHeader, x.ResponseBody, true, func(name string) bool {
		// There a code is that of an error.
		return name != "code" && IsSecret(name) || answerSecrets[name]
	})
	x.RequestHeader, x.ResponseHeader = hideInHeader(x.RequestHeader), hideInHeader(x.ResponseHeader)
	return x
}

func hideInHeader(h http.Header) http.Header {
	h = maps.Clone(h)
	for name, values := range h {
		hide := func(string) string { return redactedText }
		switch name {
		case "Authorization":
			hide = func(value string) string {
				scheme, _, _ := strings.Cut(value, " ")
				return scheme + " " + redactedText
			}
		case "Cookie", "Set-Cookie":
		case "Location", "Referer":
			hide = hideInURL
		default:
			continue
		}
		shown := make([]string, len(values))
		for i, value := range values {
			shown[i] = hide(value)
		}
		h[name] = shown
	}
	return h
}

// hideInURL hides secrets in the query and in the fragment of an address.
func hideInURL(address string) string {
	address, fragment, hasFragment := strings.Cut(address, "#")
	path, query, hasQuery := strings.Cut(address, "?")
	if hasQuery {
		path += "?" + hideInForm(query, IsSecret)
	}
	if hasFragment {
		path += "#" + hideInForm(fragment, IsSecret)
	}
	return path
}

func hideInForm(form string, secret func(string) bool) string {
	parts := strings.Split(form, "&")
	isSecondFactor := slices.ContainsFunc(parts, func(part string) bool { return strings.HasPrefix(part, "mfa_token=") })
	for i, part := range parts {
		name, value, _ := strings.Cut(part, "=")
		if name = formDecode(name); value != "" && (secret(name) || isSecondFactor && name == "otp") {
			parts[i] = strings.TrimSuffix(part, value) + redactedText
		}
	}
	return strings.Join(parts, "&")
}

func hideInBody(h http.Header, body []byte, plain bool, secret func(string) bool) []byte {
	if len(body) == 0 {
		return body
	}
	switch mediaType(h.Get("Content-Type")) {
	case jsonMedia, "application/problem+json":
		if shown, ok := hideInJSON(body, secret); ok { // what was cut off in the middle is no JSON
			return shown
		}
	case formMedia:
		return []byte(hideInForm(string(body), secret))
	case "", "text/plain":
		if plain {
			return body
		}
	}
	return []byte(redactedText)
}

// hideInJSON hides the members of objects that are secrets, at any depth. The order stays.
func hideInJSON(data []byte, secret func(string) bool) (shown []byte, ok bool) {
	if !json.Valid(data) {
		return nil, false
	}
	isSecondFactor := bytes.Contains(data, []byte(`"mfa_token"`))
	var out bytes.Buffer
	var open []bool // the objects and arrays around; true: an object
	isName, isFirst := false, true
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	for {
		token, err := dec.Token()
		if err != nil {
			return out.Bytes(), true
		}
		delim, _ := token.(json.Delim)
		if delim == '}' || delim == ']' {
			out.WriteString(delim.String())
			open = open[:len(open)-1]
			isFirst, isName = false, len(open) > 0 && open[len(open)-1]
			continue
		}
		if !isFirst && (isName || len(open) > 0 && !open[len(open)-1]) {
			out.WriteByte(',')
		}
		if isName {
			name := token.(string)
			writeJSON(&out, name)
			out.WriteByte(':')
			if secret(name) || isSecondFactor && name == "otp" {
				var left json.RawMessage
				_ = dec.Decode(&left) // it is valid
				out.WriteString(`"` + redactedText + `"`)
				isFirst = false
				continue
			}
			isName = false
			continue
		}
		if delim != 0 {
			out.WriteString(delim.String())
			open = append(open, delim == '{')
			isFirst, isName = true, delim == '{'
			continue
		}
		writeJSON(&out, token)
		isFirst, isName = false, len(open) > 0 && open[len(open)-1]
	}
}

func writeJSON(out *bytes.Buffer, value any) {
	data, _ := marshal(value) // of a string, a number, a boolean or null
	out.Write(data)
}
