package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// What the program may take on linux/amd64: bytes of the file, and MB that are
// resident once it has answered.
const (
	mostBytes    = 24_000_000
	mostResident = 25
)

// TestProgram builds the program, starts it, and measures how large it is
// before and after its first answer. It does not measure the time, which
// depends on the machine's load: see BenchmarkColdStart.
func TestProgram(t *testing.T) {
	program := build(t)
	info, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > mostBytes {
		t.Errorf("the program has %d bytes, of %d at most; go tool nm -size -sort size tells what is in it", info.Size(), mostBytes)
	}
	resident, errout := coldStart(t, program, quietEnviron(t, program))
	if errout != "" {
		t.Errorf("before the first answer it says\n%s", errout)
	}
	if resident > mostResident {
		t.Errorf("%.1f MB are resident, of %d at most", resident, mostResident)
	}
}

// BenchmarkColdStart is the time from the launch of the program to the first
// answer, 200 from /.well-known/jwks.json, and the memory that it then holds.
func BenchmarkColdStart(b *testing.B) {
	program := build(b)
	env := quietEnviron(b, program)
	resident := 0.0
	for b.Loop() {
		one, _ := coldStart(b, program, env)
		resident += one
	}
	b.ReportMetric(resident/float64(b.N), "rss-MB")
}

// build builds the program with the packages that the tests have compiled, so
// that it only links: release builds use other flags.
func build(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("it builds the program")
	}
	if runtime.GOOS+"/"+runtime.GOARCH != "linux/amd64" {
		t.Skip("its figures are those of linux/amd64")
	}
	file := filepath.Join(t.TempDir(), "mockauth0")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", file, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return file
}

// quietEnviron is an environment in which the certificate authority exists.
func quietEnviron(t testing.TB, program string) []string {
	t.Helper()
	env := append(os.Environ(), "MOCKAUTH0_TLS_DIR="+filepath.Join(t.TempDir(), "ca"))
	ca := exec.Command(program, "ca")
	ca.Env = env
	if out, err := ca.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return env
}

// coldStart starts the program, waits for an answer and stops it, with the
// benchmark's clock stopped. It returns the resident memory in MB, and what the
// program wrote to its log.
func coldStart(t testing.TB, program string, env []string) (resident float64, errout string) {
	t.Helper()
	var said bytes.Buffer
	cmd := exec.Command(program, "--addr", "127.0.0.1:0", "--log", "none")
	cmd.Env, cmd.Stderr = env, &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop := sync.OnceFunc(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	defer stop()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := c.Get(strings.TrimSpace(line) + "/.well-known/jwks.json")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
	if b, ok := t.(*testing.B); ok {
		b.StopTimer()
		defer b.StartTimer()
	}
	resident = residentMB(t, cmd.Process.Pid)
	stop()
	return resident, said.String()
}

// residentMB is the memory of the program and of its own file. The C library that a
// build with cgo loads does not count: a release has none.
func residentMB(t testing.TB, pid int) float64 {
	t.Helper()
	file, err := os.Open(fmt.Sprintf("/proc/%d/smaps", pid))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	sum, isLibrary := 0.0, false
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var kB float64
		fields := strings.Fields(lines.Text())
		if strings.Contains(fields[0], "-") { // a new mapping
			isLibrary = strings.Contains(lines.Text(), ".so")
		} else if _, err := fmt.Sscanf(lines.Text(), "Rss: %f kB", &kB); err == nil && !isLibrary {
			sum += kB
		}
	}
	if sum == 0 {
		t.Fatalf("%s does not tell the memory", file.Name())
	}
	return sum / 1024
}
