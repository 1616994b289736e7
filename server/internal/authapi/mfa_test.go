package authapi_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A required is the refusal that asks for a second factor.
type required struct {
	Error        string `json:"error"`
	Token        string `json:"mfa_token"`
	Requirements struct {
		Challenge, Enroll []struct{ Type string }
	} `json:"mfa_requirements"`
}

// signIn signs a user in by password, and returns the refusal.
func signIn(t testing.TB, s *server.Server, user string) required {
	t.Helper()
	w := servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{
		"grant_type": "password", "client_id": "acme-native", "username": user, "password": "Passw0rd!", "scope": "openid offline_access",
	})
	if w.Code != http.StatusForbidden {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return decoded[required](t, w)
}

func decoded[T any](t testing.TB, w *httptest.ResponseRecorder) (value T) {
	t.Helper()
	copied := *w
	copied.Code = http.StatusOK
	return servertest.DecodeAnswer[T](t, &copied)
}

// prove redeems an MFA grant.
func prove(t testing.TB, s *server.Server, grant, token string, more servertest.Object, changes ...servertest.Change) *httptest.ResponseRecorder {
	t.Helper()
	body := servertest.Object{"grant_type": "http://auth0.com/oauth/grant-type/" + grant, "client_id": "acme-native", "mfa_token": token}
	maps.Copy(body, more)
	return servertest.Call(t, s, "POST", "/oauth/token", body, changes...)
}

// challenge asks for a message and returns its oob_code.
func challenge(t testing.TB, s *server.Server, token string, changes ...servertest.Change) *httptest.ResponseRecorder {
	t.Helper()
	return servertest.Call(t, s, "POST", "/mfa/challenge", servertest.Object{"client_id": "acme-native", "mfa_token": token, "challenge_type": "oob"}, changes...)
}

type challenged struct {
	Type string `json:"challenge_type"`
	Code string `json:"oob_code"`
}

const phone = "+12025550101"

// mfaFixture has dora, who has an app, a phone and a recovery code, and erin, who has
// no second factor yet. Both need one.
const mfaFixture = `
users:
  - email: dora@example.com
    password: Passw0rd!
    mfa_required: true
    mfa: [{type: otp, secret: JBSWY3DPEHPK3PXP}, {type: phone, phone_number: "` + phone + `"}, {type: recovery-code, code: MZCRK3YX5V3AKNNYY6JEBQCL}]
  - {email: erin@example.com, password: Passw0rd!, mfa_required: true}
  - {email: finn@example.com, password: Passw0rd!}
`

func mfaServer(t testing.TB) *server.Server {
	t.Helper()
	return servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, mfaFixture)})
}

