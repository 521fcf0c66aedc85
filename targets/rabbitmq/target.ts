/** RabbitMQ as Debian ships it (3.10), in containers or as plain processes. */
import type { Endpoint } from '../../harness/api/client.ts'
import type { NodeStatus } from '../../harness/api/target.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { JsonHttp } from '../http.ts'
import { claimsOf } from './claims.ts'
import { rabbitClients } from './client.ts'
import { PASSWORD, sizeIn, USER } from './cluster.ts'
import { openLink } from './connect.ts'
import { launchNode } from './launch.ts'
import { rabbitOptions } from './options.ts'
import { MANAGEMENT_PORT } from './ports.ts'

/** The server and what it needs of Erlang, for machines where it is not installed. */
const PACKAGES = [
  'rabbitmq-server erlang-base erlang-asn1 erlang-crypto erlang-eldap erlang-inets erlang-mnesia erlang-os-mon',
  'erlang-parsetools erlang-public-key erlang-runtime-tools erlang-ssl erlang-syntax-tools erlang-tools erlang-xmerl',
  'libssl3',
].join(' ')

const management = (): JsonHttp =>
  new JsonHttp(undefined, {
    authorization: `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`,
  })

/** Connections of their own: a request that is given up ends its connection, and with it whatever else waits there. */
const forReadiness = management()
const forStatus = management()

interface ApiNode {
  readonly name: string
  readonly running: boolean
}

/** The members of the cluster as this node knows them, up or down. */
const membersAt = async (
  http: JsonHttp,
  { address }: Endpoint,
  signal: AbortSignal,
): Promise<readonly ApiNode[]> => {
  const result = await http.request(
    `http://${address}:${MANAGEMENT_PORT}`,
    'GET',
    '/api/nodes',
    undefined,
    signal,
  )
  if (result.type !== 'response') throw new Error(result.error)
  if (result.status !== 200) throw new Error(`status ${result.status}`)
  return result.body as readonly ApiNode[]
}

/** The name of its host: `n1` of `rabbit@n1`. */
const hostOf = ({ name }: ApiNode): string => name.slice(name.indexOf('@') + 1)

/** A queue that needs a majority of the nodes, whatever the queues of the clients need. */
const READY_QUEUE = 'ready'

/**
 * It belongs to a cluster of as many nodes as there are, and answers for a queue that a majority holds. A node that found no
 * other when it started would be a cluster by itself.
 */
const isReady = async (node: Endpoint, signal: AbortSignal): Promise<boolean> => {
  const members = await membersAt(forReadiness, node, signal)
  const link = await openLink(node.address, undefined, signal)
  const cut = (): void => link.cut()
  signal.addEventListener('abort', cut, { once: true })
  try {
    if (members.length !== sizeIn(link.server.cluster_name)) return false
    await link.channel.assertQueue(READY_QUEUE, {
      durable: true,
      arguments: { 'x-queue-type': 'quorum' },
    })
    await link.channel.get(READY_QUEUE)
    return true
  } finally {
    signal.removeEventListener('abort', cut)
    link.cut()
  }
}

/** Each queue has a leader of its own, so no node is the leader. */
const statusOf = async (node: Endpoint, signal: AbortSignal): Promise<NodeStatus> => ({
  role: 'unknown',
  members: (await membersAt(forStatus, node, signal)).map(hostOf),
})

export const rabbitmq = defineTarget({
  name: 'rabbitmq',
  description: 'RabbitMQ as Debian ships it (3.10), with quorum queues or classic mirrored queues',
  options: rabbitOptions,
  nodes: { default: 3, min: 1, max: 5 },
  bugs: [],
  image: 'rabbitmq',
  programs: { 'rabbitmq-server': PACKAGES },
  claims: claimsOf,
  clients: rabbitClients,
  launch: (node, plan, program) => launchNode(node, plan, program('rabbitmq-server')),
  ready: isReady,
  status: statusOf,
  // As Debian's unit for systemd does it.
  restartsAfterMs: 10_000,
})
