/** What each combination promises, and which faults the promise stands. README.md argues why. */
import type { Claims, MinorityClaim, PromiseName } from '../../harness/api/claims.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { CRASHES_AND_NETWORKS, consistencyOf, OF_BUNDLED_SERVERS } from '../protocol/claims.ts'
import { isAgreed } from './choices.ts'
import type { Choices } from './core/types.ts'
import type { PrimaryBackupOptions } from './options.ts'

type Tolerance = Claims['tolerates']

const EVERYTHING: Tolerance = { ...CRASHES_AND_NETWORKS, dependency: 'any' }

/** No node looks at its wall clock. */
const NOTHING_BUT_CLOCKS: Tolerance = { clock: 'any' }

/** What a node that has lost contact answers was true once. Vocabularies that have no word for that are not here. */
const OLD_READS: Readonly<Record<string, Readonly<Record<string, PromiseName>>>> = {
  [REGISTER.name]: { read: 'consistent-prefix', write: 'linearizable', cas: 'linearizable' },
  [SET.name]: { add: 'linearizable', read: 'consistent-prefix' },
  [COUNTER.name]: { add: 'linearizable', read: 'eventual' },
  // It has no reads.
  [QUEUE.name]: { enqueue: 'linearizable', dequeue: 'linearizable' },
}

/** Whether reads are answered by a node that cannot know whether it has the present state. */
const readsMayBeOld = ({ failover, minority }: Choices): boolean =>
  minority === 'serve-stale-and-say-so' || (minority === 'read-only' && failover !== 'none')

const toleratesOf = (choices: Choices, vocabulary: string): Tolerance => {
  const { replication, failover, fencing, minority } = choices
  if (isAgreed(choices))
    return readsMayBeOld(choices) && OLD_READS[vocabulary] === undefined ? NOTHING_BUT_CLOCKS : EVERYTHING
  if (minority !== 'refuse') return NOTHING_BUT_CLOCKS
  // A primary that is killed does not go on: nobody has to be fenced.
  if (replication === 'sync' && failover !== 'timeout' && !fencing) return { kill: 'any', clock: 'any' }
  // Of primary and backup that have a write, one is left, and the service promotes the one with the most.
  if (replication === 'semi-sync' && failover === 'view-service') return { kill: 1, clock: 'any' }
  return NOTHING_BUT_CLOCKS
}

const minorityOf = ({ failover, minority, fencing }: Choices): MinorityClaim | null => {
  if (failover === 'view-service') return 'ask-coordinator'
  if (minority === 'serve-all') return 'serve-all'
  // Without fencing it goes on for a while.
  if (!fencing) return null
  return minority === 'refuse' ? 'refuse' : 'serve-reads'
}

export const claimsOf = (options: PrimaryBackupOptions, { name }: Pick<Vocabulary, 'name'>): Claims => {
  const minority = minorityOf(options)
  const isOld = readsMayBeOld(options)
  return {
    source: 'targets/primary-backup/README.md',
    consistency: { ...consistencyOf(options.sink), ...(isOld ? OLD_READS : {}) },
    ...(minority === null ? {} : { minority }),
    ...(options.failover === 'majority' && options.replication === 'sync'
      ? { quorums: ['majority of nodes'] }
      : {}),
    ...OF_BUNDLED_SERVERS,
    tellsElections: true,
    tolerates: toleratesOf(options, name),
  }
}
