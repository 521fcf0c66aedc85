/** The registry of targets: name -> target. */
import type { Target } from '../harness/api/target.ts'
import { commit } from './commit/target.ts'
import { consul } from './consul/target.ts'
import { etcd } from './etcd/target.ts'
import { galera } from './galera/target.ts'
import { hazelcast } from './hazelcast/target.ts'
import { jgroupsRaft } from './jgroups-raft/target.ts'
import { kafka } from './kafka/target.ts'
import { nats } from './nats/target.ts'
import { paxos } from './paxos/target.ts'
import { pbft } from './pbft/target.ts'
import { postgres } from './postgres/target.ts'
import { primaryBackup } from './primary-backup/target.ts'
import { pysyncobj } from './pysyncobj/target.ts'
import { rabbitmq } from './rabbitmq/target.ts'
import { raft } from './raft/target.ts'
import { redis } from './redis/target.ts'
import { redisSentinel } from './redis-sentinel/target.ts'
import { zookeeper } from './zookeeper/target.ts'

export const targets: Readonly<Record<string, Target>> = {
  raft,
  'primary-backup': primaryBackup,
  paxos,
  pbft,
  commit,
  etcd,
  redis,
  'redis-sentinel': redisSentinel,
  zookeeper,
  postgres,
  rabbitmq,
  nats,
  pysyncobj,
  'jgroups-raft': jgroupsRaft,
  galera,
  consul,
  kafka,
  hazelcast,
}
