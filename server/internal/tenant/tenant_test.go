package tenant

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/token"
	"github.com/mockauth0/mockauth0/server/outbox"
)

var noon = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)

func newTenant(t testing.TB) *Tenant {
	t.Helper()
	f, err := fixtures.Load("default")
	if err != nil {
		t.Fatal(err)
	}
	stopped, at := false, *f
	at.Clock = fixtures.Clock{Start: noon, Running: &stopped}
	return New(&at, token.Embedded("fast"))
}

func TestMatchOrigin(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern, origin string
		want            bool
	}{
		{"http://localhost:*", "http://localhost:3000", true},
		{"http://localhost:*", "http://localhost", true},
		{"http://localhost:*", "http://127.0.0.1:3000", true},
		{"http://localhost:*", "http://[::1]:3000", true},
		{"http://localhost:*", "https://localhost:3000", false},
		{"http://localhost:*", "http://localhost.example.com", false},
		{"http://localhost:*", "http://user@localhost:3000", false},
		{"http://example.com:*", "http://example.com:3000", false},
		{"https://app.example.com", "https://app.example.com", true},
		{"https://app.example.com", "https://APP.example.com", true},
		{"https://app.example.com/", "https://app.example.com", true},
		{"https://app.example.com", "https://app.example.com:8443", false},
		{"https://app.example.com", "http://app.example.com", false},
		{"https://*.example.com", "https://a.example.com", true},
		{"https://*.example.com", "https://a.b.example.com", false},
		{"https://*.example.com", "https://example.com", false},
		{"https://*.example.com", "https://.example.com", false},
		{"https://*.example.com", "https://evil-example.com", false},
		{"com.acme.app://*", "com.acme.app://x", false},
		{"https://app.example.com", "null", false},
		{"https://app.example.com", "", false},
	} {
		if got := MatchOrigin(tt.pattern, tt.origin); got != tt.want {
			t.Errorf("MatchOrigin(%q, %q) = %t", tt.pattern, tt.origin, got)
		}
	}
}

func TestProfileDefaultsAreAuth0s(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		user                    fixtures.User
		name, nickname, letters string
	}{
		{fixtures.User{Email: "tj@example.com"}, "tj@example.com", "tj", "tj"},
		{fixtures.User{Email: "ewa+888@example.com"}, "ewa+888@example.com", "ewa+888", "ew"},
		{fixtures.User{Email: "n.globe@example.com"}, "n.globe@example.com", "n.globe", "n"},
		{fixtures.User{Email: "v@example.com"}, "v@example.com", "v", "v"},
		{fixtures.User{Email: "e0x@example.com"}, "e0x@example.com", "e0x", "e0"},
		{fixtures.User{PhoneNumber: "+12025550101"}, "+12025550101", "+12025550101", "1"},
		{fixtures.User{PhoneNumber: "+442079460000"}, "+442079460000", "+442079460000", "4"},
		{fixtures.User{PhoneNumber: "+23720000000"}, "+23720000000", "+23720000000", "2"},
	} {
		got := Profile(tt.user)
		if got.Name != tt.name || got.Nickname != tt.nickname {
			t.Errorf("%s: name %q, nickname %q", tt.name, got.Name, got.Nickname)
		}
		want := "https://cdn.auth0.com/avatars/" + tt.letters + ".png"
		if tt.user.Email != "" {
			want = "?s=480&r=pg&d=https%3A%2F%2Fcdn.auth0.com%2Favatars%2F" + tt.letters + ".png"
		}
		if !strings.HasSuffix(got.Picture, want) || tt.user.Email != "" && !strings.HasPrefix(got.Picture, "https://s.gravatar.com/avatar/") {
			t.Errorf("%s: picture %s, want …%s", tt.name, got.Picture, want)
		}
	}
	own := fixtures.User{Email: "a@example.com", Name: "N", Nickname: "n", Picture: "p"}
	if got := Profile(own); got.Name != "N" || got.Nickname != "n" || got.Picture != "p" {
		t.Errorf("what is set is not kept: %+v", got)
	}
}

