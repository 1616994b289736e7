package container_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/testcontainers/testcontainers-go"

	"github.com/mockauth0/mockauth0/testkit/container"
)

// run starts a container that ends with the test.
func run(t *testing.T, opts ...testcontainers.ContainerCustomizer) *container.Container {
	t.Helper()
	auth, err := container.Run(t.Context(), image, opts...)
	testcontainers.CleanupContainer(t, auth)
	if err != nil {
		t.Fatal(err)
	}
	return auth
}

// must takes what a call returns, without an error.
func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// start asks for a code or a link by e-mail.
func start(t *testing.T, base, email, send string) {
	t.Helper()
	status, answer := post(t, base+"/passwordless/start", url.Values{
		"client_id": {"acme-native"}, "connection": {"email"}, "email": {email}, "send": {send},
	})
	if status != http.StatusOK {
		t.Fatalf("%d, %v", status, answer)
	}
}

func post(t *testing.T, url string, form url.Values) (int, map[string]any) {
	t.Helper()
	res, err := http.PostForm(url, form)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, answer
}
