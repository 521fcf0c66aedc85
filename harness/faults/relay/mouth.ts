/**
 * What a traitor says instead of a frame. Three lies need no knowledge of the protocol: to be silent, to be late, and to say
 * old words again. All others are those of the codec.
 */
import { createHash } from 'node:crypto'
import type { Frame, Liar, LieKind, Stream } from '../../api/byzantine.ts'
import type { Rng } from '../../api/random.ts'
import type { LieOrder } from './orders.ts'
import type { Tally } from './tally.ts'

/** Names of the lies that need no codec, each of the kind of the same name. */
export const WORDLESS = ['silence', 'delay', 'replay'] as const satisfies readonly LieKind[]

/** Old words of each kind of stream that are kept, a fair sample of all that was said. */
const KEPT_FRAMES = 64
const KEPT_BYTES = 2 ** 16
/** One frame in so many is followed by an old one. */
const REPLAY_EVERY = 4

/** What is written instead of a frame. */
export interface Utterance {
  readonly bytes: readonly Buffer[]
  readonly lateMs: number
}

/** Of the same port and the same opener, so that the words are of the same protocol. */
const likenessOf = ({ port, isOpenedByTraitor }: Stream): string => `${port} ${isOpenedByTraitor}`

const inShort = (bytes: Buffer): string =>
  `${bytes.length} bytes (${createHash('sha256').update(bytes).digest('hex').slice(0, 8)})`

/** A sample of the frames that were said on one kind of stream (Vitter 1985, algorithm R). */
class OldWords {
  readonly #rng: Rng
  readonly #kept: Buffer[] = []
  #seen = 0

  constructor(rng: Rng) {
    this.#rng = rng
  }

  add(bytes: Buffer): void {
    if (bytes.length > KEPT_BYTES) return
    this.#seen++
    const place = this.#kept.length < KEPT_FRAMES ? this.#kept.length : this.#rng.int(this.#seen)
    if (place < KEPT_FRAMES) this.#kept[place] = bytes
  }

  pick(): Buffer | null {
    return this.#kept.length === 0 ? null : this.#rng.pick(this.#kept)
  }
}

interface MouthParts {
  /** Null: there is no codec. */
  readonly liar: Liar | null
  readonly rng: Rng
  readonly tally: Tally
  /** Writes to a peer on the traitor's latest connection to it; false: there is none. */
  readonly sayTo: (peer: string, make: (stream: Stream) => Buffer) => boolean
}

export class Mouth {
  readonly #parts: MouthParts
  readonly #oldWords = new Map<string, OldWords>()
  /** Null: it tells the truth. */
  #order: LieOrder | null = null

  constructor(parts: MouthParts) {
    this.#parts = parts
  }

  obey(order: LieOrder): void {
    this.#order = order
  }

  /** @param end the name of the node or the group of clients at the other end */
  say(frame: Frame<unknown>, stream: Stream, end: string): Utterance {
    const { liar } = this.#parts
    if (frame.message !== null) liar?.observe?.(frame.message, stream)
    const utterance = this.#lie(frame, stream, end)
    if (stream.direction === 'said') this.#remember(frame.bytes, stream)
    return utterance ?? { bytes: [frame.bytes], lateMs: 0 }
  }

  #lie(frame: Frame<unknown>, stream: Stream, end: string): Utterance | null {
    const lies = this.#order?.lies ?? []
    // Each gets its turn at being asked first.
    const first = lies.length > 1 ? this.#parts.rng.int(lies.length) : 0
    for (const { lie, kind, audience } of [...lies.slice(first), ...lies.slice(0, first)]) {
      if (!audience.includes(end)) continue
      const isWordless = WORDLESS.some((name) => name === lie)
      const said = isWordless
        ? this.#wordless(lie, frame, stream, end)
        : this.#inWords(lie, kind, frame, stream, end)
      if (said !== null) return said
    }
    return null
  }

  #wordless(lie: string, { bytes }: Frame<unknown>, stream: Stream, end: string): Utterance | null {
    const { tally, rng } = this.#parts
    if (stream.direction === 'heard') return null
    if (lie === 'silence') {
      tally.count(lie, 'silence', end, `nothing instead of ${inShort(bytes)}`)
      return { bytes: [], lateMs: 0 }
    }
    if (lie === 'delay') {
      const { delayMs } = this.#order as LieOrder
      tally.count(lie, 'delay', end, `${inShort(bytes)} ${delayMs} ms late`)
      return { bytes: [bytes], lateMs: delayMs }
    }
    const old = rng.int(REPLAY_EVERY) === 0 ? this.#oldWordsOf(stream).pick() : null
    if (old === null) return null
    tally.count(lie, 'replay', end, `${inShort(old)} again, after ${inShort(bytes)}`)
    return { bytes: [bytes, old], lateMs: 0 }
  }

  #inWords(
    lie: string,
    kind: LieKind,
    { bytes, message }: Frame<unknown>,
    stream: Stream,
    end: string,
  ): Utterance | null {
    const { liar, tally, sayTo } = this.#parts
    if (liar === null || message === null) return null
    const told = liar.lies[lie]?.(message, stream) ?? null
    if (told === null) return null
    const { instead, also = [], what } = told
    for (const { to, message: said } of also)
      if (sayTo(to, (other) => liar.encode(said, other))) tally.count(lie, kind, to, what)
    const isUnchanged = instead.length === 1 && instead[0] === message
    if (!isUnchanged) tally.count(lie, kind, end, what)
    return { bytes: instead.map((said) => (said === message ? bytes : liar.encode(said, stream))), lateMs: 0 }
  }

  #remember(bytes: Buffer, stream: Stream): void {
    this.#oldWordsOf(stream).add(bytes)
  }

  #oldWordsOf(stream: Stream): OldWords {
    const likeness = likenessOf(stream)
    const words = this.#oldWords.get(likeness) ?? new OldWords(this.#parts.rng.fork('old', likeness))
    this.#oldWords.set(likeness, words)
    return words
  }
}
