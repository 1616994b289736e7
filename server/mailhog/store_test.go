package mailhog_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/smtp"
	"reflect"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/mailhog"
	"github.com/mockauth0/mockauth0/server/outbox"
)

func TestAnAppsMailLandsInTheOutbox(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.send(t, "app@x.test", "Ada@example.com,bob@example.com", `From: =?iso-8859-1?Q?B=FCcher?= <app@x.test>
To: Ada@example.com
Subject: =?utf-8?B?R3LDvMOfZQ==?=
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

F=FCr Sie: 123456, oder 7890.
..und ein Punkt
--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PGEgaHJlZj0iaHR0cHM6Ly94LnRlc3QvP2E9MSZhbXA7Yj0yIj5oaWVyPC9hPg==
--b--
`)
	list := m.box.All()
	if len(list) != 1 {
		t.Fatalf("%d messages", len(list))
	}
	got := list[0]
	raw := string(got.Raw)
	got.Raw = nil
	want := outbox.Message{
		ID: "msg_00000001", Seq: 1, Kind: outbox.SMTP, To: "Ada@example.com", Recipients: []string{"Ada@example.com", "bob@example.com"},
		From: "Bücher <app@x.test>", Subject: "Grüße", Text: "Für Sie: 123456, oder 7890.\n..und ein Punkt", HTML: `<a href="https://x.test/?a=1&amp;b=2">hier</a>`,
		Codes: []string{"123456", "7890"}, Links: []string{"https://x.test/?a=1&b=2"}, State: outbox.Delivered, CreatedAt: ten, DeliveredAt: ten,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	if !strings.HasPrefix(raw, "Return-Path: <app@x.test>\r\nReceived: from localhost by mockauth0.test (mockauth0) with SMTP;\r\n Tue, 01 Jan 2030 10:00:00 +0000\r\nFrom: =?iso") ||
		!strings.HasSuffix(raw, "\r\n--b--\r\n") {
		t.Errorf("raw %q", raw)
	}
	if _, ok := m.box.Latest(outbox.To("ada@example.com")); !ok {
		t.Error("case counts")
	}
	if _, ok := m.box.Latest(outbox.Live()); ok {
		t.Error("an application's code is redeemable")
	}
}

// A message says what is attached to it.
func TestAMessageListsItsAttachments(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.send(t, "a@x.test", "b@x.test", `Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

hello
--b
Content-Type: application/pdf
Content-Disposition: attachment; filename*0*=koi8-r''%C3; filename*1*=%C4.pdf
Content-Transfer-Encoding: base64

aGVsbG8=
--b
Content-Type: image/png; name=logo.png
Content-ID: <logo@x>

png
--b--
`)
	got, _ := m.box.Get("msg_00000001")
	want := []outbox.Attachment{
		{Part: "2", FileName: "цд.pdf", ContentType: "application/pdf", Size: 5},
		{Part: "3", FileName: "logo.png", ContentType: "image/png", ContentID: "logo@x", Size: 3},
	}
	if !reflect.DeepEqual(got.Attachments, want) {
		t.Errorf("%+v", got.Attachments)
	}
}

func TestPartsThatAreNestedTooDeepAreRefused(t *testing.T) {
	t.Parallel()
	m := start(t)
	var content strings.Builder
	for i := range 30 {
		fmt.Fprintf(&content, "Content-Type: multipart/mixed; boundary=b%02d\r\n\r\n--b%02d\r\n", i, i)
	}
	err := smtp.SendMail(m.addr, nil, "a@x.test", []string{"b@x.test"}, []byte(content.String()))
	if err == nil || !strings.HasPrefix(err.Error(), "452") {
		t.Errorf("the reply is %v", err)
	}
}

func TestOurOwnLogTellsOfAMail(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	m := start(t, func(o *mailhog.Options) { o.Log = slog.New(slog.NewTextHandler(&out, nil)) })
	m.send(t, "a@x.test", "b@x.test", "Subject: Hello\n\nYour code: 123456")
	m.Close()
	if got := out.String(); !strings.Contains(got, `msg="The app sent a mail to b@x.test" kind=smtp subject=Hello codes=123456`) {
		t.Errorf("the log is %s", got)
	}
}
