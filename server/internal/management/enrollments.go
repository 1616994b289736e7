package management

import (
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/mfa"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

// authMethods are what Auth0 calls the factors of an enrolment.
var authMethods = map[string]string{
	fixtures.FactorOTP: "authenticator", fixtures.FactorPhone: "sms", fixtures.FactorEmail: "email",
	fixtures.FactorPush: "guardian", fixtures.FactorRecovery: "recovery-code",
}

func showEnrollment(u fixtures.User, a *fixtures.Authenticator) object {
	status := "pending"
	if a.Confirmed() {
		status = "confirmed"
	}
	o := object{{Key: "id", Value: a.ID}, {Key: "status", Value: status}}
	add := func(name, value string) {
		if value != "" {
			o = append(o, member{Key: name, Value: value})
		}
	}
	add("type", map[string]string{fixtures.FactorPush: "pn"}[a.Type])
	add("name", a.Name)
	add("phone_number", mfa.Masked(a.PhoneNumber))
	add("auth_method", authMethods[a.Type])
	created := a.CreatedAt
	if created.IsZero() {
		created = u.CreatedAt
	}
	add("enrolled_at", isoTime(created))
	if !a.LastAuthAt.IsZero() {
		add("last_auth", isoTime(a.LastAuthAt))
	}
	return o
}

// listEnrollments leaves recovery codes out: they are no devices.
func listEnrollments(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	list := []object{}
	for i := range u.MFA {
		if a := &u.MFA[i]; a.Confirmed() && a.Type != fixtures.FactorRecovery {
			list = append(list, showEnrollment(u, a))
		}
	}
	return list, nil
}

// enrolled is the user who has the second factor that the path names.
func (c *call) enrolled() (fixtures.User, *fixtures.Authenticator, error) {
	is := func(a fixtures.Authenticator) bool { return a.ID == c.Vars["id"] }
	list, _ := c.Tenant.SelectUsers(tenant.Selection{Match: func(u *fixtures.User) bool { return slices.ContainsFunc(u.MFA, is) }})
	u, ok := first(list)
	if !ok {
		return u, nil, refusal.InexistentEnrollment
	}
	return u, &u.MFA[slices.IndexFunc(u.MFA, is)], nil
}

func readEnrollment(c *call) (any, error) {
	u, a, err := c.enrolled()
	if err != nil {
		return nil, err
	}
	return showEnrollment(u, a), nil
}

func removeEnrollment(c *call) (any, error) {
	u, a, err := c.enrolled()
	if err != nil {
		return nil, err
	}
	_, err = c.Tenant.UpdateUser(u.UserID, func(u *fixtures.User) error {
		u.MFA = slices.DeleteFunc(u.MFA, func(b fixtures.Authenticator) bool { return b.ID == a.ID })
		return nil
	})
	return noContent, userError(err)
}

// removeProvider removes the apps of google-authenticator. The mock has no duo.
func removeProvider(c *call) (any, error) {
	provider := c.Vars["provider"]
	if provider != "google-authenticator" && provider != "duo" {
		return nil, refusal.InvalidPath.With("problem", "'No enum match for: "+clip(provider)+"' on property provider (The multi-factor provider. Supported values 'duo' or 'google-authenticator').")
	}
	if _, err := c.user(); err != nil {
		return nil, err
	}
	_, err := c.changeFactors(func(list []fixtures.Authenticator) ([]fixtures.Authenticator, error) {
		return slices.DeleteFunc(list, func(a fixtures.Authenticator) bool {
			return provider == "google-authenticator" && a.Type == fixtures.FactorOTP
		}), nil
	})
	return noContent, err
}

func forgetBrowsers(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	c.Tenant.ForgetBrowsers(u.UserID)
	return noContent, nil
}

func renewRecoveryCode(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	code, ok := c.Tenant.RenewRecoveryCode(u.UserID, c.Now)
	if !ok {
		return nil, refusal.InexistentUser
	}
	return object{{Key: "recovery_code", Value: code}}, nil
}
