/** What phase 1 tells a proposer decides what it may propose (P2c, section 2.2; section 3 for gaps). */
import type { BugDefinition } from './definition.ts'

const TODO = { args: '-n all --time-limit 30s' }

/** The value may be chosen already. */
export const acceptedIgnored: BugDefinition = {
  description: 'a new leader proposes its own values in slots of which acceptors told it accepted ones',
  simulatorSeeds: 40,
  realRun: TODO,
  core: { ignoresAccepted: true },
}

/** An older value that was never chosen replaces the one that was. */
export const lowerBallotTaken: BugDefinition = {
  description: 'of the accepted proposals that it is told, a new leader takes the one of the lowest ballot',
  simulatorSeeds: 200,
  realRun: TODO,
  core: { takes: (known, other) => other.ballot < known.ballot },
}

/** Two values are proposed in one ballot, and the numbers no longer say which came first. */
export const ballotReused: BugDefinition = {
  description: 'a node that starts again goes on with the ballot that it had',
  simulatorSeeds: 200,
  realRun: TODO,
  core: { reusesBallot: true },
}

/** That this node has nothing in a slot does not make it a gap: others may have accepted a value there. */
export const gapOverChosen: BugDefinition = {
  description: 'a new leader fills with no-ops the slots that are empty at itself',
  simulatorSeeds: 40,
  realRun: TODO,
  core: { fillsGapsFromOwnLog: true },
}
