package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/mockauth0/mockauth0/server/localtls"
)

var caActions = []string{"path", "trust", "install", "uninstall"}

func caCommand() command {
	return command{
		name:  "ca",
		args:  "[path|trust|install|uninstall]",
		brief: "print this machine's certificate authority, or how to trust it",
		long: "Without an argument it prints the certificate as PEM. The authority is made if there is none, and never " +
			"overwritten.\n\n" +
			"path       prints the file\n" +
			"trust      tells how each system and language comes to trust it\n" +
			"install    lets this user's own trust store trust it (Chromium's on Linux)\n" +
			"uninstall  takes that back",
		flags: []flag{tlsDirFlag, tlsHostFlag},
		most:  1,
		run:   runCA,
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
		return fmt.Errorf("ca does not know %q; it is one of %s%s", action, strings.Join(caActions, ", "), closest(action, caActions))
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
	return say(in.World, paragraph(report))
}

func caOptions(in *input) localtls.Options {
	return localtls.Options{Dir: in.path(tlsDirFlag), Hosts: in.list(tlsHostFlag)}
}

// path is the value of a flag that names a file or folder, absolute: it is
// printed, and used elsewhere. Or it is empty.
func (in *input) path(f flag) string {
	name := in.text(f)
	if abs, err := filepath.Abs(name); err == nil && name != "" {
		return abs
	}
	return name
}

// blameCA names the flag that an error of the authority comes from.
func (in *input) blameCA(err error) error {
	if in.values[tlsHostFlag.name] != nil && strings.Contains(err.Error(), "--"+tlsHostFlag.name) {
		return in.blame(tlsHostFlag, err)
	}
	return in.blame(tlsDirFlag, err)
}

// openCA opens the certificate authority that the flags name. Where nothing
// can be written it lives in memory, with a warning.
func openCA(in *input, warn func(string)) (*localtls.CA, error) {
	options := caOptions(in)
	options.Refused = func(err error) { warn(err.Error()) }
	ca, err := localtls.Open(options)
	if errors.Is(err, localtls.ErrNoStorage) {
		warn(in.blameCA(err).Error() + "; the certificate authority lives in memory, and is another one after a restart")
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
			warn(in.blame(tlsCopyFlag, err).Error() + "; /_mock/ca.pem has the certificate, too")
		}
	}
	for _, note := range ca.Notes() {
		warn(note)
	}
	return ca, nil
}

// useCertificate takes the user's own certificate, if the flags name one.
func (in *input) useCertificate(ca *localtls.CA) error {
	files := map[flag]string{tlsCertFlag: in.text(tlsCertFlag), tlsKeyFlag: in.text(tlsKeyFlag)}
	pair := []flag{tlsCertFlag, tlsKeyFlag}
	for i, f := range pair {
		other := pair[1-i]
		if files[f] != "" && files[other] == "" {
			return in.refuse(f.name, files[f], "give --%s, too: the two go together", other.name)
		}
	}
	for _, f := range pair {
		if files[f] == "" {
			return nil
		}
		if _, err := os.ReadFile(files[f]); err != nil {
			return in.refuse(f.name, files[f], "the file cannot be read (%w); name a PEM file", cause(err))
		}
	}
	return in.blame(tlsCertFlag, ca.UseCertificate(files[tlsCertFlag], files[tlsKeyFlag]))
}
