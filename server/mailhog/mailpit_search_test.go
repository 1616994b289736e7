package mailhog_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/mailhog"
	"github.com/mockauth0/mockauth0/server/outbox"
)

func TestMailpitFinds(t *testing.T) {
	t.Parallel()
	api := mailpitBox(t).Mailpit()
	for query, want := range map[string]string{
		"to:ada@example.com":           "3 1",
		"to:ADA subject:code":          "1",
		"to:bob":                       "2",
		"from:app":                     "3 2",
		`from:"app, inc"`:              "2",
		"-from:app":                    "1",
		"!to:ada":                      "2",
		"cc:carl":                      "2",
		"bcc:hidden":                   "2",
		"reply-to:help":                "2",
		"addressed:carl":               "2",
		`subject:"invoice may"`:        "2",
		"message-id:two@":              "2",
		"012345":                       "1",
		`"pay & smile"`:                "2",
		"x.pdf":                        "2",
		"hello":                        "3",
		"is:unread":                    "3 2 1",
		"is:read":                      "",
		"has:attachment":               "2",
		"-has:attachments":             "3 1",
		"has:inline":                   "2",
		"tag:x":                        "",
		"after:2029-12-31":             "3 2 1",
		"after:2030-01-01T10:00:01Z":   "",
		`before:"2030-01-01 09:59" tz`: "",
		"before:2031/01/01":            "3 2 1",
		"-before:2031-01-01":           "",
		"after:1893492000":             "3 2 1",
		"after:nonsense to:bob":        "2",
		"larger:650":                   "2",
		"smaller:0.6kb":                "3 1",
		"larger:x":                     "",
		"to: subject:welcome":          "3",
		`subject:"welcome`:             "3",
		"http:x":                       "",
	} {
		w := call(t, api, "GET", "/api/v1/search?tz=UTC&query="+url.QueryEscape(query))
		var page struct {
			Count    int `json:"messages_count"`
			Messages []struct{ ID string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range page.Messages {
			got = append(got, strings.TrimPrefix(m.ID, "msg_0000000"))
		}
		if strings.Join(got, " ") != want || page.Count != len(got) {
			t.Errorf("%s finds %v of %d, want %s", query, got, page.Count, want)
		}
	}
	if w := call(t, api, "GET", "/api/v1/search?query=+"); w.Code != 400 || w.Body.String() != "Error: no search query" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for method, path := range map[string]string{"GET": "/api/v1/search", "DELETE": "/api/v1/search"} {
		if w := call(t, api, method, path+"?query=-x"+strings.Repeat("+-x", 20)); w.Code != 400 || w.Body.String() != "Error: the search query has more than 20 words" {
			t.Errorf("%s: %d %s", method, w.Code, w.Body)
		}
	}
}

// No search does any harm.
func FuzzMailpitSearch(f *testing.F) {
	f.Add(`to:a subject:"b c" -from:d after:2030-01-01 larger:2kb`, "UTC")
	f.Add(`"`, "../x")
	m := mailhog.New(mailhog.Options{Box: outbox.New(outbox.Options{})})
	m.Box.Add(outbox.Message{Kind: outbox.Email, To: "a@x.test", Subject: "b c", Text: "x"})
	api := m.Mailpit()
	f.Fuzz(func(t *testing.T, query, tz string) {
		w := call(t, api, "GET", "/api/v1/search?query="+url.QueryEscape(query)+"&tz="+url.QueryEscape(tz))
		if w.Code != 200 && strings.TrimSpace(query) != "" {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	})
}