func totp(t testing.TB, s *server.Server, user string) string {
	t.Helper()
	code, _, err := s.TOTP(user)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// What scenarios do to a code, they do to the codes of second factors.
func TestScenariosActOnTheCodesOfSecondFactors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		otp, grant string
		right      bool // the code that is sent
		status     int
		want       string
	}{
		{"wrong", "mfa-otp", true, 403, "Invalid otp_code."},
		{"expired", "mfa-otp", true, 403, "Invalid otp_code."},
		{"locked", "mfa-otp", true, 429, "Too many failed codes."},
		{"accept_any", "mfa-otp", false, 200, ""},
		{"wrong", "mfa-oob", true, 403, "Invalid binding_code."},
		{"expired", "mfa-oob", true, 401, "oob_code is expired"},
		{"locked", "mfa-oob", true, 429, "Too many failed codes."},
		{"accept_any", "mfa-oob", false, 200, ""},
		{"wrong", "mfa-recovery-code", true, 403, "MFA Authorization rejected."},
		{"accept_any", "mfa-recovery-code", false, 200, ""},
		{`{code: "111111"}`, "mfa-otp", true, 403, "Invalid otp_code."},
		{`{code: "111111"}`, "mfa-oob", true, 403, "Invalid binding_code."},
		{`{code: "000000"}`, "mfa-oob", false, 200, ""},
	} {
		s := mfaServer(t)
		token := signIn(t, s, "dora@example.com").Token
		proof := servertest.Object{}
		switch tt.grant {
		case "mfa-otp":
			proof["otp"] = totp(t, s, "dora@example.com")
		case "mfa-oob":
			proof["oob_code"] = servertest.DecodeAnswer[challenged](t, challenge(t, s, token)).Code
			proof["binding_code"] = servertest.Live(t, s, phone)
		default:
			proof["recovery_code"] = "MZCRK3YX5V3AKNNYY6JEBQCL"
		}
		if !tt.right {
			for _, name := range []string{"otp", "binding_code", "recovery_code"} {
				if _, ok := proof[name]; ok {
					proof[name] = "000000"
				}
			}
		}
		servertest.SwitchOn(t, s, "version: 1\nname: x\nrules: [{id: a, when: {endpoint: oauth.token}, then: {otp: "+tt.otp+"}}]\n")
		w := prove(t, s, tt.grant, token, proof)
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) || w.Header().Get("X-Mock-Scenario") != "x/a" {
			t.Errorf("otp: %s, %s: %d %s, by %q", tt.otp, tt.grant, w.Code, w.Body, w.Header().Get("X-Mock-Scenario"))
		}
	}
}

// What scenarios do to a message, they do to those of second factors, which
// challenges and enrolments send.
func TestScenariosActOnTheMessagesOfSecondFactors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		then  string
		state string // of the message
		right bool   // its code is good
	}{
		{"{deliver: {outcome: lost}}", outbox.Lost, true},
		{"{deliver: {outcome: bounced}}", outbox.Bounced, true},
		{"{deliver: {delay: 1m}}", outbox.Queued, true},
		{"{deliver: {corrupt: code}}", outbox.Delivered, false},
	} {
		for _, endpoint := range []string{"mfa.challenge", "mfa.associate"} {
			s := mfaServer(t)
			servertest.SwitchOn(t, s, "version: 1\nname: x\nrules: [{id: a, when: {endpoint: "+endpoint+"}, then: "+tt.then+"}]\n")
			user, to := "dora@example.com", phone
			var w *httptest.ResponseRecorder
			if endpoint == "mfa.associate" {
				user, to = "erin@example.com", "+12025550102"
			}
			token := signIn(t, s, user).Token
			if endpoint == "mfa.challenge" {
				w = challenge(t, s, token)
			} else {
				w = servertest.Call(t, s, "POST", "/mfa/associate", servertest.Object{"authenticator_types": []string{"oob"}, "oob_channels": []string{"sms"}, "phone_number": to}, servertest.Header("Authorization", "Bearer "+token))
			}
			oob := servertest.DecodeAnswer[challenged](t, w).Code
			m := s.Outbox().All(outbox.To(to), outbox.Purpose(outbox.MFACode))
			if len(m) != 1 || m[0].State != tt.state || m[0].Scenario != "x/a" {
				t.Fatalf("%s at %s: %+v", tt.then, endpoint, m)
			}
			if w := prove(t, s, "mfa-oob", token, servertest.Object{"oob_code": oob, "binding_code": m[0].Code}); (w.Code == http.StatusOK) != tt.right {
				t.Errorf("%s at %s: %d %s", tt.then, endpoint, w.Code, w.Body)
			}
		}
	}
}

