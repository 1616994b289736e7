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
	JSON json.RawMessage // nil unless it came as JSON
}

// Params are a request's parameters in the order in which they came; those of
// the body before those of the query.
type Params []Param

// Get returns a parameter; null and the empty string are absent, since SDKs
// send both for what they do not set.
func (ps Params) Get(name string) (Param, bool) {
	for i := range ps {
		if ps[i].Name == name && !(ps[i].Kind == String && ps[i].Text == "") {
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

// set adds a parameter, or replaces the value of one that is there: of equal
// keys in an object the last one counts, as in JavaScript.
func (ps *Params) set(p Param) {
	for i := range *ps {
		if (*ps)[i].Name == p.Name {
			(*ps)[i] = p
			return
		}
	}
	*ps = append(*ps, p)
}

// parseBody reads the parameters of a body by its content type. A body of
// another type has none, as at Auth0.
func parseBody(contentType string, body []byte) (Params, error) {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		media = ""
	}
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return nil, nil
	case media == "application/json":
		return parseObject(body)
	case media == "application/x-www-form-urlencoded":
		return parseForm(string(body))
	}
	return nil, nil
}

// parseForm reads a form or a query string.
func parseForm(text string) (Params, error) {
	var ps Params
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
		p := Param{Name: strings.ToValidUTF8(name, "\uFFFD"), Kind: String, Text: strings.ToValidUTF8(value, "\uFFFD")}
		if _, repeated := ps.Get(p.Name); repeated {
			p.Kind = Array
		}
		ps.set(p)
	}
	return ps, nil
}

// parseObject reads a JSON object. encoding/json bounds the depth.
func parseObject(data []byte) (Params, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if start, err := dec.Token(); err != nil {
		return nil, fmt.Errorf("the JSON is malformed: %w", err)
	} else if start != json.Delim('{') {
		return nil, errors.New("the JSON is not an object")
	}
	var ps Params
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("the JSON is malformed: %w", err)
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, fmt.Errorf("the JSON is malformed: %w", unexpected(err))
		}
		if p, ok := jsonParam(name.(string), raw); ok {
			ps.set(p)
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, fmt.Errorf("the JSON is malformed: %w", unexpected(err))
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("the JSON is malformed: there is more behind the object")
	}
	return ps, nil
}

// unexpected says of an object that stops short that it does.
func unexpected(err error) error {
	if err == io.EOF {
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
