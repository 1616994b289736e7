package mailhog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"sync"
	"time"
)

// The limits of a mail.
const (
	maxBytes = 512 << 10
	maxLines = 8192
	// maxCommand is how many bytes a command may have. RFC 5321 requires 512.
	maxCommand = 4 << 10
)

// idle is how long a client may be silent (RFC 5321, 4.5.3.2.7).
const idle = 5 * time.Minute

// A guard is the connection between a client and MailHog's session. It corrects what
// the session does wrong. Of a mail the session only sees the end: it would copy the
// whole mail for each of its lines, a mail of a single dot would never end, a doubled dot
// at the very beginning would stay doubled, and there would be no limits of size and time.
// Only the goroutine of the session uses it, except for Close.
type guard struct {
	conn    net.Conn
	in      *bufio.Reader
	timer   *time.Timer
	refused func(why string)                 // a mail or session is refused
	denied  func(command, reply, why string) // a command is
	close   sync.Once

	begun   bool   // the first byte was looked at
	inData  bool   // the client sends a mail
	mail    []byte // that mail so far, without the doubled dots
	size    int    // its bytes as they came
	lines   int    // of that mail so far
	midLine bool   // the next byte continues a line
	pending []byte // what Read returns next

	mute   bool   // the client gets no more replies
	broken bool   // the session must end
	reply  string // replaces the next reply

	last   string // the command before the next reply, without credentials
	secret bool   // the next line is part of a password
	why    string // why it is refused, if the reply does not tell
}

func newGuard(conn net.Conn) *guard {
	g := &guard{conn: conn, in: bufio.NewReaderSize(conn, maxCommand)}
	g.timer = time.AfterFunc(idle, func() { _ = g.Close() })
	return g
}

// Close ends the session. MailHog closes more than once.
func (g *guard) Close() (err error) {
	g.close.Do(func() {
		g.timer.Stop()
		err = g.conn.Close()
	})
	return err
}

// errRefused makes MailHog's session end.
var errRefused = errors.New("refused")

// Read returns one command, or the end of a mail. So the reply to a command is known
// before the guard looks at what follows.
func (g *guard) Read(p []byte) (int, error) {
	for len(g.pending) == 0 {
		if err := g.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, g.pending)
	g.pending = g.pending[n:]
	return n, nil
}

func (g *guard) fill() error {
	if g.broken {
		return io.EOF
	}
	g.timer.Reset(idle)
	if !g.begun {
		g.begun = true
		if first, _ := g.in.Peek(1); len(first) > 0 && first[0] == tlsHandshake {
			return g.refuse("421 this port speaks SMTP without TLS", "it begins with a TLS handshake")
		}
	}
	line, err := g.in.ReadSlice('\n')
	if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
		return err // a line that does not end is no command
	}
	if g.inData {
		return g.data(line)
	}
	return g.command(line)
}

// command passes on a command. A bare LF ends a line too. Other control characters are
// replaced, because addresses get into headers.
func (g *guard) command(line []byte) error {
	text, whole := bytes.CutSuffix(line, []byte("\n"))
	if !whole {
		return g.refuse("500 line too long", fmt.Sprintf("a command is longer than %d bytes", maxCommand))
	}
	text = bytes.TrimSuffix(text, []byte("\r"))
	if foreign(text) {
		return g.refuse("421 this port speaks SMTP", "another protocol is spoken: a web page that posts to this port can send no mail")
	}
	g.pending = append(g.pending[:0], text...)
	for i, b := range g.pending {
		if b < ' ' || b == 0x7f {
			g.pending[i] = '?'
		}
	}
	g.last, g.why = visible(string(g.pending), g.secret), ""
	// MailHog's session knows no empty sender, with which bounces and other automatic
	// mails come (RFC 5321, 4.5.5). The monkey and the store take the space away.
	g.pending = nullSender.ReplaceAll(g.pending, []byte("$1< >"))
	g.pending = append(g.pending, "\r\n"...)
	return nil
}

