/** Lines as the programs write them, each with the format that explains it and its time. */
import { describe, expect, it } from 'vitest'
import type { Level } from './levels.ts'
import { levelBelow, levelByWords } from './levels.ts'
import type { TimeKind } from './raw-time.ts'
import { formatNames, readStamp, recogniseFormats } from './recognise.ts'

interface Example {
  readonly format: string
  readonly line: string
  readonly kind: TimeKind
  /** As ISO 8601 in UTC, as if a time without a zone were in it; of `uptime` and `day-time`, in ms. */
  readonly time: string | number
  readonly level: Level
}

const EXAMPLES: readonly Example[] = [
  {
    format: 'ISO 8601 with zone',
    line: '2026-11-27T15:27:43.305Z follower in term 1, leader unknown',
    kind: 'instant',
    time: '2026-11-27T15:27:43.305Z',
    level: 'none',
  },
  {
    format: 'ISO 8601 with zone',
    line: '2024-01-31T10:20:30.123456+0200 [WARN]  agent.server.raft: heartbeat timeout reached, starting election',
    kind: 'instant',
    time: '2024-01-31T08:20:30.123456Z',
    level: 'warn',
  },
  {
    format: 'ISO 8601 without zone',
    line: '2018-04-03 19:57:53.790717 E | raft: raft.node: ebd4e69e5307b070 lost leader 6696ad535a386d8f at term 209',
    kind: 'local',
    time: '2018-04-03T19:57:53.790717Z',
    level: 'error',
  },
  {
    format: 'etcd JSON',
    line: '{"level":"warn","ts":"2021-09-16T05:38:02.983Z","caller":"raft/node.go:336","msg":"raft.node: 27ecc6d4a68d02f lost leader 27ecc6d4a68d02f at term 900"}',
    kind: 'instant',
    time: '2021-09-16T05:38:02.983Z',
    level: 'warn',
  },
  {
    format: 'etcd JSON',
    line: '{"level":"info","ts":1531181998.7683868,"caller":"raft/raft.go:712","msg":"4e49bc5f2b3d67c6 became leader at term 4"}',
    kind: 'instant',
    time: '2018-07-10T00:19:58.768387Z',
    level: 'info',
  },
  {
    format: 'MongoDB JSON',
    line: '{"t":{"$date":"2023-05-09T10:37:16.896+00:00"},"s":"E",  "c":"REPL",     "id":21275,   "ctx":"main","msg":"Document"}',
    kind: 'instant',
    time: '2023-05-09T10:37:16.896Z',
    level: 'error',
  },
  {
    format: 'pino JSON',
    line: '{"level":50,"time":1764255600123,"pid":12,"hostname":"n1","msg":"lost"}',
    kind: 'instant',
    time: '2025-11-27T15:00:00.123Z',
    level: 'error',
  },
  {
    format: 'JSON',
    line: '{"message":"x","severity":"ERROR","timestamp":"2026-11-27 15:00:00.5"}',
    kind: 'local',
    time: '2026-11-27T15:00:00.500Z',
    level: 'error',
  },
  {
    format: 'PostgreSQL',
    line: '2024-07-16 14:13:12.528 UTC [1794] FATAL:  terminating connection due to administrator command',
    kind: 'instant',
    time: '2024-07-16T14:13:12.528Z',
    level: 'fatal',
  },
  {
    format: 'PostgreSQL',
    line: '2023-01-25 20:44:53 CET [1139-5]  LOG:  listening on IPv4 address "127.0.0.1", port 5432',
    kind: 'local',
    time: '2023-01-25T20:44:53Z',
    level: 'info',
  },
  {
    format: 'log4j',
    line: '2023-09-25 09:25:42,096 [myid:] - WARN  [QuorumConnectionThread-[myid=2]-8959:o.a.z.s.q.QuorumCnxManager@401] - Cannot open channel to 1',
    kind: 'local',
    time: '2023-09-25T09:25:42.096Z',
    level: 'warn',
  },
  {
    format: 'log4j',
    line: '[2023-05-09 10:37:16,896] INFO [KafkaServer id=0] started (kafka.server.KafkaServer)',
    kind: 'local',
    time: '2023-05-09T10:37:16.896Z',
    level: 'info',
  },
  {
    format: 'date within the line',
    line: 'ERROR [main] 2023-05-09 10:37:16,896 CassandraDaemon.java:633 - Startup failed',
    kind: 'local',
    time: '2023-05-09T10:37:16.896Z',
    level: 'error',
  },
  {
    format: 'RabbitMQ',
    line: '2022-02-04 19:53:40.845992+00:00 [warn] <0.1008.0> Message store "628WB": rebuilding indices from scratch',
    kind: 'instant',
    time: '2022-02-04T19:53:40.845992Z',
    level: 'warn',
  },
  {
    format: 'RabbitMQ',
    line: '2021-01-10 22:47:14.611 [info] <0.272.0> Running boot step rabbit_auth_mechanism_plain defined by app rabbit',
    kind: 'local',
    time: '2021-01-10T22:47:14.611Z',
    level: 'info',
  },
  {
    format: 'Redis',
    line: '1:C 19 Apr 2025 19:18:19.277 # WARNING Memory overcommit must be enabled!',
    kind: 'local',
    time: '2025-04-19T19:18:19.277Z',
    level: 'warn',
  },
  {
    format: 'Redis',
    line: '9835:M 26 Oct 15:58:37.425 * The server is now ready to accept connections on port 8017',
    kind: 'yearless',
    time: '2000-10-26T15:58:37.425Z',
    level: 'info',
  },
  {
    format: 'glog',
    line: 'E1127 15:00:00.123456   39639 reflector.go:147] failed to list *v1.Pod',
    kind: 'yearless',
    time: '2000-11-27T15:00:00.123456Z',
    level: 'error',
  },
  {
    format: 'glog',
    line: 'I20240412 03:12:52.201548 39639 util.cc:58] setting temp path',
    kind: 'local',
    time: '2024-04-12T03:12:52.201548Z',
    level: 'info',
  },
  {
    format: 'CockroachDB',
    line: 'W210116 21:49:17.073282 14 server/node.go:464 ⋮ [-] 1  node is draining',
    kind: 'local',
    time: '2021-01-16T21:49:17.073282Z',
    level: 'warn',
  },
  {
    format: 'TiDB',
    line: '[2023/03/01 10:00:00.123 +08:00] [ERROR] [server.go:1] ["connection closed"]',
    kind: 'instant',
    time: '2023-03-01T02:00:00.123Z',
    level: 'error',
  },
  {
    format: "Go's log",
    line: '2026/11/27 15:00:00.123456 raft.go:419: lost leader',
    kind: 'local',
    time: '2026-11-27T15:00:00.123456Z',
    level: 'none',
  },
  {
    format: "Go's log",
    line: '[1] 2023/07/10 08:19:58.100000 [ERR] JetStream cluster lost quorum',
    kind: 'local',
    time: '2023-07-10T08:19:58.100Z',
    level: 'error',
  },
  {
    format: "Go's log",
    line: '2026/11/27 15:00:00 [error] 12#12: *1 connect() failed',
    kind: 'local',
    time: '2026-11-27T15:00:00Z',
    level: 'error',
  },
  {
    format: 'common log',
    line: '198.18.0.7 - - [27/Nov/2026:15:00:00 +0100] "GET /health HTTP/1.1" 200 2',
    kind: 'instant',
    time: '2026-11-27T14:00:00Z',
    level: 'none',
  },
  {
    format: 'logfmt',
    line: 'ts=2026-11-27T15:00:00.123Z caller=main.go:1 level=warn msg="slow"',
    kind: 'instant',
    time: '2026-11-27T15:00:00.123Z',
    level: 'warn',
  },
  {
    format: 'logfmt',
    line: 'time="2026-11-27T15:00:00+01:00" level=fatal msg="cannot listen"',
    kind: 'instant',
    time: '2026-11-27T14:00:00Z',
    level: 'fatal',
  },
  {
    format: 'syslog',
    line: 'Apr 29 14:15:09 k8s-master-1 etcd[1167]: 2a0965170762fd09 became follower at term 12274',
    kind: 'yearless',
    time: '2000-04-29T14:15:09Z',
    level: 'none',
  },
  {
    format: 'syslog (RFC 5424)',
    line: '<165>1 2026-11-27T15:00:00.003Z n1 app 12 ID47 - started',
    kind: 'instant',
    time: '2026-11-27T15:00:00.003Z',
    level: 'none',
  },
  {
    format: 'java.util.logging',
    line: 'Nov 27, 2026 3:00:00 PM org.jgroups.protocols.pbcast.GMS installView',
    kind: 'local',
    time: '2026-11-27T15:00:00Z',
    level: 'none',
  },
  {
    format: 'ms or s since 1970',
    line: '1764255600123 elected',
    kind: 'instant',
    time: '2025-11-27T15:00:00.123Z',
    level: 'none',
  },
  {
    format: 'ms or s since 1970',
    line: '[1764255600.5] elected',
    kind: 'instant',
    time: '2025-11-27T15:00:00.500Z',
    level: 'none',
  },
  {
    format: 'seconds since a start',
    line: '[   12.345678] EXT4-fs error (device vda)',
    kind: 'uptime',
    time: 12345.678,
    level: 'error',
  },
  {
    format: 'time of day',
    line: '15:00:00.250 elected',
    kind: 'day-time',
    time: 54_000_250,
    level: 'none',
  },
]

