/**
 * One node of the bundled Paxos cluster: `node main.ts '<json>'`, see `ServerConfig`. Exits 1 with a sentence on stderr if it
 * cannot serve (a corrupt log, a port in use).
 */
import type { NodeId } from '../../protocol/commands.ts'
import { serveClients } from '../../protocol/server/http.ts'
import { listenForPeers, PeerLink } from '../../protocol/server/peers.ts'
import { fail, log, run } from '../../protocol/server/run.ts'
import { CLIENT_PORT, PEER_PORT } from '../../protocol/wire.ts'
import { deviationsOf } from '../bugs/bugs.ts'
import type { Envelope, Message, PaxosConfig } from '../core/types.ts'
import { receivedLine, sentLine } from '../message-lines.ts'
import type { ServerConfig } from '../protocol.ts'
import { serverOf } from './server.ts'
import { Storage } from './storage.ts'

const coreConfig = (config: ServerConfig): PaxosConfig => ({
  id: config.id,
  members: config.members,
  phase1: config.phase1,
  phase2: config.phase2,
  electionTicks: Math.ceil(config.electionMs / config.tickMs),
  heartbeatTicks: Math.max(1, Math.floor(config.electionMs / 6 / config.tickMs)),
  maxEntriesPerMessage: config.maxEntriesPerMessage,
  random: Math.random,
})

run((config: ServerConfig): void => {
  const { id, addresses, logsMessages } = config
  const disk = new Storage(config.dataDir)
  const { promised, accepted, snapshot } = disk.restored
  log(`${id} starts: promised ${promised}, snapshot ${snapshot?.index ?? 0}, ${accepted.length} accepted`)
  const links = new Map(
    Object.entries(addresses).map(([peer, address]) => [peer, new PeerLink(address, PEER_PORT, 2)]),
  )
  const send = (envelope: Envelope): void => {
    const isSent = links.get(envelope.to)?.send(envelope) === true
    if (isSent && logsMessages) log(sentLine(envelope))
  }
  const server = serverOf({
    config: coreConfig(config),
    disk,
    send,
    log,
    compactEvery: config.compactEvery,
    sink: config.sink,
    deviations: deviationsOf(config.bug),
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
