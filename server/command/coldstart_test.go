package command_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkColdStart is the time from the launch of the program to the first
// answer, 200 from /.well-known/jwks.json, and the memory that it then holds
// (rss-MB, on Linux).
func BenchmarkColdStart(b *testing.B) {
	program := built(b)
	env := append(os.Environ(), "MOCKAUTH0_TLS_DIR="+filepath.Join(b.TempDir(), "ca"))
	coldStart(b, program, env) // makes the certificate authority
	resident := 0.0
	for b.Loop() {
		resident += coldStart(b, program, env)
	}
	b.ReportMetric(resident/float64(b.N), "rss-MB")
}

// coldStart starts the program, waits for an answer, stops it with the clock
// stopped, and returns the resident memory in MB.
func coldStart(b *testing.B, program string, env []string) float64 {
	b.Helper()
	cmd := exec.Command(program, "--addr", "127.0.0.1:0", "--log", "none")
	cmd.Env = env
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		b.StopTimer()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		b.StartTimer()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	c := &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := c.Get(strings.TrimSpace(line) + "/.well-known/jwks.json")
	if err != nil {
		b.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		b.Fatal(res.Status)
	}
	b.StopTimer()
	return residentMB(cmd.Process.Pid)
}

// residentMB is 0 where /proc does not tell.
func residentMB(pid int) float64 {
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var kB float64
		if _, err := fmt.Sscanf(lines.Text(), "VmRSS: %f kB", &kB); err == nil {
			return kB / 1024
		}
	}
	return 0
}

// The targets, with room for a busy machine: 50 ms and 25 MB.
func TestColdStart(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program")
	}
	result := testing.Benchmark(BenchmarkColdStart)
	if took := result.T / time.Duration(max(1, result.N)); result.N == 0 || took > 500*time.Millisecond || result.Extra["rss-MB"] > 25 {
		t.Errorf("the first answer took %s, with %.1f MB", took, result.Extra["rss-MB"])
	}
}
