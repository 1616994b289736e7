package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/url"
	"strings"
	"unicode/utf8"
)

// A Kind is the JSON type of a parameter.
type Kind string

// The kinds. A form or query parameter is always a string, or an array if it
// is given more than once. null counts as absent.
const (
	String  Kind = "string"
	Number  Kind = "number"
	Boolean Kind = "boolean"
	Object  Kind = "object"
	Array   Kind = "array"
)

// A Param is one parameter of a request.
type Param struct {
	Name string
	Kind Kind
	Text string          // of a string: its value; else its JSON
	JSON json.RawMessage // nil of a string that came in a form or query
	// Query tells that it came in the query string.
	Query bool
}

// Params are a request's parameters in the order in which they came; those of
// the body before those of the query.
type Params []Param

// Empty tells whether a parameter counts as absent though it was sent.
func (p Param) Empty() bool { return p.Kind == String && p.Text == "" }

// Get returns a parameter; null and the empty string are absent, since SDKs
// send both for what they do not set.
func (ps Params) Get(name string) (Param, bool) {
	for i := range ps {
		if ps[i].Name == name && !ps[i].Empty() {
			return ps[i], true
		}
	}
	return Param{}, false
}

// Text is the text of a parameter, or "" if it is absent or no string.
func (ps Params) Text(name string) string {
	if p, ok := ps.Get(name); ok && p.Kind == String {
		return p.Text
	}
	return ""
}

// Members are the members of a parameter that is an object, in order. The error
// says that they are too many.
func (p Param) Members() (Params, error) { return parseObject(p.JSON) }

// Strings are the members of a parameter that is a JSON array of strings.
func (p Param) Strings() (members []string, ok bool) {
	return members, p.Kind == Array && json.Unmarshal(p.JSON, &members) == nil
}

// secrets are the parameters that the journal does not show.
var secrets = map[string]bool{
	"client_secret": true, "client_assertion": true, "password": true, "refresh_token": true,
	"captcha": true, "password-reset": true, "re-enter-password": true, "ticket": true,
	"access_token": true, "id_token": true, "token": true, "subject_token": true, "actor_token": true, "mfa_token": true, "oob_code": true, "binding_code": true, "recovery_code": true, "assertion": true, "login_ticket": true, "auth_session": true, "code": true, "device_code": true, "user_code": true, "code_verifier": true, "id_token_hint": true, "link_with": true,
	"invitation": true, "signing_secret": true, "secret": true, "totp_secret": true, "twilio_token": true,
	"httpauthorization": true, "httpcustomheaders": true, "header_value": true,
	"auth_token": true, "aws_secret_access_key": true, "p12": true, "server_key": true, "server_credentials": true, "skey": true,
	"smtp_pass": true, "api_key": true, "accesskeyid": true, "secretaccesskey": true, "connectionstring": true, "connection_string": true, "clientsecret": true, "new_password": true,
	"invitation_url": true, "ticket_id": true, "ticket_url": true, "password_hash": true, "custom_password_hash": true, "previous_passwords": true,
	"splunktoken": true, "datadogapikey": true, "segmentwritekey": true, "mixpanelserviceaccountpassword": true, "secrets": true,
}

// What the journal keeps of one request is bounded, as their number is.
const (
	maxShown = 64   // parameters
	maxClip  = 1024 // bytes of each
)

// clip is a copy of a text, shortened if it is too long to keep. The text itself
// may be part of a whole request, which must not be kept.
func clip(s string) string {
	if len(s) <= maxClip {
		return strings.Clone(s)
	}
	return strings.ToValidUTF8(s[:maxClip], "") + fmt.Sprintf("… (%d bytes)", len(s))
}

// Shown is the value of a parameter, shortened if it is too long to keep.
func (ps Params) Shown(name string) string { return clip(ps.Text(name)) }

// IsSecret tells whether a member of that name is a secret, which is not shown.
func IsSecret(name string) bool { return secrets[strings.ToLower(name)] }

// WithoutSecrets are the parameters of the query and of the body, as an Action sees them.
func (c *Call) WithoutSecrets() (query, body map[string]any) {
	query, body = map[string]any{}, map[string]any{}
	ofQuery, _ := parseForm(c.Query) // the call was read: there is no error
	for _, p := range ofQuery {
		if !IsSecret(p.Name) {
			query[p.Name] = p.Text
		}
	}
	for _, p := range c.Params {
		if _, known := query[p.Name]; known || IsSecret(p.Name) {
			continue
		}
		if body[p.Name] = p.Text; p.Kind != String && json.Valid([]byte(p.Text)) {
			body[p.Name] = json.RawMessage(p.Text)
		}
	}
	return query, body
}

// redacted are the parameters as the journal shows them, and nothing else of
// the request.
func (ps Params) redacted() map[string]any {
	shown := map[string]any{}
	_, isSecondFactor := ps.Get("mfa_token") // then otp is of an authenticator app; another one is good once, and its failure tells a story
	for i, p := range ps {
		if i == maxShown {
			shown["…"] = fmt.Sprintf("%d more", len(ps)-i)
			break
		}
		name := clip(p.Name)
		switch {
		case IsSecret(p.Name), isSecondFactor && p.Name == "otp":
			shown[name] = "[redacted]"
		case p.Kind == Object:
			members, _ := p.Members()
			shown[name] = clipObject(members.redacted())
		case p.Kind == String || len(p.JSON) > maxClip || p.JSON == nil:
			shown[name] = clip(p.Text)
		default:
			shown[name] = json.RawMessage(p.Text)
		}
	}
	return shown
}

