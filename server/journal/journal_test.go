package journal_test

import (
	"encoding/base64"
	"fmt"
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
		j.Add(journal.Request{ID: fmt.Sprint(i)})
	}
	all, dropped := j.All()
	if len(all) != 1000 || dropped != 1345 || all[0].ID != "1345" || all[999].ID != "2344" {
		t.Errorf("%d kept from %s to %s, %d dropped", len(all), all[0].ID, all[len(all)-1].ID, dropped)
	}
	if kept, dropped := j.Counts(); kept != 1000 || dropped != 1345 {
		t.Errorf("counts are %d and %d", kept, dropped)
	}
	j.Add(journal.Request{ID: "next"})
	if all[0].ID != "1345" {
		t.Error("a later request changes the list")
	}
	j.Clear()
	if kept, dropped := j.Counts(); kept != 0 || dropped != 0 {
		t.Errorf("after Clear: %d kept, %d dropped", kept, dropped)
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
				j.Add(journal.Request{})
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
