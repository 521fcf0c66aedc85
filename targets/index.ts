/** The registry of targets: name -> target. */
import type { Target } from '../harness/api/target.ts'
import { etcd } from './etcd/target.ts'
import { rabbitmq } from './rabbitmq/target.ts'
import { raft } from './raft/target.ts'
import { redis } from './redis/target.ts'

export const targets: Readonly<Record<string, Target>> = { raft, etcd, redis, rabbitmq }
