package command_test

import (
	"slices"
	"strings"
	"testing"
)

// custom wants two starts, and to fail the second.
const custom = `
version: 1
name: second-start
rules:
  - id: down
    when: {endpoint: passwordless.start, connection: email, call: 2}
    then: {respond: {preset: unavailable}}
    expect: {fired: 1}
`

// A scenario that has not acted fails the run, with the requests that came
// near it, but does not hide the status of a command that failed by itself.
func TestUnfiredScenariosFailARun(t *testing.T) {
	t.Parallel()
	file := write(t, "second.yaml", custom)
	unmet := "second-start/down fired 0 times, and was to fire 1 time; it matched 1 request, skipped 1 by call"
	never := "sms-lost fired 0 times, and was to fire at least 1 time; near misses: passwordless.start: `connection` was email, the rule wants sms"
	for _, c := range []struct {
		status string // of the command
		flags  []string
		want   result
	}{
		{"0", []string{"--scenario", file, "--fail-on-unfired"}, result{1, "200\n", "mockauth0: " + unmet + "\n"}},
		{"0", []string{"--scenario", "sms-lost", "--scenario", file, "--fail-on-unfired"}, result{1, "200\n", "mockauth0: " + never + "\n" + unmet + "\n"}},
		{"7", []string{"--scenario", "sms-lost", "--fail-on-unfired"}, result{7, "200\n", "mockauth0: " + never + "\n"}},
		{"0", []string{"--scenario", "sms-lost"}, result{0, "200\n", ""}},
		{"0", []string{"--scenario", "unavailable", "--fail-on-unfired"}, result{0, "503\n", ""}},
		{"0", []string{"--fail-on-unfired"}, result{0, "200\n", ""}},
	} {
		t.Run(strings.Join(append(c.flags, c.status), " "), func(t *testing.T) {
			t.Parallel()
			env, args := child(t, "start", c.status)
			if got := run(t, environ(env...), slices.Concat([]string{"exec", "--log", "none"}, c.flags, []string{"--"}, args)...); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

func TestUnfiredScenariosFailAServer(t *testing.T) {
	t.Parallel()
	s := serve(t, environ(), "--scenario", "sms-lost", "--fail-on-unfired")
	get(t, s.url+"/.well-known/jwks.json")
	want := "mockauth0: sms-lost fired 0 times, and was to fire at least 1 time; no request came near it\n"
	if status := s.stop(); status != 1 || s.log.String() != want {
		t.Errorf("status %d, %q", status, s.log)
	}
}
