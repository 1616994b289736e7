package tenant

import (
	"math"
	"time"
)

// A Limit is one of Auth0's rate limits: a bucket that refills steadily.
type Limit struct {
	Name   string
	Bucket int           // how many calls at once
	Refill int           // how many more in each Every
	Every  time.Duration // of the tenant's time
}

// Auth0's limits of a free tenant. Source: auth0/docs-v2 rate-limit-configurations/free-public.mdx.
var (
	LimitStart       = Limit{"passwordless.start", 50, 50, time.Hour} // each IP
	LimitOTP         = Limit{"otp.challenge", 50, 50, time.Hour}      // each IP; source: auth-api-passwordless-db-connections.mdx
	LimitToken       = Limit{"oauth.token", 30, 30, time.Second}      // the tenant
	LimitUserinfo    = Limit{"userinfo", 10, 5, time.Minute}          // each user
	LimitCrossOrigin = Limit{"co.authenticate", 5, 5, time.Second}    // the tenant
	LimitJWKS        = Limit{"jwks", 20, 20, time.Second}             // the tenant
	// Two pages, each by itself, for each IP.
	LimitEmailChallenge = Limit{"passwordless-email-challenge", 5, 5, time.Minute}
	LimitSMSChallenge   = Limit{"passwordless-sms-challenge", 5, 5, time.Minute}
	// For each IP and e-mail address: the page and /dbconnections/change_password.
	LimitReset = Limit{"dbconnections.change_password", 10, 1, time.Minute}
	// The Management API. The bucket is that of recorded answers.
	// Source: auth0/ruby-auth0 v5.17.0, its recordings.
	LimitManagement = Limit{"management", 50, 16, time.Second} // the tenant
	LimitOther      = Limit{"other", 300, 300, time.Minute}    // the tenant
)

const maxBuckets = 10_000

type bucketKey struct{ limit, key string }

type bucket struct {
	tokens float64
	at     time.Time
}

// A Quota is what is left of a limit, for the x-ratelimit headers.
type Quota struct {
	Name      string // of the limit
	Limit     int
	Remaining int
	// Reset is when the bucket next gains a call.
	Reset time.Time
	// Exceeded tells that this call is beyond the limit.
	Exceeded bool
}

// Take counts a call against a limit. The key says whose bucket it is: an IP,
// a user, or "" for the tenant's.
func (t *Tenant) Take(l Limit, key string, now time.Time) Quota {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.takeLocked(l, key, now)
}

func (t *Tenant) takeLocked(l Limit, key string, now time.Time) Quota {
	k := bucketKey{l.Name, key}
	b, ok := t.buckets[k]
	if !ok {
		if len(t.buckets) >= maxBuckets {
			t.forgetFullBucketsLocked(now)
		}
		b = &bucket{tokens: float64(l.Bucket), at: now}
		t.buckets[k] = b
	}
	perSecond := float64(l.Refill) / l.Every.Seconds()
	if passed := now.Sub(b.at); passed > 0 {
		b.tokens = min(float64(l.Bucket), b.tokens+passed.Seconds()*perSecond)
	}
	// Rounding errors of many small additions must not turn a whole call into a
	// little less.
	if whole := math.Round(b.tokens); math.Abs(b.tokens-whole) < 1e-6 {
		b.tokens = whole
	}
	b.at = now
	q := Quota{Name: l.Name, Limit: l.Bucket, Exceeded: b.tokens < 1}
	if !q.Exceeded {
		b.tokens--
	}
	whole := math.Floor(b.tokens)
	q.Remaining = int(whole)
	wait := time.Duration((whole + 1 - b.tokens) / perSecond * float64(time.Second)).Round(time.Microsecond)
	if rest := wait % time.Millisecond; rest > 0 {
		wait += time.Millisecond - rest // not before the call is free
	}
	q.Reset = now.Add(wait)
	return q
}

// giveBackLocked takes back that a call was counted.
func (t *Tenant) giveBackLocked(l Limit, key string) {
	if b, ok := t.buckets[bucketKey{l.Name, key}]; ok {
		b.tokens = min(float64(l.Bucket), b.tokens+1)
	}
}

// forgetFullBucketsLocked drops the buckets that were last used an hour ago. They
// are full by now, as new ones are.
func (t *Tenant) forgetFullBucketsLocked(now time.Time) {
	for k, b := range t.buckets {
		if now.Sub(b.at) >= time.Hour || now.Before(b.at) {
			delete(t.buckets, k)
		}
	}
	if len(t.buckets) < maxBuckets {
		return
	}
	// A tenth goes at once, so that not every call has to look through all
	// buckets. A bucket that is dropped early lets a few more calls through.
	for k := range t.buckets {
		if len(t.buckets) <= maxBuckets*9/10 {
			return
		}
		delete(t.buckets, k)
	}
}
