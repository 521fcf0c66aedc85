/** A run's folder: where each part of its record is written, and how it is read back. */
import fs from 'node:fs'
import path from 'node:path'
import type { Claims } from '../api/claims.ts'
import type { Operation } from '../api/history.ts'
import type { Effect, PlannedFault } from '../api/nemesis.ts'
import type { FaultRecord, NodeLog, RunFacts, RunRecord, RunSpec, Sample } from '../api/record.ts'
import type { RunVerdict } from '../api/verdict.ts'
import { decodeHistory } from '../history/jsonl.ts'
import {
  encodeHeader,
  type FileHeader,
  type FileKind,
  headerOf,
  namedSchema,
  requireSchema,
} from '../history/schema.ts'
import { messageOf, UserError } from '../support/assert.ts'
import { ownVersion } from './version.ts'

export const FILES = {
  run: 'run.json',
  history: 'history.jsonl',
  faults: 'faults.jsonl',
  samples: 'samples.jsonl',
  nodes: 'nodes',
  services: 'services',
  verdict: 'verdict.json',
  report: 'report.html',
  log: 'harness.jsonl',
} as const

/** One line of faults.jsonl: a step of a fault's life. */
export type FaultEvent =
  | { readonly type: 'planned'; readonly fault: PlannedFault }
  | {
      readonly type: 'injected'
      readonly id: string
      readonly atNs: number
      readonly victims: readonly string[]
    }
  | {
      readonly type: 'measured' | 'healed'
      readonly id: string
      readonly atNs: number
      readonly effect: Effect
    }
  | { readonly type: 'failed'; readonly id: string; readonly atNs: number; readonly error: string }

interface RunFile {
  /** The version that ran it. */
  readonly faultline: string
  readonly spec: RunSpec
  readonly claims: Claims
  readonly facts: RunFacts | null
}

/** A bundled part's own name, or a module's file without its extension. */
const nameIn = (reference: string): string => path.basename(reference).replace(/\.[cm]?[jt]s$/, '')

/** results/<target>-<workload>-<nemeses>/<time>-<seed> */
export const runDirOf = (results: string, spec: RunSpec, startedAt: Date): string => {
  const nemeses = spec.nemeses.map(({ name }) => name).join('+') || 'none'
  const group = [nameIn(spec.target), spec.bug, nameIn(spec.workload), nemeses].filter(Boolean).join('-')
  const time = startedAt.toISOString().replace(/[-:]/g, '').replace(/\..*/, '')
  return path.join(results, group, `${time}-${spec.seed}`)
}

