package server_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
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
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/outbox"
)

var update = flag.Bool("update", false, "rewrite the answers of testdata/conversations")

// Conversations are requests and the answers to them, as text. Each file has a
// server of its own, whose clock stands at 2030-01-01T00:00:00Z and which is
// called localhost:2884.
//
//	# a comment
//	> POST /path                   a request: this line, then headers, then the
//	> Name: value                  body. A body of name=value lines is a form,
//	> {"client_id":"acme-native"}  whose values are written plainly; any other
//	                               is JSON. Basic id:secret is encoded.
//	< 200 OK                       the answer, byte for byte: status, chosen
//	< Content-Type: …              headers, body
//	@ fixture strict               the first line may name another fixture,
//	                               built-in or of testdata/fixtures
//	@ show Cache-Control X-Rate*   show these headers, too, from here on
//	@ advance 3m                   move the clock; @ set TIME stops it there
//	@ otp ada@example.com as $otp  = the live code; @ link … the live link
//	@ message ada@example.com      = the message that was sent last follows;
//	                               @ state … shows what became of its code,
//	                               @ outbox … all, as they arrived
//	@ claims $id_token             = the payload follows, its signature verified
//	                               against the key set, or what is wrong with
//	                               it; @ header … the header
//	@ keys                         = the ids of the keys in the key set
//	@ let $old = $refresh_token    name a value; @ fill $big 4096 makes bytes
//	@ inject otp-expired           switch a scenario on, built in or of
//	                               testdata/scenarios; @ off otp-expired
//	@ scenario otp-expired         = what its rules did
//	@ from 192.0.2.7               the address of the caller from here on
//	@ repeat 50                    send the next request so often; the last
//	                               answer counts
//
// An answer that took time, or never came, says so in its first line. Time is
// synctest's: nobody waits.
//
// Tokens in an answer are shown by names, $access_token, $id_token and
// $refresh_token, and as $refresh_token2 when there is another one. The page of
// an e-mail is shown as $page: it is in internal/mail/testdata. -update
// writes everything that begins with < or =.
func TestConversations(t *testing.T) {
	t.Parallel()
	for _, file := range conversationFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".http"), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var got string
			synctest.Test(t, func(t *testing.T) { got = replay(t, string(want)).out.String() })
			if got == string(want) {
				return
			}
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("%s has changed (go test ./server -run Conversations -update takes the new answers):\n%s", file, diff(string(want), got))
		})
	}
}

func conversationFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/conversations/*.http")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	return files
}

// A conversation is being replayed.
type conversation struct {
	t       *testing.T
	server  *server.Server
	vars    map[string]string
	shown   []string // patterns of headers
	from    string
	cookies []*http.Cookie
	browser bool // cookies are kept and sent
	repeat  int
	line    int
	out     strings.Builder
}

// replay runs a script and writes it out with the answers it got.
func replay(t *testing.T, script string) *conversation {
	t.Helper()
	c := &conversation{
		t: t, vars: map[string]string{}, repeat: 1, from: "192.0.2.1",
		shown: []string{"Content-Type", "Www-Authenticate", "Allow", "Retry-After", "X-Mock-Scenario", "Location"},
	}
	lines := slices.DeleteFunc(strings.Split(script, "\n"), func(l string) bool { return strings.HasPrefix(l, "<") || strings.HasPrefix(l, "=") })
	config := server.Config{At: at2030}
	if name, ok := strings.CutPrefix(lines[0], "@ fixture "); ok {
		config.Fixture = namedFixture(t, name)
	}
	c.server = newServer(t, config)
	for len(lines) > 0 {
		block := lines[:1]
		for block[0] != "" && block[0][0] == '>' && len(lines) > len(block) && strings.HasPrefix(lines[len(block)], ">") && !isRequestLine(lines[len(block)]) {
			block = lines[:len(block)+1]
		}
		lines = lines[len(block):]
		c.line += len(block)
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
	}
	return c
}

func namedFixture(t *testing.T, name string) *fixtures.Fixture {
	t.Helper()
	load := fixtures.Load
	if !slices.Contains(fixtures.Names(), name) {
		load = func(name string) (*fixtures.Fixture, error) {
			return fixtures.ParseFile(filepath.Join("testdata/fixtures", name+".yaml"))
		}
	}
	f, err := load(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (c *conversation) failf(format string, args ...any) {
	c.t.Helper()
	c.t.Fatalf("line %d of the script: %s", c.line, fmt.Sprintf(format, args...))
}

var (
	requestLine = regexp.MustCompile(`^> ([A-Z]+) ([/$]\S*)$`)
	headerLine  = regexp.MustCompile(`^([A-Za-z0-9-]+): (.*)$`)
	formLine    = regexp.MustCompile(`^([A-Za-z_]+)=(.*)$`)
	variable    = regexp.MustCompile(`\$[a-z][a-z0-9_]*`)
	page        = regexp.MustCompile(`"html":"(?:[^"\\]|\\.)+"`)
)

func isRequestLine(line string) bool { return requestLine.MatchString(line) }

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
		payload = encodeForm(body, c.expand)
	default:
		header.Set("Content-Type", "application/json")
	}
	var w *httptest.ResponseRecorder
	remark := ""
	for range c.repeat {
		r := httptest.NewRequestWithContext(c.t.Context(), m[1], c.expand(m[2]), strings.NewReader(payload))
		maps.Copy(r.Header, header)
		r.Host, r.RemoteAddr = "localhost:2884", c.from+":1234"
		if host := header.Get("Host"); host != "" {
			r.Host = host
		}
		if c.browser {
			for _, cookie := range c.cookies {
				r.AddCookie(cookie)
			}
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
	for _, name := range slices.Sorted(maps.Keys(w.Header())) {
		shown := slices.ContainsFunc(c.shown, func(p string) bool { return fixtures.MatchGlob(http.CanonicalHeaderKey(p), name) })
		for _, value := range w.Header()[name] {
			switch name {
			case "Location":
				value = c.redirect(value)
			case "Set-Cookie":
				value = c.setCookie(value)
			}
			if shown {
				fmt.Fprintf(&c.out, "< %s: %s\n", name, value)
			}
		}
	}
	c.remember(w)
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

// serve answers a request, and remarks on what a client would notice beside
// the answer.
func (c *conversation) serve(w http.ResponseWriter, r *http.Request) (remark string) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
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
	c.server.ServeHTTP(w, r.WithContext(ctx))
	return ""
}

// basic encodes "Basic id:secret", and leaves all else as it is.
func basic(value string) string {
	if plain, ok := strings.CutPrefix(value, "Basic "); ok && strings.Contains(plain, ":") {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(plain))
	}
	return value
}

func encodeForm(lines []string, expand func(string) string) string {
	var pairs []string
	for _, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		pairs = append(pairs, url.QueryEscape(name)+"="+url.QueryEscape(expand(value)))
	}
	return strings.Join(pairs, "&")
}

// named is an answer with its tokens replaced by their names.
func (c *conversation) named(body []byte) string {
	text := page.ReplaceAllString(string(body), `"html":"$$page"`)
	var members map[string]any
	if json.Unmarshal(body, &members) != nil {
		return text
	}
	for _, member := range []string{"access_token", "refresh_token", "id_token", "token", "login_ticket", "request_uri"} {
		if value, ok := members[member].(string); ok {
			text = strings.Replace(text, `"`+value+`"`, `"`+c.nameOf("$"+member, value)+`"`, 1)
		}
	}
	return text
}

// nameOf is the name of a token: a new one, if it is the first time it is seen.
func (c *conversation) nameOf(base, value string) string {
	for n, name := 1, base; ; n, name = n+1, base+strconv.Itoa(n+1) {
		if have, ok := c.vars[name]; !ok {
			c.vars[name] = value
			return name
		} else if have == value {
			return name
		}
	}
}

// write writes text, each line behind the mark.
func (c *conversation) write(mark, text string) {
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\\r\n"), "\n") {
		if line != "" {
			line = " " + line
		}
		c.out.WriteString(mark + line + "\n")
	}
}

// command does what a line behind @ says.
func (c *conversation) command(words []string) {
	var err error
	switch arg := func(i int) string { return words[min(i, len(words)-1)] }; words[0] {
	case "fixture": // done before the first line
	case "show":
		c.shown = append(c.shown, words[1:]...)
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
	case "link":
		c.vars[arg(3)] = c.live(arg(1), outbox.WithLink()).Link
		c.write("=", c.vars[arg(3)])
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
	case "fill":
		var n int
		n, err = strconv.Atoi(arg(2))
		c.vars[arg(1)] = strings.Repeat("x", n)
	case "inject":
		name := arg(1)
		if !slices.Contains(scenarios.Names(), name) {
			name = filepath.Join("testdata/scenarios", name+".yaml")
		}
		_, err = c.server.Inject(name, scenarios.Narrowing{})
	case "scenario":
		c.write("=", c.counts(arg(1)))
	case "keys":
		c.write("=", c.keyIDs())
	case "browser":
		c.browser = true
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

// diff shows the lines that differ.
func diff(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	var out strings.Builder
	for i := 0; i < len(a) || i < len(b); i++ {
		line := func(lines []string) string {
			if i < len(lines) {
				return lines[i]
			}
			return "(nothing)"
		}
		if line(a) != line(b) {
			fmt.Fprintf(&out, "line %d\n  want %s\n  got  %s\n", i+1, line(a), line(b))
			if len(a) != len(b) {
				break // all lines below are shifted
			}
		}
	}
	return out.String()
}
