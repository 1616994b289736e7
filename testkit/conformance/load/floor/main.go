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
	header, body, err := ready(os.Args[1])
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
			maps.Copy(w.Header(), header)
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Content-Length", size)
		_, _ = w.Write(body)
	})))
}

// ready reads a response from a file.
func ready(name string) (header http.Header, body []byte, err error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	response, err := http.ReadResponse(bufio.NewReader(file), nil)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	return response.Header, body, err
}
