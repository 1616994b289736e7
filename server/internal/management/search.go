package management

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

// A matcher tells whether a user is one that a search looks for.
type matcher func(*fixtures.User) bool

// searchUsers reads the q of a search of users: Lucene's grammar, as far as Auth0
// has it.
// Source: auth0/docs-v2 manage-users/user-search/user-search-query-syntax.mdx.
func searchUsers(q string) (matcher, error) {
	p := &parser{tokens: scan(q)}
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
	parts := []string{""}
	i := 0
	for ; i < len(q) && !strings.ContainsRune(" \t\r\n():\"[]{}", rune(q[i])); i++ {
		last := len(parts) - 1
		switch {
		case q[i] == '\\' && i+1 < len(q):
			i++
			parts[last] += string(q[i])
		case q[i] == '*':
			parts = append(parts, "")
		default:
			parts[last] += string(q[i])
		}
	}
	if i == 0 { // a bracket that was not opened
		return token{kind: broken}, 1
	}
	return token{kind: term, text: strings.Join(parts, "*"), parts: parts}, i
}

// A parser reads the tokens by Lucene's grammar. In all its methods field is that of
// a group: name:("a" OR "b").
type parser struct {
	tokens []token
	at     int
	depth  int
}

func (p *parser) peek() (token, bool) {
	if p.at < len(p.tokens) {
		return p.tokens[p.at], true
	}
	return token{}, false
}

func (p *parser) operator(words ...string) bool {
	t, ok := p.peek()
	if ok && t.kind == term && slices.Contains(words, t.text) {
		p.at++
		return true
	}
	return false
}

// any reads clauses. Those with OR between them, or nothing, are alternatives; + and
// - before a clause make it a must, or a must not. A must makes alternatives needless.
func (p *parser) any(field string) (matcher, error) {
	var may, must []matcher
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
	return func(u *fixtures.User) bool {
		for _, m := range must {
			if !m(u) {
				return false
			}
		}
		return required || len(may) == 0 || slices.ContainsFunc(may, func(m matcher) bool { return m(u) })
	}, nil
}

func not(m matcher) matcher { return func(u *fixtures.User) bool { return !m(u) } }

// all reads clauses with AND between them. sign is that before a clause which stands
// alone.
func (p *parser) all(field string) (m matcher, sign tokenKind, err error) {
	var list []matcher
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
	return func(u *fixtures.User) bool {
		return !slices.ContainsFunc(list, func(m matcher) bool { return !m(u) })
	}, term, nil
}

// clause reads NOT, a group, or a term with its field.
func (p *parser) clause(field string) (matcher, error) {
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
		return matchField(field, t)
	case rangeOf:
		if field != "" {
			return matchRange(field, t.text)
		}
	}
	return nil, refusal.BadSearch.Because("the search has a bracket, a quote or an operator where a term should stand")
}

// value reads what stands behind field: and the colon.
func (p *parser) value(field string) (matcher, error) {
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
		return matchField(field, next)
	}
	if t.kind == term && field == "_exists_" {
		p.at++
		return func(u *fixtures.User) bool { return len(valuesOf(u, t.text)) > 0 }, nil
	}
	return p.clause(field)
}

// anyCase are the fields that are compared without regard to case.
var anyCase = []string{"email", "name", "given_name", "family_name", "nickname", "email.domain"}

// bareFields are those in which a term without a field is looked for.
var bareFields = []string{"email", "name", "given_name", "family_name", "nickname", "username", "phone_number", "user_id"}

// matchField compares the values of a field with a term or a phrase. field "" is any
// of the fields in which a bare term is looked for.
func matchField(field string, t token) (matcher, error) {
	fields := []string{field}
	if field == "" {
		fields = bareFields
	}
	wild := t.kind == term && len(t.parts) > 1
	const shortest = 3
	if wild && t.parts[0] == "" && t.text != "*" && len(t.parts[1]) < shortest {
		return nil, refusal.BadSearch.Because("after a * at the start of a value, write at least 3 characters")
	}
	if wild && strings.HasPrefix(field, "user_metadata.") {
		return nil, refusal.BadSearch.Because("Auth0 takes no wildcard for user_metadata")
	}
	numeric := isNumber(t.text)
	fits := func(value string, fold bool) bool {
		switch {
		case wild:
			return globs(t.parts, value, fold)
		case fold:
			return strings.EqualFold(value, t.text)
		}
		return value == t.text || numeric && isNumber(value) && compare(value, t.text) == 0
	}
	folds := make([]bool, len(fields))
	for i, name := range fields {
		folds[i] = slices.Contains(anyCase, name)
	}
	var values []string // one list for all users: with 100,000 of them, new ones cost half of the time
	return func(u *fixtures.User) bool {
		for i, name := range fields {
			values = appendValues(values[:0], u, name)
			for _, value := range values {
				if fits(value, folds[i]) {
					return true
				}
			}
		}
		return false
	}, nil
}

// globs tells whether a value has the parts, with anything between them.
func globs(parts []string, value string, fold bool) bool {
	if fold {
		value = strings.ToLower(value)
	}
	part := func(i int) string {
		if fold {
			return strings.ToLower(parts[i])
		}
		return parts[i]
	}
	rest, ok := strings.CutPrefix(value, part(0))
	if !ok {
		return false
	}
	last := len(parts) - 1
	for i := 1; i < last; i++ {
		at := strings.Index(rest, part(i))
		if at < 0 {
			return false
		}
		rest = rest[at+len(part(i)):]
	}
	return strings.HasSuffix(rest, part(last))
}

