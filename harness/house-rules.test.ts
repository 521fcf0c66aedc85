/** The rules of the house, held to by a test: who may import whom, and what no file may contain. */
import fs from 'node:fs'
import path from 'node:path'
import { execaSync } from 'execa'
import { describe, expect, it } from 'vitest'
import { nemeses } from '../nemeses/index.ts'
import { targets } from '../targets/index.ts'
import { workloads } from '../workloads/index.ts'
import { PROJECT_ROOT } from './testing/capabilities.ts'

const MAX_LINES = 400

const files = execaSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
  cwd: PROJECT_ROOT,
})
  .stdout.split('\n')
  .filter((file) => file !== '' && fs.existsSync(path.join(PROJECT_ROOT, file)))
const read = (file: string): string => fs.readFileSync(path.join(PROJECT_ROOT, file), 'utf8')
const isTest = (file: string): boolean => file.endsWith('.test.ts') || file.includes('/testing/')
const production = files.filter((file) => !isTest(file) && file !== 'vitest.config.ts')

/** Longest prefix wins. What a room may import besides itself; `harness/README.md` says why where it differs from the plan. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'harness/api/': [],
  'harness/api.ts': ['harness/api/'],
  'harness/support/': ['harness/api/'],
  'harness/vocabularies/': ['harness/api/'],
  'harness/history/': ['harness/api/', 'harness/support/'],
  'harness/generators/': ['harness/api/', 'harness/support/'],
  'harness/report/': ['harness/api/', 'harness/history/', 'harness/store/', 'harness/support/'],
  'harness/faults/': ['harness/api/', 'harness/support/'],
  'harness/store/': ['harness/api/', 'harness/history/', 'harness/support/', 'harness/faults/'],
  'harness/engine/': [
    'harness/api/',
    'harness/history/',
    'harness/support/',
    'harness/faults/',
    'harness/generators/',
    'harness/store/',
  ],
  'harness/environments/': [
    'harness/api/',
    'harness/history/',
    'harness/support/',
    'harness/faults/',
    'harness/vocabularies/',
  ],
  'checkers/porcupine-ts/': [],
  'checkers/': ['harness/api/', 'harness/vocabularies/', 'harness/history/', 'harness/support/'],
  'workloads/': [
    'harness/api/',
    'harness/vocabularies/',
    'harness/generators/',
    'harness/support/',
    'checkers/',
  ],
  'nemeses/': ['harness/api/', 'harness/generators/', 'harness/faults/', 'harness/support/'],
  'targets/': ['harness/api/', 'harness/vocabularies/', 'harness/support/'],
  'harness/cli/': ['harness/', 'checkers/', 'workloads/', 'nemeses/', 'targets/'],
  'harness/main.ts': ['harness/'],
}

const roomOf = (file: string): string => {
  const room = Object.keys(MAY_IMPORT)
    .filter((prefix) => file.startsWith(prefix))
    .sort((a, b) => b.length - a.length)[0]
  if (room === undefined) throw new Error(`${file} is in no room: see harness/README.md`)
  return room
}

const importsOf = (file: string): string[] =>
  [...read(file).matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].map((match) =>
    path.posix.normalize(path.posix.join(path.posix.dirname(file), match[1] as string)),
  )

describe('import rules', () => {
  it.each(production)('%s', (file) => {
    const room = roomOf(file)
    for (const imported of importsOf(file)) {
      const allowed = [room, ...(MAY_IMPORT[room] as readonly string[])].some((prefix) =>
        imported.startsWith(prefix),
      )
      expect(allowed, `${file} must not import ${imported}`).toBe(true)
      const registry = /^(workloads|nemeses|targets|harness\/environments)\/index\.ts$/.test(imported)
      expect(registry && room !== 'harness/cli/', `${file} must not see the registry ${imported}`).toBe(false)
    }
  })

  it('finds the imports it judges', () =>
    expect(importsOf('harness/cli/commands/run.ts').length).toBeGreaterThan(5))
})

/** Files that stand at the edge, where clocks, timers, sockets and processes may be. */
const EDGES = [
  'harness/cli/',
  'harness/environments/',
  'harness/faults/',
  'harness/store/',
  'harness/engine/client-log.ts',
  'harness/engine/interpreter.ts',
  'harness/engine/sampler.ts',
  'harness/engine/lifecycle.ts',
  'harness/engine/members.ts',
  'harness/support/wait.ts',
  'harness/report/',
  'targets/raft/bugs/clocks.ts',
  'targets/raft/server/',
  'targets/http.ts',
  'targets/stub-service.ts',
  'targets/sink/main.ts',
  'nemeses/pause.ts',
  'nemeses/cpu.ts',
  'nemeses/memory.ts',
  'nemeses/upgrade.ts',
  'checkers/porcupine-ts/check.ts',
  'checkers/porcupine-ts/parallel/',
  'checkers/porcupine-ts/bench/',
]
const isPure = (file: string): boolean => !EDGES.some((edge) => file.startsWith(edge))

describe('house rules', () => {
  it.each(production.filter(isPure))('%s reads no clock and starts no timer', (file) => {
    expect(read(file)).not.toMatch(
      /\bMath\.random|\bDate\.now|\bnew Date\(\)|\bperformance\.now|\bsetTimeout|\bsetInterval|'node:(net|http|child_process|fs)\b/,
    )
  })

  it.each(files)('%s is small, typed and honest', (file) => {
    const text = read(file)
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '').replace(/'[^'\n]*'|`[^`]*`/g, "''")
    expect(text.split('\n').length, 'lines').toBeLessThanOrEqual(MAX_LINES)
    if (file === 'harness/house-rules.test.ts') return
    expect(code).not.toMatch(/\bas any\b|: any\b|<any>/)
    expect(text).not.toMatch(/@ts-(?:ignore|nocheck|expect-error)/)
    expect(text).not.toMatch(/\b(?:it|test|describe)\.only\(|\bexpect\(true\)/)
  })

  it('has no barrels and no utils', () => {
    for (const file of production) {
      expect(path.basename(file)).not.toMatch(/^(utils?|helpers?|common|misc)\.ts$/)
      if (path.basename(file) === 'index.ts') expect(read(file)).not.toMatch(/export \*/)
    }
  })

  it('has a README in every folder of the plan', () => {
    const folders = [
      '.',
      'harness',
      'workloads',
      'nemeses',
      'checkers',
      'checkers/porcupine-ts',
      'targets',
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
      'report',
      'support',
    ].map((name) => `harness/${name}`)
    for (const folder of [...folders, ...inner])
      expect(fs.existsSync(path.join(PROJECT_ROOT, folder, 'README.md')), `${folder}/README.md`).toBe(true)
  })

  it("names everything of the registries in their folders' READMEs", () => {
    const registries = { targets, workloads, nemeses }
    for (const [folder, registry] of Object.entries(registries)) {
      for (const name of Object.keys(registry))
        expect(read(`${folder}/README.md`), `${folder}/README.md`).toMatch(new RegExp(`\`${name}/?\``))
    }
  })

  it('has no visible folder at the top but those of the plan', () => {
    const tracked = execaSync('git', ['ls-files'], { cwd: PROJECT_ROOT }).stdout.split('\n')
    const top = new Set(tracked.filter((file) => file.includes('/')).map((file) => file.split('/')[0]))
    expect([...top].filter((name) => !name?.startsWith('.')).sort()).toEqual([
      'checkers',
      'docker',
      'harness',
      'nemeses',
      'targets',
      'workloads',
    ])
  })
})
