package testkit_test

import (
	"os"
	"os/exec"
	"testing"
	"testing/synctest"

	"github.com/mockauth0/mockauth0/testkit"
)

// In a bubble it is the year 2000. The authority that is made there serves all
// other tests of the process.
func TestAnAuthorityOfABubbleServesAll(t *testing.T) {
	if os.Getenv("MOCKAUTH0_TEST_BUBBLE") == "" { // in a process of its own: there is one authority in each
		cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), "MOCKAUTH0_TEST_BUBBLE=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	synctest.Test(t, func(t *testing.T) { testkit.Start(t, testkit.InMemory("login.acme.test")).TLSConfig() })
	auth := testkit.Start(t)
	response, err := auth.Client().Get(auth.TLSURL() + "/_mock/health")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
}
