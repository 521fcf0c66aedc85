/** Enforces the house rules: which room may import which, and what no file may contain. */
import fs from 'node:fs'
import path from 'node:path'
import { execaSync } from 'execa'
import { describe, expect, it } from 'vitest'
import { incidents } from '../incidents/index.ts'
import { nemeses } from '../nemeses/index.ts'
import { targets } from '../targets/index.ts'
import { workloads } from '../workloads/index.ts'
import { PROJECT_ROOT } from './testing/capabilities.ts'
import { circlesAmong, entryPoints, unusedExports } from './testing/import-graph.ts'
import { type List, readSources } from './testing/sources.ts'
import { vocabularies } from './vocabularies/index.ts'

const MAX_FILE_LINES = 400
const MAX_FUNCTION_LINES = 70

const sources = readSources()
const read = (file: string): string => fs.readFileSync(path.join(PROJECT_ROOT, file), 'utf8')
const isTest = (file: string): boolean => file.endsWith('.test.ts') || file.includes('/testing/')
/** Settings of programs, such as vitest's and our own. */
const isConfig = (file: string): boolean => /^[^/]+\.config\.ts$/.test(file)
const production = sources.filter(({ file }) => !isTest(file) && !isConfig(file))

/**
 * What a room may import besides itself. The longest prefix of a file's path is its room. Unused permissions are not
 * allowed.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'harness/api/': [],
  'harness/api.ts': ['harness/api/'],
  'harness/support/': ['harness/api/'],
  'harness/vocabularies/': ['harness/api/', 'harness/support/'],
  'harness/history/': ['harness/api/', 'harness/support/', 'harness/vocabularies/'],
  'harness/generators/': ['harness/api/'],
  'harness/quorum/': ['harness/support/'],
  'harness/audit/': ['harness/api/', 'harness/quorum/', 'harness/support/'],
  'harness/findings/': ['harness/api/', 'harness/support/'],
  'harness/campaign/': ['harness/api/', 'harness/support/'],
  'harness/report/': [
    'harness/api/',
    'harness/findings/',
    'harness/store/',
    'harness/support/',
    'checkers/porcupine-ts/',
  ],
  'harness/faults/': ['harness/api/', 'harness/support/'],
  'harness/store/': ['harness/api/', 'harness/history/', 'harness/support/'],
  'harness/engine/': ['harness/api/', 'harness/support/', 'harness/generators/', 'harness/history/'],
  'harness/environments/': ['harness/api/', 'harness/support/', 'harness/faults/', 'harness/vocabularies/'],
  'checkers/porcupine-ts/': [],
  'checkers/': ['harness/api/', 'harness/vocabularies/', 'harness/quorum/', 'harness/support/'],
  'workloads/': [
    'harness/api/',
    'harness/vocabularies/',
    'harness/generators/',
    'harness/support/',
    'checkers/',
  ],
  'nemeses/': ['harness/api/', 'harness/faults/', 'harness/support/'],
  'incidents/': ['harness/api/', 'harness/support/'],
  'targets/': ['harness/api/', 'harness/vocabularies/', 'harness/support/'],
  'harness/cli/': ['harness/', 'checkers/', 'workloads/', 'nemeses/', 'incidents/', 'targets/'],
  'harness/vitest.ts': ['harness/api/', 'harness/campaign/', 'harness/cli/', 'harness/support/'],
  'harness/main.ts': ['harness/cli/', 'harness/store/', 'harness/support/'],
}

/** Registry -> the rooms that may import it besides its own. */
const REGISTRIES: Readonly<Record<string, readonly string[]>> = {
  'workloads/index.ts': ['harness/cli/'],
  'nemeses/index.ts': ['harness/cli/'],
  'incidents/index.ts': ['harness/cli/'],
  'targets/index.ts': ['harness/cli/'],
  'harness/environments/index.ts': ['harness/cli/'],
  'harness/vocabularies/index.ts': ['harness/cli/', 'harness/history/', 'checkers/'],
}

const roomOf = (file: string): string => {
  const room = Object.keys(MAY_IMPORT)
    .filter((prefix) => file.startsWith(prefix))
    .sort((a, b) => b.length - a.length)[0]
  if (room === undefined) throw new Error(`${file} is in no room: see harness/README.md`)
  return room
}

const importsFrom = (room: string): readonly { readonly file: string; readonly from: string }[] =>
  production
    .filter(({ file }) => roomOf(file) === room)
    .flatMap(({ file, imports }) => imports.map(({ from }) => ({ file, from })))

