package management

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/mfa"
)

// methodTypes are the types of second factors, as the Management API names those of the
// fixture.
var methodTypes = map[string]string{
	fixtures.FactorOTP: "totp", fixtures.FactorPhone: "phone", fixtures.FactorEmail: "email",
	fixtures.FactorPush: "push", fixtures.FactorRecovery: "recovery-code",
}

var (
	methodName      = text.of("name", "A human-readable label to identify the authentication method.")
	methodPreferred = property{types: []string{"string"}, enum: []string{"voice", "sms"}}.of("preferred_authentication_method", "Applies to phone authentication methods only. The preferred communication method.")
	methodFields    = []property{
		property{types: []string{"string"}, enum: []string{"phone", "email", "totp"}}.of("type", ""),
		methodName,
		text.of("totp_secret", "Base32 encoded secret for TOTP generation."),
		text.of("phone_number", "Applies to phone authentication methods only. The destination phone number used to send verification codes via text and voice."),
		text.of("email", "Applies to email authentication methods only. The email address used to send verification messages."),
		methodPreferred,
	}
	methodBody   = property{types: []string{"object"}, required: []string{"type"}, members: methodFields}
	methodChange = property{types: []string{"object"}, members: []property{methodName, methodPreferred}}
)

// factorOperations are about the second factors of users. They are those of the login
// pages and of the MFA API, too.
var factorOperations = []operation{
	{
		method: "GET", path: "/users/{id}/authentication-methods", summary: "lists the second factors of a user", scopes: []string{"read:authentication_methods"},
		query: pages, run: listMethods,
	},
	{
		method: "POST", path: "/users/{id}/authentication-methods", summary: "gives a user a second factor", scopes: []string{"create:authentication_methods"},
		body: &methodBody, run: addMethod,
	},
	{
		method: "PUT", path: "/users/{id}/authentication-methods", summary: "replaces the second factors of a user", scopes: []string{"update:authentication_methods"},
		body: &property{types: []string{"array"}, max: 10, items: &methodBody}, run: replaceMethods,
	},
	{
		method: "DELETE", path: "/users/{id}/authentication-methods", summary: "removes the second factors of a user", scopes: []string{"delete:authentication_methods"},
		run: removeFactors,
	},
	{
		method: "GET", path: "/users/{id}/authentication-methods/{authentication_method_id}", summary: "reads a second factor of a user", scopes: []string{"read:authentication_methods"},
		run: readMethod,
	},
	{
		method: "PATCH", path: "/users/{id}/authentication-methods/{authentication_method_id}", summary: "changes a second factor of a user", scopes: []string{"update:authentication_methods"},
		body: &methodChange, run: changeMethod,
	},
	{
		method: "DELETE", path: "/users/{id}/authentication-methods/{authentication_method_id}", summary: "removes a second factor of a user", scopes: []string{"delete:authentication_methods"},
		run: removeMethod,
	},
	{
		method: "DELETE", path: "/users/{id}/authenticators", summary: "removes the second factors of a user", scopes: []string{"delete:guardian_enrollments"},
		run: removeFactors,
	},
	{
		method: "GET", path: "/users/{id}/enrollments", summary: "lists the confirmed second factors of a user", scopes: []string{"read:users"}, own: []string{"read:current_user"},
		run: listEnrollments,
	},
	{
		method: "DELETE", path: "/users/{id}/multifactor/{provider}", summary: "removes the authenticator apps of a user", scopes: []string{"update:users"},
		run: removeProvider,
	},
	{
		method: "POST", path: "/users/{id}/multifactor/actions/invalidate-remember-browser", summary: "makes the browsers of a user ask for a second factor again", scopes: []string{"update:users"},
		run: forgetBrowsers,
	},
	{
		method: "POST", path: "/users/{id}/recovery-code-regeneration", summary: "gives a user a new recovery code", scopes: []string{"update:users"},
		run: renewRecoveryCode,
	},
	{
		method: "GET", path: "/guardian/enrollments/{id}", summary: "reads a second factor", scopes: []string{"read:guardian_enrollments"},
		run: readEnrollment,
	},
	{
		method: "DELETE", path: "/guardian/enrollments/{id}", summary: "removes a second factor", scopes: []string{"delete:guardian_enrollments"},
		run: removeEnrollment,
	},
}

