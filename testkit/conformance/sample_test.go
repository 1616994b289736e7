package conformance

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// sampleIssuer is the pinned issuer of the mocks that make samples, so that
// the tokens are the same in each run.
const sampleIssuer = "https://sample.test/"

// Tokens of a sample are good at any time at which a test runs.
var (
	sampleIssued  = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	sampleExpires = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
)

// generations is how many keys of a mock sign in turn.
const generations = 3

// A sample is what verifiers are given: the key set of a mock, tokens that each
// of its keys signed, and tokens that have been tampered with. The mock runs on,
// with the same key set.
type sample struct {
	mock     mock
	keys     []sampleKey
	document []byte // the key set as it was served
	tokens   []string
	tampered []tampered
	dir      string // holds all of it, for programs: see write
}

// A sampleKey is a member of the key set.
type sampleKey struct {
	Kid, N, E string
	X5c       []string
}

// A tampered token must be refused.
type tampered struct{ kind, token string }

// takeSample asks a mock whose fixture has the given keys.mode for tokens.
func takeSample(t *testing.T, mode string, size int) *sample {
	t.Helper()
	size = max(size, 2*generations) // tamper wants two of each key
	dir := t.TempDir()
	fixture := filepath.Join(dir, "fixture.yaml")
	if err := os.WriteFile(fixture, []byte("version: 1\nextends: default\nkeys: {mode: "+mode+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &sample{mock: mockOf(t, fixture, "--issuer", sampleIssuer), dir: dir}
	random := rand.New(rand.NewChaCha8(sha256.Sum256([]byte("signatures " + mode))))
	var forged []tampered
	for generation := range generations {
		for len(s.tokens) < size*(generation+1)/generations {
			s.tokens = append(s.tokens, s.mock.sign(t, "current", randomClaims(random)))
		}
		forged = append(forged, tampered{"signed by an unpublished key", s.mock.sign(t, "rogue", randomClaims(random))})
		s.mock.call(t, "POST", "/_mock/keys/rotate", "")
		if generation == 0 { // the first is published still, the third already
			s.document = s.mock.call(t, "GET", "/.well-known/jwks.json", "")
		}
	}
	s.mock.call(t, "POST", "/_mock/reset", "")
	s.mock.call(t, "POST", "/_mock/keys/rotate", "")
	if now := s.mock.call(t, "GET", "/.well-known/jwks.json", ""); !bytes.Equal(now, s.document) {
		t.Fatalf("one rotation after a reset the key set is\n%s\nand was\n%s", now, s.document)
	}
	s.readKeys(t)
	s.tampered = append(forged, s.tamper(t)...)
	s.write(t)
	return s
}

func (s *sample) readKeys(t *testing.T) {
	t.Helper()
	var set struct{ Keys []sampleKey }
	if err := json.Unmarshal(s.document, &set); err != nil {
		t.Fatal(err)
	}
	s.keys = set.Keys
	signed := map[string]int{}
	for _, token := range s.tokens {
		signed[kidOf(t, token)]++
	}
	if len(s.keys) != generations || len(signed) != generations {
		t.Fatalf("want %d keys which all sign: tokens by kid %v of %s", generations, signed, s.document)
	}
	for _, k := range s.keys {
		if signed[k.Kid] < len(s.tokens)/generations {
			t.Fatalf("key %s signed %d of %d tokens", k.Kid, signed[k.Kid], len(s.tokens))
		}
	}
}

// sign lets the mock sign claims.
func (m mock) sign(t *testing.T, key string, claims map[string]any) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"key": key, "claims": claims})
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Token string }
	if err := json.Unmarshal(m.call(t, "POST", "/_mock/tokens", string(body)), &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Token
}

