package login

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// kinds are the kinds of names with which users of some connections sign in.
type kinds struct{ email, phone, username bool }

func kindsOf(conns ...*fixtures.Connection) (k kinds) {
	for _, conn := range conns {
		k.email = k.email || conn.Identifies(fixtures.KindEmail)
		k.phone = k.phone || conn.Identifies(fixtures.KindPhone)
		k.username = k.username || conn.Identifies(fixtures.KindUsername)
	}
	return k
}

// names are the words for kinds of names: the label of the field, which the reset
// page has in other words, and Auth0's names for a text that is none of them and
// for a wrong name or password.
type names struct{ label, reset, unfit, wrong string }

// Source: auth0/docs-v2 customize-text-elements.mdx.
var wordsOf = map[kinds]names{
	{}:                            {"Email address", "Email address", "invalid-email-format", "wrong-email-credentials"}, // without connections
	{email: true}:                 {"Email address", "Email address", "invalid-email-format", "wrong-email-credentials"},
	{phone: true}:                 {"Phone number", "Phone number", "invalid-phone-number", "wrong-phone-credentials"},
	{username: true}:              {"Username", "Username", "invalid-username", "wrong-username-credentials"},
	{email: true, phone: true}:    {"Phone number or Email address", "Phone number or Email address", "invalid-email-phone", "wrong-email-phone-credentials"},
	{email: true, username: true}: {"Username or Email address", "Username or Email address", "invalid-email-username", "wrong-email-username-credentials"},
	{phone: true, username: true}: {"Phone Number or Username", "Phone number or Username", "invalid-phone-username", "wrong-phone-username-credentials"},
	{email: true, phone: true, username: true}: {"Phone or Username or Email", "Phone number or Username or Email address", "invalid-email-phone-username", "wrong-email-phone-username-credentials"},
}

// legacyNames are the words for a database with the option requires_username.
var legacyNames = names{"Username or email address", "", "invalid-email-username", "wrong-credentials"}

// namesOf are the words for the names of some connections.
func namesOf(conns ...*fixtures.Connection) names {
	k := kindsOf(conns...)
	isLegacy := func(conn *fixtures.Connection) bool { return conn.Options.RequiresUsername }
	if k == (kinds{email: true, username: true}) && slices.ContainsFunc(conns, isLegacy) {
		return legacyNames
	}
	return wordsOf[k]
}

// identifierField is the field that asks who the user is.
func identifierField(conns []*fixtures.Connection, name string) field {
	f := field{Name: name, Label: namesOf(conns...).label, Type: "text", Complete: "username"}
	switch kindsOf(conns...) {
	case kinds{phone: true}:
		f.Type = "tel"
	case kinds{email: true}, kinds{}:
		f.Type, f.Mode = "email", "email"
	}
	return f
}

// unfit is Auth0's name for what is wrong with a text that no connection takes for
// a name.
func unfit(text string, conns ...*fixtures.Connection) string {
	if text == "" {
		switch kindsOf(conns...) {
		case kinds{email: true}, kinds{}:
			return "no-email"
		case kinds{username: true}:
			return "no-username"
		}
	}
	return namesOf(conns...).unfit
}

// The fields of a new user's names, by their kinds: their names on a page, and
// their words.
var (
	nameFields = map[string]field{
		fixtures.KindEmail:    {Name: "email", Label: "Email address", Type: "email", Mode: "email", Complete: "email"},
		fixtures.KindPhone:    {Name: "phone", Label: "Phone number", Type: "tel", Complete: "tel"},
		fixtures.KindUsername: {Name: "username", Label: "Username", Type: "text", Complete: "username"},
	}
	spokenKinds = map[string]string{fixtures.KindEmail: "email address", fixtures.KindPhone: "phone number", fixtures.KindUsername: "username"}
)

// kindOf is the kind of a name in its normal form.
func kindOf(name string) string {
	switch {
	case fixtures.IsEmail(name):
		return fixtures.KindEmail
	case fixtures.IsE164Wire(name):
		return fixtures.KindPhone
	}
	return fixtures.KindUsername
}

// asksForNames tells whether the sign-up pages ask for each of a user's names in a
// field of its own: the only connection is a database whose users have more than an
// e-mail address.
func asksForNames(conns []*fixtures.Connection) bool {
	return len(conns) == 1 && conns[0].Strategy == tenant.StrategyDatabase && (conns[0].Options.RequiresUsername || conns[0].Options.Attributes != nil)
}

