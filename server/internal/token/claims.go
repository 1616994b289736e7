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

// Claims are the payload of a token. Their order is that of the payload, since
// tokens should look like Auth0's.
type Claims []Claim

// Add appends a claim unless the name is there already.
func (c *Claims) Add(name string, value any) {
	for _, claim := range *c {
		if claim.Name == name {
			return
		}
	}
	*c = append(*c, Claim{name, value})
}

// Set changes the value of a claim. A new claim goes to the end.
func (c *Claims) Set(name string, value any) {
	for i := range *c {
		if (*c)[i].Name == name {
			(*c)[i].Value = value
			return
		}
	}
	*c = append(*c, Claim{name, value})
}

// Merge appends the claims whose names are not there already. It is linear in the
// number of claims.
func (c *Claims) Merge(more Claims) {
	known := make(map[string]bool, len(*c)+len(more))
	for _, claim := range *c {
		known[claim.Name] = true
	}
	for _, claim := range more {
		if !known[claim.Name] {
			known[claim.Name] = true
			*c = append(*c, claim)
		}
	}
}

// MarshalJSON writes the claims as an object, in their order.
func (c Claims) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	enc := newEncoder(&out)
	encode := func(value any) error {
		if err := enc.Encode(value); err != nil {
			return err
		}
		out.Truncate(out.Len() - 1) // the encoder ends each value with a line end
		return nil
	}
	out.WriteByte('{')
	for i, claim := range c {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := encode(claim.Name); err != nil {
			return nil, err
		}
		out.WriteByte(':')
		if err := encode(claim.Value); err != nil {
			return nil, err
		}
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// newEncoder returns an encoder that does not escape <, > and &.
func newEncoder(out *bytes.Buffer) *json.Encoder {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc
}
