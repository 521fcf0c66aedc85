/** A run's folder: writes the parts of its record and reads them back. */
import fs from 'node:fs'
import path from 'node:path'
import type { Claims } from '../api/claims.ts'
import type { Findings } from '../api/finding.ts'
import type { Operation, Sequence } from '../api/history.ts'
import type { RecordedFault } from '../api/nemesis.ts'
import type { FaultEvent, FaultRecord, MachineSample, RunFacts, RunRecord, RunSpec } from '../api/record.ts'
import type { Scratch } from '../api/spill.ts'
import type { RunVerdict } from '../api/verdict.ts'
import type { History } from '../history/columns.ts'
import { pairOperations } from '../history/pairing.ts'
import { encodeHeader, type FileHeader, headerOf, requireSchema } from '../history/schema.ts'
import { messageOf, UserError } from '../support/assert.ts'
import { COLUMNS } from './columns-file.ts'
import { readLines } from './json-lines.ts'
import { lazyLines } from './lazy-lines.ts'
import { readMessages } from './message-file.ts'
import { logNotes, readLogs } from './node-logs.ts'
import {
  readFaultEvent,
  readVerdictRecord,
  type StoredEvent,
  type StoredVerdict,
  storedVerdict,
} from './previous-version.ts'
import { readHistory, readRunHistory } from './run-history.ts'
import { readSamples, sampleNotes } from './sample-file.ts'
import { SpillFile } from './spill-file.ts'
import { refuseThinned } from './thinned.ts'
import { ownVersion } from './version.ts'

export const FILES = {
  run: 'run.json',
  history: 'history.jsonl',
  columns: COLUMNS,
  faults: 'faults.jsonl',
  samples: 'samples.jsonl',
  machine: 'machine.jsonl',
  messages: 'messages.jsonl',
  nodes: 'nodes',
  services: 'services',
  verdict: 'verdict.json',
  findings: 'findings.json',
  window: 'window.svg',
  report: 'report.html',
  log: 'harness.jsonl',
  online: 'online.json',
} as const

interface RunFile {
  /** The version that ran it. */
  readonly faultline: string
  readonly spec: RunSpec
  readonly claims: Claims
  readonly facts: RunFacts | null
}

/** A bundled part's own name, or a module's file without its extension. */
const nameIn = (reference: string): string => path.basename(reference).replace(/\.[cm]?[jt]s$/, '')

/** results/<target>-<workload>-<nemeses or incident>/<time>-<seed> */
const runDirOf = (results: string, spec: RunSpec, startedAt: Date): string => {
  const nemeses = spec.nemeses.map(({ name }) => name).join('+') || 'none'
  const faults = spec.incident === undefined ? nemeses : nameIn(spec.incident)
  const group = [nameIn(spec.target), spec.bug, nameIn(spec.workload), faults].filter(Boolean).join('-')
  const time = startedAt.toISOString().replace(/[-:]/g, '').replace(/\..*/, '')
  return path.join(results, group, `${time}-${spec.seed}`)
}

