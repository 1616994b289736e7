package control

import (
	"github.com/mockauth0/mockauth0/server/internal/streams"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// health is what GET /_mock/health answers.
type health struct {
	Status          string        `json:"status"`
	Version         string        `json:"version,omitempty"`
	Fixture         string        `json:"fixture"`
	FixtureError    string        `json:"fixture_error,omitempty"`
	ScenarioError   string        `json:"scenario_error,omitempty"`
	Warnings        []string      `json:"warnings,omitempty"`
	Clock           clockState    `json:"clock"`
	Holds           tenant.Counts `json:"holds"`
	Messages        int           `json:"messages"`
	DroppedMessages int           `json:"dropped_messages"`
	Requests        int           `json:"requests"`
	DroppedRequests int           `json:"dropped_requests"`
	DroppedReaders  int           `json:"dropped_readers"` // clients that read too slowly
	Signatures      int64         `json:"signatures"`      // tokens that the tenant's key has signed
	// Streams are what the streams have sent to their webhooks.
	Streams []streams.Counts `json:"streams,omitempty"`
}

// ReadHealth is GET /_mock/health.
func (a *API) ReadHealth(*web.Call) (any, error) {
	f := a.Tenant.Fixture()
	requests, droppedRequests := a.Journal.Counts()
	messages, droppedMessages := a.Server.Outbox().Counts()
	h := health{
		Status: "ok", Version: a.Version, Fixture: f.Source, Warnings: f.Warnings, Clock: a.clockState(),
		Holds: a.Tenant.Counts(), Messages: messages, DroppedMessages: droppedMessages,
		Requests: requests, DroppedRequests: droppedRequests, DroppedReaders: a.Readers.Dropped(),
		Signatures: a.Tenant.Keys.Signatures(), Streams: a.Tenant.Streams.Counts(),
	}
	fixtureError, scenarioError := a.FileErrors()
	if fixtureError != nil {
		h.FixtureError = fixtureError.Error()
	}
	if scenarioError != nil {
		h.ScenarioError = scenarioError.Error()
	}
	return h, nil
}
