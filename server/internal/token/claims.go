package token

import (
	"bytes"
	"encoding/json"
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
	var buf bytes.Buffer
	buf.Grow(64 * (len(c) + 1))
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	buf.WriteByte('{')
	for i, claim := range c {
		if i > 0 {
			buf.WriteByte(',')
		}
		if err := enc.Encode(claim.Name); err != nil {
			return nil, err
		}
		buf.Truncate(buf.Len() - 1) // Encode ends with a newline
		buf.WriteByte(':')
		if err := enc.Encode(claim.Value); err != nil {
			return nil, err
		}
		buf.Truncate(buf.Len() - 1)
	}
	buf.WriteByte('}')
	return buf.Bytes(), nil
}
