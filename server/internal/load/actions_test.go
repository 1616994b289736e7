package load_test

import (
	"os/exec"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// A whole login without an Action, with one in Go, and with one in JavaScript, which may
// take 5 ms more than without.
func BenchmarkActions(b *testing.B) {
	run := func(name string, change func(*server.Config)) {
		b.Run(name, func(b *testing.B) {
			config := fixedCode
			change(&config)
			s := servertest.New(b, config)
			b.Cleanup(s.Close)
			login(b, s, "ada@example.com", acmeAPI, "openid profile email") // it starts the process
			b.ReportAllocs()
			for b.Loop() {
				login(b, s, "ada@example.com", acmeAPI, "openid profile email")
			}
		})
	}
	run("none", func(*server.Config) {})
	run("go", func(c *server.Config) {
		c.Actions = []actions.Hook{{Trigger: actions.PostLogin, Execute: func(event *actions.Event, api *actions.API) {
			api.IDToken.SetCustomClaim("https://acme.test/email", event.User.Email)
		}}}
	})
	if _, err := exec.LookPath("node"); err != nil {
		b.Skip("node: ", err)
	}
	run("node", func(c *server.Config) {
		f, err := fixtures.Load("default")
		if err != nil {
			b.Fatal(err)
		}
		f.Actions = []fixtures.Action{{Name: "one", Trigger: "post-login", Source: `exports.onExecutePostLogin = async (event, api) => {
  api.idToken.setCustomClaim('https://acme.test/email', event.user.email)
}`}}
		c.Fixture = f
	})
}