// methodID is the id of an authentication method.
func methodID(a *fixtures.Authenticator) string { return methodTypes[a.Type] + "|" + a.ID }

// showMethod is a second factor of a user, with the members and their order of a GET.
func showMethod(u fixtures.User, a *fixtures.Authenticator) object {
	o := object{{Key: "id", Value: methodID(a)}, {Key: "type", Value: methodTypes[a.Type]}, {Key: "confirmed", Value: a.Confirmed()}}
	add := func(name, value string) {
		if value != "" {
			o = append(o, member{Key: name, Value: value})
		}
	}
	add("name", a.Name)
	ways := func(of ...string) {
		list := []object{}
		for i := 0; i < len(of); i += 2 {
			list = append(list, object{{Key: "type", Value: of[i]}, {Key: "id", Value: of[i+1] + "|" + a.ID}})
		}
		o = append(o, member{Key: "authentication_methods", Value: list})
	}
	switch a.Type {
	case fixtures.FactorPhone:
		ways("sms", "sms", "voice", "voice")
		add("preferred_authentication_method", cmp.Or(a.PreferredMethod, fixtures.MessageSMS))
	case fixtures.FactorPush:
		ways("push", "push", "totp", "totp")
	}
	add("phone_number", mfa.Masked(a.PhoneNumber))
	if a.Type == fixtures.FactorEmail {
		add("email", mfa.Masked(a.Email))
	}
	created := a.CreatedAt
	if created.IsZero() {
		created = u.CreatedAt
	}
	add("created_at", isoTime(created))
	if a.Confirmed() {
		add("enrolled_at", isoTime(created))
	}
	if !a.LastAuthAt.IsZero() {
		add("last_auth_at", isoTime(a.LastAuthAt))
	}
	return o
}

// showNewMethod is one that a POST or a PUT has made. A POST shows the address only in
// part; a PUT does not show the secret.
// Source: auth0/go-auth0, its recordings.
func showNewMethod(a *fixtures.Authenticator, mask bool) object {
	o := object{{Key: "type", Value: methodTypes[a.Type]}}
	add := func(name, value string) {
		if value != "" {
			o = append(o, member{Key: name, Value: value})
		}
	}
	shown := func(to string) string {
		if mask && to != "" {
			return mfa.Masked(to)
		}
		return to
	}
	add("name", a.Name)
	add("created_at", isoTime(a.CreatedAt))
	add("phone_number", shown(a.PhoneNumber))
	if a.Type == fixtures.FactorEmail {
		add("email", shown(a.Email))
	}
	if mask {
		add("totp_secret", a.Secret)
	}
	add("preferred_authentication_method", a.PreferredMethod)
	if a.Type == fixtures.FactorPhone && !mask {
		way := cmp.Or(a.PreferredMethod, fixtures.MessageSMS)
		o = append(o, member{Key: "authentication_methods", Value: []object{{{Key: "type", Value: way}, {Key: "id", Value: way + "|" + a.ID}}}})
	}
	add("id", methodID(a))
	return o
}

func listMethods(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	var all []object
	for i := range u.MFA {
		all = append(all, showMethod(u, &u.MFA[i]))
	}
	return c.answer(authenticatorsList, "authenticators", p, cut(p, all), len(all)), nil
}

