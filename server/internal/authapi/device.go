package authapi

import (
	"errors"
	"net/url"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// deviceStarted is the response, its members in Auth0's order.
// Source: a recorded login of the Auth0 CLI.
type deviceStarted struct {
	DeviceCode              string `json:"device_code"`
	UserCode                string `json:"user_code"`
	VerificationURI         string `json:"verification_uri"`
	ExpiresIn               int64  `json:"expires_in"`
	Interval                int64  `json:"interval"`
	VerificationURIComplete string `json:"verification_uri_complete"`
}

// DeviceClient authenticates the client of POST /oauth/device/code.
func DeviceClient(c *web.Call) (*fixtures.Client, error) {
	client, err := TokenClient(c)
	if refused := (*refusal.Refusal)(nil); errors.As(err, &refused) {
		return nil, refusal.UnknownDeviceClient.Because(refused.Hint)
	}
	return client, err
}

// DeviceCode is POST /oauth/device/code, where a device without a browser begins. The
// addresses in the response are for a browser, so they follow the issuer.
// Source: auth0/docs-v2 call-your-api-using-the-device-authorization-flow.mdx.
func DeviceCode(c *web.Call) (any, error) {
	if err := stringsOnly(c.Params, "client_id", "client_secret", "audience"); err != nil {
		return nil, err
	}
	client, err := c.Client()
	if err != nil {
		return nil, err
	}
	if err := tenant.AllowsGrant(client, fixtures.GrantDeviceCode); err != nil {
		return nil, err
	}
	request, err := tokenRequest(c, client)
	if err != nil {
		return nil, err
	}
	d, err := c.Tenant.StartDevice(request)
	if err != nil {
		return nil, err
	}
	activate := c.Issuer + "activate"
	return deviceStarted{
		DeviceCode: d.DeviceCode, UserCode: d.UserCode, ExpiresIn: tenant.DeviceLifetime, Interval: tenant.DeviceInterval,
		VerificationURI: activate, VerificationURIComplete: activate + "?user_code=" + url.QueryEscape(d.UserCode),
	}, nil
}

func deviceGrant(c *web.Call, r tenant.TokenRequest) (*tenant.Login, error) {
	code := c.Params.Text("device_code")
	if code == "" {
		return nil, missing("device_code")
	}
	return c.Tenant.RedeemDevice(r, code)
}
