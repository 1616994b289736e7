package login

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/address"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// The pages about organizations.
// Source: auth0/docs-v2 configure-cloudflare-for-use-as-reverse-proxy.mdx; the fields are
// those of auth0/universal-login. Unverified: the path of the last one.
const (
	organizationPage = "/u/organization"
	prePickerPage    = "/u/pre-organization-picker"
	pickerPage       = "/u/organization-picker"
	invitationPage   = "/u/accept-invitation"
)

// readOrganization reads through which organization the user signs in, and the invitation
// that the user accepts.
func (r *request) readOrganization(c *web.Call) error {
	asked, usage, behavior := c.Params.Text("organization"), r.Client.OrganizationUsage, r.Client.OrganizationRequireBehavior
	r.Invitation = c.Params.Text("invitation")
	switch {
	case asked != "" && !r.Client.MayUseOrganizations():
		return refusal.OrganizationNotAllowed.Because("set organization_usage of client " + r.Client.ClientID + " to allow or require")
	case asked != "":
		return r.enterOrganization(c, asked)
	case r.Invitation != "":
		return refusal.OrganizationRequired.Because("an invitation comes with an organization: pass both parameters of the invitation's URL on to /authorize")
	case !r.Client.MayUseOrganizations():
	case behavior == "pre_login_prompt":
		r.Asks = tenant.BeforeLogin
	case behavior == "post_login_prompt":
		r.Asks = tenant.AfterLogin
	case usage == "require":
		return refusal.OrganizationRequired.Because("client " + r.Client.ClientID + " has organization_usage: require; name an organization, or set its organization_require_behavior to pre_login_prompt or post_login_prompt")
	}
	return nil
}

func (r *request) enterOrganization(c *web.Call, asked string) error {
	o, err := c.Setup.AskedOrganization(asked)
	if err != nil {
		return err
	}
	r.Organization, c.Organization = o.ID, o.ID
	if len(c.Setup.LoginConnections(&r.Authorization)) == 0 {
		c.Hint("nobody can sign in through organization " + o.Name + ": it has no enabled_connections")
	}
	if r.Invitation == "" {
		return nil
	}
	r.invited, err = c.Tenant.CheckInvitation(r.Invitation, o.ID, r.Client.ClientID, c.Now)
	return err
}

// beginAtOrganization begins a login on a page about the organization.
func (r *request) beginAtOrganization(c *web.Call, signedIn bool) (any, error) {
	tx := tenant.Transaction{Authorization: r.Authorization, Connection: c.Params.Text("connection"), Hint: c.Params.Text("login_hint"), Anew: !signedIn}
	if r.Invitation == "" {
		return to(organizationPage, begin(c, tx)), nil
	}
	tx.Invitee, tx.Inviter = r.invited.Invitee.Email, r.invited.Inviter.Name
	tx.Hint = tx.Invitee
	if r.invited.Connection != "" {
		tx.Connection = r.invited.Connection
	}
	return to(invitationPage, begin(c, tx)), nil
}

// throughOrganization leads on from a page about the organization: to the app if the
// browser is signed in already, else to the login pages.
// Source: auth0/docs-v2 deprecations-and-migrations.mdx, on pre_login_prompt.
func throughOrganization(c *web.Call, tx tenant.Transaction) (any, error) {
	tx, r, err := loginOf(c, tx.ID)
	if err != nil {
		return nil, err
	}
	if tx.Connection != "" {
		if _, err := c.Setup.LoginConnection(tx.Connection, &r.Authorization); err != nil {
			c.Tenant.End(tx)
			return r.refuse(c, err)
		}
	}
	session, signedIn := currentSession(c)
	u, _ := c.Tenant.User(session.UserID)
	switch {
	case !signedIn, tx.Anew && tx.SignedIn != session.ID, challengesAgain(c, tx.Connection), !c.Setup.CanEnter(&r.Authorization, session):
	case tx.Invitee != "" && address.Key(u.Email) != address.Key(tx.Invitee):
	default:
		c.Tenant.Continue(tx, session)
		return to("/authorize/resume", tx), nil
	}
	if tx.Invitee != "" && !slices.ContainsFunc(usable(c, tx), func(conn *fixtures.Connection) bool { return c.Tenant.Knows(conn.Name, tx.Invitee) }) {
		return to(signupPage(c, tx), tx), nil
	}
	return to(loginPage(c, tx), tx), nil
}

