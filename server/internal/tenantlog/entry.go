package tenantlog

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/server/journal"
)

// An Entry is one entry of a log. A field that its type does not have is not shown.
type Entry struct {
	Type        string
	Description string
	Date        time.Time

	Connection, ConnectionID, Strategy string
	OrganizationID, OrganizationName   string
	ClientID, ClientName               string
	UserID, UserName                   string
	IP, ClientIP                       string
	Hostname, UserAgent                string
	Audience, Scope                    string
	// SDK is the header Auth0-Client.
	SDK string
	// Details is what else Auth0 tells, as a value that becomes JSON, or a Detailer. nil:
	// nothing.
	Details any

	number int64     // counts the entries of the log
	stamp  time.Time // the newest time when the entry was written
}

// A Detailer makes the details of an entry when somebody reads it.
type Detailer interface {
	Details(*Entry) any
}

// ID is an ID of 56 digits: 900, the time, and a counter.
// Source: the recordings of auth0/go-auth0.
func (e *Entry) ID() string {
	return fmt.Sprintf("900%s%039d", e.stamp.UTC().Format("20060102150405"), e.number)
}

// SignsIn tells whether a user has signed in, other than by a session that was there.
func (e *Entry) SignsIn() bool { return e.Type == "s" || e.Type == "scoa" }

// Of returns the entry with its user, whom an address stands for.
func (e Entry) Of(u *fixtures.User, address string) Entry {
	e.Connection, e.UserID, e.UserName = u.Connection, u.UserID, address
	return e
}

// A kind is what all entries of a type have in common.
type kind struct {
	category string
	fields   []string
}

//go:embed types.txt
var types string

// kinds are the types that can be written.
var kinds = sync.OnceValue(func() map[string]kind {
	all := map[string]kind{}
	for line := range strings.Lines(types) {
		if words := strings.Fields(line); len(words) > 1 && words[0] != "#" {
			all[words[0]] = kind{words[1], words[2:]}
		}
	}
	return all
})

// Types are the types that can be written, in alphabetical order.
func Types() []string { return slices.Sorted(maps.Keys(kinds())) }

// Category is the group of types to which the entry belongs, as a log stream names it.
func (e *Entry) Category() string { return kinds()[e.Type].category }

// StrategyType is the sort of strategy that the connection has.
func (e *Entry) StrategyType() string {
	switch e.Strategy {
	case "auth0":
		return "database"
	case "email", "sms":
		return "passwordless"
	}
	return e.Strategy
}

// Object is the entry as the Management API shows it.
// Source: the recordings of auth0/go-auth0, with their nulls left out: the schema of the
// types does not allow null.
func (e *Entry) Object() strictyaml.Object {
	has := kinds()[e.Type].fields
	id := e.ID()
	o := strictyaml.Object{{Key: "_id", Value: id}, {Key: "log_id", Value: id}, {Key: "date", Value: e.Date.UTC().Format("2006-01-02T15:04:05.000Z")}, {Key: "type", Value: e.Type}}
	add := func(name string, value any, show bool) {
		if show {
			o = append(o, strictyaml.Member{Key: name, Value: value})
		}
	}
	set := func(field, name, value string) { add(name, value, value != "" && slices.Contains(has, field)) }
	always := func(field, name, value string) { add(name, value, slices.Contains(has, field)) }
	add("description", e.Description, true)
	set("connection", "connection", e.Connection)
	set("connection", "connection_id", e.ConnectionID)
	set("client", "client_id", e.ClientID)
	always("client", "client_name", e.ClientName)
	always("ip", "ip", e.IP)
	set("client_ip", "client_ip", e.ClientIP)
	always("hostname", "hostname", e.Hostname)
	if details := e.details(has); details != nil {
		add("details", details, true)
	}
	set("user_id", "user_id", e.UserID)
	add("user_id", e.UserID, e.UserName != "" && slices.Contains(has, "user")) // "" of a user who does not exist
	set("user", "user_name", e.UserName)
	set("organization", "organization_id", e.OrganizationID)
	set("organization", "organization_name", e.OrganizationName)
	add("user_agent", e.UserAgent, e.UserAgent != "")
	always("audience", "audience", e.Audience)
	set("scope", "scope", e.Scope)
	always("strategy", "strategy", e.Strategy)
	always("strategy", "strategy_type", e.StrategyType())
	if sdk := journal.ParseSDK(e.SDK); sdk != nil {
		add("auth0_client", sdk, slices.Contains(has, "auth0_client"))
	}
	add("isMobile", strings.Contains(e.UserAgent, "Mobi"), true)
	return o
}

// details are those of the entry, or an empty object if the type must have some.
func (e *Entry) details(has []string) any {
	details := e.Details
	if detailer, ok := details.(Detailer); ok {
		details = detailer.Details(e)
	}
	switch {
	case slices.Contains(has, "details!") && details == nil:
		return strictyaml.Object{}
	case slices.Contains(has, "details!"), slices.Contains(has, "details"):
		return details
	}
	return nil
}

// Field is the value of a field by which a search can find an entry.
func (e *Entry) Field(name string) string {
	switch name {
	case "client_id":
		return e.ClientID
	case "client_name":
		return e.ClientName
	case "connection":
		return e.Connection
	case "connection_id":
		return e.ConnectionID
	case "description":
		return e.Description
	case "date":
		return e.Date.UTC().Format("2006-01-02T15:04:05.000Z")
	case "hostname":
		return e.Hostname
	case "ip":
		return e.IP
	case "log_id", "_id":
		return e.ID()
	case "organization_id":
		return e.OrganizationID
	case "organization_name":
		return e.OrganizationName
	case "user_id":
		return e.UserID
	case "user_name":
		return e.UserName
	case "user_agent":
		return e.UserAgent
	case "strategy":
		return e.Strategy
	case "strategy_type":
		return e.StrategyType()
	case "type":
		return e.Type
	}
	return ""
}
