package testkit_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/testkit"
)

func TestInjectFailsATestInWhichNothingFailed(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		use  func(*recorder, *testkit.Auth0)
		want string // "" if the test passes
	}{
		"it never happened": {func(r *recorder, auth *testkit.Auth0) {
			auth.Inject(r, "otp-expired")
			app{auth.Client(), auth.URL(), auth.ClientID()}.start(r, "ada@example.com", "code")
		}, "testkit: otp-expired fired 0 times"},
		"it happened": {func(r *recorder, auth *testkit.Auth0) {
			injected := auth.Inject(r, "email-lost")
			app{auth.Client(), auth.URL(), auth.ClientID()}.start(r, "ada@example.com", "code")
			injected.MustFire(r, 1)
		}, ""},
		"not as often as it must": {func(r *recorder, auth *testkit.Auth0) {
			injected := auth.Inject(r, "email-lost")
			app{auth.Client(), auth.URL(), auth.ClientID()}.start(r, "ada@example.com", "code")
			injected.MustFire(r, 2)
		}, "testkit: email-lost fired 1 time"},
		"it is optional":     {func(r *recorder, auth *testkit.Auth0) { auth.Inject(r, "email-lost").Optional() }, ""},
		"it must not happen": {func(r *recorder, auth *testkit.Auth0) { auth.Inject(r, "email-lost").MustFire(r, 0) }, ""},
		"it is switched off": {func(r *recorder, auth *testkit.Auth0) {
			injected := auth.Inject(r, "email-lost").Optional()
			injected.Off()
			app{auth.Client(), auth.URL(), auth.ClientID()}.start(r, "ada@example.com", "code")
			auth.OTP(r, "ada@example.com")
			if injected.Fired() != 0 {
				r.Errorf("fired %d times", injected.Fired())
			}
		}, ""},
		"it ended with another test": {func(r *recorder, auth *testkit.Auth0) {
			another := &recorder{}
			another.run(func() { auth.Inject(another, "email-lost").Optional() })
			app{auth.Client(), auth.URL(), auth.ClientID()}.start(r, "ada@example.com", "code")
			auth.OTP(r, "ada@example.com")
		}, ""},
		"there is no such scenario": {func(r *recorder, auth *testkit.Auth0) { auth.Inject(r, "email-lots") }, `did you mean "email-lost"?`},
		"a scenario with a mistake": {func(r *recorder, auth *testkit.Auth0) { auth.InjectScenario(r, scenarios.Scenario{}) }, "testkit: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &recorder{}
			r.run(func() { tt.use(r, testkit.Start(r)) })
			if r.failed != (tt.want != "") || !strings.Contains(r.log.String(), tt.want) {
				t.Errorf("failed %v, want %q:\n%s", r.failed, tt.want, r.log.String())
			}
		})
	}
}

var writeDocs = flag.Bool("docs", false, "write what a Go client sees into the table of faults in docs")

var faults = []string{"reset", "empty", "hang", "garbage", "truncate", "dribble"}

// A wire is one way to reach a tenant: a protocol and a client for it. The
// connection breaks for requests that ask for a fault.
type wire struct {
	name   string
	base   string
	client *http.Client
	faults map[string]*testkit.Injection
}

// wires are the three protocols that the port of a tenant speaks.
func wires(t testing.TB) []wire {
	t.Helper()
	auth := testkit.Start(t)
	broken := breakConnections(t, auth)
	all := []wire{{name: "http", base: auth.URL()}, {name: "https", base: auth.TLSURL()}, {name: "HTTP/2", base: auth.TLSURL()}}
	for i := range all {
		transport := &http.Transport{TLSClientConfig: auth.TLSConfig(), Protocols: new(http.Protocols)}
		transport.Protocols.SetHTTP1(true)
		transport.Protocols.SetHTTP2(all[i].name == "HTTP/2")
		t.Cleanup(transport.CloseIdleConnections)
		all[i].client, all[i].faults = &http.Client{Transport: transport}, broken
	}
	return all
}

