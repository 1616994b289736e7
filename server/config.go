package server

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

// loadFixture reads the fixture that the config names and applies what else
// the config says. The files are those of an export, beside the file itself.
func (s *Server) loadFixture() (_ *fixtures.Fixture, files []string, err error) {
	f := s.config.Fixture
	switch {
	case s.inherits:
		f = s.all.shared()
	case s.config.FixtureFile != "":
		f, err = fixtures.ParseFileWith(s.config.FixtureFile, s.config.Keywords)
	case f == nil:
		f, err = fixtures.Load("default")
	case f.OTP.Seed == "":
		f, err = fixtures.Complete(f) // built in Go, not loaded
	}
	if err != nil {
		return nil, nil, err
	}
	files = f.Files()
	if f, err = s.config.apply(f); err != nil {
		return nil, nil, err
	}
	return s.seeded(f), files, nil
}

// loadWatched is loadFixture, and returns what to watch: the file and, of an export, all
// that it was read from. An export is read twice, since only then it is known what to
// watch: so no edit in between is missed.
func (s *Server) loadWatched() (*fixtures.Fixture, watched, error) {
	w := watch(s.config.FixtureFile)
	f, files, err := s.loadFixture()
	if err != nil || files == nil || s.config.FixtureFile == "" {
		return f, w, err
	}
	w = watch(append(files, s.config.FixtureFile)...)
	w.absent = files // one that goes is no mistake
	f, _, err = s.loadFixture()
	return f, w, err
}

// seeded returns the fixture with a secret seed in its state, if it needs one. The
// seed stays the same as long as the server runs.
func (s *Server) seeded(f *fixtures.Fixture) *fixtures.Fixture {
	if !f.DrawsSeed() || f.Seed() != "" {
		return f
	}
	changed, state := *f, fixtures.State{}
	if f.State != nil {
		state = *f.State
	}
	state.Seed = s.secretSeed
	if s.tenant != nil {
		state.Seed = cmp.Or(s.tenant.DrawnSeed(), s.secretSeed) // the present state may have come with another one
	}
	changed.State = &state
	return &changed
}

// loadKeys reads the keys that the fixture asks for.
func (s *Server) loadKeys(f *fixtures.Fixture) (keys *token.Keys, err error) {
	switch first := s.all.first; {
	case s.inherits:
		keys = first.keys.Load().keys
	case s.foreign:
		keys, err = first.keysOfState(f)
	default:
		keys, err = token.OfFixture(f)
	}
	if err == nil {
		s.keys.Store(&keysOfFiles{f.Keys.Files, keys})
	}
	return keys, err
}

// keysOfFiles are the keys of the fixture that was loaded last.
type keysOfFiles struct {
	files []string
	keys  *token.Keys
}

// keysOfState are the keys that a state asks for. A state comes from a caller,
// who must not make the server read files. So it may only name the files that
// the fixture names.
func (s *Server) keysOfState(f *fixtures.Fixture) (*token.Keys, error) {
	if len(f.Keys.Files) == 0 {
		return token.Embedded(f.Keys.Mode), nil
	}
	known := s.keys.Load()
	if !slices.Equal(known.files, f.Keys.Files) {
		return nil, &strictyaml.Errors{f.KeyFileProblem(0, "key files are read with the fixture that the server is started with, which has other ones; name them there")}
	}
	return known.keys, nil
}

// apply returns the fixture with the config's changes. The fixture itself stays
// as it is.
func (c Config) apply(f *fixtures.Fixture) (*fixtures.Fixture, error) {
	changed := *f
	if c.Seed != "" {
		changed.OTP.Seed = c.Seed
	}
	if c.OTP.Mode != "" {
		changed.OTP.Mode, changed.OTP.Code, changed.OTP.Codes = c.OTP.Mode, c.OTP.Code, c.OTP.Codes
	}
	if !c.At.IsZero() {
		stopped := false
		changed.Clock = fixtures.Clock{Start: c.At, Running: &stopped}
	}
	if len(c.Users)+len(c.Clients)+len(c.ResourceServers)+len(c.Callbacks) == 0 {
		if c.OTP.Mode == "" {
			return &changed, nil
		}
		checked, err := fixtures.Complete(&fixtures.Fixture{Source: f.Source, OTP: changed.OTP, Keys: f.Keys}) // the rest is checked already
		if err != nil {
			return nil, err
		}
		changed.OTP = checked.OTP
		return &changed, nil
	}
	changed.Clients = merged(f.Clients, c.Clients, func(c *fixtures.Client) []string { return []string{c.ClientID} }, nil)
	changed.ResourceServers = merged(f.ResourceServers, c.ResourceServers, func(r *fixtures.ResourceServer) []string { return []string{r.Identifier} }, nil)
	changed.Users = merged(f.Users, c.Users, userNames, sameUser)
	changed.ClientGrants = slices.Clone(f.ClientGrants)
	grantAll(&changed, c.Clients, c.ResourceServers)
	addCallbacks(&changed, c.Callbacks)
	complete, err := fixtures.Complete(&changed)
	if err != nil {
		return nil, err
	}
	complete.Source, complete.Warnings = f.Source, f.Warnings
	return complete, nil
}

