/**
 * Watches of a run that goes on. Revisions only grow, and a watcher goes on where it was. So what was told and reported is kept
 * for the latest revisions, and a fingerprint of the latest
 * eight million values that were put. What may be wrong is looked up: the watches and puts
 * of the revisions concerned, and all puts of what these watches reported.
 *
 * What these calls show is so in the whole. Whether a watch leaves changes out, or reports them twice or out of order, it shows
 * alone. Two reports of a revision that differ, or two puts for which it was returned, are in the whole as well. A value that was
 * never put before a watch reported it comes from nowhere: an invocation is recorded before it is sent. Each put of a value that
 * is shown as reported is shown, so it was not reported more often than in the whole, and put as often.
 *
 * A watch that begins far behind the latest revisions is compared with nothing but what was put. What is only missing at the end
 * waits for the verdict.
 */
import type { Follower, Kept, Shown, SoFar, Suspicion } from '../../harness/api/follower.ts'
import type { Operation, Pair } from '../../harness/api/history.ts'
import type { WatchCall, WatchEvent, Watched } from '../../harness/vocabularies/watch.ts'
import { ForgetfulMap } from '../forgetful-map.ts'
import { RecentFingerprints } from '../recent-fingerprints.ts'

/** How much is known at a time. */
interface WatchLimits {
  readonly revisions: number
  readonly puts?: number
}

const LIMITS: WatchLimits = { revisions: 100_000 }
/** That are looked up at once. Many more tell nothing more. */
const MOST_SUSPECTS = 5

type Put = (WatchCall & { readonly f: 'put' })['value']
type Doubt = 'missed' | 'repeated' | 'out of order' | 'invented' | 'diverging' | 'misnumbered'

const nameOf = ({ key, value }: Put): string => `${key} ${value}`

export class WatchFollower implements Follower {
  readonly #breaks: (kind: Doubt) => boolean
  readonly #open = new Map<Operation['process'], Operation>()
  readonly #puts: RecentFingerprints
  /** Those that were put more than once. */
  readonly #again: RecentFingerprints
  /** Revision -> the change for which a put returned it. */
  readonly #told: ForgetfulMap<number, string>
  /** Revision -> the change that a watch reported first. */
  readonly #reported: ForgetfulMap<number, string>
  /** Change -> the first revision under which a watch reported it. */
  readonly #revisions: ForgetfulMap<string, number>
  /** Revisions whose watches and puts are to be looked up. */
  #suspects = new Set<number>()
  /** Watches that resumed there and reported nothing, although they say that they went on. */
  #silent = new Set<number>()

  /**
   * @param breaks whether the promise does not allow it
   * @param limits puts absent: eight million
   */
  constructor(breaks: (kind: Doubt) => boolean, { revisions, puts }: WatchLimits = LIMITS) {
    this.#breaks = breaks
    this.#puts = new RecentFingerprints(puts)
    this.#again = new RecentFingerprints(puts)
    this.#told = new ForgetfulMap(revisions)
    this.#reported = new ForgetfulMap(revisions)
    this.#revisions = new ForgetfulMap(revisions)
  }

  get waits(): string {
    const always = 'changes that are missing at the end'
    return this.#puts.hasForgotten ? `${always}, events that nobody caused` : always
  }

  get kept(): Kept {
    return {
      things: this.#told.size + this.#reported.size + this.#revisions.size + this.#open.size,
      fingerprints: this.#puts.size + this.#again.size,
    }
  }

  operation(operation: Operation): void {
    const { process, type, f, value } = operation
    if (process === 'nemesis') return
    const invocation = this.#open.get(process)
    if (type === 'invoke') this.#open.set(process, operation)
    else this.#open.delete(process)
    if (f === 'put' && type === 'invoke') this.#put(nameOf(value as Put))
    if (type !== 'ok' || invocation === undefined) return
    if (f === 'put') this.#tell(value as WatchEvent)
    if (f === 'watch') this.#watch((invocation.value as { readonly after: number }).after, value as Watched)
  }

  #put(name: string): void {
    if (this.#puts.has(name)) this.#again.add(name)
    else this.#puts.add(name)
  }

  #tell(event: WatchEvent): void {
    const { revision } = event
    const name = nameOf(event)
    const reported = this.#reported.get(revision)
    if (this.#told.get(revision) !== undefined || (reported !== undefined && reported !== name))
      this.#suspect('misnumbered', revision)
    this.#told.set(revision, name)
  }

  #watch(after: number, { events, upTo, from = after }: Watched): void {
    let expected = from + 1
    const own = new Set<number>()
    for (const event of events) {
      const { revision } = event
      if (revision > expected) this.#suspect('missed', revision)
      if (revision < expected)
        this.#suspect(revision <= from || own.has(revision) ? 'repeated' : 'out of order', revision)
      own.add(revision)
      expected = Math.max(expected, revision + 1)
      this.#report(event)
    }
    if (expected > upTo) return
    // It may have reported nothing by which it could be found: then there is no call that tells what it left out, either.
    const last = events.at(-1)
    if (last !== undefined) this.#suspect('missed', last.revision)
    else this.#suspectSilent(after)
  }

  #report(event: WatchEvent): void {
    const { revision } = event
    const name = nameOf(event)
    if (!this.#puts.has(name) && !this.#puts.hasForgotten) this.#suspect('invented', revision)
    const told = this.#told.get(revision)
    if (told !== undefined && told !== name) this.#suspect('misnumbered', revision)
    const reported = this.#reported.get(revision)
    if (reported !== undefined && reported !== name) this.#suspect('diverging', revision)
    const before = this.#revisions.get(name)
    if (before !== undefined && before !== revision && !this.#again.has(name))
      this.#suspect('repeated', revision, before)
    if (reported === undefined) this.#reported.set(revision, name)
    if (before === undefined) this.#revisions.set(name, revision)
  }

  #suspectSilent(after: number): void {
    if (this.#breaks('missed') && this.#silent.size < MOST_SUSPECTS) this.#silent.add(after)
  }

  #suspect(kind: Doubt, ...revisions: readonly number[]): void {
    if (!this.#breaks(kind) || this.#suspects.size >= MOST_SUSPECTS) return
    for (const revision of revisions) this.#suspects.add(revision)
  }

  suspicions(): readonly Suspicion[] {
    const [revisions, silent] = [this.#suspects, this.#silent]
    if (revisions.size + silent.size === 0) return []
    this.#suspects = new Set()
    this.#silent = new Set()
    return [(soFar) => shownOf(revisions, silent, soFar)]
  }
}

const shownOf = (revisions: ReadonlySet<number>, silent: ReadonlySet<number>, { calls }: SoFar): Shown => {
  const isConcerned = ({ invocation, completion }: Pair): boolean => {
    if (completion?.type !== 'ok') return false
    if (invocation.f === 'put') return revisions.has((completion.value as WatchEvent).revision)
    const { events } = completion.value as Watched
    const { after } = invocation.value as { readonly after: number }
    return (
      (events.length === 0 && silent.has(after)) || events.some(({ revision }) => revisions.has(revision))
    )
  }
  const concerned = [...calls(isConcerned)]
  const events = concerned.flatMap(({ completion }) => {
    const value = completion?.value as Watched | WatchEvent
    return 'events' in value ? value.events : [value]
  })
  const names = new Set(events.map(nameOf))
  const shown = new Set(concerned.map(({ invocation }) => invocation.index))
  const puts = calls(
    ({ invocation: { f, value, index } }) =>
      f === 'put' && !shown.has(index) && names.has(nameOf(value as Put)),
  )
  return { calls: [...concerned, ...puts] }
}
