package mailhog_test

import (
	"context"
	"net/smtp"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/mailhog"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// with lets the rules of a scenario act.
func with(t *testing.T, rules ...scenarios.Rule) func(*mailhog.Options) {
	t.Helper()
	s, err := server.New(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.InjectScenario(scenarios.Scenario{Name: "x", Rules: rules}, scenarios.Narrowing{}); err != nil {
		t.Fatal(err)
	}
	return func(o *mailhog.Options) { o.Decide = s.DecideSMTP }
}

func rule(recipient string, then scenarios.Then) scenarios.Rule {
	return scenarios.Rule{ID: "r", When: scenarios.When{Endpoint: []string{"smtp"}, Recipient: []string{recipient}}, Then: then}
}

func TestAScenarioRefusesARecipient(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		respond scenarios.Respond
		want    string
	}{
		{scenarios.Respond{Status: 451, Body: "Greylisted,\r\ntry later"}, "451 Greylisted,"},
		{scenarios.Respond{Status: 554}, "554 refused by the scenario x/r"},
		{scenarios.Respond{Status: 200, Body: "ok"}, "550 ok"},
	} {
		t.Run(c.want, func(t *testing.T) {
			t.Parallel()
			m := start(t, with(t, rule("bob@*", scenarios.Then{Respond: &c.respond})))
			k := m.dial(t)
			k.say("> EHLO x\n< 250\n> MAIL FROM:<a@x.test>\n< 250\n> RCPT TO:<Bob@x.test>\n< " + c.want + "\n> RCPT TO:<ada@x.test>\n< 250\n> DATA\n< 354\n> Subject: x\n>\n> y\n> .\n< 250\n> QUIT\n< 221")
			if list := m.box.All(); len(list) != 1 || len(list[0].Recipients) != 1 || list[0].To != "ada@x.test" {
				t.Errorf("%+v", list)
			}
		})
	}
}

func TestAScenarioBreaksTheConnection(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"reset", "empty", "garbage"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			m := start(t, with(t, rule("*", scenarios.Then{Fault: fault})))
			if err := smtp.SendMail(m.addr, nil, "a@x.test", []string{"b@x.test"}, []byte("x")); err == nil {
				t.Error("the mail is taken")
			}
			if n, _ := m.box.Counts(); n != 0 {
				t.Errorf("%d messages", n)
			}
		})
	}
	t.Run("hang", func(t *testing.T) {
		t.Parallel()
		m := start(t, with(t, rule("*", scenarios.Then{Fault: "hang"})))
		k := m.dial(t)
		k.say("> EHLO x\n< 250\n> MAIL FROM:<a@x.test>\n< 250\n> RCPT TO:<b@x.test>\n> NOOP")
		if err := k.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if line, err := k.in.ReadString('\n'); line != "" || err == nil {
			t.Errorf("it answers %q", line)
		}
		m.Close() // does not wait
	})
}

func TestAScenarioActsOnTheMessage(t *testing.T) {
	t.Parallel()
	rules := []scenarios.Rule{
		rule("lost@*", scenarios.Then{Deliver: &scenarios.Deliver{Outcome: "lost"}}),
		rule("late@*", scenarios.Then{Deliver: &scenarios.Deliver{Delay: time.Minute}}),
		rule("twice@*", scenarios.Then{Deliver: &scenarios.Deliver{Copies: 2}}),
		rule("bounced@*", scenarios.Then{Deliver: &scenarios.Deliver{Outcome: "bounced"}}),
	}
	for i := range rules {
		rules[i].ID = []string{"lost", "late", "twice", "bounced"}[i]
	}
	m := start(t, with(t, rules...))
	m.send(t, "app@x.test", "ada@x.test,lost@x.test,late@x.test,twice@x.test,bounced@x.test,bob@x.test", "Subject: x\n\ny")
	for _, c := range []struct {
		to, state, scenario string
		count               int
	}{
		{"ada@x.test", outbox.Delivered, "", 1},
		{"bob@x.test", outbox.Delivered, "", 1},
		{"lost@x.test", outbox.Lost, "x/lost", 1},
		{"late@x.test", outbox.Queued, "x/late", 1},
		{"twice@x.test", outbox.Delivered, "x/twice", 2},
		{"bounced@x.test", outbox.Bounced, "x/bounced", 1},
	} {
		list := m.box.All(outbox.To(c.to))
		if len(list) != c.count || list[0].State != c.state || list[0].Scenario != c.scenario {
			t.Errorf("%s: %+v", c.to, list)
		}
	}
	if late, _ := m.box.Latest(outbox.To("late@x.test"), outbox.State(outbox.Queued)); !late.DeliverAt.Equal(ten.Add(time.Minute)) {
		t.Errorf("late: %v", late.DeliverAt)
	}
	// What was decided of one mail does not touch the next of its session.
	if n, _ := m.box.Counts(); n != 6 {
		t.Errorf("%d messages", n)
	}
}

// A delay is real time, which Close ends.
func TestADelayEndsWithClose(t *testing.T) {
	t.Parallel()
	asked := make(chan [2]string, 1)
	m := start(t, func(o *mailhog.Options) {
		o.Decide = func(from, to string) (*scenarios.Then, string, func() (scenarios.Deliver, string)) {
			asked <- [2]string{from, to}
			return &scenarios.Then{Delay: &scenarios.Delay{Fixed: time.Hour}}, "x/r", nil
		}
	})
	k := m.dial(t)
	k.say("> EHLO x\n< 250\n> MAIL FROM:<a@x.test>\n< 250\n> RCPT TO:<@relay.test:Bob@X.test>")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	select {
	case got := <-asked:
		if got != [2]string{"a@x.test", "Bob@X.test"} {
			t.Errorf("asked about %q", got)
		}
	case <-ctx.Done():
		t.Fatal("nobody is asked")
	}
	m.Close()
}
