package load_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A soak is one run, and what was counted in it.
type soak struct {
	t      *testing.T
	s      *server.Server
	ctx    context.Context // of the whole run
	cancel func()
	client *http.Client
	url    string
	size   int // how many messages
	part   int // what part of the crowd follows: one in so many
	pace   *pace

	overHTTP, codes, logins         atomic.Int64
	events, connections, streamGaps atomic.Int64
	listed, listGaps, latest        atomic.Int64
}

func readAnswer(answer *http.Response) (string, error) {
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", answer.Status, body)
	}
	return string(body), err
}

// user is somebody who signs in: the cursor, the code, and now and then the
// tokens.
func (k *soak) user(email string, nth int) error {
	at := k.pace.hold()
	defer at.leave()
	cursor, err := k.do("GET", "/_mock/outbox/cursor", "")
	if err != nil {
		return err
	}
	started := make(chan error, 1) // the click is over before the request is
	go func() { started <- k.startOverHTTP(email) }()
	query := url.Values{"to": {email}, "since": {strings.TrimSpace(cursor)}, "wait": {"30s"}}
	code, err := k.do("GET", "/_mock/outbox/code?"+query.Encode(), "")
	if err := cmp.Or(<-started, err); err != nil {
		return err
	}
	k.codes.Add(1)
	if nth%10 != 0 {
		return nil
	}
	k.logins.Add(1)
	_, err = k.do("POST", "/oauth/token", fmt.Sprintf(`{"grant_type":%q,"client_id":"acme-native","realm":"email","username":%q,"otp":%q}`,
		servertest.GrantOTP, email, strings.TrimSpace(code)))
	return err
}

// followLatest waits for the newest message, again and again: it may skip
// some, but never goes back.
func (k *soak) followLatest(filter string) error {
	cursor, last := "", int64(0)
	for {
		body, err := k.do("GET", "/_mock/outbox/latest?wait=30s&since="+cursor+filter, "")
		if err != nil {
			return err
		}
		var m outbox.Message
		if err := json.Unmarshal([]byte(body), &m); err != nil {
			return err
		}
		if m.Seq <= last {
			return fmt.Errorf("message %d comes after %d", m.Seq, last)
		}
		last, cursor = m.Seq, fmt.Sprintf("e1.%d", m.Seq)
		k.latest.Add(1)
		if m.To == soakEnd {
			return nil
		}
	}
}

// A lister reads page after page.
type lister struct {
	*soak
	naps   bool
	limit  int
	cursor string
	place  *place
}

// follow reads all messages. What it read and what it was told to have missed
// is everything there was.
func (f *lister) follow() error {
	defer f.place.leave()
	items, missed, nap, last := 0, 0, 100, int64(0)
	for {
		body, err := f.do("GET", fmt.Sprintf("/_mock/outbox?since=%s&limit=%d", f.cursor, f.limit), "")
		if err != nil {
			return err
		}
		var page outbox.Page
		if err := json.Unmarshal([]byte(body), &page); err != nil {
			return err
		}
		for _, m := range page.Items {
			if m.Seq <= last {
				return fmt.Errorf("message %d comes after %d", m.Seq, last)
			}
			last = m.Seq
		}
		items, missed, f.cursor = items+len(page.Items), missed+page.Missed, page.Cursor
		f.listed.Add(int64(len(page.Items)))
		f.listGaps.Add(int64(page.Missed))
		f.place.come(int(last))
		switch n := len(page.Items); {
		case n == 0: // wait for more
			_, err := f.do("GET", "/_mock/outbox/latest?wait=30s&since="+f.cursor, "")
			if err != nil {
				return err
			}
		case page.Items[n-1].To == soakEnd:
			if items+missed != f.size || !f.naps && missed > 0 {
				return fmt.Errorf("%d messages were read and %d missed, of %d", items, missed, f.size)
			}
			return nil
		case f.naps && items > nap:
			f.place.nap(soakNap)
			nap = items + 100
		}
	}
}

// A mark is what a stream told of a message.
type mark uint8

const (
	seen mark = 1 << iota
	gone
	active
	superseded
	used
	expired
	states = active | superseded | used | expired
)

var markOf = map[string]mark{outbox.Active: active, outbox.Superseded: superseded, outbox.Used: used, outbox.Expired: expired}

