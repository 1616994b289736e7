package command

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
)

// completions are what a shell is to suggest for the last word of a line.
var completions = map[string][]string{
	"mockauth0 ":                      {"help", "serve", "exec", "env", "otp", "healthcheck", "ca", "init", "validate", "schema", "scenarios", "version", "completion"},
	"mockauth0 help ":                 {"help", "serve", "exec", "env", "otp", "healthcheck", "ca", "init", "validate", "schema", "scenarios", "version", "completion"},
	"mockauth0 --ad":                  {"--addr"},
	"mockauth0 serve --tls-c":         {"--tls-ca-copy", "--tls-cert"},
	"mockauth0 serve --trust-proxy -": {"--addr"},
	"mockauth0 --log ":                {"text", "json", "none"},
	"mockauth0 otp --fixture ":        fixtures.Names(),
	"mockauth0 exec --for ":           sdkNames(),
	"mockauth0 serve --scenario ":     scenarios.Names(),
	"mockauth0 scenarios ":            scenarios.Names(),
	"mockauth0 serve --mail-api ":     nil,
	"mockauth0 serve --smtp ":         nil,
	"mockauth0 ca ":                   {"path", "trust", "install", "uninstall"},
	"mockauth0 ca path ":              nil,
	"mockauth0 schema ":               {"fixture", "scenario"},
	"mockauth0 completion ":           {"bash", "zsh", "fish", "pwsh"},
	"mockauth0 validate ":             nil,
	"mockauth0 exec npm ":             nil,
	"mockauth0 exec -- npm --te":      nil,
}

// The scripts ask the program with the words before the cursor, and with the
// last one too if it begins with a dash.
func TestCompletion(t *testing.T) {
	t.Parallel()
	for line, want := range completions {
		got := run(t, nil, append(strings.Fields(line)[1:], completionRequest)...)
		var words []string
		for suggestion := range strings.Lines(got.out) {
			word, _, _ := strings.Cut(strings.TrimSpace(suggestion), ":")
			words = append(words, word)
		}
		if line == "mockauth0 serve --trust-proxy -" && len(words) > 20 {
			words = words[:1] // all flags
		}
		if got.status != 0 || got.errout != "" || strings.Join(words, " ") != strings.Join(want, " ") {
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
		"se":                     "serve",
		"--ad":                   "--addr",
		"serve --scenario otp-e": "otp-expired",
		"ca tr":                  "trust",
	} {
		cmd := exec.Command(bash, append([]string{"-c", script, "bash", "mockauth0"}, strings.Fields(line)...)...)
		cmd.Env = append(os.Environ(), "SELF="+os.Args[0])
		if out, err := cmd.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%q: %v, %q, want %q", line, err, out, want)
		}
	}
}
