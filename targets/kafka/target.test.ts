import { describe, expect, it } from 'vitest'
import type { NodeIdentity } from '../../harness/api/target.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { LIST_APPEND } from '../../harness/vocabularies/transactions.ts'
import type { Metadata, Topic } from './messages.ts'
import { acksOf, type KafkaOptions, minInSyncOf } from './options.ts'
import { isInService, statusFrom } from './status.ts'
import { kafka } from './target.ts'
import { isSince, programsOf } from './versions.ts'

const optionsWith = (chosen: Partial<KafkaOptions>): KafkaOptions => ({
  version: '4.1.1',
  replicas: 3,
  acks: 'all',
  'min-insync': 2,
  elr: 'default',
  unclean: false,
  flush: 0,
  idempotence: true,
  reads: 'leader',
  'transaction-timeout': 3000,
  'request-timeout': 1000,
  'abort-every': 10,
  'session-timeout': 3000,
  'lag-time': 4000,
  ...chosen,
})

describe('claims', () => {
  it.each<readonly [string, Partial<KafkaOptions>, readonly string[]]>([
    ['by default', {}, ['clock', 'kill', 'omission', 'partition', 'pause', 'timing']],
    [
      'with one in-sync replica',
      { 'min-insync': 1 },
      ['clock', 'kill', 'omission', 'partition', 'pause', 'timing'],
    ],
    [
      'with each record synced',
      { flush: 1 },
      ['clock', 'kill', 'omission', 'partition', 'pause', 'power-loss', 'timing'],
    ],
    [
      'with every second record synced',
      { flush: 2 },
      ['clock', 'kill', 'omission', 'partition', 'pause', 'timing'],
    ],
    ['of the leader’s word alone', { acks: '1' }, ['clock']],
    ['of nobody’s word', { acks: '0' }, ['clock']],
    ['with unclean elections', { unclean: true, flush: 1 }, ['clock']],
  ])('%s survive what the documentation says', (_, chosen, survived) =>
    expect(Object.keys(kafka.claims(optionsWith(chosen), SET).tolerates).toSorted()).toEqual(survived),
  )

  it('are one order of records, and of reads that they show what is committed', () => {
    const { consistency } = kafka.claims(optionsWith({}), SET)
    expect(consistency['append-log']).toEqual({ append: 'linearizable', read: 'consistent-prefix' })
    expect(consistency.queue).toBe('fifo-at-least-once')
    expect(consistency['list-append']).toBe('committed-reads')
  })

  it('are none without acknowledgements', () =>
    expect(kafka.claims(optionsWith({ acks: '0' }), SET).consistency).toEqual({}))
})

describe('options', () => {
  it('name acknowledgements as the protocol does', () =>
    expect((['all', '1', '0'] as const).map((acks) => acksOf({ acks }))).toEqual([-1, 1, 0]))

  it('ask for no more replicas than there are brokers', () => {
    expect(minInSyncOf(optionsWith({}), 1)).toBe(1)
    expect(minInSyncOf(optionsWith({ 'min-insync': 3, replicas: 2 }), 5)).toBe(2)
  })

  it('that cannot be served say so', () => {
    const lacks = (
      vocabulary: typeof SET | typeof QUEUE | typeof APPEND_LOG | typeof LIST_APPEND,
      chosen: Partial<KafkaOptions>,
    ) => kafka.lacks?.(vocabulary as typeof SET, optionsWith(chosen))
    expect(lacks(APPEND_LOG, { acks: '0' })).toContain('take acks=1 or all')
    expect(lacks(QUEUE, { acks: '0' })).toBeNull()
    expect(lacks(LIST_APPEND, { acks: '1' })).toContain('take acks=all,idempotence=true')
    expect(lacks(LIST_APPEND, { idempotence: false })).toContain('take acks=all,idempotence=true')
    expect(lacks(LIST_APPEND, {})).toBeNull()
    expect(lacks(SET, { version: '3.9.1', elr: 'on' })).toContain('since 4.0, and this is 3.9.1')
    expect(lacks(SET, { version: '4.0.0', elr: 'on' })).toBeNull()
  })
})