func TestScopesOfThePasswordStyleGrants(t *testing.T) {
	t.Parallel()
	const standard = "openid profile email address phone"
	for asked, want := range map[string]string{
		"":                        standard,
		"openid":                  standard,
		" openid  openid ":        standard,
		"offline_access":          standard + " offline_access",
		"openid offline_access":   standard + " offline_access",
		"offline_access openid":   standard + " offline_access",
		"email":                   "email",
		"openid email":            "openid email",
		"read:orders":             "read:orders",
		"openid read:orders":      "openid read:orders",
		"offline_access read:xyz": "offline_access read:xyz",
	} {
		if got := strings.Join(passwordScopes(asked), " "); got != want {
			t.Errorf("%q gives %q, want %q", asked, got, want)
		}
	}
}

func TestOfPresetsTheMostParticularCounts(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	f := *tn.Fixture()
	f.OTP.Presets = map[string]string{"*": "0000", "*@example.com": "1111", "qa+*@example.com": "2222", "qa+1@example.com": "3333"}
	tn.Put(&f, tn.Keys.Keys())
	for recipient, want := range map[string]string{"qa+1@example.com": "3333", "qa+2@example.com": "2222", "ada@example.com": "1111", "ada@acme.test": "0000"} {
		if got, err := tn.PredictOTP("email", recipient, 7); got != want || err != nil {
			t.Errorf("%s gets %q (%v), want %q", recipient, got, err, want)
		}
	}
}

func TestABucketRefillsSteadily(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	l := Limit{"test", 3, 6, time.Minute} // one each ten seconds
	now := noon
	take := func(remaining int, exceeded bool, reset time.Duration) {
		t.Helper()
		q := tn.Take(l, "a", now)
		if q.Remaining != remaining || q.Exceeded != exceeded || q.Limit != 3 || !q.Reset.Equal(now.Add(reset)) {
			t.Errorf("at %s: %+v, want %d left, exceeded %t, reset in %s", now.Sub(noon), q, remaining, exceeded, reset)
		}
	}
	take(2, false, 10*time.Second)
	take(1, false, 10*time.Second)
	take(0, false, 10*time.Second)
	take(0, true, 10*time.Second)
	now = now.Add(4 * time.Second)
	take(0, true, 6*time.Second)
	now = now.Add(6 * time.Second)
	take(0, false, 10*time.Second)
	now = now.Add(time.Hour)
	take(2, false, 10*time.Second)
	now = now.Add(-time.Hour) // a clock that was set back gives nothing
	take(1, false, 10*time.Second)
	if q := tn.Take(l, "b", now); q.Remaining != 2 {
		t.Errorf("another key shares the bucket: %+v", q)
	}
}

// Of each of Auth0's limits a call is free exactly when the answer says so.
func TestACallIsFreeAtTheReset(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	for _, l := range []Limit{LimitStart, LimitToken, LimitUserinfo, LimitJWKS, LimitOther, limitFailures} {
		now := noon
		for range l.Bucket {
			tn.Take(l, "", now)
		}
		for i := range 500 {
			q := tn.Take(l, "", now)
			if !q.Exceeded {
				t.Fatalf("%s, call %d: it is free before the reset", l.Name, i)
			}
			for step := range 6 { // asking in between changes nothing
				between := now.Add(time.Duration(step+1) * q.Reset.Sub(now) / 7)
				if !tn.Take(l, "", between).Exceeded {
					t.Fatalf("%s, call %d: it is free before the reset", l.Name, i)
				}
			}
			now = q.Reset
			if q = tn.Take(l, "", now); q.Exceeded {
				t.Fatalf("%s, call %d: it is not free at the reset", l.Name, i)
			}
		}
	}
}

// The same as over HTTP, with nothing in between that would pull the two apart.
func TestOfTwoThatRedeemACodeAtOnceOneWins(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	c, _ := tn.Setup().Client("acme-native")
	conn, _ := tn.Setup().Connection("email")
	for round := range 500 {
		var code string
		_, err := tn.Challenge(ChallengeRequest{Connection: conn, Recipient: "ada@example.com", Now: noon, Compose: func(s Secret) outbox.Message {
			code = s.Code
			return outbox.Message{To: "ada@example.com", Recipients: []string{"ada@example.com"}}
		}})
		if err != nil {
			t.Fatal(err)
		}
		var there, won atomic.Int32
		var done sync.WaitGroup
		for range 2 {
			done.Go(func() {
				for there.Add(1); there.Load() < 2; { // both set off within a few nanoseconds
					runtime.Gosched()
				}
				if _, err := tn.RedeemOTP(TokenRequest{Client: c, Now: noon}, "email", "ada@example.com", code); err == nil {
					won.Add(1)
				}
			})
		}
		done.Wait()
		if won.Load() != 1 {
			t.Fatalf("round %d: %d of 2 redeemed the code", round, won.Load())
		}
	}
}

