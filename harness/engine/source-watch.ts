/**
 * Do clients connect from the addresses that they are given? Only then does a partition of clients reach them. Some
 * libraries cannot bind a source address. It is looked for among this machine's sockets: before faults are planned, while a
 * client reads; and if that told nothing, while the clients are being served.
 */
import fs from 'node:fs'
import type { Cluster, ClusterNode } from '../api/environment.ts'
import { sleep } from '../support/wait.ts'
import type { StartedRun } from './run-parts.ts'
import type { ServiceLevel } from './service-level.ts'

/** Acknowledged calls before the first look: connections are opened when they are first needed. */
const SERVED = 20
/** Short-lived connections may be missed by one look. */
const LOOKS = 10
const LOOK_EVERY_MS = 100
const READ_LOOK_EVERY_MS = 1

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

type Watched = Pick<StartedRun, 'parts' | 'cluster' | 'errors'>

const tell = ({ parts, cluster, errors }: Watched, others: Iterable<string>): void => {
  const [node] = cluster.nodes as readonly [ClusterNode]
  const text = `${UNBOUND} (they connect from ${[...others].join(', ')})`
  errors.count('client', node.name, UNBOUND)
  parts.progress.note(text)
  parts.log.warn('clients connect from elsewhere', { text })
}

/**
 * Looks while `read` runs, at least once, and says so if the client connects from elsewhere. Returns whether that is
 * settled: it is not if the read was not answered, since then there may have been no connection.
 */
export const lookWhile = async (
  read: (stop: AbortSignal) => Promise<boolean>,
  run: Watched,
): Promise<boolean> => {
  if (run.cluster.clientAddresses.length === 0) return false
  const others = new Set<string>()
  const stop = new AbortController()
  let isOver = false
  const reading = read(stop.signal).finally(() => {
    isOver = true
  })
  // It is awaited below, which may be later.
  reading.catch(() => {})
  for (;;) {
    const found = elsewhere(readSockets(), run.cluster)
    if (found === null) {
      stop.abort()
      await reading
      return true
    }
    for (const address of found) others.add(address)
    if (isOver) break
    await sleep(READ_LOOK_EVERY_MS, run.parts.signal)
  }
  if (!(await reading) || others.size === 0) return false
  tell(run, others)
  return true
}

const lookUntilSeen = async (
  run: Watched,
  service: Pick<ServiceLevel, 'acknowledgements'>,
  signal: AbortSignal,
): Promise<void> => {
  if (run.cluster.clientAddresses.length === 0) return
  const others = new Set<string>()
  for (let looks = 0; looks < LOOKS; ) {
    await sleep(LOOK_EVERY_MS, signal)
    if (service.acknowledgements < SERVED) continue
    const found = elsewhere(readSockets(), run.cluster)
    if (found === null) return
    for (const address of found) others.add(address)
    looks++
  }
  if (others.size > 0) tell(run, others)
}

/** Looks for a short while in the background, and says so once if clients connect from elsewhere. */
export const watchSources = (
  run: Watched,
  service: Pick<ServiceLevel, 'acknowledgements'>,
): AsyncDisposable => {
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, run.parts.signal])
  const done = lookUntilSeen(run, service, signal).catch((error: unknown) => {
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
