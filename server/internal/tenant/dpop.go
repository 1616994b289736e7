package tenant

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/clock"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

// How old a proof may be, and how far its iat may be ahead of the time.
// Source: auth0/auth0-auth-js auth0-api-js, whose defaults these are.
const (
	proofAge   = 300 * time.Second
	proofAhead = 30 * time.Second
)

// proofNonceStep is how long the tenant gives out the same nonce. It takes a nonce
// for that long again.
const proofNonceStep = 300 * time.Second

const maxProofs = 20_000

// A usedProof names a proof: it is the hash of its key and its jti, which may be long.
type usedProof [sha256.Size]byte

// proofs are those that have been used, each with its iat. They are not exported: a
// proof is good for some five minutes, and a restart may forget it.
type proofs struct {
	bounded[usedProof, time.Time]
}

func newProofs() proofs { return proofs{newBounded[usedProof, time.Time](maxProofs, nil)} }

// use notes the use of a proof, and tells whether it is the first one. A jti counts for
// as long as a proof is good: with a much later iat it is the jti of another proof. So
// the memory needs no clock, although a proof may fit either of two.
func (ps *proofs) use(proof *token.Proof) bool {
	p, issued := usedProof(sha256.Sum256([]byte(proof.Key+proof.ID))), unixTime(*proof.IssuedAt)
	if before, used := ps.get(p); used && issued.Sub(before).Abs() <= proofAge+proofAhead {
		return false
	}
	ps.put(p, issued)
	return true
}

// A ProofUse is a request and the DPoP proofs that it brings.
type ProofUse struct {
	// Proofs are the values of the header DPoP.
	Proofs []string
	Method string
	// URLs are the addresses of the request. A proof names one of them.
	URLs []string
	// AccessToken goes with the proof; "" at the token endpoint.
	AccessToken string
	// NeedsNonce asks for a nonce in the proof.
	NeedsNonce bool
	Now        time.Time
	// Effects are what scenarios do.
	Effects *faults.Effects
}

// CheckProof returns the thumbprint of the key that the sender of a request has
// proven to possess, and "" for a request without a proof. A proof works once.
// Source: RFC 9449 §4.3.
func (t *Tenant) CheckProof(u ProofUse) (key string, err error) {
	if len(u.Proofs) == 0 {
		return "", nil
	}
	p, err := u.read()
	if err != nil {
		return "", refusal.WrongProof.Because("the DPoP proof is refused: " + err.Error())
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if u.NeedsNonce && !t.givesNonceLocked(p.Nonce, u.Now) {
		return "", refusal.UseProofNonce.Because(nonceHint(p.Nonce))
	}
	if !t.proofs.use(p) {
		return "", refusal.WrongProof.Because(fmt.Sprintf("the DPoP proof is refused: its jti %q was used before, and a proof works for one request", p.ID))
	}
	if u.Effects.StaleNonce() {
		return "", refusal.UseProofNonce
	}
	return p.Key, nil
}

// read reads the proof and compares its claims with the request.
func (u ProofUse) read() (*token.Proof, error) {
	if len(u.Proofs) > 1 {
		return nil, errors.New("the request has several headers DPoP")
	}
	p, err := token.ReadProof(u.Proofs[0])
	if err != nil {
		return nil, err
	}
	switch {
	case p.ID == "":
		return nil, errors.New("it has no jti")
	case p.Method != u.Method:
		return nil, fmt.Errorf("its htm is %q, and the method is %s", p.Method, u.Method)
	case !slices.ContainsFunc(u.URLs, func(address string) bool { return sameAddress(p.URL, address) }):
		return nil, fmt.Errorf("its htu is %q, and the request came to %s; if a proxy stands in between, start with --trust-proxy", p.URL, u.URLs[0])
	case p.IssuedAt == nil:
		return nil, errors.New("it has no iat")
	case !clock.Recent(unixTime(*p.IssuedAt), u.Now, proofAge, proofAhead):
		return nil, fmt.Errorf("its iat is %s, which is now neither by the tenant's clock, which says %s, nor by the machine's", stamp(unixTime(*p.IssuedAt)), stamp(u.Now))
	case u.AccessToken != "" && p.AccessTokenHash != hashOf(u.AccessToken):
		return nil, errors.New("its ath is not the hash of the access token")
	}
	return p, nil
}

// sameAddress compares the htu of a proof with an address, without query and fragment.
// An escaped letter is the letter, but an escaped slash is no slash (RFC 3986 §6.2.2).
func sameAddress(htu, address string) bool {
	x, errX := url.Parse(htu)
	y, errY := url.Parse(address)
	return errX == nil && errY == nil && x.User == nil && x.Scheme == y.Scheme && sameHost(withPort(x), withPort(y)) &&
		x.Path == y.Path && strings.Count(x.EscapedPath(), "/") == strings.Count(y.EscapedPath(), "/")
}

// sameHost compares two hosts whatever their case. The letters outside of ASCII that
// EqualFold takes for an s or a k have more bytes.
func sameHost(a, b string) bool { return len(a) == len(b) && strings.EqualFold(a, b) }

// withPort is the host of a URL with its port, which a URL need not say.
func withPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = u.Scheme
	}
	switch port {
	case "http":
		port = "80"
	case "https":
		port = "443"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// hashOf is the SHA-256 of a text, in base64url.
func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// ProofNonce is the nonce for DPoP proofs that the tenant gives out now. All clients
// get the same one.
func (t *Tenant) ProofNonce(now time.Time) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.proofNonceLocked(now)
}