// matchRange reads [a TO b], {a TO b} and mixtures of them.
func matchRange(field, text string) (matcher, error) {
	from, to, ok := strings.Cut(text[1:len(text)-1], " TO ")
	from, to = strings.Trim(from, ` "`), strings.Trim(to, ` "`)
	if !ok || from == "" || to == "" {
		return nil, refusal.BadSearch.Because("write a range as [from TO to], with * for an open end")
	}
	if strings.HasPrefix(field, "user_metadata.") {
		return nil, refusal.BadSearch.Because("Auth0 takes no range for user_metadata")
	}
	withFrom, withTo := text[0] == '[', text[len(text)-1] == ']'
	return func(u *fixtures.User) bool {
		return slices.ContainsFunc(valuesOf(u, field), func(value string) bool {
			low, high := compare(value, from), compareEnd(value, to)
			return (from == "*" || low > 0 || withFrom && low == 0) && (to == "*" || high < 0 || withTo && high == 0)
		})
	}, nil
}

// compare compares numbers by their value, and all else as text, which is right for
// the dates that Auth0 writes.
func compare(a, b string) int {
	if isNumber(a) && isNumber(b) {
		x, _ := strconv.ParseFloat(a, 64)
		y, _ := strconv.ParseFloat(b, 64)
		return cmp.Compare(x, y)
	}
	return cmp.Compare(a, b)
}

// compareEnd compares with the end of a range. A day, month or year includes all its
// times.
func compareEnd(value, to string) int {
	if !isNumber(value) && strings.HasPrefix(value, to) {
		return 0
	}
	return compare(value, to)
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// valuesOf are the values of a field, as text; several if there is a list. A field
// that is not set has none.
func valuesOf(u *fixtures.User, field string) []string { return appendValues(nil, u, field) }

// appendValues appends them to a list.
func appendValues(list []string, u *fixtures.User, field string) []string {
	one := func(s string) []string {
		if s == "" {
			return list
		}
		return append(list, s)
	}
	at := func(t time.Time) []string {
		if t.IsZero() {
			return list
		}
		return append(list, isoTime(t))
	}
	switch field {
	case "email":
		return one(u.Email)
	case "email.domain":
		return one(u.Email[strings.LastIndexByte(u.Email, '@')+1:])
	case "email_verified":
		if u.Email == "" {
			return list
		}
		return one(strconv.FormatBool(u.EmailVerified))
	case "phone_verified":
		if u.PhoneNumber == "" {
			return list
		}
		return one(strconv.FormatBool(u.PhoneVerified))
	case "phone_number":
		return one(u.PhoneNumber)
	case "username":
		return one(u.Username)
	case "user_id":
		return one(u.UserID)
	case "given_name":
		return one(u.GivenName)
	case "family_name":
		return one(u.FamilyName)
	case "name":
		return one(tenant.Profile(*u).Name)
	case "nickname":
		return one(tenant.Profile(*u).Nickname)
	case "picture":
		return one(tenant.Profile(*u).Picture)
	case "blocked":
		return one(strconv.FormatBool(u.Blocked))
	case "created_at":
		return at(u.CreatedAt)
	case "updated_at":
		return at(u.UpdatedAt)
	case "last_login":
		return at(u.LastLogin)
	case "logins_count":
		if u.LoginsCount == 0 {
			return list
		}
		return one(strconv.Itoa(u.LoginsCount))
	case "identities.connection":
		return one(u.Connection)
	case "identities.provider":
		provider, _, _ := strings.Cut(u.UserID, "|")
		return one(provider)
	case "identities.user_id":
		_, id, _ := strings.Cut(u.UserID, "|")
		return one(id)
	case "identities.isSocial":
		return one("false")
	}
	switch first, path, nested := strings.Cut(field, "."); {
	case first == "app_metadata" && nested:
		return append(list, textsAt(u.AppMetadata, path)...)
	case first == "user_metadata" && nested:
		return append(list, textsAt(u.UserMetadata, path)...)
	case field == "app_metadata" && len(u.AppMetadata) > 0, field == "user_metadata" && len(u.UserMetadata) > 0:
		return one(field)
	}
	return list
}

// textsAt are the values at a path, as text. A list stands for its elements, and an
// object for itself.
func textsAt(value any, path string) (texts []string) {
	switch v := value.(type) {
	case map[string]any:
		if path == "" {
			if len(v) > 0 {
				return []string{"{}"}
			}
			return nil
		}
		// A key may have dots itself.
		for key, inner := range v {
			if key == path {
				texts = append(texts, textsAt(inner, "")...)
			} else if rest, ok := strings.CutPrefix(path, key+"."); ok {
				texts = append(texts, textsAt(inner, rest)...)
			}
		}
		return texts
	case []any:
		for _, inner := range v {
			texts = append(texts, textsAt(inner, path)...)
		}
		return texts
	case nil:
		return nil
	}
	if path != "" {
		return nil
	}
	switch v := value.(type) {
	case string:
		return []string{v}
	case bool:
		return []string{strconv.FormatBool(v)}
	case float64:
		return []string{strconv.FormatFloat(v, 'f', -1, 64)}
	case int64:
		return []string{strconv.FormatInt(v, 10)}
	case int:
		return []string{strconv.Itoa(v)}
	}
	return nil
}

// sortUsers reads the parameter sort: a field, and 1 or -1.
func sortUsers(sort string) (func(a, b *fixtures.User) int, bool) {
	field, direction, ok := strings.Cut(sort, ":")
	if !ok || direction != "1" && direction != "-1" {
		return nil, false
	}
	first := func(u *fixtures.User) string {
		if values := valuesOf(u, field); len(values) > 0 {
			return values[0]
		}
		return ""
	}
	return func(a, b *fixtures.User) int {
		order := compare(first(a), first(b))
		if direction == "-1" {
			return -order
		}
		return order
	}, true
}

func isoTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
