/** A quorum of phase 1 must meet each of phase 2 (Howard, Malkhi and Spiegelman 2016). */
import type { BugDefinition } from './definition.ts'

/** Two sides of a partition each have a leader, and each chooses. */
export const quorumsApart: BugDefinition = {
  description: 'half of the nodes, rounded down, are a quorum: two of them need not meet',
  simulatorSeeds: 10,
  realRun: {
    args: '-n partition --nemesis-opts shapes=leader-minority+random-halves,direction=two-way,interval=2s,duration=1500ms --rate 300 --time-limit 10s',
  },
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
  realRun: {
    args: '-n partition --nemesis-opts shapes=leader-minority,direction=two-way,interval=2s,duration=1s --rate 300 --time-limit 15s',
  },
  core: { quorumsOf: ({ phase1, phase2 }) => ({ phase1, phase2: Math.max(1, phase2 - 1) }) },
}
