package container

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/testcontainers/testcontainers-go"
)

// folder is where the image looks for a fixture, and for scenario files.
const folder = "/etc/mockauth0"

// Every other flag of mockauth0 has a variable MOCKAUTH0_… for
// [testcontainers.WithEnv].

// WithFixture gives the tenant a fixture: a YAML file of this machine.
func WithFixture(file string) testcontainers.CustomizeRequestOption {
	return func(req *testcontainers.GenericContainerRequest) error {
		return copyIn(req, file, "mockauth0.yaml")
	}
}

// WithFixtureYAML gives the tenant a fixture: the YAML itself.
func WithFixtureYAML(yaml string) testcontainers.CustomizeRequestOption {
	return set("MOCKAUTH0_FIXTURE_YAML", yaml)
}

// WithScenario switches failures on: built-in scenarios by name, and files of
// this machine, which end in .yaml or .yml. It adds to those given before.
func WithScenario(namesOrFiles ...string) testcontainers.CustomizeRequestOption {
	return func(req *testcontainers.GenericContainerRequest) error {
		for _, name := range namesOrFiles {
			if ext := filepath.Ext(name); ext == ".yaml" || ext == ".yml" {
				inside := fmt.Sprintf("scenario-%d%s", len(req.Files)+1, ext)
				if err := copyIn(req, name, inside); err != nil {
					return err
				}
				name = folder + "/" + inside
			}
			if err := add("MOCKAUTH0_SCENARIO", name)(req); err != nil {
				return err
			}
		}
		return nil
	}
}

// WithSeed sets what codes, ids and refresh tokens derive from.
func WithSeed(seed string) testcontainers.CustomizeRequestOption {
	return set("MOCKAUTH0_SEED", seed)
}

// WithClock stops the tenant's clock at a time.
func WithClock(at time.Time) testcontainers.CustomizeRequestOption {
	return set("MOCKAUTH0_CLOCK", at.UTC().Format(time.RFC3339))
}

// WithIssuer pins the iss of every token, by whatever name it was got.
func WithIssuer(issuer string) testcontainers.CustomizeRequestOption {
	return set("MOCKAUTH0_ISSUER", issuer)
}

// WithTLSHosts lets the https side answer for these names, too, such as the
// container's alias on a network if that is not mockauth0, or the host of a
// remote engine.
func WithTLSHosts(names ...string) testcontainers.CustomizeRequestOption {
	return add("MOCKAUTH0_TLS_HOST", append([]string{"mockauth0"}, names...)...)
}

// WithTenants serves so many tenants, each at a port of its own. The first is the
// [Container] itself, and [Container.Tenant] gives the others.
func WithTenants(number int) testcontainers.CustomizeRequestOption {
	return func(req *testcontainers.GenericContainerRequest) error {
		for n := 1; n < number; n++ {
			if err := testcontainers.WithExposedPorts(portOf(n))(req); err != nil {
				return err
			}
		}
		return set("MOCKAUTH0_TENANTS", strconv.Itoa(number))(req)
	}
}

func set(name, value string) testcontainers.CustomizeRequestOption {
	return testcontainers.WithEnv(map[string]string{name: value})
}

// add puts values behind those that a variable has.
func add(name string, values ...string) testcontainers.CustomizeRequestOption {
	return func(req *testcontainers.GenericContainerRequest) error {
		if had := req.Env[name]; had != "" {
			values = append([]string{had}, values...)
		}
		return set(name, strings.Join(values, ","))(req)
	}
}

// copyIn puts a file of this machine into the folder, before the start.
func copyIn(req *testcontainers.GenericContainerRequest, file, inside string) error {
	return testcontainers.WithFiles(testcontainers.ContainerFile{
		HostFilePath: file, ContainerFilePath: folder + "/" + inside, FileMode: 0o644,
	})(req)
}
