package web_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/mockauth0/mockauth0/server/journal"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/token"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// newFront makes a Front as the server does.
func newFront(t testing.TB) *web.Front {
	t.Helper()
	f, err := fixtures.Load("default")
	if err != nil {
		t.Fatal(err)
	}
	return &web.Front{Tenant: tenant.New(f, token.Embedded("fast")), Scenarios: faults.NewEngine("", time.Now), Local: func(string) bool { return true }, Journal: &journal.Journal{}, Log: slog.New(slog.DiscardHandler)}
}

// read lets a Front read a request, and returns the call and the answer.
func read(t testing.TB, contentType, query, body string, header ...string) (call *web.Call, answer *httptest.ResponseRecorder) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.URL.RawQuery = query
	r.Header.Set("Content-Type", contentType)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer = httptest.NewRecorder()
	newFront(t).Serve(answer, r, web.Route{Flow: func(c *web.Call) (any, error) {
		call = c
		return web.Raw{}, nil
	}}, nil)
	return call, answer
}

const formType, jsonType = "application/x-www-form-urlencoded", "application/json"

func TestParametersOfABody(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, contentType, query, body string
		want                           string // name:kind:text, in order
	}{
		{"JSON of every type", jsonType, "", `{"s":"a\u00e9","n":1.50,"b":true,"o":{"x":[1]},"a":["x"]}`, `s:string:aé n:number:1.50 b:boolean:true o:object:{"x":[1]} a:array:["x"]`},
		{"null is absent", jsonType, "", `{"a":null,"b":"x"}`, "b:string:x"},
		{"of equal keys the last one counts, at the first one's place", jsonType, "", `{"a":"1","b":"2","a":"3"}`, "a:string:3 b:string:2"},
		{"JSON with a charset", "Application/JSON; charset=utf-8", "", `{"a":"1"}`, "a:string:1"},
		{"an empty body", jsonType, "", "", ""},
		{"a body of blanks", jsonType, "", " \n", ""},
		{"a form", formType, "", "a=1&b=x+y%26&c", "a:string:1 b:string:x y& c:string:"},
		{"a form with gaps", formType, "", "&&a=1&", "a:string:1"},
		{"a form that repeats a name", formType, "", "a=1&b=2&a=3&a=4", `a:array:["1","3","4"] b:string:2`},
		{"a form of bytes that are no text", formType, "", "a=%ff", "a:string:\uFFFD"},
		{"a query", "", "a=1&b=2", "", "a:string:1 b:string:2"},
		{"the body goes before the query", formType, "a=9&c=3", "a=1&b=2", "a:string:1 b:string:2 c:string:3"},
		{"another content type", "text/plain", "", `{"a":"1"}`, ""},
		{"a content type that is none", ";;", "", `{"a":"1"}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			call, answer := read(t, tt.contentType, tt.query, tt.body)
			if call == nil {
				t.Fatalf("refused: %d %s", answer.Code, answer.Body)
			}
			var got []string
			for _, p := range call.Params {
				got = append(got, fmt.Sprintf("%s:%s:%s", p.Name, p.Kind, p.Text))
			}
			if g := strings.Join(got, " "); g != tt.want {
				t.Errorf("got  %s\nwant %s", g, tt.want)
			}
		})
	}
}

func TestBodiesThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, contentType, query, body, says string }{
		{"cut off", jsonType, "", `{"a":"1"`, "the JSON is malformed: unexpected EOF"},
		{"cut off in a value", jsonType, "", `{"a":`, "the JSON is malformed: unexpected EOF"},
		{"two objects", jsonType, "", `{} {}`, "there is more behind the object"},
		{"a list", jsonType, "", `[]`, "the JSON is not an object"},
		{"a word", jsonType, "", `hello`, "the JSON is malformed: invalid character"},
		{"nested too deep", jsonType, "", `{"a":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + "}", "exceeded max depth"},
		{"a bad escape", formType, "", "a=%zz", `invalid URL escape`},
		{"a bad escape in a name", formType, "", "%=1", `invalid URL escape`},
		{"a bad escape in the query", "", "a=%", "", `invalid URL escape`},
		{"too large", formType, "", strings.Repeat("a", 1<<20+1), "request entity too large"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			call, answer := read(t, tt.contentType, tt.query, tt.body)
			if call != nil || answer.Code < 400 || !strings.Contains(answer.Body.String(), tt.says) {
				t.Errorf("%d %s", answer.Code, answer.Body)
			}
		})
	}
}

func TestAbsentIsWhatSDKsMeanByIt(t *testing.T) {
	t.Parallel()
	call, _ := read(t, jsonType, "", `{"empty":"","nothing":null,"zero":0,"no":false,"list":[],"text":"x"}`)
	for name, want := range map[string]bool{"empty": false, "nothing": false, "missing": false, "zero": true, "no": true, "list": true, "text": true} {
		if _, ok := call.Params.Get(name); ok != want {
			t.Errorf("%s: there is %t, want %t", name, ok, want)
		}
	}
	if got := call.Params.Text("zero"); got != "" {
		t.Errorf("the text of a number is %q", got)
	}
}

func TestBasicCredentialsAreFormEncoded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, header, id, secret string }{
		{"plain", "acme:secret", "acme", "secret"},
		{"encoded", "acme%3Aweb+app:p%26s%25", "acme:web app", "p&s%"},
		{"that do not decode", "acme:100%", "acme", "100%"},
		{"without a secret", "acme:", "acme", ""},
		{"with colons", "acme:a:b", "acme", "a:b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			call, _ := read(t, formType, "", "client_id=body&client_secret=body", "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(tt.header)))
			if got := call.Credentials(); got.ClientID != tt.id || got.Secret != tt.secret {
				t.Errorf("got %+v", got)
			}
			if got := call.BodyCredentials(); got.ClientID != "body" || got.Secret != "body" {
				t.Errorf("of the body: %+v", got)
			}
		})
	}
	for _, header := range []string{"", "Basic ???", "Bearer x", "Basic " + base64.StdEncoding.EncodeToString([]byte("no colon"))} {
		call, _ := read(t, formType, "", "client_id=body", "Authorization", header)
		if got := call.Credentials(); got.ClientID != "body" {
			t.Errorf("with %q: %+v", header, got)
		}
	}
}