func inMemory(t testing.TB) wire {
	t.Helper()
	auth := testkit.Start(t, testkit.InMemory("tenant.example.com"))
	return wire{"in memory", auth.URL(), auth.Client(), breakConnections(t, auth)}
}

func breakConnections(t testing.TB, auth *testkit.Auth0) map[string]*testkit.Injection {
	t.Helper()
	broken := map[string]*testkit.Injection{}
	for _, fault := range faults {
		broken[fault] = auth.InjectScenario(t, scenarios.Scenario{Name: fault, Rules: []scenarios.Rule{{
			ID: "all", When: scenarios.When{Header: map[string]scenarios.AnyOf{"X-Fault": {fault}}}, Then: scenarios.Then{Fault: fault},
		}}}).Optional()
	}
	return broken
}

const keys = "/.well-known/jwks.json"

// see sends one request that asks for a fault, or for none, and says in a few
// words what the client sees. If the tenant is to hang, the client gives up as
// soon as the tenant has the request, so that the test waits for no timeout.
func (w wire) see(t testing.TB, fault, method, path, body string) string {
	t.Helper()
	ctx, giveUp := context.WithCancel(t.Context())
	defer giveUp()
	if fault == "hang" {
		before := w.faults[fault].Fired()
		go func() {
			defer giveUp()
			tick := time.NewTicker(time.Millisecond)
			defer tick.Stop()
			for w.faults[fault].Fired() == before && ctx.Err() == nil {
				<-tick.C
			}
		}()
	}
	req, _ := http.NewRequestWithContext(ctx, method, w.base+path, strings.NewReader(body))
	req.Header.Set("X-Fault", fault)
	start := time.Now()
	res, err := w.client.Do(req)
	if err != nil {
		return word(err)
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	switch {
	case err != nil:
		return fmt.Sprintf("%d, then %s", res.StatusCode, word(err))
	case time.Since(start) >= 2*time.Second:
		return fmt.Sprintf("%d, slowly", res.StatusCode)
	}
	return fmt.Sprint(res.StatusCode)
}

var streamError = regexp.MustCompile(`stream error: stream ID \d+; (\w+)`)

// word is the part of an error that is the same in every run.
func word(err error) string {
	text := err.Error()
	stream := streamError.FindStringSubmatch(text)
	switch {
	case errors.Is(err, context.Canceled):
		return "timeout"
	case isReset(err):
		return "`ECONNRESET`"
	case strings.Contains(text, "malformed HTTP response"):
		return "`malformed HTTP response`"
	case stream != nil:
		return "`stream error " + stream[1] + "`"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "`unexpected EOF`"
	case errors.Is(err, io.EOF):
		return "`EOF`"
	}
	return text
}

// isReset also knows the number that Windows has for it.
func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.Errno(10054))
}

// row is what the client sees of each fault, as a line of the table in docs.
func (w wire) row(t testing.TB) string {
	t.Helper()
	cells := make([]string, len(faults))
	var all sync.WaitGroup
	for i, fault := range faults {
		all.Go(func() { cells[i] = w.see(t, fault, "GET", keys, "") })
	}
	all.Wait()
	return "| Go, " + w.name + " | " + strings.Join(cells, " | ") + " |\n"
}

