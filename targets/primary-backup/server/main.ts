/**
 * One node: `node main.ts '<json>'`, see `ServerConfig`. Exits 1 with a sentence on stderr if it cannot serve (a corrupt log, a
 * port in use).
 */
import type { NodeId } from '../../protocol/commands.ts'
import { serveClients } from '../../protocol/server/http.ts'
import { listenForPeers, PeerLink } from '../../protocol/server/peers.ts'
import { fail, log, run } from '../../protocol/server/run.ts'
import { CLIENT_PORT, PEER_PORT } from '../../protocol/wire.ts'
import { deviationsOf } from '../bugs/bugs.ts'
import { type CoreConfig, type Envelope, type Message, VIEW_SERVICE } from '../core/types.ts'
import { receivedLine, sentLine } from '../message-lines.ts'
import type { ServerConfig } from '../protocol.ts'
import { serverOf } from './server.ts'
import { Storage } from './storage.ts'
import { ViewServiceLink } from './view-service-link.ts'

const coreConfig = (config: ServerConfig): CoreConfig => {
  const { id, nodes, tickMs, failoverMs, replication, failover, fencing, minority } = config
  const failoverTicks = Math.ceil(failoverMs / tickMs)
  return {
    ...{ id, nodes, replication, failover, fencing, minority, failoverTicks },
    heartbeatTicks: Math.max(1, Math.floor(failoverTicks / 10)),
    maxEntriesPerMessage: config.maxEntriesPerMessage,
    random: Math.random,
    now: () => performance.now() / tickMs,
    deviations: deviationsOf(config.bug).core,
  }
}

run((config: ServerConfig): void => {
  const { id, addresses, logsMessages, viewService } = config
  const disk = new Storage(config.dataDir)
  const { view, snapshot, entries } = disk.restored
  log(`${id} starts: view ${view}, snapshot ${snapshot.index}, ${entries.length} entries`)
  const links = new Map(
    Object.entries(addresses).map(([peer, address]) => [peer, new PeerLink(address, PEER_PORT, 2)]),
  )
  const service = viewService === null ? null : new ViewServiceLink(viewService, id)
  const send = (envelope: Envelope): void => {
    const { to, message } = envelope
    if (to === VIEW_SERVICE && message.type === 'ping')
      return service?.ask(message, (answer) => server.receive(VIEW_SERVICE, answer))
    const isSent = links.get(to)?.send(envelope) === true
    if (isSent && logsMessages) log(sentLine(envelope))
  }
  const server = serverOf({
    config: coreConfig(config),
    disk,
    send,
    log,
    compactEvery: config.compactEvery,
    sink: config.sink,
  })
  const receive = (from: NodeId, message: Message): void => {
    if (logsMessages) log(receivedLine(from, message))
    server.receive(from, message)
  }
  const address = addresses[id] as string
  listenForPeers(address, PEER_PORT, 2, receive).on('error', fail)
  serveClients({ api: server, address, port: CLIENT_PORT }).on('error', fail)
  setInterval(() => server.tick(), config.tickMs)
})