var nullSender = regexp.MustCompile(`(?i)^(MAIL\s+FROM:\s*)<\s*>`)

// visible is a command as the log shows it: short, and without credentials.
func visible(command string, secret bool) string {
	if secret {
		return "a line of AUTH"
	}
	if words := strings.Fields(command); len(words) > 2 && strings.EqualFold(words[0], "AUTH") {
		return words[0] + " " + words[1] + " …"
	}
	return fmt.Sprintf("%.200s", command)
}

// tlsHandshake is the first byte of a connection that speaks TLS.
const tlsHandshake = 0x16

// otherProtocol matches what a client says first in other protocols: a method of HTTP,
// the version at the end of a request line of HTTP, RTSP or SIP, or the version of SSH.
var otherProtocol = regexp.MustCompile(`^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT|PRI|PROPFIND) |` +
	` (?:HTTP|RTSP|SIP)/[0-9](?:\.[0-9])?$|^SSH-[0-9]`)

// foreign tells whether a command is of another protocol. Any web page can make a
// browser send an HTTP request to this port, with SMTP commands in its body.
func foreign(line []byte) bool { return otherProtocol.Match(line) }

// data reads a line of a mail. The line with the dot ends the mail for the session, too.
func (g *guard) data(line []byte) error {
	g.size += len(line)
	if g.size > maxBytes {
		return g.refuse("552 message too large", fmt.Sprintf("it is larger than %d bytes", maxBytes))
	}
	begins := !g.midLine
	whole := bytes.HasSuffix(line, []byte("\r\n"))
	g.midLine = !whole
	if whole {
		if g.lines++; g.lines > maxLines {
			return g.refuse("552 message has too many lines", fmt.Sprintf("it has more than %d lines", maxLines))
		}
	}
	switch {
	case begins && string(line) == ".\r\n":
		g.inData = false
		g.pending = append(g.pending[:0], "\r\n.\r\n"...)
		return nil
	case begins && bytes.HasPrefix(line, []byte("..")):
		line = line[1:]
	}
	g.mail = append(g.mail, line...)
	return nil
}

// taken returns the mail that has come, without the end of its last line.
func (g *guard) taken() string {
	mail := string(bytes.TrimSuffix(g.mail, []byte("\r\n")))
	g.mail = nil
	return mail
}

// refuse sends a reply and ends the session.
func (g *guard) refuse(reply, why string) error {
	g.refused(why)
	_ = g.send([]byte(reply + "\r\n"))
	return errRefused
}

// Write passes on a reply.
func (g *guard) Write(p []byte) (int, error) {
	out := p
	if g.reply != "" {
		out = []byte(g.reply + "\r\n")
		g.reply = ""
	}
	if bytes.HasPrefix(out, []byte("354 ")) {
		g.inData, g.midLine, g.mail, g.size, g.lines = true, false, nil, 0, 0
		g.last = "the mail after DATA"
	}
	g.secret = bytes.HasPrefix(out, []byte("334 "))
	if bytes.HasPrefix(out, []byte("4")) || bytes.HasPrefix(out, []byte("5")) {
		g.denied(g.last, strings.TrimSpace(string(out)), g.why)
	}
	return len(p), g.send(out)
}

// send sends a reply.
func (g *guard) send(reply []byte) error {
	if g.mute {
		return nil
	}
	g.timer.Reset(idle) // a client that does not read is idle too
	_, err := g.conn.Write(reply)
	return err
}

// fail breaks the connection as the fault of a scenario says.
func (g *guard) fail(fault string) {
	switch fault {
	case "reset":
		if tcp, ok := g.conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
	case "garbage":
		_, _ = g.conn.Write([]byte("\x16\x03\x01\x00\x00 this is no SMTP \x00\xff\r\n"))
	}
	g.mute, g.broken = true, fault != "hang"
}