// The docs have a table of what clients see. The rows of Node are left alone:
// testkit/conformance holds Node to them. To bring the others up to date:
// go test ./testkit -run DocsTell -docs
func TestTheDocsTellWhatAGoClientSees(t *testing.T) {
	t.Parallel()
	ways := wires(t)
	rows := make([]string, len(ways)+1)
	var all sync.WaitGroup
	for i, w := range ways {
		all.Go(func() { rows[i] = w.row(t) })
	}
	all.Wait()
	synctest.Test(t, func(t *testing.T) { rows[len(ways)] = inMemory(t).row(t) })

	const file, start, end = "../docs/reference/scenarios.md", "<!-- faults -->\n", "<!-- /faults -->"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(data), start)
	have, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s lacks the marks %s and %s", file, start, end)
	}
	table := "| client | `" + strings.Join(faults, "` | `") + "` |\n|" + strings.Repeat(" --- |", 1+len(faults)) + "\n" + strings.Join(rows, "")
	for line := range strings.Lines(have) {
		if strings.HasPrefix(line, "| Node") {
			table += line
		}
	}
	switch {
	case *writeDocs:
		if err := os.WriteFile(file, []byte(before+start+table+end+after), 0o666); err != nil {
			t.Fatal(err)
		}
	case have != table:
		t.Errorf("the table in %s is not what a Go client sees; run go test ./testkit -run DocsTell -docs. It sees\n%s", file, table)
	}
}

// The next request is answered. Over HTTP/2 it uses the same connection. Over
// HTTP/1.1 it does so only if the answer before was complete.
func TestAFaultIsOverWithItsRequest(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	for _, w := range wires(t) {
		all.Go(func() { // a dribble takes two seconds: the wires wait side by side
			for _, fault := range faults {
				if got := w.see(t, "none", "GET", keys, ""); got != "200" {
					t.Errorf("over %s, before %s: %s", w.name, fault, got)
				}
				w.see(t, fault, "GET", keys, "")
				var reused bool
				trace := &httptrace.ClientTrace{GotConn: func(c httptrace.GotConnInfo) { reused = c.Reused }}
				req, _ := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), "GET", w.base+keys, nil)
				res, err := w.client.Do(req)
				if err != nil {
					t.Errorf("over %s, after %s: %v", w.name, fault, err)
					continue
				}
				if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != 200 {
					t.Errorf("over %s, after %s: %s, %v", w.name, fault, res.Status, err)
				}
				res.Body.Close()
				if want := w.name == "HTTP/2" || fault == "dribble"; reused != want {
					t.Errorf("over %s, after %s the connection is used again: %v, want %v", w.name, fault, reused, want)
				}
			}
		})
	}
	all.Wait()
}

// net/http sends a GET again if a connection that was used before ends without an
// answer. The client then does not see a fault that happens once. A POST is not
// sent again, and in memory nothing is.
func TestAGetMayBeSentAgainBehindTheClientsBack(t *testing.T) {
	t.Parallel()
	for _, inMemory := range []bool{false, true} {
		for _, fault := range []string{"reset", "empty", "garbage"} {
			for _, method := range []string{"GET", "POST"} {
				t.Run(fmt.Sprintf("%s %s in memory %v", fault, method, inMemory), func(t *testing.T) {
					t.Parallel()
					auth := testkit.Start(t)
					if inMemory {
						auth = testkit.Start(t, testkit.InMemory("tenant.example.com"))
					}
					send := func() error {
						req, _ := http.NewRequest(method, auth.URL()+"/userinfo", strings.NewReader(""))
						res, err := auth.Client().Do(req)
						if err == nil {
							_, err = io.Copy(io.Discard, res.Body)
							res.Body.Close()
						}
						return err
					}
					if err := send(); err != nil { // a connection that was used before
						t.Fatal(err)
					}
					once := auth.InjectScenario(t, scenarios.Scenario{Name: "once", Rules: []scenarios.Rule{{
						ID: "broken", When: scenarios.When{Endpoint: scenarios.AnyOf{"userinfo"}}, Then: scenarios.Then{Fault: fault}, Times: 1,
					}}})
					again := method == "GET" && fault != "garbage" && !inMemory
					if err := send(); (err == nil) != again {
						t.Errorf("the client got %v", err)
					}
					once.MustFire(t, 1)
					want := 2
					if again {
						want = 3
					}
					if got := len(auth.Server().Requests()); got != want {
						t.Errorf("%d requests arrived, want %d", got, want)
					}
				})
			}
		}
	}
}

