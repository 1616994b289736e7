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
	"strconv"
	"strings"
	"syscall"
	"time"
)

// tick is the unit in which /proc counts CPU time: USER_HZ, which is 100
// wherever Go runs on Linux.
const tick = 10 * time.Millisecond

// A server is a process that has said where it listens.
type server struct {
	host string // 127.0.0.1:port
	cmd  *exec.Cmd
	// began is when it was launched.
	began time.Time
}

var listening = regexp.MustCompile(`http://[^ /]*:(\d+)`)

// launch starts a server, which ends with the context or by stop.
func launch(ctx context.Context, env []string, command ...string) (*server, error) {
	s := &server{cmd: exec.CommandContext(ctx, command[0], command[1:]...)}
	s.cmd.Env = append(os.Environ(), env...)
	var complaints bytes.Buffer
	s.cmd.Stderr = &complaints
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.began = time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	slow := time.AfterFunc(patience, func() { _ = s.cmd.Process.Kill() })
	defer slow.Stop()
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if port := listening.FindStringSubmatch(lines.Text()); port != nil {
			s.host = "127.0.0.1:" + port[1]
			return s, nil
		}
	}
	err = s.cmd.Wait()
	return nil, fmt.Errorf("%s does not start: %w\n%s", filepath.Base(command[0]), errors.Join(err, ctx.Err()), complaints.String())
}

func (s *server) stop() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// cpu is the CPU time that the server has taken, the kernel's for it included.
func (s *server) cpu() (time.Duration, error) {
	return cpuOf(strconv.Itoa(s.cmd.Process.Pid))
}

func cpuOf(pid string) (time.Duration, error) {
	data, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return 0, err
	}
	_, after, _ := bytes.Cut(data, []byte(") ")) // behind the name, which may hold spaces
	fields := strings.Fields(string(after))
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/%s/stat has %d fields", pid, len(fields))
	}
	user, err := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	return time.Duration(user+system) * tick, errors.Join(err, err2)
}

// memory is what the server holds of the machine's memory, and the most that
// it has held, in bytes.
func (s *server) memory() (now, most int, err error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(data)) {
		var kB int
		if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &kB); n == 1 {
			now = kB << 10
		}
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kB); n == 1 {
			most = kB << 10
		}
	}
	if now == 0 || most == 0 {
		return 0, 0, errors.New("/proc does not tell the memory of the server")
	}
	return now, most, nil
}

// A usage is how much of the machine's CPU time was taken until a moment: by
// all, of how much there was, and by this program with the servers that it has
// stopped.
type usage struct{ all, there, own time.Duration }

func machine() (usage, error) {
	data, err := os.ReadFile("/proc/stat")
	if err != nil {
		return usage{}, err
	}
	line, _, _ := strings.Cut(string(data), "\n")
	fields := strings.Fields(line)
	if len(fields) < 9 || fields[0] != "cpu" {
		return usage{}, fmt.Errorf("/proc/stat begins with %q", line)
	}
	var u usage
	for i, field := range fields[1:9] { // user nice system idle iowait irq softirq steal
		n, err := strconv.Atoi(field)
		if err != nil {
			return usage{}, err
		}
		u.there += time.Duration(n) * tick
		if i != 3 && i != 4 {
			u.all += time.Duration(n) * tick
		}
	}
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var own syscall.Rusage
		if err := syscall.Getrusage(who, &own); err != nil {
			return usage{}, err
		}
		u.own += time.Duration(own.Utime.Nano() + own.Stime.Nano())
	}
	return u, nil
}

// foreign is how much of the CPU others took since, in percent. Server is what
// a server took that still runs.
func (u usage) foreign(before usage, server time.Duration) float64 {
	others := u.all - before.all - (u.own - before.own) - server
	return max(0, 100*others.Seconds()/max(tick, u.there-before.there).Seconds())
}
