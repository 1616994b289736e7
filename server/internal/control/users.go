package control

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// shown is a user as the control API shows it: every default filled, and the
// passwords left out.
func shown(u fixtures.User) fixtures.User {
	u = tenant.Profile(u)
	u.SetPassword("")
	u.PreviousPasswords = nil
	u.Identities = slices.Clone(u.Identities)
	for n := range u.Identities {
		i := &u.Identities[n]
		i.Password, i.PasswordHash, i.CustomPasswordHash, i.PreviousPasswords = "", "", nil, nil
	}
	return u
}

// userList is what GET /_mock/users answers.
type userList[T any] struct {
	Items []T `json:"items"`
	// Total is how many users there are without limit and offset. It is absent if all are
	// asked for.
	Total *int `json:"total,omitempty"`
}

// ListUsers is GET /_mock/users.
func (a *API) ListUsers(c *web.Call) (any, error) {
	q := query(c)
	if len(q) == 0 {
		return shownUsers(a.Server.Users(), nil)
	}
	if ids := q["ids"]; ids != "" {
		var found []fixtures.User
		for i, id := range strings.Split(ids, ",") {
			if i == maxLimit {
				return nil, badRequest("ids: write %d at most", maxLimit)
			}
			if u, ok := a.Server.User(id); ok {
				found = append(found, u)
			}
		}
		return shownUsers(found, nil)
	}
	s := tenant.Selection{Limit: maxLimit}
	for name, into := range map[string]*int{"limit": &s.Limit, "offset": &s.Offset} {
		if text := q[name]; text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 || name == "limit" && (n < 1 || n > maxLimit) {
				return nil, badRequest("%s: %q is not a number that is allowed; limit is from 1 to %d, and offset is 0 or more", name, text, maxLimit)
			}
			*into = n
		}
	}
	if text, connection := strings.ToLower(q["search"]), q["connection"]; text != "" || connection != "" {
		s.Match = func(u *fixtures.User) bool {
			return (connection == "" || u.Connection == connection) && slices.ContainsFunc([]string{u.Email, u.PhoneNumber, u.Username, u.Name, u.UserID}, func(field string) bool {
				return strings.Contains(strings.ToLower(field), text)
			})
		}
	}
	page, total := a.Tenant.SelectUsers(s)
	return shownUsers(page, &total)
}

func shownUsers(users []fixtures.User, total *int) (any, error) {
	items := make([]rawJSON, len(users))
	for i, u := range users {
		data, err := strictyaml.MarshalJSON(shown(u))
		if err != nil {
			return nil, err
		}
		items[i] = data
	}
	return userList[rawJSON]{items, total}, nil
}

// CreateUser is POST /_mock/users.
func (a *API) CreateUser(c *web.Call) (any, error) {
	var u fixtures.User
	if err := decode(c, &u); err != nil {
		return nil, err
	}
	added, err := a.Server.AddUser(u)
	if err != nil {
		return nil, userError(err)
	}
	return encoded(http.StatusCreated, shown(added))
}

// userOf is the user that the path names, by user_id or any other name.
func (a *API) userOf(c *web.Call) (fixtures.User, error) {
	name := c.Vars["id"]
	u, ok := a.Server.User(name)
	if !ok {
		u, ok = a.Server.UserByAddress(name)
	}
	if !ok {
		return u, controlError(http.StatusNotFound, "no_user", "there is no user %q, by user_id or address; GET /_mock/users lists those there are", name)
	}
	return u, nil
}

// ReadUser is GET /_mock/users/{id}.
func (a *API) ReadUser(c *web.Call) (any, error) {
	u, err := a.userOf(c)
	if err != nil {
		return nil, err
	}
	return encoded(http.StatusOK, shown(u))
}

// UpdateUser is PATCH /_mock/users/{id}. With verify_email, as in Auth0's Management
// API, a user whose address it changes is told by e-mail.
func (a *API) UpdateUser(c *web.Call) (any, error) {
	before, err := a.userOf(c)
	if err != nil {
		return nil, err
	}
	tell, err := a.tells(c, before)
	if err != nil {
		return nil, err
	}
	u, err := a.Server.UpdateUser(before.UserID, func(u *fixtures.User) error { return decode(c, u, verifyEmail) })
	if err != nil {
		return nil, userError(err)
	}
	if tell && u.Email != before.Email {
		passwordless.TellNewAddress(c, u)
	}
	return encoded(http.StatusOK, shown(u))
}

const verifyEmail = "verify_email"

// tells tells whether a change of the address sends an e-mail.
func (a *API) tells(c *web.Call, u fixtures.User) (bool, error) {
	p, given := c.Params.Get(verifyEmail)
	switch {
	case !given:
		return false, nil
	case p.Kind != web.Boolean:
		return false, badRequest("verify_email: this must be true or false")
	case p.Text == "true" && a.Tenant.Setup().Strategy(u.Connection) != tenant.StrategyEmail:
		return false, badRequest("verify_email: the user is of connection %q; only the users of a passwordless e-mail connection get this e-mail", u.Connection)
	}
	return p.Text == "true", nil
}

// RemoveUser is DELETE /_mock/users/{id}.
func (a *API) RemoveUser(c *web.Call) (any, error) {
	u, err := a.userOf(c)
	if err != nil {
		return nil, err
	}
	if err := a.Server.DeleteUser(u.UserID); err != nil {
		return nil, userError(err)
	}
	return noContent, nil
}
