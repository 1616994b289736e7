package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// parseObject reads a JSON object as parameters. null counts as absent.
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

// eachMember calls fn with each member of a JSON object, in order.
func eachMember(data []byte, fn func(name string, raw json.RawMessage)) error {
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
		fn(name.(string), raw) // the decoder takes only strings for names
	}
	if _, err := dec.Token(); err != nil {
		return malformed(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the JSON is malformed: there is more behind the object")
	}
	return nil
}

func malformed(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF // the object stops short
	}
	return fmt.Errorf("the JSON is malformed: %w", err)
}
