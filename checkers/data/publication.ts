/**
 * Publications: a version of an index becomes visible in all its shards at once or in none. No answer shows shards of two
 * versions, or one whose publication failed, was refused, or was never begun. `linearizable`: nor one that is older than what
 * was acknowledged or shown before it was asked for. `monotonic`: nor one that is older than what the same reader has seen.
 *
 * Versions only grow, so an index is the greatest version that was published so far (a max register: Aspnes, Attiya and Censor
 * 2009), and positions decide: an answer is right if it is as new as all that was over before, and its version had begun.
 */
import type { ClientProcess, Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Fold } from '../../harness/api/verdict.ts'
import {
  PUBLICATION,
  type PublicationCall,
  type Published,
  type PublishedVersions,
} from '../../harness/vocabularies/publication.ts'
import type { Answered } from '../final-answers.ts'
import { lowerBound } from '../lower-bound.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { conclude, foldingChecker, type Judged } from '../verdict.ts'
import { KnownBefore } from './known-before.ts'
import { ANOMALIES, COLUMNS, found, KINDS, type PublicationFinding } from './publication-findings.ts'

type Publish = (PublicationCall & { readonly f: 'publish' })['value']

/** Of an index of which nothing is published. */
const NOTHING = Number.NEGATIVE_INFINITY

/** A version that was visible, or another one that was as new. */
interface Seen {
  readonly version: number
  readonly by: Answered
  readonly how: 'was acknowledged' | 'was shown' | 'was visible'
}

const newest = (a: Seen | null, b: Seen): Seen => (a === null || b.version > a.version ? b : a)

/** Of an answer whose shards are of one version: which. */
const versionOf = ({ versions }: PublishedVersions): number => versions[0] ?? NOTHING

class Index {
  readonly findings: PublicationFinding[] = []
  /** Acknowledged. */
  published = 0
  /** Answered. */
  reads = 0
  /** The newest version that was acknowledged or shown before. */
  #known: Seen | null = null
  readonly #before = new KnownBefore<Seen>((seen) => this.#learn(seen))
  /** Process -> the newest version that it has seen. */
  readonly #own = new Map<ClientProcess, Seen>()
  /** Version -> its shards, of publications that may have taken effect. */
  readonly #begun = new Map<number, number>()
  /** The same versions, ascending. */
  readonly #sorted: number[] = []
  /** Versions whose publication took no effect. */
  readonly #rejected = new Map<number, Pair>()

  publish(pair: Pair): void {
    const { version, shards } = pair.invocation.value as Publish
    this.#before.upTo(pair.invocation.index)
    const isRefused = pair.completion?.type === 'ok' && !(pair.completion.value as Published).published
    // One that began when a newer version was visible cannot take effect any more.
    const isLate = pair.completion?.type !== 'ok' && (this.#known?.version ?? NOTHING) > version
    if (isRefused || isLate || pair.completion?.type === 'fail') this.#rejected.set(version, pair)
    else this.#begin(version, shards)
    if (pair.completion?.type !== 'ok') return
    const by = pair as Answered
    if (!isRefused) this.published++
    const known = this.#known
    if (!isRefused && known !== null && known.version >= version)
      this.findings.push(
        found('published backwards', by, `version ${known.version} ${known.how} before`, known.by),
      )
    const how = isRefused ? 'was visible' : 'was acknowledged'
    this.#before.tell(by.completion.index, { version, by, how })
  }

  #begin(version: number, shards: number): void {
    if (this.#begun.has(version)) return
    this.#begun.set(version, shards)
    this.#sorted.splice(this.#placeOf(version), 0, version)
  }

  /** Of the least version that had begun and is as new. */
  #placeOf(version: number): number {
    return lowerBound(this.#sorted, Number, version)
  }

  /** What a call told is known from now on. All publications that had begun by its completion have been taken. */
  #learn(seen: Seen): void {
    const { version, by, how } = seen
    if (how === 'was visible') this.#learnOfRefusal(version, by)
    else if (this.#begun.has(version)) this.#known = newest(this.#known, seen)
    else this.findings.push(this.#unexplained(version, by))
  }

  /** It was refused because one as new was visible: that one had begun, so it is at least the least of those. */
  #learnOfRefusal(version: number, by: Answered): void {
    const least = this.#sorted[this.#placeOf(version)]
    if (least === undefined)
      this.findings.push(found('refused', by, 'no version as new had begun to be published'))
    else this.#known = newest(this.#known, { version: least, by, how: 'was visible' })
  }

  #unexplained(version: number, read: Answered): PublicationFinding {
    const rejected = this.#rejected.get(version)
    return rejected === undefined
      ? found('invented', read, `nobody had begun to publish version ${version}`)
      : found(
          'trace',
          read,
          `the publication of version ${version} failed, was refused, or came too late`,
          rejected,
        )
  }

