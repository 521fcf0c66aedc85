/**
 * Effects of a run that goes on. What is wrong with a request is shown by its own calls, its own lines in the log of the sink,
 * and a line of its resource with a greater version or token. Of these, which are wrong for good:
 *
 * - duplicated: the two effects stay in the log. So do one that overwrites a newer one, one out of order, and one with a stale
 *   token: what makes them so are lines before them, and the log only grows.
 * - payload mismatch: the first call that asked under a key is the measure, and stays the first.
 * - phantom: an invocation is recorded before it is sent, and a line is only taken when all that was recorded before it has been
 *   (`SoFar`), so nobody had asked. (If a client asks for the very same key for the first time later, the verdict, which does
 *   not compare the times of two logs, will not hold it. A key names one request, so nobody else makes it up.)
 *
 * These wait for the verdict: what is lost may come; and the effect of a request that was refused each time so far may be that of a
 * later call, since clients repeat requests under their keys and the verdict does not compare times.
 *
 * A cut down to some keys, with all calls and lines of these keys, holds no more of what is wrong for good than the whole: with
 * fewer other lines, fewer versions and tokens are greater. Without the first effect of a key, the second would be out of order
 * in place of overwriting; so all lines of a key are shown.
 *
 * Kept are fingerprints: of each key that was asked for, of what it was first asked for, and of each key with an effect, the latest
 * eight million of each. When some are forgotten, an effect that nobody is known to have asked for is not suspected any more. Of each
 * resource the newest version and the greatest token are kept, for the resources that were used last.
 */
import type { Follower, Kept, SoFar, Suspicion } from '../../harness/api/follower.ts'
import type { Operation } from '../../harness/api/history.ts'
import { type Request, SINK, type SinkLine, type SinkMode } from '../../harness/vocabularies/effects.ts'
import { ForgetfulMap } from '../forgetful-map.ts'
import { RecentFingerprints } from '../recent-fingerprints.ts'
import type { Trouble } from './ledger-columns.ts'
import { requestsIn, type SinkRequest } from './requests.ts'

/** Resources of which the newest version and the greatest token are known. */
const MOST_RESOURCES = 20_000
/** Keys that are looked up at once. Many more tell nothing more. */
const MOST_KEYS = 20

/** A number, and the key of the request that had it. */
interface Greatest {
  readonly of: number
  readonly key: string
}

const wholeOf = ({ key, resource, version }: Request): string => JSON.stringify([key, resource, version])

export class EffectsFollower implements Follower {
  readonly service = SINK
  readonly #breaks: (trouble: Trouble, mode: SinkMode) => boolean
  readonly #asked: RecentFingerprints
  readonly #first: RecentFingerprints
  readonly #done: RecentFingerprints
  readonly #versions = new ForgetfulMap<number, Greatest>(MOST_RESOURCES)
  readonly #tokens = new ForgetfulMap<number, Greatest>(MOST_RESOURCES)
  #mode: SinkMode | null = null
  #suspects = new Set<string>()

  /**
   * @param breaks whether this trouble breaks the promise, with a sink of this mode
   * @param mostKeys that are known at a time. Absent: eight million
   */
  constructor(breaks: (trouble: Trouble, mode: SinkMode) => boolean, mostKeys?: number) {
    this.#breaks = breaks
    this.#asked = new RecentFingerprints(mostKeys)
    this.#first = new RecentFingerprints(mostKeys)
    this.#done = new RecentFingerprints(mostKeys)
  }

  get waits(): string {
    const always = 'lost effects, effects of refused requests'
    return this.#asked.hasForgotten ? `${always}, what nobody asked for, and what came late again` : always
  }

  get kept(): Kept {
    return {
      things: this.#versions.size + this.#tokens.size,
      fingerprints: this.#asked.size + this.#first.size + this.#done.size,
    }
  }

  operation(operation: Operation): void {
    if (operation.type !== 'invoke') return
    for (const request of requestsIn(operation)) {
      if (this.#asked.has(request.key)) continue
      this.#asked.add(request.key)
      this.#first.add(wholeOf(request))
    }
  }

  line(given: unknown): void {
    const line = given as SinkLine
    if (line.type === 'start') this.#mode ??= line.mode
    if (line.type !== 'request' || this.#mode === null) return
    const mode = this.#mode
    const witnesses = line.refused === null ? this.#wrongIn(line, mode) : null
    if (witnesses !== null && this.#suspects.size < MOST_KEYS)
      for (const key of [line.request.key, ...witnesses]) this.#suspects.add(key)
    this.#remember(line)
  }

  /** The keys of other requests that show what is wrong with an effect. Null: nothing is. */
  #wrongIn({ request, token }: SinkRequest, mode: SinkMode): readonly string[] | null {
    const [newest, greatest] = [this.#versions.get(request.resource), this.#tokens.get(request.resource)]
    const isDone = this.#done.has(request.key)
    const isAsked = this.#asked.has(request.key)
    const isOld = newest !== undefined && request.version < newest.of
    const isStale = greatest !== undefined && token < greatest.of
    const found: readonly (readonly [Trouble, boolean, readonly string[]])[] = [
      ['phantom', !isAsked && !this.#asked.hasForgotten, []],
      ['payload mismatch', isAsked && !this.#first.has(wholeOf(request)), []],
      ['duplicated', isDone, []],
      ['overwrites a newer one', isDone && isOld, [newest?.key ?? '']],
      ['out of order', !isDone && isOld, [newest?.key ?? '']],
      ['stale token', isStale, [greatest?.key ?? '']],
    ]
    const wrong = found.filter(([trouble, isFound]) => isFound && this.#breaks(trouble, mode))
    return wrong.length === 0 ? null : wrong.flatMap(([, , keys]) => keys)
  }

  #remember({ request: { key, resource, version }, token, refused }: SinkRequest): void {
    const greatest = this.#tokens.get(resource)
    this.#tokens.set(resource, greatest === undefined || token > greatest.of ? { of: token, key } : greatest)
    if (refused !== null) return
    const newest = this.#versions.get(resource)
    this.#versions.set(resource, newest === undefined || version > newest.of ? { of: version, key } : newest)
    this.#done.add(key)
  }

  suspicions(): readonly Suspicion[] {
    const keys = this.#suspects
    if (keys.size === 0) return []
    this.#suspects = new Set()
    return [
      (soFar: SoFar) => ({
        calls: [...soFar.calls(({ invocation }) => requestsIn(invocation).some(({ key }) => keys.has(key)))],
        services: { [SINK]: [...soFar.lines((line) => isOf(line as SinkLine, keys))] },
      }),
    ]
  }
}

const isOf = (line: SinkLine, keys: ReadonlySet<string>): boolean =>
  line.type === 'start' || (line.type === 'request' && keys.has(line.request.key))
