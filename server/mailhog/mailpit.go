package mailhog

import (
	"bytes"
	"encoding/json"
	"fmt"
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

// maxBody is how many bytes of a request's body are read.
const maxBody = 1 << 20

// Mailpit returns the part of Mailpit's HTTP API that tests use, with Mailpit's words
// (axllent/mailpit server/apiv1, internal/storage). Its mails are those of API. No
// request marks a mail as read, and there are no tags. Requests that would change
// that are answered with 403.
func (s *Server) Mailpit() http.Handler {
	r := mux.NewRouter()
	r.NotFoundHandler = handler(func(*http.Request) response { return notFound() })
	for _, route := range []struct {
		path, method string
		handler      handler
	}{
		{"/", "GET", rootPage("Mailpit", "/api/v1/messages")},
		{"/api/v1/messages", "GET", s.mailpitMessages},
		{"/api/v1/messages", "DELETE", s.mailpitDelete},
		{"/api/v1/messages", "PUT", unsupported("a mail is never read here")},
		{"/api/v1/search", "GET", s.mailpitSearch},
		{"/api/v1/search", "DELETE", s.mailpitDeleteSearch},
		{"/api/v1/message/{id}", "GET", s.mailpitMessage},
		{"/api/v1/message/{id}/headers", "GET", s.mailpitHeaders},
		{"/api/v1/message/{id}/raw", "GET", s.mailpitRaw},
		{"/api/v1/message/{id}/part/{part}", "GET", s.mailpitPart},
		{"/api/v1/message/{id}/release", "POST", unsupported("start mockauth0 with --smtp-relay host:port to hand mails on")},
		{"/api/v1/send", "POST", unsupported("send mail by SMTP")},
		{"/api/v1/chaos", "PUT", unsupported("write a scenario with the endpoint smtp")},
		{"/api/v1/tags", "GET", func(*http.Request) response { return jsonLine([]string{}) }},
		{"/api/v1/tags", "PUT", unsupported("mails have no tags here")},
		{"/api/v1/info", "GET", s.mailpitInfo},
		{"/view/{id}.html", "GET", s.mailpitHTML},
		{"/view/{id}.txt", "GET", s.mailpitText},
	} {
		r.Path(route.path).Methods(route.method).Handler(route.handler)
	}
	r.PathPrefix("/api/v1/").Methods("OPTIONS").Handler(handler(func(*http.Request) response { return plainText(http.StatusOK, "") }))
	return s.readers.Handler(sameOrigin(r))
}

// sameOrigin refuses requests from pages of another origin, as Mailpit does.
func sameOrigin(h http.Handler) http.Handler {
	refusal := handler(func(*http.Request) response {
		return plainUTF8(http.StatusForbidden, "Blocked due to CORS violation\n")
	})
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

// plainUTF8 is text with a charset in its content type. Mailpit writes it in some
// responses, and plainText in others.
func plainUTF8(status int, body string) response {
	return response{status: status, contentType: "text/plain; charset=utf-8", body: []byte(body)}
}

func plainText(status int, body string) response {
	return response{status: status, contentType: "text/plain", body: []byte(body)}
}

// noMail is Mailpit's response for a mail that does not exist, for some paths. For
// others it is notFound.
var noMail = plainUTF8(http.StatusNotFound, "Message not found")

func notFound() response { return plainText(http.StatusNotFound, "404 page not found") }

func unsupported(why string) handler {
	return func(*http.Request) response { return plainText(http.StatusForbidden, "mockauth0: "+why) }
}

// jsonLine is JSON with a line end, as json.Encoder writes it.
func jsonLine(v any) response {
	var body bytes.Buffer
	if err := json.NewEncoder(&body).Encode(v); err != nil {
		return plainText(http.StatusBadRequest, err.Error())
	}
	return response{contentType: "application/json", body: body.Bytes()}
}

// A mailpitList is Mailpit's MessagesSummary.
type mailpitList struct {
	Total          int              `json:"total"`
	Unread         int              `json:"unread"`
	Count          int              `json:"count"`
	MessagesCount  int              `json:"messages_count"`
	MessagesUnread int              `json:"messages_unread"`
	Start          int              `json:"start"`
	Tags           []string         `json:"tags"`
	Messages       []mailpitSummary `json:"messages"`
}

func (s *Server) mailpitMessages(r *http.Request) response {
	all := s.mails()
	return mailpitPage(r, all, len(all), []*netmail.Address{})
}

func (s *Server) mailpitSearch(r *http.Request) response {
	found, total, wrong := s.searched(r)
	if wrong != "" {
		return plainText(http.StatusBadRequest, "Error: "+wrong)
	}
	return mailpitPage(r, found, total, nil)
}

const noQuery = "no search query"

// searched returns the mails that match the query of a request, and how many mails
// there are in all. wrong says why the request has no query that can be searched for.
func (s *Server) searched(r *http.Request) (found []outbox.Message, total int, wrong string) {
	query := strings.TrimSpace(r.URL.Query().Get("query"))
	words := searchWords(query)
	switch {
	case query == "":
		return nil, 0, noQuery
	case len(words) > maxWords:
		return nil, 0, fmt.Sprintf("the search query has more than %d words", maxWords)
	}
	all := s.mails()
	return filterByQuery(all, words, r.URL.Query().Get("tz")), len(all), ""
}

// mailpitPage returns the page of a list that the request asks for. noReplyTo is the
// ReplyTo of a mail without one: Mailpit writes null in a search and [] in a list.
func mailpitPage(r *http.Request, list []outbox.Message, total int, noReplyTo []*netmail.Address) response {
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
		limit = len(list) // in a list, but not in a search, 0 means all
	}
	page := mailpitList{
		Total: total, Unread: total, MessagesCount: len(list), MessagesUnread: len(list), Start: start,
		Tags: []string{}, Messages: []mailpitSummary{},
	}
	for _, m := range list[min(start, len(list)):min(start+limit, len(list))] {
		summary := newMailpitMail(m).summary()
		if len(summary.ReplyTo) == 0 {
			summary.ReplyTo = noReplyTo
		}
		page.Messages = append(page.Messages, summary)
	}
	page.Count = len(page.Messages)
	return jsonLine(page)
}

// mailpitDelete deletes the mails whose ids the body names, or all.
func (s *Server) mailpitDelete(r *http.Request) response {
	var body struct{ IDs []string }
	if err := json.NewDecoder(io.LimitReader(r.Body, maxBody)).Decode(&body); err != nil || len(body.IDs) == 0 {
		s.deleteAll()
		return plainText(http.StatusOK, "ok")
	}
	for _, id := range body.IDs {
		s.deleteOne(id) // an unknown id is no mistake
	}
	return plainText(http.StatusOK, "ok")
}

func (s *Server) mailpitDeleteSearch(r *http.Request) response {
	found, _, wrong := s.searched(r)
	if wrong != "" {
		return plainText(http.StatusBadRequest, "Error: "+wrong)
	}
	for _, m := range found {
		s.Box.Delete(outbox.ID(m.ID))
	}
	return plainText(http.StatusOK, "ok")
}

// mailpitMail returns the mail that a path names by its id. The id "latest" means the
// newest mail, or the newest that the query of the request finds.
func (s *Server) mailpitMail(r *http.Request) (outbox.Message, bool) {
	id := mux.Vars(r)["id"]
	if id != "latest" {
		return s.mail(id)
	}
	list, _, wrong := s.searched(r)
	if wrong == noQuery {
		list = s.mails()
	}
	if len(list) == 0 {
		return outbox.Message{}, false
	}
	return list[0], true
}

// mailpitNotFound is the response if there is no such mail.
func mailpitNotFound(r *http.Request) response {
	if mux.Vars(r)["id"] == "latest" {
		return noMail
	}
	return notFound()
}

func (s *Server) mailpitMessage(r *http.Request) response {
	if m, ok := s.mailpitMail(r); ok {
		return jsonLine(newMailpitMail(m).message())
	}
	return mailpitNotFound(r)
}

func (s *Server) mailpitHeaders(r *http.Request) response {
	if m, ok := s.mailpitMail(r); ok {
		return jsonLine(mail.Parts(mail.Raw(m)).Header)
	}
	return mailpitNotFound(r)
}

func (s *Server) mailpitRaw(r *http.Request) response {
	m, ok := s.mailpitMail(r)
	if !ok {
		return mailpitNotFound(r)
	}
	res := response{contentType: "text/plain; charset=utf-8", body: mail.Raw(m)}
	if r.URL.Query().Get("dl") == "1" {
		res.header = [][2]string{{"Content-Disposition", `attachment; filename="` + m.ID + `.eml"`}}
	}
	return res
}

// sandbox keeps a mail from acting as a page of this origin. No script in it may run.
var sandbox = [][2]string{
	{"Content-Security-Policy", "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"},
	{"Referrer-Policy", "no-referrer"},
}

func (s *Server) mailpitPart(r *http.Request) response {
	m, ok := s.mailpitMail(r)
	if !ok {
		return mailpitNotFound(r)
	}
	for _, a := range mail.Parts(mail.Raw(m)).Attachments {
		if a.Part == mux.Vars(r)["part"] {
			name := a.FileName
			if name == "" {
				name = a.ContentID
			}
			return response{contentType: a.ContentType, body: a.Content, header: append(sandbox[:len(sandbox):len(sandbox)],
				[2]string{"Content-Disposition", `inline; filename="` + url.PathEscape(name) + `"`})}
		}
	}
	return notFound()
}

func (s *Server) mailpitHTML(r *http.Request) response {
	m, ok := s.mailpitMail(r)
	switch {
	case !ok:
		return noMail
	case m.HTML == "":
		return plainUTF8(http.StatusNotFound, "This message does not contain a HTML part")
	}
	return response{contentType: "text/html; charset=utf-8", body: []byte(crlf(m.HTML)), header: sandbox}
}

func (s *Server) mailpitText(r *http.Request) response {
	m, ok := s.mailpitMail(r)
	if !ok {
		return noMail
	}
	return response{contentType: "text/plain; charset=utf-8", body: []byte(crlf(m.Text))}
}

func (s *Server) mailpitInfo(*http.Request) response {
	n := len(s.mails())
	return jsonLine(struct {
		Version, LatestVersion, Database string
		DatabaseSize, Messages, Unread   int
		Tags                             map[string]int
		RuntimeStats                     struct{ Uptime, Memory, MessagesDeleted, SMTPAccepted, SMTPAcceptedSize, SMTPRejected, SMTPIgnored int64 }
	}{Version: software, LatestVersion: software, Messages: n, Unread: n, Tags: map[string]int{}})
}
