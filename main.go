// Mockauth0 is a local Auth0 tenant for tests.
package main

import (
	"os"

	"github.com/mockauth0/mockauth0/server/command"
)

func main() { os.Exit(command.Run(command.System())) }
