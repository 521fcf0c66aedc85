/** Each claim of a target, and what runs showed of it: held, broken, or not shown. */
import type { Claims, FaultModel, Tolerance } from '../api/claims.ts'
import type { AuditedRun } from './run.ts'
import { breaksObjects, hadFaults, judgementOf, provesObjects, worksUnder } from './run.ts'

export type ClaimStatus = 'held' | 'broken' | 'not shown'

export interface ClaimResult {
  readonly claim: string
  readonly status: ClaimStatus
  /** The folders of the runs that show it: those that broke it, or those in which it held. */
  readonly runs: readonly string[]
  /** Effective faults in these runs, by model. */
  readonly faults: Readonly<Partial<Record<FaultModel, number>>>
  /** Operations that were acknowledged in these runs. */
  readonly operations: number
  /** What would show it; null: it is shown. */
  readonly toShow: string | null
}

/** How a run speaks about a claim; null: it does not. */
type Witness = (run: AuditedRun) => 'held' | 'broken' | null

/** @param only absent: of all models */
const faultsIn = (runs: readonly AuditedRun[], only?: FaultModel): ClaimResult['faults'] => {
  const counts: Partial<Record<FaultModel, number>> = {}
  for (const { faults } of runs)
    for (const [model, met] of faults)
      if (only === undefined || model === only) counts[model] = (counts[model] ?? 0) + met.faults
  return counts
}

const operationsIn = ({ operations, faults }: AuditedRun, model?: FaultModel): number =>
  model === undefined ? operations : (faults.get(model)?.operations ?? 0)

/** @param model only its faults count, and what was acknowledged around them. Absent: all faults and operations of the runs */
const resultOf = (
  claim: string,
  runs: readonly AuditedRun[],
  witness: Witness,
  toShow: string,
  model?: FaultModel,
): ClaimResult => {
  const broken = runs.filter((run) => witness(run) === 'broken')
  const held = runs.filter((run) => witness(run) === 'held')
  const shown = broken.length > 0 ? broken : held
  return {
    claim,
    status: broken.length > 0 ? 'broken' : held.length > 0 ? 'held' : 'not shown',
    runs: shown.map(({ dir }) => dir),
    faults: faultsIn(shown, model),
    operations: shown.reduce((sum, run) => sum + operationsIn(run, model), 0),
    toShow: shown.length > 0 ? null : toShow,
  }
}

/** @param isTried runs that show that it holds. Absent: all that are concerned */
const byObjects =
  (isConcerned: (run: AuditedRun) => boolean, isTried = isConcerned): Witness =>
  (run) => {
    if (!isConcerned(run)) return null
    if (breaksObjects(run)) return 'broken'
    return isTried(run) && provesObjects(run) ? 'held' : null
  }

/** @param isConcerned runs whose verdict of that checker shows the claim */
const byChecker =
  (checker: string, isConcerned: (run: AuditedRun) => boolean = () => true): Witness =>
  (run) => {
    const status = judgementOf(run, checker)
    if (status === 'invalid' && !run.isOutsideClaims) return 'broken'
    return status === 'valid' && isConcerned(run) ? 'held' : null
  }

const promiseText = (claim: Claims['consistency'][string]): string =>
  typeof claim === 'string'
    ? claim
    : Object.entries(claim)
        .map(([call, name]) => `${call} ${name}`)
        .join(', ')

const MAY_HIT = {
  any: 'of any nodes',
  minority: 'of a minority',
  third: 'of fewer than a third of the nodes',
} as const

const mayHit = (most: Tolerance): string =>
  typeof most === 'number' ? `of up to ${most} nodes` : MAY_HIT[most]

const ofTolerance = (runs: readonly AuditedRun[], { tolerates }: Claims): readonly ClaimResult[] =>
  Object.entries(tolerates).map(([name, most]) => {
    const model = name as FaultModel
    const claim = `its promises hold under ${model} ${mayHit(most)}`
    // What broke under several faults may be due to any of them, so it speaks against each.
    const isConcerned = (run: AuditedRun): boolean =>
      run.faults.has(model) && run.claims.tolerates[model] !== undefined
    const toShow = `a run in which faults of the model ${model} take effect, and operations are acknowledged around them`
    return resultOf(claim, runs, byObjects(isConcerned, worksUnder(model)), toShow, model)
  })

