package mailhog_test

import (
	"fmt"
	"net"
	"net/http/httptest"
	"net/smtp"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/mailhog"
	"github.com/mockauth0/mockauth0/server/outbox"
)

func full(n int) *mailhog.Server {
	box := outbox.New(outbox.Options{})
	for i := range n {
		box.Add(outbox.Message{
			Kind: outbox.Email, To: fmt.Sprintf("w%d@example.com", i), From: "Acme <no-reply@mockauth0.test>", Subject: "Your code is 012345",
			Code: "012345", Text: "Your code is: 012345\n", HTML: "<p>Your code is: <strong>012345</strong></p>\n",
		})
	}
	return mailhog.New(mailhog.Options{Box: box})
}

// A full outbox of 1,000 mails.
func BenchmarkAPI(b *testing.B) {
	m := full(1000)
	for _, c := range []struct {
		name, path string
		mailpit    bool
	}{
		{"v2 page", "/api/v2/messages", false},
		{"v2 search to", "/api/v2/search?kind=to&query=w500@", false},
		{"v2 search containing", "/api/v2/search?kind=containing&query=nothing", false},
		{"mailpit search", "/api/v1/search?query=to:w500@", true},
	} {
		b.Run(c.name, func(b *testing.B) {
			h := m.API()
			if c.mailpit {
				h = m.Mailpit()
			}
			for b.Loop() {
				h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", c.path, nil))
			}
		})
	}
}

func BenchmarkSMTP(b *testing.B) {
	for _, size := range []int{1, 64 << 10, 500 << 10} {
		b.Run(fmt.Sprintf("%d bytes", size), func(b *testing.B) {
			m := mailhog.New(mailhog.Options{Box: outbox.New(outbox.Options{Max: 10})})
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			served := make(chan error)
			go func() { served <- m.ServeSMTP(ln) }()
			content := []byte("Subject: x\r\n\r\n" + strings.Repeat(strings.Repeat("x", 74)+"\r\n", 1+size/76))
			for b.Loop() {
				if err := smtp.SendMail(ln.Addr().String(), nil, "a@x.test", []string{"b@x.test"}, content); err != nil {
					b.Fatal(err)
				}
			}
			m.Close()
			<-served
		})
	}
}
