/**
 * What is wrong with which request, from one reading of the calls and one of the sink's log. Of each key it keeps some 40 bytes
 * in columns, so that millions of requests are judged; whole rows are made later, of the few keys that are shown. Pure.
 */
import type { Pair } from '../../harness/api/history.ts'
import { Growing } from '../../harness/support/growing.ts'
import type { LedgerResult, Request, SinkLine } from '../../harness/vocabularies/effects.ts'
import type { ResourceState } from '../../harness/vocabularies/outbox.ts'
import { TextNumbering } from '../text-numbering.ts'
import { isAcknowledgement, isRefusal, requestsIn, type SinkRequest } from './requests.ts'

/** What can be wrong with a request, the most severe first. */
export const TROUBLES = [
  'lost',
  'done without an effect',
  'change without a message',
  'phantom',
  'effect of a refused request',
  'payload mismatch',
  'duplicated',
  'overwrites a newer one',
  'out of order',
  'stale token',
] as const
export type Trouble = (typeof TROUBLES)[number]

/** What is known of a key, as bits. */
const ASKED = 1
const ACKNOWLEDGED = 2
/** Some call that asked was not refused. */
const NOT_REFUSED = 4
/** The cluster's own log has it as done. */
const DONE = 8
/** An effect differs from what was first asked for. */
const MISMATCH = 16
/** The first effect came after one of a greater version on the same resource. */
const FIRST_OUTDATED = 32
/** So did an effect after the first. */
const AGAIN_OUTDATED = 64
/** An effect came with a token lower than one that the sink had already seen for that resource. */
const STALE = 128
/** Of one in so many keys it is kept where it was first asked for. Power of two. */
const MARKED = 2 ** 10

/** The greatest number of each resource so far. */
class Greatest {
  readonly #of = new Map<number, number>()

  /** Whether a greater one was there before. */
  isBelow(resource: number, number: number): boolean {
    const known = this.#of.get(resource)
    if (known === undefined || number > known) this.#of.set(resource, number)
    return known !== undefined && number < known
  }
}

export class LedgerColumns {
  readonly #keys = new TextNumbering()
  // By number of the key.
  readonly #bits = new Growing(Uint32Array)
  readonly #effects = new Growing(Uint32Array)
  readonly #resource = new Growing(Float64Array)
  readonly #version = new Growing(Float64Array)
  /** The place of the pair that first asked for each marked key. */
  readonly #marks = new Growing(Int32Array)
  /** Keys that were asked for again, in order of the places of the pairs that did. */
  readonly #again = new Growing(Uint32Array)
  readonly #againAt = new Growing(Int32Array)
  readonly #newest = new Greatest()
  readonly #tokens = new Greatest()
  /** Of an outbox: the version that each resource was seen to have reached, and those of its versions that have an effect. */
  readonly #standing = new Map<number, number>()
  readonly #told = new Map<number, Set<number>>()
  effects = 0
  /** Requests that the sink turned down. */
  stopped = 0
  /** Effects after the first of their key. */
  extra = 0
  /** Those with a stale token. */
  staleExtra = 0

  get count(): number {
    return this.#keys.count
  }

  /** All pairs come before the first line, in order of their places. */
  pair(pair: Pair, place: number): void {
    const { invocation, completion } = pair
    if (completion?.type === 'ok' && completion.f === 'read') this.#stands(completion.value as ResourceState)
    const requests = requestsIn(invocation)
    if (requests.length === 0) return
    const became = ASKED | (isAcknowledgement(pair) ? ACKNOWLEDGED : 0) | (isRefusal(pair) ? 0 : NOT_REFUSED)
    for (const request of requests) this.#ask(request, became, place)
  }

