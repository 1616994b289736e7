package mailhog

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"
	"github.com/mailhog/data"

	"github.com/mockauth0/mockauth0/server/internal/mail"
	"github.com/mockauth0/mockauth0/server/internal/readers"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A response is what a handler returns. ServeHTTP writes it.
type response struct {
	status      int // 0 means 200
	contentType string
	header      [][2]string
	body        []byte
	parts       iter.Seq[[]byte] // follow the body; each is made when its turn comes
}

type handler func(r *http.Request) response

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && readers.Hold(w) != nil { // other responses are small
		return
	}
	res := h(r)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if res.contentType != "" {
		w.Header().Set("Content-Type", res.contentType)
	}
	for _, field := range res.header {
		w.Header().Add(field[0], field[1])
	}
	if res.status != 0 {
		w.WriteHeader(res.status)
	}
	_, err := w.Write(res.body)
	if res.parts == nil || err != nil {
		return
	}
	for part := range res.parts {
		if _, err := w.Write(part); err != nil {
			return
		}
	}
}

// How many mails a page has. Version 1 has one page.
const (
	pageV1      = 1000
	pageV2      = 50
	largestPage = 250 // of version 2
)

// API returns MailHog's HTTP API, versions 1 and 2. Its mails are those that have
// arrived: of the tenant and of the application. It answers as MailHog does, byte for
// byte, with these exceptions, because MailHog's behaviour would do harm:
//   - Release answers 403 and sends nothing.
//   - There is no Jim, and no websocket.
//   - A part that does not exist is answered with 404; MailHog panics.
//   - Download returns the mail as it came.
//   - The path / has a sentence in place of MailHog's page.
//   - Every response has the header X-Content-Type-Options.
//
// There are no CORS headers, as in MailHog if no origin is configured.
func (s *Server) API() http.Handler {
	// UseEncodedPath would break DELETE of ids that a client escapes.
	r := mux.NewRouter()
	r.MethodNotAllowedHandler = http.NotFoundHandler() // MailHog never answers 405
	for _, route := range []struct {
		path, method string
		handler      http.Handler
	}{
		{"/", "GET", rootPage("MailHog", "/api/v2/messages")},
		{"/api/v1/messages", "GET", handler(s.v1List)},
		{"/api/v1/messages", "DELETE", handler(s.v1DeleteAll)},
		{"/api/v1/messages/{id}", "GET", handler(s.v1Message)},
		{"/api/v1/messages/{id}", "DELETE", handler(s.v1Delete)},
		{"/api/v1/messages/{id}/download", "GET", handler(s.v1Download)},
		{"/api/v1/messages/{id}/mime/part/{part}/download", "GET", handler(s.v1Part)},
		{"/api/v1/messages/{id}/release", "POST", handler(noRelease)},
		{"/api/v1/events", "GET", http.HandlerFunc(s.v1Events)},
		{"/api/v2/messages", "GET", handler(s.v2Messages)},
		{"/api/v2/search", "GET", handler(s.v2Search)},
		{"/api/v2/jim", "GET", handler(func(*http.Request) response { return response{status: http.StatusNotFound} })},
		{"/api/v2/jim", "POST", handler(noJim)},
		{"/api/v2/jim", "PUT", handler(noJim)},
		{"/api/v2/jim", "DELETE", handler(noJim)},
		{"/api/v2/outgoing-smtp", "GET", handler(func(*http.Request) response {
			return response{contentType: "application/json", body: []byte("{}")}
		})},
	} {
		r.Path(route.path).Methods(route.method).Handler(route.handler)
		r.Path(route.path).Methods("OPTIONS").Handler(handler(func(*http.Request) response { return response{status: http.StatusOK} }))
	}
	return s.readers.Handler(r)
}

// rootPage answers at the path where the original has its page. People open it, and
// health checks ask for it.
func rootPage(original, list string) handler {
	return func(*http.Request) response {
		return plainText(http.StatusOK, "mockauth0 answers "+original+"'s HTTP API here: "+list+" lists the mails.\nThe page to read them on is the inbox page of mockauth0, on its own port.\n")
	}
}

// textJSON is the content type of most of MailHog's JSON.
const textJSON = "text/json"

func asJSON(contentType string, v any) response {
	body, err := json.Marshal(v)
	if err != nil {
		return response{status: http.StatusInternalServerError}
	}
	return response{contentType: contentType, body: body}
}

func (s *Server) v1List(*http.Request) response {
	return s.listed(textJSON, []byte("[]"), page(s.mails(), 0, pageV1))
}

func (s *Server) v1Message(r *http.Request) response {
	return asJSON(textJSON, s.load(mux.Vars(r)["id"])) // null if there is none
}

func (s *Server) v1Delete(r *http.Request) response {
	if !s.deleteOne(mux.Vars(r)["id"]) {
		return response{contentType: textJSON, status: http.StatusInternalServerError}
	}
	return response{contentType: textJSON}
}

func (s *Server) v1DeleteAll(*http.Request) response {
	s.deleteAll()
	return response{contentType: textJSON}
}

