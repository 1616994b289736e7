// Package twilio receives the text messages of an application. It answers the part of
// Twilio's REST API that sends messages, and puts them into an outbox.
//
// It sends nothing. At Twilio, magic numbers make requests with test credentials fail.
// Here they do so with any credentials.
package twilio

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/clock"
	"github.com/mockauth0/mockauth0/server/internal/mail"
	"github.com/mockauth0/mockauth0/server/internal/readers"
	"github.com/mockauth0/mockauth0/server/outbox"
)

const (
	maxBody = 64 << 10 // bytes of a request
	maxText = 1600     // characters of a message, as at Twilio
)

// Options configure a handler. Box is required.
type Options struct {
	// Box gets the messages.
	Box *outbox.Box
	// Now returns the tenant's time. nil means real time.
	Now func() time.Time
	// Others are the tenants beside this one. nil means none.
	Others func() []Tenant
	// Owner is the name of the other tenant that gets the messages to a number; "" is
	// the tenant of Box. nil means that there is none.
	Owner func(to string) string
	// Log gets a line for each message and each refusal. nil means no log.
	Log *slog.Logger
}

// A Tenant is another tenant, by its name, with its outbox and its time.
type Tenant struct {
	Name string
	Box  *outbox.Box
	Now  func() time.Time
}

type server struct{ Options }

// tenants are all tenants: that of Box, which has no name, and the others.
func (s server) tenants() []Tenant {
	all := []Tenant{{Box: s.Box, Now: s.Now}}
	if s.Others != nil {
		all = append(all, s.Others()...)
	}
	return all
}

// tenantOf is the tenant that gets the messages to a number.
func (s server) tenantOf(to string) Tenant {
	all := s.tenants()
	if s.Owner != nil {
		owner := s.Owner(to)
		if i := slices.IndexFunc(all, func(t Tenant) bool { return t.Name == owner }); i >= 0 {
			return all[i]
		}
	}
	return all[0]
}

