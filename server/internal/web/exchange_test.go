package web_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"

	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/journal"
)

// What is secret is hidden in URLs, headers and bodies, and all else stays as it was.
func TestSecretsOfAnExchangeAreHidden(t *testing.T) {
	t.Parallel()
	type part struct{ media, body, want string }
	for _, tt := range []part{
		{"application/json", `{"grant_type":"refresh_token","refresh_token":"v1.x","deep":[{"password":{"a":1},"n":1.50},[],{}],"t":true,"z":null}`, `{"grant_type":"refresh_token","refresh_token":"[redacted]","deep":[{"password":"[redacted]","n":1.50},[],{}],"t":true,"z":null}`},
		{"application/json; charset=utf-8", ` [1, "a<b", {"Client_Secret": []}] `, `[1,"a<b",{"Client_Secret":"[redacted]"}]`},
		{"application/json", `{"otp":"123456","username":"ada"}`, `{"otp":"123456","username":"ada"}`},
		{"application/json", `{"otp":"123456","mfa_token":"x"}`, `{"otp":"[redacted]","mfa_token":"[redacted]"}`},
		{"application/json", `"text"`, `"text"`},
		{"application/json", `{"password":"x"`, "[redacted]"},
		{"application/x-www-form-urlencoded", "a=b&client%5Fsecret=x%26&otp=1&password=", "a=b&client%5Fsecret=[redacted]&otp=1&password="},
		{"application/x-www-form-urlencoded", "mfa_token=x&otp=1", "mfa_token=[redacted]&otp=[redacted]"},
		{"text/plain", `{"password":"x"}`, "[redacted]"},
		{"text/html", "<p>1", "[redacted]"},
		{"", "", ""},
	} {
		got := web.WithoutSecrets(journal.Exchange{URL: "/", RequestHeader: http.Header{"Content-Type": {tt.media}}, RequestBody: []byte(tt.body), RequestSize: len(tt.body)})
		if string(got.RequestBody) != tt.want {
			t.Errorf("%s %s: %s, want %s", tt.media, tt.body, got.RequestBody, tt.want)
		}
	}
	for _, tt := range []part{
		{"application/json", `{"access_token":"x","code":"invalid_password","recovery_codes":["A"]}`, `{"access_token":"[redacted]","code":"invalid_password","recovery_codes":"[redacted]"}`},
		{"text/html; charset=utf-8", "<p>secret", "[redacted]"},
		{"", "Unauthorized", "Unauthorized"},
	} {
		got := web.WithoutSecrets(journal.Exchange{URL: "/", ResponseHeader: http.Header{"Content-Type": {tt.media}}, ResponseBody: []byte(tt.body), ResponseSize: len(tt.body)})
		if string(got.ResponseBody) != tt.want {
			t.Errorf("%s %s: %s, want %s", tt.media, tt.body, got.ResponseBody, tt.want)
		}
	}
	kept := journal.Exchange{
		URL:            "/authorize?client_id=a&code_verifier=x&state=s",
		RequestHeader:  http.Header{"Authorization": {"Basic YTpi"}, "Cookie": {"auth0=x", "b=c"}, "Referer": {"http://a.test/?code=1"}, "Accept": {"*/*"}},
		ResponseHeader: http.Header{"Location": {"http://a.test/cb?code=x&state=s#access_token=y&expires_in=1"}, "Set-Cookie": {"auth0=x; Path=/"}},
	}
	got := web.WithoutSecrets(kept)
	want := journal.Exchange{
		URL:            "/authorize?client_id=a&code_verifier=[redacted]&state=s",
		RequestHeader:  http.Header{"Authorization": {"Basic [redacted]"}, "Cookie": {"[redacted]", "[redacted]"}, "Referer": {"http://a.test/?code=[redacted]"}, "Accept": {"*/*"}},
		ResponseHeader: http.Header{"Location": {"http://a.test/cb?code=[redacted]&state=s#access_token=[redacted]&expires_in=1"}, "Set-Cookie": {"[redacted]"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nnot\n%+v", got, want)
	}
	if kept.RequestHeader.Get("Cookie") != "auth0=x" {
		t.Error("the journal's own exchange was changed")
	}
}

// Whatever comes, JSON without its secrets is JSON.
func FuzzJSONWithoutSecrets(f *testing.F) {
	f.Add(`{"a":[{"password":1}]}`)
	f.Add("[\"\\u0000\\ud800\",1e999,{}]")
	f.Fuzz(func(t *testing.T, body string) {
		got := web.WithoutSecrets(journal.Exchange{URL: "/" + body, RequestHeader: http.Header{"Content-Type": {"application/json"}}, RequestBody: []byte(body), RequestSize: len(body)})
		if shown := string(got.RequestBody); shown != "" && shown != "[redacted]" && !json.Valid(got.RequestBody) {
			t.Errorf("%q becomes %q", body, shown)
		}
	})
}
