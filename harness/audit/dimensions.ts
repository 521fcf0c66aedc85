/**
 * The twelve dimensions of an audit card, each from 0 to 1 by a rule of equal parts. A part counts if a run shows it, so what
 * was not shown is 0; and a dimension in which something broke within the claims is 0 as a whole.
 */
import type { Claims, FaultModel } from '../api/claims.ts'
import type { Status } from '../api/verdict.ts'
import type { Shown } from '../api/vocabulary.ts'
import { MOST_NODES } from '../quorum/quorums.ts'
import { type Answers, COMMUNICATION_QUESTIONS, GOVERNANCE_QUESTIONS, shareAnswered } from './answers.ts'
import {
  type AuditedRun,
  breaksObjects,
  hadFaults,
  judgementOf,
  provesObjects,
  type Told,
  worksUnder,
} from './run.ts'

export const WEIGHTS = {
  agreement: 0.1,
  'quorum design': 0.1,
  'failure model': 0.11,
  'leader election': 0.09,
  'log replication': 0.09,
  'partition behaviour': 0.1,
  retries: 0.09,
  observability: 0.1,
  recovery: 0.08,
  security: 0.06,
  governance: 0.05,
  communication: 0.03,
} as const

export type DimensionName = keyof typeof WEIGHTS

/** One part of a dimension. */
export interface Part {
  readonly what: string
  /** From 0 to 1. */
  readonly share: number
  /** The folders of runs that show it. Empty: none does, or it comes from the claims file. */
  readonly runs: readonly string[]
}

export interface Dimension {
  readonly name: DimensionName
  readonly value: number
  readonly parts: readonly Part[]
  /** What was broken, with its runs; null: nothing. */
  readonly broken: { readonly what: string; readonly runs: readonly string[] } | null
}

type Ask = (run: AuditedRun) => boolean

/** Of one target, judged by its claims. */
interface Evidence {
  readonly runs: readonly AuditedRun[]
  readonly claims: Claims
  readonly answers: Answers
}

const part = ({ runs }: Evidence, what: string, shows: Ask): Part => {
  const showing = runs.filter(shows)
  return { what, share: showing.length > 0 ? 1 : 0, runs: showing.map(({ dir }) => dir) }
}

const valid =
  (checker: string): Ask =>
  (run) =>
    judgementOf(run, checker) === 'valid'

const both =
  (...asks: readonly Ask[]): Ask =>
  (run) =>
    asks.every((ask) => ask(run))

const showing =
  (what: Shown): Ask =>
  ({ shows }) =>
    shows.includes(what)

const isBroken =
  (...checkers: readonly string[]): Ask =>
  (run) =>
    !run.isOutsideClaims &&
    checkers.some((checker) => judgementOf(run, checker) === ('invalid' satisfies Status))

/** What a system meets sooner or later, wherever it runs. */
const COMMON_MODELS = [
  'timing',
  'omission',
  'partition',
  'pause',
  'kill',
  'clock',
  'power-loss',
  'disk-errors',
] as const satisfies readonly FaultModel[]

/** Faults that stop nodes or part them: whoever only bears the others was not tried where replicas and retries matter. */
const disturbed: Ask = ({ faults }) =>
  (['partition', 'omission', 'pause', 'kill', 'power-loss'] as const).some((model) => faults.has(model))

type Rule = (evidence: Evidence) => {
  readonly parts: readonly Part[]
  /** Whether a run broke what the dimension is about. Absent: nothing can. */
  readonly breaks?: { readonly what: string; readonly by: Ask }
}

const agreement: Rule = (evidence) => ({
  parts: [
    part(evidence, 'objects are as promised while nodes stop or are parted', both(provesObjects, disturbed)),
    part(evidence, 'replicas do not differ at one position', valid('agreement')),
    part(evidence, 'replicas are the same after that', both(valid('convergence'), disturbed)),
  ],
  breaks: {
    what: 'a promise about objects or replicas',
    by: (run) => breaksObjects(run) || isBroken('agreement', 'convergence', 'atomic-commitment')(run),
  },
})

const quorumDesign: Rule = (evidence) => {
  // A run refuses quorums that do not meet, unless it has too many nodes to look at every set of them.
  const checked = evidence.runs.filter(
    ({ claims, nodes }) => claims.quorums !== undefined && nodes <= MOST_NODES,
  )
  const named: Part = {
    what: 'it is claimed which sets of nodes decide, and any two of them meet',
    share: checked.length > 0 ? 1 : 0,
    runs: checked.map(({ dir }) => dir),
  }
  return {
    parts: [named, part(evidence, 'decisions were accepted by such sets', valid('quorums'))],
    breaks: { what: 'a decision without a quorum', by: isBroken('quorums') },
  }
}

const failureModel: Rule = (evidence) => ({
  parts: COMMON_MODELS.map((model) =>
    part(evidence, `holds under ${model}`, both(provesObjects, worksUnder(model), isWithin)),
  ),
  breaks: {
    what: 'a promise under faults that are claimed to be tolerated',
    by: both(breaksObjects, hadFaults),
  },
})

