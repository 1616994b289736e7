package tenant

import (
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

const (
	// captchaLifetime is how much time a user has to solve a captcha. Unverified:
	// how much it is at Auth0.
	captchaLifetime = 10 * time.Minute
	maxCaptchas     = 2_000
)

// A Captcha is a picture with letters that a user must read.
type Captcha struct {
	Flow   fixtures.Flow
	State  string // of the login, "" outside of a login page
	Answer string

	expires time.Time
}

type captchas struct {
	bounded[string, *Captcha]
	count tally[string] // how many captchas each flow and state had so far
}

func newCaptchas() captchas {
	return captchas{newBounded[string, *Captcha](maxCaptchas, nil), newTally[string](maxCaptchas)}
}

func (cs *captchas) settle(now time.Time) {
	cs.removeIf(func(c *Captcha) bool { return !now.Before(c.expires) })
}

// The letters of an answer, without those that look alike.
const (
	captchaLetters = "ACDEFHJKLMNPRTUVWXY347"
	captchaLength  = 6
)

// NewCaptcha makes a captcha. The earlier ones of the same state stay good: a user may
// have the page open twice.
func (t *Tenant) NewCaptcha(flow fixtures.Flow, state string, now time.Time) Captcha {
	t.mu.Lock()
	defer t.mu.Unlock()
	name := string(flow) + "\x00" + state
	sum := t.setup.Seed.Bytes("captcha", string(flow), state, strconv.FormatInt(t.captchas.count.add(name), 10))
	answer := make([]byte, captchaLength)
	for i := range answer {
		answer[i] = captchaLetters[int(sum[i])%len(captchaLetters)]
	}
	c := &Captcha{flow, state, string(answer), now.Add(captchaLifetime)}
	t.captchas.put(name+"\x00"+c.Answer, c)
	return *c
}

// SolveCaptcha checks the answer of a captcha of the flow. An answer is good once. A
// request that has no state may solve that of any state.
func (t *Tenant) SolveCaptcha(flow fixtures.Flow, state, answer string, now time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if answer == "" {
		return refusal.InvalidCaptcha.Because("the tenant asks for a captcha (attack_protection of the fixture), and the request has none; GET /_mock/captcha has the answer of the newest captcha")
	}
	for name, c := range t.captchas.all {
		if c.Flow == flow && (state == "" || c.State == "" || c.State == state) && now.Before(c.expires) && strings.EqualFold(c.Answer, strings.TrimSpace(answer)) {
			t.captchas.remove(name)
			return nil
		}
	}
	return refusal.InvalidCaptcha.Because("captcha is not the answer of a captcha that is still open, of the flow " + string(flow) + "; an answer works once, and GET /_mock/captcha has the answer of the newest captcha")
}

// NewestCaptcha returns the newest live captcha: of a login, or of all if state is "".
func (t *Tenant) NewestCaptcha(state string, now time.Time) (newest Captcha, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.captchas.all {
		if (state == "" || c.State == state) && now.Before(c.expires) {
			newest, ok = *c, true
		}
	}
	return newest, ok
}