// userNames are the names of a user, in the form in which they are compared.
func userNames(u *fixtures.User) (names []string) {
	for _, kind := range fixtures.Kinds {
		if name := u.Identifier(kind); name != "" {
			names = append(names, fixtures.NormalizeRecipient(name))
		}
	}
	return names
}

// sameUser tells whether an added user is a user of the fixture that has a name in
// common with it. An added user without a connection is a database user if it has a
// password.
func sameUser(have, added *fixtures.User) bool {
	if added.Connection != "" {
		return added.Connection == have.Connection
	}
	return added.HasPassword() == have.HasPassword()
}

// merged is the first list with the members of the second. A member takes the place of
// the first one that has a name in common with it and, if same is given, is the same.
// Else it comes at the end.
func merged[T any](have, more []T, names func(*T) []string, same func(have, added *T) bool) []T {
	out := slices.Clone(have)
	places := map[string][]int{} // by name
	note := func(i int) {
		for _, name := range names(&out[i]) {
			places[name] = append(places[name], i)
		}
	}
	for i := range out {
		note(i)
	}
	for _, m := range more {
		at := len(out)
		for _, name := range names(&m) {
			for _, i := range places[name] {
				if slices.Contains(names(&out[i]), name) && (same == nil || same(&out[i], &m)) { // another may stand there by now
					at = min(at, i)
				}
			}
		}
		if at == len(out) {
			out = append(out, m)
		} else {
			out[at] = m
		}
		note(at)
	}
	return out
}

// grantAll adds client grants, since the command line has no flag for them. A
// client that the config adds gets one for every API. Every client gets one for
// an API that the config adds. Only clients with the client_credentials grant
// count.
func grantAll(f *fixtures.Fixture, clients []fixtures.Client, apis []fixtures.ResourceServer) {
	for _, client := range f.Clients {
		if !slices.Contains(client.GrantTypes, fixtures.GrantClientCredentials) {
			continue
		}
		isNew := slices.ContainsFunc(clients, func(c fixtures.Client) bool { return c.ClientID == client.ClientID })
		for _, api := range f.ResourceServers {
			isNewAPI := slices.ContainsFunc(apis, func(r fixtures.ResourceServer) bool { return r.Identifier == api.Identifier })
			if !isNew && !isNewAPI || slices.ContainsFunc(f.ClientGrants, func(g fixtures.ClientGrant) bool {
				return g.ClientID == client.ClientID && g.Audience == api.Identifier
			}) {
				continue
			}
			grant := fixtures.ClientGrant{ClientID: client.ClientID, Audience: api.Identifier}
			for _, s := range api.Scopes {
				grant.Scope = append(grant.Scope, s.Value)
			}
			f.ClientGrants = append(f.ClientGrants, grant)
		}
	}
}

// addCallbacks lets every client use the callbacks, and the tenant log out to them.
func addCallbacks(f *fixtures.Fixture, callbacks []string) {
	for _, callback := range callbacks {
		// Not every callback is a URL: http://localhost:* has no port.
		scheme, rest, _ := strings.Cut(callback, ":")
		scheme = strings.ToLower(scheme)
		isWeb := scheme == "http" || scheme == "https"
		host := strings.TrimPrefix(rest, "//")
		if end := strings.IndexAny(host, "/?#"); end >= 0 {
			host = host[:end]
		}
		f.Tenant.AllowedLogoutURLs = with(f.Tenant.AllowedLogoutURLs, callback)
		for i := range f.Clients {
			c := &f.Clients[i]
			if !isWeb && c.AppType != "native" {
				continue // only a native app has a scheme of its own
			}
			c.Callbacks = with(c.Callbacks, callback)
			if isWeb {
				c.AllowedLogoutURLs = with(c.AllowedLogoutURLs, callback)
				c.AllowedOrigins = with(c.AllowedOrigins, scheme+"://"+host)
				c.WebOrigins = with(c.WebOrigins, scheme+"://"+host)
			}
		}
	}
}

func with(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(slices.Clone(list), s)
}