  /** @param isMonotonic it is only held against what the same process has seen */
  read(read: Answered, isMonotonic: boolean): void {
    this.reads++
    const answer = read.completion.value as PublishedVersions
    this.#before.upTo(read.invocation.index)
    if (new Set(answer.versions).size > 1) {
      this.findings.push(found('torn', read, 'the shards are of different versions'))
      return
    }
    const version = versionOf(answer)
    const known = isMonotonic ? this.#seenBy(read) : this.#known
    if (version !== NOTHING) this.#show(read, version)
    if (known === null || version >= known.version) return
    const kind = known.how === 'was shown' ? 'went back' : 'stale'
    this.findings.push(found(kind, read, `version ${known.version} ${known.how} before`, known.by))
  }

  /** A version that nobody can have published is a finding of its own, and no reason for another one. */
  #seenBy({ invocation: { process } }: Pair): Seen | null {
    const seen = this.#own.get(process as ClientProcess)
    return seen !== undefined && this.#begun.has(seen.version) ? seen : null
  }

  #show(read: Answered, version: number): void {
    const { versions } = read.completion.value as PublishedVersions
    const seen: Seen = { version, by: read, how: 'was shown' }
    const process = read.invocation.process as ClientProcess
    this.#before.tell(read.completion.index, seen)
    this.#own.set(process, newest(this.#own.get(process) ?? null, seen))
    const shards = this.#begun.get(version) ?? versions.length
    if (shards !== versions.length)
      this.findings.push(
        found('torn', read, `version ${version} has ${shards} shards, and ${versions.length} are shown`),
      )
  }

  /** All calls have been taken. */
  end(): void {
    this.#before.upTo(Number.POSITIVE_INFINITY)
  }
}

const fold = (record: RunRecord): Fold<Judged> => {
  const indexes = new Map<number, Index>()
  const { name: promise } = promiseOf(record, PUBLICATION, 'read')
  return {
    take: (pair) => {
      const { index: number } = pair.invocation.value as { index: number }
      const index = indexes.get(number) ?? new Index()
      indexes.set(number, index)
      if (pair.invocation.f === 'publish') index.publish(pair)
      else if (pair.completion?.type === 'ok') index.read(pair as Answered, promise === 'monotonic')
    },
    result: () => {
      const findings = [...indexes.values()].flatMap((index) => {
        index.end()
        return index.findings
      })
      const counts = { published: 0, reads: 0 }
      for (const { published, reads } of indexes.values()) {
        counts.published += published
        counts.reads += reads
      }
      return conclude(findings, {
        seen: `${counts.reads} reads of ${counts.published} published versions`,
        clean:
          promise === 'consistent-prefix' ? 'each of one version' : 'each of one version, and none too old',
        unproven: counts.published === 0 ? 'none was published' : counts.reads === 0 ? 'none was read' : null,
        kinds: KINDS,
        allows: (kind) => promise === 'consistent-prefix' && (kind === 'stale' || kind === 'went back'),
        anomalies: ANOMALIES,
        blamed: 'read',
        table: { columns: COLUMNS },
        details: counts,
      })
    },
  }
}

export const publication = foldingChecker({
  name: 'publication',
  judgesBeginnings: true,
  judgesObjects: () => true,
  finds: 'answers from shards of two versions, and versions that go back or leave a trace',
  needs: ['history'],
  promise: promisedOf(PUBLICATION, 'a version becomes visible as a whole or not at all'),
  fold,
})