// Of two requests with the same token the one that comes second may have read
// the clock first. Without a leeway that is a reuse all the same.
func TestWithoutALeewayATokenIsExchangedOnceWhateverTheClocksSay(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	c, _ := tn.Setup().Client("acme-spa")
	u := tn.Users()[0]
	tn.mu.Lock()
	token := tn.newFamilyLocked(&Login{Client: c, User: &u, GrantTypes: []string{"password"}}, noon)
	tn.mu.Unlock()
	if _, err := tn.Refresh(TokenRequest{Client: c, Now: noon.Add(time.Second)}, token); err != nil {
		t.Fatal(err)
	}
	if _, err := tn.Refresh(TokenRequest{Client: c, Now: noon}, token); err == nil {
		t.Error("it is exchanged twice")
	}
}

func TestBucketsAreBounded(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	for i := range 2*maxBuckets + 10 {
		tn.Take(LimitStart, fmt.Sprint(i), noon)
	}
	if n := len(tn.buckets); n > maxBuckets {
		t.Errorf("%d buckets are kept", n)
	}
}

func TestABoundedMapDropsTheOldestAndCountsTheLiving(t *testing.T) {
	t.Parallel()
	b := newBounded[int](3, func(alive bool) bool { return alive })
	for i := range 3 {
		b.put(i, i != 1)
	}
	b.put(0, true) // the youngest now
	b.put(3, true) // 1 goes, which nobody misses
	b.put(4, true) // 2 goes
	var keys []int
	for k := range b.all {
		keys = append(keys, k)
		b.remove(k)
	}
	if fmt.Sprint(keys) != "[0 3 4]" || b.dropped != 1 || b.len() != 0 {
		t.Errorf("kept %v, dropped %d, left %d", keys, b.dropped, b.len())
	}
}

func TestRefreshTokensCannotBeMadeUp(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	c, _ := tn.Setup().Client("acme-native")
	u, err := tn.AddUser(fixtures.User{Email: "grace@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	tn.mu.Lock()
	token := tn.newFamilyLocked(&Login{Client: c, User: &u, GrantTypes: []string{"password"}}, noon)
	tn.mu.Unlock()
	if len(token) != 51 || !strings.HasPrefix(token, "v1.") {
		t.Fatalf("the token is %q", token)
	}
	find := func(presented string) *family {
		tn.mu.Lock()
		defer tn.mu.Unlock()
		f, _ := tn.readRefreshLocked(presented)
		return f
	}
	if find(token) == nil {
		t.Fatal("the token is not found")
	}
	for i := range token {
		other := byte('A')
		if token[i] == other {
			other = 'B'
		}
		if changed := token[:i] + string(other) + token[i+1:]; find(changed) != nil {
			t.Errorf("with another character at %d it is found, too", i)
		}
	}
	for _, presented := range []string{"", "v1.", token[3:], token + "A", token[:50]} {
		if find(presented) != nil {
			t.Errorf("%q is found", presented)
		}
	}
}

func TestUsersKeepTheirOrderWhenAFixtureIsTakenInAgain(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	if _, err := tn.AddUser(fixtures.User{Email: "grace@example.com"}); err != nil {
		t.Fatal(err)
	}
	order := func() (list []string) {
		for _, u := range tn.Users() {
			list = append(list, u.Email+u.PhoneNumber)
		}
		return list
	}
	before := order()
	tn.Merge(tn.Fixture(), tn.Keys.Keys())
	if after := order(); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("before %v, after %v", before, after)
	}
}

func TestChallengesAreBoundedAndCounted(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	tn.mu.Lock()
	tn.challenges.bounded.max = 2
	for i := range 5 {
		tn.challenges.bounded.put(challengeKey{"email", fmt.Sprint(i)}, &challenge{n: 1})
	}
	tn.mu.Unlock()
	if c := tn.Counts(); c.Challenges != 2 || c.DroppedChallenges != 3 {
		t.Errorf("%+v", c)
	}
}
