package testkit

import (
	"net/http"
	"strings"
	"testing"
)

func TestTheReportTellsWhoDoesNotTrustTheCertificate(t *testing.T) {
	t.Parallel()
	auth := Start(t)
	stranger := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if res, err := stranger.Get(auth.TLSURL()); err == nil {
		res.Body.Close()
		t.Fatal("a client without the authority must refuse the certificate")
	}
	// The client knows before the server does, whose next words are late by
	// as much as a call takes, or a few.
	for range 1000 {
		if auth.distrusted.Load() > 0 {
			break
		}
		res, err := auth.Client().Get(auth.URL() + "/_mock/health")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	if want := "https: handshakes that failed: 1: a client broke the https handshake off"; !strings.Contains(auth.report(), want) {
		t.Errorf("the report lacks %q:\n%s", want, auth.report())
	}
}