func TestTheBearerTokenIsInTheHeaderOrAParameter(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ header, query, want string }{
		{"Bearer abc", "", "abc"},
		{"bearer  abc ", "", "abc"},
		{"BEARER abc", "access_token=x", "abc"},
		{"", "access_token=x", "x"},
		{"Basic abc", "access_token=x", "x"},
		{"Bearer", "access_token=x", ""},
		{"", "", ""},
	} {
		call, _ := read(t, "", tt.query, "", "Authorization", tt.header)
		if got := call.BearerToken(); got != tt.want {
			t.Errorf("header %q, query %q: %q, want %q", tt.header, tt.query, got, tt.want)
		}
	}
}

func TestWhatTheJournalShowsOfARequest(t *testing.T) {
	t.Parallel()
	f := newFront(t)
	query := url.Values{}
	for i := range 70 {
		query.Set(fmt.Sprintf("p%02d", i), "x")
	}
	r := httptest.NewRequest(http.MethodGet, "/x?"+query.Encode(), nil)
	r.Header.Set("Auth0-Client", base64.StdEncoding.EncodeToString([]byte(`{"name":"auth0-js"}`)))
	f.Serve(httptest.NewRecorder(), r, web.Route{Flow: func(*web.Call) (any, error) { return web.Raw{}, nil }}, nil)
	entries, _ := f.Journal.All()
	if sdk := entries[0].SDK; sdk == nil || sdk.Name != "auth0-js" {
		t.Errorf("the SDK is %+v", sdk)
	}
	if got := entries[0].Params; len(got) != 65 || got["…"] != "6 more" || got["p00"] != "x" {
		t.Errorf("the parameters are %s", got)
	}
}

// A flow that panics is an answer of 500, logged, and the next call works.
func TestAFlowThatPanicsIsAnAnswer(t *testing.T) {
	t.Parallel()
	f := newFront(t)
	w := httptest.NewRecorder()
	f.Serve(w, httptest.NewRequest(http.MethodGet, "/x", nil), web.Route{Flow: func(*web.Call) (any, error) { panic("oh") }}, nil)
	if w.Code != http.StatusInternalServerError || w.Body.String() != `{"error":"server_error","error_description":"server_error"}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	defer func() {
		if p := recover(); p != any(http.ErrAbortHandler) {
			t.Errorf("a broken-off connection became %v", p)
		}
	}()
	f.Serve(w, httptest.NewRequest(http.MethodGet, "/x", nil), web.Route{Flow: func(*web.Call) (any, error) { panic(http.ErrAbortHandler) }}, nil)
}

// HEAD tells the length of what GET would send, and sends nothing.
func TestHEADSendsNoBody(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	newFront(t).Serve(w, httptest.NewRequest(http.MethodHead, "/x", nil), web.Route{Flow: func(*web.Call) (any, error) { return map[string]int{"a": 1}, nil }}, nil)
	if w.Body.Len() != 0 || w.Header().Get("Content-Length") != "7" {
		t.Errorf("%q, length %s", w.Body, w.Header().Get("Content-Length"))
	}
}

// The same data is the same, written as a form, as JSON, or in the query.
func FuzzNormalForm(f *testing.F) {
	f.Add("client_id=a&connection=email&email=ada%2B1%40example.com")
	f.Add("a=&b=%00&c=+&%C3%A9=%F0%9F%98%80&a==")
	f.Add("scope=openid&scope=email&scope=")
	f.Add("<>&\"'=\u2028&x=\\u0041")
	f.Fuzz(func(t *testing.T, form string) {
		// encoding/json and net/url replace what is no text in different ways.
		values, err := url.ParseQuery(form)
		if err != nil || strings.Contains(form, ";") || strings.TrimSpace(form) == "" { // a blank body is none
			t.Skip()
		}
		asJSON := map[string]any{}
		for name, list := range values {
			if !utf8.ValidString(name) || !utf8.ValidString(strings.Join(list, "")) {
				t.Skip()
			}
			asJSON[name] = list
			if len(list) == 1 {
				asJSON[name] = list[0]
			}
		}
		data, err := json.Marshal(asJSON)
		if err != nil {
			t.Fatal(err)
		}
		normal := func(contentType, query, body string) string {
			call, answer := read(t, contentType, query, body)
			if call == nil {
				t.Fatalf("refused as %q: %d %s", contentType, answer.Code, answer.Body)
			}
			out := map[string]any{}
			for _, p := range call.Params {
				if _, twice := out[p.Name]; twice {
					t.Errorf("%q is there twice", p.Name)
				}
				_, there := call.Params.Get(p.Name)
				members, _ := p.Strings()
				text := p.Text
				if p.Kind == web.Array {
					text = ""
				}
				out[p.Name] = []any{p.Kind, text, members, there, call.Params.Text(p.Name)}
			}
			written, err := json.Marshal(out)
			if err != nil {
				t.Fatal(err)
			}
			return string(written)
		}
		want := normal(jsonType, "", string(data))
		if got := normal(formType, "", form); got != want {
			t.Errorf("%q\nas a form %s\nas JSON   %s", form, got, want)
		}
		if got := normal("", form, ""); got != want {
			t.Errorf("%q\nas a query %s\nas JSON    %s", form, got, want)
		}
	})
}
