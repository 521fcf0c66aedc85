/** What phase 1 tells a proposer decides what it may propose (P2c, section 2.2; section 3 for gaps). */
import type { BugDefinition } from './definition.ts'

/** The value may be chosen already. */
export const acceptedIgnored: BugDefinition = {
  description: 'a new leader proposes its own values in slots of which acceptors told it accepted ones',
  simulatorSeeds: 10,
  realRun: {
    // What a killed leader has sent still arrives; what one behind a partition has sent does not.
    args: '-n partition,packet --nemesis-opts partition.shapes=leader,partition.direction=two-way,partition.interval=3s,partition.duration=2s,packet.modes=delay,packet.victims=all,packet.direction=two-way,packet.interval=30s,packet.duration=30s,packet.gap=50ms,packet.delay=60ms,packet.jitter=0ms --rate 300 --concurrency 20 --time-limit 30s',
  },
  core: { ignoresAccepted: true },
}

/** An older value that was never chosen replaces the one that was. */
export const lowerBallotTaken: BugDefinition = {
  description: 'of the accepted proposals that it is told, a new leader takes the one of the lowest ballot',
  simulatorSeeds: 10,
  realRun: {
    args: '-n partition,packet --nemesis-opts partition.shapes=seesaw,partition.direction=two-way,partition.interval=8s,partition.duration=8s,partition.gap=50ms,packet.modes=delay,packet.victims=all,packet.direction=two-way,packet.interval=8s,packet.duration=8s,packet.gap=50ms,packet.delay=60ms,packet.jitter=0ms --target-opts election-timeout=500ms,attempt-timeout=500ms,max-entries=1 --rate 80 --concurrency 20 --time-limit 60s',
  },
  core: { takes: (known, other) => other.ballot < known.ballot },
}

/** Two values are proposed in one ballot, and the numbers no longer say which came first. */
export const ballotReused: BugDefinition = {
  description: 'a node that starts again goes on with the ballot that it had',
  simulatorSeeds: 40,
  realRun: {
    args: '-n kill --nemesis-opts victims=leader,interval=2s,duration=200ms --target-opts phase1=1,phase2=5,election-timeout=1500ms --rate 300 --time-limit 20s',
  },
  core: { reusesBallot: true },
}

/** That this node has nothing in a slot does not make it a gap: others may have accepted a value there. */
export const gapOverChosen: BugDefinition = {
  description: 'a new leader fills with no-ops the slots that are empty at itself',
  simulatorSeeds: 10,
  realRun: {
    args: '-n partition --nemesis-opts shapes=one+leader,direction=two-way,interval=1500ms,duration=1s --target-opts attempt-timeout=300ms --rate 600 --concurrency 20 --time-limit 30s',
  },
  core: { fillsGapsFromOwnLog: true },
}
