package command

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The scripts ask the program with the words before the cursor, and with the
// last one too if it begins with a dash.
func TestCompletion(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"--ad":          "--addr",
		"serve --tls-c": "--tls-ca-copy --tls-cert",
		"exec --for nextjs --audience https://a/=x,y --cl": "--client-id --client --clock",
		"":                 "serve exec env otp healthcheck ca init import validate schema scenarios version completion",
		"help":             "serve exec env otp healthcheck ca init import validate schema scenarios version completion",
		"completion":       "bash zsh fish pwsh",
		"validate":         "",
		"serve --scenario": "",
		"exec npm":         "",
		"exec -- npm --te": "",
	} {
		got := run(t, nil, append(strings.Fields(line), completionRequest)...)
		var words []string
		for suggestion := range strings.Lines(got.out) {
			word, _, _ := strings.Cut(strings.TrimSpace(suggestion), ":")
			words = append(words, word)
		}
		if got.status != 0 || got.errout != "" || strings.Join(words, " ") != want {
			t.Errorf("%q: %q, want %q; status %d, stderr %q", line, words, want, got.status, got.errout)
		}
	}
}

// Each script is one that its shell can read.
func TestCompletionScripts(t *testing.T) {
	t.Parallel()
	for shell, call := range map[string]string{"bash": "-F __mockauth0_bash_autocomplete mockauth0", "zsh": "compdef _mockauth0 mockauth0", "fish": "complete -c mockauth0", "pwsh": "Register-ArgumentCompleter"} {
		script := run(t, nil, "completion", shell)
		if script.status != 0 || !strings.Contains(script.out, call) {
			t.Errorf("%+v", script)
		}
		program, err := exec.LookPath(shell)
		if err != nil || shell == "pwsh" {
			continue // this machine has no such shell
		}
		if out, err := exec.Command(program, "-n", write(t, "script", script.out)).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", shell, err, out)
		}
	}
}

// Where there is bash it completes by the script, as it does when the user
// presses Tab.
func TestCompletionInBash(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("this machine has no bash")
	}
	script := run(t, nil, "completion", "bash").out + `
_get_comp_words_by_ref() { :; } # of bash-completion
mockauth0() { (exec -a mockauth0 "$SELF" "$@"); }
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
__mockauth0_bash_autocomplete
echo "${COMPREPLY[@]}"`
	for line, want := range map[string]string{
		"sch":           "schema",
		"--ad":          "--addr",
		"serve --tls-c": "--tls-ca-copy --tls-cert",
		"completion zs": "zsh",
	} {
		cmd := exec.Command(bash, append([]string{"-c", script, "bash", "mockauth0"}, strings.Fields(line)...)...)
		cmd.Env = append(environ("SELF="+os.Args[0]), os.Environ()...)
		if out, err := cmd.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%q: %v, %q, want %q", line, err, out, want)
		}
	}
}
