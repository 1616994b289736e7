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

var searchedUsers = &searched[fixtures.User]{
	bare:    []string{"email", "name", "given_name", "family_name", "nickname", "username", "phone_number", "user_id"},
	anyCase: []string{"email", "name", "given_name", "family_name", "nickname", "email.domain"},
	values:  appendValues,
	refuse: func(field, what string) error {
		if strings.HasPrefix(field, "user_metadata.") {
			return refusal.BadSearch.Because("Auth0 takes no " + what + " for user_metadata")
		}
		return nil
	},
}

// withOrganizations are users who are members of organizations.
func withOrganizations(of map[string][]string) *searched[fixtures.User] {
	in := *searchedUsers
	in.values = func(list []string, u *fixtures.User, field string) []string {
		if field == "organization_id" {
			return append(list, of[u.UserID]...)
		}
		return searchedUsers.values(list, u, field)
	}
	return &in
}

// matchField compares the values of a field with a term or a phrase. field "" is any
// of the fields in which a bare term is looked for.
func (s *searched[T]) matchField(field string, t token) (matcher[T], error) {
	fields := []string{field}
	if field == "" {
		fields = s.bare
	}
	wild := t.kind == term && len(t.parts) > 1
	const shortest = 3
	if wild && t.parts[0] == "" && t.text != "*" && len(t.parts[1]) < shortest {
		return nil, refusal.BadSearch.Because("after a * at the start of a value, write at least 3 characters")
	}
	if wild {
		if err := s.refuse(field, "wildcard"); err != nil {
			return nil, err
		}
	}
	numeric := isNumber(t.text) && !s.exact
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
		folds[i] = slices.Contains(s.anyCase, name)
	}
	var values []string // one list for all items: with 100,000 users, new ones cost half of the time
	return func(item *T) bool {
		for i, name := range fields {
			values = s.values(values[:0], item, name)
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
func (s *searched[T]) matchRange(field, text string) (matcher[T], error) {
	from, to, ok := strings.Cut(text[1:len(text)-1], " TO ")
	from, to = strings.Trim(from, ` "`), strings.Trim(to, ` "`)
	if !ok || from == "" || to == "" {
		return nil, refusal.BadSearch.Because("write a range as [from TO to], with * for an open end")
	}
	if err := s.refuse(field, "range"); err != nil {
		return nil, err
	}
	withFrom, withTo := text[0] == '[', text[len(text)-1] == ']'
	return func(item *T) bool {
		return slices.ContainsFunc(s.values(nil, item, field), func(value string) bool {
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
	case "last_password_reset":
		return at(u.LastPasswordReset)
	case "logins_count":
		if u.LoginsCount == 0 {
			return list
		}
		return one(strconv.Itoa(u.LoginsCount))
	}
	if name, ok := strings.CutPrefix(field, "identities."); ok {
		own := u.Identity()
		list = appendIdentity(list, own, name)
		for _, i := range u.Identities {
			list = appendIdentity(list, i, name)
		}
		return list
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
	field, descending, ok := sortOf(sort)
	if !ok {
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
		if descending {
			return -order
		}
		return order
	}, true
}

// appendIdentity appends the value of a field of an account.
func appendIdentity(list []string, i fixtures.Identity, field string) []string {
	switch field {
	case "connection":
		return append(list, i.Connection)
	case "provider":
		return append(list, i.Provider)
	case "user_id":
		return append(list, i.UserID)
	case "isSocial":
		return append(list, strconv.FormatBool(i.IsSocial))
	}
	if name, ok := strings.CutPrefix(field, "profileData."); ok && !strings.HasPrefix(name, "identities.") {
		of := i.User()
		return appendValues(list, &of, name)
	}
	return list
}

// sortOf reads the parameter sort.
func sortOf(sort string) (field string, descending, ok bool) {
	field, direction, ok := strings.Cut(sort, ":")
	return field, direction == "-1", ok && (direction == "1" || direction == "-1")
}

func badSort(sort string) error {
	return refusal.InvalidQuery.With("problem", `'String does not match pattern ^(([a-zA-Z0-9_\.\-])+\:(1|-1))$: `+clip(sort)+"' on property sort (Field to sort by. Use field:order where order is 1 for ascending and -1 for descending. e.g. created_at:1).")
}
