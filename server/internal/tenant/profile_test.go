package tenant

import (
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
)

func TestProfileDefaultsAreAuth0s(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		user                    fixtures.User
		name, nickname, letters string
	}{
		{fixtures.User{Email: "tj@example.com"}, "tj@example.com", "tj", "tj"},
		{fixtures.User{Email: "ewa+888@example.com"}, "ewa+888@example.com", "ewa+888", "ew"},
		{fixtures.User{Email: "n.globe@example.com"}, "n.globe@example.com", "n.globe", "n"},
		{fixtures.User{Email: "v@example.com"}, "v@example.com", "v", "v"},
		{fixtures.User{Email: "e0x@example.com"}, "e0x@example.com", "e0x", "e0"},
		{fixtures.User{PhoneNumber: "+12025550101"}, "+12025550101", "+12025550101", "1"},
		{fixtures.User{PhoneNumber: "+442079460000"}, "+442079460000", "+442079460000", "4"},
		{fixtures.User{PhoneNumber: "+23720000000"}, "+23720000000", "+23720000000", "2"},
	} {
		got := Profile(tt.user)
		if got.Name != tt.name || got.Nickname != tt.nickname {
			t.Errorf("%s: name %q, nickname %q", tt.name, got.Name, got.Nickname)
		}
		want := "https://cdn.auth0.com/avatars/" + tt.letters + ".png"
		if tt.user.Email != "" {
			want = "?s=480&r=pg&d=https%3A%2F%2Fcdn.auth0.com%2Favatars%2F" + tt.letters + ".png"
		}
		if !strings.HasSuffix(got.Picture, want) || tt.user.Email != "" && !strings.HasPrefix(got.Picture, "https://s.gravatar.com/avatar/") {
			t.Errorf("%s: picture %s, want …%s", tt.name, got.Picture, want)
		}
	}
	own := fixtures.User{Email: "a@example.com", Name: "N", Nickname: "n", Picture: "p"}
	if got := Profile(own); got.Name != "N" || got.Nickname != "n" || got.Picture != "p" {
		t.Errorf("what is set is not kept: %+v", got)
	}
}
