package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// SignHS256 signs claims with a secret of any length. go-jose takes none below
// 32 bytes, but Auth0 does, and its own example has 22.
func SignHS256(claims Claims, secret []byte) string {
	payload, err := claims.MarshalJSON()
	if err != nil {
		panic("token: claims that are no JSON: " + err.Error())
	}
	const header = `{"alg":"HS256","typ":"JWT"}`
	token := signingInput(encode([]byte(header))+".", payload)
	mac := hmac.New(sha256.New, secret)
	mac.Write(token)
	return string(base64.RawURLEncoding.AppendEncode(append(token, '.'), mac.Sum(nil)))
}
