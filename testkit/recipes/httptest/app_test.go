// Package shop is a web app that signs people in with a code by e-mail, and
// its tests. In a project of yours, this file is the app.
package shop

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// A shop signs people in by Auth0, and knows them by a cookie.
type shop struct {
	auth0    string // such as https://acme.eu.auth0.com
	clientID string
	client   *http.Client // for the calls to Auth0

	mu       sync.Mutex
	sessions map[string]string // e-mail addresses by cookie
}

func newShop(auth0, clientID string, client *http.Client) *shop {
	return &shop{auth0: auth0, clientID: clientID, client: client, sessions: map[string]string{}}
}

func (s *shop) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.home)
	mux.HandleFunc("POST /login", s.login)
	mux.HandleFunc("POST /code", s.code)
	return mux
}

var page = template.Must(template.New("").Parse(`<!doctype html>
<title>Shop</title>
{{with .Flash}}<p role="alert">{{.}}</p>{{end}}
{{if .User}}<p>Welcome, {{.User}}!</p>
{{else if .Email}}<form method="post" action="/code">
<input type="hidden" name="email" value="{{.Email}}">
<label>The code that we sent you <input name="code" autocomplete="one-time-code"></label> <button>Sign in</button>
</form>
{{else}}<form method="post" action="/login">
<label>E-mail <input name="email" type="email"></label> <button>Send me a code</button>
</form>
{{end}}`))

// A view is what the page shows: the user who is signed in, else the form for
// a code that was sent to Email, else the one that asks for it.
type view struct{ User, Email, Flash string }

func (s *shop) home(w http.ResponseWriter, r *http.Request) {
	var user string
	if cookie, err := r.Cookie("session"); err == nil {
		s.mu.Lock()
		user = s.sessions[cookie.Value]
		s.mu.Unlock()
	}
	_ = page.Execute(w, view{User: user})
}

// login lets Auth0 send a code.
func (s *shop) login(w http.ResponseWriter, r *http.Request) {
	email := r.FormValue("email")
	err := s.post("/passwordless/start", url.Values{"connection": {"email"}, "email": {email}, "send": {"code"}}, nil)
	if err != nil {
		_ = page.Execute(w, view{Flash: err.Error()})
		return
	}
	_ = page.Execute(w, view{Email: email})
}

// code exchanges the code for a token, asks whose it is, and opens a session.
func (s *shop) code(w http.ResponseWriter, r *http.Request) {
	email := r.FormValue("email")
	user, err := s.redeem(email, r.FormValue("code"))
	if err != nil {
		_ = page.Execute(w, view{Email: email, Flash: err.Error()})
		return
	}
	session := rand.Text()
	s.mu.Lock()
	s.sessions[session] = user
	s.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: "session", Value: session, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// redeem is the e-mail address of the user whose code it is.
func (s *shop) redeem(email, code string) (user string, err error) {
	var tokens struct {
		AccessToken string `json:"access_token"`
	}
	err = s.post("/oauth/token", url.Values{
		"grant_type": {"http://auth0.com/oauth/grant-type/passwordless/otp"},
		"realm":      {"email"}, "username": {email}, "otp": {code}, "scope": {"openid email"},
	}, &tokens)
	if err != nil {
		return "", err
	}
	req, err := http.NewRequest("GET", s.auth0+"/userinfo", nil)
	if err != nil {
		return "", errUnavailable
	}
	req.Header.Set("Authorization", "Bearer "+tokens.AccessToken)
	var profile struct{ Email string }
	err = s.call(req, &profile)
	return profile.Email, err
}

func (s *shop) post(path string, form url.Values, answer any) error {
	form.Set("client_id", s.clientID)
	req, err := http.NewRequest("POST", s.auth0+path, strings.NewReader(form.Encode()))
	if err != nil {
		return errUnavailable
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.call(req, answer)
}

// What the user reads when it did not work; else it is Auth0's sentence.
var (
	errUnavailable = errors.New("We cannot sign you in at the moment. Please try again.")
	errTooFast     = errors.New("That was too fast. Please try again in a moment.")
)

// call calls Auth0, and reads its answer if there is a place for it.
func (s *shop) call(req *http.Request, answer any) error {
	res, err := s.client.Do(req)
	if err != nil {
		return errUnavailable
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusTooManyRequests:
		return errTooFast
	case res.StatusCode != http.StatusOK:
		var refusal struct {
			Description string `json:"error_description"`
		}
		if json.NewDecoder(res.Body).Decode(&refusal) != nil || refusal.Description == "" {
			return errUnavailable
		}
		return errors.New(refusal.Description)
	case answer != nil && json.NewDecoder(res.Body).Decode(answer) != nil:
		return errUnavailable
	}
	return nil
}
