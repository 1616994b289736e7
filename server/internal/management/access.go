package management

import (
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/internal/printable"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// authorize reads the access token and refuses one that may not use an operation.
func (c *call) authorize(o operation) error {
	if err := c.authenticate(); err != nil {
		return err
	}
	owner := c.Vars["id"]
	if o.owner != nil {
		owner = o.owner(c)
	}
	scopes := strings.Fields(c.bearer.Scope)
	has := func(scope string) bool { return slices.Contains(scopes, scope) }
	switch _, isUser := c.Tenant.User(c.bearer.Subject); {
	case slices.ContainsFunc(o.scopes, has):
		return nil
	case o.scopes == nil && !isUser:
		return refusal.NoManagementToken.Because("only a user can do this, with a token of their own and the scope " + o.own[0])
	case !slices.ContainsFunc(o.own, has):
		wanted := strings.Join(slices.Concat(o.scopes, o.own), ",")
		return refusal.InsufficientScope.With("scopes", wanted).Because("the access token has the scope " + printable.Line(c.bearer.Scope) +
			"; the scopes of a client are in the client_grants of the fixture, and POST /_mock/tokens gives a token with any scopes")
	case c.bearer.Subject != owner:
		return refusal.OtherSubject
	}
	c.own = true
	return nil
}

func (c *call) authenticate() error {
	header := c.Header.Get("Authorization")
	scheme, compact, _ := strings.Cut(header, " ")
	compact = strings.TrimSpace(compact)
	switch {
	case header == "", !strings.EqualFold(scheme, "Bearer"):
		return refusal.NoManagementToken.Because("send the header Authorization: Bearer ACCESS_TOKEN; the audience of the token is " + c.audience())
	case strings.Count(compact, ".") != 2:
		return refusal.MalformedManagementToken.Because("the access token is not a JWT; ask for a token with the audience " + c.audience())
	}
	var ok bool
	if c.bearer, ok = c.Tenant.ReadManagementToken(compact); !ok {
		return refusal.WrongManagementSignature
	}
	c.ClientID = c.bearer.Client
	switch {
	case !c.bearer.For(), c.Pinned != "" && c.bearer.Issuer != c.Pinned:
		name, _ := c.bearer.Audience.(string)
		return refusal.WrongManagementAudience.With("audience", strings.ReplaceAll(clip(printable.Line(name)), `"`, "'"))
	case float64(c.Now.Unix()) >= c.bearer.Expires:
		return refusal.ExpiredManagementToken
	}
	return nil
}

func (c *call) audience() string { return c.Issuer + "api/v2/" }
