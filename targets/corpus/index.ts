/** The corpus of known bugs, by system. To add one, add a file and its entry here. */
import type { KnownBug } from '../../harness/api/corpus.ts'
import { etcdSerializableReads } from './etcd-serializable-reads.ts'
import { patroniAsynchronous } from './patroni-asynchronous.ts'
import { postgresLostUpdate, postgresWriteSkew } from './postgres-isolation.ts'
import { rabbitmqMirroredQueues } from './rabbitmq-mirrored-queues.ts'
import { redisEverysec } from './redis-everysec.ts'
import { redisSentinelFailover } from './redis-sentinel-failover.ts'
import { zookeeperEphemeralLock } from './zookeeper-ephemeral-lock.ts'
import { zookeeperFollowerReads } from './zookeeper-follower-reads.ts'

export const corpus: readonly KnownBug[] = [
  redisEverysec,
  etcdSerializableReads,
  zookeeperFollowerReads,
  postgresLostUpdate,
  postgresWriteSkew,
  redisSentinelFailover,
  patroniAsynchronous,
  rabbitmqMirroredQueues,
  zookeeperEphemeralLock,
]
