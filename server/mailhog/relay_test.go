package mailhog_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/clock"
	"github.com/mockauth0/mockauth0/server/mailhog"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// relayed starts the relay, and stops it with t.
func (m *mailbox) relayed(t *testing.T, address string) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		m.Relay(address)
	}()
	t.Cleanup(func() {
		_ = m.Close()
		<-ended
	})
}

// settled waits until handing a message on has ended, in whatever way.
func (m *mailbox) settled(t *testing.T, id string) outbox.Relay {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	since := ""
	for {
		batch, err := m.box.Changes(ctx, since)
		if err != nil {
			t.Fatalf("%s is not handed on: %v", id, err)
		}
		since = batch.Next
		if got, ok := m.box.Get(id); ok && got.Relay != nil {
			return *got.Relay
		}
	}
}

func TestEveryMailThatArrivesIsHandedOn(t *testing.T) {
	t.Parallel()
	real, m := start(t), start(t) // a real mail server is one like ours
	before := m.otp("ada@example.com", "111111")
	m.relayed(t, real.addr)
	m.box.Add(outbox.Message{Kind: outbox.SMS, To: "+12025550101"})
	queued := m.box.Add(outbox.Message{Kind: outbox.Email, To: "late@example.com", From: "a@x.test", Text: "x", State: outbox.Queued})
	m.send(t, "app@x.test", "bob@example.com,carl@example.com", "Subject: hi\n\n.hello")
	if got := m.settled(t, before.ID); got != (outbox.Relay{State: "sent"}) {
		t.Errorf("%+v", got)
	}
	if got := m.settled(t, "msg_00000004"); got != (outbox.Relay{State: "sent"}) {
		t.Errorf("%+v", got)
	}
	m.box.Deliver(queued.ID)
	m.settled(t, queued.ID)
	var got []string
	for _, r := range real.box.All() {
		got = append(got, strings.Join(r.Recipients, ",")+" "+r.Subject+" "+strings.Join(r.Codes, ","))
	}
	if strings.Join(got, "; ") != "ada@example.com Your code is 111111 111111; bob@example.com,carl@example.com hi ; late@example.com  " {
		t.Errorf("%q", got)
	}
	second := real.box.All()[1]
	if raw := string(second.Raw); !strings.HasPrefix(raw, "Return-Path: <app@x.test>\r\n") || strings.Count(raw, "Received: ") != 2 || strings.Count(raw, "Return-Path") != 1 || second.Text != ".hello\n" {
		t.Errorf("%q", raw)
	}
}

func TestARelayThatIsDownIsShownOnTheMessage(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close() // nobody listens there any more
	m := start(t)
	m.relayed(t, ln.Addr().String())
	sent := m.otp("ada@example.com", "1")
	if got := m.settled(t, sent.ID); got.State != "failed" || !strings.Contains(got.Error, "refused") {
		t.Errorf("%+v", got)
	}
}

func TestARelayThatRefusesIsShownOnTheMessage(t *testing.T) {
	t.Parallel()
	real, m := start(t, with(t, rule("ada@*", scenarios.Then{Respond: &scenarios.Respond{Status: 550}}))), start(t)
	m.relayed(t, real.addr)
	sent := m.box.Add(outbox.Message{Kind: outbox.Email, To: "ada@example.com", Text: "x"})
	if got := m.settled(t, sent.ID); got.State != "failed" || !strings.HasPrefix(got.Error, "550 ") {
		t.Errorf("%+v", got)
	}
}

// A relay that points back here ends.
func TestARelayToItselfEnds(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.relayed(t, m.addr)
	m.otp("ada@example.com", "1")
	if got := m.settled(t, "msg_00000004"); got.State != "failed" || !strings.Contains(got.Error, "back here") {
		t.Errorf("%+v", got)
	}
	if n, _ := m.box.Counts(); n != 4 {
		t.Errorf("%d messages", n)
	}
}

// One that takes the connection and then says nothing is given up, and Close
// does not wait for that.
func TestARelayThatHangsIsGivenUp(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	m := start(t)
	m.relayed(t, ln.Addr().String())
	sent := m.otp("ada@example.com", "1")
	c, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	m.Close()
	if got, _ := m.box.Get(sent.ID); got.Relay != nil {
		t.Errorf("%+v", got.Relay)
	}
}

func TestTheRelayStartsNothingBeforeItIsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(ten, false)
		m := mailhog.New(mailhog.Options{Box: outbox.New(outbox.Options{Clock: c})})
		m.Close()
		m.Relay("127.0.0.1:1") // returns at once
	})
}
