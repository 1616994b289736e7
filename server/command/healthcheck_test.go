package command

import (
	"strings"
	"testing"
)

func TestHealthcheck(t *testing.T) {
	t.Parallel()
	s := startServer(t, environ())
	_, port, _ := strings.Cut(strings.TrimPrefix(s.url, "http://"), ":")
	for _, addr := range []string{"localhost:", "127.0.0.1:", ":", "0.0.0.0:"} {
		if got := run(t, nil, "healthcheck", "--addr", addr+port); got != (result{}) {
			t.Errorf("%s: %+v", addr+port, got)
		}
	}
	if got := run(t, []string{"MOCKAUTH0_ADDR=:" + port + ",[::1]:1"}, "healthcheck"); got != (result{}) {
		t.Errorf("by the twin: %+v", got)
	}
	s.stop()
	refused(t, nil, "no server answers at 127.0.0.1:"+port+" ("+refusedText()+"); start one with mockauth0 serve", "healthcheck", "--addr", "127.0.0.1:"+port)
}
