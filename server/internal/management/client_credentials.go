package management

import (
	"slices"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// credentialOperations are those on the public keys of a client.
var credentialOperations = []operation{
	{
		method: "GET", path: "/clients/{client_id}/credentials", summary: "lists the public keys of a client", scopes: []string{"read:client_credentials"},
		query: append(slices.Clone(pages), checkpoints...), run: listCredentials,
	},
	{
		method: "POST", path: "/clients/{client_id}/credentials", summary: "gives a client a public key", scopes: []string{"create:client_credentials"},
		body: &credentialBody, run: addCredential,
	},
	{
		method: "GET", path: "/clients/{client_id}/credentials/{credential_id}", summary: "reads a public key of a client", scopes: []string{"read:client_credentials"},
		run: readCredential,
	},
	{
		method: "PATCH", path: "/clients/{client_id}/credentials/{credential_id}", summary: "changes when a public key of a client expires",
		scopes: []string{"update:client_credentials"}, body: &expiryBody, run: changeCredential,
	},
	{
		method: "DELETE", path: "/clients/{client_id}/credentials/{credential_id}", summary: "deletes a public key of a client",
		scopes: []string{"delete:client_credentials"}, run: removeCredential,
	},
}

var (
	expiry         = property{types: []string{"string", "null"}, format: "date-time"}.of("expires_at", "The ISO 8601 formatted date representing the expiration of the credential.")
	expiryBody     = property{types: []string{"object"}, members: []property{expiry}}
	credentialBody = property{types: []string{"object"}, required: []string{"credential_type", "pem"}, members: []property{
		property{types: []string{"string"}, enum: []string{"public_key"}}.of("credential_type", ""), text.between(1, 128).of("name", "Friendly name for a credential."),
		text.of("pem", "PEM-formatted public key (SPKI and PKCS1) or X509 certificate. Must be JSON escaped."),
		property{types: []string{"string"}, enum: []string{"RS256", "RS384", "PS256"}}.of("alg", ""),
		boolean.of("parse_expiry_from_cert", ""), expiry, text.between(10, 64).of("kid", "Optional kid (Key ID), used to uniquely identify the credential."),
	}}
)

// client is the client that the path names.
func (c *call) client() (fixtures.Client, error) {
	client, ok := clients.find(c, c.Vars["client_id"])
	if !ok {
		return client, refusal.InexistentClient
	}
	return client, nil
}

// credentials are all public keys of a client: those by which it authenticates, and
// those that wait for that.
func credentials(client *fixtures.Client) []fixtures.Credential {
	return slices.Concat(client.ClientAuthenticationMethods.PrivateKeyJWT.Credentials, client.Credentials)
}

func (c *call) showCredential(client *fixtures.Client, one fixtures.Credential) object {
	shown := object{
		{Key: "id", Value: c.Setup.CredentialID(client, &one)},
		{Key: "name", Value: one.Name},
		{Key: "credential_type", Value: one.CredentialType},
		{Key: "kid", Value: c.Setup.CredentialKID(&one)},
		{Key: "alg", Value: one.Alg},
	}
	if !one.CreatedAt.IsZero() { // one of the fixture has been there always
		made := isoTime(one.CreatedAt)
		shown = append(shown, member{Key: "created_at", Value: made}, member{Key: "updated_at", Value: made})
	}
	return append(shown, member{Key: "expires_at", Value: timeOrNull(one.ExpiresAt)})
}

func listCredentials(c *call) (any, error) {
	client, err := c.client()
	if err != nil {
		return nil, err
	}
	list := []object{}
	for _, one := range credentials(&client) {
		list = append(list, c.showCredential(&client, one))
	}
	return list, nil
}

// credential is the public key that the path names.
func (c *call) credential() (fixtures.Client, fixtures.Credential, error) {
	client, err := c.client()
	if err != nil {
		return client, fixtures.Credential{}, err
	}
	for _, one := range credentials(&client) {
		if c.Setup.CredentialID(&client, &one) == c.Vars["credential_id"] {
			return client, one, nil
		}
	}
	return client, fixtures.Credential{}, refusal.InexistentCredential
}

func readCredential(c *call) (any, error) {
	client, one, err := c.credential()
	if err != nil {
		return nil, err
	}
	return c.showCredential(&client, one), nil
}

func addCredential(c *call) (any, error) {
	client, err := c.client()
	if err != nil {
		return nil, err
	}
	delete(c.body, "parse_expiry_from_cert")
	var one fixtures.Credential
	if err := write(&one, c.body); err != nil {
		return nil, err
	}
	one.CreatedAt = c.Now
	one.ID = c.Setup.CredentialID(&client, &one)
	err = c.changeClient(client.ClientID, func(client *fixtures.Client) error {
		client.Credentials = append(slices.Clone(client.Credentials), one)
		return nil
	})
	if err != nil {
		return nil, err
	}
	now, err := c.client()
	if err != nil {
		return nil, err
	}
	shown := &shape{c.showCredential(&now, now.Credentials[len(now.Credentials)-1])}
	shown.arrange([]string{"id", "credential_type", "kid", "alg", "name", "created_at", "updated_at"})
	return created(shown.without("expires_at")), nil
}

// changeClient changes a client.
func (c *call) changeClient(id string, change func(*fixtures.Client) error) error {
	return c.configure(func(f *fixtures.Fixture) error {
		f.Clients = slices.Clone(f.Clients)
		at := slices.IndexFunc(f.Clients, func(client fixtures.Client) bool { return client.ClientID == id })
		if at < 0 {
			return refusal.InexistentClient
		}
		return change(&f.Clients[at])
	})
}

func changeCredential(c *call) (any, error) {
	client, one, err := c.credential()
	if err != nil {
		return nil, err
	}
	if value, sent := c.body["expires_at"]; sent {
		text, _ := value.(string)
		one.ExpiresAt, _ = time.Parse(time.RFC3339, text)
		err = c.changeClient(client.ClientID, func(now *fixtures.Client) error {
			for _, list := range []*[]fixtures.Credential{&now.ClientAuthenticationMethods.PrivateKeyJWT.Credentials, &now.Credentials} {
				*list = slices.Clone(*list)
				for i := range *list {
					if c.Setup.CredentialID(now, &(*list)[i]) == c.Vars["credential_id"] {
						(*list)[i].ExpiresAt = one.ExpiresAt
					}
				}
			}
			return nil
		})
	}
	return c.showCredential(&client, one), err
}

func removeCredential(c *call) (any, error) {
	client, one, err := c.credential()
	if err != nil {
		return noContent, nil //nolint:nilerr // what is gone is deleted, as with clients
	}
	same := func(other fixtures.Credential) bool {
		return c.Setup.CredentialID(&client, &other) == c.Setup.CredentialID(&client, &one)
	}
	err = c.changeClient(client.ClientID, func(now *fixtures.Client) error {
		if slices.ContainsFunc(now.ClientAuthenticationMethods.PrivateKeyJWT.Credentials, same) {
			return refusal.CredentialInUse
		}
		now.Credentials = without(now.Credentials, same)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return noContent, nil
}

// bindCredentials replaces ids by the public keys that have them: what
// client_authentication_methods of a body names are keys that the client has. Those
// that are not bound any more wait with the others.
func bindCredentials(c *call, client *fixtures.Client) error {
	sent, ok := c.body["client_authentication_methods"]
	if !ok {
		return nil
	}
	methods, _ := sent.(map[string]any)
	jwt, _ := methods["private_key_jwt"].(map[string]any)
	list, _ := jwt["credentials"].([]any)
	have := map[string]fixtures.Credential{}
	for _, one := range credentials(client) {
		have[c.Setup.CredentialID(client, &one)] = one
	}
	for i := range list {
		item, _ := list[i].(map[string]any)
		id, _ := item["id"].(string)
		one, known := have[id]
		switch {
		case item["pem"] != nil:
			continue
		case !known:
			return refusal.InexistentCredential
		}
		delete(have, id)
		one.ID = id
		list[i] = plain(jsonObject(one))
	}
	waiting := []any{}
	for _, one := range credentials(client) {
		if id := c.Setup.CredentialID(client, &one); have[id].PEM != "" {
			one.ID = id
			waiting = append(waiting, plain(jsonObject(one)))
		}
	}
	c.body["credentials"] = waiting
	if _, sent := c.body["token_endpoint_auth_method"]; !sent && len(list) > 0 {
		c.body["token_endpoint_auth_method"] = nil
	}
	return nil
}
