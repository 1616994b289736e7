package journal

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

// A Param is a parameter as the journal shows it.
type Param struct {
	Name string
	// Text is its value: a string, or JSON.
	Text string
	JSON bool
	// Members are those of an object, which has no Text; nil for anything else.
	Members []Param
}

// shown are parameters in the form in which people read them.
func shown(params []Param) map[string]any {
	out := make(map[string]any, len(params))
	for _, p := range params {
		switch {
		case p.Members != nil:
			out[p.Name] = shown(p.Members)
		case p.JSON:
			out[p.Name] = json.RawMessage(p.Text)
		default:
			out[p.Name] = p.Text
		}
	}
	return out
}

// maxSDK bounds an Auth0-Client header, in bytes.
const maxSDK = 4096

// decodeSDK reads an Auth0-Client value: base64 of JSON, in either alphabet,
// padded or not, since all four occur. nil means that it is none.
func decodeSDK(header string) *SDK {
	if header == "" {
		return nil
	}
	plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(header, "="))
	data, err := base64.RawStdEncoding.DecodeString(plain)
	if err != nil {
		return nil
	}
	var sdk SDK
	if json.Unmarshal(data, &sdk) != nil || sdk.Name == "" {
		return nil
	}
	return &sdk
}
