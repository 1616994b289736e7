package faults

import (
	"encoding/binary"
	"math"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/internal/derive"
	"github.com/mockauth0/mockauth0/scenarios"
)

// chance is a number from 0 (included) to 1 (excluded). It derives from the
// seed and from names: the question (probability or delay), the scenario, the
// rule, and the n-th request of a key.
func chance(seed, question, scenario, rule, key string, n int64) float64 {
	sum := derive.Seed(seed).Bytes("scenario", question, scenario, rule, key, strconv.FormatInt(n, 10))
	return float64(binary.BigEndian.Uint64(sum[:])>>11) / (1 << 53)
}

// longestDelay is where the tail of a log-normal distribution is cut off.
const longestDelay = 10 * time.Minute

// z99 is the 99th percentile of the standard normal distribution.
const z99 = 2.3263478740408408

// pick is the delay that belongs to a chance.
func pick(d *scenarios.Delay, chance float64) time.Duration {
	switch {
	case d.Fixed > 0:
		return d.Fixed
	case d.Median > 0:
		sigma := math.Log(float64(d.P99)/float64(d.Median)) / z99
		z := math.Sqrt2 * math.Erfinv(2*chance-1) // a chance of 0 gives no delay
		return min(time.Duration(float64(d.Median)*math.Exp(sigma*z)), longestDelay).Round(time.Microsecond)
	}
	return (d.Min + time.Duration(chance*float64(d.Max-d.Min))).Round(time.Microsecond)
}
