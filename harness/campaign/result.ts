/** What is kept of each run of a campaign, and their counts. The content of `suite.json`. */
import type { Case } from './cases.ts'
import type { Exercise } from './exercise.ts'
import { type CampaignFinding, OUTCOMES, type OutcomeName } from './outcome.ts'
import type { Rate } from './rate.ts'
import type { Shrunk } from './shrunk.ts'

/** What the clients saw of a run, in numbers that can be compared from night to night. Null: not known. */
export interface Figures {
  /** The share of the seconds in which something was asked that something was served in. Null without faults. */
  readonly availability: number | null
  /** The longest time from the heal of a fault to the first ok operation after it. Null: there was none. */
  readonly recoveryMs: number | null
  /** Of the ok operations of the call that is slowest by it. */
  readonly latencyP50Ms: number | null
  readonly latencyP99Ms: number | null
}

export interface CaseResult extends Pick<Case, 'name' | 'choice' | 'seed' | 'expected' | 'remembered'> {
  /** The command that runs it again. */
  readonly command: string
  readonly outcome: OutcomeName
  readonly why: string
  readonly findings: readonly CampaignFinding[]
  readonly exitCode: number | null
  /** Null: it left none. */
  readonly runDir: string | null
  /** ISO 8601. */
  readonly startedAt: string
  readonly durationMs: number
  readonly exercise: Exercise | null
  /** Absent: it has no verdict, or was run by an older version. */
  readonly figures?: Figures
}

/** How often a run fails again, with any of its findings. */
export interface FailsAgain {
  /** Of the runs that could tell. */
  readonly rate: Rate
  readonly nothingProved: number
  /** Of the runs that failed, nanoseconds since the start. Null: none did, or nobody knows when. */
  readonly medianFirstEvidenceNs: number | null
}

/** A run that failed, followed up. */
export interface FollowUp {
  /** Of its case. */
  readonly name: string
  readonly runDir: string
  /** Null: it was not asked for, or could not be done. */
  readonly again: FailsAgain | null
  /** Null: it was not asked for, or the run did not fail often enough for it. */
  readonly smallest: Pick<
    Shrunk,
    'from' | 'to' | 'plan' | 'command' | 'confirmed' | 'decided' | 'isFinished'
  > | null
  /** Why something that was asked for is missing, one sentence each. */
  readonly problems: readonly string[]
}

/** A finding of a campaign. */
export interface SeenFinding extends CampaignFinding {
  /** The folders of the runs that showed it. */
  readonly runs: readonly string[]
  /** When an earlier campaign saw it first (ISO 8601). Null: it is new. */
  readonly knownSince: string | null
}

export interface SuiteResult {
  readonly suite: string
  readonly startedAt: string
  readonly endedAt: string
  readonly exitCode: number
  readonly counts: Readonly<Record<OutcomeName, number>>
  /** Of all runs that ended, in that order. */
  readonly results: readonly CaseResult[]
  /** Cases that were not run, and why. */
  readonly notRun: { readonly cases: readonly string[]; readonly why: string }
  readonly findings: readonly SeenFinding[]
  /** Failing runs that were repeated or made smaller afterwards. Absent: that was not asked for. */
  readonly followUps?: readonly FollowUp[]
  /** What was never exercised, one sentence each. */
  readonly advice: readonly string[]
  /** What to know of how it came about, one sentence each. Absent: nothing. */
  readonly notes?: readonly string[]
  /** The folders of the shards that it was merged from, as seen from its own. Absent: it ran by itself. */
  readonly mergedFrom?: readonly string[]
}

/** What names a case in a suite. */
export const keyOf = ({ name, seed }: Pick<Case, 'name' | 'seed'>): string => `${name} --seed ${seed}`

export const countsOf = (results: readonly CaseResult[]): SuiteResult['counts'] =>
  Object.fromEntries(
    OUTCOMES.map((name) => [name, results.filter(({ outcome }) => outcome === name).length]),
  ) as unknown as SuiteResult['counts']
