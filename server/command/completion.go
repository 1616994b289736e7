package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/urfave/cli/v3"
)

// completionRequest is the argument with which a completion script asks what
// may come next.
const completionRequest = "--generate-shell-completion"

// configureCompletion makes the library's command completion one of ours.
func configureCompletion(w World, c *cli.Command) {
	c.Hidden = false
	c.ArgsUsage = "bash|zsh|fish|pwsh"
	c.Usage = "print the script that lets a shell complete commands and flags"
	c.Description = "Load it where the shell starts:\n\n" +
		"bash  source <(mockauth0 completion bash)  in ~/.bashrc, with bash-completion\n" +
		"zsh   source <(mockauth0 completion zsh)   in ~/.zshrc, after compinit\n" +
		"fish  mockauth0 completion fish | source   in ~/.config/fish/config.fish\n" +
		"pwsh  mockauth0 completion pwsh > mockauth0.ps1, and run that file in $PROFILE"
	c.OnUsageError = usageError
	var shells []string
	for _, shell := range c.Commands {
		shells = append(shells, shell.Name)
		shell.OnUsageError = usageError
		shell.Usage = "print the script for " + shell.Name
	}
	c.Action = action(w, 1, func(in *input) error {
		known := strings.Join(shells, ", ")
		if len(in.args) == 0 {
			return fmt.Errorf("completion needs a shell, one of %s", known)
		}
		return fmt.Errorf("completion does not know the shell %q; write one of %s%s", in.args[0], known, closest(in.args[0], shells))
	})
}

// suggestCommands writes what a shell may suggest for the first word. The
// library does the same, but reads the arguments of the process.
func suggestCommands(_ context.Context, root *cli.Command) {
	for _, c := range root.VisibleCommands() {
		fmt.Fprintf(root.Writer, "%s:%s\n", c.Name, c.Usage)
	}
}
