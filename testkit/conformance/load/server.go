package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// timeout is how long a start or an answer may take.
const timeout = 30 * time.Second

const peerName = "oauth2-mock-server"

// A server is a process that listens. It is nil for a peer that npm could not
// install.
type server struct {
	host string // localhost:port
	cmd  *exec.Cmd
}

var listening = regexp.MustCompile(`http://[^ /]*:(\d+)`)

// launch starts a server, and waits for the line with its port.
func launch(ctx context.Context, env []string, command ...string) (*server, error) {
	s := &server{cmd: exec.CommandContext(ctx, command[0], command[1:]...)}
	s.cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	s.cmd.Stderr = &stderr
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	slow := time.AfterFunc(timeout, func() { _ = s.cmd.Process.Kill() })
	defer slow.Stop()
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if port := listening.FindStringSubmatch(lines.Text()); port != nil {
			s.host = "localhost:" + port[1]
			return s, nil
		}
	}
	return nil, fmt.Errorf("%s does not start: %w\n%s", filepath.Base(command[0]), errors.Join(s.cmd.Wait(), ctx.Err()), &stderr)
}

// addTenants makes so many tenants beside the first: w0, w1 and so on.
func (s *server) addTenants(n int) error {
	c, err := dial(s.host)
	if err != nil {
		return err
	}
	defer c.Close()
	for i := range n {
		if err := c.expect(201, "POST", "/_mock/tenants", "application/json", fmt.Sprintf(`{"name":"w%d"}`, i)); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) stop() {
	if s == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// memory is the resident memory of the server, in bytes.
func (s *server) memory() (bytes float64) {
	if s == nil {
		return 0
	}
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	_, kB, _ := strings.Cut(string(data), "VmRSS:")
	if _, err := fmt.Sscan(kB, &bytes); err != nil {
		panic("/proc does not have the memory of a server")
	}
	return bytes * 1024
}

// firstAnswer is the time from the launch to the end of the flow, in seconds.
func firstAnswer(launch func() (*server, error), f flow) (float64, error) {
	began := time.Now()
	s, err := launch()
	if s == nil {
		return 0, err
	}
	defer s.stop()
	c, err := dial(s.host)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	err = f(c, 0, 0)
	return time.Since(began).Seconds(), err
}

// build builds mockauth0 as a release is built, and the server of mockoidc.
func (b *bench) build() error {
	for _, command := range [][]string{
		{"sh", "../../.ci/build", "v0.0.0", b.program},
		{"go", "build", "-o", filepath.Join(b.dir, "mockoidc"), "./load/mockoidc"},
	} {
		if out, err := exec.CommandContext(b.ctx, command[0], command[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%w\n%s", err, out)
		}
	}
	info, err := os.Stat(b.program)
	if err == nil {
		b.size("the program", mb, float64(info.Size()), 24e6)
	}
	return err
}

func (b *bench) launch(env ...string) (*server, error) {
	return launch(b.ctx, append(env, "MOCKAUTH0_TLS_DIR="+filepath.Join(b.dir, "ca")),
		b.program, "--addr", "127.0.0.1:0", "--fixture", "default", "--otp", "fixed:"+otp, "--log", "none")
}

func (b *bench) launchPeer() (*server, error) {
	if b.peer == nil {
		return nil, nil
	}
	return launch(b.ctx, nil, b.peer...)
}

// findPeer installs the peer and the Node that package-lock.json has, if they are
// not there.
func (b *bench) findPeer() error {
	script := "load/node_modules/" + peerName + "/dist/" + peerName + ".mjs"
	if _, err := os.Stat(script); err != nil {
		c := exec.CommandContext(b.ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
		c.Dir = "load"
		if out, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("npm ci: %w\n%s", err, out)
		}
	}
	nodes, _ := filepath.Glob("load/node_modules/node-linux-*/bin/node")
	b.peer = []string{append(nodes, "node")[0], script, "-a", "127.0.0.1", "-p", "0"}
	s, err := b.launchPeer()
	if err != nil {
		b.peer = nil
		return err
	}
	s.stop()
	return nil
}
