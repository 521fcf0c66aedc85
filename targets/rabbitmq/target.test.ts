import { describe, expect, it } from 'vitest'
import type { ClusterPlan, NodeIdentity } from '../../harness/api/target.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import { clusterName, sizeIn } from './cluster.ts'
import type { RabbitOptions } from './options.ts'
import { rabbitmq } from './target.ts'

const optionsWith = (chosen: Partial<RabbitOptions>): RabbitOptions => ({
  queues: 'quorum',
  'partition-handling': 'pause_minority',
  'ha-mode': 'all',
  promote: 'when-synced',
  'net-ticktime': 5000,
  ...chosen,
})

describe('claims', () => {
  it.each<readonly [Partial<RabbitOptions>, readonly string[]]>([
    [{}, ['kill', 'omission', 'partition', 'pause', 'timing']],
    [{ 'partition-handling': 'ignore' }, ['kill', 'timing']],
    [{ 'partition-handling': 'autoheal' }, ['kill', 'timing']],
    [{ queues: 'mirrored' }, ['kill', 'partition']],
    [{ queues: 'mirrored', promote: 'always' }, ['partition']],
    [{ queues: 'mirrored', 'partition-handling': 'autoheal' }, ['kill']],
    [{ queues: 'mirrored', 'partition-handling': 'ignore', promote: 'always' }, []],
  ])('with %o it claims to tolerate %o', (chosen, tolerated) =>
    expect(Object.keys(rabbitmq.claims(optionsWith(chosen), QUEUE).tolerates).sort()).toEqual(tolerated),
  )
})

const node = (index: number): NodeIdentity => ({
  name: `n${index}`,
  index,
  address: `198.18.0.${index}`,
  dataDir: '/data',
})

/** How one of so many nodes is started. */
const launchOf = (count: number, chosen: Partial<RabbitOptions>, server = 'rabbitmq-server', index = 1) => {
  const nodes = Array.from({ length: count }, (_, at) => node(at + 1))
  const plan: ClusterPlan<RabbitOptions> = { nodes, services: [], options: optionsWith(chosen), bug: null }
  return rabbitmq.launch(node(index), plan, () => server)
}

const fileOf = (launch: ReturnType<typeof launchOf>, name: string): string => {
  const file = launch.files[name]
  return typeof file === 'string' ? file : (file?.text ?? '')
}

const policiesOf = (count: number, chosen: Partial<RabbitOptions>): readonly Record<string, unknown>[] =>
  JSON.parse(fileOf(launchOf(count, chosen), 'definitions.json')).policies.map(
    ({ definition }: { definition: Record<string, unknown> }) => definition,
  )

describe('launch', () => {
  it('names all nodes, and gives whole seconds to RabbitMQ', () => {
    const config = fileOf(launchOf(3, { 'net-ticktime': 7400 }), 'rabbitmq.conf')
    expect(config).toContain('cluster_formation.classic_config.nodes.3 = rabbit@n3\n')
    expect(config).toContain('net_ticktime = 7\n')
    expect(config).toContain('listeners.tcp.1 = 198.18.0.1:5672\n')
  })

  it('gives mirrors to classic queues only: on all nodes, or on exactly a majority', () => {
    expect(policiesOf(5, {})).toEqual([])
    expect(policiesOf(5, { queues: 'mirrored' })).toMatchObject([{ 'ha-mode': 'all' }])
    const exactly = { queues: 'mirrored', 'ha-mode': 'exactly' } as const
    expect(policiesOf(5, exactly)).toMatchObject([{ 'ha-mode': 'exactly', 'ha-params': 3 }])
    expect(policiesOf(4, exactly)).toMatchObject([{ 'ha-params': 3 }])
    expect(policiesOf(1, exactly)).toMatchObject([{ 'ha-params': 1 }])
  })

  it.each([
    ['rabbitmq-server', ''],
    ['/usr/sbin/rabbitmq-server', ''],
    ['/home/me/cache/rabbitmq-server/usr/sbin/rabbitmq-server', '/home/me/cache/rabbitmq-server'],
  ])('finds the packages of %s below %j', (server, root) => {
    const { processes } = launchOf(3, {}, server)
    expect(processes.map(({ name, argv }) => [name, ...argv.slice(4, 6)])).toEqual([
      ['epmd', root, 'epmd'],
      ['rabbitmq', root, 'erlexec'],
    ])
  })

  it('lets the first node found the cluster, and every other wait until a node serves', () => {
    expect(launchOf(1, {}).steps).toEqual({})
    expect(launchOf(3, {}).steps).toEqual({})
    const [step] = launchOf(3, {}, undefined, 2).steps?.firstStart ?? []
    expect(step?.argv.at(-1)).toContain('["198.18.0.1", "198.18.0.3"]')
  })

  it('keeps the cookie to its owner, and crash dumps in the data directory', () => {
    const { files, processes } = launchOf(3, {})
    expect(files['.erlang.cookie']).toMatchObject({ mode: 0o400 })
    for (const { env } of processes) expect(env.ERL_CRASH_DUMP).toBe('/data/erl_crash.dump')
  })
})

it('tells the size of a cluster in its name', () => {
  expect(sizeIn(clusterName(5))).toBe(5)
  expect(sizeIn('rabbit@n1')).toBeNull()
  expect(sizeIn(undefined)).toBeNull()
})
