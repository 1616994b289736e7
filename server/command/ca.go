package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/server/localtls"
)

var caActions = []string{"path", "trust", "install", "uninstall"}

func caCommand(w World) *cli.Command {
	return &cli.Command{
		Name: "ca", ArgsUsage: "[path|trust|install|uninstall]",
		Usage: "print this machine's certificate authority, or how to trust it",
		Description: "Without an argument it prints the certificate as PEM. The authority is made if there is none, and never " +
			"overwritten.\n\n" +
			"path       prints where the file is\n" +
			"trust      tells how each system and language can trust it\n" +
			"install    adds it to this user's own trust store (on Linux that of Chromium)\n" +
			"uninstall  removes it from there",
		Flags:  libraryFlags(w, tlsDirFlag, tlsHostFlag),
		Action: action(w, 1, runCA),
	}
}

func runCA(in *input) error {
	action := ""
	if len(in.args) > 0 {
		action = in.args[0]
	}
	change := localtls.Install
	switch action {
	case "", "path", "trust", "install":
	case "uninstall":
		change = localtls.Uninstall
	default:
		return fmt.Errorf("ca does not know %q; write one of %s%s", action, strings.Join(caActions, ", "), closest(action, caActions))
	}
	ca, err := localtls.Open(caOptions(in))
	if err != nil {
		return in.blameCA(err)
	}
	if action != "" {
		for _, note := range ca.Notes() {
			fmt.Fprintln(in.Stderr, note)
		}
	}
	switch action {
	case "":
		return say(in.World, string(ca.PEM()))
	case "path":
		return say(in.World, ca.Path()+"\n")
	case "trust":
		return say(in.World, localtls.Advice(runtime.GOOS, ca.Path()))
	}
	report, err := change(context.Background(), ca)
	if err != nil {
		return err
	}
	return say(in.World, layout(report, nil, ""))
}

func caOptions(in *input) localtls.Options {
	return localtls.Options{Dir: in.path(tlsDirFlag), Hosts: slices.Concat(in.list(tlsHostFlag), in.list(tenantHostFlag))}
}

// path is the absolute path of the file or folder that a flag names, or empty.
// It is printed, and used in other folders.
func (in *input) path(f flag) string {
	name := in.text(f)
	if abs, err := filepath.Abs(name); err == nil && name != "" {
		return abs
	}
	return name
}

// blameCA names the flag that caused an error of the authority.
func (in *input) blameCA(err error) error {
	if in.list(tlsHostFlag) != nil && strings.Contains(err.Error(), "--"+tlsHostFlag.name) {
		return in.blame(tlsHostFlag, err)
	}
	return in.blame(tlsDirFlag, err)
}

// openCA opens the certificate authority that the flags name. If it cannot be
// written, it is kept in memory, with a warning.
func openCA(in *input, warn func(string)) (*localtls.CA, error) {
	options := caOptions(in)
	options.Refused = func(err error) { warn(err.Error()) }
	ca, err := localtls.Open(options)
	if errors.Is(err, localtls.ErrNoStorage) {
		warn(in.blameCA(err).Error() + "; the certificate authority is kept in memory, and a restart makes a new one")
		options.InMemory = true
		ca, err = localtls.Open(options)
	}
	if err != nil {
		return nil, in.blameCA(err)
	}
	if err := in.useCertificate(ca); err != nil {
		return nil, err
	}
	if file := in.path(tlsCopyFlag); file != "" {
		if err := ca.CopyTo(file); err != nil {
			warn(in.blame(tlsCopyFlag, err).Error() + "; /_mock/ca.pem serves the certificate too")
		}
	}
	for _, note := range ca.Notes() {
		warn(note)
	}
	return ca, nil
}

// useCertificate takes the user's own certificate, if the flags name one.
func (in *input) useCertificate(ca *localtls.CA) error {
	cert, key := in.text(tlsCertFlag), in.text(tlsKeyFlag)
	switch {
	case cert == "" && key == "":
		return nil
	case key == "":
		return in.refuse(tlsCertFlag, cert, "give --tls-key, too: the two go together")
	case cert == "":
		return in.refuse(tlsKeyFlag, key, "give --tls-cert, too: the two go together")
	}
	for _, f := range []flag{tlsCertFlag, tlsKeyFlag} {
		if _, err := os.ReadFile(in.text(f)); err != nil {
			return in.refuse(f, in.text(f), "the file cannot be read (%w); name a PEM file", cause(err))
		}
	}
	return in.blame(tlsCertFlag, ca.UseCertificate(cert, key))
}