// v1Download returns the mail as it came. MailHog mixes up the order of the headers,
// and of repeated headers it keeps only the last.
func (s *Server) v1Download(r *http.Request) response {
	id := mux.Vars(r)["id"]
	m, ok := s.mail(id)
	if !ok {
		return response{status: http.StatusNotFound}
	}
	return response{
		contentType: "message/rfc822", body: mail.Raw(m),
		header: [][2]string{{"Content-Disposition", `attachment; filename="` + m.ID + "@" + hostname + `.eml"`}},
	}
}

// partHeaders are the headers of a part that the response repeats. MailHog repeats
// all of them, even Set-Cookie.
var partHeaders = []string{"Content-Disposition", "Content-Type", "Content-Transfer-Encoding", "Content-ID", "Content-Description"}

func (s *Server) v1Part(r *http.Request) response {
	m, ok := s.mail(mux.Vars(r)["id"])
	part := mux.Vars(r)["part"]
	n, _ := strconv.Atoi(part)
	if !ok {
		return response{status: http.StatusNotFound}
	}
	v := view(m)
	if v.MIME == nil || n < 0 || n >= len(v.MIME.Parts) {
		return response{status: http.StatusNotFound}
	}
	content := v.MIME.Parts[n]
	res := response{body: []byte(content.Body)}
	disposition := `attachment; filename="` + string(v.ID) + "-part-" + strings.ReplaceAll(part, `"`, "") + `"`
	for name, values := range content.Headers {
		i := slices.IndexFunc(partHeaders, func(known string) bool { return strings.EqualFold(known, name) })
		switch {
		case i < 0:
		case i == 0:
			disposition = values[0]
		default:
			res.header = append(res.header, [2]string{partHeaders[i], values[0]})
			if i == 2 && strings.EqualFold(values[0], "base64") {
				res.body, _ = base64.StdEncoding.DecodeString(content.Body) // up to the first mistake
			}
		}
	}
	// A mail must not act as a page of this origin.
	res.header = append(res.header, [2]string{"Content-Disposition", disposition}, [2]string{"Content-Security-Policy", "sandbox"})
	return res
}

func noRelease(*http.Request) response {
	return forbidden("mockauth0 hands no mail on to a host that a request names: start it with --smtp-relay host:port")
}

func noJim(*http.Request) response {
	return forbidden("mockauth0 has no Jim: write a scenario with the endpoint smtp")
}

// forbidden is in JSON, because clients of MailHog read every response as JSON.
func forbidden(why string) response {
	res := asJSON("application/json", map[string]string{"error": "forbidden", "error_description": why})
	res.status = http.StatusForbidden
	return res
}

// A v2Page is a page of version 2.
type v2Page struct {
	Total int           `json:"total"`
	Count int           `json:"count"`
	Start int           `json:"start"`
	Items data.Messages `json:"items"`
}

// startLimit reads where a page starts and how long it is. It ignores what is no
// number.
func startLimit(r *http.Request) (start, limit int) {
	if n, err := strconv.ParseInt(r.URL.Query().Get("start"), 10, 32); err == nil && n > 0 {
		start = int(n)
	}
	limit = pageV2
	if n, err := strconv.ParseInt(r.URL.Query().Get("limit"), 10, 64); err == nil && n > 0 {
		limit = int(min(n, largestPage))
	}
	return start, limit
}

func (s *Server) v2Messages(r *http.Request) response {
	start, limit := startLimit(r)
	all := s.mails()
	items := page(all, start, limit)
	return s.listed(textJSON, v2Frame(len(all), len(items), start), items)
}

func (s *Server) v2Search(r *http.Request) response {
	start, limit := startLimit(r)
	kind, query := r.URL.Query().Get("kind"), r.URL.Query().Get("query")
	if !slices.Contains([]string{"from", "to", "containing"}, kind) || query == "" {
		return response{status: http.StatusBadRequest}
	}
	items, total := s.search(kind, query, start, limit)
	return s.listed("application/json", v2Frame(total, len(items), start), items)
}

// v2Frame is a page of version 2 without its mails.
func v2Frame(total, count, start int) []byte {
	frame, _ := json.Marshal(v2Page{total, count, start, data.Messages{}}) // it is always JSON
	return frame
}

// listed puts mails between the brackets of a frame. If they are large together, it
// holds no mail before its turn, and leaves out one that is gone by then.
func (s *Server) listed(contentType string, frame []byte, mails []outbox.Message) response {
	var ids []string
	var size int64
	for _, m := range mails {
		ids = append(ids, m.ID)
		size += m.Size()
	}
	next := func(n int) *data.Message { return view(mails[n]) }
	if size >= readers.Large {
		next = func(n int) *data.Message { return s.load(ids[n]) }
	}
	begin, end := frame[:bytes.IndexByte(frame, '[')+1], frame[bytes.IndexByte(frame, ']'):]
	return response{contentType: contentType, body: begin, parts: func(yield func([]byte) bool) {
		comma := ""
		for n := range ids {
			m := next(n)
			if m == nil {
				continue
			}
			if part, err := json.Marshal(m); err != nil || !yield(append([]byte(comma), part...)) {
				return
			}
			comma = ","
		}
		yield(end)
	}}
}
