import { describe, expect, it } from 'vitest'
import type { ClusterPlan, NodeIdentity } from '../../harness/api/target.ts'
import { BANK } from '../../harness/vocabularies/bank.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { LIST_APPEND } from '../../harness/vocabularies/transactions.ts'
import type { Session } from './connect.ts'
import type { GaleraOptions } from './options.ts'
import { Runner } from './runner.ts'
import { serves, statusFrom } from './status.ts'
import { galera } from './target.ts'
import { LISTS } from './transactions.ts'

const DEFAULTS: GaleraOptions = {
  'sync-wait': 1,
  isolation: 'repeatable-read',
  'snapshot-isolation': true,
  flush: 1,
  appliers: 2,
  'suspect-timeout': 2000,
}

const claims = (options: Partial<GaleraOptions>) => galera.claims({ ...DEFAULTS, ...options }, REGISTER)

describe('claims', () => {
  it.each([
    [1, { read: 'linearizable', write: 'linearizable', cas: 'linearizable' }],
    [7, { read: 'linearizable', write: 'linearizable', cas: 'linearizable' }],
    [0, { read: 'consistent-prefix', write: 'linearizable', cas: 'eventual' }],
    // A change begins with BEGIN, for which neither of these waits.
    [6, { read: 'consistent-prefix', write: 'linearizable', cas: 'eventual' }],
  ])('of registers with sync-wait=%d: %o', (mask, promise) => {
    expect(claims({ 'sync-wait': mask }).consistency[REGISTER.name]).toEqual(promise)
  })

  it('that a refused transfer is right only where transactions wait', () => {
    expect(claims({}).consistency[BANK.name]).toMatchObject({ transfer: 'linearizable' })
    expect(claims({ 'sync-wait': 0 }).consistency[BANK.name]).toMatchObject({ transfer: 'eventual' })
  })

  it.each([
    [{}, 'snapshot-isolation'],
    [{ 'snapshot-isolation': false }, 'read-committed'],
    [{ isolation: 'read-committed' }, 'read-committed'],
  ] as const)('of transactions under %o: %s', (options, level) => {
    expect(claims(options).consistency[LIST_APPEND.name]).toBe(level)
  })

  it.each([
    [1, 'any', 'any'],
    [2, 'any', undefined],
    [0, undefined, undefined],
  ] as const)('with flush=%d that it survives kills of %s and power losses of %s', (flush, kill, power) => {
    const { tolerates } = claims({ flush })
    expect([tolerates.kill, tolerates['power-loss']]).toEqual([kill, power])
  })

  it('that a minority refuses everything only where reads wait', () => {
    expect(claims({}).minority).toBe('refuse')
    expect(claims({ 'sync-wait': 0 }).minority).toBeUndefined()
  })

  /** MariaDB's words, from its sources and its logs. */
  it.each([
    ['2026-01-01 00:00:00 0 [ERROR] mysqld got signal 6 ;', 'crash'],
    ['2026-01-01 00:00:00 0 [ERROR] /usr/sbin/mariadbd got signal 11 ;', 'crash'],
    [
      '2026-01-01 00:00:00 9 [ERROR] WSREP: Inconsistency detected: Inconsistent by consensus on u:7',
      'inconsistency',
    ],
    ['2026-01-01 00:00:00 0 [ERROR] InnoDB: Database page corruption on disk or a failed read', 'corruption'],
    ['2026-01-01 00:00:00 0 [Note] InnoDB: Starting crash recovery from checkpoint LSN=47', undefined],
    ['2026-01-01 00:00:00 0 [Note] WSREP: /usr/sbin/mariadbd: Terminated.', undefined],
  ])('sees in %j: %s', (line, kind) => {
    const kinds = Object.entries(claims({}).logPatterns ?? {})
    expect(kinds.find(([, source]) => new RegExp(source).test(line))?.[0]).toBe(kind)
  })
})

const node = (index: number): NodeIdentity => ({
  name: `n${index}`,
  index,
  address: `198.18.0.${index}`,
  dataDir: '/data',
})

const launched = (index: number, options: Partial<GaleraOptions> = {}, server = 'mariadbd') => {
  const plan: ClusterPlan<GaleraOptions> = {
    nodes: [1, 2, 3].map(node),
    services: [],
    options: { ...DEFAULTS, ...options },
    bug: null,
  }
  return galera.launch(node(index), plan, () => server)
}

