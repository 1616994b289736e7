package load_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// manyTenants is a server with so many tenants beside the first one.
func manyTenants(t testing.TB, n int) *server.Server {
	t.Helper()
	s := servertest.New(t, fixedCode)
	for i := range n {
		addTenant(t, s, i)
	}
	return s
}

func addTenant(t testing.TB, s *server.Server, n int) {
	t.Helper()
	if _, err := s.AddTenant(fmt.Sprintf("w%d", n), server.Config{}); err != nil {
		t.Fatal(err)
	}
}

// A thousand tenants are made within a second.
func BenchmarkThousandTenants(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if n := len(manyTenants(b, 1000).Tenants()); n != 1001 {
			b.Fatalf("%d tenants", n)
		}
	}
}

// A login takes as long with a thousand tenants beside as without, at the first one and
// at one that is found by its host.
func BenchmarkLoginBesideTenants(b *testing.B) {
	for _, n := range []int{1, 1000} {
		s := manyTenants(b, n)
		for _, at := range []string{"localhost:2884", "w0.localhost:2884"} {
			b.Run(fmt.Sprintf("%d tenants/%s", n, at), func(b *testing.B) {
				for b.Loop() {
					loginAt(b, s, at, "ada@example.com")
				}
			})
		}
	}
}

func loginAt(t testing.TB, s *server.Server, host, email string) {
	t.Helper()
	for _, call := range [][2]string{
		{"/passwordless/start", fmt.Sprintf(startBody, email)}, {"/oauth/token", fmt.Sprintf(tokenBody, email, acmeAPI, "openid")},
	} {
		if w := servertest.Call(t, s, "POST", call[0], call[1], servertest.Host(host)); w.Code != http.StatusOK {
			t.Fatalf("%s %s: %d %s", host, call[0], w.Code, w.Body)
		}
	}
}

// A tenant that nobody uses keeps 100 kB at most.
func TestWhatATenantKeepsInMemory(t *testing.T) {
	skipWithRaceDetector(t)
	const tenants, most = 1000, 100 << 10
	s := servertest.New(t, server.Config{})
	addTenant(t, s, tenants) // what is made once does not count
	before := heap()
	for n := range tenants {
		addTenant(t, s, n)
	}
	each := (heap() - before) / tenants
	t.Logf("a tenant keeps %d bytes", each)
	if each > most {
		t.Errorf("a tenant keeps %d bytes; it may keep %d", each, most)
	}
	for n := range tenants {
		if err := s.RemoveTenant(fmt.Sprintf("w%d", n)); err != nil {
			t.Fatal(err)
		}
	}
	if after := int64(heap()); after > int64(before)+tenants*1000 {
		t.Errorf("the tenants are gone, and %d bytes of them are left", after-int64(before))
	}
	runtime.KeepAlive(s)
}

// TestSoakTenants signs users in over 64 connections at 50 tenants, which are found by
// their hosts. No request may fail, no tenant may see another's user, and nothing may grow
// with the number of logins.
func TestSoakTenants(t *testing.T) {
	const connections, tenants = 64, 50
	rounds := 4
	if *soakSize > 0 {
		rounds = max(rounds, *soakSize/(connections*10))
	}
	s := manyTenants(t, tenants)
	if *soakSize > 0 {
		for _, one := range s.Tenants() {
			for range 10_000 { // so the log of each is full, and does not grow any more
				call(t, one, "GET", "/v2/logout", "")
			}
		}
	}
	ts := httptest.NewServer(s)
	defer ts.Close()
	clients := make([]*http.Client, connections)
	for i := range clients {
		clients[i] = &http.Client{Transport: &http.Transport{}}
		defer clients[i].CloseIdleConnections()
	}
	at := func(client *http.Client, n int, path, body string) string {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, ts.URL+path, strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return ""
		}
		if body == "" {
			r.Method = http.MethodGet
		}
		r.Host = fmt.Sprintf("w%d.localhost:2884", n)
		r.Header.Set("Content-Type", "application/json")
		res, err := client.Do(r)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return ""
		}
		defer res.Body.Close()
		data, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s %v", path, res.StatusCode, data, err)
		}
		return string(data)
	}
	var heaps []uint64
	for round := range rounds {
		var running sync.WaitGroup
		for c, client := range clients {
			running.Go(func() {
				for i := range 10 {
					n := (c + i*7 + round) % tenants
					email := fmt.Sprintf("user%d@w%d.example.com", c, n)
					at(client, n, "/passwordless/start", fmt.Sprintf(startBody, email))
					at(client, n, "/oauth/token", fmt.Sprintf(tokenBody, email, "", "profile"))
				}
			})
		}
		running.Wait()
		for _, one := range s.Tenants() { // what lasts for some minutes is no growth
			if err := one.Clock().Advance(time.Minute); err != nil {
				t.Fatal(err)
			}
		}
		heaps = append(heaps, heap())
	}
	for n := range tenants {
		users := at(clients[0], n, "/_mock/users", "")
		if own, all := strings.Count(users, fmt.Sprintf("@w%d.example.com\"", n)), strings.Count(users, ".example.com\""); own == 0 || own != all {
			t.Errorf("w%d has %d users of its own, of %d", n, own, all)
		}
	}
	if n := len(s.Users()); n > 4 {
		t.Errorf("the first tenant has %d users", n)
	}
	// By then the outbox and the journal of each tenant are full, too.
	halfway, atEnd := heaps[len(heaps)/2], heaps[len(heaps)-1]
	if *soakSize > 0 && atEnd > halfway+halfway/20 {
		t.Errorf("the heap has grown from %d KiB halfway to %d KiB", halfway>>10, atEnd>>10)
	}
	t.Logf("%d logins; the heap: %d KiB halfway, %d KiB at the end", rounds*connections*10, halfway>>10, atEnd>>10)
}
