import type { KnownBug } from '../../harness/api/corpus.ts'
import { planOfSteps } from './plan-of-steps.ts'

/**
 * n3 is killed early, and the others go on. Then clients are cut off, and all are down. n1 and n3 start and elect n1 in a term of
 * which n2 hears nothing. n1 sends n3 what it lacks, and n3 stores the term of that. n1 is cut off, and takes writes in its term
 * until it notices. n3 is killed, and elects a second leader of that term with n2, which takes writes, too. Both have entries of this
 * term at the same places, so n1 keeps its own when it is back, and is made to lead by kills of the others.
 */
const ID = 'jgroups-raft-term'

export const jgroupsRaftTerm: KnownBug = {
  id: ID,
  system: 'jgroups-raft',
  affected: '1.1.4, the newest',
  fixed: 'a log of our own class (`stored-term=never-lower`), and by no release',
  link: 'https://github.com/jgroups-extras/jgroups-raft/blob/9d6d2de08706bfdb76be9a8abda219c4e81e7c0a/src/main/java/org/jgroups/protocols/raft/FileBasedLog.java',
  what: 'A member that appends older entries stores their term as its own, so after a restart it votes again in a term in which it has voted, and the term gets a second leader.',
  kind: 'bug',
  by: 'plan of steps',
  run: {
    target: 'jgroups-raft',
    targetOpts: 'version=1.1.4',
    workload: 'set',
    faults: planOfSteps(ID),
    clientGroups: 1,
    rate: 20,
    timeLimit: '80s',
  },
  control: { targetOpts: 'version=1.1.4,stored-term=never-lower' },
  finds: ['two leaders in one term'],
  beyondDefaults:
    'a term in which nothing is written, between two restarts: `-n all` shows the term that goes back in some runs, but a member that takes a new entry stores its term again',
}
