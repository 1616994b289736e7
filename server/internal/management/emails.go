package management

import (
	"reflect"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

const aboutTemplateName = "Template name. Can be `verify_email`, `verify_email_by_code`, `auth_email_by_code`, `reset_email`, `reset_email_by_code`, `welcome_email`, `blocked_account`, `stolen_credentials`, `enrollment_email`, `mfa_oob_code`, `user_invitation`, `async_approval`, `change_password` (legacy), or `password_reset` (legacy)."

// emailTemplates are /email-templates, of which Auth0 has no list.
var emailTemplates = configured(resource[fixtures.MailTemplate]{
	path: "/email-templates", key: "email_templates", one: "an e-mail template", missing: refusal.InexistentEmailTemplate,
}, section[fixtures.MailTemplate]{
	of:    func(f *fixtures.Fixture) *[]fixtures.MailTemplate { return &f.EmailTemplates },
	id:    func(_ *call, t *fixtures.MailTemplate) string { return t.Template },
	name:  func(t *fixtures.MailTemplate) string { return t.Template },
	taken: refusal.ExistentEmailTemplate,
	order: []string{"template", "body", "from", "resultUrl", "subject", "syntax", "urlLifetimeInSeconds", "includeEmailInRedirect", "enabled"},
	body: map[string]property{
		"template": property{types: []string{"string"}, enum: fixtures.MailTemplates}.of("template", aboutTemplateName).must("template"),
	},
	prepare: func(c *call, t *fixtures.MailTemplate) error {
		if slices.ContainsFunc(c.Setup.Fixture.EmailTemplates, func(other fixtures.MailTemplate) bool { return other.Template == t.Template }) {
			return refusal.ExistentEmailTemplate.With("template", t.Template)
		}
		return nil
	},
	shown: func(_ *call, t fixtures.MailTemplate, o *shape) {
		for _, name := range []string{"body", "from", "resultUrl", "subject"} {
			o.missing(name, "")
		}
		o.missing("syntax", "liquid")
		o.set("enabled", t.Enabled)
	},
})

// emailTemplateOperations are those on e-mail templates, which have names in place of
// ids.
func emailTemplateOperations() []operation {
	var list []operation
	for _, o := range emailTemplates.operations() {
		item := o.path == "/email-templates/{id}"
		if !item && o.method == "GET" || o.method == "DELETE" {
			continue
		}
		if item {
			o.path, o.query, o.run = "/email-templates/{templateName}", nil, namedTemplate(o.run)
		}
		list = append(list, o)
	}
	put := list[len(list)-1]
	put.method, put.summary, put.run = "PUT", "replaces an e-mail template", namedTemplate(replaceTemplate)
	return append(list, put)
}

// namedTemplate runs an operation on the template that the path names.
func namedTemplate(run func(*call) (any, error)) func(*call) (any, error) {
	return func(c *call) (any, error) {
		name := c.Vars["templateName"]
		if !slices.Contains(fixtures.MailTemplates, name) {
			return nil, refusal.InvalidPath.With("problem", "'No enum match for: "+clip(name)+"' on property templateName ("+aboutTemplateName+").")
		}
		c.Vars["id"] = name
		delete(c.body, "template") // nobody can rename one
		return run(c)
	}
}

// replaceTemplate is PUT: what the body does not have gets its default.
func replaceTemplate(c *call) (any, error) {
	for name := range fieldsOf(reflect.TypeFor[fixtures.MailTemplate]()) {
		if _, given := c.body[name]; !given && name != "template" {
			c.body[name] = nil
		}
	}
	return emailTemplates.runUpdate(c)
}

// providerBody is what the body of /emails/provider may have.
func providerBody(required ...string) *property {
	return &property{later: func() property {
		body := structSchema(reflect.TypeFor[fixtures.EmailProvider]())
		for i := range body.members {
			if name := body.members[i].name; name != "name" && name != "credentials" {
				body.members[i] = body.members[i].orNull()
			}
		}
		body.required = required
		return body
	}}
}

// emailProviderOperations are /emails/provider, of which a tenant has one or none.
func emailProviderOperations() []operation {
	const path = "/emails/provider"
	return []operation{
		{method: "GET", path: path, summary: "reads the e-mail provider", scopes: []string{"read:email_provider"}, query: fieldLists, run: readProvider},
		{
			method: "POST", path: path, summary: "sets the e-mail provider", scopes: []string{"create:email_provider"}, body: providerBody("name", "credentials"),
			run: func(c *call) (any, error) {
				if c.Setup.Fixture.EmailProvider != nil {
					return nil, refusal.ExistentEmailProvider
				}
				provider, err := writeProvider(c, fixtures.EmailProvider{})
				if err != nil {
					return nil, err
				}
				return created(provider), nil
			},
		},
		{
			method: "PATCH", path: path, summary: "changes the e-mail provider", scopes: []string{"update:email_provider"}, body: providerBody(),
			run: func(c *call) (any, error) {
				old := c.Setup.Fixture.EmailProvider
				if old == nil {
					return nil, refusal.InexistentEmailProvider
				}
				return writeProvider(c, *old)
			},
		},
		{
			method: "DELETE", path: path, summary: "removes the e-mail provider", scopes: []string{"delete:email_provider"},
			run: func(c *call) (any, error) {
				return noContent, mistake(c.Tenant.Configure(func(f *fixtures.Fixture) error {
					f.EmailProvider = nil
					return nil
				}))
			},
		},
	}
}

// readProvider shows the credentials only if fields asks for them.
// Source: auth0/go-auth0 and auth0/auth0-deploy-cli, their recordings.
func readProvider(c *call) (any, error) {
	p := c.Setup.Fixture.EmailProvider
	if p == nil {
		return nil, refusal.InexistentEmailProvider
	}
	shown := &shape{showProvider(*p)}
	if c.query["include_fields"] == "false" || !slices.Contains(strings.Split(c.query["fields"], ","), "credentials") {
		shown.drop("credentials")
	}
	return c.only(shown.object), nil
}

func writeProvider(c *call, p fixtures.EmailProvider) (object, error) {
	if err := write(&p, c.body); err != nil {
		return nil, err
	}
	err := c.Tenant.Configure(func(f *fixtures.Fixture) error {
		f.EmailProvider = &p
		return nil
	})
	return showProvider(p), mistake(err)
}

// showProvider shows a provider without its secrets.
func showProvider(p fixtures.EmailProvider) object {
	o := object{{Key: "name", Value: p.Name}, {Key: "enabled", Value: p.Enabled == nil || *p.Enabled}}
	if p.DefaultFromAddress != "" {
		o = append(o, member{Key: "default_from_address", Value: p.DefaultFromAddress})
	}
	credentials := map[string]any{}
	for name, value := range p.Credentials {
		if !slices.Contains(mailSecrets, name) {
			credentials[name] = value
		}
	}
	o = append(o, member{Key: "credentials", Value: credentials})
	if p.Settings != nil {
		o = append(o, member{Key: "settings", Value: p.Settings})
	}
	return o
}

// mailSecrets are the credentials that no answer shows.
var mailSecrets = []string{"smtp_pass", "api_key", "accessKeyId", "secretAccessKey", "connectionString", "connection_string", "clientSecret", "client_secret"}
