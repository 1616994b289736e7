package control

import (
	"net/http"
	"slices"
	"time"

	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// activity is what GET /_mock/users/{id}/activity answers.
type activity struct {
	// Sessions are those of the user's browsers, the newest first.
	Sessions []userSession `json:"sessions"`
	// Organizations are those of which the user is a member.
	Organizations []userOrganization `json:"organizations"`
	// Logs are the last entries of the tenant's log about the user, the newest first.
	Logs []userLog `json:"logs"`
}

type userSession struct {
	// ID is the one that the Management API has, and the claim sid of ID tokens.
	ID         string    `json:"sid"`
	CreatedAt  time.Time `json:"created_at"`
	UsedAt     time.Time `json:"used_at"`
	ExpiresAt  time.Time `json:"expires_at"`
	Connection string    `json:"connection"`
	Clients    []string  `json:"clients"`
	UserAgent  string    `json:"user_agent,omitempty"`
}

type userOrganization struct {
	ID    string   `json:"id"`
	Name  string   `json:"name"`
	Roles []string `json:"roles"`
}

// A userLog is an entry in the fields of Auth0's log.
type userLog struct {
	ID          string    `json:"log_id"`
	Type        string    `json:"type"`
	Description string    `json:"description"`
	Date        time.Time `json:"date"`
	Connection  string    `json:"connection,omitempty"`
	ClientID    string    `json:"client_id,omitempty"`
}

// maxUserLogs is how many entries of the log are shown.
const maxUserLogs = 50

// ReadActivity is GET /_mock/users/{id}/activity.
func (a *API) ReadActivity(c *web.Call) (any, error) {
	u, err := a.userOf(c)
	if err != nil {
		return nil, err
	}
	shown := activity{Sessions: []userSession{}, Organizations: []userOrganization{}, Logs: []userLog{}}
	for _, s := range slices.Backward(a.Tenant.Sessions(c.Now, func(s tenant.Session) bool { return s.UserID == u.UserID })) {
		shown.Sessions = append(shown.Sessions, userSession{s.SID, s.CreatedAt(), s.UsedAt(), s.IdleExpiresAt(), s.Connection, append([]string{}, s.Clients...), s.Device.LastUserAgent})
	}
	for _, o := range a.Server.Organizations() {
		for _, m := range o.Members {
			if m.User == u.UserID && (m.Joined == nil || *m.Joined) {
				shown.Organizations = append(shown.Organizations, userOrganization{o.ID, o.Name, append([]string{}, m.Roles...)})
			}
		}
	}
	entries := c.Tenant.Log.Select(func(e *tenantlog.Entry) bool { return e.UserID == u.UserID })
	for _, e := range slices.Backward(entries[max(0, len(entries)-maxUserLogs):]) {
		shown.Logs = append(shown.Logs, userLog{e.ID(), e.Type, e.Description, e.Date, e.Connection, e.ClientID})
	}
	return shown, nil
}

// EndUserSessions is DELETE /_mock/users/{id}/sessions: of all, or of the one with that sid.
func (a *API) EndUserSessions(c *web.Call) (any, error) {
	u, err := a.userOf(c)
	if err != nil {
		return nil, err
	}
	sid := query(c)["sid"]
	ended := a.Tenant.Sessions(c.Now, func(s tenant.Session) bool { return s.UserID == u.UserID && (sid == "" || s.SID == sid) })
	if sid != "" && len(ended) == 0 {
		return nil, controlError(http.StatusNotFound, "no_session", "the user has no session with the sid %q; GET /_mock/users/{id}/activity lists those there are", sid)
	}
	for _, s := range ended {
		a.Tenant.EndSession(s.ID)
	}
	return noContent, nil
}
