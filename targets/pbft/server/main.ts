/**
 * One node of the bundled PBFT cluster: `node main.ts '<json>'`, see `ServerConfig`. Exits 1 with a sentence on stderr if it
 * cannot serve (a corrupt log, a port in use).
 */
import type { NodeId } from '../../protocol/commands.ts'
import { serveJson } from '../../protocol/server/http.ts'
import { listenForPeers, PeerLink } from '../../protocol/server/peers.ts'
import { fail, log, run } from '../../protocol/server/run.ts'
import { CLIENT_PORT, PEER_PORT } from '../../protocol/wire.ts'
import { deviationsOf } from '../bugs/bugs.ts'
import type { Envelope, Message, PbftConfig, Request } from '../core/types.ts'
import { keysOf } from '../keys.ts'
import { receivedLine, sentLine } from '../message-lines.ts'
import type { ServerConfig } from '../protocol.ts'
import { PROOF_PATH, type ProofReply, type ProofRequest, REQUEST_PATH } from '../wire.ts'
import { PbftServer } from './server.ts'
import { Storage } from './storage.ts'

const MAX_IN_FLIGHT = 8

const coreConfig = (config: ServerConfig): PbftConfig => ({
  id: config.id,
  members: config.members,
  checkpointEvery: config.checkpointEvery,
  windowSize: 2 * config.checkpointEvery,
  maxBatch: config.maxBatch,
  maxInFlight: MAX_IN_FLIGHT,
  viewChangeTicks: Math.ceil(config.viewChangeMs / config.tickMs),
  statusTicks: Math.max(1, Math.ceil(config.statusMs / config.tickMs)),
})

run((config: ServerConfig): void => {
  const { id, addresses, logsMessages } = config
  const disk = new Storage(config.dataDir)
  const { stable, records } = disk.restored
  log(`${id} starts: stable to ${stable.seq}, ${records.length} records since`)
  const links = new Map(
    Object.entries(addresses).map(([peer, address]) => [peer, new PeerLink(address, PEER_PORT, 2)]),
  )
  const send = (envelope: Envelope): void => {
    const isSent = links.get(envelope.to)?.send(envelope) === true
    if (isSent && logsMessages) log(sentLine(envelope))
  }
  const server = new PbftServer({
    config: coreConfig(config),
    keys: keysOf(config.privateKey, config.publicKeys),
    disk,
    send,
    log,
    deviations: deviationsOf(config.bug),
  })
  const receive = (from: NodeId, message: Message): void => {
    if (logsMessages) log(receivedLine(from, message))
    server.receive(message)
  }
  const address = addresses[id] as string
  listenForPeers(address, PEER_PORT, 2, receive).on('error', fail)
  const routes = {
    '/status': (_body: unknown, answer: (body: unknown) => void) => answer(server.status()),
    [REQUEST_PATH]: (body: unknown, answer: (body: unknown) => void) =>
      server.request(body as Request, answer),
    [PROOF_PATH]: (body: unknown, answer: (body: unknown) => void) => {
      const reply: ProofReply = { proof: server.prove((body as ProofRequest).key) }
      answer(reply)
    },
  }
  serveJson(routes, address, CLIENT_PORT).on('error', fail)
  setInterval(() => server.tick(), config.tickMs)
})
