/** Redis with replicas and Sentinel, as Debian ships them (7.0): a primary, its replicas, and a Sentinel on each node. */
import path from 'node:path'
import type { Claims } from '../../harness/api/claims.ts'
import type { Endpoint } from '../../harness/api/client.ts'
import type { NodeStatus } from '../../harness/api/target.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { ELECTION } from '../../harness/vocabularies/election.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { IN_ONE_ORDER } from '../one-order.ts'
import { Line } from '../redis/connect.ts'
import { redisLogPatterns, redisPrograms, serverProcess } from '../redis/program.ts'
import { FACTS, serverFacts } from '../redis/status.ts'
import { lacksSink, sinksOf } from '../sink/service.ts'
import { sentinelClients } from './client.ts'
import { MONITORED, REDIS_CONF, redisConf, SENTINEL_CONF, sentinelConf } from './config.ts'
import { type SentinelOptions, sentinelOptions } from './options.ts'
import { isSettled, parseView, redisAt, sentinelAt, VIEW, type View } from './sentinel.ts'

const READS_AT_REPLICAS: Claims['consistency'] = {
  [REGISTER.name]: { read: 'consistent-prefix', write: 'linearizable', cas: 'linearizable' },
  [SET.name]: { add: 'linearizable', read: 'consistent-prefix' },
}

/**
 * Under no fault, one primary runs one command after another. Replicas apply the same commands later, so what they answer is
 * old, and never invented.
 */
const consistencyOf = ({ reads }: SentinelOptions): Claims['consistency'] => ({
  ...IN_ONE_ORDER,
  ...(reads === 'replica' ? READS_AT_REPLICAS : {}),
  [ELECTION.name]: 'consistent-prefix',
})

/**
 * Any fault may lead to a failover, and "Redis + Sentinel as a whole is an eventually consistent system where the merge
 * function is last failover wins" ("Consistency properties of Sentinel"). Neither WAIT nor min-replicas-to-write changes
 * that. What holds under faults is that each failover has an epoch of its own, by a vote of the majority ("Configuration
 * epochs"), which survives a restart ("Sentinel persistent state").
 */
const toleratesOf = ({ name }: Pick<Vocabulary, 'name'>): Claims['tolerates'] =>
  name === ELECTION.name
    ? { partition: 'any', omission: 'any', timing: 'any', kill: 'any', pause: 'any' }
    : {}

const claims = (options: SentinelOptions, vocabulary: Pick<Vocabulary, 'name'>): Claims => ({
  source: 'Redis documentation, "High availability with Redis Sentinel"',
  consistency: consistencyOf(options),
  // "Clients [...] in the same partition as the old master may continue to write" (example 2). With min-replicas-to-write
  // they may do so for a while only, and nothing is claimed about the time before.
  ...(options['min-replicas-to-write'] === 0 ? { minority: 'serve-all' } : {}),
  tellsElections: true,
  neverPanics: true,
  logPatterns: redisLogPatterns,
  tolerates: toleratesOf(vocabulary),
})

interface Control {
  readonly name: string
  readonly redis: Line
  readonly sentinel: Line
}

/** Address -> connections of the control path. Each node is asked for its status, and Sentinels name others by address. */
const controls = new Map<string, Control>()

const controlOf = ({ node, address }: Endpoint): Control => {
  const known = controls.get(address)
  if (known !== undefined) return known
  const made = {
    name: node,
    redis: new Line(redisAt(address), true),
    sentinel: new Line(sentinelAt(address), true),
  }
  controls.set(address, made)
  return made
}

/** What a Sentinel says about the primary; null if it does not answer. */
const viewOf = async (sentinel: Line, signal: AbortSignal): Promise<View | null> => {
  try {
    const [reply] = await sentinel.ask([VIEW], signal)
    return parseView(reply)
  } catch {
    return null
  }
}

/**
 * A node that says that it is the primary leads, since it serves writes. It has a term only if its own Sentinel agrees: an
 * old primary that has not been demoted yet must not be taken for the leader of its Sentinel's epoch.
 */
const statusOf = async (node: Endpoint, signal: AbortSignal): Promise<NodeStatus> => {
  const { redis, sentinel } = controlOf(node)
  const [[role, ...facts], view] = await Promise.all([
    redis.ask([['ROLE'], ...FACTS], signal),
    viewOf(sentinel, signal),
  ])
  const told = role as readonly ['master', number] | readonly ['slave', string, number, string, number]
  const isPrimary = told[0] === 'master'
  const settled = view !== null && isSettled(view) ? view : null
  const disagrees = settled !== null && isPrimary && settled.address !== node.address
  return {
    role: isPrimary ? 'leader' : 'follower',
    ...(settled === null || disagrees
      ? {}
      : { term: settled.epoch, leader: controls.get(settled.address)?.name ?? settled.address }),
    appliedIndex: Number(isPrimary ? told[1] : told[4]),
    ...serverFacts(...facts),
  }
}

/**
 * The node serves, a replica follows its primary, and its Sentinel could fail over: it knows a primary that is up, all
 * replicas (there are as many as other Sentinels), and enough Sentinels (`SENTINEL CKQUORUM` is an error otherwise).
 */
const isReady = async (node: Endpoint, signal: AbortSignal): Promise<boolean> => {
  const { redis, sentinel } = controlOf(node)
  const [[, role], [reply]] = await Promise.all([
    redis.ask([['PING'], ['ROLE']], signal),
    sentinel.ask([VIEW, ['SENTINEL', 'CKQUORUM', MONITORED]], signal),
  ])
  const [kind, , , state] = role as readonly unknown[]
  const view = parseView(reply)
  const isUp = view.flags.every((flag) => flag === 'master')
  return (
    isUp &&
    view.replicas >= view.otherSentinels &&
    (kind === 'master' ? view.address === node.address : state === 'connected')
  )
}

export const redisSentinel = defineTarget({
  name: 'redis-sentinel',
  description: 'Redis with replicas; Sentinels make one of them the primary when it fails',
  options: sentinelOptions,
  nodes: { default: 3, min: 3, max: 7 },
  bugs: [],
  image: 'redis',
  programs: redisPrograms,
  claims,
  services: ({ sink }) => sinksOf(sink),
  lacks: (vocabulary, { sink }) => lacksSink(vocabulary, sink),
  clients: sentinelClients,
  launch: (node, plan, program) => {
    const at = (file: string): string => path.posix.join(node.dataDir, file)
    return {
      files: {
        [REDIS_CONF]: { text: redisConf(node, plan), keep: true },
        [SENTINEL_CONF]: { text: sentinelConf(node, plan), keep: true },
      },
      processes: [
        serverProcess('redis', [at(REDIS_CONF)], program),
        serverProcess('sentinel', [at(SENTINEL_CONF), '--sentinel'], program),
      ],
    }
  },
  ready: isReady,
  status: statusOf,
  // As Debian's units do (Restart=always, after systemd's 100 ms).
  restartsAfterMs: 100,
})
