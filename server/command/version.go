package command

import (
	"runtime/debug"

	"github.com/urfave/cli/v3"
)

func versionCommand(w World) *cli.Command {
	return &cli.Command{
		Name:   "version",
		Usage:  "print the version",
		Action: action(w, 0, func(in *input) error { return say(in.World, "mockauth0 "+version()+"\n") }),
	}
}

// release is set by the linker, as in
// -ldflags "-X github.com/mockauth0/mockauth0/server/command.release=v1.2.3".
var release string

// version is the version of the release, or else of the module, or (devel).
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
