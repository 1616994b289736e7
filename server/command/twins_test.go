package command_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/command"
)

// Every flag of every command has a twin, which a flag beats and which counts
// as unset if it is empty.
func TestTwins(t *testing.T) {
	t.Parallel()
	for _, f := range command.Flags() {
		value, flag := "from-twin", "from-flag"
		if f.Switch {
			value, flag = "true", "false"
		}
		twin := "MOCKAUTH0_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		for _, c := range []struct {
			environ []string
			args    []string
			want    []string
		}{
			{[]string{twin + "=" + value}, nil, []string{value}},
			{[]string{twin + "=" + value}, []string{"--" + f.Name + "=" + flag}, []string{flag}},
			{[]string{twin + "=ignored", twin + "=" + value}, nil, []string{value}},
			{[]string{twin + "="}, nil, nil},
			{[]string{"MOCKAUTH0_PORT=tcp://10.0.0.1:2884", "MOCKAUTH0_SERVICE_HOST=10.0.0.1", "MOCKAUTH0_PORT_2884_TCP_ADDR=10.0.0.1"}, nil, nil},
		} {
			got, err := command.Values(command.World{Environ: c.environ}, f.Command, f.Name, c.args...)
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%s --%s with %q and %q: %q, %v, want %q", f.Command, f.Name, c.environ, c.args, got, err, c.want)
			}
		}
	}
}

func TestTwinsOfLists(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flag, value string
		want        []string
	}{
		{"client", "a, b:secret ,,c@spa", []string{"a", "b:secret", "c@spa"}},
		{"addr", ":1,[::1]:2", []string{":1", "[::1]:2"}},
		{"callback", "https://a.test/cb,com.acme.app://cb", []string{"https://a.test/cb", "com.acme.app://cb"}},
		{"audience", "https://a/", []string{"https://a/"}},
		{"audience", "https://a/=read:x,write:x,https://b/,https://c/=all", []string{"https://a/=read:x,write:x", "https://b/", "https://c/=all"}},
		{"audience", "urn:a,urn:b", []string{"urn:a", "urn:b"}},
		{"client", " , ", nil},
	} {
		twin := "MOCKAUTH0_" + strings.ToUpper(c.flag) + "=" + c.value
		got, err := command.Values(command.World{Environ: []string{twin}}, "serve", c.flag)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v, want %q", twin, got, err, c.want)
		}
	}
	// On the command line a comma is part of the value.
	got, err := command.Values(command.World{}, "serve", "audience", "--audience", "https://a/=x,y", "--audience", "https://b/")
	if want := []string{"https://a/=x,y", "https://b/"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}