const writeJson = (file: string, content: object): void =>
  fs.writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`)

export const writeRunFile = (dir: string, content: RunFile): void =>
  writeJson(path.join(dir, FILES.run), { ...headerOf('run', content.faultline), ...content })

/** Pages of evidence are files of their own beside it; returns the verdict as it is read back. */
export const writeVerdict = (dir: string, verdict: RunVerdict): RunVerdict => {
  for (const { page } of verdict.verdicts.flatMap(({ evidence }) => evidence))
    if (page?.html !== undefined) fs.writeFileSync(path.join(dir, page.file), page.html)
  const stored = withoutPages(verdict)
  writeJson(path.join(dir, FILES.verdict), { ...headerOf('verdict', ownVersion()), ...stored })
  return stored
}

/** The names of its pages are left. */
export const withoutPages = (verdict: RunVerdict): RunVerdict => ({
  ...verdict,
  verdicts: verdict.verdicts.map((each) => ({
    ...each,
    evidence: each.evidence.map(({ page, ...evidence }) =>
      page === undefined ? evidence : { ...evidence, page: { file: page.file } },
    ),
  })),
})

export const readVerdict = (dir: string): RunVerdict | null => {
  const file = path.join(dir, FILES.verdict)
  if (!fs.existsSync(file)) return null
  const {
    schema,
    faultline: _,
    ...verdict
  } = JSON.parse(fs.readFileSync(file, 'utf8')) as RunVerdict & Partial<FileHeader>
  if (schema !== undefined) requireSchema('verdict', schema, file)
  return verdict
}

/** Lines of a JSON Lines file without its header; a torn last one is left out. */
const readLines = <T>(kind: FileKind, file: string): readonly T[] => {
  if (!fs.existsSync(file)) return []
  const text = fs.readFileSync(file, 'utf8')
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T)
  const schema = namedSchema(lines[0])
  if (schema === null) return lines
  requireSchema(kind, schema, file)
  return lines.slice(1)
}

/** Folds the events of faults.jsonl into one record a fault. */
export const foldFaults = (events: readonly FaultEvent[]): readonly FaultRecord[] => {
  const faults = new Map<string, FaultRecord>()
  for (const event of events) {
    if (event.type === 'planned') {
      faults.set(event.fault.id, { planned: event.fault, victims: [], effects: [], bit: false })
      continue
    }
    const before = faults.get(event.id)
    if (before === undefined) continue
    faults.set(event.id, { ...before, ...changeOf(before, event) })
  }
  return [...faults.values()].sort((a, b) => a.planned.atNs - b.planned.atNs)
}

const changeOf = (
  before: FaultRecord,
  event: Exclude<FaultEvent, { type: 'planned' }>,
): Partial<FaultRecord> => {
  if (event.type === 'injected') return { injectedAtNs: event.atNs, victims: event.victims }
  if (event.type === 'failed') return { error: event.error }
  const effects = [...before.effects, event.effect]
  const change = { effects, bit: before.bit || event.effect.bit }
  return event.type === 'healed' ? { ...change, healedAtNs: event.atNs } : change
}

/**
 * The faults that a run had planned, from its folder or its faults.jsonl, earliest first.
 *
 * @throws UserError where there are none.
 */
export const readPlannedFaults = (given: string): readonly PlannedFault[] => {
  const isFolder = fs.existsSync(given) && fs.statSync(given).isDirectory()
  const file = isFolder ? path.join(given, FILES.faults) : given
  if (!fs.existsSync(file)) throw new UserError(`There are no recorded faults at ${file}.`)
  const events = readEvents(file)
  const faults = events.flatMap((event) => (event.type === 'planned' ? [event.fault] : []))
  if (faults.length === 0) throw new UserError(`${file} has no planned fault in it.`)
  for (const fault of faults) requireParts(fault, file)
  return faults.toSorted((a, b) => a.atNs - b.atNs)
}

const PARTS = ['id', 'nemesis', 'atNs', 'durationNs', 'model', 'intent'] as const

const requireParts = (fault: Partial<PlannedFault>, file: string): void => {
  const missing = PARTS.find((part) => fault[part] === undefined)
  if (missing !== undefined)
    throw new UserError(`${file}: the planned fault ${fault.id ?? JSON.stringify(fault)} has no ${missing}.`)
}

const readEvents = (file: string): readonly FaultEvent[] => {
  try {
    return readLines<FaultEvent>('faults', file)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`${file}: one JSON object a line is expected (${messageOf(error)}).`)
  }
}

/** As it may stand on disk: before there were headers, a commit in the spec was all that told the version. */
type StoredRunFile = Omit<RunFile, 'faultline' | 'spec'> &
  Partial<FileHeader> & { readonly spec: RunSpec & { readonly commit?: string } }

const readRunFile = (dir: string): RunFile => {
  const file = path.join(dir, FILES.run)
  let stored: StoredRunFile
  try {
    stored = JSON.parse(fs.readFileSync(file, 'utf8')) as StoredRunFile
  } catch (error) {
    throw new UserError(`${dir} is no run: ${file} cannot be read (${messageOf(error)}).`)
  }
  if (stored.schema !== undefined) requireSchema('run', stored.schema, file)
  const { commit, ...spec } = stored.spec
  return {
    faultline: stored.faultline ?? `commit ${commit ?? 'unknown'}`,
    spec,
    claims: stored.claims,
    facts: stored.facts,
  }
}

/** Copies what a service kept of itself, below a header; nothing where it kept nothing. */
export const keepService = (dir: string, name: string, file: string, faultline: string): void => {
  if (!fs.existsSync(file)) return
  fs.mkdirSync(path.join(dir, FILES.services), { recursive: true })
  const kept = path.join(dir, FILES.services, `${name}.jsonl`)
  fs.writeFileSync(kept, encodeHeader('service', faultline))
  fs.appendFileSync(kept, fs.readFileSync(file))
}

/** Null where none kept anything. */
const readServices = (dir: string): RunRecord['services'] => {
  const folder = path.join(dir, FILES.services)
  if (!fs.existsSync(folder)) return null
  return Object.fromEntries(
    fs
      .readdirSync(folder)
      .map((file) => [path.parse(file).name, readLines<unknown>('service', path.join(folder, file))]),
  )
}

/** Of each file so much, from its end. */
const MOST_LOG_BYTES = 16 * 2 ** 20

const readEnd = (file: string): string => {
  const fd = fs.openSync(file, 'r')
  try {
    const { size } = fs.fstatSync(fd)
    const end = Buffer.alloc(Math.min(size, MOST_LOG_BYTES))
    fs.readSync(fd, end, 0, end.length, size - end.length)
    return end.toString()
  } finally {
    fs.closeSync(fd)
  }
}

/** Every file in every node's folder; null where the run kept none. */
const readLogs = (dir: string): readonly NodeLog[] | null => {
  const folder = path.join(dir, FILES.nodes)
  if (!fs.existsSync(folder)) return null
  return fs
    .readdirSync(folder)
    .flatMap((node) =>
      fs
        .readdirSync(path.join(folder, node))
        .map((file) => ({ node, text: readEnd(path.join(folder, node, file)) })),
    )
}

export interface LoadedRun {
  readonly record: RunRecord
  readonly notes: readonly string[]
}

/** @throws UserError where the folder holds no run or its history is malformed. */
export const loadRun = (dir: string): LoadedRun => {
  const { faultline, spec, claims, facts } = readRunFile(dir)
  const file = path.join(dir, FILES.history)
  if (!fs.existsSync(file))
    throw new UserError(`${dir} has no ${FILES.history}: the run ended before its first operation.`)
  const { operations, notes } = decodeHistory(fs.readFileSync(file, 'utf8'), file)
  const faults = foldFaults(readLines<FaultEvent>('faults', path.join(dir, FILES.faults)))
  const samples = readLines<Sample>('samples', path.join(dir, FILES.samples))
  return {
    record: {
      history: operations,
      vocabulary: null,
      faultline,
      spec,
      claims,
      facts,
      faults,
      samples,
      logs: readLogs(dir),
      services: readServices(dir),
    },
    notes,
  }
}

/** A bare history, without the rest of a run's record. */
export const bareRecord = (history: readonly Operation[]): RunRecord => ({
  history,
  vocabulary: null,
  faultline: null,
  spec: null,
  claims: null,
  facts: null,
  faults: null,
  samples: null,
  logs: null,
  services: null,
})
