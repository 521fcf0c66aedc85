/** What an acceptor has answered must hold for all time (sections 2.2 and 2.5 of "Paxos Made Simple"). */
import type { BugDefinition } from './definition.ts'

/** An acceptor that restarts accepts in a ballot that it had promised to refuse. */
export const promiseNotDurable: BugDefinition = {
  description: 'an acceptor keeps its promise in memory only, and a restarted one accepts in lower ballots',
  simulatorSeeds: 10,
  realRun: {
    args: '-n partition,kill --nemesis-opts partition.shapes=one+leader,partition.direction=two-way,partition.interval=2500ms,partition.duration=2s,kill.victims=all,kill.interval=2500ms,kill.duration=200ms --rate 300 --time-limit 40s',
  },
  core: { forgetsPromise: true },
}

/** A power loss takes accepted proposals of which the leader was told: what was chosen is chosen no longer. */
export const acceptedNotDurable: BugDefinition = {
  description: 'an acceptor says that it has accepted before that is on disk',
  simulatorSeeds: 10,
  realRun: {
    args: '-n disk --nemesis-opts modes=power-loss,survival=nothing,victims=all+majority,interval=2s,duration=400ms --time-limit 15s',
  },
  core: { skipsFsync: true },
}

/** A deposed leader gets its values accepted after phase 1 of its successor, which was told nothing of them. */
export const acceptBelowPromise: BugDefinition = {
  description: 'an acceptor accepts in a lower ballot than it has promised',
  simulatorSeeds: 10,
  realRun: {
    args: '-n pause --nemesis-opts victims=leader,interval=2s,duration=1s --target-opts attempt-timeout=300ms --rate 300 --time-limit 20s',
  },
  core: { acceptsBelowPromise: true },
}
