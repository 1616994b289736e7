package runner

import (
	"maps"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/server/actions"
)

// The limits of api.cache.
// Source: auth0/docs-v2 customize/actions/limitations.mdx.
const (
	maxCached     = 20
	maxCacheKey   = 64
	maxCacheValue = 4096
	cacheLifetime = 15 * time.Minute
	maxCacheLife  = 24 * time.Hour
)

func cacheCall(c actions.Command) bool { return strings.HasPrefix(c.Call, "cache.") }

// cached is a copy of what the cache of a trigger holds.
func (r *Runner) cached(trigger actions.Trigger) map[string]cached {
	now := r.now().UnixMilli()
	r.mu.Lock()
	defer r.mu.Unlock()
	live := maps.Clone(r.cache[trigger])
	maps.DeleteFunc(live, func(_ string, v cached) bool { return v.Expires <= now })
	return live
}

// keep applies a call of api.cache, as the JavaScript side has applied it to its copy.
func (r *Runner) keep(trigger actions.Trigger, c actions.Command) {
	now := r.now()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cache == nil {
		r.cache = map[actions.Trigger]map[string]cached{}
	}
	of := r.cache[trigger]
	if of == nil {
		of = map[string]cached{}
		r.cache[trigger] = of
	}
	key, value := c.Text(0), c.Text(1)
	if c.Call == "cache.delete" {
		delete(of, key)
		return
	}
	maps.DeleteFunc(of, func(_ string, v cached) bool { return v.Expires <= now.UnixMilli() })
	if _, has := of[key]; len(key) > maxCacheKey || len(value) > maxCacheValue || !has && len(of) >= maxCached {
		return
	}
	ends := now.Add(cacheLifetime)
	if ttl, ok := c.Options(2)["ttl"].(float64); ok {
		ends = now.Add(time.Duration(ttl) * time.Millisecond)
	}
	if at, ok := c.Options(2)["expires_at"].(float64); ok && (c.Options(2)["ttl"] == nil || time.UnixMilli(int64(at)).Before(ends)) {
		ends = time.UnixMilli(int64(at))
	}
	if latest := now.Add(maxCacheLife); ends.After(latest) {
		ends = latest
	}
	of[key] = cached{value, ends.UnixMilli()}
}
