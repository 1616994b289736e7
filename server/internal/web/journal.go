package web

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/mockauth0/mockauth0/server/journal"
)

// secrets are the parameters that the journal does not show.
var secrets = map[string]bool{
	"client_secret": true, "client_assertion": true, "password": true, "refresh_token": true,
	"access_token": true, "id_token": true, "token": true, "subject_token": true, "actor_token": true, "mfa_token": true, "assertion": true, "login_ticket": true, "code": true, "code_verifier": true, "id_token_hint": true,
}

// What the journal keeps of one request is bounded, as their number is.
const (
	maxShown = 64   // parameters
	maxClip  = 1024 // bytes of each
	maxSDK   = 4096 // bytes of an Auth0-Client header
)

// clip shortens a text that is too long to keep. What it returns is no part of
// a longer text, which would be kept with it.
func clip(s string) string {
	if len(s) <= maxClip {
		return strings.Clone(s)
	}
	return strings.ToValidUTF8(s[:maxClip], "") + fmt.Sprintf("… (%d bytes)", len(s))
}

// redacted are the parameters as the journal shows them.
func (ps Params) redacted() map[string]any {
	out := make(map[string]any, min(len(ps), maxShown+1))
	for i, p := range ps {
		if i == maxShown {
			out["…"] = fmt.Sprintf("%d more", len(ps)-i)
			break
		}
		name := clip(p.Name)
		switch {
		case secrets[strings.ToLower(p.Name)]:
			out[name] = "[redacted]"
		case p.Kind == String || len(p.JSON) > maxClip || p.JSON == nil:
			out[name] = clip(p.Text)
		case p.Kind == Object:
			out[name] = p.Members().redacted()
		default:
			out[name] = p.JSON
		}
	}
	return out
}

// decodeSDK reads an Auth0-Client value: base64 of JSON, in either alphabet,
// padded or not, since all four occur. nil means that it is none.
func decodeSDK(header string) *journal.SDK {
	if header == "" || len(header) > maxSDK {
		return nil
	}
	plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(header, "="))
	data, err := base64.RawStdEncoding.DecodeString(plain)
	if err != nil {
		return nil
	}
	var sdk journal.SDK
	if json.Unmarshal(data, &sdk) != nil || sdk.Name == "" {
		return nil
	}
	return &sdk
}
