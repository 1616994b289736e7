package command

import (
	"encoding/json"
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
	if config.Keywords, err = in.keywords(); err != nil {
		return err
	}
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
	_, err := os.Stat(name)
	names := strings.Join(fixtures.Names(), ", ")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return in.refuse(fixtureFlag, name, "there is no such file, and the built-in fixtures are %s%s", names, closest(name, fixtures.Names()))
	case err != nil:
		return in.refuse(fixtureFlag, name, "the file cannot be read (%w); correct that, or name another", cause(err))
	}
	return nil
}

// keywordMappings is the variable from which Auth0's deploy CLI takes the keywords of an
// export.
const keywordMappings = "AUTH0_KEYWORD_REPLACE_MAPPINGS"

// keywords are those of an export. As with the deploy CLI, the environment beats the
// mappings; a flag beats both.
func (in *input) keywords() (fixtures.Keywords, error) {
	all := fixtures.Keywords{}
	if text, _ := in.lookup(keywordMappings); text != "" {
		if err := json.Unmarshal([]byte(text), &all); err != nil {
			return nil, fmt.Errorf("%s is not a JSON object (%w); write one such as {\"ENV\": \"dev\"}", keywordMappings, err)
		}
		if all == nil {
			all = fixtures.Keywords{}
		}
	}
	for _, variable := range in.Environ {
		if name, value, ok := strings.Cut(variable, "="); ok && name != keywordMappings {
			all[name] = value
		}
	}
	for _, given := range in.list(keywordFlag) {
		name, value, ok := strings.Cut(given, "=")
		if !ok || name == "" {
			return nil, in.refuse(keywordFlag, given, "write NAME=VALUE, such as ENV=dev or 'URLS=[\"http://localhost:3000/cb\"]'")
		}
		all[name] = value
		var list any
		if strings.HasPrefix(value, "[") || strings.HasPrefix(value, "{") {
			if err := json.Unmarshal([]byte(value), &list); err == nil {
				all[name] = list
			}
		}
	}
	return all, nil
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
