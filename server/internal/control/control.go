// Package control is the control API under /_mock/: a test's side of a tenant,
// for any language. What an endpoint here does, a method of the server does in
// Go, and it is the same code.
package control

import (
	"context"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/clock"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/internal/readers"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/journal"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A Server is what the control API drives. *server.Server is one.
type Server interface {
	Clock() *clock.Clock
	Outbox() *outbox.Box
	ExpireMessage(id string) bool
	Requests() []journal.Request
	Exchange(id string) (journal.Request, *journal.Exchange, bool)

	Users() []fixtures.User
	User(id string) (fixtures.User, bool)
	UserByAddress(address string) (fixtures.User, bool)
	AddUser(fixtures.User) (fixtures.User, error)
	UpdateUser(id string, change func(*fixtures.User) error) (fixtures.User, error)
	DeleteUser(id string) error
	TOTP(user string) (code string, expires time.Time, err error)
	AnswerPush(user string, accept bool) error

	ApproveDevice(userCode, user string) (fixtures.DeviceCode, error)
	DenyDevice(userCode string) (fixtures.DeviceCode, error)

	Actions() []actions.Info
	RunAction(ctx context.Context, name string, event map[string]any, resume bool) (actions.Run, error)
	Organizations() []fixtures.Organization
	SetMember(organization, user string, roles ...string) error
	RemoveMember(organization, user string) error

	MintToken(issuer string, claims map[string]any) (string, error)
	ForgeToken(issuer string, claims map[string]any) (string, error)
	RotateKey() string

	Scenarios() []scenarios.Status
	SwitchOff(nameOrID string) int
	VerifyScenarios(want map[string]scenarios.Count) (failures []scenarios.Failure, checked int, err error)

	Port() int
	State() *fixtures.Fixture
	PutState(*fixtures.Fixture) error
	Reset()
}

// An API is the control API of one server. Its methods are the flows of the
// endpoints.
type API struct {
	Server    Server
	Tenant    *tenant.Tenant
	Scenarios *faults.Engine
	Journal   *journal.Journal
	Readers   *readers.Readers
	// Tenants are the tenants of the server, and Name is the name of this one.
	Tenants Tenants
	Name    string
	// ID tells this server from one that ran on the same port before.
	ID func() string
	// Version is the program's.
	Version string
	// CA returns the certificate authority as PEM; nil: there is none.
	CA func() []byte
	// FileErrors says why the fixture file and the scenario files are not in
	// use as they are now; nil where they are.
	FileErrors func() (fixture, scenarios error)
	// Routes is the whole table.
	Routes func() []web.Route
}
