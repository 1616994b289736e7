package management

import (
	"cmp"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tickets"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// jobOperations are /jobs. A job is done before its POST is answered, though the answer
// says pending, as Auth0's does.
func jobOperations() []operation {
	read := []string{"create:users", "read:users"}
	return []operation{
		{
			method: "POST", path: "/jobs/verification-email", summary: "sends the e-mail with the link that verifies an address", scopes: []string{"update:users"},
			body: &property{types: []string{"object"}, required: []string{"user_id"}, members: []property{
				text.of("user_id", "The user_id of the user to whom the email will be sent."),
				text.of("client_id", "client_id of the client (application). If no value provided, the global Client ID will be used."),
				ticketIdentity, ticketOrg,
			}},
			run: verificationJob,
		},
		{method: "POST", path: "/jobs/users-imports", summary: "imports the users of a file", scopes: []string{"create:users"}, run: importJob},
		{
			method: "POST", path: "/jobs/users-exports", summary: "exports users to a file", scopes: []string{"read:users"},
			body: &property{types: []string{"object"}, members: []property{
				text.of("connection_id", "connection_id of the connection from which users will be exported."),
				property{types: []string{"string"}, enum: []string{"json", "csv"}}.of("format", "Format of the file. Must be `json` or `csv`."),
				property{types: []string{"integer"}, min: 1}.of("limit", "Limit the number of records."),
				property{types: []string{"array"}, items: &property{types: []string{"object"}, required: []string{"name"}, members: []property{
					text.between(0, 100).of("name", "Name of the field in the profile."), text.between(0, 100).of("export_as", "Title of the column in the exported CSV."),
				}}}.of("fields", "List of fields to be included in the CSV. Defaults to a predefined set of fields."),
			}},
			run: exportJob,
		},
		{method: "GET", path: "/jobs/{id}", summary: "reads a job", scopes: read, run: readJob},
		{method: "GET", path: "/jobs/{id}/errors", summary: "lists the users whom an import has refused", scopes: read, run: readJobErrors},
	}
}

func verificationJob(c *call) (any, error) {
	u, ok := c.Tenant.User(c.text("user_id"))
	if !ok {
		return nil, refusal.InexistentUser
	}
	if err := c.checkTicket(u); err != nil {
		return nil, err
	}
	client, _ := c.Setup.Client(c.text("client_id"))
	c.Organization = c.text("organization_id")
	tickets.SendVerification(c.Call, client, u)
	return created(c.keepJob(fixtures.Job{Type: fixtures.JobVerificationEmail})), nil
}

func exportJob(c *call) (any, error) {
	j := fixtures.Job{Type: fixtures.JobUsersExport, ConnectionID: c.text("connection_id"), Format: c.text("format")}
	if j.ConnectionID != "" {
		if _, ok := connections.find(c, j.ConnectionID); !ok {
			return nil, refusal.UnknownConnectionOfUser.Because("there is no connection with the id " + clip(j.ConnectionID))
		}
	}
	j.Limit, _ = c.body["limit"].(int64)
	list, _ := c.body["fields"].([]any)
	for _, item := range list {
		field, _ := item.(map[string]any)
		name, _ := field["name"].(string)
		as, _ := field["export_as"].(string)
		j.Fields = append(j.Fields, fixtures.ExportField{Name: name, ExportAs: as})
	}
	return c.keepJob(j), nil
}

// keepJob keeps a job and shows it as the answer to its POST has it.
func (c *call) keepJob(j fixtures.Job) object {
	j = c.Tenant.AddJob(j, c.Now)
	j.Summary = nil // which shows that it is done
	return c.showJob(j, "pending")
}

// showJob is a job in Auth0's order.
// Source: auth0/go-auth0, its recordings.
func (c *call) showJob(j fixtures.Job, status string) object {
	o := object{{Key: "type", Value: j.Type}, {Key: "status", Value: status}}
	add := func(name string, value any, set bool) {
		if set {
			o = append(o, member{Key: name, Value: value})
		}
	}
	add("connection_id", j.ConnectionID, j.ConnectionID != "")
	add("format", j.Format, j.Format != "")
	add("limit", j.Limit, j.Limit > 0)
	if j.Fields != nil {
		fields := make([]object, len(j.Fields))
		for i, f := range j.Fields {
			fields[i] = object{{Key: "name", Value: f.Name}}
			if f.ExportAs != "" {
				fields[i] = append(fields[i], member{Key: "export_as", Value: f.ExportAs})
			}
		}
		add("fields", fields, true)
	}
	if s := j.Summary; s != nil {
		add("summary", object{{Key: "failed", Value: s.Failed}, {Key: "updated", Value: s.Updated}, {Key: "inserted", Value: s.Inserted}, {Key: "total", Value: s.Total}}, true)
	}
	if j.ConnectionID != "" {
		conn, ok := connections.find(c, j.ConnectionID)
		add("connection", conn.Name, ok)
	}
	add("external_id", j.ExternalID, j.ExternalID != "")
	add("status_details", j.StatusDetails, j.StatusDetails != "" && status == "failed")
	add("created_at", isoTime(j.CreatedAt), true)
	add("id", j.ID, true)
	if j.Type == fixtures.JobUsersExport && status == "completed" {
		add("location", c.Issuer+ExportPath[1:]+j.ID+"."+exportFormat(j)+".gz", true)
		add("percentage_done", 100, true)
		add("time_left_seconds", 0, true)
	}
	return o
}

func (c *call) job() (fixtures.Job, error) {
	j, ok := c.Tenant.Job(c.Vars["id"], c.Now)
	if !ok {
		return j, refusal.InexistentJob
	}
	return j, nil
}

func readJob(c *call) (any, error) {
	j, err := c.job()
	switch {
	case err != nil:
		return nil, err
	case j.StatusDetails != "":
		return c.showJob(j, "failed"), nil
	}
	return c.showJob(j, "completed"), nil
}

// readJobErrors answers 204 if there are none. A job that failed as a whole has itself
// for an answer.
// Source: auth0/go-auth0, its recordings, and the answers of its OpenAPI document.
func readJobErrors(c *call) (any, error) {
	j, err := c.job()
	switch {
	case err != nil:
		return nil, err
	case j.StatusDetails != "":
		return c.showJob(j, "failed"), nil
	case len(j.Errors) == 0:
		return noContent, nil
	}
	return refusedUsers(j), nil
}

func refusedUsers(j fixtures.Job) []object {
	list := make([]object, len(j.Errors))
	for i, e := range j.Errors {
		list[i] = object{{Key: "user", Value: e["user"]}, {Key: "errors", Value: e["errors"]}}
	}
	return list
}

// ExportPath is where the files of exports are.
const ExportPath = "/users-exports/"

// ExportFile is GET /users-exports/{file}, to which the location of a job leads. The
// file has the users as they are now. Its name is the secret.
func ExportFile(w *web.Call) (any, error) {
	c := &call{Call: w, scopes: Scopes}
	id, rest, _ := strings.Cut(c.Vars["file"], ".")
	j, ok := c.Tenant.Job(id, c.Now)
	if !ok || j.Type != fixtures.JobUsersExport || rest != exportFormat(j)+".gz" {
		return nil, refusal.InexistentJob.Because("an export can be fetched for 24 hours, by the location that GET /api/v2/jobs/{id} tells")
	}
	chosen := tenant.Selection{Limit: int(min(j.Limit, 1<<30))}
	if j.ConnectionID != "" {
		conn, _ := connections.find(c, j.ConnectionID)
		chosen.Match = func(u *fixtures.User) bool { return u.Connection == conn.Name }
	}
	users, _ := c.Tenant.SelectUsers(chosen)
	body, err := packed(exported(c, j, users))
	if err != nil {
		return nil, err
	}
	return web.Raw{ContentType: "application/gzip", Body: body}, nil
}

// exportFormat is the format of an export; json unless it says something else.
func exportFormat(j fixtures.Job) string {
	return cmp.Or(j.Format, "json")
}
