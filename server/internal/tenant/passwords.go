package tenant

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// CheckPassword refuses a new password of a user that the options of a database forbid,
// in the words of the Authentication API.
func CheckPassword(conn *fixtures.Connection, password string, u *fixtures.User) error {
	why := "the options of connection " + conn.Name + " say so: "
	switch conn.PasswordMistake(password, u) {
	case fixtures.PasswordWeak:
		return weakPassword(conn.PasswordRules(), password).Because(why + "passwordPolicy, password_complexity_options or password_options.complexity")
	case fixtures.PasswordCommon:
		return refusal.CommonPassword.Because(why + "password_dictionary or password_options.dictionary")
	case fixtures.PasswordPersonal:
		return refusal.PersonalPassword.Because(why + "password_no_personal_info or password_options.profile_data")
	case fixtures.PasswordUsed:
		return refusal.UsedPassword.Because(why + "password_history or password_options.history")
	}
	return nil
}

// CheckFirstPassword is CheckPassword for the password with which a user is created.
func CheckFirstPassword(conn *fixtures.Connection, u fixtures.User) error {
	password := u.Password
	u.SetPassword("")
	err := CheckPassword(conn, password, &u)
	var refused *refusal.Refusal
	if errors.As(err, &refused) {
		return refused.Logged("fs", nil)
	}
	return err
}

// CheckNewPassword is CheckPassword for an account of a user: the user's own, or a linked
// one.
func (s *Setup) CheckNewPassword(u *fixtures.User, accountID, password string) error {
	account := cloned(*u)
	copied := account
	copied.ChangeAccount(accountID, func(of *fixtures.User) { account = *of })
	conn, ok := s.Connection(account.Connection)
	if !ok {
		return nil
	}
	return CheckPassword(conn, password, &account)
}

// weakPassword says which of the rules a password breaks.
func weakPassword(rules []fixtures.PasswordRule, password string) *refusal.Refusal {
	weak := *refusal.WeakPassword
	weak.Rules = strictyaml.Object{{Key: "rules", Value: shownRules(rules, password)}, {Key: "verified", Value: false}}
	weak.Policy = strings.TrimSuffix(policyText(rules, ""), "\n")
	return &weak
}

// shownRules are rules as the Authentication API shows them, in its order.
// Source: auth0/go-auth0 authentication, its tests; auth0/password-sheriff.
func shownRules(rules []fixtures.PasswordRule, password string) (shown []strictyaml.Object) {
	for _, r := range rules {
		message, code := strictyaml.Member{Key: "message", Value: r.Message}, strictyaml.Member{Key: "code", Value: r.Code}
		format, items := strictyaml.Member{Key: "format", Value: r.Format}, strictyaml.Member{Key: "items", Value: shownRules(r.Items, password)}
		verified := strictyaml.Member{Key: "verified", Value: r.Met(password)}
		switch {
		case r.Code == "lengthAtLeast":
			shown = append(shown, strictyaml.Object{message, format, code, verified})
		case len(r.Items) == 0 && len(r.Format) == 0:
			shown = append(shown, strictyaml.Object{message, code, verified})
		case len(r.Items) == 0:
			shown = append(shown, strictyaml.Object{message, code, format, verified})
		case len(r.Format) == 0:
			shown = append(shown, strictyaml.Object{message, code, verified, items})
		default:
			shown = append(shown, strictyaml.Object{message, code, format, items, verified})
		}
	}
	return shown
}

// policyText is the list of the rules as text.
func policyText(rules []fixtures.PasswordRule, indent string) string {
	var text strings.Builder
	for _, r := range rules {
		message := r.Message
		if len(r.Format) > 0 {
			message = fmt.Sprintf(message, r.Format[:strings.Count(message, "%d")+strings.Count(message, "%s")]...)
		}
		text.WriteString(indent + "* " + message + "\n" + policyText(r.Items, indent+" "))
	}
	return text.String()
}

// rememberPasswordsLocked keeps the passwords that a change takes away from a user, if
// their databases remember passwords.
func (t *Tenant) rememberPasswordsLocked(old *user, changed *fixtures.User) {
	for _, a := range old.accounts {
		conn, ok := t.setup.connections[a.Connection]
		if !ok || a.Password == "" || conn.RememberedPasswords() < 2 {
			continue
		}
		changed.ChangeAccount(a.UserID, func(of *fixtures.User) {
			if of.Password == a.Password {
				return
			}
			before := append([]string{a.Password}, of.PreviousPasswords...)
			of.PreviousPasswords = before[:min(len(before), conn.RememberedPasswords()-1)]
		})
	}
}
