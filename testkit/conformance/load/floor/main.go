// Floor is the least that a server of a JWKS can be, for what is measured to
// stand beside: it answers with the body of a response that a file holds, at
// /.well-known/header with its whole header, too.
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"os"
	"strconv"
)

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	ready, err := http.ReadResponse(bufio.NewReader(file), nil)
	if err != nil {
		log.Fatal(err)
	}
	body, err := io.ReadAll(ready.Body)
	ready.Body.Close()
	if err != nil {
		log.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s\n", l.Addr())
	size := strconv.Itoa(len(body))
	log.Fatal(http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/.well-known/header" {
			maps.Copy(w.Header(), ready.Header)
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Content-Length", size)
		_, _ = w.Write(body)
	})))
}
