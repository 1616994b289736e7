package web

import (
	"encoding/json"
	"fmt"
	"strings"
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
)

// clip is a copy of a text, shortened if it is too long to keep. The text itself
// may be part of a whole request, which must not be kept.
func clip(s string) string {
	if len(s) <= maxClip {
		return strings.Clone(s)
	}
	return strings.ToValidUTF8(s[:maxClip], "") + fmt.Sprintf("… (%d bytes)", len(s))
}

// redacted are the parameters as the journal shows them, and nothing else of
// the request.
func (ps Params) redacted() map[string]any {
	shown := map[string]any{}
	for i, p := range ps {
		if i == maxShown {
			shown["…"] = fmt.Sprintf("%d more", len(ps)-i)
			break
		}
		name := clip(p.Name)
		switch {
		case secrets[strings.ToLower(p.Name)]:
			shown[name] = "[redacted]"
		case p.Kind == String || len(p.JSON) > maxClip || p.JSON == nil:
			shown[name] = clip(p.Text)
		case p.Kind == Object:
			shown[name] = p.Members().redacted()
		default:
			shown[name] = json.RawMessage(p.Text)
		}
	}
	return shown
}