/** False if it exists. */
const makeNew = (dir: string): boolean => {
  try {
    fs.mkdirSync(dir)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/**
 * Creates the folder of a run and returns its path. Two runs with one seed may begin in the same second: the second one gets
 * another name.
 */
export const createRunDir = (results: string, spec: RunSpec, startedAt: Date): string => {
  const wanted = runDirOf(results, spec, startedAt)
  fs.mkdirSync(path.dirname(wanted), { recursive: true })
  let dir = wanted
  for (let n = 2; !makeNew(dir); n++) dir = `${wanted}-${n}`
  return dir
}

/** Replaces the file as a whole: on a full disk, what was there stays. */
export const writeJson = (file: string, content: object): void => {
  const next = `${file}.new`
  try {
    fs.writeFileSync(next, `${JSON.stringify(content, null, 2)}\n`)
    fs.renameSync(next, file)
  } catch (error) {
    fs.rmSync(next, { force: true })
    throw error
  }
}

export const writeRunFile = (dir: string, content: RunFile): void =>
  writeJson(path.join(dir, FILES.run), { ...headerOf('run', content.faultline), ...content })

/** Writes the verdict, with pages of evidence in separate files. Returns the verdict as it is read back. */
export const writeVerdict = (dir: string, verdict: RunVerdict): RunVerdict => {
  for (const { page } of verdict.verdicts.flatMap(({ evidence }) => evidence))
    if (page?.html !== undefined) fs.writeFileSync(path.join(dir, page.file), page.html)
  const stored = storedVerdict(withoutPages(verdict))
  writeJson(path.join(dir, FILES.verdict), { ...headerOf('verdict', ownVersion()), ...stored })
  return stored
}

/** Writes findings.json, and the picture of the failing window. @param picture null: nothing failed that has a time */
export const writeFindings = (dir: string, findings: Findings, picture: string | null): void => {
  writeJson(path.join(dir, FILES.findings), { ...headerOf('findings', ownVersion()), ...findings })
  const file = path.join(dir, FILES.window)
  // A picture from an earlier judgement would show what this one did not find.
  if (picture === null) fs.rmSync(file, { force: true })
  else fs.writeFileSync(file, picture)
}

/** The verdict without the content of its pages; their file names are kept. */
export const withoutPages = (verdict: RunVerdict): RunVerdict => ({
  ...verdict,
  verdicts: verdict.verdicts.map((each) => ({
    ...each,
    evidence: each.evidence.map(({ page, ...evidence }) =>
      page === undefined ? evidence : { ...evidence, page: { file: page.file } },
    ),
  })),
})

/** Null: there are none; the run was judged by a version from before there were findings. */
export const readFindings = (dir: string): Findings | null => {
  const file = path.join(dir, FILES.findings)
  if (!fs.existsSync(file)) return null
  const { schema, ...findings } = JSON.parse(fs.readFileSync(file, 'utf8')) as Findings & FileHeader
  requireSchema('findings', schema, file)
  return findings
}

export const readVerdict = (dir: string): RunVerdict | null => {
  const file = path.join(dir, FILES.verdict)
  if (!fs.existsSync(file)) return null
  const {
    schema,
    faultline: _,
    ...verdict
  } = JSON.parse(fs.readFileSync(file, 'utf8')) as StoredVerdict & Partial<FileHeader>
  if (schema !== undefined) requireSchema('verdict', schema, file)
  return readVerdictRecord(verdict)
}

/** Folds the events of faults.jsonl into one record per fault. */
export const foldFaults = (events: readonly FaultEvent[]): readonly FaultRecord[] => {
  const faults = new Map<string, FaultRecord>()
  for (const event of events) {
    if (event.type === 'planned') {
      faults.set(event.fault.id, { planned: event.fault, victims: [], effects: [], effective: false })
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
  if (event.type === 'injecting') return { injectingAtNs: event.atNs }
  if (event.type === 'healing') return { healingAtNs: event.atNs }
  if (event.type === 'failed') return { error: event.error }
  if (event.type === 'left-out') return { isLeftOut: true }
  const effects = [...before.effects, event.effect]
  const change = { effects, effective: before.effective || event.effect.effective }
  return event.type === 'healed' ? { ...change, healedAtNs: event.atNs } : change
}

/**
 * The planned faults of a run, earliest first.
 *
 * @param given the run's folder or its faults.jsonl
 * @throws UserError if there are none.
 */
export const readPlannedFaults = (given: string): readonly RecordedFault[] => {
  const isFolder = fs.existsSync(given) && fs.statSync(given).isDirectory()
  const file = isFolder ? path.join(given, FILES.faults) : given
  if (!fs.existsSync(file)) throw new UserError(`There are no recorded faults at ${file}.`)
  const events = readEvents(file)
  const faults = events.flatMap((event) => (event.type === 'planned' ? [event.fault] : []))
  if (faults.length === 0) throw new UserError(`${file} contains no planned fault.`)
  for (const fault of faults) requireParts(fault, file)
  return faults.toSorted((a, b) => a.atNs - b.atNs)
}

const PARTS = ['id', 'nemesis', 'atNs', 'durationNs', 'model', 'intent'] as const

const requireParts = (fault: Partial<RecordedFault>, file: string): void => {
  const missing = PARTS.find((part) => fault[part] === undefined)
  if (missing !== undefined)
    throw new UserError(`${file}: the planned fault ${fault.id ?? JSON.stringify(fault)} has no ${missing}.`)
}

const readEvents = (file: string): readonly StoredEvent[] => {
  try {
    return readLines<StoredEvent>('faults', file)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`${file}: one JSON object per line is expected (${messageOf(error)}).`)
  }
}

/** The file as it may be on disk. Before there were headers, only a commit in the spec named the version. */
type StoredRunFile = Omit<RunFile, 'faultline' | 'spec'> &
  Partial<FileHeader> & { readonly spec: RunSpec & { readonly commit?: string } }

/** How a run was started, and its facts. @throws UserError if the folder has no such file, or one of a later version */
export const readRunFile = (dir: string): RunFile => {
  const file = path.join(dir, FILES.run)
  let stored: StoredRunFile
  try {
    stored = JSON.parse(fs.readFileSync(file, 'utf8')) as StoredRunFile
  } catch (error) {
    throw new UserError(`${dir} is not a run: ${file} cannot be read (${messageOf(error)}).`)
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

/** At once: after a day, the log of a service may be larger than memory. */
const COPIED_BYTES = 2 ** 22

/** Copies the log that a service has kept, below a header. Does nothing if there is no such file. */
export const keepService = (dir: string, name: string, file: string, faultline: string): void => {
  if (!fs.existsSync(file)) return
  fs.mkdirSync(path.join(dir, FILES.services), { recursive: true })
  const kept = path.join(dir, FILES.services, `${name}.jsonl`)
  fs.writeFileSync(kept, encodeHeader('service', faultline))
  const [from, to] = [fs.openSync(file, 'r'), fs.openSync(kept, 'a')]
  try {
    const part = Buffer.alloc(COPIED_BYTES)
    for (let read = fs.readSync(from, part); read > 0; read = fs.readSync(from, part))
      fs.writeFileSync(to, part.subarray(0, read))
  } finally {
    fs.closeSync(from)
    fs.closeSync(to)
  }
}

/** The logs of the services by name; null if none has kept one. */
const readServices = (dir: string): RunRecord['services'] => {
  const folder = path.join(dir, FILES.services)
  if (!fs.existsSync(folder)) return null
  return Object.fromEntries(
    fs
      .readdirSync(folder)
      .map((file) => [path.parse(file).name, lazyLines<unknown>('service', path.join(folder, file))]),
  )
}

/** Null: the run was recorded by a version that did not measure the machine. */
const readMachine = (dir: string): RunRecord['machine'] => {
  const file = path.join(dir, FILES.machine)
  return fs.existsSync(file) ? readLines<MachineSample>('machine', file) : null
}

export interface LoadedRun {
  readonly record: RunRecord
  readonly notes: readonly string[]
}

/** A run without its history. @throws UserError if the folder does not contain a run */
export const loadBesides = (dir: string): RunRecord => {
  const { faultline, spec, claims, facts } = readRunFile(dir)
  const events = readLines<StoredEvent>('faults', path.join(dir, FILES.faults))
  return {
    history: [],
    pairs: [],
    vocabulary: null,
    workloadOptions: null,
    faultline,
    spec,
    claims,
    facts,
    faults: foldFaults(events.map(readFaultEvent)),
    samples: readSamples(path.join(dir, FILES.samples)),
    machine: readMachine(dir),
    logs: readLogs(dir, FILES.nodes),
    services: readServices(dir),
    ...readMessages(path.join(dir, FILES.messages)),
  }
}

/** @throws UserError if the folder does not contain a run, or the run's history is malformed. */
export const loadRun = (dir: string): LoadedRun => {
  const besides = loadBesides(dir)
  const file = path.join(dir, FILES.history)
  if (!fs.existsSync(file)) refuseThinned(dir)
  if (!fs.existsSync(file))
    throw new UserError(`${dir} has no ${FILES.history}: the run ended before its first operation.`)
  // Of a run that goes on, the history will have changed when it is read again.
  const { notes, ...history } = besides.facts === null ? readHistory(file) : readRunHistory(file)
  return {
    record: { ...besides, ...history, scratch: SCRATCH },
    notes: [...notes, ...logNotes(dir), ...sampleNotes(besides.samples ?? [])],
  }
}

/**
 * A bare history, without the rest of a run's record.
 *
 * @throws UserError if it is malformed.
 */
export const bareRecord = (history: Sequence<Operation>): RunRecord =>
  recordOfHistory({ history, pairs: pairOperations(history) })

const SCRATCH: Scratch = { makeSpill: () => new SpillFile() }

/** A bare history that is paired. */
export const recordOfHistory = ({ history, pairs }: History): RunRecord => ({
  history,
  pairs,
  scratch: SCRATCH,
  vocabulary: null,
  workloadOptions: null,
  faultline: null,
  spec: null,
  claims: null,
  facts: null,
  faults: null,
  samples: null,
  machine: null,
  logs: null,
  services: null,
  messages: null,
  messageGaps: null,
})