/** Whether the run counts for the claims: one that goes beyond them and holds shows more than was claimed, and counts, too. */
const isWithin: Ask = ({ status }) => status !== 'invalid'

const leaderElection: Rule = (evidence) => ({
  parts: [
    part(evidence, 'never two leaders in one term', valid('leadership')),
    part(
      evidence,
      'another node took over while faults acted',
      both(
        ({ leaders }) => leaders > 1,
        worksUnder('partition', 'kill', 'pause', 'power-loss'),
        provesObjects,
      ),
    ),
  ],
  breaks: { what: 'one leader in each term', by: isBroken('leadership', 'election') },
})

const logReplication: Rule = (evidence) => ({
  parts: [
    part(evidence, 'a log keeps what was acknowledged, in order', both(provesObjects, showing('order'))),
    part(
      evidence,
      'replicas agree after crashes',
      both(valid('agreement'), worksUnder('kill', 'power-loss')),
    ),
    part(evidence, 'replicas catch up after partitions', both(valid('convergence'), worksUnder('partition'))),
  ],
  breaks: {
    what: 'an order of the log',
    by: (run) => isBroken('agreement')(run) || (breaksObjects(run) && showing('order')(run)),
  },
})

const partitionBehaviour: Rule = (evidence) => ({
  parts: [
    part(evidence, 'each side did what is claimed', both(valid('sides'), worksUnder('partition'))),
    part(evidence, 'objects are as promised under partitions', both(provesObjects, worksUnder('partition'))),
  ],
  breaks: {
    what: 'a promise under partitions',
    by: (run) => isBroken('sides')(run) || (breaksObjects(run) && run.faults.has('partition')),
  },
})

const retries: Rule = (evidence) => ({
  parts: [
    part(
      evidence,
      'nothing counts twice in the cluster while nodes stop or are parted',
      both(provesObjects, disturbed, showing('repeats')),
    ),
    part(
      evidence,
      'nothing takes effect twice outside while nodes stop or are parted',
      both(provesObjects, disturbed, showing('effects')),
    ),
  ],
  breaks: {
    what: 'a request that took effect twice, or not at all',
    by: both(breaksObjects, (run) => showing('repeats')(run) || showing('effects')(run)),
  },
})

const TOLD = ['term', 'digest', 'members', 'decisions'] as const satisfies readonly Told[]

const observability: Rule = (evidence) => ({
  parts: TOLD.map((what) =>
    part(evidence, `the status of nodes tells ${what}`, ({ told }) => told.has(what)),
  ),
})

const recovery: Rule = (evidence) => ({
  parts: [
    part(
      evidence,
      'nodes that stopped or were parted are ready within the claimed time',
      both(valid('recovery'), disturbed),
    ),
    part(evidence, 'their replicas are the same within it', both(valid('convergence'), disturbed)),
    part(
      evidence,
      'something is served again after each fault',
      both(disturbed, ({ recovered }) => recovered.faults > 0 && recovered.served === recovered.faults),
    ),
  ],
  breaks: { what: 'the claimed time of recovery', by: isBroken('recovery', 'convergence') },
})

const security: Rule = (evidence) => ({
  parts: [
    part(
      evidence,
      'holds where stored data is changed',
      both(provesObjects, worksUnder('corruption'), isWithin),
    ),
    part(
      evidence,
      'access that was revoked is denied while faults act',
      both(provesObjects, hadFaults, showing('permissions')),
    ),
  ],
  breaks: { what: 'access that was revoked', by: both(breaksObjects, showing('permissions')) },
})

const answered = (what: string, share: number): Part => ({ what, share, runs: [] })

const governance: Rule = ({ answers }) => ({
  parts: [answered('answers of the claims file', shareAnswered(answers.governance, GOVERNANCE_QUESTIONS))],
})

const communication: Rule = ({ answers }) => ({
  parts: [
    answered('answers of the claims file', shareAnswered(answers.communication, COMMUNICATION_QUESTIONS)),
  ],
})

const RULES: Readonly<Record<DimensionName, Rule>> = {
  agreement,
  'quorum design': quorumDesign,
  'failure model': failureModel,
  'leader election': leaderElection,
  'log replication': logReplication,
  'partition behaviour': partitionBehaviour,
  retries,
  observability,
  recovery,
  security,
  governance,
  communication,
}

const meanOf = (parts: readonly Part[]): number =>
  parts.reduce((sum, { share }) => sum + share, 0) / parts.length

export const dimensionsOf = (evidence: Evidence): readonly Dimension[] =>
  Object.entries(RULES).map(([name, rule]) => {
    const { parts, breaks } = rule(evidence)
    const broken = breaks === undefined ? [] : evidence.runs.filter(breaks.by)
    return {
      name: name as DimensionName,
      value: broken.length > 0 ? 0 : meanOf(parts),
      parts,
      broken:
        breaks === undefined || broken.length === 0
          ? null
          : { what: breaks.what, runs: broken.map(({ dir }) => dir) },
    }
  })
