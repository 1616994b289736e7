package testkit_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/testkit"
)

// A webApp signs people in by the tenant's pages, and knows them by a cookie.
type webApp struct {
	auth0, clientID, clientSecret string
	client                        *http.Client // for calls to the tenant
	more                          url.Values   // further parameters of /authorize
}

func newWebApp(auth *testkit.Auth0) *webApp {
	return &webApp{auth0: auth.URL(), clientID: auth.ClientID(), clientSecret: auth.ClientSecret(), client: auth.Client()}
}

func (a *webApp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	callback := "http://" + r.Host + "/callback"
	switch r.URL.Path {
	case "/login":
		query := url.Values{
			"response_type": {"code"}, "client_id": {a.clientID}, "redirect_uri": {callback},
			"scope": {"openid profile email"}, "state": {"any"},
		}
		maps.Copy(query, a.more)
		http.Redirect(w, r, a.auth0+"/authorize?"+query.Encode(), http.StatusFound)
	case "/callback":
		if r.FormValue("error") != "" {
			http.Error(w, "Auth0 says: "+r.FormValue("error_description"), http.StatusForbidden)
			return
		}
		name, err := a.exchange(r.FormValue("code"), callback)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "name", Value: url.QueryEscape(name), Path: "/"})
		http.Redirect(w, r, "/", http.StatusSeeOther)
	default:
		cookie, err := r.Cookie("name")
		if err != nil {
			fmt.Fprint(w, "Please sign in.")
			return
		}
		name, _ := url.QueryUnescape(cookie.Value)
		fmt.Fprintf(w, "Welcome, %s!", name)
	}
}