// Scenarios block the user, break the endpoints of the MFA API, and patch them.
func TestScenariosActOnTheMFAAPI(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		endpoint, then string
		status         int
		want           string
	}{
		{"mfa.challenge", "{user: blocked}", 401, "user is blocked"},
		{"mfa.associate", "{user: blocked}", 401, "user is blocked"},
		{"mfa.challenge", "{respond: {preset: mfa_slow_down}}", 400, "slow_down"},
		{"mfa.authenticators", "{respond: {status: 503}}", 503, ""},
		{"mfa.challenge", "{patch: {challenge_type: carrier-pigeon}}", 200, "carrier-pigeon"},
		{"mfa.associate", "{patch: {secret: ABC}}", 200, `"secret":"ABC"`},
		{"oauth.token", "{user: blocked}", 401, "user is blocked"},
	} {
		s := mfaServer(t)
		dora, erin := signIn(t, s, "dora@example.com").Token, signIn(t, s, "erin@example.com").Token
		servertest.SwitchOn(t, s, "version: 1\nname: x\nrules: [{id: a, when: {endpoint: "+tt.endpoint+"}, then: "+tt.then+"}]\n")
		var w *httptest.ResponseRecorder
		switch tt.endpoint {
		case "mfa.challenge":
			w = challenge(t, s, dora)
		case "mfa.associate":
			w = servertest.Call(t, s, "POST", "/mfa/associate", servertest.Object{"authenticator_types": []string{"otp"}}, servertest.Header("Authorization", "Bearer "+erin))
		case "mfa.authenticators":
			w = servertest.Call(t, s, "GET", "/mfa/authenticators", nil, servertest.Header("Authorization", "Bearer "+dora))
		default:
			w = prove(t, s, "mfa-otp", dora, servertest.Object{"otp": totp(t, s, "dora@example.com")})
		}
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) || w.Header().Get("X-Mock-Scenario") != "x/a" {
			t.Errorf("%s %s: %d %s, by %q", tt.endpoint, tt.then, w.Code, w.Body, w.Header().Get("X-Mock-Scenario"))
		}
	}
}

// A rule for one user acts on the MFA API for that user only.
func TestARuleOfOneUserActsOnTheMFAAPI(t *testing.T) {
	t.Parallel()
	s := mfaServer(t)
	dora, erin := signIn(t, s, "dora@example.com").Token, signIn(t, s, "erin@example.com").Token
	servertest.SwitchOn(t, s, "version: 1\nname: x\nrules: [{id: a, when: {endpoint: mfa.authenticators, recipient: dora@example.com}, then: {respond: {status: 503}}}]\n")
	for token, want := range map[string]int{dora: 503, erin: 200} {
		if w := servertest.Call(t, s, "GET", "/mfa/authenticators", nil, servertest.Header("Authorization", "Bearer "+token)); w.Code != want {
			t.Errorf("%d, want %d", w.Code, want)
		}
	}
}

// The scenario mfa-required leads to a real second factor, which ends the login: at a
// login by password, by code, and at a refresh.
func TestTheScenarioMFARequiredLeadsToASecondFactor(t *testing.T) {
	t.Parallel()
	s := mfaServer(t)
	tokens := servertest.Login(t, s, "gus@example.com", servertest.Object{"scope": "openid offline_access"})
	code := servertest.Start(t, s, "gus@example.com")
	if _, err := s.Inject("mfa-required", scenarios.Narrowing{}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		user string
		w    *httptest.ResponseRecorder
	}{
		{"gus@example.com", servertest.Redeem(t, s, "gus@example.com", code, nil)},
		{"gus@example.com", servertest.Refresh(t, s, tokens.RefreshToken)},
		{"finn@example.com", servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{
			"grant_type": "password", "client_id": "acme-native", "username": "finn@example.com", "password": "Passw0rd!",
		})},
	} {
		asked := decoded[required](t, tt.w)
		if asked.Error != "mfa_required" || len(asked.Requirements.Enroll) != 3 {
			t.Fatalf("%s: %s", tt.user, tt.w.Body)
		}
		if _, _, err := s.TOTP(tt.user); err != nil {
			servertest.DecodeAnswer[servertest.Object](t, servertest.Call(t, s, "POST", "/mfa/associate", servertest.Object{"authenticator_types": []string{"otp"}}, servertest.Header("Authorization", "Bearer "+asked.Token)))
		}
		if err := s.Clock().Advance(30 * time.Second); err != nil { // a code works once
			t.Fatal(err)
		}
		servertest.DecodeAnswer[servertest.Tokens](t, prove(t, s, "mfa-otp", asked.Token, servertest.Object{"otp": totp(t, s, tt.user)}))
	}
}

