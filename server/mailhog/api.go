package mailhog

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"
	"github.com/mailhog/data"

	"github.com/mockauth0/mockauth0/server/internal/mail"
)

// An answer is what a handler returns; serve writes it.
type answer struct {
	status int // 0 is 200
	kind   string
	header [][2]string
	body   []byte
}

type handler func(r *http.Request) answer

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := h(r)
	if a.kind != "" {
		w.Header().Set("Content-Type", a.kind)
	}
	for _, field := range a.header {
		w.Header().Add(field[0], field[1])
	}
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	_, _ = w.Write(a.body)
}

// Bounds of a page of version 2; version 1 knows one page.
const (
	pageV1      = 1000
	pageV2      = 50
	largestPage = 250
)

// API is MailHog's HTTP API, versions 1 and 2, over the mails that have
// arrived: the tenant's and the application's. It answers byte for byte as
// MailHog does, but for what hurts there: release answers 403 and sends
// nothing, there is no Jim, a part that is not there is 404 and no panic,
// download is the mail as it came, and there is no websocket. Without a CORS
// origin of its configuration MailHog sends no CORS headers; nor does this. In
// the place of its page there is a sentence.
func (s *Server) API() http.Handler {
	// UseEncodedPath would break DELETE of ids that a client escapes.
	r := mux.NewRouter()
	r.MethodNotAllowedHandler = http.NotFoundHandler() // MailHog does not know 405
	for _, route := range []struct {
		path, method string
		handler      http.Handler
	}{
		{"/", "GET", front("MailHog", "/api/v2/messages")},
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
		{"/api/v2/jim", "GET", handler(func(*http.Request) answer { return answer{status: http.StatusNotFound} })},
		{"/api/v2/jim", "POST", handler(noJim)},
		{"/api/v2/jim", "PUT", handler(noJim)},
		{"/api/v2/jim", "DELETE", handler(noJim)},
		{"/api/v2/outgoing-smtp", "GET", handler(func(*http.Request) answer {
			return answer{kind: "application/json", body: []byte("{}")}
		})},
	} {
		r.Path(route.path).Methods(route.method).Handler(route.handler)
		r.Path(route.path).Methods("OPTIONS").Handler(handler(func(*http.Request) answer { return answer{status: http.StatusOK} }))
	}
	return r
}

// front stands where the original has its page, for people who open it and for
// checks that ask whether it is up.
func front(original, list string) handler {
	return func(*http.Request) answer {
		return plainly(http.StatusOK, "mockauth0 answers "+original+"'s HTTP API here: "+list+" lists the mails.\nThe page to read them on is the inbox page of mockauth0, on its own port.\n")
	}
}

// textJSON is how MailHog calls JSON, mostly.
const textJSON = "text/json"

func asJSON(kind string, v any) answer {
	body, err := json.Marshal(v)
	if err != nil {
		return answer{status: http.StatusInternalServerError}
	}
	return answer{kind: kind, body: body}
}

func (s *Server) v1List(*http.Request) answer {
	return asJSON(textJSON, page(s.mails(), 0, pageV1))
}

func (s *Server) v1Message(r *http.Request) answer {
	return asJSON(textJSON, s.load(mux.Vars(r)["id"])) // null if there is none
}

func (s *Server) v1Delete(r *http.Request) answer {
	if !s.deleteOne(mux.Vars(r)["id"]) {
		return answer{kind: textJSON, status: http.StatusInternalServerError}
	}
	return answer{kind: textJSON}
}

func (s *Server) v1DeleteAll(*http.Request) answer {
	s.deleteAll()
	return answer{kind: textJSON}
}

// v1Download sends the mail as it came. MailHog's has its headers in any
// order, and of those that are repeated the last only.
func (s *Server) v1Download(r *http.Request) answer {
	id := mux.Vars(r)["id"]
	m, ok := s.mail(id)
	if !ok {
		return answer{status: http.StatusNotFound}
	}
	return answer{
		kind: "message/rfc822", body: mail.Raw(m),
		header: [][2]string{{"Content-Disposition", `attachment; filename="` + m.ID + "@" + hostname + `.eml"`}},
	}
}

// partHeaders are the headers of a part that become headers of the answer.
// MailHog passes on all, Set-Cookie included.
var partHeaders = []string{"Content-Disposition", "Content-Type", "Content-Transfer-Encoding", "Content-ID", "Content-Description"}

func (s *Server) v1Part(r *http.Request) answer {
	m, ok := s.mail(mux.Vars(r)["id"])
	part := mux.Vars(r)["part"]
	n, _ := strconv.Atoi(part)
	if !ok {
		return answer{status: http.StatusNotFound}
	}
	v := view(m)
	if v.MIME == nil || n < 0 || n >= len(v.MIME.Parts) {
		return answer{status: http.StatusNotFound}
	}
	content := v.MIME.Parts[n]
	a := answer{body: []byte(content.Body)}
	disposition := `attachment; filename="` + string(v.ID) + "-part-" + strings.ReplaceAll(part, `"`, "") + `"`
	for name, values := range content.Headers {
		i := slices.IndexFunc(partHeaders, func(known string) bool { return strings.EqualFold(known, name) })
		switch {
		case i < 0:
		case i == 0:
			disposition = values[0]
		default:
			a.header = append(a.header, [2]string{partHeaders[i], values[0]})
			if i == 2 && strings.EqualFold(values[0], "base64") {
				a.body, _ = base64.StdEncoding.DecodeString(content.Body) // as far as it goes
			}
		}
	}
	// A mail is no page of this origin.
	a.header = append(a.header, [2]string{"Content-Disposition", disposition}, [2]string{"Content-Security-Policy", "sandbox"})
	return a
}

func noRelease(*http.Request) answer {
	return forbidden("mockauth0 hands no mail on to a host that a request names: start it with --smtp-relay host:port")
}

func noJim(*http.Request) answer {
	return forbidden("mockauth0 has no Jim: write a scenario with the endpoint smtp")
}

// forbidden is in JSON, as which clients of MailHog read whatever they get.
func forbidden(why string) answer {
	a := asJSON("application/json", map[string]string{"error": "forbidden", "error_description": why})
	a.status = http.StatusForbidden
	return a
}

// A listing is MailHog's page of version 2.
type listing struct {
	Total int           `json:"total"`
	Count int           `json:"count"`
	Start int           `json:"start"`
	Items data.Messages `json:"items"`
}

// startLimit reads a page's bounds; what is no number counts as absent.
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

func (s *Server) v2Messages(r *http.Request) answer {
	start, limit := startLimit(r)
	all := s.mails()
	items := *page(all, start, limit)
	return asJSON(textJSON, listing{len(all), len(items), start, items})
}

func (s *Server) v2Search(r *http.Request) answer {
	start, limit := startLimit(r)
	kind, query := r.URL.Query().Get("kind"), r.URL.Query().Get("query")
	if !slices.Contains([]string{"from", "to", "containing"}, kind) || query == "" {
		return answer{status: http.StatusBadRequest}
	}
	items, total := s.search(kind, query, start, limit)
	return asJSON("application/json", listing{total, len(*items), start, *items})
}
