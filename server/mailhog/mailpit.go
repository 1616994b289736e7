package mailhog

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"github.com/mockauth0/mockauth0/server/internal/mail"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// maxBody is how much of a request's body is read.
const maxBody = 1 << 20

// Mailpit is the part of Mailpit's HTTP API that tests use, over the same mails
// as API, in Mailpit's words (axllent/mailpit server/apiv1, internal/storage).
// Reads change nothing, so no mail is ever read, and there are no tags; what
// would change either is answered with 403.
func (s *Server) Mailpit() http.Handler {
	r := mux.NewRouter()
	r.NotFoundHandler = handler(func(*http.Request) answer { return notThere() })
	for _, route := range []struct {
		path, method string
		handler      handler
	}{
		{"/", "GET", front("Mailpit", "/api/v1/messages")},
		{"/api/v1/messages", "GET", s.pitMessages},
		{"/api/v1/messages", "DELETE", s.pitDelete},
		{"/api/v1/messages", "PUT", unsupported("a mail is never read here")},
		{"/api/v1/search", "GET", s.pitSearch},
		{"/api/v1/search", "DELETE", s.pitDeleteSearch},
		{"/api/v1/message/{id}", "GET", s.pitMessage},
		{"/api/v1/message/{id}/headers", "GET", s.pitHeaders},
		{"/api/v1/message/{id}/raw", "GET", s.pitRaw},
		{"/api/v1/message/{id}/part/{part}", "GET", s.pitPart},
		{"/api/v1/message/{id}/release", "POST", unsupported("start mockauth0 with --smtp-relay host:port to hand mails on")},
		{"/api/v1/send", "POST", unsupported("send mail by SMTP")},
		{"/api/v1/chaos", "PUT", unsupported("write a scenario with the endpoint smtp")},
		{"/api/v1/tags", "GET", func(*http.Request) answer { return lined([]string{}) }},
		{"/api/v1/tags", "PUT", unsupported("mails have no tags here")},
		{"/api/v1/info", "GET", s.pitInfo},
		{"/view/{id}.html", "GET", s.pitHTML},
		{"/view/{id}.txt", "GET", s.pitText},
	} {
		r.Path(route.path).Methods(route.method).Handler(route.handler)
	}
	r.PathPrefix("/api/v1/").Methods("OPTIONS").Handler(handler(func(*http.Request) answer { return plainly(http.StatusOK, "") }))
	return sameOrigin(r)
}

// sameOrigin refuses what a page of another origin asks for, as Mailpit does.
func sameOrigin(h http.Handler) http.Handler {
	refusal := handler(func(*http.Request) answer { return unseen(http.StatusForbidden, "Blocked due to CORS violation\n") })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if origin := r.Header.Get("Origin"); origin != "" {
			if u, err := url.Parse(origin); err != nil || !strings.EqualFold(u.Host, r.Host) {
				refusal.ServeHTTP(w, r)
				return
			}
		}
		h.ServeHTTP(w, r)
	})
}

// unseen is an answer of which Mailpit does not say what it is.
func unseen(status int, body string) answer {
	return answer{status: status, kind: "text/plain; charset=utf-8", body: []byte(body)}
}

func plainly(status int, body string) answer {
	return answer{status: status, kind: "text/plain", body: []byte(body)}
}

// noMail is how Mailpit says so, where it is not notThere.
var noMail = unseen(http.StatusNotFound, "Message not found")

func notThere() answer { return plainly(http.StatusNotFound, "404 page not found") }

func unsupported(why string) handler {
	return func(*http.Request) answer { return plainly(http.StatusForbidden, "mockauth0: "+why) }
}

// lined is JSON as json.Encoder writes it, with a line's end.
func lined(v any) answer {
	var body bytes.Buffer
	if err := json.NewEncoder(&body).Encode(v); err != nil {
		return plainly(http.StatusBadRequest, err.Error())
	}
	return answer{kind: "application/json", body: body.Bytes()}
}

// A pitListing is Mailpit's MessagesSummary.
type pitListing struct {
	Total          int          `json:"total"`
	Unread         int          `json:"unread"`
	Count          int          `json:"count"`
	MessagesCount  int          `json:"messages_count"`
	MessagesUnread int          `json:"messages_unread"`
	Start          int          `json:"start"`
	Tags           []string     `json:"tags"`
	Messages       []pitSummary `json:"messages"`
}

func (s *Server) pitMessages(r *http.Request) answer {
	all := s.mails()
	return listPit(r, all, len(all), []*netmail.Address{})
}

func (s *Server) pitSearch(r *http.Request) answer {
	found, total, ok := s.searched(r)
	if !ok {
		return plainly(http.StatusBadRequest, "Error: no search query")
	}
	return listPit(r, found, total, nil)
}

// searched are the mails that match the query, and how many there are in all.
func (s *Server) searched(r *http.Request) (found []outbox.Message, total int, ok bool) {
	query := strings.TrimSpace(r.URL.Query().Get("query"))
	if query == "" {
		return nil, 0, false
	}
	all := s.mails()
	return filterPit(all, query, r.URL.Query().Get("tz")), len(all), true
}

