import { describe, expect, it } from 'vitest'
import type { Claims } from '../../harness/api/claims.ts'
import { logs } from './logs.ts'
import { CLAIMS, fault, judge } from './testing/records.ts'

const SOUND: Claims = { ...CLAIMS, neverPanics: true }

const judgeLine = async (text: string, claims: Claims = SOUND) =>
  judge(logs, { logs: [{ node: 'a', text: `I am well\n${text}\n` }], claims })

/** Lines that healthy servers print as a matter of course, most of them after a kill. */
const HEALTHY = [
  // PostgreSQL
  'HINT:  If this has occurred more than once some data might be corrupted and you might need to choose an earlier recovery target.',
  'LOG:  database system was interrupted; last known up at 2025-01-01 00:00:00 UTC',
  'LOG:  database system was not properly shut down; automatic recovery in progress',
  'DETAIL:  The postmaster has commanded this server process to roll back the current transaction and exit, because another server process exited abnormally and possibly corrupted shared memory.',
  'FATAL:  the database system is starting up',
  'LOG:  invalid record length at 0/16B3D70: wanted 24, got 0',
  // etcd
  '{"level":"info","msg":"starting an etcd server","initial-corrupt-check":false,"corrupt-check-time-interval":"0s"}',
  '{"level":"info","msg":"starting initial corruption check","timeout":"7s"}',
  '{"level":"info","msg":"initial corruption checking passed; no corruption"}',
  '{"level":"warn","msg":"failed to find [SnapshotIndex,LastIndex]","error":"wal: slice bounds out of range"}',
  // ZooKeeper
  '2025-01-01 00:00:00,000 [myid:1] - INFO  [main:FileSnap@85] - Reading snapshot /data/version-2/snapshot.0',
  '2025-01-01 00:00:00,000 [myid:1] - INFO  [main:o.a.z.s.p.FileTxnLog@124] - zookeeper.txnlog.checksum.enabled = true',
  '2025-01-01 00:00:00,000 [myid:1] - WARN  [main:QuorumCnxManager@374] - Cannot open channel to 2 at election address',
  // Redis
  '1:M 01 Jan 2025 00:00:00.000 * DB saved on disk',
  '1:M 01 Jan 2025 00:00:00.000 # !!! Warning: short read while loading the AOF file !!!',
  '1:M 01 Jan 2025 00:00:00.000 # AOF loaded anyway because aof-load-truncated is enabled',
  // RabbitMQ
  '2025-01-01 00:00:00.000000+00:00 [warning] <0.1.0> Message store "628WB79CIFDYO9LJI6DKMI09L/msg_store_persistent": rebuilding indices from scratch',
  '2025-01-01 00:00:00.000000+00:00 [error] <0.1.0> closing AMQP connection <0.1.0>: missed heartbeats from client',
  // MySQL
  '2025-01-01T00:00:00.000000Z 0 [System] [MY-010229] [Server] Starting XA crash recovery...',
  '2025-01-01T00:00:00.000000Z 5 [ERROR] [MY-010557] [Repl] Error reading packet from server: Got fatal error 1236 from source',
  // Kafka
  '[2025-01-01 00:00:00,000] WARN [LogLoader] Found a corrupted index file due to requirement failed: Corrupt index found, recovering segment and rebuilding index files...',
  // Consul
  '2025-01-01T00:00:00.000Z [INFO]  agent.server.raft: initial configuration: index=0 servers=[]',
  '2025-01-01T00:00:00.000Z [ERROR] agent: Coordinate update error: error="No cluster leader"',
  // CockroachDB
  'I250101 00:00:00.000000 1 util/log/flags.go:202  stderr capture started; fatal errors go to cockroach-stderr.log',
  'W250101 00:00:00.000000 9 kv/kvserver/store.go:1 handle raft ready: 1.2s [applied=1, batches=1]',
  // Java
  'Installed signal handlers: SIGSEGV, SIGBUS',
]

const SICK = [
  ['panic', 'panic: runtime error: index out of range'],
  ['panic', 'fatal error: concurrent map writes'],
  ['panic', '{"level":"panic","msg":"tocommit(107) is out of range [lastIndex(0)]"}'],
  ['panic', "thread 'main' panicked at 'called `Option::unwrap()`', src/main.rs:4:1"],
  ['panic', 'PANIC:  could not locate a valid checkpoint record'],
  ['panic', 'F250101 00:00:00.000000 1 storage/pebble.go:1 fatal'],
  ['data race', 'WARNING: DATA RACE'],
  ['assertion', 'server.c:12: main: Assertion `x > 0` failed.'],
  ['assertion', 'Exception in thread "main" java.lang.AssertionError: 4 != 5'],
  ['memory error', '[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x1]'],
  ['memory error', 'LOG:  server process (PID 7) was terminated by signal 11: Segmentation fault'],
  ['corruption', 'the log is corrupt at offset 12'],
  ['corruption', 'segment 7 has been corrupted'],
] as const

describe('logs', () => {
  it.each(HEALTHY)('of a healthy server: %s', async (line) => {
    expect(await judgeLine(line)).toMatchObject({ status: 'valid' })
  })

  it.each(SICK)('%s: %s', async (kind, line) => {
    expect(await judgeLine(line)).toMatchObject({ status: 'invalid', details: { [kind]: 1 } })
  })

  it('what a target does not claim is assumed, and what its own patterns find is not', async () => {
    const promiseOf = async (line: string) =>
      (await judgeLine(line, { ...CLAIMS, logPatterns: { odd: '^odd$' } })).promise
    expect((await promiseOf('panic: no')).assumed?.toClaim).toContain('claim `neverPanics`')
    expect((await promiseOf('odd')).assumed).toBeUndefined()
    expect((await judgeLine('panic: no')).promise.assumed).toBeUndefined()
  })

  it('a target adds its own patterns, and says what is harmless', async () => {
    const line = 'Bad file format reading the append only file: make a backup of your AOF file'
    expect(await judgeLine(line)).toMatchObject({ status: 'valid' })
    const logPatterns = { 'unreadable log': 'Bad file format reading the append only file' }
    expect(await judgeLine(line, { ...CLAIMS, logPatterns })).toMatchObject({
      status: 'invalid',
      details: { 'unreadable log': 1 },
    })
    const harmlessLogs = ['reading the append only file']
    expect(await judgeLine(line, { ...CLAIMS, logPatterns, harmlessLogs })).toMatchObject({ status: 'valid' })
    expect(
      await judgeLine('panic: on purpose', { ...CLAIMS, harmlessLogs: ['^panic: on purpose'] }),
    ).toMatchObject({ status: 'valid' })
  })

  it('a pattern that is no regular expression is named', async () => {
    await expect(judgeLine('', { ...CLAIMS, logPatterns: { odd: '(' } })).rejects.toThrow(
      /log pattern odd is not a regular expression/,
    )
  })

  it('a node that stops because of a corrupt disk is shown, but behaves correctly', async () => {
    const parts = { logs: [{ node: 'a', text: 'the log is corrupt' }], faults: [fault('corruption', 1, 2)] }
    const verdict = await judge(logs, parts)
    expect(verdict.status).toBe('valid')
    expect(verdict.evidence[0]?.text).toContain('the log is corrupt')
  })
})
