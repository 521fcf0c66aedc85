/** Kafka without ZooKeeper (KRaft): each node is a broker and a controller. */
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { LIST_APPEND } from '../../harness/vocabularies/transactions.ts'
import { claimsOf } from './claims.ts'
import { kafkaClients } from './client.ts'
import { launchNode } from './launch.ts'
import { type KafkaOptions, kafkaOptions } from './options.ts'
import { isReady, statusOf } from './status.ts'
import { isSince, programsOf } from './versions.ts'

const needsOffsets = (name: string): boolean => name !== SET.name && name !== QUEUE.name

const lacks = ({ name }: Vocabulary, { version, elr, acks, idempotence }: KafkaOptions): string | null => {
  if (elr === 'on' && !isSince(version, '4.0'))
    return `Kafka has eligible leader replicas since 4.0, and this is ${version}: leave elr=default.`
  if (name === LIST_APPEND.name && (acks !== 'all' || !idempotence))
    return 'Kafka has transactions only of idempotent producers that wait for all replicas in sync: take acks=all,idempotence=true.'
  if (acks === '0' && needsOffsets(name))
    return `With acks=0 no broker tells the offset of a record, which ${name} needs: take acks=1 or all.`
  return null
}

export const kafka = defineTarget({
  name: 'kafka',
  description:
    'Kafka without ZooKeeper, in any release since 3.9: replicated logs, transactions and consumer groups',
  options: kafkaOptions,
  nodes: { default: 3, min: 1 },
  bugs: [],
  image: 'kafka',
  programs: ({ version }: KafkaOptions) => programsOf(version),
  lacks,
  claims: claimsOf,
  clients: kafkaClients,
  launch: launchNode,
  ready: isReady,
  status: statusOf,
  restartsAfterMs: 1000,
})
