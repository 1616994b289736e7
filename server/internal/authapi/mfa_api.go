package authapi

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/mfa"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// The answers of the MFA API, their members in Auth0's order.
// Source: auth0/go-auth0 authentication TestMFA…; auth0/docs-v2
// api/authentication/multi-factor-authentication.
type (
	challenged struct {
		ChallengeType string `json:"challenge_type"`
		OOBCode       string `json:"oob_code,omitempty"`
		BindingMethod string `json:"binding_method,omitempty"`
	}
	associatedOTP struct {
		AuthenticatorType string   `json:"authenticator_type"`
		Secret            string   `json:"secret"`
		BarcodeURI        string   `json:"barcode_uri"`
		RecoveryCodes     []string `json:"recovery_codes,omitempty"`
	}
	associatedPhone struct {
		AuthenticatorType string   `json:"authenticator_type"`
		BindingMethod     string   `json:"binding_method"`
		RecoveryCodes     []string `json:"recovery_codes,omitempty"`
		Channel           string   `json:"oob_channel"`
		OOBCode           string   `json:"oob_code"`
	}
	associatedEmail struct {
		AuthenticatorType string   `json:"authenticator_type"`
		BindingMethod     string   `json:"binding_method"`
		OOBCode           string   `json:"oob_code"`
		Channel           string   `json:"oob_channel"`
		RecoveryCodes     []string `json:"recovery_codes,omitempty"`
	}
	associatedPush struct {
		AuthenticatorType string   `json:"authenticator_type"`
		BarcodeURI        string   `json:"barcode_uri"`
		Channel           string   `json:"oob_channel"`
		OOBCode           string   `json:"oob_code"`
		RecoveryCodes     []string `json:"recovery_codes,omitempty"`
	}
	// listed has type first, as Auth0 has it where an Action names the factors;
	// auth0-spa-js drops an authenticator without it.
	listed struct {
		Type              string `json:"type"`
		ID                string `json:"id"`
		AuthenticatorType string `json:"authenticator_type"`
		Active            bool   `json:"active"`
		Channel           string `json:"oob_channel,omitempty"`
		Name              string `json:"name,omitempty"`
	}
)

// promptBinding says that the user types the code of the message into the app.
const promptBinding = "prompt"

// MFAChallenge is POST /mfa/challenge.
func MFAChallenge(c *web.Call) (any, error) {
	// 1. Check the parameters, and whose mfa_token it is.
	if err := stringsOnly(c.Params, "mfa_token", "client_id", "client_secret", "challenge_type", "authenticator_id"); err != nil {
		return nil, err
	}
	if err := required(c, "mfa_token", "client_id"); err != nil {
		return nil, err
	}
	client, err := mfaClient(c)
	if err != nil {
		return nil, err
	}
	step := mfa.Step(c, c.Params.Text("mfa_token"))
	step.Client = client
	second, err := c.Tenant.SecondStep(step)
	if err != nil {
		return nil, err
	}
	// 2. Choose the authenticator.
	a, err := second.ChooseAuthenticator(c.Params.Text("authenticator_id"), strings.Fields(c.Params.Text("challenge_type")))
	if err != nil {
		return nil, err
	}
	// 3. Send what it needs.
	mfa.Started(c, &second.User)
	if a.Channel == "" {
		return challenged{ChallengeType: a.ChallengeType()}, nil
	}
	oob, err := mfa.Challenge(c, step, a.ID)
	if err != nil {
		return nil, err
	}
	out := challenged{ChallengeType: a.ChallengeType(), OOBCode: oob.Code}
	if a.Channel != tenant.ChannelPush {
		out.BindingMethod = promptBinding
	}
	return out, nil
}

// mfaClient is the client that a call to the MFA API names. A secret or an assertion
// is checked if there is one: not all SDKs send it.
func mfaClient(c *web.Call) (*fixtures.Client, error) {
	creds := c.Credentials()
	if creds.Secret != "" || creds.Assertion != "" {
		return c.Client()
	}
	client, ok := c.Setup.Client(creds.ClientID)
	if !ok {
		return nil, refusal.WrongClient.Because(tenant.UnknownClientHint(creds.ClientID))
	}
	return client, nil
}

// mfaAccess reads the bearer token of a call to the MFA API.
func mfaAccess(c *web.Call, scope string) (tenant.MFAAccess, error) {
	step := mfa.Step(c, "")
	if c.ClientID != "" {
		client, err := mfaClient(c)
		if err != nil {
			return tenant.MFAAccess{}, err
		}
		step.Client = client
	}
	access, err := c.Tenant.MFAAccess(c.AccessToken(), c.Issuer, step)
	if err != nil {
		return access, err
	}
	return access, access.Allow(scope)
}

