/** A decision must be on the disk before anybody hears of it, and stay there until everybody has. */
import type { BugDefinition } from './definition.ts'

const NOT_TRIED = { none: 'not tried yet' } as const

/** After a power loss, what it does not know counts as aborted, and some have committed. */
export const decisionNotDurable: BugDefinition = {
  description: 'the coordinator tells its decision before that is on disk',
  simulatorSeeds: 40,
  realRun: NOT_TRIED,
  core: { skipsDecisionSync: true },
}

/** A crash between the two is enough; no power has to be lost. */
export const decisionSentFirst: BugDefinition = {
  description: 'the coordinator sends its decision first, and writes it a moment later',
  simulatorSeeds: 40,
  realRun: NOT_TRIED,
  core: { writesDecisionAfter: 3 },
}

/** Presumed abort holds for what was never committed, not for what was forgotten. */
export const decisionForgotten: BugDefinition = {
  description: 'the coordinator forgets a commit when it has sent it, and answers abort to whoever asks',
  simulatorSeeds: 40,
  realRun: NOT_TRIED,
  core: { forgetsAtOnce: true },
}

/** The money moves twice. */
export const preparesTwice: BugDefinition = {
  description: 'a request that a client repeats begins another transaction',
  simulatorSeeds: 20,
  realRun: NOT_TRIED,
  core: { repeatsRequests: true },
}

/** A vote that arrives twice stands for one that never came. */
export const votesCountedTwice: BugDefinition = {
  description: 'the coordinator counts votes, whoever they are from',
  simulatorSeeds: 40,
  realRun: NOT_TRIED,
  core: { countsMessages: true },
}