// Enrolments are part of the user: the export has them, and a reset forgets them.
func TestEnrolmentsAreExportedAndForgotten(t *testing.T) {
	t.Parallel()
	s := mfaServer(t)
	token := signIn(t, s, "erin@example.com").Token
	servertest.DecodeAnswer[servertest.Object](t, servertest.Call(t, s, "POST", "/mfa/associate", servertest.Object{"authenticator_types": []string{"otp"}}, servertest.Header("Authorization", "Bearer "+token)))
	servertest.DecodeAnswer[servertest.Tokens](t, prove(t, s, "mfa-otp", token, servertest.Object{"otp": totp(t, s, "erin@example.com")}))
	have := servertest.UserOf(t, s, "erin@example.com").MFA
	if len(have) != 2 || have[0].Secret == "" || len(have[1].Code) != 24 || !have[0].Confirmed() || !have[1].Confirmed() {
		t.Fatalf("erin has %+v", have)
	}
	// Another server goes on with the export, whose user is that of the fixture.
	other := servertest.New(t, server.Config{At: servertest.At2030, Fixture: s.State()})
	if again := servertest.UserOf(t, other, "erin@example.com").MFA; !slices.EqualFunc(have, again, func(a, b fixtures.Authenticator) bool {
		return a.ID == b.ID && a.Secret == b.Secret && a.Code == b.Code
	}) {
		t.Errorf("after an export erin has %+v", again)
	}
	token = signIn(t, s, "dora@example.com").Token
	s.Reset()
	if rest := servertest.UserOf(t, s, "erin@example.com").MFA; rest != nil {
		t.Errorf("after a reset erin has %+v", rest)
	}
	if w := challenge(t, s, token); w.Code != http.StatusForbidden {
		t.Errorf("after a reset the mfa_token answers %d %s", w.Code, w.Body)
	}
}

// The limit of codes is one of wrong codes: right ones do not count.
func TestRightCodesDoNotCount(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, mfaFixture+"limits: {enforce: true}\n")})
	for range 12 { // the limit is 10
		token := signIn(t, s, "dora@example.com").Token
		servertest.DecodeAnswer[servertest.Tokens](t, prove(t, s, "mfa-otp", token, servertest.Object{"otp": totp(t, s, "dora@example.com")}))
		if err := s.Clock().Advance(30 * time.Second); err != nil { // a code works once
			t.Fatal(err)
		}
	}
}

// The journal shows no secrets of second factors.
func TestTheJournalHidesSecondFactors(t *testing.T) {
	t.Parallel()
	s := mfaServer(t)
	token := signIn(t, s, "dora@example.com").Token
	for _, name := range []string{"otp", "oob_code", "binding_code", "recovery_code"} {
		prove(t, s, "mfa-oob", token, servertest.Object{name: "s3cr3t"})
	}
	challenge(t, s, token)
	w := servertest.Call(t, s, "GET", "/_mock/requests", nil)
	for _, secret := range []string{"s3cr3t", token} {
		if strings.Contains(w.Body.String(), secret) {
			t.Errorf("the journal shows %.20s…", secret)
		}
	}
}

