/** NATS with JetStream, in any release since 2.10, as a cluster of servers that replicate streams by Raft. */

import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { claimsOf } from './claims.ts'
import { natsClients } from './client.ts'
import { launchNode } from './launch.ts'
import { type NatsOptions, natsOptions } from './options.ts'
import { isReady, statusOf } from './status.ts'
import { isSince, programsOf } from './versions.ts'

const lacks = (vocabulary: Vocabulary, { version, reads }: NatsOptions): string | null => {
  if (vocabulary.name === COUNTER.name && !isSince(version, '2.12.0'))
    return `NATS has counters since 2.12, and this is ${version}.`
  if (reads === 'direct' && !isSince(version, '2.11.0'))
    return `Batches of direct gets need NATS 2.11, and this is ${version}: leave reads=leader.`
  return null
}

export const nats = defineTarget({
  name: 'nats',
  description: 'NATS JetStream: streams, queues and a key-value store, replicated by Raft',
  options: natsOptions,
  nodes: { default: 3, min: 1 },
  bugs: [],
  image: 'nats',
  programs: ({ version }: NatsOptions) => programsOf(version),
  lacks,
  claims: claimsOf,
  clients: natsClients,
  launch: launchNode,
  ready: isReady,
  status: statusOf,
})
