import { describe, expect, it } from 'vitest'
import type { FileSpec, NodeIdentity } from '../../harness/api/target.ts'
import { UserError } from '../../harness/support/assert.ts'
import { ELECTION } from '../../harness/vocabularies/election.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { doubtAfter } from './client.ts'
import type { SentinelOptions } from './options.ts'
import { isSettled, parseView } from './sentinel.ts'
import { redisSentinel } from './target.ts'

const DEFAULTS: SentinelOptions = {
  appendfsync: 'always',
  reads: 'primary',
  wait: 0,
  'min-replicas-to-write': 0,
  'min-replicas-max-lag': 10_000,
  'down-after': 1000,
  'failover-timeout': 3000,
  sink: 'none',
}

const nodes = [1, 2, 3].map(
  (index): NodeIdentity => ({
    name: `n${index}`,
    index,
    address: `198.18.0.1${index}`,
    dataDir: '/data of a node',
  }),
)

const launchOf = (index: number, options: Partial<SentinelOptions> = {}) => {
  const plan = { nodes, services: [], options: { ...DEFAULTS, ...options }, bug: null }
  return redisSentinel.launch(nodes[index] as NodeIdentity, plan, (program) => program)
}

const fileOf = (index: number, name: string, options?: Partial<SentinelOptions>): FileSpec =>
  launchOf(index, options).files[name] as FileSpec

describe('launch', () => {
  it('starts a Redis and a Sentinel, each from a file that it may rewrite', () => {
    const { files, processes } = launchOf(0)
    expect(processes.map(({ name, argv }) => [name, ...argv])).toEqual([
      ['redis', 'redis-server', '/data of a node/redis/redis.conf'],
      ['sentinel', 'redis-server', '/data of a node/sentinel/sentinel.conf', '--sentinel'],
    ])
    expect(Object.values(files).map((file) => (file as FileSpec).keep)).toEqual([true, true])
  })

  it('makes the first node the primary and the others its replicas', () => {
    const roles = [0, 1, 2].map((at) => /^replicaof .*$/m.exec(fileOf(at, 'redis/redis.conf').text)?.[0])
    expect(roles).toEqual([undefined, 'replicaof 198.18.0.11 6379', 'replicaof 198.18.0.11 6379'])
  })

  it('passes the options on, and needs a majority of the Sentinels', () => {
    const options = { 'min-replicas-to-write': 1, 'min-replicas-max-lag': 1500, 'down-after': 700 }
    const redis = fileOf(0, 'redis/redis.conf', options).text
    expect(redis).toContain('min-replicas-to-write "1"\nmin-replicas-max-lag "2"\n')
    expect(redis).toContain('dir "/data of a node/redis"\n')
    const sentinel = fileOf(1, 'sentinel/sentinel.conf', options).text
    expect(sentinel).toContain('sentinel monitor main 198.18.0.11 6379 2\n')
    expect(sentinel).toContain('sentinel down-after-milliseconds main 700\n')
    expect(sentinel).toContain('sentinel known-replica main 198.18.0.13 6379\n')
  })

  it.each([{ wait: 3 }, { 'min-replicas-to-write': 3 }, { wait: 0.5 }, { wait: -1 }])(
    'refuses %o, with which no write could succeed',
    (options) => expect(() => launchOf(0, options)).toThrow(UserError),
  )
})

describe('claims', () => {
  const claims = (options: Partial<SentinelOptions>, vocabulary = REGISTER as { readonly name: string }) =>
    redisSentinel.claims({ ...DEFAULTS, ...options }, vocabulary)

  it('no fault is tolerated, whatever the options: acknowledged writes may be lost', () => {
    for (const options of [{}, { wait: 2 }, { 'min-replicas-to-write': 1 }])
      expect(claims(options).tolerates).toEqual({})
  })

  it('each failover has an epoch of its own, also under faults', () => {
    const { tolerates, tellsElections } = claims({}, ELECTION)
    expect(tellsElections).toBe(true)
    expect(Object.keys(tolerates)).toEqual(['partition', 'omission', 'timing', 'kill', 'pause'])
  })

  it('replicas answer from an older state', () => {
    expect(claims({}).consistency.register).toBe('linearizable')
    expect(claims({ reads: 'replica' }).consistency.register).toMatchObject({
      read: 'consistent-prefix',
      write: 'linearizable',
    })
  })

  it('a minority serves everything, unless it lacks replicas after a while', () => {
    expect(claims({}).minority).toBe('serve-all')
    expect(claims({ 'min-replicas-to-write': 1 }).minority).toBeUndefined()
  })
})

it('while a Sentinel carries out a failover, its epoch does not belong to the address that it names', () => {
  const reply = { ip: '198.18.0.11', 'config-epoch': '3', 'num-slaves': '2', 'num-other-sentinels': '2' }
  const view = parseView({ ...reply, flags: 'master,o_down,failover_in_progress' })
  expect(view).toMatchObject({ address: '198.18.0.11', epoch: 3, replicas: 2, otherSentinels: 2 })
  expect(isSettled(view)).toBe(false)
  expect(isSettled(parseView({ ...reply, flags: 'master' }))).toBe(true)
})

describe('a change that WAIT does not confirm', () => {
  it.each([2, 3])('is acknowledged if %i of 2 replicas confirm it', async (confirmed) =>
    expect(await doubtAfter(async () => confirmed, 2)).toBeNull(),
  )

  it('is in doubt if too few do, since the primary has made it', async () =>
    expect(await doubtAfter(async () => 1, 2)).toBe('only 1 of 2 replicas confirmed it in 1000 ms'))

  it('is in doubt whatever the error, even one that refuses commands', async () => {
    const refuse = async (): Promise<never> => {
      throw new Error('LOADING Redis is loading the dataset in memory')
    }
    expect(await doubtAfter(refuse, 2)).toContain('not known to be replicated: LOADING')
  })
})
