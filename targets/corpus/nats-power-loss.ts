import type { KnownBug } from '../../harness/api/corpus.ts'

export const natsPowerLoss: KnownBug = {
  id: 'nats-7564',
  system: 'NATS JetStream',
  affected: 'with sync_interval 2m, its default',
  fixed: 'sync_interval always',
  link: 'https://github.com/nats-io/nats-server/issues/7564',
  what: 'A majority acknowledges messages before any of it has synced them, so they are lost, or the whole stream, when all servers lose power.',
  kind: 'by design',
  by: 'ordinary run',
  run: {
    target: 'nats',
    targetOpts: 'version=2.12.1',
    workload: 'set',
    nemesis: 'disk',
    nemesisOpts: 'disk.modes=power-loss,disk.survival=nothing,disk.victims=all,disk.interval=15s',
    timeLimit: '45s',
  },
  control: { targetOpts: 'version=2.12.1,sync=always' },
  finds: ['set'],
  beyondDefaults: 'a power loss, which `-n all` leaves out because the claims do not tolerate it',
}
