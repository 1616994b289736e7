package token

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// A Claim is one member of a token's payload.
type Claim struct {
	Name  string
	Value any
}

// Claims are a token's payload in the order in which it is written: Auth0's
// order is part of what a reader of tokens knows.
type Claims []Claim

// Add appends a claim unless the name is there already.
func (c *Claims) Add(name string, value any) {
	for _, have := range *c {
		if have.Name == name {
			return
		}
	}
	*c = append(*c, Claim{name, value})
}

// Set gives a claim a value: in its place, or at the end.
func (c *Claims) Set(name string, value any) {
	for i := range *c {
		if (*c)[i].Name == name {
			(*c)[i].Value = value
			return
		}
	}
	*c = append(*c, Claim{name, value})
}

// Merge appends the claims whose names are not there already. It takes as long
// for many as their number.
func (c *Claims) Merge(more Claims) {
	if len(more) == 0 {
		return
	}
	have := make(map[string]bool, len(*c)+len(more))
	for _, claim := range *c {
		have[claim.Name] = true
	}
	for _, claim := range more {
		if !have[claim.Name] {
			have[claim.Name] = true
			*c = append(*c, claim)
		}
	}
}

// MarshalJSON writes the claims as an object, in order.
func (c Claims) MarshalJSON() ([]byte, error) {
	out := append(make([]byte, 0, c.room()), '{')
	for i, claim := range c {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendString(out, claim.Name), ':')
		var err error
		if out, err = appendValue(out, claim.Value); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

// room is about how many bytes the claims take.
func (c Claims) room() int {
	n := len("{}")
	for _, claim := range c {
		n += len(claim.Name) + len(`"":,`) + 16
		switch v := claim.Value.(type) {
		case string:
			n += len(v)
		case []string:
			for _, s := range v {
				n += len(s) + len(`"",`)
			}
		}
	}
	return n
}

// appendValue writes the values that most claims have by itself, and leaves
// all others to encoding/json.
func appendValue(out []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case string:
		return appendString(out, v), nil
	case int64:
		return strconv.AppendInt(out, v, 10), nil
	case bool:
		return strconv.AppendBool(out, v), nil
	case []string:
		if v == nil {
			break
		}
		out = append(out, '[')
		for i, s := range v {
			if i > 0 {
				out = append(out, ',')
			}
			out = appendString(out, s)
		}
		return append(out, ']'), nil
	}
	return appendEncoded(out, value)
}

// appendString writes a string as encoding/json does that leaves < > & as they
// are.
func appendString(out []byte, s string) []byte {
	for i := range len(s) {
		if b := s[i]; b < ' ' || b > '~' || b == '"' || b == '\\' {
			out, _ = appendEncoded(out, s) // a string always can
			return out
		}
	}
	return append(append(append(out, '"'), s...), '"')
}

func appendEncoded(out []byte, value any) ([]byte, error) {
	buf := bytes.NewBuffer(out)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}