  #stands({ resource, version }: ResourceState): void {
    this.#standing.set(resource, Math.max(version, this.#standing.get(resource) ?? 0))
  }

  #ask({ key, resource, version }: Request, became: number, place: number): void {
    const number = this.#numberOf(key)
    if (number === this.#marks.length * MARKED) this.#marks.push(place)
    if ((this.#bits.at(number) & ASKED) !== 0) {
      this.#again.push(number)
      this.#againAt.push(place)
    } else {
      this.#resource.set(number, resource)
      this.#version.set(number, version)
    }
    this.#mark(number, became)
  }

  /** All lines come before the ledger. */
  line(line: SinkLine): void {
    if (line.type !== 'request') return
    const isStale = this.#tokens.isBelow(line.request.resource, line.token)
    const number = this.#numberOf(line.request.key)
    if (line.refused !== null) this.stopped++
    else this.#act(number, line, isStale)
  }

  #act(number: number, { request: { resource, version } }: SinkRequest, isStale: boolean): void {
    const isOutdated = this.#newest.isBelow(resource, version)
    const isAgain = this.#effects.at(number) > 0
    this.#effects.set(number, this.#effects.at(number) + 1)
    this.effects++
    if (isAgain) this.extra++
    if (isAgain && isStale) this.staleExtra++
    if (isStale) this.#mark(number, STALE)
    if (isOutdated) this.#mark(number, isAgain ? AGAIN_OUTDATED : FIRST_OUTDATED)
    if (resource !== this.#resource.at(number) || version !== this.#version.at(number))
      this.#mark(number, MISMATCH)
    if (version <= (this.#standing.get(resource) ?? 0)) this.#tell(resource, version)
  }

  #tell(resource: number, version: number): void {
    const told = this.#told.get(resource) ?? new Set()
    this.#told.set(resource, told.add(version))
  }

  /** The cluster's own log. */
  ledger({ entries }: LedgerResult): void {
    for (const { key, doneAt } of entries) {
      const number = this.#numberOf(key)
      this.#bits.set(number, (this.#bits.at(number) & ~DONE) | (doneAt === null ? 0 : DONE))
    }
  }

  #numberOf(key: string): number {
    const number = this.#keys.numberOf(key)
    if (number === this.#bits.length) {
      for (const column of [this.#bits, this.#effects]) column.push(0)
      for (const column of [this.#resource, this.#version]) column.push(Number.NaN)
    }
    return number
  }

  #mark(number: number, bits: number): void {
    this.#bits.set(number, this.#bits.at(number) | bits)
  }

  /** A place before which none of these keys was asked for. */
  askedFrom(numbers: readonly number[]): number {
    const mark = Math.floor(Math.min(...numbers) / MARKED)
    return mark < this.#marks.length ? this.#marks.at(mark) : 0
  }

  isAsked(number: number): boolean {
    return (this.#bits.at(number) & ASKED) !== 0
  }

  /** Where these keys were asked for again: places from this one on, in order. */
  askedAgain(numbers: ReadonlySet<number>, from: number): readonly number[] {
    const places = new Set<number>()
    for (let i = 0; i < this.#again.length; i++)
      if (this.#againAt.at(i) >= from && numbers.has(this.#again.at(i))) places.add(this.#againAt.at(i))
    return [...places]
  }

  /** How many lines of the sink are about these keys; Infinity if that is not known. */
  lines(numbers: readonly number[]): number {
    if (this.stopped > 0) return Number.POSITIVE_INFINITY
    return numbers.reduce((sum, number) => sum + this.#effects.at(number), 0)
  }

  /** Keys have numbers from 0, in the order in which they were first seen. */
  keyOf(number: number): string {
    return this.#keys.textOf(number)
  }

  isAcknowledged(number: number): boolean {
    return (this.#bits.at(number) & ACKNOWLEDGED) !== 0
  }

  /** @param drained whether the cluster had time to do all that it had accepted: only then can anything be lost */
  troublesOf(number: number, drained: boolean): readonly Trouble[] {
    const bits = this.#bits.at(number)
    const has = (bit: number): boolean => (bits & bit) !== 0
    const isDone = this.#effects.at(number) > 0
    const isRefused = has(ASKED) && !has(NOT_REFUSED)
    const found: Readonly<Record<Trouble, boolean>> = {
      lost: drained && has(ACKNOWLEDGED) && !isDone,
      'done without an effect': has(DONE) && !isDone,
      'change without a message': drained && has(NOT_REFUSED) && this.#isUntold(number),
      phantom: !has(ASKED) && isDone,
      'effect of a refused request': isRefused && isDone,
      'payload mismatch': has(ASKED) && has(MISMATCH),
      duplicated: this.#effects.at(number) > 1,
      'overwrites a newer one': has(AGAIN_OUTDATED),
      'out of order': has(FIRST_OUTDATED),
      'stale token': has(STALE),
    }
    return TROUBLES.filter((trouble) => found[trouble])
  }

  /** For an outbox: whether its resource has reached the version that it asked for, and no message told of it. */
  #isUntold(number: number): boolean {
    const [resource, version] = [this.#resource.at(number), this.#version.at(number)]
    const reached = this.#standing.get(resource) ?? 0
    return version >= 1 && version <= reached && this.#told.get(resource)?.has(version) !== true
  }
}