describe('imports', () => {
  it.each(Object.entries(MAY_IMPORT))(
    '%s imports only what it may, and needs each permission',
    (room, may) => {
      const imports = importsFrom(room)
      const forbidden = imports.filter(
        ({ from }) => ![room, ...may].some((prefix) => from.startsWith(prefix)),
      )
      expect(forbidden).toEqual([])
      const unused = may.filter((prefix) => !imports.some(({ from }) => from.startsWith(prefix)))
      expect(unused, 'permissions that nobody uses').toEqual([])
    },
  )

  it.each(Object.entries(REGISTRIES))('%s is imported only by its own room and by %j', (registry, may) => {
    const own = `${path.posix.dirname(registry)}/`
    const seers = production.filter(({ imports }) => imports.some(({ from }) => from === registry))
    const rooms = seers.map(({ file }) => roomOf(file)).filter((room) => room !== own)
    expect(rooms.filter((room) => !may.includes(room))).toEqual([])
  })

  it('have no circles, including imports of types', () => expect(circlesAmong(sources)).toEqual([]))

  it('use every export, except those of entry points', () =>
    expect(unusedExports(sources, entryPoints(sources))).toEqual([]))

  it('are found: the composition root reaches nearly everything', () => {
    const reached = new Set(['harness/main.ts'])
    for (const file of reached)
      for (const { from } of sources.find((source) => source.file === file)?.imports ?? []) reached.add(from)
    expect(reached.size).toBeGreaterThan(production.length / 2)
  })
})

/** Files at the edge, which may use clocks, timers, sockets, files and processes. */
const EDGES = [
  'harness/cli/',
  'harness/environments/',
  'harness/faults/',
  'harness/store/',
  'harness/engine/client-log.ts',
  'harness/engine/interpreter.ts',
  'harness/engine/sampler.ts',
  'harness/engine/lifecycle.ts',
  'harness/engine/controller-load.ts',
  'harness/engine/machine.ts',
  'harness/engine/members.ts',
  'harness/engine/source-watch.ts',
  'harness/support/wait.ts',
  'harness/support/last-lines.ts',
  'harness/report/',
  'targets/commit/server/',
  'targets/primary-backup/server/',
  'targets/primary-backup/view-service/main.ts',
  'targets/paxos/server/',
  'targets/pbft/server/',
  'targets/protocol/server/',
  'targets/raft/bugs/clocks.ts',
  'targets/raft/server/',
  'targets/http-connection.ts',
  'targets/pipe-client.ts',
  'targets/galera/connect.ts',
  'targets/kafka/link.ts',
  'targets/nats/link.ts',
  'targets/postgres/connect.ts',
  'targets/rabbitmq/connect.ts',
  'targets/redis/connect.ts',
  'targets/zookeeper/session.ts',
  'targets/zookeeper/words.ts',
  'targets/stub-service.ts',
  'targets/sink/main.ts',
  'checkers/porcupine-ts/check.ts',
  'checkers/porcupine-ts/parallel/',
  'checkers/porcupine-ts/bench/',
]
/** Clocks, timers and randomness; sockets, files, processes and threads by their modules. */
const OUTSIDE_WORLD = new RegExp(
  [
    /\bMath\.random|\bDate\.now|\bnew Date\(\)|\bperformance\.now|\bsetTimeout|\bsetInterval/.source,
    /'node:(net|http|https|http2|tls|dgram|child_process|fs|readline|timers|worker_threads)\b/.source,
    /'(execa|dockerode|testcontainers|@redis\/client|pg|amqplib)'/.source,
  ].join('|'),
)

/** Rooms that treat every vocabulary alike: what they need to know about a call, they get from the vocabulary. */
const SERVE_ALL = [
  'checkers/cluster/',
  'harness/cli/',
  'harness/engine/',
  'harness/history/',
  'harness/report/',
  'harness/store/',
]
const CALLS = new Set(Object.values(vocabularies).flatMap(({ calls }) => Object.keys(calls)))

const isListOfCalls = ({ items }: List, file: string): boolean =>
  SERVE_ALL.some((room) => file.startsWith(room)) &&
  items.length > 1 &&
  items.every(({ text, from }) => from === null && CALLS.has(text))

const ROOMS_OF_NAMES = ['harness/vocabularies/', 'workloads/', 'nemeses/', 'incidents/', 'targets/']

