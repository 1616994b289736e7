package authapi

import (
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// mfaOTPGrant ends a login by the code of an authenticator app.
// Source: auth0/docs-v2 api/authentication/multi-factor-authentication/verify-with-one-time-password.mdx.
func mfaOTPGrant(c *web.Call, r tenant.TokenRequest) (*tenant.Login, error) {
	if err := required(c, "mfa_token", "otp"); err != nil {
		return nil, err
	}
	return c.Tenant.RedeemMFA(r, c.Params.Text("mfa_token"), tenant.Proof{OTP: c.Params.Text("otp")})
}

// mfaOOBGrant ends a login by the code of a message, or by the answer to a push
// notification.
func mfaOOBGrant(c *web.Call, r tenant.TokenRequest) (*tenant.Login, error) {
	if err := required(c, "mfa_token", "oob_code"); err != nil {
		return nil, err
	}
	return c.Tenant.RedeemMFA(r, c.Params.Text("mfa_token"), tenant.Proof{OOBCode: c.Params.Text("oob_code"), BindingCode: c.Params.Text("binding_code")})
}

// mfaRecoveryCodeGrant ends a login by a recovery code. The user gets a new one.
func mfaRecoveryCodeGrant(c *web.Call, r tenant.TokenRequest) (*tenant.Login, error) {
	if err := required(c, "mfa_token", "recovery_code"); err != nil {
		return nil, err
	}
	return c.Tenant.RedeemMFA(r, c.Params.Text("mfa_token"), tenant.Proof{RecoveryCode: c.Params.Text("recovery_code")})
}
