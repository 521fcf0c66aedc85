/** A decision must be on the disk before anybody hears of it, and stay there until everybody has. */
import { type BugDefinition, ON_SLOW_LINKS } from './definition.ts'

/** After a power loss, what it does not know counts as aborted, and some have committed. */
export const decisionNotDurable: BugDefinition = {
  description: 'the coordinator tells its decision before that is on disk',
  simulatorSeeds: 40,
  realRun: {
    none: 'its votes and outcomes are in the same file, so a decision is on the disk a few ms later, and it does harm only while it is on its way: four runs with power losses, of 5 and 9 nodes, did not come to it',
  },
  core: { skipsDecisionSync: true },
}

/** A crash between the two is enough; no power has to be lost. */
export const decisionSentFirst: BugDefinition = {
  description: 'the coordinator sends its decision first, and writes it a moment later',
  simulatorSeeds: 40,
  realRun: {
    args: '-n kill --nemesis-opts victims=all,interval=2s,duration=200ms --rate 150 --time-limit 20s',
  },
  core: { writesDecisionAfter: 3 },
}

/** Presumed abort holds for what was never committed, not for what was forgotten. A participant was away when it was sent. */
export const decisionForgotten: BugDefinition = {
  description: 'the coordinator forgets a commit when it has sent it, and answers abort to whoever asks',
  simulatorSeeds: 40,
  realRun: {
    args: `-n kill,packet --nemesis-opts kill.victims=one,kill.interval=2s,kill.duration=200ms,${ON_SLOW_LINKS} --rate 100 --concurrency 20 --time-limit 15s`,
  },
  core: { forgetsAtOnce: true },
}

/** The money moves twice. */
export const preparesTwice: BugDefinition = {
  description: 'a request that a client repeats begins another transaction',
  simulatorSeeds: 20,
  realRun: {
    args: '-n connection --nemesis-opts interval=2s,duration=1s --target-opts attempt-timeout=300ms --rate 150 --time-limit 15s',
  },
  core: { repeatsRequests: true },
}

/** A vote that arrives twice stands for one that never came. */
export const votesCountedTwice: BugDefinition = {
  description: 'the coordinator counts votes, whoever they are from',
  simulatorSeeds: 40,
  realRun: { none: 'TCP repeats no message, and a participant votes twice only if it is asked twice' },
  core: { countsMessages: true },
}
