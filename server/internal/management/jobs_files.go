package management

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// maxImport is how many bytes the file of an import may have.
// Source: auth0/docs-v2 manage-users/user-migration/bulk-user-imports.mdx.
const maxImport = 512_000

// importedUser is what the file of an import may say of a user.
// Source: auth0/docs-v2 bulk-user-import-database-schema-and-examples.mdx.
func importedUser() *property {
	user := property{types: []string{"object"}}
	for _, p := range userFields {
		if p.name != "password" && p.name != "verify_email" && p.name != "connection" {
			user.members = append(user.members, p)
		}
	}
	user.members = append(user.members,
		text.between(1, longestID).of("user_id", "The external user's id provided by the identity provider."),
		text.of("password_hash", "Hashed password for the user's connection."),
		schemaOf(reflect.TypeFor[fixtures.PasswordHash]()).of("custom_password_hash", "A more generic way to provide the users password hash."),
		text.of("password_set_date", "Date and time the password was set."),
		property{types: []string{"array"}, max: 10, items: &property{types: []string{"object"}}}.of("mfa_factors", "The MFA factors that can be used to authenticate this user."),
	)
	return &user
}

// importJob is POST /jobs/users-imports.
func importJob(c *call) (any, error) {
	form, err := c.multipart()
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"users", "connection_id"} {
		if _, ok := form[name]; !ok {
			return nil, missingProperty(name)
		}
	}
	conn, ok := connections.find(c, form["connection_id"])
	switch {
	case !ok:
		return nil, refusal.UnknownConnectionOfUser.Because("there is no connection with the id " + clip(form["connection_id"]))
	case len(form["users"]) > maxImport:
		return nil, refusal.ImportTooLarge.With("most", strconv.Itoa(maxImport))
	}
	j := fixtures.Job{Type: fixtures.JobUsersImport, ConnectionID: form["connection_id"], ExternalID: form["external_id"]}
	value, err := readJSON([]byte(form["users"]))
	users, isList := value.([]any)
	if err != nil || !isList {
		j.StatusDetails = "Failed to parse users file JSON when importing users. Make sure it is valid JSON."
	} else {
		c.importUsers(&j, conn, users, form["upsert"] == "true")
	}
	c.recordImport(j, conn)
	return web.Status{Code: http.StatusAccepted, Value: c.keepJob(j)}, nil
}

// recordImport writes to the tenant's log that a job has imported users, or has not.
func (c *call) recordImport(j fixtures.Job, conn fixtures.Connection) {
	e := tenantlog.Entry{
		Type: "sui", Connection: conn.Name, ClientID: c.bearer.Client,
		Details: map[string]any{"connection": conn.Name, "tenant": fixtures.TenantName},
	}
	if j.StatusDetails != "" {
		e.Type, e.Description = "fui", j.StatusDetails
	}
	c.Record(e)
}

// multipart are the parts of a form with a file.
func (c *call) multipart() (map[string]string, error) {
	media, parameters, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" {
		return nil, refusal.NotMultipart.Because("send the file as multipart/form-data, with the parts users and connection_id")
	}
	form := map[string]string{}
	reader := multipart.NewReader(bytes.NewReader(c.Body), parameters["boundary"])
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return form, nil
		}
		if err != nil {
			return nil, refusal.MalformedPayload.Because("the form cannot be read: " + clip(err.Error()))
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return nil, refusal.MalformedPayload.Because("the form cannot be read: " + clip(err.Error()))
		}
		form[part.FormName()] = string(text)
	}
}

// importUsers adds the users of a file, and changes those that are there already if
// upsert says so.
func (c *call) importUsers(j *fixtures.Job, conn fixtures.Connection, users []any, upsert bool) {
	j.Summary = &fixtures.ImportSummary{Total: len(users)}
	schema := importedUser()
	for _, user := range users {
		var faults []fault
		schema.check(user, "", &faults)
		body, _ := plain(user).(map[string]any)
		var problems []map[string]any
		for _, f := range faults {
			problems = append(problems, problem(f))
		}
		if problems == nil {
			inserted, err := c.importUser(conn, body, upsert)
			switch {
			case err != nil:
				problems = []map[string]any{{"code": err.code, "message": err.message}}
			case inserted:
				j.Summary.Inserted++
			default:
				j.Summary.Updated++
			}
		}
		if problems != nil {
			j.Summary.Failed++
			j.Errors = append(j.Errors, map[string]any{"user": plain(user), "errors": anyList(problems)})
		}
	}
}