/** A list of values of another room. Adding a value to that room would require changing this list too. */
const isForeign = ({ kind, items }: List, room: string, file: string): boolean =>
  items.length > 1 &&
  !file.startsWith(room) &&
  items.every(({ from }) => from?.startsWith(room) === true) &&
  // A target's table of the vocabularies that it supports or makes promises about is its own.
  !(kind === 'table' && roomOf(file) === 'targets/')

describe('sources', () => {
  it('use the outside world only at the edges, and every edge is needed', () => {
    const touching = production.filter(({ text }) => OUTSIDE_WORLD.test(text)).map(({ file }) => file)
    expect(touching.filter((file) => !EDGES.some((edge) => file.startsWith(edge)))).toEqual([])
    expect(EDGES.filter((edge) => !touching.some((file) => file.startsWith(edge)))).toEqual([])
  })

  it(`have files of at most ${MAX_FILE_LINES} lines`, () =>
    expect(
      sources
        .map(({ file, text }) => ({ file, lines: text.split('\n').length - 1 }))
        .filter(({ lines }) => lines > MAX_FILE_LINES),
    ).toEqual([]))

  it(`have functions of at most ${MAX_FUNCTION_LINES} lines`, () => {
    const long = sources.flatMap(({ file, functions }) =>
      functions.filter(({ lines }) => lines > MAX_FUNCTION_LINES).map((each) => ({ file, ...each })),
    )
    // The argument of `describe` is a list of tests rather than a function.
    expect(long.filter(({ name }) => !/^an argument of describe/.test(name))).toEqual([])
  })

  it('are typed and honest', () => {
    for (const { file, text } of sources) {
      // This file has to name what it forbids.
      if (file === 'harness/house-rules.test.ts') continue
      expect(text, file).not.toMatch(/@ts-(?:ignore|nocheck|expect-error)/)
      // A folder may have a space in its name, which a URL escapes: `fileURLToPath`.
      expect(text, file).not.toMatch(/import\.meta\.url\)\.pathname/)
      expect(text, file).not.toMatch(/\b(?:it|test|describe)\.only\(|\bexpect\(true\)/)
    }
  })

  it('have no barrels and no utils', () => {
    for (const { file, text } of production) {
      expect(path.basename(file)).not.toMatch(/^(utils?|helpers?|common|misc)\.ts$/)
      expect(text, file).not.toMatch(/^export \*/m)
    }
  })

  it('have no lists of vocabularies, calls, workloads, nemeses or targets outside their rooms', () => {
    const found = production.flatMap(({ file, lists }) =>
      lists
        .filter(
          (list) => isListOfCalls(list, file) || ROOMS_OF_NAMES.some((room) => isForeign(list, room, file)),
        )
        .map(({ items }) => `${file}: ${items.map(({ text }) => text).join(', ')}`),
    )
    expect(found).toEqual([])
  })
})

describe('folders', () => {
  it('have a README each', () => {
    const folders = [
      '.',
      'harness',
      'workloads',
      'nemeses',
      'incidents',
      'checkers',
      'checkers/porcupine-ts',
      'targets',
      'targets/commit',
      'targets/primary-backup',
      'targets/paxos',
      'targets/pbft',
      'targets/protocol',
      'targets/raft',
      'targets/etcd',
      'docker',
    ]
    const inner = [
      'cli',
      'engine',
      'generators',
      'vocabularies',
      'history',
      'environments',
      'faults',
      'store',
      'findings',
      'report',
      'support',
    ].map((name) => `harness/${name}`)
    for (const folder of [...folders, ...inner])
      expect(fs.existsSync(path.join(PROJECT_ROOT, folder, 'README.md')), `${folder}/README.md`).toBe(true)
  })

  it('name all entries of their registries in their READMEs', () => {
    const registries = { targets, workloads, nemeses, incidents }
    for (const [folder, registry] of Object.entries(registries)) {
      for (const name of Object.keys(registry))
        expect(read(`${folder}/README.md`), `${folder}/README.md`).toMatch(new RegExp(`\`${name}/?\``))
    }
  })

  it('at the top level are the planned ones', () => {
    const tracked = execaSync('git', ['ls-files'], { cwd: PROJECT_ROOT }).stdout.split('\n')
    const top = new Set(tracked.filter((file) => file.includes('/')).map((file) => file.split('/')[0]))
    expect([...top].filter((name) => !name?.startsWith('.')).sort()).toEqual([
      'checkers',
      'docker',
      'harness',
      'incidents',
      'nemeses',
      'targets',
      'workloads',
    ])
  })
})
