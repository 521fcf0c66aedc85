/** A read is answered by a leader that cannot know what is chosen. */
import type { BugDefinition } from './definition.ts'

const TODO = { args: '-n all --time-limit 30s' }

/** Another leader may have chosen values since. */
export const readFromDeposed: BugDefinition = {
  description: 'a leader answers reads without asking a quorum whether its ballot is still in force',
  simulatorSeeds: 100,
  realRun: TODO,
  core: { readIndexAtOnce: ({ role, chosenTo }) => (role === 'leader' ? chosenTo : null) },
}

/** What an earlier leader acknowledged is among what phase 1 told, and not yet applied. */
export const readBeforeRecovery: BugDefinition = {
  description: 'a new leader answers reads before the values that phase 1 told it are chosen',
  simulatorSeeds: 100,
  realRun: TODO,
  core: { readsBeforeRecovery: true },
}
