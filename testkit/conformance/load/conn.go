package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// A conn is one kept-alive connection of HTTP/1.1. It costs little, so that
// what is measured is the server.
type conn struct {
	net.Conn
	r       *bufio.Reader
	host    string
	request []byte // the room of the last request
	body    []byte // of the last response
	// location is the Location of the last response.
	location []byte
}

// jwksPath is where mockauth0 and the floor have their keys.
const jwksPath = "/.well-known/jwks.json"

// patience is how long an answer may take.
const patience = 30 * time.Second

func dial(host string) (*conn, error) {
	c, err := net.DialTimeout("tcp", host, patience)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, r: bufio.NewReaderSize(c, 16<<10), host: host}, nil
}

func (c *conn) get(target string) (status int, err error) {
	c.request = append(c.request[:0], "GET "...)
	c.request = append(c.request, target...)
	c.request = append(c.request, " HTTP/1.1\r\nHost: "...)
	c.request = append(c.request, c.host...)
	c.request = append(c.request, "\r\n\r\n"...)
	return c.roundTrip()
}

func (c *conn) post(target, contentType string, body []byte) (status int, err error) {
	c.request = append(c.request[:0], "POST "...)
	c.request = append(c.request, target...)
	c.request = append(c.request, " HTTP/1.1\r\nHost: "...)
	c.request = append(c.request, c.host...)
	c.request = append(c.request, "\r\nContent-Type: "...)
	c.request = append(c.request, contentType...)
	c.request = append(c.request, "\r\nContent-Length: "...)
	c.request = strconv.AppendInt(c.request, int64(len(body)), 10)
	c.request = append(c.request, "\r\n\r\n"...)
	c.request = append(c.request, body...)
	return c.roundTrip()
}

// roundTrip sends the request and reads the response.
func (c *conn) roundTrip() (status int, err error) {
	if _, err := c.Write(c.request); err != nil {
		return 0, err
	}
	line, err := c.line()
	if err != nil {
		return 0, err
	}
	if len(line) < len("HTTP/1.1 200") {
		return 0, fmt.Errorf("not a status line: %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, err
	}
	length, chunked := 0, false
	c.location = c.location[:0]
	for {
		line, err := c.line()
		if err != nil {
			return 0, err
		}
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = true
		case bytes.EqualFold(name, []byte("Location")):
			c.location = append(c.location, value...)
		}
	}
	c.body = c.body[:0]
	if !chunked {
		return status, c.read(length)
	}
	for {
		line, err := c.line()
		if err != nil {
			return 0, err
		}
		size, err := strconv.ParseInt(string(line), 16, 32)
		if err != nil {
			return 0, err
		}
		if err := c.read(int(size)); err != nil {
			return 0, err
		}
		if _, err := c.line(); err != nil || size == 0 {
			return status, err
		}
	}
}

func (c *conn) line() ([]byte, error) {
	line, err := c.r.ReadSlice('\n')
	return bytes.TrimRight(line, "\r\n"), err
}

// read appends n bytes to the body.
func (c *conn) read(n int) error {
	at := len(c.body)
	c.body = append(c.body, make([]byte, n)...)
	_, err := io.ReadFull(c.r, c.body[at:])
	return err
}