// randomClaims are what a token must have, and up to nine claims of any kind.
func randomClaims(random *rand.Rand) map[string]any {
	claims := map[string]any{
		"sub": "email|" + fmt.Sprintf("%024x", random.Uint64()), "aud": audience, "iat": sampleIssued, "exp": sampleExpires,
	}
	for range random.IntN(10) {
		claims[fmt.Sprintf("https://acme.test/%d", random.IntN(1000))] = randomValue(random, 2)
	}
	return claims
}

// randomValue is any JSON value, nested to a depth.
func randomValue(random *rand.Rand, depth int) any {
	kinds := 4
	if depth > 0 {
		kinds = 6
	}
	switch random.IntN(kinds) {
	case 0:
		return random.IntN(2) == 0
	case 1:
		return random.Int32()
	case 2:
		return random.NormFloat64()
	case 3:
		text := make([]rune, random.IntN(40))
		for i := range text {
			text[i] = rune(1 + random.IntN(0xd7ff)) // all below the surrogates
		}
		return string(text)
	case 4:
		list := make([]any, random.IntN(4))
		for i := range list {
			list[i] = randomValue(random, depth-1)
		}
		return list
	default:
		object := map[string]any{}
		for i := range random.IntN(4) {
			object[fmt.Sprint("member ", i)] = randomValue(random, depth-1)
		}
		return object
	}
}

// tamper makes tokens of each kind that must be refused, for each key.
func (s *sample) tamper(t *testing.T) (out []tampered) {
	t.Helper()
	for i, key := range s.keys {
		var good [][]string // two of the key's
		for _, token := range s.tokens {
			if kidOf(t, token) == key.Kid && len(good) < 2 {
				good = append(good, strings.Split(token, "."))
			}
		}
		add := func(kind, header, payload string, signature []byte) {
			out = append(out, tampered{kind, header + "." + payload + "." + base64.RawURLEncoding.EncodeToString(signature)})
		}
		header, payload, signature := good[0][0], good[0][1], decode(t, good[0][2])
		add("with the payload of another token", header, good[1][1], signature)
		add("with the signature of another token", header, payload, decode(t, good[1][2]))
		for _, octet := range []int{0, 1, 100, 200, len(signature) - 1} {
			bent := bytes.Clone(signature)
			bent[octet] ^= 1
			add(fmt.Sprintf("with octet %d of the signature bent", octet), header, payload, bent)
		}
		other := s.keys[(i+1)%len(s.keys)].Kid
		add("with the kid of another key", rename(t, header, key.Kid, other), payload, signature)
		add("with alg none", rename(t, header, "RS256", "none"), payload, nil)
	}
	return out
}

// rename changes a word of a token's header.
func rename(t *testing.T, header, before, after string) string {
	t.Helper()
	text := decode(t, header)
	if bytes.Count(text, []byte(before)) != 1 {
		t.Fatalf("there is no one %q in the header %s", before, text)
	}
	return base64.RawURLEncoding.EncodeToString(bytes.Replace(text, []byte(before), []byte(after), 1))
}

func kidOf(t *testing.T, token string) string {
	t.Helper()
	header, _, _ := strings.Cut(token, ".")
	var h struct{ Kid string }
	if err := json.Unmarshal(decode(t, header), &h); err != nil {
		t.Fatal(err)
	}
	return h.Kid
}

func decode(t *testing.T, part string) []byte {
	t.Helper()
	data, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The files of a sample's folder.
const (
	fileKeys     = "jwks.json"    // as the mock serves it
	fileTokens   = "tokens.txt"   // one a line
	fileTampered = "tampered.txt" // the token, a tab, and what was done to it
)

func (s *sample) write(t *testing.T) {
	t.Helper()
	var bad strings.Builder
	for _, b := range s.tampered {
		fmt.Fprintf(&bad, "%s\t%s\n", b.token, b.kind)
	}
	for name, text := range map[string]string{
		fileKeys: string(s.document), fileTokens: strings.Join(s.tokens, "\n") + "\n", fileTampered: bad.String(),
	} {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
