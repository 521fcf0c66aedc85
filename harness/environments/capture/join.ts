/**
 * Messages from what was seen of their packets: a packet is seen where it is sent and where it arrives, and a refusal takes
 * back its arrival. Then segments that TCP sent together become one message.
 */
import type { Message } from '../../api/message.ts'
import { latestBefore } from '../../support/latest-before.ts'
import type { Packet } from './packet.ts'
import type { Sighting } from './spool.ts'

/** A time in which packets may not have been seen by these receivers, or by any (null). */
export interface Blind {
  readonly receivers: readonly string[] | null
  readonly fromNs: number
  readonly toNs: number
}

interface Sent {
  readonly packet: Packet
  readonly sentNs: number
  receivedNs: number | null
}

/** What was seen of packets with one key. */
interface Seen {
  readonly packet: Packet
  sent: number[]
  received: number[]
  refused: number[]
}

/** Two stamps of one clock, each converted by a measured difference of clocks. */
const CLOCKS_DIFFER_NS = 100_000
/** Segments that follow each other more slowly are messages of their own. */
const BURST_NS = 1_000_000
/** What was sent this long before packets could not be seen may have arrived then. */
const USUAL_WAY_NS = 500_000_000
/** A packet that is on its way for longer than this counts as lost. */
const LONGEST_WAY_NS = 30e9

const ascending = (a: number, b: number): number => a - b

const collect = (sightings: Iterable<Sighting>): Iterable<Seen> => {
  const all = new Map<string, Seen>()
  for (const { what, atNs, packet } of sightings) {
    let seen = all.get(packet.key)
    if (seen === undefined) {
      seen = { packet, sent: [], received: [], refused: [] }
      all.set(packet.key, seen)
    }
    const times = what === 'received' ? 'received' : what === 'refused to receive' ? 'refused' : 'sent'
    // An array that grows from nothing takes room for 17 numbers, and there are a million of these.
    if (seen[times].length === 0) seen[times] = [atNs]
    else seen[times].push(atNs)
  }
  return all.values()
}

/** Without the arrivals that a rule has refused: of those, the interface saw each just before. */
const taken = ({ received, refused }: Seen): readonly number[] => {
  const arrivals = received.toSorted(ascending)
  const gone = new Set(latestBefore(arrivals, refused.toSorted(ascending), CLOCKS_DIFFER_NS))
  return arrivals.filter((_, i) => !gone.has(i))
}

/** Each arrival belongs to the latest packet before it that has none. What was never seen to be sent is left out. */
const pair = (seen: Seen): readonly Sent[] => {
  const sent = seen.sent
    .toSorted(ascending)
    .map((sentNs): Sent => ({ packet: seen.packet, sentNs, receivedNs: null }))
  const arrivals = taken(seen)
  const found = latestBefore(
    sent.map(({ sentNs }) => sentNs),
    arrivals,
    CLOCKS_DIFFER_NS,
  )
  for (const [i, receivedNs] of arrivals.entries()) {
    const one = sent[found[i] ?? -1]
    if (one !== undefined && receivedNs - one.sentNs < LONGEST_WAY_NS)
      one.receivedNs = Math.max(one.sentNs, receivedNs)
  }
  return sent
}

/** Whether it may have arrived unseen. */
const isDoubtful = (sentNs: number, to: string, blind: readonly Blind[]): boolean =>
  blind.some(
    ({ receivers, fromNs, toNs }) =>
      (receivers === null || receivers.includes(to)) && sentNs < toNs && sentNs > fromNs - USUAL_WAY_NS,
  )

const endOf = ({ sequence, bytes }: Packet): number => ((sequence ?? 0) + bytes) >>> 0

/** Which packets of a connection, in one direction, have been sent before, by the numbers of their bytes (modulo 2^32). */
class Connections {
  readonly #ends = new Map<string, number>()

  isRepeated(flow: string, packet: Packet): boolean {
    const { kind, bytes, sequence } = packet
    if (sequence === null) return false
    if (kind === 'open' || kind === 'accept') {
      const next = (sequence + 1) >>> 0
      const isAgain = this.#ends.get(flow) === next
      this.#ends.set(flow, next)
      return isAgain
    }
    const highest = this.#ends.get(flow)
    const isAgain = bytes > 0 && highest !== undefined && ((endOf(packet) - highest) | 0) <= 0
    if (kind === 'data' && !isAgain) this.#ends.set(flow, endOf(packet))
    return isAgain
  }
}

const flowOf = ({ from, to, protocol, ports }: Packet): string =>
  `${from} ${to} ${protocol} ${ports?.join() ?? ''}`
const reverseOf = ({ from, to, protocol, ports }: Packet): string =>
  `${to} ${from} ${protocol} ${ports?.toReversed().join() ?? ''}`

interface Growing extends Omit<Message, 'bytes' | 'receivedNs' | 'segments'> {
  bytes: number
  receivedNs: number | null
  segments: number
  lastSentNs: number
}

const begin = ({ packet, sentNs, receivedNs }: Sent, nameOf: (address: string) => string): Growing => ({
  sentNs,
  receivedNs,
  from: nameOf(packet.from),
  to: nameOf(packet.to),
  protocol: packet.protocol,
  kind: packet.kind,
  ports: packet.ports,
  bytes: packet.bytes,
  info: packet.info,
  segments: 1,
  lastSentNs: sentNs,
})

const isOfBurst = (burst: Growing, { packet, sentNs, receivedNs }: Sent): boolean =>
  packet.sequence !== null &&
  packet.kind === 'data' &&
  burst.kind === 'data' &&
  burst.isRetransmission === undefined &&
  (burst.receivedNs === null) === (receivedNs === null) &&
  sentNs - burst.lastSentNs <= BURST_NS

const grow = (burst: Growing, { packet, sentNs, receivedNs }: Sent): void => {
  burst.bytes += packet.bytes
  burst.segments += 1
  burst.lastSentNs = sentNs
  if (receivedNs !== null) burst.receivedNs = Math.max(burst.receivedNs ?? 0, receivedNs)
}

const mergeBursts = (packets: readonly Sent[], nameOf: (address: string) => string): readonly Growing[] => {
  const messages: Growing[] = []
  const open = new Map<string, Growing>()
  const connections = new Connections()
  for (const sent of packets) {
    const { packet } = sent
    const flow = flowOf(packet)
    const isRepeated = connections.isRepeated(flow, packet)
    const burst = open.get(flow)
    // An answer ends what was asked.
    open.delete(reverseOf(packet))
    if (burst !== undefined && !isRepeated && isOfBurst(burst, sent)) {
      grow(burst, sent)
      continue
    }
    const message = begin(sent, nameOf)
    messages.push(isRepeated ? { ...message, isRetransmission: true } : message)
    if (isRepeated) open.delete(flow)
    else open.set(flow, message)
  }
  return messages
}

/** What an address stands for. */
export interface Names {
  /** Address -> name of its node, service or group of clients. */
  readonly known: ReadonlyMap<string, string>
  /** Addresses of the harness itself, whose packets are left out. */
  readonly harness: ReadonlySet<string>
}

/**
 * @param sightings in any order
 * @param blindOf when packets may not have been seen, asked after the last sighting; what seems lost then is left out
 * @returns messages by the time at which they were sent
 */
export const joinMessages = (
  sightings: Iterable<Sighting>,
  { known, harness }: Names,
  blindOf: () => readonly Blind[],
): readonly Message[] => {
  const nameOf = (address: string): string => known.get(address) ?? address
  const packets: Sent[] = []
  const all = collect(sightings)
  const blind = blindOf()
  for (const seen of all) {
    const { from, to } = seen.packet
    if (harness.has(from) || harness.has(to)) continue
    for (const sent of pair(seen))
      if (sent.receivedNs !== null || !isDoubtful(sent.sentNs, nameOf(to), blind)) packets.push(sent)
  }
  packets.sort((a, b) => a.sentNs - b.sentNs)
  return mergeBursts(packets, nameOf)
    .filter(({ sentNs }) => sentNs >= 0)
    .map(({ lastSentNs: _, segments, ...message }) => ({
      ...message,
      ...(segments === 1 ? {} : { segments }),
    }))
}
