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

// Members are the members of a parameter that is an object, in order.
func (p Param) Members() Params {
	members, err := parseObject(p.JSON)
	if err != nil {
		return nil
	}
	return members
}

// Strings are the members of a parameter that is a JSON array of strings.
func (p Param) Strings() (members []string, ok bool) {
	return members, p.Kind == Array && json.Unmarshal(p.JSON, &members) == nil
}

// A collector gathers parameters: of equal keys the last one counts, as in
// JavaScript, at the first one's place. It takes as long for many as their
// number, however hostile.
type collector struct {
	params Params
	at     map[string]int
}

func (c *collector) has(name string) bool {
	_, ok := c.at[name]
	return ok
}

func (c *collector) set(p Param) {
	if i, ok := c.at[p.Name]; ok {
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
		if !all.has(p.Name) {
			p.Query = true
			all.set(p)
		}
	}
	return all.params
}

// parseBody reads the parameters of a body by its content type. A body of
// another type has none, as at Auth0.
func parseBody(contentType string, body []byte) (Params, error) {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		media = ""
	}
	switch {
	case len(bytes.Trim(body, " \t\r\n")) == 0:
		return nil, nil
	case media == "application/json":
		// What is no text becomes U+FFFD, as in JavaScript: parameters are shown
		// and sent on.
		return parseObject(bytes.ToValidUTF8(body, []byte("\uFFFD")))
	case media == "application/x-www-form-urlencoded":
		return parseForm(string(body))
	}
	return nil, nil
}

// parseForm reads a form or a query string. What is given more than once is an
// array, as if it had come as JSON.
func parseForm(text string) (Params, error) {
	var all collector
	repeated := map[string][]string{}
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
		if !all.has(p.Name) {
			all.set(p)
			continue
		}
		if len(repeated[p.Name]) == 0 {
			repeated[p.Name] = []string{all.params[all.at[p.Name]].Text}
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

// parseObject reads a JSON object. null counts as absent.
func parseObject(data []byte) (Params, error) {
	var all collector
	err := eachMember(data, func(name string, raw json.RawMessage) {
		if p, ok := jsonParam(name, raw); ok {
			all.set(p)
		}
	})
	if err != nil {
		return nil, err
	}
	return all.params, nil
}

// eachMember calls fn with each member of a JSON object, in order.
// encoding/json bounds the depth.
func eachMember(data []byte, fn func(name string, raw json.RawMessage)) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if start, err := dec.Token(); err != nil {
		return fmt.Errorf("the JSON is malformed: %w", err)
	} else if start != json.Delim('{') {
		return errors.New("the JSON is not an object")
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return fmt.Errorf("the JSON is malformed: %w", err)
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return fmt.Errorf("the JSON is malformed: %w", unexpected(err))
		}
		fn(name.(string), raw)
	}
	if _, err := dec.Token(); err != nil {
		return fmt.Errorf("the JSON is malformed: %w", unexpected(err))
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("the JSON is malformed: there is more behind the object")
	}
	return nil
}

// unexpected says of an object that stops short that it does.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func jsonParam(name string, raw json.RawMessage) (Param, bool) {
	p := Param{Name: name, Text: string(raw), JSON: raw}
	switch raw[0] {
	case '"':
		p.Kind = String
		if err := json.Unmarshal(raw, &p.Text); err != nil {
			return p, false
		}
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
	return p, true
}
