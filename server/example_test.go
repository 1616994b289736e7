package server_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A Server is an http.Handler. Any listener can serve it.
func Example() {
	auth, err := server.New(server.Config{Seed: "dev"})
	if err != nil {
		panic(err)
	}
	ts := httptest.NewServer(auth)
	defer ts.Close()

	res, err := http.PostForm(ts.URL+"/passwordless/start", url.Values{
		"client_id": {"acme-native"}, "connection": {"email"}, "email": {"ada@example.com"}, "send": {"code"},
	})
	if err != nil {
		panic(err)
	}
	defer res.Body.Close()

	message, err := auth.Outbox().Wait(context.Background(), outbox.To("ada@example.com"))
	fmt.Println(res.Status, message.Code, err)
	// Output: 200 OK 241272 <nil>
}

// A user with claims of its own has them in every token.
func ExampleServer_AddUser() {
	auth, err := server.New(server.Config{})
	if err != nil {
		panic(err)
	}
	user, err := auth.AddUser(fixtures.User{
		Email:  "grace@example.com",
		Claims: map[string]any{"https://acme.test/plan": "pro"},
	})
	fmt.Println(user.Connection, user.Claims, err)
	// Output: email map[https://acme.test/plan:pro] <nil>
}

// A scenario that is switched on counts what it did.
func ExampleServer_Inject() {
	auth, err := server.New(server.Config{})
	if err != nil {
		panic(err)
	}
	on, err := auth.Inject(scenarios.RateLimited, scenarios.Narrowing{Times: 1})
	if err != nil {
		panic(err)
	}
	for range 2 {
		w := httptest.NewRecorder()
		auth.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/oauth/token", nil))
		fmt.Println(w.Code, on.Fired())
	}
	// Output:
	// 429 1
	// 400 1
}

// The clock of a tenant can stand still, and be moved.
func ExampleServer_Clock() {
	auth, err := server.New(server.Config{At: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		panic(err)
	}
	if err := auth.Clock().Advance(3 * time.Minute); err != nil {
		panic(err)
	}
	fmt.Println(auth.Clock().Now().Format(time.RFC3339))
	// Output: 2030-01-01T00:03:00Z
}
