package journal_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/mockauth0/mockauth0/server/journal"
)

func TestAJournalKeepsTheLastThousand(t *testing.T) {
	t.Parallel()
	var j journal.Journal
	if all, dropped := j.All(); all == nil || len(all) != 0 || dropped != 0 {
		t.Errorf("at first: %v, %d dropped", all, dropped)
	}
	for i := range 2345 {
		j.Add(journal.Request{ID: fmt.Sprint(i)}, nil)
	}
	all, dropped := j.All()
	if len(all) != 1000 || dropped != 1345 || all[0].ID != "1345" || all[999].ID != "2344" {
		t.Errorf("%d kept from %s to %s, %d dropped", len(all), all[0].ID, all[len(all)-1].ID, dropped)
	}
	if kept, dropped := j.Counts(); kept != 1000 || dropped != 1345 {
		t.Errorf("counts are %d and %d", kept, dropped)
	}
	j.Add(journal.Request{ID: "next"}, nil)
	if all[0].ID != "1345" {
		t.Error("a later request changes the list")
	}
	j.Clear()
	if kept, dropped := j.Counts(); kept != 0 || dropped != 0 {
		t.Errorf("after Clear: %d kept, %d dropped", kept, dropped)
	}
}

// Headers and bodies take 512 KiB at most: those of the oldest requests go first, and the
// requests themselves stay.
func TestAJournalKeepsTheLastExchanges(t *testing.T) {
	t.Parallel()
	var j journal.Journal
	body := make([]byte, 20_000)
	kept := func() (first, n int) {
		all, _ := j.All()
		first = -1
		for i, r := range all {
			if _, x, ok := j.Get(r.ID); !ok {
				t.Fatalf("there is no request %s", r.ID)
			} else if x != nil {
				if n++; first < 0 {
					first = i
				}
			}
		}
		return first, n
	}
	for i := range 1500 {
		j.Add(journal.Request{ID: fmt.Sprint(i)}, &journal.Exchange{URL: "/", RequestBody: body})
	}
	if first, n := kept(); n < 22 || n > 26 || first != 1000-n {
		t.Errorf("%d exchanges are kept, from the request %d on", n, first)
	}
	for i := range 1500 {
		j.Add(journal.Request{ID: fmt.Sprint("small", i)}, &journal.Exchange{URL: "/"})
	}
	if _, n := kept(); n != 1000 {
		t.Errorf("of 1,000 small exchanges %d are kept", n)
	}
	j.Add(journal.Request{ID: "huge"}, &journal.Exchange{ResponseHeader: http.Header{"X": {strings.Repeat("x", 300<<10)}}})
	if _, x, ok := j.Get("huge"); !ok || x != nil {
		t.Errorf("a huge exchange is kept: %v, %t", x, ok)
	}
	if _, _, ok := j.Get("0"); ok {
		t.Error("a request is there that was dropped")
	}
}

// What is read is what was added.
func TestAnExchangeIsReadAsItWas(t *testing.T) {
	t.Parallel()
	want := journal.Exchange{
		URL: "/x?a=b", RequestHeader: http.Header{"Accept": {"*/*"}, "Cookie": {"a", "", strings.Repeat("b", 300)}}, ResponseHeader: http.Header{"None": {}},
		RequestBody: []byte("hello\x00"), ResponseBody: []byte{}, RequestSize: 1 << 20, ResponseSize: 0,
	}
	var j journal.Journal
	j.Add(journal.Request{ID: "1"}, &want)
	j.Add(journal.Request{ID: "2"}, nil)
	if _, got, ok := j.Get("1"); !ok || !reflect.DeepEqual(*got, want) {
		t.Errorf("%+v\nnot\n%+v", got, want)
	}
	if _, got, ok := j.Get("2"); !ok || got != nil {
		t.Errorf("%+v, %t", got, ok)
	}
}

// The race detector is the judge.
func TestManyGoroutines(t *testing.T) {
	t.Parallel()
	var j journal.Journal
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 400 {
				j.Add(journal.Request{}, &journal.Exchange{URL: "/"})
				j.All()
				j.Counts()
			}
		})
	}
	wg.Wait()
	if kept, dropped := j.Counts(); kept != 1000 || dropped != 600 {
		t.Errorf("%d kept, %d dropped", kept, dropped)
	}
}

func TestParseSDK(t *testing.T) {
	t.Parallel()
	// A version with bytes that the two alphabets write differently.
	const plain = `{"name":"auth0-js","version":"9~?9>","env":{"node":"v24"}}`
	want := &journal.SDK{Name: "auth0-js", Version: "9~?9>", Env: map[string]any{"node": "v24"}}
	for name, encoding := range map[string]*base64.Encoding{"standard": base64.StdEncoding, "unpadded": base64.RawStdEncoding, "URL": base64.URLEncoding, "unpadded URL": base64.RawURLEncoding} {
		if got := journal.ParseSDK(encoding.EncodeToString([]byte(plain))); !reflect.DeepEqual(got, want) {
			t.Errorf("%s base64: %+v", name, got)
		}
	}
	for _, header := range []string{"", "x", "e30", "W10", strings.Repeat("A", 1<<20)} {
		if got := journal.ParseSDK(header); got != nil {
			t.Errorf("%.10q is taken for %+v", header, got)
		}
	}
}