// recordJoined writes to the tenant's log that the user has become a member.
func (r *request) recordJoined(c *web.Call, s tenant.Session, entry tenant.Entry) {
	u, _ := c.Tenant.User(s.UserID)
	c.Organization = entry.Organization
	c.Record(tenantlog.Entry{Type: "organization_member_added"}.Of(&u, c.Setup.AddressOf(u)))
}

// askToPick leads to the page on which the user picks an organization.
func (r *request) askToPick(c *web.Call, tx tenant.Transaction, s tenant.Session) (any, error) {
	if tx.ID == "" {
		tx = c.Tenant.Begin(tenant.Transaction{Authorization: r.Authorization, SignedIn: s.ID})
	}
	return to(pickerPage, tx), nil
}

// AcceptInvitation is /u/accept-invitation: it tells who invites whom.
func AcceptInvitation(c *web.Call) (any, error) {
	tx, r, err := current(c)
	switch {
	case err != nil:
		return nil, err
	case tx.Invitee == "":
		return to(loginPage(c, tx), tx), nil
	case c.Method == http.MethodPost:
		return throughOrganization(c, tx)
	}
	return r.show(c, tx, view{Screen: "accept-invitation", email: tx.Invitee})
}

// Organization is /u/organization: it asks for the organization before the login.
func Organization(c *web.Call) (any, error) {
	tx, r, err := current(c)
	switch {
	case err != nil:
		return nil, err
	case r.Asks != tenant.BeforeLogin:
		return to(loginPage(c, tx), tx), nil
	}
	byName, byEmail := discovery(r.Client)
	name := field{Name: "organizationName", Label: "Enter your Organization Name", Type: "text", Complete: "organization"}
	switch { // Unverified: Auth0's list of texts has no words for these
	case byName && byEmail:
		name.Label = "Email address or Organization Name"
	case byEmail:
		name.Label, name.Mode, name.Complete = "Email address", "email", "email"
	}
	v := view{Screen: "organization-selection", Fields: []field{name}}
	if byEmail {
		v.variant = "organization-selection, email"
	}
	if r.Client.OrganizationUsage == "allow" {
		v.Choices = []button{{Name: "organizationSkipped", Action: "true", Text: "Continue with personal account"}}
	}
	if c.Method != http.MethodPost {
		v.Fields[0].Value = tx.Hint
		return r.show(c, tx, v)
	}
	if c.Params.Text("organizationSkipped") == "true" && len(v.Choices) > 0 {
		c.Tenant.Pick(tx, "", "")
		return throughOrganization(c, tx)
	}
	typed := strings.TrimSpace(c.Params.Text("organizationName"))
	v.Fields[0].Value = typed
	email, isEmail := fixtures.NormalizeEmail(typed)
	var found []*fixtures.Organization
	switch {
	case isEmail && byEmail:
		found = c.Setup.OrganizationsOfDomain(email)
	case byName:
		if o, ok := c.Setup.OrganizationNamed(typed); ok {
			found = append(found, o)
		}
	}
	switch len(found) {
	case 0:
		c.Hint(whyNoOrganization(c, typed, isEmail, byName, byEmail))
		v.mistake("invalid-organization")
		return r.show(c, tx, v)
	case 1:
		c.Tenant.Pick(tx, found[0].ID, email)
		return throughOrganization(c, tx)
	}
	c.Tenant.Pick(tx, "", email)
	return to(prePickerPage, tx), nil
}

// discovery tells how the page before the login finds an organization.
func discovery(client *fixtures.Client) (byName, byEmail bool) {
	methods := client.OrganizationDiscoveryMethods
	byName = slices.Contains(methods, "organization_name")
	return byName, !byName || slices.Contains(methods, "email")
}

