package management

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// An object is a JSON object whose members have an order.
type object = strictyaml.Object

type member = strictyaml.Member

// readJSON reads a body: an object becomes an object, an array []any, a number
// json.Number. Of equal names the last value counts, at the place of the first.
// Without a body it is nil, as null is.
func readJSON(body []byte) (any, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, nil
	}
	if !utf8.Valid(body) {
		body = bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	if !json.Valid(body) { // it bounds the depth, too
		return nil, errors.New("the body is not JSON")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	value, err := nextValue(dec)
	if err != nil {
		return nil, fmt.Errorf("the body is not JSON: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more behind the JSON")
	}
	return value, nil
}

func nextValue(dec *json.Decoder) (any, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		o, places := object{}, map[string]int{}
		for dec.More() {
			name, err := dec.Token()
			if err != nil {
				return nil, err
			}
			value, err := nextValue(dec)
			if err != nil {
				return nil, err
			}
			key := name.(string) // the decoder takes only strings for names
			if at, again := places[key]; again {
				o[at].Value = value
				continue
			}
			places[key] = len(o)
			o = append(o, member{Key: key, Value: value})
		}
		_, err = dec.Token()
		return o, err
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			value, err := nextValue(dec)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		_, err = dec.Token()
		return list, err
	}
	if n, ok := token.(json.Number); ok {
		if _, err := n.Float64(); err != nil { // no answer could have it
			return nil, errors.New("a number is too large")
		}
	}
	return token, nil
}

// plain is a value without order, in which a whole number is an int64, as in a
// fixture.
func plain(value any) any {
	switch v := value.(type) {
	case object:
		table := make(map[string]any, len(v))
		for _, m := range v {
			table[m.Key] = plain(m.Value)
		}
		return table
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = plain(v[i])
		}
		return list
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return n
		}
		f, _ := strconv.ParseFloat(v.String(), 64)
		return f
	}
	return value
}

// isoTime is a time as the Management API writes it.
func isoTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// timeOrNull is a time, or null for none.
func timeOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return isoTime(t)
}
