package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
)

const (
	// fixtureFile is the fixture that is used if the working directory has it.
	fixtureFile = "mockauth0.yaml"
	// inlineFixture is the variable that holds a whole fixture.
	inlineFixture = "MOCKAUTH0_FIXTURE_YAML"
)

// setFixture finds the fixture: a built-in name, a file, the environment's
// inline YAML, or the file in the working directory.
func setFixture(in *input, config *server.Config) error {
	name := in.text(fixtureFlag)
	inline, _ := in.lookup(inlineFixture)
	if inline != "" && in.flag(fixtureFlag).fromTwin {
		return fmt.Errorf("%s and %s are both set; unset one", fixtureFlag.twin(), inlineFixture)
	}
	var err error
	switch {
	case slices.Contains(fixtures.Names(), name):
		config.Fixture, err = fixtures.Load(name)
	case name != "":
		config.FixtureFile = name
		return in.checkFixtureFile(name)
	case inline != "":
		config.Fixture, err = fixtures.Parse(inlineFixture, []byte(inline))
		err = mistakes(inlineFixture, "correct these", err)
	default:
		if _, missing := os.Stat(fixtureFile); missing == nil {
			config.FixtureFile = fixtureFile
		}
	}
	return err
}

func (in *input) checkFixtureFile(name string) error {
	info, err := os.Stat(name)
	names := strings.Join(fixtures.Names(), ", ")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return in.refuse(fixtureFlag, name, "there is no such file, and the built-in fixtures are %s%s", names, closest(name, fixtures.Names()))
	case err != nil:
		return in.refuse(fixtureFlag, name, "the file cannot be read (%w); correct that, or name another", cause(err))
	case info.IsDir():
		return in.refuse(fixtureFlag, name, "that is a folder; name a file in it, or one of %s", names)
	}
	return nil
}

// fixtureError names the flag if the fixture's file could not be read. Mistakes
// in the file name the file themselves.
func (in *input) fixtureError(err error) error {
	var file *fs.PathError
	if !errors.As(err, &file) {
		return err
	}
	if in.text(fixtureFlag) == "" {
		return fmt.Errorf("%s cannot be read (%w); correct that, or name another fixture with --fixture", file.Path, file.Err)
	}
	return in.refuse(fixtureFlag, file.Path, "the file cannot be read (%w); correct that, or name another", file.Err)
}

// cause is the file system's reason, without the name of the file.
func cause(err error) error {
	var file *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &file):
		return file.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
