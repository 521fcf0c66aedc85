/** The runs below a results folder, as far as their small files tell: a thousand runs must be listed at once. */
import fs from 'node:fs'
import path from 'node:path'
import type { RunFacts, RunSpec } from '../../api/record.ts'
import type { RunVerdict } from '../../api/verdict.ts'
import { FILES } from '../../store/run-store.ts'
import { THINNED } from '../../store/thinned.ts'
import { UserError } from '../../support/assert.ts'
import { clip } from '../../support/visible.ts'

/** `running`: it has no end yet, and its files grow. `not finished`: they do not. `not judged`: there is no verdict. */
export type RunState = RunVerdict['status'] | 'running' | 'not finished' | 'not judged'

/** A row of the table. */
export interface RunRow {
  /** Its place below the results folder: `<group>/<time>-<seed>`. */
  readonly name: string
  readonly state: RunState
  readonly target: string
  readonly workload: string
  readonly nemeses: string
  readonly bug: string
  readonly environment: string
  readonly seed: number
  /** The version of faultline that ran it. */
  readonly faultline: string
  /** ISO 8601; empty: not known. */
  readonly started: string
  /** Null: it has no end. */
  readonly seconds: number | null
  readonly operations: number | null
  /** Of the verdict; of a run without one, how far it came. */
  readonly summary: string
}

type StoredRun = { readonly faultline?: string; readonly spec: RunSpec; readonly facts: RunFacts | null }
type StoredVerdict = Pick<RunVerdict, 'status' | 'summary' | 'counts'>

/** A link is not followed. */
const isFile = (file: string): boolean => fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() === true

const readJson = <T>(file: string): T | null => {
  if (!isFile(file)) return null
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as T
  } catch {
    return null
  }
}

/** Null: there is no such file. */
const changedMs = (file: string): number | null =>
  fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null

/** Files of a run are written at least that often while it runs. */
const SILENT_MS = 30_000

const stateOf = (dir: string, run: StoredRun, verdict: StoredVerdict | null, nowMs: number): RunState => {
  if (verdict !== null) return verdict.status
  if (run.facts !== null) return 'not judged'
  const last = Math.max(
    ...[FILES.history, FILES.samples, FILES.log, FILES.run].map(
      (file) => changedMs(path.join(dir, file)) ?? 0,
    ),
  )
  return nowMs - last < SILENT_MS ? 'running' : 'not finished'
}

const howFar: Readonly<Partial<Record<RunState, string>>> = {
  running: 'it is running',
  'not finished': 'it ended without writing its facts: its harness.jsonl says what it did last',
  'not judged': 'it ended, and was not judged: faultline check judges it',
}

/** A summary may quote what a cluster answered. */
const MOST_CHARACTERS = 1000

const STATUSES: readonly RunVerdict['status'][] = ['valid', 'invalid', 'unknown']

/** A bundled part's own name, or that of a module's file. */
const shortName = (reference: string): string => path.basename(reference)

/** The incident, or the nemeses. */
const faultsOf = ({ incident, nemeses = [] }: Partial<RunSpec>): string => {
  if (incident !== undefined) return `incident ${shortName(String(incident))}`
  return nemeses.map((nemesis) => nemesis?.name).join(', ') || 'none'
}

const rowOf = (dir: string, name: string, nowMs: number): RunRow | null => {
  const run = readJson<StoredRun>(path.join(dir, FILES.run))
  if (run === null || typeof run.spec !== 'object' || !Array.isArray(run.spec?.nemeses)) return null
  const stored = readJson<StoredVerdict>(path.join(dir, FILES.verdict))
  const verdict = stored !== null && STATUSES.includes(stored.status) ? stored : null
  const { spec, facts = null } = run
  const state = stateOf(dir, { ...run, facts }, verdict, nowMs)
  const counts = verdict?.counts
  return {
    name,
    state,
    target: shortName(String(spec.target)),
    workload: shortName(String(spec.workload)),
    nemeses: faultsOf(spec),
    bug: String(spec.bug ?? ''),
    environment: String(spec.environment),
    seed: Number(spec.seed),
    faultline: String(run.faultline ?? 'unknown'),
    started: String(facts?.startedAt ?? ''),
    seconds: facts === null ? null : (Date.parse(facts.endedAt) - Date.parse(facts.startedAt)) / 1000,
    operations: counts === undefined ? null : counts.ok + counts.fail + counts.info,
    summary:
      thinnedIn(dir) +
      clip(String(verdict?.summary ?? facts?.aborted ?? howFar[state] ?? ''), MOST_CHARACTERS),
  }
}

/** Of a thinned run the summary begins with that. */
const thinnedIn = (dir: string): string =>
  fs.existsSync(path.join(dir, THINNED)) ? 'Thinned: history and report are gone. ' : ''

interface Known {
  readonly stamp: string
  readonly row: RunRow | null
}

/** States that change with the time and with files that are not looked at. */
const GROWING: ReadonlySet<RunState> = new Set(['running', 'not finished'])

/** Reads again only what has changed. */
export class Runs {
  readonly #results: string
  readonly #nowMs: () => number
  readonly #known = new Map<string, Known>()

  /** @param nowMs the time now, in ms since the epoch */
  constructor(results: string, nowMs: () => number) {
    this.#results = results
    this.#nowMs = nowMs
  }

  /**
   * Latest first.
   *
   * @throws UserError if the results folder does not exist.
   */
  list(): readonly RunRow[] {
    const rows = this.#names().flatMap((name) => this.#row(name) ?? [])
    return rows.sort((a, b) => path.basename(b.name).localeCompare(path.basename(a.name)))
  }

  /** The folder of a run; null: there is no such run. Only a name that is listed is one: no path is taken from a request. */
  folderOf(name: string): string | null {
    return this.#names().includes(name) ? path.join(this.#results, name) : null
  }

  row(name: string): RunRow | null {
    return this.#names().includes(name) ? this.#row(name) : null
  }

  #names(): readonly string[] {
    if (!fs.existsSync(this.#results))
      throw new UserError(
        `There is no folder ${this.#results}: faultline run makes it, and faultline serve <folder> shows another one.`,
      )
    const folders = (dir: string): readonly string[] =>
      fs
        .readdirSync(dir, { withFileTypes: true })
        // A link could lead anywhere.
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    return folders(this.#results).flatMap((group) =>
      folders(path.join(this.#results, group))
        .filter((time) => isFile(path.join(this.#results, group, time, FILES.run)))
        .map((time) => `${group}/${time}`),
    )
  }

  #row(name: string): RunRow | null {
    const dir = path.join(this.#results, name)
    const stamp = [FILES.run, FILES.verdict, THINNED].map((file) => changedMs(path.join(dir, file))).join()
    const known = this.#known.get(name)
    if (known?.row != null && known.stamp === stamp && !GROWING.has(known.row.state)) return known.row
    const row = rowOf(dir, name, this.#nowMs())
    this.#known.set(name, { stamp, row })
    return row
  }
}
