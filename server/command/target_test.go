package command

import (
	"strings"
	"testing"
)

func TestTargets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flags   string
		environ []string
		want    map[string]string
	}{
		{"--client-id acme-native", nil, map[string]string{"AUTH0_CLIENT_ID": "acme-native", "AUTH0_CLIENT_SECRET": ""}},
		{"--client mine:s3cret --audience https://mine.test/", nil, map[string]string{"AUTH0_CLIENT_ID": "mine", "AUTH0_CLIENT_SECRET": "s3cret", "AUTH0_AUDIENCE": "https://mine.test/"}},
		{"--client mine --client-id acme-m2m", nil, map[string]string{"AUTH0_CLIENT_ID": "acme-m2m"}},
		{"", []string{"AUTH0_CLIENT_ID=acme-native"}, map[string]string{"AUTH0_CLIENT_ID": "acme-native", "AUTH0_CLIENT_SECRET": ""}},
		{"", []string{"AUTH0_CLIENT_ID=real"}, map[string]string{"AUTH0_CLIENT_ID": "acme-web"}},
		{"--fixture minimal", nil, map[string]string{"AUTH0_CLIENT_ID": "acme-native"}},
		{"--for nextjs", []string{"APP_BASE_URL=http://localhost:4000"}, map[string]string{"APP_BASE_URL": "http://localhost:4000", "AUTH0_CLIENT_ID": "acme-web"}},
		{"--for nextjs", []string{"AUTH0_CLIENT_ID=real", "AUTH0_SECRET="}, map[string]string{"APP_BASE_URL": "http://localhost:3000", "AUTH0_CLIENT_ID": "acme-web"}},
	} {
		got := childEnviron(t, c.environ, strings.Fields(c.flags)...)
		for name, want := range c.want {
			if got[name] != want {
				t.Errorf("%s: %s is %q, want %q", c.flags, name, got[name], want)
			}
		}
		if c.flags == "--for nextjs" && (got["AUTH0_DOMAIN"] != got["MOCKAUTH0_URL"] || len(got["AUTH0_SECRET"]) != 64) {
			t.Errorf("--for nextjs: AUTH0_DOMAIN %s, AUTH0_SECRET %s", got["AUTH0_DOMAIN"], got["AUTH0_SECRET"])
		}
	}
}
