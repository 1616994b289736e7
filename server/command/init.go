package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/fixtures"
)

func initCommand(w World) *cli.Command {
	return &cli.Command{
		Name: "init", ArgsUsage: "[FILE]",
		Usage:       "write a commented " + fixtureFile + " to start from",
		Description: "A file that is there already stays as it is.",
		Action:      action(w, 1, runInit),
	}
}

func runInit(in *input) error {
	file := fixtureFile
	if len(in.args) > 0 {
		file = in.args[0]
	}
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already and stays as it is; name another file: mockauth0 init FILE", file)
	}
	if err == nil {
		_, err = out.Write(fixtures.Starter())
		err = errors.Join(err, out.Close())
	}
	if err != nil {
		return fmt.Errorf("%s cannot be written (%w); name another file: mockauth0 init FILE", file, cause(err))
	}
	use := "mockauth0"
	if file != fixtureFile {
		use += " --fixture " + file
	}
	return say(in.World, strings.Join([]string{
		"Wrote " + file + ".",
		"Check it with: mockauth0 validate " + file,
		"Serve it with: " + use, "",
	}, "\n"))
}