// newMethod is the second factor that a body describes.
func (c *call) newMethod(userID string, body map[string]any) (fixtures.Authenticator, error) {
	text := func(name string) string {
		value, _ := body[name].(string)
		return value
	}
	a := fixtures.Authenticator{
		ID: c.Tenant.NewAuthenticatorID(userID), Name: text("name"), CreatedAt: c.Now,
		PreferredMethod: text("preferred_authentication_method"),
	}
	lacks := func(name string) error {
		if text(name) == "" {
			return refusal.InvalidBody.With("problem", "'Missing required property: "+name+"'.")
		}
		return nil
	}
	switch text("type") {
	case "phone":
		a.Type, a.PhoneNumber = fixtures.FactorPhone, text("phone_number")
		return a, lacks("phone_number")
	case "email":
		a.Type, a.Email = fixtures.FactorEmail, text("email")
		return a, lacks("email")
	}
	a.Type, a.Secret = fixtures.FactorOTP, text("totp_secret")
	return a, nil
}

// changeFactors changes the second factors of the user that the path names.
func (c *call) changeFactors(change func([]fixtures.Authenticator) ([]fixtures.Authenticator, error)) (fixtures.User, error) {
	u, err := c.Tenant.UpdateUser(c.Vars["id"], func(u *fixtures.User) (err error) {
		u.MFA, err = change(u.MFA)
		return err
	})
	return u, userError(err)
}

func addMethod(c *call) (any, error) {
	if _, err := c.user(); err != nil {
		return nil, err
	}
	a, err := c.newMethod(c.Vars["id"], c.body)
	if err != nil {
		return nil, err
	}
	u, err := c.changeFactors(func(list []fixtures.Authenticator) ([]fixtures.Authenticator, error) { return append(list, a), nil })
	if err != nil {
		return nil, err
	}
	return created(showNewMethod(&u.MFA[len(u.MFA)-1], true)), nil
}

func replaceMethods(c *call) (any, error) {
	if _, err := c.user(); err != nil {
		return nil, err
	}
	list := []fixtures.Authenticator{}
	for _, item := range c.list {
		body, _ := item.(map[string]any)
		a, err := c.newMethod(c.Vars["id"], body)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	u, err := c.changeFactors(func([]fixtures.Authenticator) ([]fixtures.Authenticator, error) { return list, nil })
	if err != nil {
		return nil, err
	}
	shown := []object{}
	for i := range u.MFA {
		shown = append(shown, showNewMethod(&u.MFA[i], false))
	}
	return shown, nil
}

// removeFactors removes all of them.
func removeFactors(c *call) (any, error) {
	if _, err := c.user(); err != nil {
		return nil, err
	}
	_, err := c.changeFactors(func([]fixtures.Authenticator) ([]fixtures.Authenticator, error) { return nil, nil })
	return noContent, err
}

// method is the place of the second factor that the path names. Its id may have the
// prefix of a channel, too.
func (c *call) method(list []fixtures.Authenticator) (int, error) {
	_, device, ok := strings.Cut(c.Vars["authentication_method_id"], "|")
	at := slices.IndexFunc(list, func(a fixtures.Authenticator) bool { return a.ID == device })
	if !ok || at < 0 {
		return 0, refusal.InexistentMethod
	}
	return at, nil
}

func readMethod(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	at, err := c.method(u.MFA)
	if err != nil {
		return nil, err
	}
	return showMethod(u, &u.MFA[at]), nil
}

func changeMethod(c *call) (any, error) {
	place := 0
	u, err := c.changeFactors(func(list []fixtures.Authenticator) ([]fixtures.Authenticator, error) {
		at, err := c.method(list)
		if err != nil {
			return nil, err
		}
		if name, sent := c.body["name"].(string); sent {
			list[at].Name = name
		}
		if preferred, sent := c.body["preferred_authentication_method"].(string); sent {
			list[at].PreferredMethod = preferred
		}
		place = at
		return list, nil
	})
	if err != nil {
		return nil, err
	}
	shown := &shape{showMethod(u, &u.MFA[place])}
	return shown.without("confirmed", "enrolled_at"), nil // Source: auth0/go-auth0, its recordings
}

func removeMethod(c *call) (any, error) {
	_, err := c.changeFactors(func(list []fixtures.Authenticator) ([]fixtures.Authenticator, error) {
		at, err := c.method(list)
		if err != nil {
			return nil, err
		}
		return slices.Delete(list, at, at+1), nil
	})
	return noContent, err
}
