/** A vote for yes is a promise to do what the coordinator decides, and to wait for it. */
import { type BugDefinition, ON_SLOW_LINKS } from './definition.ts'

/** The coordinator may have decided commit, and told others. */
export const decidesAlone: BugDefinition = {
  description: 'a participant in doubt that hears nothing for a while aborts by itself',
  simulatorSeeds: 20,
  realRun: {
    args: '-n pause --nemesis-opts victims=one,interval=1s,duration=400ms --target-opts vote-timeout=900ms --rate 100 --time-limit 20s',
  },
  core: { decidesAloneAfter: 25 },
}

/**
 * After a power loss it knows nothing of the transaction, and its part of a commit is lost. Of a transaction that only reads,
 * nothing is lost, and while one reads all accounts none moves money.
 */
export const voteNotDurable: BugDefinition = {
  description: 'a participant votes yes before that is on disk',
  simulatorSeeds: 40,
  realRun: {
    args: `--workload-opts reads=0.02,questions=0 -n disk,packet --nemesis-opts disk.modes=power-loss,disk.survival=nothing,disk.victims=one,disk.interval=1500ms,disk.duration=300ms,${ON_SLOW_LINKS} --rate 60 --concurrency 20 --time-limit 20s`,
  },
  core: { skipsVoteSync: true },
}

/** Others see and change what may still be undone, or be overwritten. */
export const locksReleasedInDoubt: BugDefinition = {
  description: 'a participant lets go of the locks of a transaction that is in doubt for a while',
  simulatorSeeds: 20,
  realRun: {
    args: '-n pause --nemesis-opts victims=one,interval=1s,duration=400ms --target-opts vote-timeout=900ms --rate 100 --time-limit 20s',
  },
  core: { unlocksAfter: 20 },
}

/** It is asked, says abort, and votes yes when the delayed question comes. */
export const refusalForgotten: BugDefinition = {
  description: 'a participant that has told another one to abort votes yes afterwards',
  simulatorSeeds: 200,
  realRun: {
    args: '-n pause --nemesis-opts victims=one,interval=1s,duration=300ms --target-opts vote-timeout=900ms --rate 100 --time-limit 20s',
  },
  core: { forgetsRefusal: true },
}