// newNames are the fields for the names of a new user, and the kinds of these. With
// onlyMissing they are those that the database requires and that the user has not
// given on the page before.
func newNames(conn *fixtures.Connection, given fixtures.User, onlyMissing bool) (fields []field, kinds []string) {
	for _, kind := range fixtures.Kinds {
		status := conn.SignupStatus(kind)
		if status == fixtures.SignupInactive || onlyMissing && (status != fixtures.SignupRequired || given.Identifier(kind) != "") {
			continue
		}
		f := nameFields[kind]
		if status == fixtures.SignupOptional {
			f.Label += " (Optional)"
			f.Optional = true
		}
		f.Value = given.Identifier(kind)
		fields, kinds = append(fields, f), append(kinds, kind)
	}
	return fields, kinds
}

// readNames reads the fields of newNames, and notes what is wrong with them.
func (v *view) readNames(c *web.Call, conn *fixtures.Connection, kinds []string, given fixtures.User) fixtures.User {
	for i, kind := range kinds {
		f := &v.Fields[i]
		f.Value = strings.TrimSpace(c.Params.Text(f.Name))
		name, wrong := "", ""
		switch ok := false; kind {
		case fixtures.KindEmail:
			if name, ok = fixtures.NormalizeEmail(f.Value); !ok {
				wrong = "invalid-email-format"
			}
		case fixtures.KindPhone:
			if name, ok = fixtures.NormalizePhone(f.Value); !ok {
				wrong = "invalid-phone-number"
			}
		case fixtures.KindUsername:
			name, _ = fixtures.NormalizeUsername(f.Value)
			wrong = conn.CheckUsername(f.Value)
		}
		switch {
		case f.Value == "" && f.Optional:
			name, wrong = "", ""
		case f.Value == "":
			wrong = map[string]string{fixtures.KindEmail: "no-email", fixtures.KindPhone: "invalid-phone-number", fixtures.KindUsername: "no-username"}[kind]
		}
		if wrong != "" {
			v.usernameMistake(i, wrong, conn)
			name = ""
		}
		given.SetIdentifier(kind, name)
	}
	if given.MainIdentifier() == "" && !v.wrong() {
		v.mistakeAt(0, "no-identifier")
	}
	return given
}

// newUser has the names that a user has given who signs up.
func newUser(tx tenant.Transaction) fixtures.User {
	u := tx.NewUser
	if u.MainIdentifier() == "" {
		u.SetIdentifier(kindOf(tx.Recipient), tx.Recipient)
	}
	return u
}

// usernameMistake is mistakeAt for words that name the lengths of a username.
func (v *view) usernameMistake(i int, code string, conns ...*fixtures.Connection) {
	v.mistakeAt(i, code)
	at := slices.IndexFunc(conns, func(conn *fixtures.Connection) bool { return conn.HasUsernames() })
	if at < 0 {
		return
	}
	v.shortest, v.longest = conns[at].UsernameLengths()
	if v.Fields[i].Error == "" {
		v.Fields[i].Error = tenant.UsernameMistake(conns[at], code)
	}
}

// signupNames is the sign-up page of a database whose users have several names.
func (r *request) signupNames(c *web.Call, tx tenant.Transaction, v view, conn *fixtures.Connection) (any, error) {
	fields, kinds := newNames(conn, fixtures.User{}, false)
	if v.Fields = fields; c.Method != http.MethodPost {
		v.Fields[0].Value = cmp.Or(v.Fields[0].Value, tx.Hint)
		return r.show(c, tx, v)
	}
	given := v.readNames(c, conn, kinds, fixtures.User{})
	if v.wrong() {
		return r.show(c, tx, v)
	}
	if told, refused, err := r.unsolved(c, tx, v); refused {
		return told, err
	}
	recipient := given.MainIdentifier()
	c.Tenant.Identify(tx, conn.Name, recipient, given)
	if conn.CodeFirst(kindOf(recipient)) {
		return r.toCode(c, tx, conn, recipient)
	}
	return to("/u/signup/password", tx), nil
}

// taken tells at which field a name stands that another user has, and Auth0's name
// for it.
func (v *view) taken(err error, code string) {
	at := 0
	if errors.Is(err, refusal.UsernameExists) {
		code = "username-taken"
		at = max(0, slices.IndexFunc(v.Fields, func(f field) bool { return f.Name == "username" }))
	}
	v.mistakeAt(at, code)
}