// whyNoOrganization says for the developer why a text finds no organization.
func whyNoOrganization(c *web.Call, typed string, isEmail, byName, byEmail bool) string {
	switch _, known := c.Setup.OrganizationNamed(typed); {
	case known && !byName:
		return strconv.Quote(typed) + " is the name of an organization, and the page asks for an e-mail address: add organization_name to organization_discovery_methods of the client"
	case isEmail && byEmail:
		return "no organization has the domain of " + typed + " among its discovery_domains with status: verified"
	}
	return "no organization has the name " + strconv.Quote(typed)
}

// PrePicker is /u/pre-organization-picker: the user's domain is one of several
// organizations.
func PrePicker(c *web.Call) (any, error) {
	tx, r, err := current(c)
	if err != nil {
		return nil, err
	}
	list := c.Setup.OrganizationsOfDomain(tx.Hint)
	if r.Asks != tenant.BeforeLogin || len(list) == 0 {
		return to(organizationPage, tx), nil
	}
	v := view{Screen: "pre-organization-picker", Who: tx.Hint, What: "email address", Edit: page(organizationPage, tx), List: choices(list)}
	if o, ok := picked(c, list); ok {
		c.Tenant.Pick(tx, o.ID, tx.Hint)
		return throughOrganization(c, tx)
	}
	return r.show(c, tx, v)
}

// Picker is /u/organization-picker: the user, who is signed in, is a member of several
// organizations.
func Picker(c *web.Call) (any, error) {
	tx, r, err := current(c)
	if err != nil {
		return nil, err
	}
	session, ok := c.Tenant.Session(tx.SignedIn, c.Now)
	if r.Asks != tenant.AfterLogin || !ok || !slices.Contains(c.TenantCookies(web.SessionCookie), session.ID) {
		return to("/authorize/resume", tx), nil
	}
	r.Organization = "" // the user may go back and pick another one
	tx.EnteredBy = ""
	entry, err := c.Tenant.Enter(r.Authorization, tx, session, false)
	if err != nil || entry.Pick == nil {
		return to("/authorize/resume", tx), nil
	}
	u, _ := c.Tenant.User(session.UserID)
	personal := r.Client.OrganizationUsage != "require"
	v := view{Screen: "organization-picker", who: c.Setup.AddressOf(u), List: choices(entry.Pick)}
	if personal {
		v.variant = "organization-picker, personal"
		v.Choices = []button{{Name: "organizationSkipped", Action: "true", Text: "Continue with personal account"}}
	}
	o, ok := picked(c, entry.Pick)
	switch {
	case ok:
		c.Tenant.Pick(tx, o.ID, tx.Hint)
	case c.Method == http.MethodPost && personal && c.Params.Text("organizationSkipped") == "true":
		c.Tenant.Pick(tx, "", tx.Hint)
	default:
		return r.show(c, tx, v)
	}
	return to("/authorize/resume", tx), nil
}

// choices are the buttons of a picker.
func choices(list []*fixtures.Organization) (buttons []button) {
	for _, o := range list {
		b := button{Name: "organization", Action: o.ID, Text: o.Name}
		if o.DisplayName != "" {
			b.Text = o.DisplayName
		}
		buttons = append(buttons, b)
	}
	return buttons
}

// picked is the organization whose button the user has pressed.
func picked(c *web.Call, list []*fixtures.Organization) (*fixtures.Organization, bool) {
	if c.Method != http.MethodPost {
		return nil, false
	}
	at := slices.IndexFunc(list, func(o *fixtures.Organization) bool { return o.ID == c.Params.Text("organization") })
	if at < 0 {
		return nil, false
	}
	return list[at], true
}

// bright tells whether dark text on a color reads better than bright text.
func bright(color string) bool {
	hex := strings.TrimPrefix(color, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, _ := strconv.ParseUint(hex, 16, 32)
	return 299*(n>>16)+587*(n>>8&0xff)+114*(n&0xff) > 150_000
}
