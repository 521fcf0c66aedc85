/** What `--target-opts` sets for RabbitMQ and its clients. */
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'

export const rabbitOptions = {
  queues: {
    type: 'string',
    default: 'quorum',
    choices: ['quorum', 'mirrored'],
    description: 'the kind of queues: quorum queues, or classic queues with mirrors on other nodes',
  },
  'partition-handling': {
    type: 'string',
    default: 'pause_minority',
    choices: ['pause_minority', 'autoheal', 'ignore'],
    description: 'cluster_partition_handling; RabbitMQ’s default is ignore',
  },
  'ha-mode': {
    type: 'string',
    default: 'all',
    choices: ['all', 'exactly'],
    description: 'mirrored queues have replicas on all nodes, or on exactly a majority',
  },
  promote: {
    type: 'string',
    default: 'when-synced',
    choices: ['when-synced', 'always'],
    description:
      'ha-promote-on-failure of mirrored queues; always (RabbitMQ’s default) also promotes mirrors that lack messages',
  },
  'net-ticktime': {
    type: 'duration',
    default: 5000,
    description: 'a node that is silent for this long counts as down; RabbitMQ’s default is 60s',
  },
} as const satisfies OptionSpecs

export type RabbitOptions = OptionsOf<typeof rabbitOptions>
