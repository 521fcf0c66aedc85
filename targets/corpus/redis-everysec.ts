import type { KnownBug } from '../../harness/api/corpus.ts'

export const redisEverysec: KnownBug = {
  id: 'redis-everysec',
  system: 'Redis',
  affected: 'with appendfsync everysec, its default',
  fixed: 'appendfsync always',
  link: 'https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/',
  what: 'Writes of the last second are acknowledged and lost when the power fails.',
  kind: 'by design',
  by: 'ordinary run',
  run: {
    target: 'redis',
    targetOpts: 'appendfsync=everysec',
    nemesis: 'disk',
    nemesisOpts: 'disk.modes=power-loss,disk.survival=nothing',
    timeLimit: '30s',
  },
  control: { targetOpts: 'appendfsync=always' },
  finds: ['linearizability'],
  beyondDefaults: 'a power loss, which `-n all` leaves out because the claims do not tolerate it',
}
