package testkit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/testkit"
)

// exampleTB stands in for a test's t, which an Example does not have.
type exampleTB struct{ *recorder }

func (exampleTB) Context() context.Context { return context.Background() }

func newExampleTB() (t exampleTB, end func()) {
	t = exampleTB{&recorder{TB: &testing.T{}}}
	return t, func() { t.run(func() {}) }
}

// login is what an app does: it asks for a code, and exchanges it.
func login(auth *testkit.Auth0, email string, code func() string) (tokens map[string]any) {
	post := func(path string, form url.Values) map[string]any {
		form.Set("client_id", auth.ClientID())
		res, err := auth.Client().PostForm(auth.URL()+path, form)
		if err != nil {
			panic(err)
		}
		defer res.Body.Close()
		var answer map[string]any
		_ = json.NewDecoder(res.Body).Decode(&answer)
		return answer
	}
	post("/passwordless/start", url.Values{"connection": {"email"}, "email": {email}, "send": {"code"}})
	return post("/oauth/token", url.Values{
		"grant_type": {"http://auth0.com/oauth/grant-type/passwordless/otp"},
		"realm":      {"email"}, "username": {email}, "otp": {code()}, "scope": {"openid email"},
	})
}

func ExampleStart() {
	t, end := newExampleTB()
	defer end()

	auth := testkit.Start(t, testkit.Seed("dev"))
	tokens := login(auth, "ada@example.com", func() string {
		return auth.OTP(t, "ada@example.com")
	})
	fmt.Println(tokens["scope"])
	fmt.Println(auth.Server().Outbox().All()[0].Code)
	// Output:
	// openid email
	// 241272
}

func ExampleAuth0_Expire() {
	t, end := newExampleTB()
	defer end()

	auth := testkit.Start(t)
	answer := login(auth, "ada@example.com", func() string {
		otp := auth.OTP(t, "ada@example.com")
		auth.Expire(t, "ada@example.com")
		return otp
	})
	fmt.Println(answer["error_description"])
	// Output: The verification code has expired. Please try to login again.
}

func ExampleAuth0_Inject() {
	t, end := newExampleTB()
	defer end()

	auth := testkit.Start(t)
	locked := auth.Inject(t, "otp-locked")
	answer := login(auth, "ada@example.com", func() string { return auth.OTP(t, "ada@example.com") })
	fmt.Println(answer["error_description"])
	fmt.Println(locked.Fired())
	// Output:
	// You've reached the maximum number of attempts. Please try to login again.
	// 1
}

func ExampleAuth0_InjectScenario() {
	t, end := newExampleTB()
	defer end()

	auth := testkit.Start(t)
	auth.InjectScenario(t, scenarios.Scenario{Name: "short-lived", Rules: []scenarios.Rule{{
		ID:   "token",
		When: scenarios.When{Recipient: scenarios.AnyOf{"ada@*"}},
		Then: scenarios.Then{Patch: map[string]any{"expires_in": 5, "id_token": nil}},
	}}})
	answer := login(auth, "ada@example.com", func() string { return auth.OTP(t, "ada@example.com") })
	fmt.Println(answer["expires_in"], answer["id_token"])
	// Output: 5 <nil>
}

func ExampleAuth0_Server() {
	t, end := newExampleTB()
	defer end()

	auth := testkit.Start(t, testkit.At(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)))
	answer := login(auth, "ada@example.com", func() string {
		otp := auth.OTP(t, "ada@example.com")
		auth.Advance(t, 3*time.Minute)
		return otp
	})
	fmt.Println(answer["error"], auth.Server().Clock().Now().Format(time.TimeOnly))
	for _, r := range auth.Server().Requests() {
		fmt.Println(r.Method, r.Path, r.Status)
	}
	// Output:
	// invalid_grant 00:03:00
	// POST /passwordless/start 200
	// POST /oauth/token 403
}

func ExampleInMemory() {
	t, end := newExampleTB()
	defer end()

	auth := testkit.Start(t, testkit.InMemory("login.acme.test"))
	res, err := auth.Client().Get(auth.URL() + "/.well-known/jwks.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Body.Close()
	fmt.Println(auth.Issuer(), res.StatusCode == http.StatusOK)
	// Output: https://login.acme.test/ true
}