// clipObject is an object, or its JSON as a shortened text if it is too long to keep.
func clipObject(members map[string]any) any {
	data, err := json.Marshal(members)
	if err != nil || len(data) > maxClip {
		return clip(string(data))
	}
	return members
}

// A collector gathers parameters. Of equal names the last one counts, as in
// JavaScript, at the place of the first one. It is linear in the number of
// parameters.
type collector struct {
	params Params
	at     map[string]int // the places in params
}

// place is where the parameter of that name is, or -1.
func (c *collector) place(name string) int {
	if i, ok := c.at[name]; ok {
		return i
	}
	return -1
}

func (c *collector) set(p Param) {
	if i := c.place(p.Name); i >= 0 {
		c.params[i] = p
		return
	}
	if c.at == nil {
		c.at = map[string]int{}
	}
	c.at[p.Name] = len(c.params)
	c.params = append(c.params, p)
}

// withQuery adds the parameters of the query that the body does not have.
func (ps Params) withQuery(query Params) Params {
	if len(query) == 0 {
		return ps
	}
	var all collector
	for _, p := range ps {
		all.set(p)
	}
	for _, p := range query {
		if all.place(p.Name) < 0 {
			p.Query = true
			all.set(p)
		}
	}
	return all.params
}

// maxParams is how many parameters a body, a query or an object in a body may
// have, as in Express.
const maxParams = 1000

var errTooMany = fmt.Errorf("there are more than %d parameters", maxParams)

// parseBody reads the parameters of a body by its content type. A body of
// another type has none, as at Auth0.
func parseBody(contentType string, body []byte) (Params, error) {
	if len(body) == 0 || len(bytes.Trim(body, " \t\r\n")) == 0 {
		return nil, nil
	}
	switch mediaType(contentType) {
	case jsonMedia:
		// Bytes that are no UTF-8 become U+FFFD, as in JavaScript: parameters
		// are shown and sent on.
		if !utf8.Valid(body) {
			body = bytes.ToValidUTF8(body, []byte("\uFFFD"))
		}
		return parseObject(body)
	case formMedia:
		return parseForm(string(body))
	}
	return nil, nil
}

const (
	jsonMedia = "application/json"
	formMedia = "application/x-www-form-urlencoded"
)

// mediaType is a content type without its parameters, "" if it is none.
func mediaType(contentType string) string {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return media
}

// parseForm reads a form or a query string. What is given more than once is an
// array, as if it had come as JSON.
func parseForm(text string) (Params, error) {
	var all collector
	var repeated map[string][]string
	if strings.Count(text, "&") >= maxParams {
		return nil, errTooMany
	}
	for text != "" {
		var part string
		part, text, _ = strings.Cut(text, "&")
		name, value, _ := strings.Cut(part, "=")
		if part == "" {
			continue
		}
		name, errName := url.QueryUnescape(name)
		value, errValue := url.QueryUnescape(value)
		if err := errors.Join(errName, errValue); err != nil {
			return nil, fmt.Errorf("the form is malformed: %w", errors.Join(errName, errValue))
		}
		// Cloned: a short value that is kept would keep the whole body.
		p := Param{Name: strings.Clone(strings.ToValidUTF8(name, "\uFFFD")), Kind: String, Text: strings.Clone(strings.ToValidUTF8(value, "\uFFFD"))}
		first := all.place(p.Name)
		if first < 0 {
			all.set(p)
			continue
		}
		if repeated == nil {
			repeated = map[string][]string{}
		}
		if len(repeated[p.Name]) == 0 {
			repeated[p.Name] = []string{all.params[first].Text}
		}
		repeated[p.Name] = append(repeated[p.Name], p.Text)
	}
	for name, values := range repeated {
		data, err := json.Marshal(values)
		if err != nil {
			return nil, err
		}
		all.set(Param{Name: name, Kind: Array, Text: string(data), JSON: data})
	}
	return all.params, nil
}

// parseObject reads a JSON object as parameters. null counts as absent.
func parseObject(data []byte) (Params, error) {
	var all collector
	n := 0
	err := eachMember(data, func(name string, raw json.RawMessage) error {
		if n++; n > maxParams {
			return errTooMany
		}
		if p, ok := jsonParam(name, raw); ok {
			all.set(p)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all.params, nil
}

func jsonParam(name string, raw json.RawMessage) (Param, bool) {
	p := Param{Name: name, JSON: raw}
	switch raw[0] {
	case '"':
		p.Kind = String
		_ = json.Unmarshal(raw, &p.Text) // the decoder has checked it
	case '{':
		p.Kind = Object
	case '[':
		p.Kind = Array
	case 't', 'f':
		p.Kind = Boolean
	case 'n':
		return p, false
	default:
		p.Kind = Number
	}
	if p.Kind != String {
		p.Text = string(raw)
	}
	return p, true
}

// eachMember calls fn with each member of a JSON object, in order. It ends at the
// first error.
func eachMember(data []byte, fn func(name string, raw json.RawMessage) error) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if start, err := dec.Token(); err != nil {
		return malformed(err)
	} else if start != json.Delim('{') {
		return errors.New("the JSON is not an object")
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return malformed(err)
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return malformed(err)
		}
		if err := fn(name.(string), raw); err != nil { // the decoder takes only strings for names
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
		return malformed(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the JSON is malformed: there is more behind the object")
	}
	if !json.Valid(data) { // the bound of encoding/json, of which the object itself is one level
		return errors.New("the JSON is nested too deep")
	}
	return nil
}

func malformed(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF // the object stops short
	}
	return fmt.Errorf("the JSON is malformed: %w", err)
}
