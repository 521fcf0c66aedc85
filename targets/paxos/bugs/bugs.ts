/**
 * The planted bugs by name: `--bug name` switches one on. Each is a mistake that people make with Paxos, and no two have the
 * same cause. What a bug changes, and why that is wrong, stands in the file of its theme.
 */
import { findBug, plantedBugs } from '../../protocol/planted-bugs.ts'
import { type CoreDeviations, healthyCore } from '../core/deviations.ts'
import { acceptBelowPromise, acceptedNotDurable, promiseNotDurable } from './acceptors.ts'
import type { BugDefinition } from './definition.ts'
import { acceptedIgnored, ballotReused, gapOverChosen, lowerBallotTaken } from './proposers.ts'
import { learnedFromMinority, quorumsApart } from './quorums.ts'
import { readBeforeRecovery, readFromDeposed } from './reads.ts'

const definitions = {
  'promise-not-durable': promiseNotDurable,
  'accepted-not-durable': acceptedNotDurable,
  'accept-below-promise': acceptBelowPromise,
  'accepted-ignored': acceptedIgnored,
  'lower-ballot-taken': lowerBallotTaken,
  'ballot-reused': ballotReused,
  'gap-over-chosen': gapOverChosen,
  'quorums-apart': quorumsApart,
  'learned-from-minority': learnedFromMinority,
  'read-from-deposed': readFromDeposed,
  'read-before-recovery': readBeforeRecovery,
} as const satisfies Record<string, BugDefinition>

export type Bug = keyof typeof definitions

/** @throws UserError if there is no such bug */
export const bugNamed = (name: string | null): Bug | null => findBug('paxos', definitions, name)

export const bugs = plantedBugs(definitions, 'register')

/** @param bug null: the healthy core */
export const deviationsOf = (bug: Bug | null): CoreDeviations => {
  if (bug === null) return healthyCore
  const { core }: BugDefinition = definitions[bug]
  return { ...healthyCore, ...core }
}