// New returns a handler that answers for any account and with any credentials:
//
//	POST /2010-04-01/Accounts/{sid}/Messages.json
//	GET  /2010-04-01/Accounts/{sid}/Messages.json
//	GET  /2010-04-01/Accounts/{sid}/Messages/{message}.json
func New(o Options) http.Handler {
	if o.Now == nil {
		o.Now = clock.New(time.Time{}, true).Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := server{o}
	mux := http.NewServeMux()
	const messages = "/2010-04-01/Accounts/{sid}/Messages.json"
	mux.Handle("POST "+messages, s.flow(s.create))
	mux.Handle("GET "+messages, s.flow(s.list))
	mux.Handle("GET /2010-04-01/Accounts/{sid}/Messages/{message}", s.flow(s.read))
	mux.Handle("/", s.flow(func(r *http.Request) (any, *problem) { return nil, notFound(r) }))
	clients := readers.Readers{Log: o.Log}
	return clients.Handler(mux)
}

// flow makes a handler of a function: it requires credentials and writes the answer.
func (s server) flow(do func(*http.Request) (any, *problem)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && readers.Hold(w) != nil { // other responses are small
			return
		}
		status := http.StatusOK
		if r.Method == http.MethodPost {
			status = http.StatusCreated
		}
		var out any
		refused := unauthorized
		if user, _, ok := r.BasicAuth(); ok && user != "" {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			out, refused = do(r)
		} else {
			w.Header().Set("WWW-Authenticate", `Basic realm="Twilio API"`)
		}
		if refused != nil {
			s.Log.Warn(fmt.Sprintf("Twilio: %s %s: %d %s", r.Method, r.URL.Path, refused.Status, refused.Message), "code", refused.Code)
			out, status = refused, refused.Status
		}
		var body bytes.Buffer
		enc := json.NewEncoder(&body)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(out); err != nil {
			status = http.StatusInternalServerError
		}
		w.Header().Set("Content-Type", "application/json;charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.WriteHeader(status)
		_, _ = w.Write(body.Bytes())
	}
}

// sender matches a short code or a name. A message may come from one of these, or from
// a phone number.
var sender = regexp.MustCompile(`^(?:[0-9]{3,8}|[A-Za-z0-9 _+&-]{1,11})$`)

// create puts a message into the outbox.
func (s server) create(r *http.Request) (any, *problem) {
	if err := r.ParseForm(); err != nil {
		return nil, tooLong
	}
	form := r.PostForm
	to, from, service, text := form.Get("To"), form.Get("From"), form.Get("MessagingServiceSid"), strings.ToValidUTF8(form.Get("Body"), "\ufffd")
	switch {
	case to == "":
		return nil, noTo
	case from == "" && service == "":
		return nil, noFrom
	case text == "" && form.Get("MediaUrl") == "" && form.Get("ContentSid") == "":
		return nil, noBody
	case utf8.RuneCountInString(text) > maxText:
		return nil, tooLong
	}
	number, ok := fixtures.NormalizePhone(from)
	if ok {
		from = number
	}
	if magic, bad := magicFrom[from]; bad {
		return nil, magic.about(to, from)
	}
	if from != "" && !ok && !sender.MatchString(from) {
		return nil, badFrom.about(to, from)
	}
	number, ok = fixtures.NormalizePhone(to)
	if !ok {
		return nil, badTo.about(to, from)
	}
	to = number
	if magic, bad := magicTo[to]; bad {
		return nil, magic.about(to, cmp.Or(from, service))
	}
	codes, links := mail.Find(text)
	t := s.tenantOf(to)
	m := t.Box.Add(outbox.Message{
		Kind: outbox.Twilio, To: to, From: cmp.Or(from, service), Text: text, Codes: codes, Links: links, CreatedAt: t.Now(),
	})
	attributes := []any{"kind", m.Kind, "from", m.From}
	if len(codes) > 0 {
		attributes = append(attributes, "codes", strings.Join(codes, " "))
	}
	s.Log.Info("The app sent a text message to "+to, attributes...)
	created := resourceOf(r.PathValue("sid"), message{m, t.Name})
	created.Status, created.DateSent = "queued", nil
	if service != "" {
		created.Status = "accepted"
	}
	created.NumMedia = fmt.Sprint(len(form["MediaUrl"]))
	return created, nil
}

// read returns one message.
func (s server) read(r *http.Request) (any, *problem) {
	for _, m := range s.messages() {
		if sidOf(m)+".json" == r.PathValue("message") {
			return resourceOf(r.PathValue("sid"), m), nil
		}
	}
	return nil, notFound(r)
}

// A message has come by this API, to the tenant of that name.
type message struct {
	outbox.Message
	tenant string
}

// messages returns the messages that came by this API, the oldest of each tenant first.
func (s server) messages() (all []message) {
	for _, t := range s.tenants() {
		for _, m := range t.Box.All(outbox.Kind(outbox.Twilio)) {
			all = append(all, message{m, t.Name})
		}
	}
	return all
}

// list returns a page of messages, the newest first.
func (s server) list(r *http.Request) (any, *problem) {
	q := r.URL.Query()
	size, number := numberIn(q.Get("PageSize"), 50, 1000), numberIn(q.Get("Page"), 0, 1000)
	size = max(1, size)
	from, to := q.Get("From"), q.Get("To")
	recipient := fixtures.NormalizeRecipient(to)
	found := []resource{}
	all := s.messages()
	for i := len(all) - 1; i >= 0; i-- {
		m := all[i]
		if to != "" && recipient != m.To || from != "" && from != m.From {
			continue
		}
		found = append(found, resourceOf(r.PathValue("sid"), m))
	}
	start := min(len(found), size*number)
	end := min(len(found), start+size)
	uri := func(n int) string {
		q := url.Values{"PageSize": {fmt.Sprint(size)}, "Page": {fmt.Sprint(n)}}
		for _, name := range []string{"To", "From"} {
			if v := r.URL.Query().Get(name); v != "" {
				q.Set(name, v)
			}
		}
		return r.URL.Path + "?" + q.Encode()
	}
	p := page{
		Messages: found[start:end], Start: start, End: max(start, end-1), Page: number, PageSize: size,
		FirstPageURI: uri(0), URI: uri(number),
	}
	if end < len(found) {
		p.NextPageURI = text(uri(number + 1))
	}
	if number > 0 {
		p.PreviousPageURI = text(uri(number - 1))
	}
	return p, nil
}
