package servertest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A conversation is being replayed.
type Conversation struct {
	T       *testing.T
	Server  *server.Server
	Vars    map[string]string
	Shown   []string // patterns of headers
	From    string
	Cookies []*http.Cookie
	Browser bool // cookies are kept and sent
	Repeat  int
	Line    int
	Out     strings.Builder
}

// Replay runs a script and writes it out with the answers it got.
func Replay(t *testing.T, script string) *Conversation {
	t.Helper()
	c := &Conversation{
		T: t, Vars: map[string]string{}, Repeat: 1, From: "192.0.2.1",
		Shown: []string{"Content-Type", "Www-Authenticate", "Allow", "Retry-After", "X-Mock-Scenario", "Location"},
	}
	lines := slices.DeleteFunc(strings.Split(script, "\n"), func(l string) bool { return strings.HasPrefix(l, "<") || strings.HasPrefix(l, "=") })
	config := server.Config{At: At2030}
	if name, ok := strings.CutPrefix(lines[0], "@ fixture "); ok {
		config.Fixture = NamedFixture(t, name)
	}
	c.Server = New(t, config)
	for len(lines) > 0 {
		block := lines[:1]
		for block[0] != "" && block[0][0] == '>' && len(lines) > len(block) && strings.HasPrefix(lines[len(block)], ">") && !IsRequestLine(lines[len(block)]) {
			block = lines[:len(block)+1]
		}
		lines = lines[len(block):]
		c.Line += len(block)
		c.Out.WriteString(strings.Join(block, "\n"))
		if len(lines) > 0 {
			c.Out.WriteString("\n")
		}
		switch {
		case strings.HasPrefix(block[0], ">"):
			c.Exchange(block)
		case strings.HasPrefix(block[0], "@"):
			c.Command(strings.Fields(block[0])[1:])
		case block[0] != "" && block[0][0] != '#':
			c.Failf("a line begins with none of # > < @ =")
		}
	}
	return c
}

// testdata is a file of server/testdata, for tests of any room of the server.
func testdata(elem ...string) string {
	dir := "testdata"
	for range 2 { // server/internal/ROOM
		if _, err := os.Stat(filepath.Join(dir, elem[0])); err == nil {
			break
		}
		dir = filepath.Join("../..", dir)
	}
	return filepath.Join(append([]string{dir}, elem...)...)
}

// NamedFixture is a built-in fixture, or one of testdata/fixtures.
func NamedFixture(t *testing.T, name string) *fixtures.Fixture {
	t.Helper()
	load := fixtures.Load
	if !slices.Contains(fixtures.Names(), name) {
		load = func(name string) (*fixtures.Fixture, error) {
			return fixtures.ParseFile(testdata("fixtures", name+".yaml"))
		}
	}
	f, err := load(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (c *Conversation) Failf(format string, args ...any) {
	c.T.Helper()
	c.T.Fatalf("line %d of the script: %s", c.Line, fmt.Sprintf(format, args...))
}

var (
	RequestLine = regexp.MustCompile(`^> ([A-Z]+) ([/$]\S*)$`)
	HeaderLine  = regexp.MustCompile(`^([A-Za-z0-9-]+): (.*)$`)
	FormLine    = regexp.MustCompile(`^([A-Za-z_]+)=(.*)$`)
	Variable    = regexp.MustCompile(`\$[a-z][a-z0-9_]*`)
	Page        = regexp.MustCompile(`"html":"(?:[^"\\]|\\.)+"`)
)

func IsRequestLine(line string) bool { return RequestLine.MatchString(line) }

// Expand puts the values of variables in their places.
func (c *Conversation) Expand(s string) string {
	return Variable.ReplaceAllStringFunc(s, func(name string) string {
		value, ok := c.Vars[name]
		if !ok {
			c.Failf("there is no %s", name)
		}
		return value
	})
}

// Exchange sends a request and writes the answer.
func (c *Conversation) Exchange(block []string) {
	m := RequestLine.FindStringSubmatch(block[0])
	if m == nil {
		c.Failf("%q is no request", block[0])
	}
	header, body := http.Header{}, []string{}
	for _, line := range block[1:] {
		line = strings.TrimPrefix(strings.TrimPrefix(line, ">"), " ")
		if h := HeaderLine.FindStringSubmatch(line); h != nil && len(body) == 0 {
			header.Add(h[1], Basic(c.Expand(h[2])))
		} else {
			body = append(body, line)
		}
	}
	payload := c.Expand(strings.Join(body, "\n"))
	switch {
	case len(body) == 0 || header.Get("Content-Type") != "":
	case FormLine.MatchString(body[0]):
		header.Set("Content-Type", "application/x-www-form-urlencoded")
		payload = EncodeForm(body, c.Expand)
	default:
		header.Set("Content-Type", "application/json")
	}
	var w *httptest.ResponseRecorder
	remark := ""
	for range c.Repeat {
		r := httptest.NewRequestWithContext(c.T.Context(), m[1], c.Expand(m[2]), strings.NewReader(payload))
		maps.Copy(r.Header, header)
		r.Host, r.RemoteAddr = "localhost:2884", c.From+":1234"
		if host := header.Get("Host"); host != "" {
			r.Host = host
		}
		if c.Browser {
			for _, cookie := range c.Cookies {
				r.AddCookie(cookie)
			}
		}
		w = httptest.NewRecorder()
		remark = c.Serve(w, r)
	}
	c.Repeat = 1
	if !w.Flushed && strings.HasPrefix(remark, " (broken") {
		c.Out.WriteString("< no answer" + remark + "\n")
		return
	}
	fmt.Fprintf(&c.Out, "< %d %s%s\n", w.Code, http.StatusText(w.Code), remark)
	for _, name := range slices.Sorted(maps.Keys(w.Header())) {
		shown := slices.ContainsFunc(c.Shown, func(p string) bool { return fixtures.MatchGlob(http.CanonicalHeaderKey(p), name) })
		for _, value := range w.Header()[name] {
			switch name {
			case "Location":
				value = c.Redirect(value)
			case "Set-Cookie":
				value = c.SetCookie(value)
			}
			if shown {
				fmt.Fprintf(&c.Out, "< %s: %s\n", name, value)
			}
		}
	}
	c.Remember(w)
	text := c.Named(w.Body.Bytes())
	if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html;") {
		text = c.Seen(text)
	}
	if text != "" {
		c.Write("<", text)
	}
}

// Patience is how long a client waits for an answer.
const Patience = 30 * time.Second

// Serve answers a request, and remarks on what a client would notice beside
// the answer.
func (c *Conversation) Serve(w http.ResponseWriter, r *http.Request) (remark string) {
	ctx, cancel := context.WithTimeout(r.Context(), Patience)
	defer cancel()
	start := time.Now()
	defer func() {
		p := recover()
		if p != nil && p != any(http.ErrAbortHandler) {
			panic(p)
		}
		if p != nil {
			remark = " (broken off)"
		}
		if took := time.Since(start); took > 0 {
			remark += " after " + took.String()
		}
	}()
	c.Server.ServeHTTP(w, r.WithContext(ctx))
	return ""
}

// Basic encodes "Basic id:secret", and leaves all else as it is.
func Basic(value string) string {
	if plain, ok := strings.CutPrefix(value, "Basic "); ok && strings.Contains(plain, ":") {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(plain))
	}
	return value
}

