package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// parseObject reads a JSON object. null counts as absent. Of what it returns only
// Param.JSON points into data.
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

func jsonParam(name string, raw json.RawMessage) (Param, bool) {
	p := Param{Name: name, JSON: raw}
	switch raw[0] {
	case '"':
		p.Kind, p.Text = String, unquoted(raw)
		return p, true
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
	p.Text = string(raw)
	return p, true
}

// eachMember calls fn with each member of a JSON object, in order. raw is a
// part of data. encoding/json says what is JSON, and bounds the depth; in what
// it takes, the members are found here, since its own ways to find them in
// order make a dozen objects of each.
func eachMember(data []byte, fn func(name string, raw json.RawMessage)) error {
	rest := afterBlanks(data)
	if len(rest) == 0 || rest[0] != '{' || !json.Valid(rest) {
		return whyNoObject(data)
	}
	for {
		rest = afterBlanks(rest[1:]) // behind { or ,
		if rest[0] == '}' {
			return nil
		}
		n := valueLength(rest)
		name := rest[:n]
		rest = afterBlanks(afterBlanks(rest[n:])[1:]) // behind :
		n = valueLength(rest)
		fn(nameOf(name), json.RawMessage(rest[:n:n]))
		if rest = afterBlanks(rest[n:]); rest[0] == '}' {
			return nil
		}
	}
}

func afterBlanks(data []byte) []byte {
	for len(data) > 0 && (data[0] == ' ' || data[0] == '\n' || data[0] == '\t' || data[0] == '\r') {
		data = data[1:]
	}
	return data
}

// valueLength is how long the value is with which data, the rest of valid JSON,
// begins.
func valueLength(data []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			if quoted = !quoted; !quoted && depth == 0 {
				return i + 1
			}
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1
			}
			if depth < 0 {
				return i
			}
		case depth == 0 && (c == ',' || c == ' ' || c == '\n' || c == '\t' || c == '\r'):
			return i
		}
	}
	return len(data)
}

// unquoted is the text of a JSON string.
func unquoted(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return string(raw[1 : len(raw)-1])
	}
	var text string
	_ = json.Unmarshal(raw, &text) // it is valid
	return text
}

// nameOf is the text of a member's name. Those that nearly all requests have
// are not made anew for each, which saves a login eleven allocations.
func nameOf(raw []byte) string {
	for _, name := range usual {
		if len(name) == len(raw)-2 && string(raw[1:len(raw)-1]) == name {
			return name
		}
	}
	return unquoted(raw)
}

var usual = [...]string{
	"client_id", "client_secret", "connection", "email", "phone_number", "send", "authParams",
	"grant_type", "username", "otp", "realm", "audience", "scope", "refresh_token", "redirect_uri", "code", "code_verifier",
}

// whyNoObject is what is wrong with JSON that is no valid object.
func whyNoObject(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if start, err := dec.Token(); err != nil {
		return fmt.Errorf("the JSON is malformed: %w", err)
	} else if start != json.Delim('{') {
		return errors.New("the JSON is not an object")
	}
	for dec.More() {
		if _, err := dec.Token(); err != nil {
			return fmt.Errorf("the JSON is malformed: %w", err)
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return fmt.Errorf("the JSON is malformed: %w", unexpected(err))
		}
	}
	if _, err := dec.Token(); err != nil {
		return fmt.Errorf("the JSON is malformed: %w", unexpected(err))
	}
	if _, err := dec.Token(); errors.Is(err, io.EOF) {
		return errors.New("the JSON is nested too deep")
	}
	return errors.New("the JSON is malformed: there is more behind the object")
}

// unexpected says of an object that stops short that it does.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
