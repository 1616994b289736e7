package shop

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/mockauth0/mockauth0/testkit"
)

// newAPI is an API that lets those in whose access token the issuer knows.
func newAPI(t *testing.T, issuer string) string {
	t.Helper()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ask, _ := http.NewRequestWithContext(r.Context(), "GET", issuer+"userinfo", nil)
		ask.Header.Set("Authorization", r.Header.Get("Authorization"))
		res, err := http.DefaultClient.Do(ask)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		res.Body.Close()
		w.WriteHeader(res.StatusCode)
	}))
	t.Cleanup(api.Close)
	return api.URL
}

func TestOrders(t *testing.T) {
	auth := testkit.Start(t)
	tokens := auth.Tokens(t, "ada@example.com", testkit.TokenRequest{Scopes: []string{"openid", "email", "read:orders"}})
	if tokens.Claims["email"] != "ada@example.com" {
		t.Errorf("the ID token says %v", tokens.Claims)
	}

	request, _ := http.NewRequest("GET", newAPI(t, auth.Issuer())+"/orders", nil)
	request.Header.Set("Authorization", "Bearer "+tokens.AccessToken)
	res, err := auth.Client().Do(request)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", res, err)
	}
	res.Body.Close()
}

func TestForgedOrders(t *testing.T) {
	auth := testkit.Start(t)
	good := auth.MintToken(t, map[string]any{"sub": "email|ada", "aud": "https://api.acme.test/"})
	forged := auth.ForgeToken(t, map[string]any{"sub": "email|ada", "aud": "https://api.acme.test/"})
	if good == forged {
		t.Error("a forged token is a good one")
	}

	request, _ := http.NewRequest("GET", newAPI(t, auth.Issuer())+"/orders", nil)
	request.Header.Set("Authorization", "Bearer "+forged)
	res, err := auth.Client().Do(request)
	if err != nil || res.StatusCode != http.StatusUnauthorized {
		t.Fatalf("%v, %v", res, err)
	}
	res.Body.Close()
}
