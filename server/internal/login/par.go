package login

import (
	"net/http"
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// pushedGiven is the response, its members in Auth0's order.
// Source: auth0/go-auth0 authentication TestPushedAuthorizationRequest.
type pushedGiven struct {
	ExpiresIn  int64  `json:"expires_in"`
	RequestURI string `json:"request_uri"`
}

// ofClient are the parameters that identify the client. They are not stored with
// the request.
var ofClient = []string{"client_id", "client_secret", "client_assertion", "client_assertion_type", "request_uri"}

// maxPushedBody is how many bytes Auth0 accepts.
const maxPushedBody = 10 << 10

// PARClient authenticates the client of POST /oauth/par.
func PARClient(c *web.Call) (*fixtures.Client, error) {
	return c.Tenant.AuthenticateConfidential(c.Setup, c.Credentials())
}

// PushedAuthorizationRequest is POST /oauth/par. A confidential client sends the
// parameters of /authorize here, before it sends the browser there with a
// request_uri. Mistakes are refused here.
// Source: auth0/docs-v2 authorization-code-flow-with-par.mdx; RFC 9126.
func PushedAuthorizationRequest(c *web.Call) (any, error) {
	for _, p := range c.Params {
		if p.Kind != web.String { // an object, or a parameter given twice
			return nil, refusal.BadParameterType.With("parameter", p.Name)
		}
	}
	if len(c.Body) > maxPushedBody {
		return nil, refusal.BodyTooLarge
	}
	client, err := c.Client()
	if err != nil {
		return nil, err
	}
	if c.Params.Text("request") != "" {
		return nil, refusal.RequestNotSupported
	}
	if c.Params.Text("request_uri") != "" {
		return nil, refusal.WrongRequestURI.Because("a pushed request has no request_uri of its own (RFC 9126, section 2.1)")
	}
	var parameters [][2]string
	for _, p := range c.Params {
		if !p.Empty() && !slices.Contains(ofClient, p.Name) {
			parameters = append(parameters, [2]string{p.Name, p.Text})
		}
	}
	if parameters, err = withProof(c, parameters); err != nil {
		return nil, err
	}
	c.Params = pushedParams(client.ClientID, parameters)
	r, err := readClient(c)
	if err != nil {
		return nil, err
	}
	if err := r.read(c); err != nil {
		return nil, err
	}
	uri := c.Tenant.Push(client, parameters, c.Now)
	return web.Status{Code: http.StatusCreated, Value: pushedGiven{tenant.PushedLifetime, uri}}, nil
}

// withProof adds the dpop_jkt that a DPoP proof stands for. A request that has both
// must name the same key in both.
// Source: RFC 9449 §10.1.
func withProof(c *web.Call, parameters [][2]string) ([][2]string, error) {
	key, err := c.Tenant.CheckProof(c.ProofUse())
	if err != nil || key == "" {
		return parameters, err
	}
	switch asked := c.Params.Text("dpop_jkt"); asked {
	case "":
		return append(parameters, [2]string{"dpop_jkt", key}), nil
	case key:
		return parameters, nil
	}
	return nil, refusal.WrongProof.Because("the dpop_jkt of the request is not the thumbprint of the key of its DPoP proof")
}

// unfold replaces a request_uri by the parameters that the client has pushed.
// Other parameters of the URL do not count.
func unfold(c *web.Call) error {
	uri := c.Params.Text("request_uri")
	if uri == "" {
		return nil
	}
	id := c.Params.Text("client_id")
	parameters, err := c.Tenant.Pushed(uri, id, c.Now)
	if err == nil {
		c.Params = pushedParams(id, parameters)
	}
	return err
}

func pushedParams(clientID string, parameters [][2]string) web.Params {
	ps := web.Params{{Name: "client_id", Kind: web.String, Text: clientID}}
	for _, p := range parameters {
		ps = append(ps, web.Param{Name: p[0], Kind: web.String, Text: p[1]})
	}
	return ps
}
