//go:build unix

package command

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// ready is the first line of the JSON log.
type ready struct {
	URL  string
	Mail struct{ SMTP, API []string }
	SMS  struct{ Twilio []string }
}

// At the limit of open files there is one line in the log. Every port answers
// again as soon as there are files.
func TestTheLimitOfOpenFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Symlink(os.Args[0], filepath.Join(dir, "mockauth0")); err != nil {
		t.Fatal(err)
	}
	var log buffer
	cmd := exec.Command("sh", "-c", `ulimit -n 48 && exec mockauth0 --log json --addr 127.0.0.1:0 --smtp 127.0.0.1:0 --mail-api 127.0.0.1:0 --twilio 127.0.0.1:0`)
	cmd.Env = append(environ(), "HOME="+scratch, "PATH="+dir)
	cmd.Path, cmd.Err = "/bin/sh", nil
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	var at ready
	until(t, "the program is ready", func() bool {
		line, _, ok := strings.Cut(log.String(), "\n")
		return ok && json.Unmarshal([]byte(line), &at) == nil && at.URL != ""
	})
	const sentence = "no connection can be accepted"
	dial := func(host string) net.Conn {
		conn, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		_ = conn.SetDeadline(time.Now().Add(patience))
		return conn
	}
	var silent []net.Conn
	for range 60 {
		silent = append(silent, dial(strings.TrimPrefix(at.URL, "http://")))
	}
	until(t, "the log tells", func() bool { return strings.Contains(log.String(), sentence) })
	answers := map[string]*bufio.Reader{}
	for name, host := range map[string]string{
		"http": strings.TrimPrefix(at.URL, "http://"), "mail API": at.Mail.API[0], "Twilio": at.SMS.Twilio[0], "SMTP": at.Mail.SMTP[0],
	} {
		conn := dial(host)
		if name != "SMTP" {
			_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: "+host+"\r\n\r\n")
		}
		answers[name] = bufio.NewReader(conn)
	}
	for _, conn := range silent {
		conn.Close()
	}
	for name, answer := range answers {
		if line, err := answer.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 ") && !strings.HasPrefix(line, "220 ") {
			t.Errorf("%s answers %q, %v", name, line, err)
		}
	}
	if n := strings.Count(log.String(), sentence); n != 1 {
		t.Errorf("the log tells %d times:\n%s", n, &log)
	}
}

// A log that nobody reads blocks no request and no stop. Once it is read again,
// a line tells how many lines are missing.
func TestALogThatNobodyReads(t *testing.T) {
	t.Parallel()
	for name, readAgain := range map[string]bool{"for a while": true, "at all": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read, write, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer read.Close()
			cmd := exec.Command(os.Args[0], "--log", "json", "--addr", "127.0.0.1:0")
			cmd.Args[0] = "mockauth0"
			cmd.Env, cmd.Stderr = append(environ(), "HOME="+scratch), write
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = cmd.Process.Kill() }()
			write.Close()
			lines := bufio.NewReader(read)
			first, _ := lines.ReadBytes('\n')
			var at ready
			if err := json.Unmarshal(first, &at); err != nil {
				t.Fatal(err)
			}
			// Each line has more than a kilobyte. Some are in the pipe, and some in
			// the write that waits for it.
			c := &http.Client{Timeout: patience, Transport: &http.Transport{}}
			defer c.CloseIdleConnections()
			for range 3 * mostWaiting >> 10 {
				res, err := c.Get(at.URL + "/" + strings.Repeat("x", 1<<10))
				if err != nil {
					t.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, res.Body)
				res.Body.Close()
			}
			_ = read.SetReadDeadline(time.Now().Add(patience))
			if readAgain {
				for line := []byte(nil); !strings.Contains(string(line), "log lines are missing here"); {
					if line, err = lines.ReadBytes('\n'); err != nil {
						t.Fatal("no line tells how many are missing: ", err)
					}
				}
				if status, _ := get(t, at.URL+"/the-last"); status != http.StatusNotFound {
					t.Fatal(status)
				}
			}
			_ = cmd.Process.Signal(syscall.SIGTERM)
			if readAgain { // until the end
				if rest, err := io.ReadAll(lines); err != nil || !strings.Contains(string(rest), "/the-last") {
					t.Errorf("the log ends with %q, %v", rest, err)
				}
			}
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			select {
			case err := <-ended:
				if err != nil {
					t.Error(err)
				}
			case <-time.After(patience):
				t.Error("it does not end")
				_ = cmd.Process.Kill()
				<-ended
			}
		})
	}
}
