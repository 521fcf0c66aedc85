/** Rules of elections and replication left out (sections 5.2 to 5.4 of the paper). */
import type { BugDefinition } from './definition.ts'

/** An entry of an older term that a quorum has can still be overwritten by a leader of a newer term (figure 8). */
export const commitOldTerm: BugDefinition = {
  description: 'commits an entry of an older term by counting replicas (figure 8 of the paper)',
  simulatorSeeds: 1000,
  realRun: {
    args: '-n partition,packet --nemesis-opts partition.shapes=seesaw,partition.direction=two-way,partition.interval=8s,partition.duration=8s,partition.gap=50ms,packet.modes=delay,packet.delay=60ms,packet.jitter=0ms,packet.victims=all,packet.direction=two-way,packet.interval=8s,packet.duration=8s,packet.gap=50ms --target-opts election-timeout=500ms,attempt-timeout=500ms,max-entries=1 --rate 80 --concurrency 20 --time-limit 90s',
  },
  core: { commitsOlderTerms: true, startsTermWithoutEntry: true },
}

/** A leader that is cut off acknowledges writes that no other node ever sees. */
export const ackBeforeReplication: BugDefinition = {
  description: 'a leader commits an entry that only it has',
  simulatorSeeds: 10,
  realRun: {
    args: '-n partition --nemesis-opts shapes=leader,direction=two-way,interval=2s,duration=1s --rate 300 --time-limit 20s',
  },
  core: { commitsAlone: true },
}

/** Entries of a deposed leader stay in the log and are applied where other nodes apply the new leader's. */
export const noTruncate: BugDefinition = {
  description: "a follower keeps its own entries where they conflict with the leader's",
  simulatorSeeds: 40,
  realRun: {
    args: '-n partition --nemesis-opts shapes=leader+leader-minority,direction=two-way,interval=1500ms,duration=1s --target-opts attempt-timeout=200ms --rate 600 --concurrency 20 --time-limit 30s',
  },
  core: { keepsConflicts: true },
}

/** New entries land on top of others that the leader does not have: log matching is lost. */
export const noPreviousCheck: BugDefinition = {
  description: 'a follower appends without checking that the entry before matches',
  simulatorSeeds: 40,
  realRun: {
    args: '-n partition,kill --nemesis-opts partition.shapes=leader,partition.direction=two-way,kill.victims=leader,interval=2s,duration=1300ms --rate 400 --time-limit 25s',
  },
  core: { skipsPreviousCheck: true },
}

/** A candidate without a committed entry can win, and then overwrites that entry everywhere. */
export const staleLogElection: BugDefinition = {
  description: 'votes for candidates whose log is behind',
  simulatorSeeds: 40,
  realRun: {
    args: '-n partition,kill --nemesis-opts partition.shapes=one+minority,partition.direction=two-way,partition.interval=1200ms,partition.duration=1s,partition.gap=0ms,kill.victims=leader,kill.interval=1s,kill.duration=300ms --rate 300 --time-limit 50s',
  },
  core: { votesForStaleLogs: true },
}
