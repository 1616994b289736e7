package command

import "runtime/debug"

func versionCommand() command {
	return command{
		name:  "version",
		brief: "print the version",
		run:   func(in *input) error { return say(in.World, "mockauth0 "+version()+"\n") },
	}
}

// version is the module's version, or what the build says about itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
