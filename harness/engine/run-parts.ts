/** The parts of a run, which the controller passes to the engine. */
import type { Claims } from '../api/claims.ts'
import type { Cluster, Provisioner } from '../api/environment.ts'
import type { Operation } from '../api/history.ts'
import type { IncidentPlan } from '../api/incident.ts'
import type { UndoJournal } from '../api/journal.ts'
import type { Log } from '../api/log.ts'
import type { Nemesis } from '../api/nemesis.ts'
import type { Rng } from '../api/random.ts'
import type { FaultEvent, MachineSample, RunFacts, RunSpec, Sample } from '../api/record.ts'
import type { Target } from '../api/target.ts'
import type { Workload } from '../api/workload.ts'
import type { ErrorTally } from './error-tally.ts'

/** Where a run records what it observes, as it observes it. */
export interface Recorder {
  /**
   * The run has started: all times count from here.
   *
   * @param monotonicNs of `process.hrtime.bigint()`
   * @param logs service -> the file in which it keeps its log while it runs
   */
  started(monotonicNs: bigint, logs: Readonly<Record<string, string>>): void
  operation(operation: Operation): void
  fault(event: FaultEvent): void
  sample(sample: Sample): void
  machine(sample: MachineSample): void
  /** A log file that a service has kept. */
  service(name: string, file: string): void
}

/** What is shown on the terminal. */
export interface Progress {
  phase(text: string): void
  /** Something that the user should know while the run goes on. */
  note(text: string): void
  /** Called for every operation, so it must be cheap. */
  operation(operation: Operation): void
  activeFaults(ids: readonly string[]): void
}

export interface RunParts {
  readonly spec: RunSpec
  readonly target: Target
  readonly workload: Workload
  readonly nemeses: Readonly<Record<string, Nemesis>>
  /** The plan of the incident that the spec names. Absent: each nemesis plans its own faults. */
  readonly incident?: IncidentPlan
  readonly environment: Provisioner
  /** Returns the path of a target's program by its name. */
  readonly program: (name: string) => string
  /** Folders of this machine that nodes need for these programs. */
  readonly programFolders: readonly string[]
  readonly stateDir: string
  readonly logDir: string
  readonly journal: UndoJournal
  readonly recorder: Recorder
  readonly progress: Progress
  readonly log: Log
  /** Captures messages until what it returns is disposed of. Null: they are not captured. */
  readonly capture: ((cluster: Cluster) => Promise<AsyncDisposable>) | null
  /** Called when all is recorded and the cluster still stands, which it does until this resolves. Null: it is not called. */
  readonly hold: ((cluster: Cluster, facts: RunFacts) => Promise<void>) | null
  /**
   * Once aborted, nothing more is asked of the cluster, and no fault begins: what has happened is enough. If the cluster is held
   * then, it is held with the faults that are in force.
   */
  readonly stop: AbortSignal
  /** Once aborted, the run ends early and takes everything down. */
  readonly signal: AbortSignal
}

/** A run whose cluster is provisioned. */
export interface StartedRun {
  readonly parts: RunParts
  readonly cluster: Cluster
  /** Disposed of when the cluster need not stand any longer. */
  readonly last: AsyncDisposableStack
  readonly rng: Rng
  readonly claims: Claims
  /** Errors of readiness checks and of the status. */
  readonly errors: ErrorTally
  /** Nanoseconds since the start of the run. */
  readonly clock: () => number
}
