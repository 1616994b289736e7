package mailhog_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailhog/data"

	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/mailhog"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// addLarge puts mails of 400 kB into an outbox.
func addLarge(box *outbox.Box, n int) {
	for i := range n {
		raw := fmt.Sprintf("Subject: %d\r\n\r\n%s\r\n", i, strings.Repeat(strings.Repeat("x", 998)+"\r\n", 400))
		box.Add(outbox.Message{Kind: outbox.SMTP, To: fmt.Sprintf("user%d@example.com", i), Raw: []byte(raw)})
	}
}

// heap is how many MB are in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc >> 20
}

// Of a list of 60 MB that each of ten clients asked for, and does not read, each holds
// one mail. After a while they are dropped.
func TestClientsThatDoNotReadHoldOneMailEach(t *testing.T) {
	for _, path := range []string{"/api/v1/messages", "/api/v2/messages?limit=250", "/api/v2/search?kind=to&query=user&limit=250", "/api/v1/events"} {
		synctest.Test(t, func(t *testing.T) {
			log := &servertest.LogBuffer{}
			box := outbox.New(outbox.Options{})
			m := mailhog.New(mailhog.Options{Box: box, Log: slog.New(slog.NewTextHandler(log, nil))})
			defer m.Close()
			at := servertest.ServePipes(t, m.API())
			if !strings.HasSuffix(path, "events") {
				addLarge(box, 150)
			}
			before := heap()
			for range 10 {
				at.Ask(t, path)
			}
			synctest.Wait()
			addLarge(box, 150) // and what the others hold is evicted
			synctest.Wait()
			if after := heap(); after > before+100 {
				t.Errorf("%s: %d MB are held for ten clients", path, after-before)
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			if n := strings.Count(log.Take(), "A client reads too slowly and is dropped"); n != 10 {
				t.Errorf("%s: the log tells of %d dropped clients", path, n)
			}
		})
	}
}

// A large list is the same JSON as a small one. It leaves out what goes meanwhile.
func TestALargeListIsWrittenMailByMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := outbox.New(outbox.Options{})
		m := mailhog.New(mailhog.Options{Box: box})
		defer m.Close()
		at := servertest.ServePipes(t, m.API())
		addLarge(box, 3)
		answer := at.Ask(t, "/api/v1/messages")
		synctest.Wait() // the first is on its way
		box.Delete(outbox.ID("msg_00000002"))
		var list []data.Message
		if err := json.NewDecoder(answer.Body).Decode(&list); err != nil {
			t.Fatal(err)
		}
		if len(list) != 2 || list[0].ID != "msg_00000003@mockauth0.test" || list[1].ID != "msg_00000001@mockauth0.test" {
			t.Errorf("%d mails", len(list))
		}
		body, _ := io.ReadAll(at.Ask(t, "/api/v2/messages").Body)
		one, _ := json.Marshal(list[0])
		two, _ := json.Marshal(list[1])
		if want := `{"total":2,"count":2,"start":0,"items":[` + string(one) + "," + string(two) + "]}"; string(body) != want {
			t.Errorf("%.200s\nwant %.200s", body, want)
		}
	})
}

// A browser must not guess what a mail or a part of it is.
func TestNoResponseIsSniffed(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.send(t, "a@x.test", "b@x.test", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n<script>1</script>\n--b\nContent-Type: text/plain; name=x\nContent-Disposition: attachment; filename=x\n\ny\n--b--\n")
	id := "msg_00000001"
	for _, path := range []string{
		"/api/v1/messages", "/api/v1/messages/" + id, "/api/v1/messages/" + id + "/download", "/api/v1/messages/" + id + "/mime/part/0/download",
		"/api/v1/messages/" + id + "/mime/part/1/download", "/api/v2/messages", "/",
	} {
		if w := call(t, m.API(), "GET", path); w.Code != 200 || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("MailHog's %s: %d %v", path, w.Code, w.Header())
		}
	}
	for _, path := range []string{
		"/api/v1/messages", "/api/v1/message/" + id, "/api/v1/message/" + id + "/headers", "/api/v1/message/" + id + "/raw?dl=1",
		"/api/v1/message/" + id + "/part/2", "/view/" + id + ".txt", "/",
	} {
		if w := call(t, m.Mailpit(), "GET", path); w.Code != 200 || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("Mailpit's %s: %d %v", path, w.Code, w.Header())
		}
	}
}
