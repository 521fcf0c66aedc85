import type { KnownBug } from '../../harness/api/corpus.ts'

export const kafkaPowerLoss: KnownBug = {
  id: 'kafka-power-loss',
  system: 'Kafka',
  affected: 'without log.flush.interval.messages, as by default',
  fixed: 'log.flush.interval.messages 1',
  link: 'https://kafka.apache.org/documentation/#appvsosflush',
  what: 'Records are acknowledged when all replicas in sync have them in memory, and lost when all brokers lose power before the kernel has written them.',
  kind: 'by design',
  by: 'ordinary run',
  run: {
    target: 'kafka',
    targetOpts: 'version=4.1.1',
    workload: 'set',
    nemesis: 'disk',
    nemesisOpts: 'disk.modes=power-loss,disk.survival=nothing,disk.victims=all,disk.interval=12s',
    timeLimit: '35s',
  },
  control: { targetOpts: 'version=4.1.1,flush=1' },
  finds: ['set'],
  beyondDefaults: 'a power loss, which `-n all` leaves out because the claims do not tolerate it',
}