describe('launch', () => {
  it('lets the first node alone found the cluster', () => {
    expect([1, 2, 3].map((index) => launched(index).steps?.firstStart?.map(({ name }) => name))).toEqual([
      ['found'],
      ['wait'],
      ['wait'],
    ])
    // All others are asked, and as many must serve as come before it.
    expect(launched(3).steps?.firstStart?.[0]?.argv.slice(-3)).toEqual(['2', '198.18.0.1', '198.18.0.2'])
  })

  it('tells MariaDB what the options say', () => {
    const config = launched(2, { flush: 0, 'snapshot-isolation': false, 'suspect-timeout': 5000 }).files[
      'galera.cnf'
    ]
    expect(config).toContain('innodb_flush_log_at_trx_commit = 0\n')
    expect(config).toContain('innodb_snapshot_isolation = OFF\n')
    expect(config).toContain('transaction_isolation = REPEATABLE-READ\n')
    expect(config).toContain('wsrep_cluster_address = gcomm://198.18.0.1,198.18.0.2,198.18.0.3\n')
    // Galera's defaults.
    expect(config).toMatch(
      /evs.keepalive_period=PT1S; .*evs.suspect_timeout=PT5S; evs.inactive_timeout=PT15S/,
    )
  })

  it.each([
    ['mariadbd', '', '/usr/lib/galera/libgalera_smm.so'],
    ['/usr/sbin/mariadbd', '', '/usr/lib/galera/libgalera_smm.so'],
    ['/cache/a/usr/sbin/mariadbd', '/cache/a', '/cache/a/usr/lib/galera/libgalera_smm.so'],
  ])('of %s looks for everything below %j', (server, root, provider) => {
    const { files, processes } = launched(1, {}, server)
    expect(files['galera.cnf']).toContain(`wsrep_provider = ${provider}\n`)
    expect(processes[0]?.argv).toContain(root)
  })
})

describe('status', () => {
  const synced = {
    wsrep_ready: 'ON',
    wsrep_cluster_status: 'Primary',
    wsrep_local_state_comment: 'Synced',
    wsrep_last_committed: '42',
    wsrep_provider_version: '26.4.23(r0)',
  }

  it('tells a position of a node that has caught up', () => {
    expect(serves(synced)).toBe(true)
    expect(statusFrom(synced)).toEqual({ role: 'unknown', appliedIndex: 42, version: '26.4.23(r0)' })
  })

  it.each([
    [{ wsrep_local_state_comment: 'Donor/Desynced' }, 'unknown'],
    [{ wsrep_cluster_status: 'non-Primary', wsrep_ready: 'OFF' }, 'candidate'],
    [{ wsrep_ready: 'OFF', wsrep_cluster_status: 'Disconnected', wsrep_last_committed: '-1' }, 'candidate'],
  ] as const)('of %o: serves nothing, and is %s', (change, role) => {
    expect(serves({ ...synced, ...change })).toBe(false)
    expect(statusFrom({ ...synced, ...change })).toEqual({ role, version: '26.4.23(r0)' })
  })
})

describe('a runner', () => {
  /** A session that answers all but one statement. */
  const sessionThat = (
    ...failing: readonly (string | null)[]
  ): { readonly session: Session; readonly asked: string[] } => {
    const asked: string[] = []
    const session: Pick<Session, 'ask' | 'close'> = {
      ask: async (text) => {
        asked.push(text.split(' ')[0] as string)
        if (failing.includes(text)) throw new Error('no answer in time')
        return { rows: [], affected: 1 }
      },
      close: () => asked.push('closed'),
    }
    return { session: session as Session, asked }
  }
  const write = async (failing: string | null) => {
    const { session, asked } = sessionThat(failing)
    const run = new Runner(session, new AbortController().signal)
    const failed = await run.write('INSERT', []).then(
      () => false,
      () => true,
    )
    return { asked: asked.join(' '), failed, mayHaveCommitted: run.mayHaveCommitted }
  }

  it.each([
    [null, 'START INSERT COMMIT', false, true],
    ['START TRANSACTION', 'START ROLLBACK', true, false],
    ['INSERT', 'START INSERT ROLLBACK', true, false],
    ['COMMIT', 'START INSERT COMMIT ROLLBACK', true, true],
  ] as const)('that fails at %s asked %s', async (failing, asked, failed, mayHaveCommitted) => {
    expect(await write(failing)).toEqual({ asked, failed, mayHaveCommitted })
  })

  it('closes a session that does not roll back, as the next transaction would commit what is left open', async () => {
    const { session, asked } = sessionThat('INSERT', 'ROLLBACK')
    await expect(new Runner(session, new AbortController().signal).write('INSERT', [])).rejects.toThrow()
    expect(asked).toEqual(['START', 'INSERT', 'ROLLBACK', 'closed'])
  })

  it('that reads never commits', async () => {
    const { session, asked } = sessionThat('SELECT 1')
    const run = new Runner(session, new AbortController().signal)
    await expect(run.read('SELECT 1')).rejects.toThrow('no answer')
    expect([run.mayHaveCommitted, asked]).toEqual([false, ['SELECT']])
  })
})

it('reads a list from its text, and a missing row as an empty one', () => {
  expect(LISTS.decode({ items: '3' })).toEqual([3])
  expect(LISTS.decode({ items: '3,1,12' })).toEqual([3, 1, 12])
  expect(LISTS.decode(undefined)).toEqual([])
})