describe('versions', () => {
  it('come from Maven with a checksum, or in any other release without', () => {
    expect(programsOf('4.0.0').kafka).toMatchObject({
      from: 'maven',
      artifacts: expect.arrayContaining(['org.apache.kafka:kafka_2.13:4.0.0']),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(programsOf('4.7.11').kafka).not.toHaveProperty('sha256')
    expect(programsOf('4.0.0').java).toBe('openjdk-17-jre-headless')
  })

  it.each(['3.8.1', '2.13-4.0.0', '4.0', '5.0.0', 'latest', ''])('%s cannot be had', (version) =>
    expect(() => programsOf(version)).toThrow(/since 3\.9\.0, such as 4\.0\.0\. Pinned are 3\.9\./),
  )

  it('are ordered by numbers, not by letters', () => {
    expect(isSince('4.10.0', '4.9')).toBe(true)
    expect(isSince('3.9.1', '4.0')).toBe(false)
    expect(isSince('4.0.0', '4.0')).toBe(true)
  })
})

const node = (index: number): NodeIdentity => ({
  name: `n${index}`,
  index,
  address: `198.18.0.${index}`,
  dataDir: `/data/n${index}`,
})

const launched = (count: number, chosen: Partial<KafkaOptions>) => {
  const nodes = Array.from({ length: count }, (_, at) => node(at + 1))
  const plan = { nodes, services: [], options: optionsWith(chosen), bug: null }
  const { files, steps, processes } = kafka.launch(node(2), plan, (name) => `/programs/${name}`)
  return {
    config: String(files['server.properties']).split('\n'),
    format: steps?.firstStart?.[0]?.argv ?? [],
    argv: processes[0]?.argv ?? [],
  }
}

describe('launch', () => {
  it('makes each node a broker and a controller that knows the others', () => {
    const { config, argv } = launched(3, {})
    expect(config).toContain('process.roles=broker,controller')
    expect(config).toContain('node.id=2')
    expect(config).toContain('controller.quorum.voters=1@198.18.0.1:9093,2@198.18.0.2:9093,3@198.18.0.3:9093')
    expect(config).toContain('min.insync.replicas=2')
    expect(config).toContain('unclean.leader.election.enable=false')
    expect(config.join('\n')).not.toContain('log.flush')
    expect(argv).toContain('/programs/kafka/*')
    expect(argv.slice(-2)).toEqual(['kafka.Kafka', '/data/n2/server.properties'])
  })

  it('asks a broker that is alone for one replica', () => {
    const { config } = launched(1, { flush: 1 })
    expect(config).toContain('offsets.topic.replication.factor=1')
    expect(config).toContain('min.insync.replicas=1')
    expect(config).toContain('log.flush.interval.messages=1')
  })

  it.each<readonly [string, Partial<KafkaOptions>, string | null]>([
    ['as the version has it', {}, null],
    ['on', { version: '4.0.0', elr: 'on' }, 'eligible.leader.replicas.version=1'],
    ['off', { version: '4.1.1', elr: 'off' }, 'eligible.leader.replicas.version=0'],
    ['off, before there were any', { version: '3.9.1', elr: 'off' }, null],
  ])('formats the storage once, with eligible leaders %s', (_, chosen, feature) => {
    const { format } = launched(3, chosen)
    expect(format).toEqual(
      expect.arrayContaining(['kafka.tools.StorageTool', 'format', '/data/n2/server.properties']),
    )
    expect(format.at(format.indexOf('--feature') + 1) === feature).toBe(feature !== null)
    expect(format.includes('--feature')).toBe(feature !== null)
  })
})

const topic = (name: string, leader: number): Topic => ({
  name,
  error: 0,
  leader,
  leaderEpoch: 4,
  replicas: [1, 2],
  inSync: [1, 2],
})

const known = (...topics: readonly Topic[]): Metadata => ({
  brokers: [1, 2, 3].map((id) => ({ id, address: node(id).address, rack: `n${id}` })),
  topics,
})

describe('a broker is ready', () => {
  const isReady = (id: number, ...topics: readonly Topic[]): boolean =>
    isInService({ node: `n${id}`, address: node(id).address }, known(...topics))
  const lagging = { ...topic('elements', 1), inSync: [1] }

  it('if it is not fenced, and in sync with the leader of the newest topic', () => {
    expect(isReady(2, topic('elements', 1))).toBe(true)
    expect(isReady(2, lagging)).toBe(false)
    expect(isReady(1, lagging)).toBe(true)
    expect(isReady(4, topic('elements', 1))).toBe(false)
  })

  it('not while nobody leads', () => expect(isReady(1, topic('elements', -1))).toBe(false))

  it('without a topic, or a replica of it', () => {
    expect(isReady(1)).toBe(true)
    expect(isReady(3, lagging)).toBe(true)
  })
})

describe('status', () => {
  const statusOf = (id: number, metadata: Metadata) =>
    statusFrom({ node: `n${id}`, address: node(id).address }, metadata, { error: 0, leader: 3, epoch: 9 })

  it('is that of the newest topic, not of Kafka’s own', () => {
    const metadata = known(topic('log.9', 2), topic('log.10', 1), topic('__consumer_offsets', 3))
    expect(statusOf(1, metadata)).toEqual({ role: 'leader', term: 4, leader: 'n1' })
    expect(statusOf(2, metadata)).toEqual({ role: 'follower', term: 4, leader: 'n1' })
    expect(statusOf(3, metadata)).toEqual({ role: 'unknown', term: 4, leader: 'n1' })
  })

  it('knows when nobody leads', () =>
    expect(statusOf(1, known(topic('elements', -1)))).toMatchObject({ role: 'follower', leader: null }))

  it('is that of the controllers before there is a topic', () => {
    expect(statusOf(3, known())).toEqual({ role: 'leader', term: 9, leader: 'n3' })
    expect(statusOf(1, known())).toEqual({ role: 'follower', term: 9, leader: 'n3' })
  })
})
