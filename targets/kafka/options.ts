/** What `--target-opts` sets for Kafka and its clients. */
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'
import type { Acks } from './messages.ts'
import { NEWEST } from './versions.ts'

export const kafkaOptions = {
  version: { type: 'string', default: NEWEST, description: 'a release of Kafka, such as 3.9.1 or 4.0.0' },
  replicas: {
    type: 'number',
    default: 3,
    description: 'how many brokers hold a topic, as far as there are so many',
  },
  acks: {
    type: 'string',
    default: 'all',
    choices: ['all', '1', '0'],
    description:
      'who has a record before it is acknowledged: all replicas that are in sync, the leader alone, or nobody for certain',
  },
  'min-insync': {
    type: 'number',
    default: 2,
    description:
      'min.insync.replicas: with acks=all, how many must be in sync, or the record is refused; Kafka’s default is 1',
  },
  elr: {
    type: 'string',
    default: 'default',
    choices: ['default', 'on', 'off'],
    description:
      'eligible leader replicas (KIP-966), which exist since 4.0 and are on by default since 4.1: replicas that are out of sync but have all that was committed may lead',
  },
  unclean: {
    type: 'boolean',
    default: false,
    description: 'unclean.leader.election.enable: a replica that is not in sync may lead if no other can',
  },
  flush: {
    type: 'number',
    default: 0,
    description:
      'log.flush.interval.messages: a log is synced after so many records; 0: only when the kernel does it, as by Kafka’s default',
  },
  idempotence: {
    type: 'boolean',
    default: true,
    description:
      'with acks=all, a record without an answer is sent again under the same number until the call ends, and stored once',
  },
  reads: {
    type: 'string',
    default: 'leader',
    choices: ['leader', 'replica'],
    description: 'who is asked: the leader of the topic, or the client’s own broker if it has a replica',
  },
  'transaction-timeout': {
    type: 'duration',
    default: 3000,
    description:
      'transaction.timeout.ms: a transaction that is open for so long is aborted; until then, nobody who reads what is committed sees what follows it; Kafka’s default is 60s',
  },
  'request-timeout': {
    type: 'duration',
    default: 1000,
    description:
      'request.timeout.ms of a transaction: a request without an answer is sent again over another connection, until the call ends; Kafka’s default is 30s',
  },
  'abort-every': {
    type: 'number',
    default: 10,
    description: 'a client aborts each so many-th of its transactions instead of committing it; 0: none',
  },
  'session-timeout': {
    type: 'duration',
    default: 3000,
    description:
      'broker.session.timeout.ms: a broker that is silent for so long is fenced; Kafka’s default is 9s',
  },
  'lag-time': {
    type: 'duration',
    default: 4000,
    description:
      'replica.lag.time.max.ms: a replica that is behind for so long is out of sync; Kafka’s default is 30s',
  },
} as const satisfies OptionSpecs

export type KafkaOptions = OptionsOf<typeof kafkaOptions>

export const acksOf = ({ acks }: Pick<KafkaOptions, 'acks'>): Acks => {
  if (acks === 'all') return -1
  return acks === '1' ? 1 : 0
}

/** Of each topic. @param brokers how many there are */
export const replicasOf = ({ replicas }: Pick<KafkaOptions, 'replicas'>, brokers: number): number =>
  Math.min(replicas, brokers)

/** How many of a topic's replicas must be in sync. @param brokers how many there are */
export const minInSyncOf = (
  options: Pick<KafkaOptions, 'replicas' | 'min-insync'>,
  brokers: number,
): number => Math.min(options['min-insync'], replicasOf(options, brokers))
