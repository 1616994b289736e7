package control

import (
	"net/http"

	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/journal"
)

// requestList is what GET /_mock/requests answers.
type requestList struct {
	Items   []journal.Request `json:"items"`
	Dropped int               `json:"dropped"`
}

// ListRequests is GET /_mock/requests.
func (a *API) ListRequests(*web.Call) (any, error) {
	entries, dropped := a.Journal.All()
	return requestList{entries, dropped}, nil
}

// ClearRequests is DELETE /_mock/requests.
func (a *API) ClearRequests(*web.Call) (any, error) {
	a.Journal.Clear()
	return noContent, nil
}

// A wholeRequest is what GET /_mock/requests/{id} answers.
type wholeRequest struct {
	Request journal.Request `json:"request"`
	// Sent and Answered are null if they are no longer kept. Answered is also null if
	// there was no answer.
	Sent     *sentRequest `json:"sent" nullable:"true"`
	Answered *sentAnswer  `json:"answered" nullable:"true"`
}

// A sentRequest is a request as it came over the wire.
type sentRequest struct {
	URL     string      `json:"url"`
	Headers http.Header `json:"headers"`
	// Body may be the first part only: Bytes is the length of the whole.
	Body  string `json:"body"`
	Bytes int    `json:"bytes"`
}

// A sentAnswer is an answer as it went over the wire.
type sentAnswer struct {
	Headers http.Header `json:"headers"`
	Body    string      `json:"body"`
	Bytes   int         `json:"bytes"`
}

// ReadRequest is GET /_mock/requests/{id}.
func (a *API) ReadRequest(c *web.Call) (any, error) {
	secrets, err := isOn(c, "secrets")
	if err != nil {
		return nil, err
	}
	r, kept, ok := a.Server.Exchange(c.Vars["id"])
	if !ok {
		return nil, controlError(http.StatusNotFound, "no_request", "the journal has no request %q; GET /_mock/requests lists those it has", c.Vars["id"])
	}
	whole := wholeRequest{Request: r}
	if kept == nil {
		return whole, nil
	}
	x := *kept
	if !secrets {
		x = web.WithoutSecrets(x)
	}
	whole.Sent = &sentRequest{x.URL, x.RequestHeader, string(x.RequestBody), x.RequestSize}
	if r.Status != 0 {
		whole.Answered = &sentAnswer{x.ResponseHeader, string(x.ResponseBody), x.ResponseSize}
	}
	return whole, nil
}
