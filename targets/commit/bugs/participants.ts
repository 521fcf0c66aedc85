/** A vote for yes is a promise to do what the coordinator decides, and to wait for it. */
import type { BugDefinition } from './definition.ts'

const NOT_TRIED = { none: 'not tried yet' } as const

/** The coordinator may have decided commit, and told others. */
export const decidesAlone: BugDefinition = {
  description: 'a participant in doubt that hears nothing for a while aborts by itself',
  simulatorSeeds: 20,
  realRun: NOT_TRIED,
  core: { decidesAloneAfter: 25 },
}

/** After a power loss it knows nothing of the transaction, and its part of a commit is lost. */
export const voteNotDurable: BugDefinition = {
  description: 'a participant votes yes before that is on disk',
  simulatorSeeds: 40,
  realRun: NOT_TRIED,
  core: { skipsVoteSync: true },
}

/** Others see and change what may still be undone, or be overwritten. */
export const locksReleasedInDoubt: BugDefinition = {
  description: 'a participant lets go of the locks of a transaction that is in doubt for a while',
  simulatorSeeds: 20,
  realRun: NOT_TRIED,
  core: { unlocksAfter: 20 },
}

/** It is asked, says abort, and votes yes when the delayed question comes. */
export const refusalForgotten: BugDefinition = {
  description: 'a participant that has told another one to abort votes yes afterwards',
  simulatorSeeds: 200,
  realRun: NOT_TRIED,
  core: { forgetsRefusal: true },
}