// This test is not parallel, because it looks for goroutines that broken
// connections leave behind while the server runs on.
func TestBrokenConnectionsLeaveNothingBehindAndOthersAlone(t *testing.T) {
	ways := wires(t)
	for _, w := range ways {
		w.see(t, "none", "GET", keys, "") // the server is up
		w.client.CloseIdleConnections()
	}
	before := goleak.IgnoreCurrent()
	tooLarge := strings.Repeat("x", 2<<20) // so that the server does not read it all
	var all sync.WaitGroup
	for i := range 102 / len(ways) {
		for _, w := range ways {
			all.Go(func() {
				if got := w.see(t, "none", "GET", keys, ""); got != "200" && got != "200, slowly" {
					t.Errorf("an ordinary request over %s: %s", w.name, got)
				}
			})
			fault := faults[i%len(faults)]
			all.Go(func() {
				if got := w.see(t, fault, "GET", keys, ""); strings.HasPrefix(got, "200") != (fault == "truncate" || fault == "dribble") {
					t.Errorf("%s over %s: %s", fault, w.name, got)
				}
			})
			if i < len(faults) {
				all.Go(func() { w.see(t, fault, "POST", "/passwordless/start", tooLarge) })
			}
		}
	}
	all.Wait()
	for _, w := range ways {
		w.client.CloseIdleConnections()
	}
	// net/http waits half a second after a body that it did not read. goleak gives
	// up a little earlier.
	var left error
	for range 10 {
		if left = goleak.Find(before); left == nil {
			return
		}
	}
	t.Error(left)
}

func TestAConnectionInMemoryBreaksAsOneOfANetwork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := inMemory(t)
		ask := func(method, fault string, body io.Reader) (*http.Response, error) {
			req, _ := http.NewRequest(method, w.base+keys, body)
			req.Header.Set("X-Fault", fault)
			client := *w.client
			client.Timeout = 10 * time.Second
			return client.Do(req)
		}
		_, err := ask("GET", "reset", nil)
		var op *net.OpError
		if !errors.As(err, &op) || op.Op != "read" || !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("reset: %v", err)
		}
		start := time.Now()
		_, err = ask("GET", "hang", nil)
		var failed *url.Error
		if !errors.As(err, &failed) || !failed.Timeout() || time.Since(start) != 10*time.Second {
			t.Errorf("hang: %v after %s", err, time.Since(start))
		}
		res, err := ask("GET", "truncate", nil)
		if err != nil {
			t.Fatal(err)
		}
		half, err := io.ReadAll(res.Body)
		if res.Body.Close(); err != io.ErrUnexpectedEOF || int64(len(half)) != res.ContentLength/2 {
			t.Errorf("truncate: %d of %d bytes, %v", len(half), res.ContentLength, err)
		}
		start = time.Now()
		if res, err = ask("GET", "dribble", nil); err != nil || time.Since(start) != 0 {
			t.Fatalf("the head of a dribbled answer: %v after %s", err, time.Since(start))
		}
		pieces := 0
		for buf := make([]byte, 1<<16); err == nil; pieces++ {
			_, err = res.Body.Read(buf)
		}
		if res.Body.Close(); err != io.EOF || pieces != 20 || time.Since(start) != 2*time.Second {
			t.Errorf("dribble: %d reads, %v after %s", pieces, err, time.Since(start))
		}
		// An answer without a body breaks in its head.
		if _, err := ask("HEAD", "truncate", nil); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("HEAD, truncate: %v", err)
		}
		start = time.Now()
		if res, err = ask("HEAD", "dribble", nil); err != nil || res.ContentLength <= 0 || time.Since(start) != 2*time.Second {
			t.Errorf("HEAD, dribble: %v, %v after %s", res, err, time.Since(start))
		}
	})
}
