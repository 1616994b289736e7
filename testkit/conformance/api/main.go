// Api is an API as an app has it, for the compose files of the docs: it lets
// those in who have a token of its issuer. It knows nothing of mockauth0.
package main

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	verifier, err := newVerifier(ctx, os.Getenv("AUTH0_ISSUER"), os.Getenv("AUTH0_JWKS_URL"))
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Addr: cmp.Or(os.Getenv("ADDR"), ":3000"), ReadHeaderTimeout: time.Second, Handler: guard(verifier)}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.ListenAndServe(); ctx.Err() == nil {
		log.Fatal(err)
	}
}

// newVerifier finds the keys by discovery, unless it is told where they are.
func newVerifier(ctx context.Context, issuer, jwks string) (*oidc.IDTokenVerifier, error) {
	config := &oidc.Config{SkipClientIDCheck: true} // access tokens are for an API
	if jwks != "" {
		return oidc.NewVerifier(issuer, oidc.NewRemoteKeySet(ctx, jwks), config), nil
	}
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		return nil, err
	}
	return provider.Verifier(config), nil
}

// guard greets the owner of a good token by name.
func guard(verifier *oidc.IDTokenVerifier) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, err := verifier.Verify(r.Context(), strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(w, "hello %s from %s\n", token.Subject, token.Issuer)
	})
}
