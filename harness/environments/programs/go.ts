/** Programs that are built here with Go. */
import fs from 'node:fs'
import path from 'node:path'
import type { GoBuild } from '../../api/programs.ts'
import { requireChecksum, sha256Of } from './checksum.ts'
import type { ProgramKind } from './kind.ts'
import { askTool, runTool } from './tool.ts'

const PROGRAM = 'program'

const moduleOf = ({ requires, go }: GoBuild): string => {
  const lines = requires.map((each) => `require ${each.replace('@', ' ')}`)
  return ['module faultline.local/program', `go ${go}`, ...lines, ''].join('\n')
}

/** `go1.22.3` is as new as `1.22`. */
const isAsNew = (found: string, needed: string): boolean => {
  const [major = 0, minor = 0] = found.split('.').map(Number)
  const [neededMajor = 0, neededMinor = 0] = needed.split('.').map(Number)
  return major > neededMajor || (major === neededMajor && minor >= neededMinor)
}

const lacks = async ({ go }: GoBuild): Promise<string | null> => {
  const provided = `apt-get install golang, or from Go's own site`
  const version = (await askTool(['go', 'version']))?.match(/go(\d+\.\d+)/)?.[1]
  if (version === undefined) return `it needs Go ${go} or later: ${provided}`
  // From 1.21 on, go obtains a newer go by itself, if it is allowed to.
  const alone = isAsNew(version, '1.21') && (await askTool(['go', 'env', 'GOTOOLCHAIN'])) !== 'local'
  return isAsNew(version, go) || alone
    ? null
    : `it needs Go ${go} or later, and here is Go ${version}: ${provided}`
}

/** The modules in a program, as `go version -m` tells them: path, version and checksum of each. */
const modulesIn = (told: string): readonly string[] =>
  told
    .split('\n')
    .map((line) => line.trim().split('\t'))
    .filter(([kind]) => kind === 'dep' || kind === '=>')
    .map(([, ...parts]) => parts.join(' '))
    .toSorted()

export const go: ProgramKind<GoBuild> = {
  registry: 'the Go proxy',
  nameOf: ({ name }) => name,
  lacks,
  fetch: async (source, folder, say) => {
    fs.writeFileSync(path.join(folder, 'main.go'), source.main)
    fs.writeFileSync(path.join(folder, 'go.mod'), moduleOf(source))
    // A workspace around the cache is none of its business, and without C the program runs in any container.
    const env = { GOWORK: 'off', CGO_ENABLED: '0' }
    await runTool({ argv: ['go', 'mod', 'tidy'], cwd: folder, env, say })
    const build = ['build', '-mod=readonly', '-trimpath', '-buildvcs=false', '-o', PROGRAM, '.']
    await runTool({ argv: ['go', ...build], cwd: folder, env, say })
    const sums = modulesIn(await runTool({ argv: ['go', 'version', '-m', PROGRAM], cwd: folder, say }))
    if (source.sha256 !== undefined)
      requireChecksum(`The list of the modules in ${source.name}`, sha256Of(`${sums.join('\n')}\n`), [
        source.sha256,
      ])
    return sums
  },
  pathOf: () => PROGRAM,
}
