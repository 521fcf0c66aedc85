/**
 * A capture of what hosts say to each other: a tap in the network namespace of every node and service, and in that of the
 * clients, while the cluster is up. While it runs it only writes to its folder, which is kept within a limit. It reads that
 * when it is over, since only then is it known which faults there were, and nobody waits for an answer.
 */
import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import type { Cluster } from '../../api/environment.ts'
import type { Message, MessageGap } from '../../api/message.ts'
import { messageOf, UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { type Bucket, beyondLimit, marksFrom, withinLimit, withoutSeams } from './bounds.ts'
import { type Blind, joinMessages, type Names } from './join.ts'
import { type Missed, readSpool, type Sighting } from './spool.ts'
import { Tap } from './tap.ts'

/** Of what the tap writes. A packet takes about a quarter of a kilobyte at each end. */
const SPOOL_BYTES = 160 * 2 ** 20
/** So many files: of a quiet cluster, in which they are small, the latest hour and what is near faults. */
const MOST_SEGMENTS = 3600
/** Of messages as lines of JSON. */
const MESSAGES_BYTES = 63 * 2 ** 20
const LIMIT_EVERY_MS = 1000
/** The tap looks so often whether the kernel has missed something. */
const MISSED_WITHIN_NS = 600e6
/** What was sent at the very end may not have arrived before it. */
const END_NS = 200e6

/** The place of all clients. */
const CLIENTS = 'clients'
/** As links of partitions name a group. */
const clientName = (group: number): string => `clients-${group}`

export interface Captured {
  readonly messages: readonly Message[]
  /** When messages are missing, and why. */
  readonly gaps: readonly MessageGap[]
}

/** A network namespace, and what it is for. */
interface Place {
  readonly name: string
  readonly pid: number
  /** Index of the interface by which it is in the network. */
  readonly plug: number
  readonly addresses: readonly string[]
}

/** `ip -json addr`, as far as it is needed. */
type Interfaces = readonly {
  readonly ifindex: number
  readonly addr_info: readonly { readonly local: string }[]
}[]

/** An address of IPv6 with all its eight parts, as packets have it; others unchanged. */
const inFull = (address: string): string => {
  if (!address.includes(':')) return address
  const [head = '', tail = ''] = address.split('::')
  const parts = (text: string): readonly string[] => (text === '' ? [] : text.split(':'))
  const missing = 8 - parts(head).length - parts(tail).length
  return [...parts(head), ...new Array<string>(missing).fill('0'), ...parts(tail)].join(':')
}

const lookAt = async (name: string, pid: number, address: string): Promise<Place> => {
  const asked = ['--target', String(pid), '--net', '--', 'ip', '-json', 'addr']
  const interfaces = JSON.parse((await execa('nsenter', asked)).stdout) as Interfaces
  const own = interfaces.find(({ addr_info }) => addr_info.some(({ local }) => local === address))
  if (own === undefined) throw new Error(`no interface of ${name} has the address ${address}`)
  return { name, pid, plug: own.ifindex, addresses: own.addr_info.map(({ local }) => inFull(local)) }
}

/** A segment of the tap's, by its file. */
interface Segment extends Bucket {
  readonly file: string
}

/** The files of the tap, each from its first record to that of the next one. */
const segmentsIn = (folder: string, startNs: bigint): readonly Segment[] => {
  const files = fs.readdirSync(folder).toSorted()
  const fromNs = files.map((file) => Number(BigInt(file) - startNs))
  return files.map((file, i) => ({
    file,
    fromNs: fromNs[i] as number,
    toNs: fromNs[i + 1] ?? Number.POSITIVE_INFINITY,
    bytes: fs.statSync(path.join(folder, file)).size,
  }))
}

export class Capture implements AsyncDisposable {
  readonly #folder: string
  #tap: Tap | null = null
  #places: readonly Place[] = []
  #clientAddresses: readonly string[] = []
  #limiter: NodeJS.Timeout | undefined
  #startNs = process.hrtime.bigint()
  #endNs = Number.POSITIVE_INFINITY
  #marks: readonly number[] = []
  /** Since the last look at the limit. */
  readonly #newMarks: number[] = []
  #gaps: readonly MessageGap[] = []

  /** @param folder is made, and goes with the state of the run */
  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * Begins to capture. Disposing of what it returns, itself, ends that.
   *
   * @throws UserError (harness failed) if the kernel refuses
   */
  async begin({ nodes, services, clientAddresses }: Cluster): Promise<this> {
    fs.mkdirSync(this.#folder, { recursive: true })
    this.#clientAddresses = clientAddresses
    try {
      const hosts = [...nodes, ...services]
      const looks = hosts.map(({ name, keeperPid, address }) => lookAt(name, keeperPid, address))
      const [own] = clientAddresses
      if (own !== undefined) looks.push(lookAt(CLIENTS, process.pid, own))
      this.#places = await Promise.all(looks)
      this.#tap = await Tap.open(
        this.#folder,
        this.#places.map(({ pid }) => pid),
      )
    } catch (error) {
      throw new UserError(
        `Messages cannot be captured here (${messageOf(error)}): run without --capture.`,
        EXIT_CODES.harnessFailed,
      )
    }
    this.#limiter = setInterval(() => this.#limit(), LIMIT_EVERY_MS)
    return this
  }

  /** All times count from here. @param monotonicNs of `process.hrtime.bigint()` */
  startClock(monotonicNs: bigint): void {
    this.#startNs = monotonicNs
  }

  /** Something happened then that a reader will want to see the messages of. */
  mark(atNs: number): void {
    this.#newMarks.push(atNs)
  }

  /** What is wrong with it; empty: nothing. */
  get complaint(): string {
    return this.#tap?.complaint ?? ''
  }

  /** Keeps the folder within its limit, and in memory only what can still matter. The last segment is still being written. */
  #limit(): void {
    const segments = segmentsIn(this.#folder, this.#startNs).slice(0, -1)
    this.#marks = marksFrom([...this.#marks, ...this.#newMarks.splice(0)], segments[0]?.fromNs ?? 0)
    const leastBytes = SPOOL_BYTES / MOST_SEGMENTS
    const sized = segments.map((segment) => ({ ...segment, bytes: Math.max(segment.bytes, leastBytes) }))
    const gone = beyondLimit(sized, this.#marks, SPOOL_BYTES)
    if (gone.length === 0) return
    for (const { file } of gone) fs.rmSync(path.join(this.#folder, file))
    const why = `the capture holds ${SPOOL_BYTES / 2 ** 20} MB of packets, in at most ${MOST_SEGMENTS} files`
    const gaps = gone.map(({ fromNs, toNs }) => ({ fromNs, toNs, why }))
    this.#gaps = withoutSeams([...this.#gaps, ...gaps])
  }

  /** Ends the capture. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#limiter)
    this.#endNs = Number(process.hrtime.bigint() - this.#startNs)
    const { endedNs = null, complaint } = this.#tap ?? {}
    if (endedNs !== null)
      this.#gaps = [
        ...this.#gaps,
        {
          fromNs: Number(endedNs - this.#startNs) - MISSED_WITHIN_NS,
          toNs: this.#endNs,
          why: `the capture ended by itself: ${complaint}`,
        },
      ]
    await this.#tap?.[Symbol.asyncDispose]()
  }

  #names(): Names {
    const entries = this.#places.flatMap(({ name, addresses }) =>
      addresses.map((address) => [address, name] as const),
    )
    const clients = this.#clientAddresses.map((address, group) => [address, clientName(group)] as const)
    const ofClients = new Set(this.#clientAddresses)
    const harness = entries.filter(([address, name]) => name === CLIENTS && !ofClients.has(address))
    return { known: new Map([...entries, ...clients]), harness: new Set(harness.map(([address]) => address)) }
  }

  /** What is on disk, file after file: all of it at once takes gigabytes. @param missed gets what was missed */
  *#sightings(missed: Missed[]): Iterable<Sighting> {
    const plugs = this.#places.map(({ plug }) => plug)
    for (const { file } of segmentsIn(this.#folder, this.#startNs)) {
      const spooled = readSpool(fs.readFileSync(path.join(this.#folder, file)), this.#startNs, plugs)
      for (const each of spooled.missed) missed.push(each)
      yield* spooled.sightings
    }
  }

  #blindSpot({ place, atNs, packets }: Missed): { readonly blind: Blind; readonly gap: MessageGap } {
    const name = this.#places[place]?.name ?? ''
    const receivers = name === CLIENTS ? this.#clientAddresses.map((_, group) => clientName(group)) : [name]
    const time = { fromNs: atNs - MISSED_WITHIN_NS, toNs: atNs }
    const why = `the kernel dropped at least ${packets} packets of the capture at ${name}`
    return { blind: { receivers, ...time }, gap: { ...time, why } }
  }

  /** All that was captured. Call it once it is over. */
  read(): Captured {
    const missed: Missed[] = []
    const blindOf = (): readonly Blind[] => [
      ...this.#gaps.map(({ fromNs, toNs }) => ({ receivers: null, fromNs, toNs })),
      ...missed.map((each) => this.#blindSpot(each).blind),
      { receivers: null, fromNs: this.#endNs - END_NS, toNs: Number.POSITIVE_INFINITY },
    ]
    const { messages, left } = withinLimit(
      joinMessages(this.#sightings(missed), this.#names(), blindOf),
      [...this.#marks, ...this.#newMarks],
      MESSAGES_BYTES,
    )
    const why = `the record holds ${MESSAGES_BYTES / 2 ** 20} MB of messages`
    const gaps = [
      ...this.#gaps,
      ...missed.map((each) => this.#blindSpot(each).gap),
      ...left.map(({ fromNs, toNs }) => ({ fromNs, toNs, why })),
    ]
    return { messages, gaps: withoutSeams(gaps) }
  }
}
