/** The corpus of known bugs: first the bugs, by system, then what is so by design. To add one, add a file and its entry here. */
import type { KnownBug } from '../../harness/api/corpus.ts'
import { consulStaleReads } from './consul-stale-reads.ts'
import { etcd14370 } from './etcd-14370.ts'
import { etcd15220 } from './etcd-15220.ts'
import { etcd18089 } from './etcd-18089.ts'
import { etcd18667 } from './etcd-18667.ts'
import { etcdSerializableReads } from './etcd-serializable-reads.ts'
import { galeraFlush } from './galera-flush.ts'
import { galeraLostUpdate, galeraStaleReads } from './galera-isolation.ts'
import { hazelcastLock } from './hazelcast-lock.ts'
import { hazelcastMerge } from './hazelcast-merge.ts'
import { jgroupsRaft251 } from './jgroups-raft-251.ts'
import { jgroupsRaftTerm } from './jgroups-raft-term.ts'
import { kafkaLastReplica } from './kafka-last-replica.ts'
import { kafkaPowerLoss } from './kafka-power-loss.ts'
import { nats6888 } from './nats-6888.ts'
import { nats7458 } from './nats-7458.ts'
import { natsPowerLoss } from './nats-power-loss.ts'
import { patroniAsynchronous } from './patroni-asynchronous.ts'
import { postgresG2Item } from './postgres-g2-item.ts'
import { postgresLostUpdate, postgresWriteSkew } from './postgres-isolation.ts'
import { postgresReindexConcurrently } from './postgres-reindex-concurrently.ts'
import { postgresMerge, postgresTidScan } from './postgres-updates.ts'
import { pysyncobjTerm } from './pysyncobj-term.ts'
import { rabbitmqMirroredQueues } from './rabbitmq-mirrored-queues.ts'
import { redisEverysec } from './redis-everysec.ts'
import { redisSentinelFailover } from './redis-sentinel-failover.ts'
import { zookeeper4712 } from './zookeeper-4712.ts'
import { zookeeper4925 } from './zookeeper-4925.ts'
import { zookeeperEphemeralLock } from './zookeeper-ephemeral-lock.ts'
import { zookeeperFollowerReads } from './zookeeper-follower-reads.ts'

export const corpus: readonly KnownBug[] = [
  etcd14370,
  etcd15220,
  etcd18089,
  etcd18667,
  nats6888,
  nats7458,
  postgresG2Item,
  postgresReindexConcurrently,
  postgresTidScan,
  postgresMerge,
  zookeeper4712,
  zookeeper4925,
  pysyncobjTerm,
  jgroupsRaft251,
  jgroupsRaftTerm,
  redisEverysec,
  natsPowerLoss,
  etcdSerializableReads,
  zookeeperFollowerReads,
  postgresLostUpdate,
  postgresWriteSkew,
  redisSentinelFailover,
  patroniAsynchronous,
  rabbitmqMirroredQueues,
  zookeeperEphemeralLock,
  galeraStaleReads,
  galeraLostUpdate,
  galeraFlush,
  consulStaleReads,
  kafkaLastReplica,
  kafkaPowerLoss,
  hazelcastMerge,
  hazelcastLock,
]
