/**
 * What Consul's documentation promises, by the mode of reads.
 *
 * - "Consistency Modes": `consistent` is strongly consistent without caveats; `default` may answer old values in the window in which
 *   a deposed leader does not know it yet, which applies to reads only; `stale` may be arbitrarily old.
 * - "Consensus Protocol": an entry is committed when a majority has stored it durably.
 * - "Sessions": the lock index of a key and its session are a sequencer; locks of a session that nothing ends are held until released.
 * - "KV Store", `cas`: an index that has changed makes it false. "Blocking Queries" show the state, not each change.
 */
import type { Claims, PromiseName } from '../../harness/api/claims.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { LOCK } from '../../harness/vocabularies/locks.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { WATCH } from '../../harness/vocabularies/watch.ts'
import type { ConsulOptions } from './options.ts'

export const claimsOf = ({ mode }: Pick<ConsulOptions, 'mode'>): Claims => {
  const read: PromiseName = mode === 'consistent' ? 'linearizable' : 'consistent-prefix'
  return {
    source:
      'Consul 1.15 documentation, "Consistency Modes", "Consensus Protocol", "Sessions and Distributed Locks" and "Blocking Queries"',
    consistency: {
      [REGISTER.name]: { read, write: 'linearizable', cas: 'linearizable' },
      [SET.name]: { read, add: 'linearizable' },
      [COUNTER.name]: { read, add: 'linearizable' },
      [LOCK.name]: 'linearizable',
      [WATCH.name]: 'at-most-once',
    },
    // Without a leader that a majority follows, changes and reads are refused; in mode `stale`, any server answers reads.
    minority: mode === 'stale' ? 'serve-reads' : 'refuse',
    neverPanics: true,
    tolerates: {
      partition: 'any',
      omission: 'any',
      timing: 'any',
      kill: 'any',
      pause: 'any',
      clock: 'any',
      'power-loss': 'any',
    },
  }
}