// MFAAssociate is POST /mfa/associate.
func MFAAssociate(c *web.Call) (any, error) {
	// 1. Check the token.
	access, err := mfaAccess(c, tenant.ScopeEnroll)
	if err != nil {
		return nil, err
	}
	// 2. Read which factor.
	if err := stringsOnly(c.Params, "phone_number", "email"); err != nil {
		return nil, err
	}
	r, err := enrollRequest(c, access)
	if err != nil {
		return nil, err
	}
	// 3. Begin the enrolment.
	e, oob, err := mfa.Enroll(c, r)
	if err != nil {
		return nil, err
	}
	var codes []string
	if e.RecoveryCode != "" {
		codes = []string{e.RecoveryCode}
	}
	switch r.Factor {
	case fixtures.FactorOTP:
		return associatedOTP{"otp", e.Secret, e.BarcodeURI, codes}, nil
	case fixtures.FactorPush:
		return associatedPush{"oob", e.BarcodeURI, tenant.ChannelPush, oob.Code, codes}, nil
	case fixtures.FactorEmail:
		return associatedEmail{"oob", promptBinding, oob.Code, tenant.ChannelEmail, codes}, nil
	}
	return associatedPhone{"oob", promptBinding, codes, r.Channel, oob.Code}, nil
}

// enrollRequest reads the factor that a user enrolls.
func enrollRequest(c *web.Call, access tenant.MFAAccess) (tenant.EnrollRequest, error) {
	r := tenant.EnrollRequest{StepRequest: access.StepRequest, Factor: fixtures.FactorOTP}
	types, err := texts(c, "authenticator_types")
	if err != nil {
		return r, err
	}
	switch {
	case slices.Contains(types, "otp"):
		return r, nil
	case !slices.Contains(types, "oob"):
		return r, refusal.FactorOff.With("factor", strings.Join(types, ", ")).Because("authenticator_types takes otp or oob")
	}
	channels, err := texts(c, "oob_channels")
	if err != nil {
		return r, err
	}
	switch r.Channel = channels[0]; r.Channel {
	case tenant.ChannelPush:
		r.Factor = fixtures.FactorPush
	case tenant.ChannelEmail:
		r.Factor = fixtures.FactorEmail
		u, _ := c.Tenant.User(access.UserID)
		var ok bool
		if r.To, ok = fixtures.NormalizeEmail(cmp.Or(c.Params.Text("email"), u.Email)); !ok {
			return r, refusal.BadMFAEmail
		}
	case tenant.ChannelSMS, tenant.ChannelVoice:
		r.Factor = fixtures.FactorPhone
		var ok bool
		if r.To, ok = fixtures.NormalizePhone(c.Params.Text("phone_number")); !ok {
			return r, refusal.BadMFAPhone
		}
	default:
		return r, refusal.FactorOff.With("factor", "oob").Because("oob_channels takes sms, voice, email or auth0")
	}
	return r, nil
}

// texts reads a parameter that has to be a list of texts with one at least.
func texts(c *web.Call, name string) ([]string, error) {
	p, _ := c.Params.Get(name)
	list, ok := p.Strings()
	if !ok || len(list) == 0 {
		return nil, missing(name)
	}
	return list, nil
}

// MFAAuthenticators is GET /mfa/authenticators.
func MFAAuthenticators(c *web.Call) (any, error) {
	access, err := mfaAccess(c, tenant.ScopeReadAuthenticators)
	if err != nil {
		return nil, err
	}
	out := []listed{}
	for _, a := range c.Tenant.AllAuthenticators(access.UserID) {
		kind := a.ChallengeType()
		if kind == "" {
			kind = a.Type
		}
		out = append(out, listed{a.Type, a.ID, kind, a.Active, a.Channel, mfa.Masked(a.To)})
	}
	return out, nil
}

// MFARemoveAuthenticator is DELETE /mfa/authenticators/{id}.
func MFARemoveAuthenticator(c *web.Call) (any, error) {
	access, err := mfaAccess(c, tenant.ScopeRemoveAuthenticators)
	if err != nil {
		return nil, err
	}
	found, err := c.Tenant.RemoveAuthenticator(access.UserID, c.Vars["id"], c.Now)
	if err == nil && !found {
		err = refusal.AuthenticatorGone.Because("user " + access.UserID + " has no authenticator " + c.Vars["id"])
	}
	if err == nil {
		c.Record(tenantlog.Entry{Type: "gd_unenroll"})
	}
	return web.Status{Code: http.StatusNoContent}, err
}

// MFASubject is the user whom a call to the MFA API is about.
func MFASubject(c *web.Call) web.Subject {
	owner, ok := c.Tenant.MFATokenOwner(c.Params.Text("mfa_token"))
	if !ok {
		access, err := c.Tenant.MFAAccess(c.AccessToken(), c.Issuer, mfa.Step(c, ""))
		if err != nil {
			return web.Subject{}
		}
		owner, _ = c.Tenant.User(access.UserID)
	}
	return web.Subject{Connection: owner.Connection, Recipient: c.Setup.AddressOf(owner)}
}
