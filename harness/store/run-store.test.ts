/** A run's folder: written with headers, read back with and without them, refused if it is too new. */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FaultEvent, RunSpec } from '../api/record.ts'
import type { RunVerdict } from '../api/verdict.ts'
import { encodeOperation } from '../history/jsonl.ts'
import { encodeHeader } from '../history/schema.ts'
import { UserError } from '../support/assert.ts'
import { temporaryFolder } from '../testing/command.ts'
import { plain } from '../testing/decoded.ts'
import { plannedFault } from '../testing/faults.ts'
import {
  createRunDir,
  FILES,
  keepService,
  loadRun,
  readPlannedFaults,
  readVerdict,
  writeRunFile,
  writeVerdict,
} from './run-store.ts'
import { ownVersion } from './version.ts'

const VERSION = '1.2.3+abc'

const spec: RunSpec = {
  schema: 1,
  runId: 'test',
  target: 'raft',
  targetOptions: {},
  bug: null,
  workload: 'register',
  workloadOptions: {},
  nemeses: [],
  environment: 'namespaces',
  nodes: 3,
  concurrency: 2,
  rate: 10,
  timeLimitMs: 1000,
  operationTimeoutMs: 100,
  readyTimeoutMs: 1000,
  recoveryTimeoutMs: 1000,
  seed: 1,
  clientGroups: 2,
  expect: null,
}
const claims = { source: 'test', consistency: {}, minority: 'refuse', tolerates: {} } as const

const operation = {
  index: 0,
  timeNs: 1,
  process: 0,
  type: 'invoke',
  f: 'read',
  value: { key: 1 },
} as const
const fault = plannedFault({ atNs: 1, durationNs: 2 })
const planned: FaultEvent = { type: 'planned', fault }
const sample = { timeNs: 5, node: 'n1', status: null }
const kept = { effect: 'sent', schema: 'of its own' }

const line = (value: object): string => `${JSON.stringify(value)}\n`

/** Writes a run's folder with one line in each file, with today's headers or without any as in older versions. */
const writeRun = (dir: string, withHeaders: boolean): void => {
  const header = (kind: 'history' | 'faults' | 'samples'): string =>
    withHeaders ? encodeHeader(kind, VERSION) : ''
  const write = (file: string, text: string): void => fs.writeFileSync(path.join(dir, file), text)
  if (withHeaders) writeRunFile(dir, { faultline: VERSION, spec, claims, facts: null })
  else write(FILES.run, JSON.stringify({ spec: { ...spec, commit: 'f00' }, claims, facts: null }))
  write(FILES.history, header('history') + encodeOperation(operation))
  write(FILES.faults, header('faults') + line(planned))
  write(FILES.samples, header('samples') + line(sample))
  fs.mkdirSync(path.join(dir, 'data'))
  write('data/effects.jsonl', line(kept))
  if (withHeaders) keepService(dir, 'sink', path.join(dir, 'data/effects.jsonl'), VERSION)
  else {
    fs.mkdirSync(path.join(dir, FILES.services))
    write(path.join(FILES.services, 'sink.jsonl'), line(kept))
  }
}

const verdict: RunVerdict = {
  status: 'valid',
  summary: 'all is well',
  outsideClaims: false,
  counts: { ok: 1, fail: 0, info: 0 },
  faults: { planned: 0, injected: 0, effective: 0 },
  verdicts: [],
  notes: [],
  impact: null,
}

const JSON_LINES = ['history.jsonl', 'faults.jsonl', 'samples.jsonl', 'services/sink.jsonl']