// A streamer follows the stream of changes. It breaks off now and then, with
// some events of a batch read and others not, and resumes from the last place
// that it was told: what came after that it forgets, as it will come again.
type streamer struct {
	*soak
	naps  bool
	every int // breaks off after so many events
	place *place

	lastID  string
	pending []servertest.Event // since lastID
	marks   []mark             // by number of message
	newest  int                // the highest number so far
	dropped int                // how many messages were evicted, as it was told
	resets  int
	over    bool
}

func (f *streamer) follow() error {
	defer f.place.leave()
	for connections := 0; !f.over; connections++ {
		f.connections.Add(1)
		if err := f.connect(); err != nil {
			return fmt.Errorf("at %s: %w", f.lastID, err)
		}
		if f.naps && connections%3 == 0 && !f.over {
			f.place.nap(soakNap)
		}
	}
	return f.account()
}

// connect reads until it is time to break off.
func (f *streamer) connect() error {
	ctx, cancel := context.WithCancel(f.ctx)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, f.url+"/_mock/outbox/stream", nil)
	if err != nil {
		return err
	}
	if f.lastID != "" {
		r.Header.Set("Last-Event-ID", f.lastID)
	}
	answer, err := f.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body := bufio.NewScanner(answer.Body)
	f.forget()
	progress := false
	for n := 1; !f.over && (n < f.every || !progress); n++ {
		e, ok := servertest.ReadEvent(body)
		if !ok {
			return fmt.Errorf("the stream ended: %w", body.Err())
		}
		f.pending = append(f.pending, e)
		if e.ID == "" {
			continue
		}
		if err := f.take(); err != nil {
			return err
		}
		f.lastID, progress = e.ID, true
		f.forget()
		f.place.come(f.newest)
	}
	return nil
}

// forget drops what is pending; its bytes are not to be taken for growth.
func (f *streamer) forget() {
	clear(f.pending)
	f.pending = f.pending[:0]
}

// take takes in what is pending: one batch, as its last event bore an id.
func (f *streamer) take() error {
	f.events.Add(int64(len(f.pending)))
	held := 0
	for i, e := range f.pending {
		var data struct {
			ID       string
			To       string
			OTPState string `json:"otp_state"`
			IDs      []string
			Dropped  int
		}
		if err := json.Unmarshal([]byte(e.Data), &data); err != nil {
			return err
		}
		switch e.Name {
		case "reset":
			if i != 0 {
				return errors.New("a reset in the middle of a batch")
			}
			f.resets++
			f.streamGaps.Add(1)
			f.dropped = data.Dropped
			for n := range f.marks {
				f.marks[n] &^= states
			}
		case "message":
			held++
			if err := f.note(data.ID, seen|markOf[data.OTPState], seen); err != nil {
				return err
			}
			f.over = f.over || data.To == soakEnd
		case "gone":
			for _, id := range data.IDs {
				if err := f.note(id, gone, 0); err != nil {
					return err
				}
			}
			f.dropped = data.Dropped
		case "ready":
		default:
			return fmt.Errorf("an event %+v", e)
		}
	}
	if f.pending[0].Name == "reset" && held+f.dropped != f.newest {
		return fmt.Errorf("a reset to %d messages, with %d dropped, at message %d", held, f.dropped, f.newest)
	}
	return nil
}

// note marks a message. It must not bear the marks yet, but for those that may
// come again, nor be gone.
func (f *streamer) note(id string, m, again mark) error {
	n, err := strconv.Atoi(strings.TrimPrefix(id, "msg_"))
	if err != nil || n < 1 || n > f.size {
		return fmt.Errorf("a message with the id %q", id)
	}
	if have := f.marks[n]; have&(m&^again) != 0 || have&gone != 0 {
		return fmt.Errorf("message %d is told twice: %b, then %b", n, have, m)
	}
	f.marks[n] |= m
	f.newest = max(f.newest, n)
	return nil
}

// account holds what was told against what there was.
func (f *streamer) account() error {
	unseen, untold := 0, 0
	for _, m := range f.marks[1:] {
		if m&seen == 0 {
			unseen++
		}
		if m&(seen|gone) == 0 {
			untold++
		}
	}
	held, dropped := f.s.Outbox().Counts()
	switch {
	case f.dropped != dropped || held+dropped != f.size:
		return fmt.Errorf("it was told of %d dropped messages; %d are, %d are held", f.dropped, dropped, held)
	case untold > 0 && f.resets == 0:
		return fmt.Errorf("%d messages were lost, and nothing was said", untold)
	case !f.naps && (unseen > 0 || f.resets > 0):
		return fmt.Errorf("it kept up, and yet %d messages were not seen, with %d resets", unseen, f.resets)
	}
	return nil
}
