package tenant

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/internal/refusal"
)

func TestAnAuthCodeIsExchangedOnce(t *testing.T) {
	t.Parallel()
	const callback = "http://localhost:3000/callback"
	tn := newTenant(t)
	client, _ := tn.Setup().Client("acme-web")
	other, _ := tn.Setup().Client("acme-native")
	session := newSession(tn, "ada@example.com", "", noon)
	code := func(a Authorization) string {
		t.Helper()
		a.Client, a.ResponseTypes, a.RedirectURI, a.Now = client, []string{"code"}, callback, noon
		approval, err := tn.Approve(a, session)
		if err != nil || approval.Tokens != nil {
			t.Fatal(approval, err)
		}
		return approval.Code
	}
	r := TokenRequest{Client: client, Now: noon}
	once := code(Authorization{Scope: "openid offline_access", Nonce: "n", TellsAuthTime: true})
	l, err := tn.RedeemCode(r, once, callback, "")
	if err != nil || l.Nonce != "n" || l.SID != session.SID || !l.AuthTime.Equal(session.AuthTime) || strings.Join(l.Scopes, " ") != "openid offline_access" {
		t.Fatalf("%+v, %v", l, err)
	}
	if s, ok := tn.Session(session.ID, noon); !ok || len(s.Clients) != 1 || s.Clients[0] != "acme-web" {
		t.Errorf("the session is %+v, %t", s, ok)
	}
	if _, err := tn.RedeemCode(r, once, callback, ""); !errors.Is(err, refusal.WrongAuthCode) {
		t.Errorf("the second time: %v", err)
	}
	if _, err := tn.Refresh(r, l.RefreshToken); !errors.Is(err, refusal.WrongRefreshToken) {
		t.Errorf("the refresh token of a code that came twice: %v", err)
	}
	const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // RFC 7636, appendix B
	for name, c := range map[string]struct {
		a         Authorization
		r         TokenRequest
		uri, with string
		want      error
	}{
		"another client":            {Authorization{}, TokenRequest{Client: other, Now: noon}, callback, "", refusal.WrongAuthCode},
		"too late":                  {Authorization{}, TokenRequest{Client: client, Now: noon.Add(10 * time.Minute)}, callback, "", refusal.WrongAuthCode},
		"another place":             {Authorization{}, r, "https://evil.test/", "", refusal.WrongRedirectURI},
		"no place":                  {Authorization{}, r, "", "", refusal.WrongRedirectURI},
		"S256":                      {Authorization{Challenge: challenge, Method: "S256"}, r, callback, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", nil},
		"plain":                     {Authorization{Challenge: "v", Method: "plain"}, r, callback, "v", nil},
		"a wrong verifier":          {Authorization{Challenge: challenge, Method: "S256"}, r, callback, challenge, refusal.WrongVerifier},
		"a verifier that is absent": {Authorization{Challenge: challenge, Method: "S256"}, r, callback, "", refusal.WrongVerifier},
		"a verifier for nothing":    {Authorization{}, r, callback, "v", refusal.WrongVerifier},
	} {
		if _, err := tn.RedeemCode(c.r, code(c.a), c.uri, c.with); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := tn.RedeemCode(r, "nothing", callback, ""); !errors.Is(err, refusal.WrongAuthCode) {
		t.Errorf("no code: %v", err)
	}
}
