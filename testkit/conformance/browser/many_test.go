package browser

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server/outbox"
)

// A bigBox stands before a server and streams the messages of a box that holds
// more than a server's does.
type bigBox struct {
	*outbox.Box
	next http.Handler
}

func (b bigBox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, isMessage := strings.CutPrefix(r.URL.Path, "/_mock/outbox/msg_")
	switch {
	case isMessage && !strings.Contains(id, "/"):
		m, _ := b.Get("msg_" + id)
		_ = json.NewEncoder(w).Encode(m)
	case r.URL.Path == "/_mock/outbox/stream":
		w.Header().Set("Content-Type", "text/event-stream")
		flush := http.NewResponseController(w)
		for since := r.URL.Query().Get("since"); ; {
			batch, err := b.Changes(r.Context(), since)
			if err != nil {
				return
			}
			for n, m := range batch.Messages {
				m.HTML = ""
				data, _ := json.Marshal(m)
				fmt.Fprintf(w, "event: message\ndata: %s\n", data)
				if n == len(batch.Messages)-1 {
					fmt.Fprintf(w, "id: %s\n", batch.Next)
				}
				fmt.Fprintln(w)
			}
			_ = flush.Flush()
			since = batch.Next
		}
	default:
		b.next.ServeHTTP(w, r)
	}
}

func (b bigBox) send(n int) outbox.Message {
	to := fmt.Sprintf("user%d@example.com", n)
	return b.Add(outbox.Message{
		Kind: outbox.Email, Recipients: []string{to}, From: "Acme <no-reply@mockauth0.test>", Subject: "Your verification code for Acme Native",
		Text: fmt.Sprintf("Your verification code is: %06d\n\nIt works once, within 3 minutes, and only the newest one counts.\n", n),
		Code: fmt.Sprintf("%06d", n), ClientID: "acme-native", Connection: "email", Send: "code",
	})
}

// With ten thousand messages the page is as quick as with ten.
func TestTenThousandMessages(t *testing.T) {
	t.Parallel()
	chromium(t)
	const many = 10_000
	box := bigBox{outbox.New(outbox.Options{Max: many + 100}), newServer(t)}
	for n := range many {
		box.send(n)
	}
	url := "http://" + serve(t, "127.0.0.1:0", box).addr
	p := open(t, url+"/_mock/", desktop)
	firstRow := value[float64](p, `(async () => { while (!document.querySelector(".row")) await new Promise(requestAnimationFrame); return performance.now(); })()`)
	all := value[float64](p, `(async () => { while (document.querySelector("#count").innerText !== "10,000 messages") await new Promise(requestAnimationFrame); return performance.now(); })()`)
	p.untilText(row(1), "009999")
	small := func(when string) {
		t.Helper()
		if rows, all := value[int](p, `document.querySelectorAll(".row").length`), value[int](p, `document.querySelectorAll("*").length`); rows > 60 || all > 1500 {
			t.Errorf("%s: %d rows and %d elements are in the document", when, rows, all)
		}
	}
	small("at first")

	// New messages, one after the other: from Add to the painted row.
	var slowest time.Duration
	for n := many; n < many+20; n++ {
		value[any](p, fmt.Sprintf(`{
			window.painted = (async () => {
				while (!document.querySelector(".row .row-code")?.innerText.includes("%06d")) await new Promise(requestAnimationFrame);
				return Date.now();
			})();
			null;
		}`, n))
		sent := time.Now()
		box.send(n)
		painted := time.UnixMilli(value[int64](p, `window.painted`))
		slowest = max(slowest, painted.Sub(sent))
	}

	// The filter finds one among all.
	filtered := value[float64](p, `(async () => {
		const field = document.querySelector("#filter-to"), began = performance.now();
		field.value = "user4321@";
		field.dispatchEvent(new Event("input"));
		while (!document.querySelector("#count").innerText.startsWith("1 of")) await new Promise(requestAnimationFrame);
		return performance.now() - began;
	})()`)
	p.untilText(row(1), "004321")
	p.write("#filter-to", "")
	p.untilText("#count", "10,020 messages")

	// Wherever one scrolls there are rows, and what comes above moves nothing.
	// Scrolled until it holds: the list may have yet to grow.
	p.until(`(document.querySelector("#list").scrollTop = 1e9) && [...document.querySelectorAll(".row-code")].some((each) => each.innerText === "000000" && each.getBoundingClientRect().bottom < innerHeight)`)
	small("at the end")
	const middle = `(() => {
		const box = document.querySelector("#list").getBoundingClientRect();
		const seen = [...document.querySelectorAll(".row")].filter((each) => each.getBoundingClientRect().top >= box.top && each.getBoundingClientRect().bottom <= box.bottom);
		return seen.map((each) => each.dataset.id + "@" + Math.round(each.getBoundingClientRect().top)).join();
	})()`
	p.until(`(document.querySelector("#list").scrollTop = 400123) && (` + middle + `).split(",").length > 4`)
	before := value[string](p, `new Promise(requestAnimationFrame).then(() => `+middle+`)`)
	box.send(many + 20)
	p.untilText("#count", "10,021 messages")
	if after := value[string](p, `new Promise(requestAnimationFrame).then(() => `+middle+`)`); after != before {
		t.Errorf("a new message moved the list:\n%s\n%s", before, after)
	}

	// A thousand at once.
	began := time.Now()
	for n := range 1000 {
		box.send(many + 100 + n)
	}
	p.until(`(document.querySelector("#list").scrollTop = 0) || document.querySelector(".row-code")?.innerText.includes("011099")`)
	thousand := time.Since(began)

	t.Logf("first row after %.0f ms, all %d after %.0f ms; a new message is painted within %s; filtered in %.0f ms; 1,000 at once in %s",
		firstRow, many, all, slowest.Round(time.Millisecond), filtered, thousand.Round(time.Millisecond))
}
