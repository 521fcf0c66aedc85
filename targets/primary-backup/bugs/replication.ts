/** What an acknowledgement stands for (Alsberg and Day; Budhiraja et al., section 8.3), and what a backup takes from whom. */
import type { BugDefinition } from './definition.ts'

/** A primary that is cut off, or dies, has acknowledged writes that no backup has. */
export const ackBeforeBackup: BugDefinition = {
  description: 'a primary acknowledges before the backups have it, although replication is sync',
  simulatorSeeds: 10,
  realRun: {
    args: '-n partition --nemesis-opts shapes=leader,direction=two-way,interval=3s,duration=1500ms --rate 300 --time-limit 15s',
  },
  core: { commitsAlone: true },
}

/** A power loss takes what a backup has acknowledged. */
export const ackBeforeDisk: BugDefinition = {
  description: 'primary and backups acknowledge before a write is on disk',
  simulatorSeeds: 40,
  realRun: {
    args: '-n disk --nemesis-opts modes=power-loss,survival=nothing,victims=all+majority,interval=2500ms,duration=400ms --time-limit 15s',
  },
  core: { skipsFsync: true },
}

/** The old primary gets its late writes acknowledged by backups that have followed another one since. */
export const oldPrimaryAccepted: BugDefinition = {
  description: 'a backup takes entries of a primary whose view is over: the token is not looked at',
  simulatorSeeds: 100,
  realRun: {
    args: '-n partition --nemesis-opts shapes=leader,direction=two-way,interval=3s,duration=1500ms --rate 400 --concurrency 20 --time-limit 20s',
  },
  core: { takesOldViews: true },
}

/** What the old primary had and nobody else is applied where the others apply the new primary's entries. */
export const divergentTailKept: BugDefinition = {
  description: 'an old primary that comes back keeps its own entries where the new one has others',
  simulatorSeeds: 40,
  realRun: {
    args: '-n partition --nemesis-opts shapes=leader,direction=two-way,interval=3s,duration=1500ms --rate 400 --concurrency 20 --time-limit 20s',
  },
  core: { keepsConflicts: true },
}

/** The state is of one moment, its label of a later one: what was written in between reaches the backup never. */
export const transferLosesWrites: BugDefinition = {
  description: 'a state transfer is labelled with what was written during it, and does not contain it',
  simulatorSeeds: 40,
  realRun: {
    args: '-n kill --nemesis-opts victims=one,interval=3s,duration=1500ms --target-opts compact-every=50 --rate 0 --concurrency 30 --time-limit 15s',
  },
  core: { overstatesTransfers: true },
}
