package strictyaml_test

import (
	"testing"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

func TestSuggest(t *testing.T) {
	t.Parallel()
	names := []string{"client_id", "client_secret", "name", "grant_types", "refresh_token", "users"}
	for word, want := range map[string]string{
		"grant_type": "grant_types", "clientId": "client_id", "client-secret": "client_secret", "nmae": "name",
		"secret": "client_secret", "client": "client_id", "user": "users", "x": "", "": "", "zzzzzz": "", "name": "",
	} {
		if want != "" {
			want = `; did you mean "` + want + `"?`
		}
		if got := strictyaml.Suggest(word, names); got != want {
			t.Errorf("Suggest(%q) is %q, want %q", word, got, want)
		}
	}
}
