/** What `--target-opts` sets for Hazelcast and its clients. */
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'
import { NEWEST } from './versions.ts'

export const hazelcastOptions = {
  version: { type: 'string', default: NEWEST, description: 'a release of Hazelcast 5, such as `5.5.0`' },
  'backup-count': {
    type: 'number',
    default: 1,
    description:
      'backup-count: how many members besides the owner have a copy, which they have acknowledged before a call is answered',
  },
  'fail-on-indeterminate': {
    type: 'boolean',
    default: true,
    description:
      'hazelcast.operation.fail.on.indeterminate.state (there: false); false: a change whose owner left is made again elsewhere, and one that a backup did not acknowledge in time counts as done',
  },
  protection: {
    type: 'string',
    default: 'off',
    choices: ['off', 'majority'],
    description:
      'split-brain protection; `majority`: a member that counts fewer members than a majority of all refuses reads and writes',
  },
  merge: {
    type: 'string',
    default: 'put-if-absent',
    choices: ['put-if-absent', 'latest-update', 'higher-hits', 'pass-through', 'discard'],
    description: 'the merge policy of maps: which entry stays when two parts of a cluster meet again',
  },
  reads: {
    type: 'string',
    default: 'primary',
    choices: ['primary', 'backup'],
    description:
      'who answers reads of a map; `backup`: the client’s own member if it has a copy (read-backup-data), and it may be stale',
  },
  sets: {
    type: 'string',
    default: 'iset',
    choices: ['iset', 'entry'],
    description: 'the set is an ISet, or a list in one entry of a map, to which an entry processor adds',
  },
  counters: {
    type: 'string',
    default: 'entry',
    choices: ['entry', 'pn'],
    description:
      'a counter is a number in an entry of a map, to which an entry processor adds, or a PNCounter, which each member changes by itself',
  },
  locks: {
    type: 'string',
    default: 'map',
    choices: ['map', 'entry'],
    description:
      'a lock is IMap.tryLock, which ends with the member of its owner, or an entry that only its owner removes (putIfAbsent)',
  },
  'suspect-after': {
    type: 'duration',
    default: 60_000,
    description:
      'hazelcast.max.no.heartbeat.seconds, in whole seconds: a member that is silent for so long is left out of the cluster',
  },
  'merge-delay': {
    type: 'duration',
    default: 3000,
    description:
      'hazelcast.merge.first.run.delay.seconds and next.run (there: 5 and 2 minutes), in whole seconds: how often a cluster looks for parts that it lost',
  },
} as const satisfies OptionSpecs

export type HazelcastOptions = OptionsOf<typeof hazelcastOptions>
