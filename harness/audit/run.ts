/** A stored run, as far as an audit uses it. */
import type { Claims, FaultModel } from '../api/claims.ts'
import type { Status } from '../api/verdict.ts'
import type { Shown } from '../api/vocabulary.ts'

/** What became of one checker. */
export interface Judgement {
  readonly checker: string
  readonly status: Status
  /** What was judged, in one sentence. */
  readonly summary: string
}

/** The faults of one model that were measured to take effect. */
export interface FaultsMet {
  readonly faults: number
  /** Acknowledged during them, or after them and before the next one. */
  readonly operations: number
}

/** What the status of the nodes told at least once. */
export type Told = 'term' | 'digest' | 'members' | 'decisions'

export interface AuditedRun {
  readonly dir: string
  readonly workload: string
  /** Of the workload. */
  readonly vocabulary: string
  readonly shows: readonly Shown[]
  readonly status: Status
  /** Its faults went beyond what is claimed, so what broke does not count against the claims. */
  readonly isOutsideClaims: boolean
  /** It was judged by `--expect`, not by the claims. */
  readonly isExpected: boolean
  readonly claims: Claims
  readonly nodes: number
  readonly judgements: readonly Judgement[]
  /** The checkers that only this workload has: those of its objects. */
  readonly own: readonly string[]
  /** Acknowledged. */
  readonly operations: number
  readonly faults: ReadonlyMap<FaultModel, FaultsMet>
  /** Effective faults after which something was acknowledged again, of all. */
  readonly recovered: { readonly faults: number; readonly served: number }
  readonly told: ReadonlySet<Told>
  /** How many different nodes were seen to lead. */
  readonly leaders: number
}

export const judgementOf = ({ judgements }: AuditedRun, checker: string): Status | null =>
  judgements.find((each) => each.checker === checker)?.status ?? null

/** Whether all that the run says of its objects is proved. */
export const provesObjects = (run: AuditedRun): boolean =>
  run.own.length > 0 && run.own.every((checker) => judgementOf(run, checker) === 'valid')

/** Whether a promise about its objects was broken within the claims. */
export const breaksObjects = (run: AuditedRun): boolean =>
  !run.isOutsideClaims && run.own.some((checker) => judgementOf(run, checker) === 'invalid')

/** Whether faults of one of these models took effect, and something was acknowledged around them: else nothing was at stake. */
export const worksUnder =
  (...models: readonly FaultModel[]) =>
  ({ faults }: AuditedRun): boolean =>
    models.some((model) => (faults.get(model)?.operations ?? 0) > 0)

export const hadFaults = ({ faults }: AuditedRun): boolean => faults.size > 0