/** To the microsecond: what is finer than that does not fit into ms since the epoch. */
const msOf = (time: string | number): number => {
  if (typeof time === 'number') return time
  const [, whole, micros = ''] = /^(.{19})(?:\.(\d+))?Z$/.exec(time) as unknown as [string, string, string?]
  return Date.parse(`${whole}Z`) + Number(micros.padEnd(6, '0')) / 1e3
}

describe('formats of times', () => {
  it.each(EXAMPLES)('$format: $line', ({ format, line, kind, time, level }) => {
    const recognised = recogniseFormats([line])
    expect(formatNames(recognised)).toBe(format)
    const stamp = readStamp(recognised, line)
    expect(stamp?.time.kind).toBe(kind)
    expect(stamp?.time.ms).toBeCloseTo(msOf(time), 2)
    expect(stamp?.level ?? levelByWords(line.slice(stamp?.time.to))).toBe(level)
  })

  it.each(EXAMPLES)('the time of $line stands where it says', ({ line }) => {
    const time = readStamp(recogniseFormats([line]), line)?.time
    expect(line.slice(time?.from, time?.to)).toMatch(/^[\w:/., +-]*\d$|^[\w:/., +-]*(?:Z|UTC|[AP]M)$/)
    expect(line.slice(time?.from, time?.to)).not.toMatch(/^\s|\s$/)
  })

  it.each([
    ['no digits', 'panic: runtime error'],
    ['a month that is none', '2026-13-27T15:00:00Z x'],
    ['a day that is none', '2026-02-30T15:00:00Z x'],
    ['an hour that is none', '2026-11-27T25:00:00Z x'],
    ['a number that is too small for a time', '1234567 x'],
    ['a zone that is none', '2026-11-27 15:00:00+ab x y'],
    ['a stack trace', '\tat java.net.PlainSocketImpl.connectToAddress(AbstractPlainSocketImpl.java:206)'],
    ['a Java class in a date-like place', 'at a.b.C2026-11-27'],
  ])('find no time in %s', (name, line) => {
    const found = readStamp(recogniseFormats([line]), line)
    // An unknown zone is no zone: the rest of the time is still one.
    expect(found?.time.kind ?? 'none').toBe(name === 'a zone that is none' ? 'local' : 'none')
  })

  it('are those that explain most lines; others are named if they explain a share of the rest', () => {
    const json = (i: number): string => `{"level":"info","ts":"2026-11-27T15:00:0${i}.5Z","msg":"x"}`
    const lines = [...Array(10).keys()].map((i) => json(i % 10))
    const recognised = recogniseFormats(['WARNING: 2026/11/27 15:00:00 grpc: failed', ...lines, 'x'])
    expect(formatNames(recognised)).toBe("etcd JSON (10 of 12 lines), Go's log (1)")
    expect(readStamp(recognised, 'WARNING: 2026/11/27 15:00:01 grpc: failed')?.time.kind).toBe('local')
  })

  it('with a zone are not taken for those without where a log has both', () => {
    const postgres = '2024-07-16 14:13:12.520 UTC [140] LOG:  received fast shutdown request'
    const patroni = '2024-07-16 14:13:12,528 INFO: no action. I am (n1), the leader with the lock'
    const recognised = recogniseFormats([postgres, postgres, patroni, patroni, patroni])
    expect(formatNames(recognised)).toBe('log4j (3 of 5 lines), PostgreSQL (2)')
    expect(readStamp(recognised, postgres)?.time.kind).toBe('instant')
  })

  it('do not include one that explains a line by chance', () => {
    const lines = [...Array(500).keys()].map(() => '2026-11-27T15:00:00.5Z x')
    const recognised = recogniseFormats([...lines, '12:00:00 is lunch'])
    expect(formatNames(recognised)).toBe('ISO 8601 with zone')
    expect(readStamp(recognised, '12:00:00 is lunch')).toBe(null)
  })

  it('are looked for behind what a start script wrote', () => {
    const script = [...Array(3000).keys()].map((i) => `step ${i}`)
    const lines = [...script, ...[...Array(3000).keys()].map(() => '2026-11-27T15:00:00.5Z x')]
    expect(formatNames(recogniseFormats(lines))).toBe('ISO 8601 with zone')
  })

  it('are none in an empty log', () => {
    expect(formatNames(recogniseFormats([]))).toBe('no times found')
  })
})

