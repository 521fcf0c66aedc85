/**
 * Consul's agent, built by Go. 1.15.4 is the newest release under the Mozilla Public License; later ones are under a licence that is
 * not open source. Consul's own go.mod replaces some of its modules by folders of its repository, which a module that requires it
 * does not inherit, so its `api` is named here.
 */
import type { Programs } from '../../harness/api/programs.ts'

export const VERSION = '1.15.4'
const API_VERSION = '1.25.1'

export const AGENT = 'consul'

/** Of Consul's commands, the agent alone: its flags are the arguments. */
const MAIN = `package main

import (
	"log"
	"os"

	"github.com/hashicorp/consul/command"
	"github.com/hashicorp/consul/command/cli"
	mitchellh "github.com/mitchellh/cli"
)

func main() {
	ui := &cli.BasicUI{BasicUi: mitchellh.BasicUi{Writer: os.Stdout, ErrorWriter: os.Stderr}}
	agent, err := command.RegisteredCommands(ui)["agent"]()
	if err != nil {
		log.Fatal(err)
	}
	os.Exit(agent.Run(os.Args[1:]))
}
`

export const consulPrograms: Programs = {
  [AGENT]: {
    from: 'go',
    name: `consul-${VERSION}`,
    main: MAIN,
    requires: [`github.com/hashicorp/consul@v${VERSION}`, `github.com/hashicorp/consul/api@v${API_VERSION}`],
    go: '1.19',
    // Of the modules in the program.
    sha256: '4a39ae30d061ea79193a118c9e3898def12e929c50e529446adfa5770ccb60eb',
  },
}
