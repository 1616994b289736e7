package management

import (
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/internal/refusal"
)

// A matcher tells whether a thing is one that a search looks for.
type matcher[T any] func(*T) bool

// searched is a kind of thing that a search looks for.
type searched[T any] struct {
	bare    []string // the fields in which a term without a field is looked for
	anyCase []string // the fields that are compared without regard to case
	exact   bool     // a number is a text like others: 1 is not 1.0
	// values appends the values of a field, as text, to a list.
	values func(list []string, item *T, field string) []string
	// refuse refuses a wildcard or a range where Auth0 takes none.
	refuse func(field, what string) error
}

// search reads the q of a search: Lucene's grammar, as far as Auth0 has it.
// Source: auth0/docs-v2 manage-users/user-search/user-search-query-syntax.mdx,
// deploy-monitor/logs/log-search-query-syntax.mdx.
func (s *searched[T]) search(q string) (matcher[T], error) {
	p := &parser[T]{searched: s, tokens: scan(q)}
	m, err := p.any("")
	if err == nil && p.at < len(p.tokens) {
		return nil, refusal.BadSearch.Because("the search has a ) without a (")
	}
	return m, err
}

// onlyEmail is the address of a search that is for one address and nothing else; ""
// of any other. Such a search needs not look at all users.
func onlyEmail(q string) string {
	tokens := scan(q)
	if len(tokens) == 3 && tokens[0].text == "email" && tokens[1].kind == colon && (tokens[2].kind == phrase || len(tokens[2].parts) == 1) {
		return tokens[2].text
	}
	return ""
}

// A token is one word of a search: a term, a phrase in quotes, a bracket, or an
// operator.
type token struct {
	kind  tokenKind
	text  string
	parts []string // of a term: what stands between its wildcards
}

type tokenKind int

const (
	term tokenKind = iota
	phrase
	open   // (
	closed // )
	colon
	plus
	minus
	rangeOf // [a TO b] and its like, as it stands
	broken  // a quote or bracket that does not end
)

// scan splits a search into tokens.
func scan(q string) (tokens []token) {
	for i := 0; i < len(q); {
		switch ch := q[i]; ch {
		case ' ', '\t', '\n', '\r':
			i++
		case '(', ')', ':':
			tokens = append(tokens, token{kind: map[byte]tokenKind{'(': open, ')': closed, ':': colon}[ch]})
			i++
		case '+', '-', '!':
			tokens = append(tokens, token{kind: map[byte]tokenKind{'+': plus, '-': minus, '!': minus}[ch]})
			i++
		case '[', '{':
			end := strings.IndexAny(q[i:], "]}")
			if end < 0 {
				return append(tokens, token{kind: broken})
			}
			tokens = append(tokens, token{kind: rangeOf, text: q[i : i+end+1]})
			i += end + 1
		case '"':
			t, n := scanPhrase(q[i+1:])
			tokens = append(tokens, t)
			i += n + 1
		default:
			t, n := scanTerm(q[i:])
			tokens = append(tokens, t)
			i += n
		}
	}
	return tokens
}

// scanPhrase reads what follows a quote, and the quote that ends it.
func scanPhrase(q string) (token, int) {
	var text strings.Builder
	for i := 0; i < len(q); i++ {
		switch {
		case q[i] == '"':
			return token{kind: phrase, text: text.String()}, i + 1
		case q[i] == '\\' && i+1 < len(q):
			i++
		}
		text.WriteByte(q[i])
	}
	return token{kind: broken}, len(q)
}

// scanTerm reads a term. A colon ends it, but a - or + inside it does not.
func scanTerm(q string) (token, int) {
	var parts []string
	var part strings.Builder
	i := 0
	for ; i < len(q) && !strings.ContainsRune(" \t\r\n():\"[]{}", rune(q[i])); i++ {
		switch {
		case q[i] == '\\' && i+1 < len(q):
			i++
			part.WriteByte(q[i])
		case q[i] == '*':
			parts = append(parts, part.String())
			part.Reset()
		default:
			part.WriteByte(q[i])
		}
	}
	parts = append(parts, part.String())
	if i == 0 { // a bracket that was not opened
		return token{kind: broken}, 1
	}
	return token{kind: term, text: strings.Join(parts, "*"), parts: parts}, i
}

// A parser reads the tokens by Lucene's grammar. In all its methods field is that of
// a group: name:("a" OR "b").
type parser[T any] struct {
	*searched[T]
	tokens []token
	at     int
	depth  int
}

