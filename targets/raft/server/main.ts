/**
 * One node of the bundled Raft cluster: `node main.ts '<json>'`, see `ServerConfig`. Exits 1 with a sentence on
 * stderr if it cannot serve (a corrupt log, a port in use).
 */
import type { NodeId } from '../../protocol/commands.ts'
import { serveClients } from '../../protocol/server/http.ts'
import { listenForPeers, PeerLink } from '../../protocol/server/peers.ts'
import { fail, log, run } from '../../protocol/server/run.ts'
import { CLIENT_PORT, PEER_PORT } from '../../protocol/wire.ts'
import { deviationsOf } from '../bugs/bugs.ts'
import type { Message } from '../core/types.ts'
import { receivedLine, sentLine } from '../message-lines.ts'
import type { ServerConfig } from '../protocol.ts'
import type { ClientApi } from './client-api.ts'
import { Replica } from './replica.ts'
import { Storage } from './storage.ts'

const AUTHORITY_TIMEOUT_MS = 500

/** Fail-closed: without an answer there is no permission. */
const askAuthority = (authority: string | null): (() => Promise<boolean>) => {
  if (authority === null) return async () => true
  return async () => {
    try {
      const signal = AbortSignal.timeout(AUTHORITY_TIMEOUT_MS)
      const response = await fetch(`${authority}/allow`, { method: 'POST', signal })
      return ((await response.json()) as { allowed: boolean }).allowed
    } catch {
      return false
    }
  }
}

/** `POST /members` { add } or { remove }. */
const takeChanges =
  (api: ClientApi) =>
  (body: unknown, reply: Parameters<ClientApi['changeMembers']>[1]): void => {
    const { add, remove } = body as { add?: NodeId; remove?: NodeId }
    const change = (members: readonly NodeId[]): readonly NodeId[] =>
      add === undefined ? members.filter((id) => id !== remove) : [...members, add]
    api.changeMembers(change, reply)
  }

const start = (config: ServerConfig): void => {
  const storage = new Storage(config.dataDir, config.version)
  const { hardState, snapshot, entries } = storage.restored
  log(
    `${config.id} starts: term ${hardState.term}, snapshot ${snapshot?.index ?? 0}, ${entries.length} entries`,
  )
  const links = new Map(
    Object.entries(config.addresses).map(([id, address]) => [
      id,
      new PeerLink(address, PEER_PORT, config.version),
    ]),
  )
  const deviations = deviationsOf(config.bug)
  const replica = new Replica({
    config: {
      id: config.id,
      members: config.members,
      electionTicks: Math.ceil(config.electionMs / config.tickMs),
      heartbeatTicks: Math.max(1, Math.floor(config.electionMs / 6 / config.tickMs)),
      maxEntriesPerAppend: config.maxEntriesPerAppend,
      random: Math.random,
    },
    storage,
    send: (envelope) => {
      const isSent = links.get(envelope.to)?.send(envelope) === true
      if (isSent && config.logsMessages) log(sentLine(envelope))
    },
    log,
    compactEvery: config.compactEvery,
    version: config.version,
    sink: config.sink,
    deviations,
  })
  const address = config.addresses[config.id] as string
  const receive = (from: NodeId, message: Message): void => {
    if (config.logsMessages) log(receivedLine(from, message))
    replica.receive(from, message)
  }
  listenForPeers(address, PEER_PORT, config.version, receive).on('error', fail)
  const api = deviations.server.clientApiOf(replica)
  serveClients({
    api,
    address,
    port: CLIENT_PORT,
    allowed: askAuthority(config.authority),
    routes: { '/members': takeChanges(api) },
  }).on('error', fail)
  setInterval(() => replica.tick(), config.tickMs)
}

run(start)
