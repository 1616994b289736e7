package login

import (
	"cmp"
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// A rule is one that a new password must meet, as a page shows it.
type rule struct {
	Code, Label string
	Pattern     string // of the passwords that meet it, for the script; "" if it has Items, or if only the server can tell
	Least       int    // how many of Items a password must meet
	State, Said string // whether the password that was sent meets it, if it was refused
	Items       []rule
}

// policyCodes are the names that Auth0's pages have for rules, in data-error-code.
// Source: the pages that public tests look at. Unverified: those of the last two.
var policyCodes = map[string]string{
	"lengthAtLeast":     "password-policy-length-at-least",
	"containsAtLeast":   "password-policy-contains-at-least",
	"lowerCase":         "password-policy-lower-case",
	"upperCase":         "password-policy-upper-case",
	"numbers":           "password-policy-numbers",
	"specialCharacters": "password-policy-special-characters",
	"identicalChars":    "password-policy-identical-chars",
	"sequentialChars":   "password-policy-sequential-chars",
}

// passwordMistakes are Auth0's names for what is wrong with a new password, by the names
// of the refusals. Unverified: that a page calls a weak one so; the list of texts has
// password-policy-not-conformant, too, with the same words.
var passwordMistakes = map[string]string{
	refusal.WeakPassword.Name:     "password-too-weak",
	refusal.CommonPassword.Name:   "password-too-common",
	refusal.PersonalPassword.Name: "password-contains-user-information",
	refusal.UsedPassword.Name:     "password-previously-used",
}

// newPasswordField asks for a new password, and shows the rules of the database.
func newPasswordField(c *web.Call, conn *fixtures.Connection) field {
	f := passwordField("new-password")
	rules, sent := conn.PasswordRules(), cmp.Or(c.Params.Text("password"), c.Params.Text("password-reset"))
	if !slices.ContainsFunc(rules, func(r fixtures.PasswordRule) bool { return !r.Met(sent) }) {
		sent = ""
	}
	f.Rules = rulesFor(rules, sent)
	return f
}

// rulesFor are the rules that a page shows. sent is the password that was refused; "" if
// none was.
func rulesFor(rules []fixtures.PasswordRule, sent string) (shown []rule) {
	for _, r := range rules {
		items := rulesFor(r.Items, sent)
		if r.Label == "" { // all of them must be met
			shown = append(shown, items...)
			continue
		}
		one := rule{Code: policyCodes[r.Code], Label: r.Label, Pattern: r.Pattern, Least: r.Least, Items: items}
		switch {
		case sent == "":
		case r.Met(sent):
			one.State, one.Said = "met", "Pass"
		default:
			one.State, one.Said = "broken", "Fail"
		}
		shown = append(shown, one)
	}
	return shown
}