describe("a run's folder", () => {
  it.each([
    ['with headers', true, VERSION],
    ['from before there were headers', false, 'commit f00'],
  ])('%s is read back', (_, withHeaders, version) => {
    using folder = temporaryFolder()
    writeRun(folder.path, withHeaders)
    const { record } = loadRun(folder.path)
    expect(record.faultline).toBe(version)
    expect(record.spec).toEqual(spec)
    expect(plain(record.history)).toEqual([operation])
    expect(record.faults).toMatchObject([{ planned: fault }])
    expect(record.samples).toEqual([sample])
    expect([...(record.services?.sink ?? [])]).toEqual([kept])
    expect(readPlannedFaults(folder.path)).toEqual([fault])
  })

  it('has the last lines of a log that is too long, from the beginning of one, and says how much is left out', () => {
    using folder = temporaryFolder()
    writeRun(folder.path, true)
    const node = path.join(folder.path, 'nodes', 'n1')
    fs.mkdirSync(node, { recursive: true })
    const text = `${'a'.repeat(99)}\n`.repeat(200_000)
    fs.writeFileSync(path.join(node, 'long.log'), text)
    fs.writeFileSync(path.join(node, 'short.log'), 'b\n')
    const [long, short] = loadRun(folder.path).record.logs ?? []
    expect(short).toEqual({ node: 'n1', text: 'b\n' })
    expect(long?.text.startsWith(`${'a'.repeat(99)}\n`)).toBe(true)
    expect((long?.text.length ?? 0) + (long?.leftOutBytes ?? 0)).toBe(text.length)
    expect(long?.leftOutBytes).toBeGreaterThan(3e6)
  })

  it('names the schema and the version in every file', () => {
    using folder = temporaryFolder()
    writeRun(folder.path, true)
    writeVerdict(folder.path, verdict)
    const schemas = JSON_LINES.map((file) => {
      const [first] = fs.readFileSync(path.join(folder.path, file), 'utf8').split('\n')
      return JSON.parse(first as string)
    })
    expect(schemas).toEqual(
      ['history', 'faults', 'samples', 'service'].map((kind) => ({
        schema: `faultline.${kind}/1`,
        faultline: VERSION,
      })),
    )
    const read = (file: string): unknown => JSON.parse(fs.readFileSync(path.join(folder.path, file), 'utf8'))
    expect(read(FILES.run)).toMatchObject({ schema: 'faultline.run/1', faultline: VERSION })
    expect(read(FILES.verdict)).toMatchObject({ schema: 'faultline.verdict/1', faultline: ownVersion() })
  })

  it('has a verdict that is read back unchanged, also from before there were headers', () => {
    using folder = temporaryFolder()
    expect(readVerdict(folder.path)).toBeNull()
    writeVerdict(folder.path, verdict)
    expect(readVerdict(folder.path)).toEqual(verdict)
    fs.writeFileSync(path.join(folder.path, FILES.verdict), JSON.stringify(verdict))
    expect(readVerdict(folder.path)).toEqual(verdict)
  })

  it.each([...JSON_LINES, 'run.json', 'verdict.json'])(
    '%s of a newer schema is refused in one sentence',
    (file) => {
      using folder = temporaryFolder()
      writeRun(folder.path, true)
      writeVerdict(folder.path, verdict)
      const at = path.join(folder.path, file)
      const text = fs.readFileSync(at, 'utf8')
      expect(text).toMatch(/faultline\.(\w+)\/1/)
      fs.writeFileSync(at, text.replace(/faultline\.(\w+)\/1/, 'faultline.$1/2'))
      const read = (): unknown => (file === 'verdict.json' ? readVerdict(folder.path) : loadRun(folder.path))
      expect(read).toThrow(UserError)
      expect(read).toThrow(
        /^\S+ is of schema faultline\.\w+\/2, which is newer than this version of faultline reads/,
      )
    },
  )

  it('a plan of a newer schema is refused too, and so is another kind of file', () => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'plan.jsonl')
    fs.writeFileSync(file, '{"schema":"faultline.faults/2"}\n')
    expect(() => readPlannedFaults(file)).toThrow('which is newer')
    fs.writeFileSync(file, encodeHeader('samples', VERSION))
    expect(() => readPlannedFaults(file)).toThrow('faultline.samples/1, and faultline.faults/1 is expected')
  })
})

describe('the folder of a run', () => {
  it('is its own, even if two runs with one seed begin in the same second', () => {
    using folder = temporaryFolder()
    const at = new Date('2026-01-02T03:04:05Z')
    const create = (): string => path.relative(folder.path, createRunDir(folder.path, spec, at))
    expect([create(), create(), create()]).toEqual(
      ['', '-2', '-3'].map((end) => `raft-register-none/20260102T030405-${spec.seed}${end}`),
    )
  })

  it('of an incident is named after it, or after its module', () => {
    using folder = temporaryFolder()
    const groupOf = (incident: string): string =>
      path.basename(path.dirname(createRunDir(folder.path, { ...spec, incident }, new Date(0))))
    expect(groupOf('region-cut')).toBe('raft-register-region-cut')
    expect(groupOf('/home/me/black-friday.ts')).toBe('raft-register-black-friday')
  })
})