func anyList(list []map[string]any) []any {
	all := make([]any, len(list))
	for i := range list {
		all[i] = list[i]
	}
	return all
}

// An importError is why a user was not imported.
type importError struct{ code, message string }

func (c *call) importUser(conn fixtures.Connection, body map[string]any, upsert bool) (inserted bool, failed *importError) {
	u := fixtures.User{Connection: conn.Name}
	writeUser(&u, body)
	custom, failed := importedHash(body)
	if failed != nil {
		return false, failed
	}
	if conn.Strategy == tenant.StrategyDatabase {
		u.PasswordHash, _ = body["password_hash"].(string)
		u.CustomPasswordHash = custom
	}
	if hash := u.HashedPassword(); hash != nil {
		if err := hash.Check(); err != nil {
			c.Hint("mockauth0 does not read the hash of the password of " + u.MainIdentifier() + ", who cannot sign in with it: " + clip(err.Error()))
		}
	}
	u.MFA = importedFactors(body)
	if id, _ := body["user_id"].(string); id != "" {
		u.UserID = conn.Strategy + "|" + id
	}
	_, err := c.Tenant.AddUser(u)
	var why *tenant.UserError
	switch {
	case err == nil:
		return true, nil
	case !errors.As(err, &why) || why.Code != "user_exists":
		return false, &importError{"INVALID_USER", clip(err.Error())}
	case !upsert:
		return false, &importError{"DUPLICATED_USER", "The user already exist and upsert parameter is false"}
	}
	old, ok := c.Tenant.User(u.UserID)
	if ok && old.Connection != conn.Name { // another connection of the strategy has it
		return false, &importError{"INVALID_USER", "The user_id belongs to a user of another connection"}
	}
	if !ok {
		email, _ := fixtures.NormalizeEmail(u.Email)
		phone, _ := fixtures.NormalizePhone(u.PhoneNumber)
		for _, name := range []string{email, phone, strings.ToLower(u.Username)} {
			if !ok && name != "" {
				old, ok = c.Tenant.UserNamed(conn.Name, name)
			}
		}
	}
	_, err = c.Tenant.UpdateUser(old.UserID, func(u *fixtures.User) error {
		writeUser(u, body)
		if factors := importedFactors(body); factors != nil {
			u.MFA = factors
		}
		if custom != nil && u.Password == "" { // who has signed in has a hash of Auth0's
			u.PasswordHash, u.CustomPasswordHash = "", custom
		}
		return nil
	})
	if err != nil {
		return false, &importError{"INVALID_USER", clip(err.Error())}
	}
	return false, nil
}

// importedHash is the hash of a password that a file gives a user.
func importedHash(body map[string]any) (*fixtures.PasswordHash, *importError) {
	members, ok := body["custom_password_hash"].(map[string]any)
	if !ok {
		return nil, nil
	}
	if body["password_hash"] != nil {
		return nil, &importError{"INVALID_USER", "password_hash and custom_password_hash are mutually exclusive"}
	}
	hash := &fixtures.PasswordHash{}
	if err := write(hash, members); err != nil {
		return nil, &importError{"INVALID_USER", clip(err.Error())}
	}
	return hash, nil
}

// importedFactors are the second factors that a file gives a user.
func importedFactors(body map[string]any) (factors []fixtures.Authenticator) {
	list, _ := body["mfa_factors"].([]any)
	for _, item := range list {
		members, _ := item.(map[string]any)
		value := func(factor, name string) string {
			inner, _ := members[factor].(map[string]any)
			text, _ := inner[name].(string)
			return text
		}
		switch {
		case members["totp"] != nil:
			factors = append(factors, fixtures.Authenticator{Type: fixtures.FactorOTP, Secret: value("totp", "secret")})
		case members["phone"] != nil:
			factors = append(factors, fixtures.Authenticator{Type: fixtures.FactorPhone, PhoneNumber: value("phone", "value")})
		case members["email"] != nil:
			factors = append(factors, fixtures.Authenticator{Type: fixtures.FactorEmail, Email: value("email", "value")})
		}
	}
	return factors
}

