// Mockoidc starts the server of github.com/oauth2-proxy/mockoidc, and prints where
// its keys are.
package main

import (
	"fmt"
	"log"

	"github.com/oauth2-proxy/mockoidc"
)

func main() {
	m, err := mockoidc.Run()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.JWKSEndpoint())
	select {}
}