// exchange returns the name of the user who signed in.
func (a *webApp) exchange(code, callback string) (name string, err error) {
	form := url.Values{
		"grant_type": {"authorization_code"}, "client_id": {a.clientID}, "code": {code}, "redirect_uri": {callback},
	}
	if a.clientSecret != "" {
		form.Set("client_secret", a.clientSecret)
	}
	res, err := a.client.PostForm(a.auth0+"/oauth/token", form)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	var answer struct {
		IDToken     string `json:"id_token"`
		Description string `json:"error_description"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return "", err
	}
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the code was refused: %s", answer.Description)
	}
	var claims struct {
		Name string `json:"name"`
	}
	err = payload(answer.IDToken, &claims)
	return claims.Name, err
}

func serve(t testing.TB, app http.Handler) (base string) {
	t.Helper()
	server := httptest.NewServer(app)
	t.Cleanup(server.Close)
	return server.URL
}

func text(t testing.TB, res *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		opts []testkit.Option
		user string
		app  func(*testkit.Auth0, *webApp)
		want string
	}{
		"by e-mail":       {user: "Ada@example.com", want: "Welcome, Ada Lovelace!"},
		"by text message": {user: "+1 202 555 0101", want: "Welcome, +12025550101!"},
		"by password":     {user: "dora@example.com", want: "Welcome, Dora!"},
		"by the password of one of two users": {
			opts: []testkit.Option{testkit.Users(fixtures.User{Email: "ada@example.com", Password: "secret", Name: "Another Ada"})},
			user: "ada@example.com", app: func(_ *testkit.Auth0, a *webApp) {
				a.more = url.Values{"connection": {"Username-Password-Authentication"}}
			}, want: "Welcome, Another Ada!",
		},
		"on one page": {
			opts: []testkit.Option{testkit.FixtureYAML("version: 1\nextends: default\nprompts: {identifier_first: false}\n")},
			user: "dora@example.com", want: "Welcome, Dora!",
		},
		"by username": {
			opts: []testkit.Option{testkit.FixtureYAML("version: 1\nextends: default\nconnections:\n" +
				"  - {name: people, strategy: auth0, enabled_clients: ['*'], options: {requires_username: true}}\n" +
				"users:\n  - {username: grace, email: grace@example.com, name: Grace, password: secret}\n")},
			user: "Grace", want: "Welcome, Grace!",
		},
		"by a code for a new user of a database": {
			opts: []testkit.Option{testkit.FixtureYAML("version: 1\nextends: default\nconnections:\n" +
				"  - name: people\n    strategy: auth0\n    enabled_clients: ['*']\n" +
				"    options: {authentication_methods: {password: {enabled: false}, email_otp: {enabled: true}}}\n")},
			user: "new@example.com", want: "Welcome, new@example.com!",
		},
		"at the page for signing up by phone": {user: "+12025550101", app: func(_ *testkit.Auth0, a *webApp) {
			a.more = url.Values{"screen_hint": {"signup"}, "connection": {"sms"}}
		}, want: "Welcome, +12025550101!"},
		"for the first time": {user: "new@example.com", want: "Welcome, new@example.com!"},
		"over https":         {user: "ada@example.com", app: func(auth *testkit.Auth0, a *webApp) { a.auth0 = auth.TLSURL() }, want: "Welcome, Ada Lovelace!"},
		"at localhost": {user: "ada@example.com", app: func(auth *testkit.Auth0, a *webApp) {
			a.auth0 = strings.Replace(auth.URL(), "127.0.0.1", "localhost", 1)
		}, want: "Welcome, Ada Lovelace!"},
		"by a form that posts itself": {user: "ada@example.com", app: func(_ *testkit.Auth0, a *webApp) {
			a.more = url.Values{"response_mode": {"form_post"}}
		}, want: "Welcome, Ada Lovelace!"},
		"at the page for signing up": {user: "ada@example.com", app: func(_ *testkit.Auth0, a *webApp) {
			a.more = url.Values{"screen_hint": {"signup"}, "connection": {"email"}}
		}, want: "Welcome, Ada Lovelace!"},
		"to an app with a secret": {
			opts: []testkit.Option{testkit.Clients(fixtures.Client{
				ClientID: "mine", ClientSecret: "secret", GrantTypes: []string{"authorization_code"}, Callbacks: []string{"http://localhost:*"},
			})},
			user: "ada@example.com", want: "Welcome, Ada Lovelace!",
		},
		"who is blocked": {
			opts: []testkit.Option{testkit.Users(fixtures.User{Email: "eve@example.com", Password: "secret", Blocked: true})},
			user: "eve@example.com", want: "Auth0 says: user is blocked\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			auth := testkit.Start(t, tt.opts...)
			app := newWebApp(auth)
			if tt.app != nil {
				tt.app(auth, app)
			}
			res := auth.SignIn(t, nil, serve(t, app)+"/login", tt.user)
			if got := text(t, res); got != tt.want {
				t.Errorf("the app says %q, want %q", got, tt.want)
			}
		})
	}
}

// The client is signed in afterwards, to the app and to the tenant: a second
// login shows no page.
func TestSignInIsForTheClientsCookies(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t)
	base := serve(t, newWebApp(auth))
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: auth.NoRedirect().CheckRedirect}
	auth.SignIn(t, client, base+"/login", "ada@example.com")
	res, err := client.Get(base)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got := text(t, res); got != "Welcome, Ada Lovelace!" {
		t.Errorf("the client then sees %q", got)
	}
	auth.Server().Outbox().Delete()
	if got := text(t, auth.SignIn(t, client, base+"/login", "ada@example.com")); got != "Welcome, Ada Lovelace!" {
		t.Errorf("the second time: %q", got)
	}
	if held, _ := auth.Server().Outbox().Counts(); held != 0 {
		t.Error("the second login asked for a code")
	}
}

// The last response of a native app's login is the redirect to the app's own
// scheme.
// A user who has to give a second factor gives it: the code of an authenticator app, or
// of a text message.
func TestSignInWithASecondFactor(t *testing.T) {
	t.Parallel()
	for name, factor := range map[string]fixtures.Authenticator{
		"app": {Type: fixtures.FactorOTP}, "phone": {Type: fixtures.FactorPhone, PhoneNumber: "+12025550101"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			auth := testkit.Start(t, testkit.Users(fixtures.User{Email: "ada@example.com", EmailVerified: true, Name: "Ada", MFARequired: true, MFA: []fixtures.Authenticator{factor}}))
			app := httptest.NewServer(newWebApp(auth))
			defer app.Close()
			res := auth.SignIn(t, nil, app.URL+"/login", "ada@example.com")
			if body, _ := io.ReadAll(res.Body); !strings.Contains(string(body), "Ada") {
				t.Errorf("%s", body)
			}
		})
	}
}

func TestSignInOfANativeApp(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t)
	query := url.Values{"response_type": {"code"}, "client_id": {auth.ClientID()}, "redirect_uri": {"com.acme.app://callback"}}
	res := auth.SignIn(t, nil, auth.URL()+"/authorize?"+query.Encode(), "ada@example.com")
	if got := res.Header.Get("Location"); !strings.HasPrefix(got, "com.acme.app://callback?code=") {
		t.Errorf("%s, to %q", res.Status, got)
	}
}

// A handlerTransport takes requests to an app without a network.
type handlerTransport struct{ app http.Handler }

func (h handlerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	in := httptest.NewRequest(r.Method, r.URL.String(), r.Body)
	in.Header = r.Header
	w := httptest.NewRecorder()
	h.app.ServeHTTP(w, in)
	res := w.Result()
	res.Request = r
	return res, nil
}

func TestSignInInABubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		auth := testkit.Start(t, testkit.InMemory("login.acme.test"))
		jar, _ := cookiejar.New(nil)
		c := &http.Client{Jar: jar, Transport: handlerTransport{newWebApp(auth)}}
		if got := text(t, auth.SignIn(t, c, "http://localhost:3000/login", "ada@example.com")); got != "Welcome, Ada Lovelace!" {
			t.Errorf("the app says %q", got)
		}
	})
}

// Many tests may sign the same user in to one tenant.
func TestSignInsDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t)
	base := serve(t, newWebApp(auth))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			r := &recorder{}
			r.run(func() {
				auth.Tokens(r, "ada@example.com")
				auth.SignIn(r, nil, base+"/login", "ada@example.com")
			})
			if r.failed {
				t.Error(r.log.String())
			}
		})
	}
	all.Wait()
}

func TestSignInTellsWhatWentWrong(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		client *http.Client
		path   string // of the app; /login if ""
		user   string // ada@example.com if ""
		inject string
		app    func(*webApp)
		want   []string
	}{
		"a client without cookies": {client: &http.Client{}, want: []string{"the client has no cookie jar", "pass nil for a new browser"}},
		"a page without a login": {path: "/", want: []string{
			"SignIn of ada@example.com at http://127.0.0.1:", "/: this does not lead to the tenant at http://127.0.0.1:", "\n  GET http://127.0.0.1:", "/ -> 200",
		}},
		"no URL":                     {path: "\x00", want: []string{"invalid control character in URL"}},
		"neither address nor number": {user: "nobody", want: []string{"the page at /u/login/identifier says: Enter a valid email address or phone number.", "/u/login/identifier -> 400"}},
		"an unknown client": {app: func(a *webApp) { a.clientID = "abc" }, want: []string{
			"the page at /authorize says: 400 invalid_request: Unknown client: abc", "(client abc is not in the fixture; add --client abc (in Go, testkit.Clients))",
		}},
		"an unknown callback": {app: func(a *webApp) { a.more = url.Values{"redirect_uri": {"https://acme.example/callback"}} }, want: []string{
			"the page at /authorize says: 403 unauthorized_client: Callback URL mismatch.", "add it to the fixture",
		}},
		"a user who gets no code": {user: "alan@example.com", want: []string{"POST /u/login/identifier for alan@example.com sent nothing: the user is blocked"}},
		"a code that is refused":  {inject: "otp-expired", want: []string{"the page at /u/login/passwordless-email-challenge says: The verification code has expired.", "POST http://127.0.0.1:"}},
		"a tenant that is down":   {inject: "bad-gateway-html", want: []string{"the page at /authorize says: 502 bad_gateway: a page of HTML"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			auth := testkit.Start(t)
			if tt.inject != "" {
				auth.Inject(t, tt.inject).Optional()
			}
			app := newWebApp(auth)
			if tt.app != nil {
				tt.app(app)
			}
			if tt.path == "" {
				tt.path = "/login"
			}
			if tt.user == "" {
				tt.user = "ada@example.com"
			}
			base := serve(t, app)
			said := failureOf(t, func(r *recorder) { auth.SignIn(r, tt.client, base+tt.path, tt.user) })
			for _, want := range tt.want {
				if !strings.Contains(said, want) {
					t.Errorf("got %q, want %q in it", said, want)
				}
			}
		})
	}
}
