package servertest

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A conversation is a script that is being replayed. TestConversations tells
// what a script may say.
type conversation struct {
	*testing.T
	server      *server.Server
	vars        map[string]string // what the script's names stand for
	shown       []string          // patterns of the headers to show
	from        string            // the caller's address
	browser     *Browser
	sendCookies bool
	repeat      int // how often the next request is sent
	line        int
	actions     recording
	state       string // what the server exported last
	out         strings.Builder
}

// Replay runs a script against a server of its own. It returns the script with
// the answers it got.
func Replay(t *testing.T, script string) (text string, s *server.Server) {
	t.Helper()
	return ReplayWith(t, script, nil)
}

// ReplayWith is Replay with another fixture: change changes the one of the script. It
// does not watch the state.
func ReplayWith(t *testing.T, script string, change func(*fixtures.Fixture)) (text string, s *server.Server) {
	t.Helper()
	return replay(t, script, change == nil, func(config server.Config) *server.Server {
		if change != nil {
			changed := *cmp.Or(config.Fixture, NamedFixture(t, "default"))
			change(&changed)
			config.Fixture = &changed
		}
		return New(t, config)
	})
}

// ReplayIn runs a script against the tenant that start makes.
func ReplayIn(t *testing.T, script string, start func(server.Config) *server.Server) (text string) {
	t.Helper()
	text, _ = replay(t, script, false, start)
	return text
}

// replay runs a script. With watch, each change of the state must be told.
func replay(t *testing.T, script string, watch bool, start func(server.Config) *server.Server) (text string, s *server.Server) {
	t.Helper()
	lines := slices.DeleteFunc(strings.Split(script, "\n"), func(l string) bool { return strings.HasPrefix(l, "<") || strings.HasPrefix(l, "=") })
	config := server.Config{At: At2030}
	if name, ok := strings.CutPrefix(lines[0], "@ fixture "); ok {
		config.Fixture = NamedFixture(t, name)
	}
	said := recording{}
	if strings.Contains(script, "\n@ action ") {
		config.Actions = said.hooks()
	}
	s = start(config)
	c := &conversation{
		T: t, server: s, actions: said, vars: map[string]string{}, repeat: 1, from: "192.0.2.1", browser: NewBrowser(t, s),
		shown: []string{"Content-Type", "Www-Authenticate", "Allow", "Retry-After", "X-Mock-Scenario", "Location"},
	}
	if watch {
		c.state = exported(t, s)
	}
	for len(lines) > 0 {
		n := 1
		for strings.HasPrefix(lines[0], ">") && n < len(lines) && strings.HasPrefix(lines[n], ">") && !requestLine.MatchString(lines[n]) {
			n++
		}
		synctest.Wait() // for what the last request has begun, such as the call of a webhook
		block := lines[:n]
		lines = lines[n:]
		c.line += n
		c.out.WriteString(strings.Join(block, "\n"))
		if len(lines) > 0 {
			c.out.WriteString("\n")
		}
		switch {
		case strings.HasPrefix(block[0], ">"):
			c.exchange(block)
		case strings.HasPrefix(block[0], "@"):
			c.command(strings.Fields(block[0])[1:])
		case block[0] != "" && block[0][0] != '#':
			c.failf("a line begins with none of # > < @ =")
		}
		if watch {
			c.checkStateChanged()
		}
	}
	return c.out.String(), s
}

// checkStateChanged fails if the state has changed and the server did not tell. A
// program that keeps the state would lose the change.
func (c *conversation) checkStateChanged() {
	c.Helper()
	told := false
	select {
	case <-c.server.StateChanged():
		told = true
	default:
	}
	state := exported(c, c.server)
	if state != c.state && !told {
		c.failf("the state has changed, and StateChanged does not tell")
	}
	c.state = state
}

