/** Ids: no id is handed out twice. If they are `ordered`, each is greater than those that were known before it was asked for. */
import type { Operation, Pair, Sequence } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { TableRow } from '../../harness/api/verdict.ts'
import { Growing } from '../../harness/support/growing.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { type Generated as OkOfGenerate, UNIQUE_IDS } from '../../harness/vocabularies/unique-ids.ts'
import { inText, type Scalar } from '../../harness/vocabularies/values.ts'
import { Fingerprints } from '../fingerprints.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { conclude, type Finding, finding, foldingChecker, type Judged } from '../verdict.ts'
import { idsWindow } from './unique-ids-window.ts'

type Generated = Pair & { readonly completion: Operation }

const KINDS = ['duplicated', 'not greater'] as const

/** The number of occurrences of one id that are named. */
const NAMED = 5

const at = ({ process, node = 'a node', timeNs }: Operation): string =>
  `process ${process} on ${node} at ${formatTimeNs(timeNs)}`

type IdFinding = Finding<(typeof KINDS)[number]>

const idOf = ({ completion }: Generated): Scalar => (completion.value as OkOfGenerate).id

const COLUMNS = ['id', 'at', 'on', 'process']

const rowOf = (each: Generated, mark: IdFinding['kind'] | 'greater before'): TableRow => {
  const { timeNs, node = 'a node', process } = each.completion
  return tableRow([inText(idOf(each)), formatTimeNs(timeNs), node, process], [each.invocation.index], mark)
}

const duplicate = (id: string, all: readonly Generated[]): IdFinding => {
  const named = all.slice(0, NAMED)
  const more = all.length > NAMED ? [`and ${all.length - NAMED} more`] : []
  return {
    kind: 'duplicated',
    text: `${id}: ${[...named.map(({ completion }) => at(completion)), ...more].join('; ')}`,
    operations: named.map(({ invocation }) => invocation.index),
    rows: all.map((each) => rowOf(each, 'duplicated')),
  }
}

/** Numbers of any size are compared as numbers, texts by their characters. */
const isAbove = (a: Generated, b: Generated): boolean => idOf(a) > idOf(b)

const isGenerated = (pair: Pair): pair is Generated =>
  pair.invocation.f === 'generate' && pair.completion?.type === 'ok'

class Ids {
  readonly #pairs: Sequence<Pair>
  readonly #isOrdered: boolean
  /** The places of all pairs, in order of invocation. */
  readonly #places = new Growing(Uint32Array)
  readonly #known = new Fingerprints()
  /** Ids that were known, or look like one that was: the history has to be asked again. */
  readonly #suspects = new Set<string>()
  readonly #types = new Set<'text' | 'number' | 'other'>()

  constructor({ pairs }: RunRecord, isOrdered: boolean) {
    this.#pairs = pairs
    this.#isOrdered = isOrdered
  }

  take(pair: Pair, place: number): void {
    if (!isGenerated(pair)) return
    this.#places.push(place)
    const id = idOf(pair)
    const type = typeof id
    this.#types.add(type === 'string' ? 'text' : type === 'number' || type === 'bigint' ? 'number' : 'other')
    const text = inText(id)
    if (this.#known.has(text)) this.#suspects.add(text)
    else this.#known.add(text)
  }

  get count(): number {
    return this.#places.length
  }

  get isComparable(): boolean {
    return this.#types.size <= 1 && !this.#types.has('other')
  }

  findings(): readonly IdFinding[] {
    return [...this.#duplicates(), ...(this.#isOrdered && this.isComparable ? this.#disorder() : [])]
  }

  #at(row: number): Generated {
    return this.#pairs.at(this.#places.at(row)) as Generated
  }

  #duplicates(): readonly IdFinding[] {
    if (this.#suspects.size === 0) return []
    const found = new Map<string, Generated[]>()
    for (let row = 0; row < this.count; row++) {
      const each = this.#at(row)
      const id = inText(idOf(each))
      if (!this.#suspects.has(id)) continue
      const same = found.get(id)
      if (same === undefined) found.set(id, [each])
      else same.push(each)
    }
    return [...found].flatMap(([id, all]) => (all.length > 1 ? [duplicate(id, all)] : []))
  }

  /** Ids that are not greater than one that was known before they were asked for. */
  #disorder(): readonly IdFinding[] {
    const answeredAt = Float64Array.from({ length: this.count }, (_, row) => this.#at(row).completion.index)
    const byAnswer = Uint32Array.from(answeredAt.keys()).sort(
      (a, b) => (answeredAt[a] as number) - (answeredAt[b] as number),
    )
    const findings: IdFinding[] = []
    let greatest: Generated | null = null
    let next = 0
    for (let row = 0; row < this.count; row++) {
      const id = this.#at(row)
      for (; next < this.count; next++) {
        const earlier = this.#at(byAnswer[next] as number)
        if (earlier.completion.index > id.invocation.index) break
        if (greatest === null || isAbove(earlier, greatest)) greatest = earlier
      }
      if (greatest !== null && !isAbove(id, greatest)) findings.push(notGreater(id, greatest))
    }
    return findings
  }
}

const notGreater = (id: Generated, greatest: Generated): IdFinding => {
  const text = `${inText(idOf(id))}: ${at(id.completion)}, after ${inText(idOf(greatest))}: ${at(greatest.completion)}`
  const rows = [rowOf(greatest, 'greater before'), rowOf(id, 'not greater')]
  return finding('not greater', text, [greatest, id], rows)
}

const judge = (ids: Ids, isOrdered: boolean): Judged =>
  conclude(ids.findings(), {
    seen: `${ids.count} ids`,
    clean: isOrdered
      ? 'no duplicates, and each is greater than those that were known before'
      : 'no duplicates',
    unproven:
      ids.count === 0
        ? 'none was handed out'
        : isOrdered && !ids.isComparable
          ? 'they are neither all numbers nor all texts, and have no order'
          : null,
    kinds: KINDS,
    anomalies: { duplicated: 'duplicate id', 'not greater': 'ids out of order' },
    table: { columns: COLUMNS },
    details: { generated: ids.count },
  })

export const uniqueIds = foldingChecker({
  name: 'unique-ids',
  judgesBeginnings: true,
  window: idsWindow,
  finds: 'ids handed out twice, or out of order',
  needs: ['history'],
  promise: promisedOf(UNIQUE_IDS, 'no id is handed out twice'),
  fold: (record) => {
    const isOrdered = promiseOf(record, UNIQUE_IDS, 'generate').name === 'ordered'
    const ids = new Ids(record, isOrdered)
    return { take: (pair, place) => ids.take(pair, place), result: () => judge(ids, isOrdered) }
  },
})
