/** What a broker tells of the newest topic, and whether it serves. */
import type { Endpoint } from '../../harness/api/client.ts'
import type { NodeStatus } from '../../harness/api/target.ts'
import { askDigest } from './digest.ts'
import { type Link, openLink } from './link.ts'
import { describeQuorum, type Metadata, metadata, type Quorum, type Topic } from './messages.ts'

/** Kafka's own topics begin so. */
const INTERNAL = '__'

/** Of topics with numbers, the greatest is the newest: workloads count their objects. */
const ageOf = ({ name }: Topic): number => Number(/\d+$/.exec(name)?.[0] ?? 0)

const newestOf = (topics: readonly Topic[]): Topic | undefined =>
  topics
    .filter(({ name, error }) => error === 0 && !name.startsWith(INTERNAL))
    .toSorted((a, b) => ageOf(b) - ageOf(a))[0]

/** Clients use the newest topic, so its leader is the one that matters to them. Before there is any, that of the controllers. */
export const statusFrom = (
  node: Endpoint,
  { brokers, topics }: Metadata,
  quorum: Quorum | null,
): NodeStatus => {
  const nameOf = (id: number): string | null => brokers.find((broker) => broker.id === id)?.rack ?? null
  const topic = newestOf(topics)
  const leading = topic === undefined ? quorum : { leader: topic.leader, epoch: topic.leaderEpoch }
  if (leading === null) return { role: 'unknown' }
  const self = brokers.find(({ address }) => address === node.address)
  const isReplica = topic === undefined || (self !== undefined && topic.replicas.includes(self.id))
  const leader = nameOf(leading.leader)
  const other = isReplica ? 'follower' : 'unknown'
  return { role: leader === node.node ? 'leader' : other, term: Math.max(0, leading.epoch), leader }
}

const withLink = async <T>(
  node: Endpoint,
  signal: AbortSignal,
  use: (link: Link) => Promise<T>,
): Promise<T> => {
  const link = await openLink(node.address, undefined, signal)
  try {
    return await use(link)
  } finally {
    link.cut()
  }
}

export const statusOf = (node: Endpoint, signal: AbortSignal): Promise<NodeStatus> =>
  withLink(node, signal, async (link) => {
    const known = await link.ask(metadata(null), signal)
    const topic = newestOf(known.topics)
    if (topic === undefined) return statusFrom(node, known, await link.ask(describeQuorum(), signal))
    return { ...statusFrom(node, known, null), ...(await askDigest(link, topic.name, signal)) }
  })

/** It is among the brokers that serve, by its own word, and reaches the leader of the controllers, who answers for it. */
export const isReady = (node: Endpoint, signal: AbortSignal): Promise<boolean> =>
  withLink(node, signal, async (link) => {
    const { brokers } = await link.ask(metadata([]), signal)
    if (!brokers.some(({ address }) => address === node.address)) return false
    const { error, leader } = await link.ask(describeQuorum(), signal)
    return error === 0 && leader !== -1
  })
