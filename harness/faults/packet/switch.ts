/**
 * The process that carries packets between TUN devices and applies the rules of their links:
 * `perl -e <OPEN_TUNS> ... node switch.ts <options as JSON>`. It ends only by being killed; its devices disappear with
 * it, and so do the routes through them.
 */
import fs from 'node:fs'
import { rngFromSeed } from '../../support/random.ts'
import { fateOf, type LinkCounts, type LinkRule, newCounts } from './link.ts'

export interface SwitchOptions {
  /** Addresses behind each device, in the order of the descriptors. */
  readonly ports: readonly { readonly name: string; readonly addresses: readonly string[] }[]
  /** Keyed by `from>to`, the ports' names. Links without a rule carry packets unchanged. */
  readonly rules: Readonly<Record<string, LinkRule>>
  readonly seed: number
}

const MTU = 65_536
const IPV4 = 4
const PROTOCOL_TCP = 6
const PROTOCOL_UDP = 17

/** IP addresses and the ports of the protocol above must stay intact: a packet that goes elsewhere proves nothing. */
const headerBytesOf = (packet: Buffer): number => {
  const ip = ((packet[0] as number) & 15) * 4
  if (packet[9] === PROTOCOL_TCP) return ip + 20
  return packet[9] === PROTOCOL_UDP ? ip + 8 : ip
}

class Switch {
  readonly #options: SwitchOptions
  readonly #fds: readonly number[]
  readonly #portOf: ReadonlyMap<string, number>
  readonly #counts = new Map<string, LinkCounts>()

  constructor(options: SwitchOptions, fds: readonly number[]) {
    this.#options = options
    this.#fds = fds
    this.#portOf = new Map(
      options.ports.flatMap(({ addresses }, port) => addresses.map((address) => [address, port] as const)),
    )
  }

  get counts(): Readonly<Record<string, LinkCounts>> {
    return Object.fromEntries(this.#counts)
  }

  serve(): void {
    for (const from of this.#fds.keys()) this.#read(from, Buffer.alloc(MTU))
  }

  /** One read is pending at each device, on its own thread. */
  #read(from: number, buffer: Buffer): void {
    fs.read(this.#fds[from] as number, buffer, 0, buffer.length, null, (error, length) => {
      if (error === null) this.#carry(from, buffer.subarray(0, length))
      // EIO: the device is not up yet.
      if (error === null) this.#read(from, buffer)
      else setTimeout(() => this.#read(from, buffer), 5)
    })
  }

  #carry(from: number, packet: Buffer): void {
    if ((packet[0] as number) >> 4 !== IPV4) return
    const to = this.#portOf.get(packet.subarray(16, 20).join('.'))
    if (to === undefined) return
    const { ports, rules, seed } = this.#options
    const link = `${ports[from]?.name}>${ports[to]?.name}`
    const counts = this.#counts.get(link) ?? newCounts()
    this.#counts.set(link, counts)
    const ordinal = counts.packets++
    counts.bytes += packet.length
    const rule = rules[link]
    if (rule === undefined) return this.#write(to, packet)
    const fate = fateOf(rule, rngFromSeed(seed).fork(link), ordinal, headerBytesOf(packet), packet.length)
    if (fate.departuresMs.length === 0) counts.lost++
    if (fate.departuresMs.length > 1) counts.duplicated++
    if (fate.heldBack) counts.reordered++
    if (fate.flippedBit !== null) {
      counts.corrupted++
      const at = fate.flippedBit >> 3
      packet[at] = (packet[at] as number) ^ (1 << (fate.flippedBit & 7))
    }
    for (const departureMs of fate.departuresMs) this.#depart(to, packet, departureMs)
  }

  #depart(to: number, packet: Buffer, departureMs: number): void {
    if (departureMs < 0.5) return this.#write(to, packet)
    const kept = Buffer.from(packet)
    setTimeout(() => this.#write(to, kept), departureMs)
  }

  #write(to: number, packet: Buffer): void {
    try {
      fs.writeSync(this.#fds[to] as number, packet)
    } catch {
      // The device is down or its queue is full: a network may lose packets.
    }
  }
}

const options = JSON.parse(process.argv[2] ?? '{}') as SwitchOptions
const fds = (process.env.FAULTLINE_TUNS ?? '').split(',').map(Number)
const carrier = new Switch(options, fds)
process.on('message', () => process.send?.({ counts: carrier.counts }))
// Not `exit`, which would wait for the threads, and they wait for packets.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
carrier.serve()
process.send?.({ ready: true })