describe('levels of lines without a time', () => {
  it.each([
    ['none', 'Error: ENOSPC: no space left on device, write', 'error'],
    ['info', 'java.lang.OutOfMemoryError: Java heap space', 'error'],
    ['info', '  errors: 0', 'info'],
    ['info', 'panic: runtime error', 'fatal'],
    ['warn', 'java.net.ConnectException: Connection refused', 'warn'],
    ['error', '    at Object.writeSync (node:fs:977:3)', 'error'],
    ['none', '    at Object.writeSync (node:fs:977:3)', 'none'],
  ] as const)('below one of the level %s: %s', (owner, line, level) => {
    expect(levelBelow(owner, line)).toBe(level)
  })
})

describe('levels by words', () => {
  it.each([
    ['panic: runtime error: index out of range', 'fatal'],
    ['[error] connection refused', 'error'],
    ['level=debug msg="an error"', 'debug'],
    ['INFO no error occurred', 'info'],
    ['java.net.ConnectException: Connection refused', 'error'],
    ['election timed out', 'warn'],
    ['follower in term 4, leader n2', 'none'],
    ['', 'none'],
  ] as const)('%s', (line, level) => {
    expect(levelByWords(line)).toBe(level)
  })
})

describe('a hostile or unusual line', () => {
  it('whose level is a name that every object has, has none', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'valueOf']) {
      const line = `{"level":"${name}","time":"2026-11-27T15:00:05Z"}`
      expect(readStamp(recogniseFormats([line]), line)?.level).toBeNull()
      expect(levelByWords(`[${name}] x`)).toBe('none')
    }
  })

  it('that goes on with a word that begins like a zone still has a time', () => {
    for (const line of ['2026-11-27 15:00:05 Zookeeper starts', '2026-11-27 15:00:05 UTCX']) {
      const recognised = recogniseFormats([line])
      expect(formatNames(recognised)).toBe('ISO 8601 without zone')
      expect(readStamp(recognised, line)?.time.kind).toBe('local')
    }
  })

  it('of JSON has the time of the first key that is one', () => {
    const line = '{"msg":"x","t":5,"date":"7 days","ts":"2026-11-27T15:00:05Z"}'
    expect(readStamp(recogniseFormats([line]), line)?.time.ms).toBe(Date.parse('2026-11-27T15:00:05Z'))
  })
})