func EncodeForm(lines []string, expand func(string) string) string {
	var pairs []string
	for _, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		pairs = append(pairs, url.QueryEscape(name)+"="+url.QueryEscape(expand(value)))
	}
	return strings.Join(pairs, "&")
}

// Named is an answer with its tokens replaced by their names.
func (c *Conversation) Named(body []byte) string {
	text := Page.ReplaceAllString(string(body), `"html":"$$page"`)
	var members map[string]any
	if json.Unmarshal(body, &members) != nil {
		return text
	}
	for _, member := range []string{"access_token", "refresh_token", "id_token", "token", "login_ticket", "request_uri"} {
		if value, ok := members[member].(string); ok {
			text = strings.Replace(text, `"`+value+`"`, `"`+c.NameOf("$"+member, value)+`"`, 1)
		}
	}
	return text
}

// NameOf is the name of a token: a new one, if it is the first time it is seen.
func (c *Conversation) NameOf(base, value string) string {
	for n, name := 1, base; ; n, name = n+1, base+strconv.Itoa(n+1) {
		if have, ok := c.Vars[name]; !ok {
			c.Vars[name] = value
			return name
		} else if have == value {
			return name
		}
	}
}

// Write writes text, each line behind the mark.
func (c *Conversation) Write(mark, text string) {
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\\r\n"), "\n") {
		if line != "" {
			line = " " + line
		}
		c.Out.WriteString(mark + line + "\n")
	}
}

// Command does what a line behind @ says.
func (c *Conversation) Command(words []string) {
	var err error
	switch arg := func(i int) string { return words[min(i, len(words)-1)] }; words[0] {
	case "fixture": // done before the first line
	case "show":
		c.Shown = append(c.Shown, words[1:]...)
	case "advance":
		var d time.Duration
		if d, err = time.ParseDuration(arg(1)); err == nil {
			err = c.Server.Clock().Advance(d)
		}
	case "set":
		var to time.Time
		to, err = time.Parse(time.RFC3339, arg(1))
		c.Server.Clock().Set(to)
	case "otp":
		c.Vars[arg(3)] = c.Live(arg(1), outbox.WithCode()).Code
		c.Write("=", c.Vars[arg(3)])
	case "link":
		c.Vars[arg(3)] = c.Live(arg(1), outbox.WithLink()).Link
		c.Write("=", c.Vars[arg(3)])
	case "message":
		c.Write("=", Describe(c.Last(arg(1))))
	case "state":
		m := c.Last(arg(1))
		c.Write("=", m.ID+" "+m.OTPState)
	case "outbox":
		for _, m := range c.Server.Outbox().All(outbox.To(arg(1))) {
			c.Write("=", fmt.Sprintf("%s %s, %s %s", m.ID, m.State, m.Code, m.OTPState))
		}
	case "claims", "header":
		c.Write("=", c.Decoded(words[0], c.Expand(arg(1))))
	case "let":
		c.Vars[arg(1)] = c.Expand(arg(3))
	case "fill":
		var n int
		n, err = strconv.Atoi(arg(2))
		c.Vars[arg(1)] = strings.Repeat("x", n)
	case "inject":
		name := arg(1)
		if !slices.Contains(scenarios.Names(), name) {
			name = testdata("scenarios", name+".yaml")
		}
		_, err = c.Server.Inject(name, scenarios.Narrowing{})
	case "scenario":
		c.Write("=", c.Counts(arg(1)))
	case "keys":
		c.Write("=", c.KeyIDs())
	case "browser":
		c.Browser = true
	case "off":
		if c.Server.SwitchOff(arg(1)) == 0 {
			c.Failf("scenario %s is not on", arg(1))
		}
	case "from":
		c.From = arg(1)
	case "repeat":
		c.Repeat, err = strconv.Atoi(arg(1))
	default:
		c.Failf("there is no command %q", words[0])
	}
	if err != nil {
		c.Failf("%v", err)
	}
}