func (p *parser[T]) peek() (token, bool) {
	if p.at < len(p.tokens) {
		return p.tokens[p.at], true
	}
	return token{}, false
}

func (p *parser[T]) operator(words ...string) bool {
	t, ok := p.peek()
	if ok && t.kind == term && slices.Contains(words, t.text) {
		p.at++
		return true
	}
	return false
}

// any reads clauses. Those with OR between them, or nothing, are alternatives; + and
// - before a clause make it a must, or a must not. A must makes alternatives needless.
func (p *parser[T]) any(field string) (matcher[T], error) {
	var may, must []matcher[T]
	required := false
	for {
		m, sign, err := p.all(field)
		if err != nil {
			return nil, err
		}
		switch sign {
		case plus:
			must, required = append(must, m), true
		case minus:
			must = append(must, not(m))
		default:
			may = append(may, m)
		}
		if t, ok := p.peek(); !ok || t.kind == closed {
			break
		}
		p.operator("OR", "||")
	}
	return func(item *T) bool {
		for _, m := range must {
			if !m(item) {
				return false
			}
		}
		return required || len(may) == 0 || slices.ContainsFunc(may, func(m matcher[T]) bool { return m(item) })
	}, nil
}

func not[T any](m matcher[T]) matcher[T] { return func(item *T) bool { return !m(item) } }

// all reads clauses with AND between them. sign is that before a clause which stands
// alone.
func (p *parser[T]) all(field string) (m matcher[T], sign tokenKind, err error) {
	var list []matcher[T]
	for {
		sign = term
		if t, ok := p.peek(); ok && (t.kind == plus || t.kind == minus) {
			sign = t.kind
			p.at++
		}
		m, err := p.clause(field)
		if err != nil {
			return nil, sign, err
		}
		and := p.operator("AND", "&&")
		if len(list) == 0 && !and {
			return m, sign, nil
		}
		if sign == minus {
			m = not(m)
		}
		if list = append(list, m); !and {
			break
		}
	}
	return func(item *T) bool {
		return !slices.ContainsFunc(list, func(m matcher[T]) bool { return !m(item) })
	}, term, nil
}

// clause reads NOT, a group, or a term with its field.
func (p *parser[T]) clause(field string) (matcher[T], error) {
	const deepest = 50
	if p.depth++; p.depth > deepest {
		return nil, refusal.BadSearch.Because("the search is nested too deeply")
	}
	defer func() { p.depth-- }()
	if p.operator("NOT") {
		m, err := p.clause(field)
		if err != nil {
			return nil, err
		}
		return not(m), nil
	}
	t, ok := p.peek()
	if !ok {
		return nil, refusal.BadSearch.Because("the search ends where a term should follow")
	}
	p.at++
	switch t.kind {
	case open:
		m, err := p.any(field)
		if err != nil {
			return nil, err
		}
		if end, ok := p.peek(); !ok || end.kind != closed {
			return nil, refusal.BadSearch.Because("the search has a ( without a )")
		}
		p.at++
		return m, nil
	case term, phrase:
		if next, ok := p.peek(); ok && next.kind == colon && t.kind == term && field == "" {
			p.at++
			return p.value(t.text)
		}
		return p.matchField(field, t)
	case rangeOf:
		if field != "" {
			return p.matchRange(field, t.text)
		}
	}
	return nil, refusal.BadSearch.Because("the search has a bracket, a quote or an operator where a term should stand")
}

// value reads what stands behind field: and the colon.
func (p *parser[T]) value(field string) (matcher[T], error) {
	t, ok := p.peek()
	if !ok {
		return nil, refusal.BadSearch.Because("the search has no value for " + clip(field))
	}
	if t.kind == minus || t.kind == plus { // a negative number, or a phone number
		p.at++
		next, ok := p.peek()
		if !ok || next.kind != term {
			return nil, refusal.BadSearch.Because("put the value of " + clip(field) + " in quotes")
		}
		p.at++
		next.parts[0] = map[tokenKind]string{minus: "-", plus: "+"}[t.kind] + next.parts[0]
		next.text = strings.Join(next.parts, "*")
		return p.matchField(field, next)
	}
	if t.kind == term && field == "_exists_" {
		p.at++
		return func(item *T) bool { return len(p.values(nil, item, t.text)) > 0 }, nil
	}
	return p.clause(field)
}
