package shop

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/testkit"
)

// A browser is somebody who uses the app: cookies and all.
type browser struct {
	*http.Client
	app string
}

// open starts the app, with its Auth0, and opens it.
func open(t *testing.T) (*testkit.Auth0, *browser) {
	t.Helper()
	auth := testkit.Start(t)
	app := httptest.NewServer(newShop(auth.TLSURL(), auth.ClientID(), auth.Client()).routes())
	t.Cleanup(app.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := app.Client()
	client.Jar = jar
	return auth, &browser{client, app.URL}
}

// submit sends a form, and fails t unless the page that follows shows the words.
func (b *browser) submit(t *testing.T, path, words string, form url.Values) {
	t.Helper()
	res, err := b.PostForm(b.app+path, form)
	b.sees(t, words, res, err)
}

func (b *browser) sees(t *testing.T, words string, res *http.Response, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(body), words) {
		t.Errorf("the page does not say %q:\n%s", words, body)
	}
}

var ada = url.Values{"email": {"ada@example.com"}}

func withCode(code string) url.Values {
	return url.Values{"email": {"ada@example.com"}, "code": {code}}
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	auth, b := open(t)
	b.submit(t, "/login", "The code that we sent you", ada)
	b.submit(t, "/code", "Welcome, ada@example.com!", withCode(auth.OTP(t, "ada@example.com")))

	// The cookie is worth something.
	res, err := b.Get(b.app)
	b.sees(t, "Welcome, ada@example.com!", res, err)
}

func TestAWrongCodeMayBeCorrected(t *testing.T) {
	t.Parallel()
	auth, b := open(t)
	b.submit(t, "/login", "The code that we sent you", ada)
	b.submit(t, "/code", "Wrong email or verification code.", withCode("none"))
	b.submit(t, "/code", "Welcome, ada@example.com!", withCode(auth.OTP(t, "ada@example.com")))
}

// The first request of each recipient is one too many. If none is made, Inject
// fails the test.
func TestTooFastMayTryAgain(t *testing.T) {
	t.Parallel()
	auth, b := open(t)
	auth.Inject(t, "rate-limited-once")
	b.submit(t, "/login", "That was too fast. Please try again in a moment.", ada)
	b.submit(t, "/login", "The code that we sent you", ada)
	b.submit(t, "/code", "Welcome, ada@example.com!", withCode(auth.OTP(t, "ada@example.com")))
}

func TestAuth0IsDown(t *testing.T) {
	t.Parallel()
	auth, b := open(t)
	b.submit(t, "/login", "The code that we sent you", ada)
	down := auth.Inject(t, "bad-gateway-html")
	b.submit(t, "/code", "We cannot sign you in at the moment.", withCode(auth.OTP(t, "ada@example.com")))
	down.Off()
	b.submit(t, "/code", "Welcome, ada@example.com!", withCode(auth.OTP(t, "ada@example.com")))
}

// Nobody waits three minutes.
func TestALateCodeIsRefused(t *testing.T) {
	t.Parallel()
	auth, b := open(t)
	b.submit(t, "/login", "The code that we sent you", ada)
	code := auth.OTP(t, "ada@example.com")
	auth.Expire(t, "ada@example.com")
	b.submit(t, "/code", "The verification code has expired. Please try to login again.", withCode(code))
}
