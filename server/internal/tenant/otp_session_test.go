package tenant

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/token"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// startSession is POST /otp/challenge with allow_signup. The code is "" if none was
// sent.
func startSession(tn *Tenant, client *fixtures.Client, to string, now time.Time) (session OTPSession, code string) {
	conn := tn.Setup().connections["Username-Password-Authentication"]
	session = tn.StartOTPSession(OTPSessionRequest{Client: client, AllowSignup: true, ChallengeRequest: ChallengeRequest{
		Connection: conn, Recipient: to, Now: now, Compose: func(s Secret) outbox.Message {
			code = s.Code
			return outbox.Message{To: to, Recipients: []string{to}, Code: s.Code, Connection: conn.Name}
		},
	}})
	return session, code
}

// Sessions and codes are the same in each run, and no two are equal. A tenant made of
// an export goes on with those that it has not had.
func TestSessionsAreDerived(t *testing.T) {
	t.Parallel()
	tn, same := newTenant(t), newTenant(t)
	native, _ := tn.Setup().Client("acme-native")
	seen := map[string]bool{}
	for range 3 {
		a, code := startSession(tn, native, "dora@example.com", noon)
		startSession(tn, native, "nell@example.com", noon) // another's login changes nothing
		b, again := startSession(same, native, "dora@example.com", noon)
		if a.ID != b.ID || code != again || len(a.ID) != 24 || len(code) != 6 {
			t.Errorf("%s with %s, and %s with %s", a.ID, code, b.ID, again)
		}
		if seen[a.ID] || seen[code] {
			t.Errorf("%s with %s is there twice", a.ID, code)
		}
		seen[a.ID], seen[code] = true, true
	}
	restarted := New(same.Export(), token.Embedded("fast"))
	if c, code := startSession(restarted, native, "dora@example.com", noon); seen[c.ID] || seen[code] {
		t.Errorf("after a restart %s with %s is there again", c.ID, code)
	}
}

// A session ends with its time, for good, and with a reset.
func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	native, _ := tn.Setup().Client("acme-native")
	redeem := func(session OTPSession, code string, now time.Time) error {
		_, err := tn.RedeemOTPSession(TokenRequest{Client: native, Now: now}, session.ID, code)
		return err
	}
	session, code := startSession(tn, native, "dora@example.com", noon)
	tn.settle(noon.Add(5 * time.Minute))
	if err := redeem(session, code, noon); !errors.Is(err, refusal.WrongOTPSession) {
		t.Errorf("a session that has lapsed, with the clock set back: %v", err)
	}
	session, code = startSession(tn, native, "dora@example.com", noon)
	if err := redeem(session, code, noon.Add(5*time.Minute-time.Second)); err != nil {
		t.Errorf("a second before its end: %v", err)
	}
	session, code = startSession(tn, native, "dora@example.com", noon)
	tn.Reset()
	if err := redeem(session, code, noon); !errors.Is(err, refusal.WrongOTPSession) {
		t.Errorf("after a reset: %v", err)
	}
}

func TestSessionsAreBounded(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	native, _ := tn.Setup().Client("acme-native")
	tn.otpSessions.max = 10
	for i := range 30 {
		startSession(tn, native, fmt.Sprintf("u%d@example.com", i), noon)
	}
	if n := tn.otpSessions.len(); n != 10 {
		t.Errorf("%d sessions are kept", n)
	}
}

// A code for a login signs nobody up, even if the user was deleted since.
func TestADeletedUserDoesNotComeBack(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	native, _ := tn.Setup().Client("acme-native")
	conn := tn.Setup().connections["Username-Password-Authentication"]
	code := ""
	session := tn.StartOTPSession(OTPSessionRequest{Client: native, ChallengeRequest: ChallengeRequest{
		Connection: conn, Recipient: "dora@example.com", Now: noon, Compose: func(s Secret) outbox.Message { code = s.Code; return outbox.Message{} },
	}})
	dora, _ := tn.UserByAddress("dora@example.com")
	if err := tn.DeleteUser(dora.UserID); err != nil {
		t.Fatal(err)
	}
	if _, err := tn.RedeemOTPSession(TokenRequest{Client: native, Now: noon}, session.ID, code); !errors.Is(err, refusal.WrongOTPSession) {
		t.Errorf("the code gives %v", err)
	}
	if u, ok := tn.UserByAddress("dora@example.com"); ok {
		t.Errorf("there is %+v again", u)
	}
}

// A username may look like the address of somebody else. The one who reads the mail there does
// not sign in as the user of that name, whether the user came before the code or after.
func TestACodeIsForTheOwnerOfTheAddress(t *testing.T) {
	t.Parallel()
	const allowed = "{signup: {status: optional}, validation: {max_length: 100, allowed_types: {email: true, phone_number: true}}}"
	f, err := fixtures.Parse("fixture.yaml", []byte("version: 1\nextends: default\nconnections:\n"+
		"  - name: Username-Password-Authentication\n    strategy: auth0\n    enabled_clients: ['*']\n    options:\n"+
		"      authentication_methods: {email_otp: {enabled: true}, phone_otp: {enabled: true}}\n"+
		"      attributes: {email: {signup: {status: optional}}, phone_number: {signup: {status: optional}}, username: "+allowed+"}\n"+
		"users: []\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ada@example.com", "+12025550101"} {
		tn := New(f, token.Embedded("fast"))
		native, _ := tn.Setup().Client("acme-native")
		conn := tn.Setup().connections["Username-Password-Authentication"]
		early, code := startSession(tn, native, name, noon)
		if code == "" {
			t.Fatalf("no code is sent to %s", name)
		}
		if _, err := tn.SignUp(conn, fixtures.User{Username: name, Email: "eve@example.com", Password: "x"}, noon); err != nil {
			t.Fatal(err)
		}
		if _, err := tn.RedeemOTPSession(TokenRequest{Client: native, Now: noon}, early.ID, code); !errors.Is(err, refusal.WrongOTPSession) {
			t.Errorf("the code that went to %s before: %v", name, err)
		}
		late, code := startSession(tn, native, name, noon)
		page := tn.ChallengeOfDatabase(ChallengeRequest{Connection: conn, Recipient: name, Now: noon, Compose: func(Secret) outbox.Message { return outbox.Message{To: name} }})
		if code != "" || late.Silent == "" || len(page.Sent) > 0 {
			t.Errorf("%s gets the code of the user of that name: %q, %+v", name, code, page)
		}
		if u, _ := tn.UserByAddress("eve@example.com"); u.EmailVerified || u.LoginsCount > 0 {
			t.Errorf("%s signed in as %+v", name, u)
		}
	}
}
