package command_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server/command"
)

// roleVariable makes the test binary play the program that exec runs.
const roleVariable = "COMMAND_TEST_ROLE"

// child is the command line of exec's child in a role.
func child(t *testing.T, role string, args ...string) (env []string, command []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{roleVariable + "=" + role}, append([]string{self}, args...)
}

func playRole() int {
	switch os.Getenv(roleVariable) {
	case "exit":
		status, _ := strconv.Atoi(os.Args[1])
		return status
	case "environ":
		_ = json.NewEncoder(os.Stdout).Encode(os.Environ())
	case "arguments":
		fmt.Println(strings.Join(os.Args[1:], " "))
	case "echo":
		_, _ = io.Copy(os.Stdout, os.Stdin)
		fmt.Fprintln(os.Stderr, "to stderr")
	case "roots": // each bundle, a line of hexadecimal digits
		for _, name := range []string{"NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"} {
			data, _ := os.ReadFile(os.Getenv(name))
			fmt.Printf("%x\n", data)
		}
	case "start": // a login with a code
		res, err := http.Post(os.Getenv("MOCKAUTH0_URL")+"/passwordless/start", "application/json",
			strings.NewReader(`{"client_id":"acme-native","connection":"email","email":"ada@example.com","send":"code"}`))
		if err != nil {
			fmt.Println(err)
			return 1
		}
		fmt.Println(res.StatusCode)
		status, _ := strconv.Atoi(os.Args[1])
		return status
	case "mail":
		return playMail()
	case "sms":
		return playSMS()
	case "fetch": // over https, with the roots that exec made
		roots := x509.NewCertPool()
		data, _ := os.ReadFile(os.Getenv("REQUESTS_CA_BUNDLE"))
		roots.AppendCertsFromPEM(data)
		c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
		res, err := c.Get(os.Getenv("AUTH0_ISSUER_BASE_URL") + "/.well-known/jwks.json")
		if err != nil {
			fmt.Println(err)
			return 1
		}
		fmt.Println(res.StatusCode)
	case "wait": // for a signal; the status tells which
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
		fmt.Println("ready " + os.Getenv("MOCKAUTH0_URL"))
		select {
		case s := <-signals:
			fmt.Println("got", s)
			if s == os.Interrupt {
				return 22
			}
			return 21
		case <-time.After(patience):
			return 1
		}
	case "mockauth0":
		return command.Run(command.System())
	}
	return 0
}