const ofConsistency = (runs: readonly AuditedRun[], { consistency }: Claims): readonly ClaimResult[] =>
  Object.entries(consistency).map(([vocabulary, promise]) =>
    resultOf(
      `${vocabulary}: ${promiseText(promise)}`,
      runs,
      byObjects((run) => run.vocabulary === vocabulary),
      `a run with a workload of ${vocabulary}`,
    ),
  )

/** A claim about the cluster, and who judges it. */
interface ClusterClaim {
  /** Null: it is not made. */
  readonly textOf: (claims: Claims) => string | null
  readonly checker: string
  /** Runs of which a valid verdict shows the claim. Absent: all. */
  readonly isConcerned?: (run: AuditedRun) => boolean
  readonly shownBy: string
}

const FAULT = 'a run in which a fault takes effect'
const TRANSACTIONS = 'a status that tells of votes and decisions (`transactions`)'

const seconds = (ms: number): string => `${ms / 1000} s`

/** @param isMade of a claim that is made or not, with nothing to say about how */
const worded =
  (isMade: (claims: Claims) => boolean, text: string): ClusterClaim['textOf'] =>
  (claims) =>
    isMade(claims) ? text : null

const CLUSTER_CLAIMS: readonly ClusterClaim[] = [
  {
    textOf: ({ minority }) => (minority === undefined ? null : `a minority that is cut off: ${minority}`),
    checker: 'sides',
    isConcerned: worksUnder('partition'),
    shownBy: 'a run in which a partition takes effect and both sides are asked',
  },
  {
    textOf: ({ quorums }) => (quorums === undefined ? null : `decided by ${quorums.join(', then ')}`),
    checker: 'quorums',
    shownBy: 'a status or an answer that tells who accepted decisions (`decisions`, `meta.acceptedBy`)',
  },
  {
    textOf: worded(
      ({ proofKeys }) => proofKeys !== undefined,
      'an answer that comes with a proof was signed by a quorum',
    ),
    checker: 'proofs',
    shownBy: 'a run in which clients ask for proofs',
  },
  {
    textOf: worded(
      ({ atomicCommitment }) => atomicCommitment === true,
      'transactions over several nodes commit on all of them or on none',
    ),
    checker: 'atomic-commitment',
    isConcerned: hadFaults,
    shownBy: `${FAULT}, and ${TRANSACTIONS}`,
  },
  {
    textOf: ({ decidesWithinMs: ms }) =>
      ms === undefined ? null : `no node of a connected majority is in doubt for longer than ${seconds(ms)}`,
    checker: 'blocking',
    isConcerned: hadFaults,
    shownBy: `${FAULT}, and ${TRANSACTIONS}`,
  },
  {
    textOf: worded(({ tellsElections }) => tellsElections === true, 'one leader in each term'),
    checker: 'leadership',
    shownBy: 'a run of more than one node',
  },
  {
    textOf: worded(({ neverPanics }) => neverPanics === true, 'no node panics or finds its data corrupt'),
    checker: 'logs',
    shownBy: 'a run with logs',
  },
  {
    textOf: ({ recoversWithinMs: ms }) =>
      ms === undefined ? null : `every node is ready again within ${seconds(ms)} of the last heal`,
    checker: 'recovery',
    isConcerned: hadFaults,
    shownBy: FAULT,
  },
  {
    textOf: worded(({ availability }) => availability !== undefined, 'availability as it is claimed'),
    checker: 'availability',
    isConcerned: hadFaults,
    shownBy: FAULT,
  },
]

const ofCluster = (runs: readonly AuditedRun[], claims: Claims): readonly ClaimResult[] =>
  CLUSTER_CLAIMS.flatMap(({ textOf, checker, isConcerned, shownBy }) => {
    const text = textOf(claims)
    return text === null ? [] : [resultOf(text, runs, byChecker(checker, isConcerned), shownBy)]
  })

/** @param runs those that were judged by these claims */
export const claimResults = (runs: readonly AuditedRun[], claims: Claims): readonly ClaimResult[] => [
  ...ofConsistency(runs, claims),
  ...ofTolerance(runs, claims),
  ...ofCluster(runs, claims),
]
