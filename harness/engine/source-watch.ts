/**
 * Do clients connect from the addresses that they are given? Only then does a partition of clients reach them. Some
 * libraries cannot bind a source address. It is looked for among this machine's sockets while the clients are being served.
 */
import fs from 'node:fs'
import type { Cluster, ClusterNode } from '../api/environment.ts'
import { sleep } from '../support/wait.ts'
import type { ErrorTally } from './error-tally.ts'
import type { ServiceLevel } from './service-level.ts'

/** Acknowledged calls before the first look: connections are opened when they are first needed. */
const SERVED = 20
/** Short-lived connections may be missed by one look. */
const LOOKS = 10
const LOOK_EVERY_MS = 100

const UNBOUND =
  'no client was seen to connect from the address that it is given (localAddress): partitions of clients do not reach it'

const PROTOCOLS = ['tcp', 'tcp6', 'udp', 'udp6']

export interface SocketEnds {
  readonly local: string
  readonly remote: string
}

/** An address as the kernel prints it, in words of four bytes whose order is reversed; an IPv6 address by its IPv4 part. */
const addressOf = (text: string): string =>
  (text.split(':')[0] as string)
    .slice(-8)
    .match(/../g)
    ?.toReversed()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.') ?? ''

/** @param table one of the kernel's tables of sockets: `/proc/net/tcp` (proc_pid_net(5)), tcp6, udp or udp6 */
export const socketsIn = (table: string): readonly SocketEnds[] =>
  table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local, remote] = line.trim().split(/\s+/)
      return local === undefined || remote === undefined
        ? []
        : [{ local: addressOf(local), remote: addressOf(remote) }]
    })

const readSockets = (): readonly SocketEnds[] =>
  PROTOCOLS.map((protocol) => `/proc/self/net/${protocol}`)
    .filter((file) => fs.existsSync(file))
    .flatMap((file) => socketsIn(fs.readFileSync(file, 'utf8')))

/** The addresses that nodes are reached from; null as soon as a client is among them. */
export const elsewhere = (
  sockets: readonly SocketEnds[],
  {
    nodes,
    clientAddresses,
  }: Pick<Cluster, 'clientAddresses'> & { readonly nodes: readonly { readonly address: string }[] },
): readonly string[] | null => {
  if (sockets.some(({ local }) => clientAddresses.includes(local))) return null
  const toNodes = sockets.filter(({ remote }) => nodes.some(({ address }) => address === remote))
  return [...new Set(toNodes.map(({ local }) => local))]
}

interface SourceWatchOptions {
  readonly cluster: Cluster
  readonly service: Pick<ServiceLevel, 'acknowledgements'>
  readonly errors: ErrorTally
  readonly say: (message: string) => void
  readonly signal: AbortSignal
}

const lookUntilSeen = async ({
  cluster,
  service,
  errors,
  say,
  signal,
}: SourceWatchOptions): Promise<void> => {
  if (cluster.clientAddresses.length === 0) return
  const others = new Set<string>()
  for (let looks = 0; looks < LOOKS; ) {
    await sleep(LOOK_EVERY_MS, signal)
    if (service.acknowledgements < SERVED) continue
    const found = elsewhere(readSockets(), cluster)
    if (found === null) return
    for (const address of found) others.add(address)
    looks++
  }
  if (others.size === 0) return
  const [node] = cluster.nodes as readonly [ClusterNode]
  errors.count('client', node.name, UNBOUND)
  say(`${UNBOUND} (they connect from ${[...others].join(', ')})`)
}

/** Looks for a short while in the background, and says so once if clients connect from elsewhere. */
export const watchSources = (options: SourceWatchOptions): AsyncDisposable => {
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, options.signal])
  const done = lookUntilSeen({ ...options, signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  // The disposal awaits it, which may be much later.
  done.catch(() => {})
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await done
    },
  }
}