// exported is the state without what changes as time passes, and without the
// names of the scenarios, which no server restores.
func exported(t testing.TB, s *server.Server) string {
	t.Helper()
	f := s.State()
	f.State.SavedAt, f.Clock, f.Scenarios = time.Time{}, fixtures.Clock{}, nil
	data, err := f.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func (c *conversation) failf(format string, args ...any) {
	c.Helper()
	c.Fatalf("line %d of the script: %s", c.line, fmt.Sprintf(format, args...))
}

var (
	requestLine = regexp.MustCompile(`^> ([A-Z]+) ([/$]\S*)$`)
	headerLine  = regexp.MustCompile(`^([A-Za-z0-9-]+): (.*)$`)
	formLine    = regexp.MustCompile(`^([A-Za-z_]+)=(.*)$`)
	variable    = regexp.MustCompile(`\$[a-z][a-z0-9_]*`)
)

// expand puts the values of variables in their places.
func (c *conversation) expand(s string) string {
	return variable.ReplaceAllStringFunc(s, func(name string) string {
		value, ok := c.vars[name]
		if !ok {
			c.failf("there is no %s", name)
		}
		return value
	})
}

// exchange sends a request and writes the answer.
func (c *conversation) exchange(block []string) {
	m := requestLine.FindStringSubmatch(block[0])
	if m == nil {
		c.failf("%q is no request", block[0])
	}
	header, body := http.Header{}, []string{}
	for _, line := range block[1:] {
		line = strings.TrimPrefix(strings.TrimPrefix(line, ">"), " ")
		if h := headerLine.FindStringSubmatch(line); h != nil && len(body) == 0 {
			header.Add(h[1], basic(c.expand(h[2])))
		} else {
			body = append(body, line)
		}
	}
	payload := c.expand(strings.Join(body, "\n"))
	switch {
	case len(body) == 0 || header.Get("Content-Type") != "":
	case formLine.MatchString(body[0]):
		header.Set("Content-Type", "application/x-www-form-urlencoded")
		payload = c.encodeForm(body)
	default:
		header.Set("Content-Type", "application/json")
	}
	var w *httptest.ResponseRecorder
	remark := ""
	for range c.repeat {
		r := httptest.NewRequestWithContext(c.Context(), m[1], c.expand(m[2]), strings.NewReader(payload))
		maps.Copy(r.Header, header)
		r.Host, r.RemoteAddr = "localhost:2884", c.from+":1234"
		if host := header.Get("Host"); host != "" {
			r.Host = host
		}
		if c.sendCookies {
			c.browser.addCookies(r)
		}
		w = httptest.NewRecorder()
		remark = c.serve(w, r)
	}
	c.repeat = 1
	if !w.Flushed && strings.HasPrefix(remark, " (broken") {
		c.out.WriteString("< no answer" + remark + "\n")
		return
	}
	fmt.Fprintf(&c.out, "< %d %s%s\n", w.Code, http.StatusText(w.Code), remark)
	c.writeHeaders(w.Header())
	c.browser.Take(w)
	text := c.named(w.Body.Bytes())
	if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html;") {
		text = c.seen(text)
	}
	if text != "" {
		c.write("<", text)
	}
}

// patience is how long a client waits for an answer.
const patience = 30 * time.Second

// serve answers a request. The remark is what a client would notice beside the
// answer.
func (c *conversation) serve(w http.ResponseWriter, r *http.Request) (remark string) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	start := time.Now()
	if ServeBroken(c.server, w, r.WithContext(ctx)) {
		remark = " (broken off)"
	}
	if took := time.Since(start); took > 0 {
		remark += " after " + took.String()
	}
	return remark
}

// basic encodes "Basic id:secret", and leaves all else as it is.
func basic(value string) string {
	if plain, ok := strings.CutPrefix(value, "Basic "); ok && strings.Contains(plain, ":") {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(plain))
	}
	return value
}

func (c *conversation) encodeForm(lines []string) string {
	var pairs []string
	for _, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		pairs = append(pairs, url.QueryEscape(name)+"="+url.QueryEscape(c.expand(value)))
	}
	return strings.Join(pairs, "&")
}

