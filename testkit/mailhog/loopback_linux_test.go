package mailhog_test

import (
	"net"
	"net/http"
	"net/smtp"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/testkit"
	"github.com/mockauth0/mockauth0/testkit/mailhog"
)

// ipv6Only runs a command in a network of its own, which has ::1 and no 127.0.0.1.
// It needs no root.
var ipv6Only = []string{"unshare", "--map-root-user", "--net", "sh", "-c", `ip link set lo up && ip addr del 127.0.0.1/8 dev lo && exec "$@"`, "sh"}

const inside = "MOCKAUTH0_TEST_IPV6_ONLY" // is set in the command

// Where there is no 127.0.0.1, the tenant and its mail have ports of ::1.
func TestWithoutIPv4AllPortsAreOfIPv6(t *testing.T) {
	if os.Getenv(inside) == "" {
		run := func(command ...string) ([]byte, error) {
			all := append(ipv6Only[:len(ipv6Only):len(ipv6Only)], command...)
			cmd := exec.CommandContext(t.Context(), all[0], all[1:]...)
			cmd.Env = append(os.Environ(), inside+"=1")
			return cmd.CombinedOutput()
		}
		if out, err := run("true"); err != nil {
			t.Skipf("this system gives no network of one's own: %v %s", err, out)
		}
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		out, err := run(self, "-test.run=^"+t.Name()+"$", "-test.v")
		if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	auth := testkit.Start(t)
	mail := mailhog.Start(t, auth)
	for _, address := range []string{auth.URL(), auth.TLSURL()} {
		res, err := auth.Client().Get(address + "/_mock/health")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if host, _, _ := net.SplitHostPort(auth.Domain()); res.StatusCode != http.StatusOK || host != "::1" {
			t.Errorf("%s: %s", address, res.Status)
		}
	}
	if err := smtp.SendMail(mail.SMTPAddr(), nil, "app@x.test", []string{"ada@example.com"}, []byte("Subject: x\r\n\r\n")); err != nil {
		t.Error(err)
	}
	for _, address := range []string{mail.APIURL() + "/api/v2/messages", mail.MailpitURL() + "/api/v1/messages"} {
		var answer struct{ Total int }
		if get(t, address, &answer); answer.Total != 1 {
			t.Errorf("%s: %+v", address, answer)
		}
	}
}
