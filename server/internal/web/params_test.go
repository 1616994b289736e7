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

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/token"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/journal"
)

// newFront makes a Front as the server does.
func newFront(t testing.TB) *web.Front {
	t.Helper()
	return &web.Front{Tenant: tenant.New(servertest.NamedFixture(t, "default"), token.Embedded("fast")), Scenarios: faults.NewEngine("", time.Now), Journal: &journal.Journal{}, Log: slog.New(slog.DiscardHandler)}
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

func TestParametersOfARequest(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, contentType, query, body string
		want                           string // name:kind:text, in order; "!" and what the refusal says
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
		{"JSON that is cut off", jsonType, "", `{"a":`, "!the JSON is malformed: unexpected EOF"},
		{"a word", jsonType, "", `hello`, "!the JSON is malformed: invalid character"},
		{"two objects", jsonType, "", `{} {}`, "!there is more behind the object"},
		{"a list", jsonType, "", `[]`, "!the JSON is not an object"},
		{"nested too deep", jsonType, "", `{"a":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + "}", "!exceeded max depth"},
		{"a bad escape in a form", formType, "", "a=%zz", "!invalid URL escape"},
		{"a bad escape in a name", formType, "", "%=1", "!invalid URL escape"},
		{"a bad escape in the query", "", "a=%", "", "!invalid URL escape"},
		{"too many members", jsonType, "", "{" + strings.Repeat(`"a":1,`, 1000) + `"a":1}`, "!there are more than 1000 parameters"},
		{"too many in a form", formType, "", strings.Repeat("a&", 1000) + "a", "!there are more than 1000 parameters"},
		{"too many in the query", "", strings.Repeat("&", 1000), "", "!there are more than 1000 parameters"},
		{"a body that is too large", formType, "", strings.Repeat("a", 1<<20+1), "!request entity too large"},
	} {
		call, answer := read(t, tt.contentType, tt.query, tt.body)
		var got []string
		if call == nil {
			got = []string{"!" + answer.Body.String()}
		} else {
			for _, p := range call.Params {
				got = append(got, fmt.Sprintf("%s:%s:%s", p.Name, p.Kind, p.Text))
			}
		}
		says, refused := strings.CutPrefix(tt.want, "!")
		if g := strings.Join(got, " "); refused != (call == nil && answer.Code >= 400) || !strings.Contains(g, says) || !refused && g != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, g, tt.want)
		}
	}
}

func TestEmptyAndNullAreAbsent(t *testing.T) {
	t.Parallel()
	call, _ := read(t, jsonType, "", `{"empty":"","nothing":null,"zero":0,"no":false,"list":[],"text":"x"}`)
	for name, want := range map[string]bool{"empty": false, "nothing": false, "missing": false, "zero": true, "no": true, "list": true, "text": true} {
		if _, ok := call.Params.Get(name); ok != want {
			t.Errorf("%s is there: %t, want %t", name, ok, want)
		}
	}
	if got := call.Params.Text("zero"); got != "" {
		t.Errorf("the text of a number is %q", got)
	}
}

func TestBasicCredentialsAreFormEncoded(t *testing.T) {
	t.Parallel()
	basic := func(credentials string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(credentials))
	}
	for header, want := range map[string]string{ // "" is those of the body
		basic("acme:secret"):             "acme secret",
		basic("acme%3Aweb+app:p%26s%25"): "acme:web app p&s%",
		basic("acme:100%"):               "acme 100%", // which does not decode
		basic("acme:"):                   "acme ",
		basic("acme:a:b"):                "acme a:b",
		"":                               "", "Basic ???": "", "Bearer x": "", basic("no colon"): "",
	} {
		const ofBody = "body hidden"
		if want == "" {
			want = ofBody
		}
		call, _ := read(t, formType, "", "client_id=body&client_secret=hidden", "Authorization", header)
		if got := call.Credentials(); got.ClientID+" "+got.Secret != want {
			t.Errorf("with %q: %+v, want %s", header, got, want)
		}
		if got := call.BodyCredentials(); got.ClientID+" "+got.Secret != ofBody {
			t.Errorf("of the body: %+v", got)
		}
	}
}

func TestTheAccessTokenIsInTheHeaderOrAParameter(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ header, query, want string }{
		{"Bearer abc", "", "abc"},
		{"bearer  abc ", "", "abc"},
		{"BEARER abc", "access_token=x", "abc"},
		{"", "access_token=x", "x"},
		{"Basic abc", "access_token=x", "x"},
		{"Bearer", "access_token=x", ""},
		{"dpop abc", "access_token=x", "abc"},
		{"", "", ""},
	} {
		call, _ := read(t, "", tt.query, "", "Authorization", tt.header)
		if got := call.AccessToken(); got != tt.want {
			t.Errorf("header %q, query %q: %q, want %q", tt.header, tt.query, got, tt.want)
		}
	}
}

// The journal does not show the secrets of a request, wherever they stand in it.
func TestTheJournalShowsNoSecrets(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	const secret = "s3cr3t-value"
	for _, name := range []string{"client_secret", "client_assertion", "password", "refresh_token", "access_token", "token", "code", "code_verifier"} {
		servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{name: secret})
		servertest.Call(t, s, "POST", "/oauth/token", url.Values{name: {secret}})
		servertest.Call(t, s, "POST", "/oauth/token?"+name+"="+secret, nil)
		servertest.Call(t, s, "POST", "/passwordless/start", servertest.Object{"authParams": servertest.Object{name: secret}})
		servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{name: []string{secret}})
	}
	servertest.Call(t, s, "GET", "/userinfo", nil, servertest.Header("Authorization", "Bearer "+secret))
	servertest.Call(t, s, "POST", "/oauth/token", nil, servertest.Header("Authorization", "Basic YTpzM2NyM3QtdmFsdWU="))
	if body := servertest.Call(t, s, "GET", "/_mock/requests", nil).Body.String(); strings.Contains(body, secret) {
		t.Errorf("the journal shows it: %s", body)
	}
}

// The same data are the same parameters as a form, as JSON, or in the query.
func FuzzNormalForm(f *testing.F) {
	f.Add("client_id=a&connection=email&email=ada%2B1%40example.com")
	f.Add("a=&b=%00&c=+&%C3%A9=%F0%9F%98%80&a==")
	f.Add("scope=openid&scope=email&scope=")
	f.Add("<>&\"'=\u2028&x=\\u0041")
	f.Fuzz(func(t *testing.T, form string) {
		// encoding/json and net/url replace invalid UTF-8 in different ways.
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
