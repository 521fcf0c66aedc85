/**
 * Answers that are put together from shards: one that says that it is complete has every element that was acknowledged before
 * it was asked for. Nothing is said of elements whose addition is in doubt: shards may be asked at different times. One that says that it is partial may lack any; where a service
 * is to fail closed, there is no such answer. None has an element that nobody added.
 */
import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Fold } from '../../harness/api/verdict.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { type Found, SEARCH, type SearchCall } from '../../harness/vocabularies/search.ts'
import type { Answered } from '../final-answers.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { conclude, type Finding, finding, foldingChecker, type Judged } from '../verdict.ts'
import { KnownBefore } from './known-before.ts'

const KINDS = ['not complete', 'partial', 'trace', 'invented'] as const
type SearchFinding = Finding<(typeof KINDS)[number]>

const ANOMALIES: Readonly<Record<SearchFinding['kind'], string>> = {
  'not complete': 'incomplete answer called complete',
  partial: 'partial answer of a service that fails closed',
  trace: 'trace of a failed change',
  invented: 'element nobody added',
}

const COLUMNS = ['collection', 'node', 'asked at', 'elements', 'said to be', 'what is wrong']

/** Named of those that are missing. */
const NAMED = 5

const answerOf = ({ completion }: Answered): Found => completion.value as Found

const found = (kind: SearchFinding['kind'], query: Answered, why: string, other?: Pair): SearchFinding => {
  const { node = 'a node', timeNs, index } = query.invocation
  const { collection, elements, complete } = answerOf(query)
  const said = complete ? 'complete' : 'partial'
  const text = `collection ${collection}, ${node} at ${formatTimeNs(timeNs)}: ${elements.length} elements, said to be ${said}: ${why}`
  const cells = [collection, node, formatTimeNs(timeNs), elements.length, said, why]
  const operations = [index, ...(other === undefined ? [] : [other.invocation.index])]
  return finding(kind, text, other === undefined ? [query] : [query, other], [
    tableRow(cells, operations, kind),
  ])
}

const namesOf = (elements: readonly number[]): string => {
  const more = elements.length - NAMED
  return `${elements.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** An element that a call added, or an answer showed although nobody was known to have added it. */
interface Told {
  readonly element: number
  readonly by: Answered
}

class Collection {
  readonly findings: SearchFinding[] = []
  /** Elements that were acknowledged before, with their additions. */
  readonly #acknowledged = new Map<number, Answered>()
  /** Elements whose addition may have taken effect. */
  readonly #begun = new Set<number>()
  /** Elements whose addition failed. */
  readonly #failed = new Map<number, Pair>()
  readonly #before = new KnownBefore<Told>((told) => this.#learn(told))

  /** All additions that had begun by the completion of the call have been taken. */
  #learn({ element, by }: Told): void {
    if (by.invocation.f === 'add') this.#acknowledged.set(element, by)
    else if (!this.#begun.has(element)) this.findings.push(this.#unexplained(element, by))
  }

  #unexplained(element: number, query: Answered): SearchFinding {
    const failed = this.#failed.get(element)
    return failed === undefined
      ? found('invented', query, `shows ${element}, which nobody had begun to add`)
      : found('trace', query, `shows ${element}, whose addition failed`, failed)
  }

  add(pair: Pair): void {
    const { element } = (pair.invocation as SearchCall & { f: 'add' }).value
    this.#before.upTo(pair.invocation.index)
    if (pair.completion?.type === 'fail') this.#failed.set(element, pair)
    else this.#begun.add(element)
    if (pair.completion?.type === 'ok')
      this.#before.tell(pair.completion.index, { element, by: pair as Answered })
  }

  query(query: Answered, failsClosed: boolean): void {
    const { elements, complete } = answerOf(query)
    this.#before.upTo(query.invocation.index)
    const shown = new Set(elements)
    for (const element of shown)
      if (!this.#begun.has(element)) this.#before.tell(query.completion.index, { element, by: query })
    if (complete) this.#judgeComplete(query, shown)
    else if (failsClosed) this.findings.push(found('partial', query, 'it should have been an error'))
  }

  #judgeComplete(query: Answered, shown: ReadonlySet<number>): void {
    const missing: number[] = []
    for (const element of this.#acknowledged.keys()) if (!shown.has(element)) missing.push(element)
    const [first] = missing
    if (first === undefined) return
    const why = `lacks ${namesOf(missing)}; ${first} was acknowledged before`
    this.findings.push(found('not complete', query, why, this.#acknowledged.get(first)))
  }

  /** All calls have been taken. */
  end(): void {
    this.#before.upTo(Number.POSITIVE_INFINITY)
  }
}

const fold = (record: RunRecord): Fold<Judged> => {
  const collections = new Map<number, Collection>()
  const failsClosed = promiseOf(record, SEARCH, 'query').name === 'fail-closed'
  const counts = { added: 0, complete: 0, partial: 0 }
  return {
    take: (pair) => {
      const { collection: number } = pair.invocation.value as { collection: number }
      const collection = collections.get(number) ?? new Collection()
      collections.set(number, collection)
      if (pair.invocation.f === 'add') {
        collection.add(pair)
        if (pair.completion?.type === 'ok') counts.added++
      } else if (pair.completion?.type === 'ok') {
        const query = pair as Answered
        counts[answerOf(query).complete ? 'complete' : 'partial']++
        collection.query(query, failsClosed)
      }
    },
    result: () => {
      const findings = [...collections.values()].flatMap((collection) => {
        collection.end()
        return collection.findings
      })
      const { added, complete, partial } = counts
      return conclude(findings, {
        seen: `${complete} complete and ${partial} partial answers over ${added} acknowledged elements`,
        clean: 'none that is called complete lacks anything',
        unproven:
          added === 0 ? 'no element was acknowledged' : complete === 0 ? 'no answer was complete' : null,
        kinds: KINDS,
        anomalies: ANOMALIES,
        blamed: 'query',
        table: { columns: COLUMNS },
        details: counts,
      })
    },
  }
}

export const search = foldingChecker({
  name: 'search',
  judgesBeginnings: true,
  judgesObjects: () => true,
  finds: 'answers that are called complete and lack acknowledged elements',
  needs: ['history'],
  promise: promisedOf(SEARCH, 'an answer that is called complete lacks nothing that was acknowledged before'),
  fold,
})