func (t *Tenant) proofNonceLocked(now time.Time) string {
	return t.setup.Seed.Opaque(43, "DPoP nonce", strconv.FormatInt(now.Unix()/int64(proofNonceStep/time.Second), 10))
}

// givesNonceLocked tells whether a nonce is the present one or the one before.
func (t *Tenant) givesNonceLocked(nonce string, now time.Time) bool {
	for _, at := range []time.Time{now, now.Add(-proofNonceStep)} {
		if subtle.ConstantTimeCompare([]byte(nonce), []byte(t.proofNonceLocked(at))) == 1 {
			return true
		}
	}
	return false
}

func nonceHint(nonce string) string {
	if nonce == "" {
		return "the DPoP proof of a public client needs a nonce; the client has to try again with the nonce of the header DPoP-Nonce"
	}
	return "the nonce of the DPoP proof is too old, or not one of the tenant; the client has to try again with the nonce of the header DPoP-Nonce"
}

// wrongKeyHint tells what is wrong with the key of a request.
func wrongKeyHint(key, otherwise string) string {
	if key == "" {
		return "the request has no header DPoP"
	}
	return otherwise
}

// boundKey returns the thumbprint of the key to which an access token for the API is
// bound. It is "" for a Bearer token.
func (r TokenRequest) boundKey(api *fixtures.ResourceServer) string {
	if api == nil || api.ProofOfPossession.Mechanism == fixtures.MechanismDPoP {
		return r.ProofKey
	}
	return ""
}

// allowsBearer refuses a Bearer token for the API if the client or the API takes
// bound tokens only.
// Source: auth0/docs-v2 secure/sender-constraining/configure-sender-constraining.mdx.
func (r TokenRequest) allowsBearer(api *fixtures.ResourceServer) error {
	if r.boundKey(api) != "" {
		return nil
	}
	switch {
	case r.Client.RequireProofOfPossession && r.ProofKey != "":
		return refusal.ProofRequired.Because(fmt.Sprintf("client %q has require_proof_of_possession, and API %q does not bind tokens; add proof_of_possession: {mechanism: dpop, required: false} to it", r.Client.ClientID, api.Identifier))
	case r.Client.RequireProofOfPossession:
		return refusal.ProofRequired.Because(fmt.Sprintf("client %q has require_proof_of_possession, and sent no header DPoP", r.Client.ClientID))
	case api != nil && api.ProofOfPossession.RequiredFrom(!Confidential(r.Client)):
		return refusal.ProofRequired.Because(fmt.Sprintf("API %q has proof_of_possession with required: true, and client %q sent no header DPoP", api.Identifier, r.Client.ClientID))
	}
	return nil
}
