/** What a node has promised must be on its disk (section 5.1 of the paper; 7 for snapshots). */
import type { BugDefinition } from './definition.ts'

/** A power loss takes entries that a client was told are committed: the log is written, and never fsynced. */
export const noFsync: BugDefinition = {
  description: 'acknowledges a write before the log is on disk',
  simulatorSeeds: 40,
  realRun: {
    args: '-n disk --nemesis-opts modes=power-loss,survival=nothing,victims=all+majority,interval=2s,duration=400ms --time-limit 15s',
  },
  core: { skipsFsync: true },
}

/** A node that restarts within a term has forgotten its vote, and two candidates can win that term. */
export const voteNotPersisted: BugDefinition = {
  description: 'keeps its term and vote in memory only: a restarted node votes again in the same term',
  simulatorSeeds: 40,
  realRun: {
    args: '-n partition,kill --nemesis-opts partition.shapes=one+leader,partition.direction=two-way,partition.interval=2500ms,partition.duration=2s,kill.victims=all,kill.interval=2500ms,kill.duration=200ms --rate 300 --time-limit 40s',
  },
  core: { forgetsVote: true },
}

/** The log is cut up to an index whose entries the saved state does not contain: they are in neither. */
export const snapshotLosesSuffix: BugDefinition = {
  description: 'a snapshot claims entries that were not yet applied to it',
  simulatorSeeds: 40,
  realRun: {
    args: '-n kill --nemesis-opts victims=all+majority+leader,interval=2s,duration=500ms --target-opts compact-every=60 --rate 0 --concurrency 30 --time-limit 15s',
  },
  core: { overstatesSnapshots: true },
}