// listPit is the page of a list that the request asks for. In a summary Mailpit
// has null where nobody is, but for ReplyTo in a list that was not searched.
func listPit(r *http.Request, list []outbox.Message, total int, noReplyTo []*netmail.Address) answer {
	q := r.URL.Query()
	if t, ok := date(q.Get("before"), ""); ok {
		list = filterMails(list, func(m outbox.Message) bool { return m.DeliveredAt.Before(t) })
	}
	start, limit := 0, 50
	if n, err := strconv.ParseInt(q.Get("start"), 10, 32); err == nil && n > 0 {
		start = int(n)
	}
	if n, err := strconv.ParseInt(q.Get("limit"), 10, 32); err == nil && n > -1 {
		limit = int(n)
	}
	if limit == 0 && noReplyTo != nil {
		limit = len(list) // all, unless they were searched
	}
	page := pitListing{
		Total: total, Unread: total, MessagesCount: len(list), MessagesUnread: len(list), Start: start,
		Tags: []string{}, Messages: []pitSummary{},
	}
	for _, m := range list[min(start, len(list)):min(start+limit, len(list))] {
		summary := newPitMail(m).summary()
		if len(summary.ReplyTo) == 0 {
			summary.ReplyTo = noReplyTo
		}
		page.Messages = append(page.Messages, summary)
	}
	page.Count = len(page.Messages)
	return lined(page)
}

// pitDelete deletes the mails whose ids the body names, or all.
func (s *Server) pitDelete(r *http.Request) answer {
	var body struct{ IDs []string }
	if err := json.NewDecoder(io.LimitReader(r.Body, maxBody)).Decode(&body); err != nil || len(body.IDs) == 0 {
		s.deleteAll()
		return plainly(http.StatusOK, "ok")
	}
	for _, id := range body.IDs {
		s.deleteOne(id) // gone is gone
	}
	return plainly(http.StatusOK, "ok")
}

func (s *Server) pitDeleteSearch(r *http.Request) answer {
	found, _, ok := s.searched(r)
	if !ok {
		return plainly(http.StatusBadRequest, "Error: no search query")
	}
	for _, m := range found {
		s.Box.Delete(outbox.ID(m.ID))
	}
	return plainly(http.StatusOK, "ok")
}

// pit is the mail that a path names: by its id, or "latest", if need be among
// those that a query finds.
func (s *Server) pit(r *http.Request) (outbox.Message, bool) {
	id := mux.Vars(r)["id"]
	if id != "latest" {
		return s.mail(id)
	}
	list, _, ok := s.searched(r)
	if !ok {
		list = s.mails()
	}
	if len(list) == 0 {
		return outbox.Message{}, false
	}
	return list[0], true
}

// noPit is the answer where there is no such mail.
func noPit(r *http.Request) answer {
	if mux.Vars(r)["id"] == "latest" {
		return noMail
	}
	return notThere()
}

func (s *Server) pitMessage(r *http.Request) answer {
	if m, ok := s.pit(r); ok {
		return lined(newPitMail(m).message())
	}
	return noPit(r)
}

func (s *Server) pitHeaders(r *http.Request) answer {
	if m, ok := s.pit(r); ok {
		return lined(mail.Read(mail.Raw(m)).Header)
	}
	return noPit(r)
}

func (s *Server) pitRaw(r *http.Request) answer {
	m, ok := s.pit(r)
	if !ok {
		return noPit(r)
	}
	a := answer{kind: "text/plain; charset=utf-8", body: mail.Raw(m)}
	if r.URL.Query().Get("dl") == "1" {
		a.header = [][2]string{{"Content-Disposition", `attachment; filename="` + m.ID + `.eml"`}}
	}
	return a
}

// A mail is no page of this origin: nothing in it may run.
var sandbox = [][2]string{
	{"Content-Security-Policy", "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"},
	{"X-Content-Type-Options", "nosniff"},
	{"Referrer-Policy", "no-referrer"},
}

func (s *Server) pitPart(r *http.Request) answer {
	m, ok := s.pit(r)
	if !ok {
		return noPit(r)
	}
	for _, a := range mail.Read(mail.Raw(m)).Attachments {
		if a.Part == mux.Vars(r)["part"] {
			name := a.FileName
			if name == "" {
				name = a.ContentID
			}
			return answer{kind: a.ContentType, body: a.Content, header: append(sandbox[:len(sandbox):len(sandbox)],
				[2]string{"Content-Disposition", `inline; filename="` + url.PathEscape(name) + `"`})}
		}
	}
	return notThere()
}

func (s *Server) pitHTML(r *http.Request) answer {
	m, ok := s.pit(r)
	switch {
	case !ok:
		return noMail
	case m.HTML == "":
		return unseen(http.StatusNotFound, "This message does not contain a HTML part")
	}
	return answer{kind: "text/html; charset=utf-8", body: []byte(crlf(m.HTML)), header: sandbox}
}

func (s *Server) pitText(r *http.Request) answer {
	m, ok := s.pit(r)
	if !ok {
		return noMail
	}
	return answer{kind: "text/plain; charset=utf-8", body: []byte(crlf(m.Text))}
}

func (s *Server) pitInfo(*http.Request) answer {
	n := len(s.mails())
	return lined(struct {
		Version, LatestVersion, Database string
		DatabaseSize, Messages, Unread   int
		Tags                             map[string]int
		RuntimeStats                     struct{ Uptime, Memory, MessagesDeleted, SMTPAccepted, SMTPAcceptedSize, SMTPRejected, SMTPIgnored int64 }
	}{Version: software, LatestVersion: software, Messages: n, Unread: n, Tags: map[string]int{}})
}
