/**
 * The planted bugs by name: `--bug name` switches one on. Each is a mistake that people make with two-phase commit, and no two
 * have the same cause. What a bug changes, and why that is wrong, stands in the file of its theme.
 */
import { findBug, plantedBugs } from '../../protocol/planted-bugs.ts'
import { type CoreDeviations, healthyCore } from '../core/deviations.ts'
import type { CommitConfig } from '../core/types.ts'
import {
  decisionForgotten,
  decisionNotDurable,
  decisionSentFirst,
  preparesTwice,
  votesCountedTwice,
} from './coordinators.ts'
import type { BugDefinition } from './definition.ts'
import { decidesAlone, locksReleasedInDoubt, refusalForgotten, voteNotDurable } from './participants.ts'
import { decidedBeforeChosen, lastDecisionCounts, repeatDecidedTwice } from './replicated.ts'

const definitions = {
  'decides-alone': decidesAlone,
  'vote-not-durable': voteNotDurable,
  'locks-released-in-doubt': locksReleasedInDoubt,
  'refusal-forgotten': refusalForgotten,
  'decision-not-durable': decisionNotDurable,
  'decision-sent-first': decisionSentFirst,
  'decision-forgotten': decisionForgotten,
  'prepares-twice': preparesTwice,
  'votes-counted-twice': votesCountedTwice,
  'decided-before-chosen': decidedBeforeChosen,
  'last-decision-counts': lastDecisionCounts,
  'repeat-decided-twice': repeatDecidedTwice,
} as const satisfies Record<string, BugDefinition>

export type Bug = keyof typeof definitions

/** @throws UserError if there is no such bug */
export const bugNamed = (name: string | null): Bug | null => findBug('commit', definitions, name)

export const bugs = plantedBugs(definitions, 'bank')

/** @param bug null: the healthy core */
export const deviationsOf = (bug: Bug | null): CoreDeviations => {
  if (bug === null) return healthyCore
  const { core }: BugDefinition = definitions[bug]
  return { ...healthyCore, ...core }
}

/** With which coordinator a bug shows. */
export const coordinatorWith = (bug: Bug): CommitConfig['coordinator'] => {
  const { coordinator = 'single' }: BugDefinition = definitions[bug]
  return coordinator
}
