package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

// A Guard keeps out the pages of other sites, and names that an attacker points at
// this machine (DNS rebinding). It has two rules. The host of a request to the
// control API must be local, which is wide: a name of the network is. The origin of
// a page must be known, which is narrow.
type Guard struct {
	// Given are the host names and addresses that the user gave, in lower case.
	Given  []string
	Naming Naming
}

// localHost tells whether a host name can only mean this machine or network.
func (g Guard) localHost(host string) bool {
	host = plainHost(host)
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	if host == "" || slices.Contains(g.Given, host) || !strings.Contains(host, ".") {
		return host != ""
	}
	for _, suffix := range []string{".localhost", ".test", ".internal", ".local", ".svc"} {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return false
}

// knownOrigin tells whether the origin of a page is known. That is an origin of
// this machine, of the host that the request calls (if that is an IP address, which
// nobody can rebind), of a name that the user gave, or of a client. own is the
// scheme and host by which the request reached the tenant.
func (g Guard) knownOrigin(origin, own string, setup *tenant.Setup) bool {
	page := pageOf(origin)
	if page == nil {
		return false
	}
	host := plainHost(page.Hostname())
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || slices.Contains(g.Given, host) {
		return true
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		called, err := netip.ParseAddr(plainHost(Hostname(hostOf(own))))
		if ip.Unmap().IsLoopback() || err == nil && ip.Unmap() == called.Unmap() {
			return true
		}
	}
	return setup.NamesOrigin(origin)
}

// RefuseControl says why a request must not reach the control API; nil if it may.
func (g Guard) RefuseControl(r *http.Request, setup *tenant.Setup) error {
	if !g.localHost(Hostname(r.Host)) {
		return forbidden("host", r.Host, "is not local; if it is yours, start mockauth0 with --tls-host and its name")
	}
	origin := r.Header.Get("Origin")
	own, _ := g.Naming.of(r)
	switch {
	case origin == "", g.knownOrigin(origin, own, setup):
		return nil
	case pageOf(origin) == nil:
		return forbidden("origin", origin, "names no web page; call from a page on localhost, or not from a browser")
	}
	return forbidden("origin", origin, "is not known; if it is yours, add it to allowed_origins of a client in the fixture, or start mockauth0 with --tls-host and its name")
}

func forbidden(what, name, why string) error {
	return &refusal.Refusal{
		Name: "forbidden_" + what, Status: http.StatusForbidden, Code: "forbidden",
		Description: "the control API does not answer " + what + " " + name + ", which " + why,
	}
}

// refusePage refuses what a page of an unknown origin posts. A form needs no leave
// to be posted, and what it posts could replace or lock the code of a login, or
// sign users up. A request without an origin, and one of an app with a scheme of
// its own, is no page's. But only the tenant's own pages have the forms of its pages:
// a sandboxed frame of another site, which has the origin null, may not confirm a
// device for a browser that is signed in.
func (f *Front) refusePage(c *Call, route Route) error {
	if route.Method != http.MethodPost || c.Method != http.MethodPost || route.AnyPage || route.Dialect == Control {
		return nil
	}
	origin := c.Header.Get("Origin")
	switch {
	case !isPage(origin) && route.Dialect == Browser && c.Header.Get("Sec-Fetch-Site") == "cross-site":
		return refusal.OriginNotAllowed.With("origin", cmp.Or(origin, "null")).Because("a page of another site posted the form of a page of the tenant; the request does not say which site, as from a sandboxed frame")
	case !isPage(origin) || f.knowsPage(c, origin):
		return nil
	}
	return refusal.OriginNotAllowed.With("origin", origin).Because(unknownOrigin(origin, c))
}

// knowsPage tells whether a call comes from a page of a known origin, or from one
// of the tenant's own pages, by whatever name the tenant is called. A proxy may
// have changed that name, so the browser's word counts, too.
func (f *Front) knowsPage(c *Call, origin string) bool {
	page := pageOf(origin)
	return page != nil && (strings.EqualFold(page.Host, hostOf(c.Origin)) ||
		c.Header.Get("Sec-Fetch-Site") == "same-origin" || f.Guard.knownOrigin(origin, c.Origin, c.Setup))
}

// MayLeadTo tells whether a redirect of the control API may lead to an address: to a
// path of the tenant, or to a page whose origin may call the control API.
func (c *Call) MayLeadTo(to string) bool {
	if strings.Contains(to, `\`) { // which a browser takes for a slash
		return false
	}
	if path, ok := strings.CutPrefix(to, "/"); ok {
		_, err := url.Parse(to)
		return err == nil && !strings.HasPrefix(path, "/")
	}
	return c.KnowsPage(to)
}

// KnowsPage tells whether the page with that address may call the control API.
func (c *Call) KnowsPage(address string) bool {
	page := pageOf(address)
	return page != nil && (strings.EqualFold(page.Host, hostOf(c.Origin)) || c.guard.knownOrigin(page.Scheme+"://"+page.Host, c.Origin, c.Setup))
}

// unknownOrigin says what to do about an unknown origin.
func unknownOrigin(origin string, c *Call) string {
	client := "a client"
	if _, ok := c.Setup.Client(c.ClientID); ok {
		client = "client " + c.ClientID
	}
	origin = clip(origin)
	return fmt.Sprintf("origin %s is not of this machine, and no client has it in allowed_origins, web_origins, callbacks or allowed_logout_urls; "+
		"if it is yours, add allowed_origins: [%q] to %s in the fixture, or start with --callback %s", origin, origin, client, origin)
}

// isPage tells whether an origin is that of a web page, which null and
// capacitor://localhost are not. Browsers take host names that url.Parse does not,
// such as {.example.com.
func isPage(origin string) bool {
	scheme, _, ok := strings.Cut(origin, ":")
	return ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// pageOf is the origin of a web page whose host can be read; nil for all else.
func pageOf(origin string) *url.URL {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil
	}
	return u
}

// hostOf is an origin without its scheme.
func hostOf(origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	return host
}

// plainHost is a host name in the form in which names are compared.
func plainHost(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }
