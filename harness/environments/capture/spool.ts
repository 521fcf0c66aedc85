/**
 * What the tap wrote (`tap.ts`), read back: records of blocks of a ring (TPACKET_V3, `linux/if_packet.h`) and of messages of
 * NFLOG (`linux/netfilter/nfnetlink_log.h`). A file may end within a record, where the tap was killed.
 */
import type { Packet } from './packet.ts'
import { IPV4, IPV6, readPacket } from './packet.ts'

/** What happened to a packet at a place, in the order in which it happens to one. */
export const WHAT = ['refused to send', 'sent', 'received', 'refused to receive'] as const

export interface Sighting {
  readonly what: (typeof WHAT)[number]
  /** Nanoseconds since the start of the run. */
  readonly atNs: number
  readonly packet: Packet
}

/** What a record says was not seen at a place: so many packets, in the half second before. */
export interface Missed {
  readonly place: number
  readonly atNs: number
  readonly packets: number
}

export interface Spooled {
  readonly sightings: readonly Sighting[]
  readonly missed: readonly Missed[]
}

/** Of each record. */
const HEAD_BYTES = 24
const BLOCK = 0
const REFUSAL = 1

/** Offsets of a block's header. */
const BLOCK_PACKETS = 12
const BLOCK_FIRST = 16
/** Offsets of a packet's header in a block, and of the address of its interface (`sockaddr_ll`) behind it. */
const NEXT = 0
const SECONDS = 4
const NANOSECONDS = 8
const KEPT = 12
const MAC = 24
const NET = 26
const TYPE = 48 + 2
const INTERFACE = 48 + 4
const DIRECTION = 48 + 10
const PACKET_HEAD_BYTES = 68

const TO_OTHERS = 3
const OUTGOING = 4

/** Two clocks at one time. */
interface Instant {
  /** Nanoseconds since the start of the run. */
  readonly runNs: number
  /** Since 1970, in two parts, which a number can hold. */
  readonly seconds: number
  readonly nanoseconds: number
}

const sinceStart = ({ runNs, seconds, nanoseconds }: Instant, atSeconds: number, atNs: number): number =>
  runNs + (atSeconds - seconds) * 1e9 + (atNs - nanoseconds)

/** Outgoing packets, and those that have come in at the interface of the place: what a detour brings comes in twice. */
const whatHappened = (direction: number, isPlug: boolean): Sighting['what'] | null => {
  if (direction === OUTGOING) return 'sent'
  return direction === TO_OTHERS || !isPlug ? null : 'received'
}

const readBlock = (block: Buffer, instant: Instant, plug: number): readonly Sighting[] => {
  const found: Sighting[] = []
  if (block.length < 48) return found
  let at = block.readUInt32LE(BLOCK_FIRST)
  for (let left = block.readUInt32LE(BLOCK_PACKETS); left > 0; left--) {
    if (at + PACKET_HEAD_BYTES > block.length) break
    const what = whatHappened(block[at + DIRECTION] as number, block.readInt32LE(at + INTERFACE) === plug)
    const mac = at + block.readUInt16LE(at + MAC)
    const end = Math.min(block.length, mac + block.readUInt32LE(at + KEPT))
    const bytes = block.subarray(at + block.readUInt16LE(at + NET), end)
    const packet = what === null ? null : readPacket(block.readUInt16BE(at + TYPE), bytes)
    const atNs = sinceStart(instant, block.readUInt32LE(at + SECONDS), block.readUInt32LE(at + NANOSECONDS))
    if (what !== null && packet !== null) found.push({ what, atNs, packet })
    const next = block.readUInt32LE(at + NEXT)
    if (next === 0) break
    at += next
  }
  return found
}

const NETLINK_HEAD_BYTES = 16
/** Of netfilter, behind netlink's. */
const FAMILY_BYTES = 4
const LOGGED = 0x400
const ATTRIBUTE = { head: 1, time: 3, payload: 9 } as const
/** Of netfilter: where a packet leaves a host. */
const LOCAL_OUT = 3

/** Netlink begins each of its parts at a multiple of four bytes. */
const aligned = (length: number): number => Math.ceil(length / 4) * 4

const attributesIn = (message: Buffer): ReadonlyMap<number, Buffer> => {
  const found = new Map<number, Buffer>()
  for (let at = 0; at + 4 <= message.length; ) {
    const length = message.readUInt16LE(at)
    if (length < 4) break
    found.set(message.readUInt16LE(at + 2) & 0x3fff, message.subarray(at + 4, at + length))
    at += aligned(length)
  }
  return found
}

/** The kernel stamps what arrives. What is sent has no time yet, so it has the time at which the tap read it. */
const readRefusal = (message: Buffer, instant: Instant): Sighting | null => {
  const attributes = attributesIn(message)
  const head = attributes.get(ATTRIBUTE.head)
  const payload = attributes.get(ATTRIBUTE.payload)
  if (head === undefined || head.length < 3 || payload === undefined) return null
  const packet = readPacket((payload[0] as number) >> 4 === 6 ? IPV6 : IPV4, payload)
  if (packet === null) return null
  if (head[2] === LOCAL_OUT) return { what: 'refused to send', atNs: instant.runNs, packet }
  const time = attributes.get(ATTRIBUTE.time)
  const atNs =
    time === undefined || time.length < 16
      ? instant.runNs
      : sinceStart(instant, Number(time.readBigUInt64BE(0)), Number(time.readBigUInt64BE(8)) * 1000)
  return { what: 'refused to receive', atNs, packet }
}

const readRefusals = (datagram: Buffer, instant: Instant): readonly Sighting[] => {
  const found: Sighting[] = []
  for (let at = 0; at + NETLINK_HEAD_BYTES <= datagram.length; ) {
    const length = datagram.readUInt32LE(at)
    if (length < NETLINK_HEAD_BYTES) break
    const body = datagram.subarray(at + NETLINK_HEAD_BYTES + FAMILY_BYTES, at + length)
    const refusal = datagram.readUInt16LE(at + 4) === LOGGED ? readRefusal(body, instant) : null
    if (refusal !== null) found.push(refusal)
    at += aligned(length)
  }
  return found
}

const instantOf = (head: Buffer, startNs: bigint): Instant => {
  const realNs = head.readBigInt64LE(16)
  return {
    runNs: Number(head.readBigInt64LE(8) - startNs),
    seconds: Number(realNs / 1_000_000_000n),
    nanoseconds: Number(realNs % 1_000_000_000n),
  }
}

/**
 * @param file the bytes of one file of the tap
 * @param startNs the start of the run, as monotonic time
 * @param plugs of each place, the index of its interface
 */
export const readSpool = (file: Buffer, startNs: bigint, plugs: readonly number[]): Spooled => {
  const sightings: Sighting[] = []
  const missed: Missed[] = []
  for (let at = 0; at + HEAD_BYTES <= file.length; ) {
    const head = file.subarray(at, at + HEAD_BYTES)
    const end = at + HEAD_BYTES + head.readUInt32LE(4)
    if (end > file.length) break
    const body = file.subarray(at + HEAD_BYTES, end)
    const place = head[1] as number
    const instant = instantOf(head, startNs)
    if (head[0] === BLOCK) sightings.push(...readBlock(body, instant, plugs[place] ?? -1))
    else if (head[0] === REFUSAL) sightings.push(...readRefusals(body, instant))
    else missed.push({ place, atNs: instant.runNs, packets: body.length < 4 ? 0 : body.readUInt32LE(0) })
    at = end
  }
  return { sightings, missed }
}
