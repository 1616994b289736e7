package management

import (
	"encoding/json"
	"math/rand/v2"
	"strconv"
)

// A Drawn is a call that was drawn by lot.
type Drawn struct {
	Method, Path string
	Query, Body  string
}

// Draw draws an operation, and a body that its schema mostly allows. known are ids of
// things that exist: they stand in paths and bodies.
func Draw(r *rand.Rand, known []string) Drawn {
	all := operations()
	o := all[r.IntN(len(all))]
	for r.IntN(2) == 0 && (o.method == "GET" || o.method == "DELETE") { // they change less than the others
		o = all[r.IntN(len(all))]
	}
	d := Drawn{Method: o.method, Path: Path + o.path}
	if o.body != nil {
		body, err := json.Marshal(lot{r, known}.value(*o.body, 0))
		if err == nil {
			d.Body = string(body)
		}
	}
	return d
}

type lot struct {
	*rand.Rand
	known []string
}

func (l lot) value(p property, depth int) any {
	if p.later != nil {
		p = p.later()
	}
	if len(p.enum) > 0 && l.IntN(10) > 0 {
		return p.enum[l.IntN(len(p.enum))]
	}
	kind := "any"
	if len(p.types) > 0 {
		kind = p.types[l.IntN(len(p.types))]
	}
	if kind == "any" || l.IntN(50) == 0 {
		kind = []string{"string", "integer", "boolean", "null", "array", "object"}[l.IntN(6)]
	}
	switch kind {
	case "string":
		return l.text(p)
	case "integer", "number":
		return []int{p.min, p.min + 1, 3600, 0, 1}[l.IntN(5)]
	case "boolean":
		return l.IntN(2) == 0
	case "array":
		list := []any{}
		for range l.IntN(3) + p.min {
			if p.items != nil {
				list = append(list, l.value(*p.items, depth+1))
			} else {
				list = append(list, l.text(text))
			}
		}
		return list
	case "object":
		o := map[string]any{}
		for _, m := range p.members {
			required := false
			for _, name := range append(append([]string{}, p.required...), m.required...) {
				required = required || name == m.name
			}
			if required || l.IntN(4) == 0 && depth < 6 {
				o[m.name] = l.value(m, depth+1)
			}
		}
		if p.members == nil {
			for i := range l.IntN(3) {
				o["k"+strconv.Itoa(i)] = []any{nil, 1.5, "v", true, map[string]any{"": nil}, []any{}, 0, ""}[l.IntN(8)]
			}
		}
		return o
	}
	return nil
}

var someTexts = []string{
	"", "x", "crew", "https://x.test/", "http://localhost:3000/cb", "x@example.com", "Ada@example.com", "+12025550188", "Passw0rd!", "email", "sms", "auth0", "*",
	"a|b", "name\tb", "é☃", "2030-01-01T00:00:00Z", "read:orders", "https://api.acme.test/", "acme", "#123456", "{{ user.name }}", "Username-Password-Authentication", "ada",
}

func (l lot) text(p property) string {
	switch {
	case p.format == "email":
		return []string{"x@example.com", "y@example.com", "ada@example.com", "Z@Example.com", "é@example.com"}[l.IntN(5)]
	case p.format == "date-time":
		return "2030-01-02T00:00:00Z"
	case p.format == "strict-uri", p.format == "absolute-https-uri-or-empty":
		return "https://x.test/p"
	case p.name == "phone_number":
		return []string{"+12025550188", "+12025550189"}[l.IntN(2)]
	case p.name == "name", p.name == "username", p.name == "display_name":
		return []string{"crew", "shop", "acme", "x1", "team"}[l.IntN(5)]
	case p.name == "password":
		return "Passw0rd!"
	case p.name == "connection":
		return []string{"email", "sms", "Username-Password-Authentication", "crew", "shop"}[l.IntN(5)]
	case l.IntN(3) > 0 && len(l.known) > 0:
		return l.known[l.IntN(len(l.known))]
	}
	return someTexts[l.IntN(len(someTexts))]
}