// An mfa_token enrolls no factor once the user has one, also if it began the enrolment
// before.
func TestAnEnrolmentEndsWhenTheUserEnrollsElsewhere(t *testing.T) {
	t.Parallel()
	s := mfaServer(t)
	mallory, erin := signIn(t, s, "erin@example.com").Token, signIn(t, s, "erin@example.com").Token
	sms := servertest.Object{"authenticator_types": []string{"oob"}, "oob_channels": []string{"sms"}, "phone_number": phone}
	oob := servertest.DecodeAnswer[challenged](t, servertest.Call(t, s, "POST", "/mfa/associate", sms, servertest.Header("Authorization", "Bearer "+mallory))).Code
	code := servertest.Live(t, s, phone)
	servertest.DecodeAnswer[servertest.Object](t, servertest.Call(t, s, "POST", "/mfa/associate", servertest.Object{"authenticator_types": []string{"otp"}}, servertest.Header("Authorization", "Bearer "+erin)))
	servertest.DecodeAnswer[servertest.Tokens](t, prove(t, s, "mfa-otp", erin, servertest.Object{"otp": totp(t, s, "erin@example.com")}))
	if w := prove(t, s, "mfa-oob", mallory, servertest.Object{"oob_code": oob, "binding_code": code}); w.Code != http.StatusForbidden {
		t.Errorf("the enrolment is confirmed: %d %s", w.Code, w.Body)
	}
	if w := servertest.Call(t, s, "POST", "/mfa/associate", sms, servertest.Header("Authorization", "Bearer "+mallory)); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "User is already enrolled.") {
		t.Errorf("another enrolment: %d %s", w.Code, w.Body)
	}
}

// What is no text is no number and no address: nothing goes to the user's own instead.
func TestOnlyATextIsANumberOrAnAddress(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, mfaFixture+"guardian: {factors: {otp: true, sms: true, email: true}}\n")})
	token := signIn(t, s, "erin@example.com").Token
	for _, more := range []servertest.Object{
		{"oob_channels": []string{"email"}, "email": 5},
		{"oob_channels": []string{"email"}, "email": []string{"x@example.com"}},
		{"oob_channels": []string{"sms"}, "phone_number": servertest.Object{"a": phone}},
	} {
		more["authenticator_types"] = []string{"oob"}
		w := servertest.Call(t, s, "POST", "/mfa/associate", more, servertest.Header("Authorization", "Bearer "+token))
		if w.Code != http.StatusBadRequest || len(s.Outbox().All()) != 0 {
			t.Errorf("%v: %d %s", more, w.Code, w.Body)
		}
	}
}

// A second app is confirmed by its own code, which the mock tells meanwhile. The code of
// the first app confirms nothing.
func TestASecondAppIsConfirmedByItsOwnCode(t *testing.T) {
	t.Parallel()
	s := mfaServer(t)
	w := servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{
		"grant_type": "password", "client_id": "acme-native", "username": "dora@example.com", "password": "Passw0rd!", "audience": "http://localhost:2884/mfa/", "scope": "enroll",
	})
	access := servertest.DecodeAnswer[servertest.Tokens](t, prove(t, s, "mfa-otp", decoded[required](t, w).Token, servertest.Object{"otp": totp(t, s, "dora@example.com")})).AccessToken
	if err := s.Clock().Advance(30 * time.Second); err != nil { // a code works once
		t.Fatal(err)
	}
	first := totp(t, s, "dora@example.com")
	servertest.DecodeAnswer[servertest.Object](t, servertest.Call(t, s, "POST", "/mfa/associate", servertest.Object{"authenticator_types": []string{"otp"}}, servertest.Header("Authorization", "Bearer "+access)))
	for _, code := range []string{first, totp(t, s, "dora@example.com")} {
		w := prove(t, s, "mfa-otp", access, servertest.Object{"otp": code})
		mfa := servertest.UserOf(t, s, "dora@example.com").MFA
		if added := mfa[len(mfa)-1]; (w.Code == http.StatusOK) != (code != first) || added.Confirmed() != (code != first) {
			t.Errorf("%d %s, and dora has %+v", w.Code, w.Body, added)
		}
	}
	if code := totp(t, s, "dora@example.com"); code != first {
		t.Error("after that the mock tells the code of the second app")
	}
}