// codes are z-schema's codes, by the beginning of its words.
// Source: zaggino/z-schema, src/Errors.js.
var codes = [][2]string{
	{"Missing required property", "OBJECT_MISSING_REQUIRED_PROPERTY"},
	{"Additional properties", "OBJECT_ADDITIONAL_PROPERTIES"},
	{"Expected type", "INVALID_TYPE"},
	{"Object didn't pass", "INVALID_FORMAT"},
	{"String does not match", "PATTERN"},
	{"String is too short", "MIN_LENGTH"},
	{"String is too long", "MAX_LENGTH"},
	{"Array is too long", "ARRAY_LENGTH_LONG"},
	{"No enum match", "ENUM_MISMATCH"},
}

// problem is a fault as the errors of a job have it.
func problem(f fault) map[string]any {
	p := map[string]any{"message": f.words}
	for _, c := range codes {
		if strings.HasPrefix(f.words, c[0]) {
			p["code"] = c[1]
		}
	}
	if f.on != "" {
		p["path"], p["message"] = f.on, "Error in "+f.on+" property - "+f.words
	}
	return p
}

// exported writes users as an export has them: each in a line of its own, as JSON or as
// CSV. Without fields a user has all that GET /users shows.
func exported(c *call, j fixtures.Job, users []fixtures.User) []byte {
	var out bytes.Buffer
	fields := j.Fields
	if exportFormat(j) == "csv" {
		if fields == nil {
			for _, name := range []string{"user_id", "email", "email_verified", "name", "nickname", "given_name", "family_name", "phone_number", "username", "blocked", "created_at", "updated_at"} {
				fields = append(fields, fixtures.ExportField{Name: name})
			}
		}
		titles := make([]any, len(fields))
		for i, f := range fields {
			titles[i] = title(f)
		}
		writeCSV(&out, titles)
	}
	for _, u := range users {
		shown := showUser(c, u)
		var o object
		var cells []any
		for _, f := range fields {
			value, ok := valueAt(shown, f.Name)
			cells = append(cells, value)
			if ok {
				o = append(o, member{Key: title(f), Value: value})
			}
		}
		switch {
		case exportFormat(j) == "csv":
			writeCSV(&out, cells)
			continue
		case fields == nil:
			o = shown
		}
		line, err := json.Marshal(o)
		if err == nil {
			out.Write(line)
			out.WriteByte('\n')
		}
	}
	return out.Bytes()
}

func title(f fixtures.ExportField) string { return cmp.Or(f.ExportAs, f.Name) }

// writeCSV writes a line in which each value has quotes.
func writeCSV(out *bytes.Buffer, values []any) {
	for i, value := range values {
		if i > 0 {
			out.WriteByte(',')
		}
		s, isText := value.(string)
		if !isText && value != nil {
			encoded, _ := json.Marshal(value)
			s = string(encoded)
		}
		out.WriteString(`"` + strings.ReplaceAll(s, `"`, `""`) + `"`)
	}
	out.WriteByte('\n')
}

// valueAt is the value at a path such as identities[0].connection or user_metadata.plan.
func valueAt(value any, path string) (any, bool) {
	for _, step := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		found := false
		switch v := value.(type) {
		case object:
			for _, m := range v {
				if m.Key == step {
					value, found = m.Value, true
				}
			}
		case map[string]any:
			value, found = v[step]
		case []object:
			if n, err := strconv.Atoi(step); err == nil && n >= 0 && n < len(v) {
				value, found = v[n], true
			}
		case []any:
			if n, err := strconv.Atoi(step); err == nil && n >= 0 && n < len(v) {
				value, found = v[n], true
			}
		}
		if !found {
			return nil, false
		}
	}
	return value, true
}

func packed(text []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	err := w.Close()
	return out.Bytes(), err
}
