/**
 * The process that carries frames between TAP devices and applies the rules of their links:
 * `perl -e <OPEN_TAPS> ... node switch.ts <options as JSON>`. It ends only by being killed, and its devices disappear with
 * it.
 */
import fs from 'node:fs'
import { rngFromSeed } from '../../support/random.ts'
import {
  destinationOf,
  ETHERNET_BYTES,
  headerBytesOf,
  ipv4DestinationOf,
  isForGroup,
  isNeighbourTalk,
  isProbe,
  sourceOf,
} from './frame.ts'
import { type HeldCounts, HeldLinks } from './held.ts'
import { type Fate, fateOf, type LinkCounts, type LinkRule, newCounts } from './link.ts'

/** A host behind a device. Ethernet addresses are twelve hexadecimal digits. */
export interface SwitchPort {
  readonly name: string
  readonly hardware: string
  /** That of its device, to which what is brought to it is addressed: the kernel drops what is for others. */
  readonly device: string
  /** IPv4 addresses, if only frames to these are meant; null: all. */
  readonly only: readonly string[] | null
  /** Names of the ports to which its frames are carried. */
  readonly peers: readonly string[]
}

export interface SwitchOptions {
  /** In the order of the descriptors. */
  readonly ports: readonly SwitchPort[]
  /** Keyed by `from>to`, the ports' names. Links without a rule carry packets unchanged. */
  readonly rules: Readonly<Record<string, LinkRule>>
  readonly seed: number
}

/** What its parent asks of it: to hold these links and no others; without links, only to tell. */
export interface SwitchRequest {
  readonly hold?: readonly string[]
}

/** Its answer to each request, once that is done. */
export interface SwitchAnswer {
  readonly counts: Readonly<Record<string, LinkCounts>>
  readonly held: HeldCounts
}

interface Leaving {
  readonly to: number
  readonly frame: Buffer
}

const MTU = 65_536

const isFor = (frame: Buffer, { hardware, only }: SwitchPort): boolean => {
  if (isForGroup(frame)) return only === null
  if (destinationOf(frame) !== hardware) return false
  return only === null || only.includes(ipv4DestinationOf(frame) ?? '')
}

const count = (counts: LinkCounts, { departuresMs, heldBack, flippedBit }: Fate): void => {
  if (departuresMs.length === 0) counts.lost++
  if (departuresMs.length > 1) counts.duplicated++
  if (heldBack) counts.reordered++
  if (flippedBit !== null) counts.corrupted++
}

class Switch {
  readonly #options: SwitchOptions
  readonly #fds: readonly number[]
  readonly #counts = new Map<string, LinkCounts>()
  /** Packets of a link so far, those of our own probes included: by this their fates are drawn. */
  readonly #ordinals = new Map<string, number>()
  readonly #held = new HeldLinks<Leaving>()

  constructor(options: SwitchOptions, fds: readonly number[]) {
    this.#options = options
    this.#fds = fds
  }

  answer({ hold }: SwitchRequest): SwitchAnswer {
    const nowMs = performance.now()
    if (hold !== undefined) for (const { to, frame } of this.#held.hold(hold, nowMs)) this.#write(to, frame)
    return { counts: Object.fromEntries(this.#counts), held: this.#held.counts(nowMs) }
  }

  serve(): void {
    for (const from of this.#fds.keys()) this.#read(from, Buffer.alloc(MTU))
  }

  /** One read is pending at each device, on its own thread. */
  #read(from: number, buffer: Buffer): void {
    fs.read(this.#fds[from] as number, buffer, 0, buffer.length, null, (error, length) => {
      if (error === null) this.#take(from, buffer.subarray(0, length))
      // EIO: the device is not up yet.
      if (error === null) this.#read(from, buffer)
      else setTimeout(() => this.#read(from, buffer), 5)
    })
  }

  /** What others sent, and the kernel itself to the device, is ignored. */
  #take(from: number, frame: Buffer): void {
    const { ports } = this.#options
    const port = ports[from] as SwitchPort
    if (frame.length < ETHERNET_BYTES || sourceOf(frame) !== port.hardware) return
    for (const [to, other] of ports.entries())
      if (port.peers.includes(other.name) && isFor(frame, other)) this.#carry(from, to, Buffer.from(frame))
  }

  #carry(from: number, to: number, frame: Buffer): void {
    const { ports, rules, seed } = this.#options
    const { name, device } = ports[to] as SwitchPort
    const link = `${ports[from]?.name}>${name}`
    frame.write(device, 0, 'hex')
    if (isNeighbourTalk(frame)) return this.#write(to, frame)
    const isOurs = isProbe(frame)
    const counts = isOurs ? newCounts() : this.#countsOf(link)
    counts.packets++
    counts.bytes += frame.length
    const rule = rules[link]
    if (rule === undefined) return this.#write(to, frame)
    const ordinal = this.#ordinals.get(link) ?? 0
    this.#ordinals.set(link, ordinal + 1)
    const fate = fateOf(rule, rngFromSeed(seed).fork(link), ordinal, headerBytesOf(frame), frame.length)
    count(counts, fate)
    if (fate.flippedBit !== null) {
      const at = fate.flippedBit >> 3
      frame[at] = (frame[at] as number) ^ (1 << (fate.flippedBit & 7))
    }
    const leave = (): void => {
      if (isOurs || !this.#held.keeps(link, { to, frame }, performance.now())) this.#write(to, frame)
    }
    for (const departureMs of fate.departuresMs) {
      if (departureMs < 0.5) leave()
      else setTimeout(leave, departureMs)
    }
  }

  #countsOf(link: string): LinkCounts {
    const counts = this.#counts.get(link) ?? newCounts()
    this.#counts.set(link, counts)
    return counts
  }

  #write(to: number, frame: Buffer): void {
    try {
      fs.writeSync(this.#fds[to] as number, frame)
    } catch {
      // The device is down or its queue is full: a network may lose packets.
    }
  }
}

const options = JSON.parse(process.argv[2] ?? '{}') as SwitchOptions
const fds = (process.env.FAULTLINE_TAPS ?? '').split(',').map(Number)
const carrier = new Switch(options, fds)
process.on('message', (request: SwitchRequest) => process.send?.(carrier.answer(request)))
// Not `exit`, which would wait for the threads, and they wait for packets.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
carrier.serve()
process.send?.({ ready: true })