// command does what a line behind @ says.
func (c *conversation) command(words []string) {
	var err error
	switch arg := func(i int) string { return words[min(i, len(words)-1)] }; words[0] {
	case "fixture": // Replay has read it
	case "show":
		c.shown = append(c.shown, words[1:]...)
	case "action":
		_, call, _ := strings.Cut(c.expand(strings.Join(words, " ")), words[1])
		if err := c.actions.note(words[1], strings.TrimSpace(call)); err != nil {
			c.failf("%v", err)
		}
	case "advance":
		var d time.Duration
		if d, err = time.ParseDuration(arg(1)); err == nil {
			err = c.server.Clock().Advance(d)
		}
	case "set":
		var to time.Time
		to, err = time.Parse(time.RFC3339, arg(1))
		c.server.Clock().Set(to)
	case "otp":
		c.vars[arg(3)] = c.live(arg(1), outbox.WithCode()).Code
		c.write("=", c.vars[arg(3)])
	case "totp": // the code that the authenticator app of a user shows
		c.vars[arg(3)], _, err = c.server.TOTP(arg(1))
		c.write("=", c.vars[arg(3)])
	case "push": // the answer to a push notification
		err = c.server.AnswerPush(arg(1), arg(2) == "accept")
	case "captcha":
		answer, ok := c.server.Captcha(strings.Trim(c.expand(arg(1)), "*"))
		if !ok {
			c.failf("no captcha is live for %s", arg(1))
		}
		c.vars[arg(3)] = answer
		c.write("=", answer)
	case "link":
		c.vars[arg(3)] = c.live(arg(1), outbox.WithLink()).Link
		c.write("=", c.vars[arg(3)])
	case "mailed":
		c.vars[arg(3)] = strings.TrimSuffix(strings.TrimPrefix(c.last(arg(1)).Links[0], "http://localhost:2884"), "#")
	case "message":
		c.write("=", describe(c.last(arg(1))))
	case "state":
		m := c.last(arg(1))
		c.write("=", m.ID+" "+m.OTPState)
	case "outbox":
		for _, m := range c.server.Outbox().All(outbox.To(arg(1))) {
			c.write("=", fmt.Sprintf("%s %s, %s %s", m.ID, m.State, m.Code, m.OTPState))
		}
	case "claims", "header":
		c.write("=", c.decoded(words[0], c.expand(arg(1))))
	case "let":
		c.vars[arg(1)] = c.expand(arg(3))
	case "proof":
		c.vars[arg(1)] = c.proof(arg(3), arg(4), words[5:])
	case "fill":
		var n int
		n, err = strconv.Atoi(arg(2))
		c.vars[arg(1)] = strings.Repeat("x", n)
	case "inject":
		name := arg(1)
		if !slices.Contains(scenarios.Names(), name) {
			name = testdata("scenarios", name+".yaml")
		}
		_, err = c.server.Inject(name, scenarios.Narrowing{})
	case "scenario":
		c.write("=", c.counts(arg(1)))
	case "keys":
		keys := JWKS(c, c.server)
		for _, k := range keys {
			c.write("=", k.Kid)
		}
		c.write("=", fmt.Sprintf("(%d)", len(keys)))
	case "browser":
		c.sendCookies = true
	case "off":
		if c.server.SwitchOff(arg(1)) == 0 {
			c.failf("scenario %s is not on", arg(1))
		}
	case "from":
		c.from = arg(1)
	case "repeat":
		c.repeat, err = strconv.Atoi(arg(1))
	default:
		c.failf("there is no command %q", words[0])
	}
	if err != nil {
		c.failf("%v", err)
	}
}

// proof signs a DPoP proof of a request, at the tenant's time.
func (c *conversation) proof(method, path string, more []string) string {
	claims := Object{"jti": fmt.Sprintf("proof of line %d", c.line), "htm": method, "htu": "http://localhost:2884" + path, "iat": c.server.Clock().Now().Unix()}
	key := NewProofKey(c, "app")
	for i := 0; i+1 < len(more); i += 2 {
		switch value := c.expand(more[i+1]); more[i] {
		case "of":
			key = NewProofKey(c, value)
		case "token":
			claims["ath"] = AccessTokenHash(value)
		default:
			claims[more[i]] = value
		}
	}
	return key.Proof(c, claims)
}

// live is the newest message to somebody whose code or link is good.
func (c *conversation) live(to string, with outbox.Filter) outbox.Message {
	m, ok := c.server.Outbox().Latest(outbox.To(to), outbox.Live(), with)
	if !ok {
		c.failf("there is no such message")
	}
	return m
}

// last is the message to somebody that was sent last, whether it has arrived or
// not.
func (c *conversation) last(to string) outbox.Message {
	all := c.server.Outbox().All(outbox.To(to))
	if len(all) == 0 {
		c.failf("there is no message to %s", to)
	}
	return slices.MaxFunc(all, func(a, b outbox.Message) int { return strings.Compare(a.ID, b.ID) })
}

// writeHeaders writes the headers that are shown.
func (c *conversation) writeHeaders(header http.Header) {
	for _, name := range slices.Sorted(maps.Keys(header)) {
		shown := slices.ContainsFunc(c.shown, func(p string) bool { return fixtures.MatchGlob(http.CanonicalHeaderKey(p), name) })
		for _, value := range header[name] {
			switch name {
			case "Location":
				value = c.redirect(value)
			case "Set-Cookie":
				value = c.setCookie(value)
			case "Dpop-Nonce":
				value = c.nameOf("$nonce", value)
			}
			if shown {
				fmt.Fprintf(&c.out, "< %s: %s\n", name, value)
			}
		}
	}
}

// StateText is what a server exports, without what changes as time passes.
func StateText(t testing.TB, s *server.Server) string {
	t.Helper()
	return exported(t, s)
}
