/** What a broker tells of the newest topic, and whether it serves. */
import type { Endpoint } from '../../harness/api/client.ts'
import type { NodeStatus } from '../../harness/api/target.ts'
import { askDigest } from './digest.ts'
import { type Link, openLink } from './link.ts'
import { describeQuorum, type Metadata, metadata, NO_LEADER, type Quorum, type Topic } from './messages.ts'

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

/** Whether a broker serves: it is not fenced, and its replica of the newest topic, if it has one, is in sync with a leader. */
export const isInService = ({ address }: Endpoint, { brokers, topics }: Metadata): boolean => {
  const self = brokers.find((broker) => broker.address === address)
  if (self === undefined) return false
  const topic = newestOf(topics)
  if (topic === undefined || !topic.replicas.includes(self.id)) return true
  return topic.leader !== NO_LEADER && topic.inSync.includes(self.id)
}

/** By its own word, and that of the leader of the controllers, whom it reaches. */
export const isReady = (node: Endpoint, signal: AbortSignal): Promise<boolean> =>
  withLink(node, signal, async (link) => {
    if (!isInService(node, await link.ask(metadata(null), signal))) return false
    const { error, leader } = await link.ask(describeQuorum(), signal)
    return error === 0 && leader !== NO_LEADER
  })
