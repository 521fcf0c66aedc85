/**
 * One node of the bundled sharded store: `node main.ts '<json>'`, see `ServerConfig`. Exits 1 with a sentence on stderr if it
 * cannot serve (a corrupt log, a port in use).
 */
import type { NodeId } from '../../protocol/commands.ts'
import { serveClients } from '../../protocol/server/http.ts'
import { listenForPeers, PeerLink } from '../../protocol/server/peers.ts'
import { fail, log, run } from '../../protocol/server/run.ts'
import { CLIENT_PORT, PEER_PORT } from '../../protocol/wire.ts'
import { deviationsOf } from '../bugs/bugs.ts'
import type { CommitConfig, Envelope, Message } from '../core/types.ts'
import { receivedLine, sentLine } from '../message-lines.ts'
import type { ServerConfig } from '../protocol.ts'
import { Server } from './server.ts'
import { Storage } from './storage.ts'

/** More than are decided while the slowest transaction runs. */
const KEPT_SLOTS = 2000

const coreConfig = (config: ServerConfig): CommitConfig => {
  const { id, members, coordinator, tickMs, voteMs, askMs, patienceMs, electionMs } = config
  const ticks = (ms: number): number => Math.max(1, Math.ceil(ms / tickMs))
  return {
    ...{ id, members, coordinator },
    voteTicks: ticks(voteMs),
    askTicks: ticks(askMs),
    patienceTicks: ticks(patienceMs),
    electionTicks: ticks(electionMs),
    keptSlots: KEPT_SLOTS,
    random: Math.random,
  }
}

run((config: ServerConfig): void => {
  const { id, addresses, logsMessages, tickMs, compactEvery } = config
  const disk = new Storage(config.dataDir)
  const { start, prepared, committed } = disk.restored
  log(`${id} starts for time ${start + 1}: ${prepared.length} in doubt, ${committed.length} to be delivered`)
  const links = new Map(
    Object.entries(addresses).map(([peer, address]) => [peer, new PeerLink(address, PEER_PORT, 2)]),
  )
  const send = (envelope: Envelope): void => {
    const isSent = links.get(envelope.to)?.send(envelope) === true
    if (isSent && logsMessages) log(sentLine(envelope))
  }
  const deviations = deviationsOf(config.bug)
  const server = new Server({ config: coreConfig(config), disk, send, log, tickMs, compactEvery, deviations })
  const receive = (from: NodeId, message: Message): void => {
    if (logsMessages) log(receivedLine(from, message))
    server.receive(from, message)
  }
  const address = addresses[id] as string
  listenForPeers(address, PEER_PORT, 2, receive).on('error', fail)
  serveClients({ api: server, address, port: CLIENT_PORT }).on('error', fail)
  setInterval(() => server.tick(), tickMs)
})
