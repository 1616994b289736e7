package scenarios

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"strconv"
	"time"
)

// chance is a number from 0 (included) to 1 (not included) that derives from
// names: HMAC-SHA256 under the seed, as everything that looks random.
func chance(seed string, names ...string) float64 {
	mac := hmac.New(sha256.New, []byte(seed))
	for i, name := range names {
		if i > 0 {
			mac.Write([]byte{0})
		}
		mac.Write([]byte(name))
	}
	return float64(binary.BigEndian.Uint64(mac.Sum(nil))>>11) / (1 << 53)
}

// chanceOf is the chance of the n-th request of a key under a rule; what names
// the question.
func chanceOf(seed, what, scenario, rule, key string, n int64) float64 {
	return chance(seed, "scenario", what, scenario, rule, key, strconv.FormatInt(n, 10))
}

// z99 is the standard normal distribution's 99th percentile.
const z99 = 2.3263478740408408

// pick is the delay that a chance means; a log-normal one has a tail that ends
// at the longest delay there may be.
func (d *Delay) pick(u float64) time.Duration {
	switch {
	case d.Fixed > 0:
		return d.Fixed
	case d.Median > 0:
		sigma := math.Log(float64(d.P99)/float64(d.Median)) / z99
		z := math.Sqrt2 * math.Erfinv(2*u-1) // u = 0 gives no delay
		return min(time.Duration(float64(d.Median)*math.Exp(sigma*z)), maxDelay).Round(time.Microsecond)
	}
	return (d.Min + time.Duration(u*float64(d.Max-d.Min))).Round(time.Microsecond)
}
