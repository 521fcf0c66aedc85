/** A quorum of phase 1 must meet each of phase 2 (Howard, Malkhi and Spiegelman 2016). */
import type { BugDefinition } from './definition.ts'

const TODO = { args: '-n all --time-limit 30s' }

/** Two sides of a partition each have a leader, and each chooses. */
export const quorumsApart: BugDefinition = {
  description: 'half of the nodes, rounded down, are a quorum: two of them need not meet',
  simulatorSeeds: 10,
  realRun: TODO,
  core: {
    quorumsOf: (_healthy, nodes) => {
      const half = Math.max(1, Math.floor(nodes / 2))
      return { phase1: half, phase2: half }
    },
  },
}

/** The next leader need not hear of it. */
export const learnedFromMinority: BugDefinition = {
  description: 'a leader takes a value for chosen when one acceptor is still missing from the quorum',
  simulatorSeeds: 10,
  realRun: TODO,
  core: { quorumsOf: ({ phase1, phase2 }) => ({ phase1, phase2: Math.max(1, phase2 - 1) }) },
}
