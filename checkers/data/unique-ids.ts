/** Ids: no id is handed out twice. If they are `ordered`, each is greater than those that were known before it was asked for. */
import type { Operation, Pair, Sequence } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Scratch } from '../../harness/api/spill.ts'
import type { TableRow } from '../../harness/api/verdict.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { type Generated as OkOfGenerate, UNIQUE_IDS } from '../../harness/vocabularies/unique-ids.ts'
import { inText, type Scalar } from '../../harness/vocabularies/values.ts'
import { Fingerprints } from '../fingerprints.ts'
import { BUCKETS, FingerprintsOnDisk } from '../fingerprints-on-disk.ts'
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

/** Fingerprints that are in memory at once: some 60 MB. */
const MOST_IN_MEMORY = 2 ** 22

class Ids {
  readonly #pairs: Sequence<Pair>
  readonly #scratch: Scratch | undefined
  readonly #order: Order | null
  readonly #known = new Fingerprints()
  /** What was known before and had to make room. */
  #onDisk: FingerprintsOnDisk | null = null
  /** Ids that were known, or look like one that was: the history has to be asked again. */
  readonly #suspects = new Fingerprints()
  readonly #types = new Set<'text' | 'number' | 'other'>()
  count = 0

  constructor({ pairs, scratch }: RunRecord, isOrdered: boolean) {
    this.#pairs = pairs
    this.#scratch = scratch
    this.#order = isOrdered ? new Order() : null
  }

  take(pair: Pair): void {
    if (!isGenerated(pair)) return
    this.count++
    const id = idOf(pair)
    const type = typeof id
    this.#types.add(type === 'string' ? 'text' : type === 'number' || type === 'bigint' ? 'number' : 'other')
    this.#order?.take(pair)
    const text = inText(id)
    if (this.#known.has(text)) this.#suspects.add(text)
    else this.#know(text)
  }

  #know(text: string): void {
    const { mostInMemory = MOST_IN_MEMORY } = this.#scratch ?? {}
    if (this.#scratch !== undefined && this.#known.size >= mostInMemory) {
      this.#onDisk ??= new FingerprintsOnDisk(this.#scratch.makeSpill())
      this.#onDisk.take(this.#known)
    }
    this.#known.add(text)
  }

  get isComparable(): boolean {
    return this.#types.size <= 1 && !this.#types.has('other')
  }

  findings(): readonly IdFinding[] {
    const disorder = this.isComparable ? this.#order?.findings : undefined
    return [...this.#duplicates(), ...(disorder ?? [])]
  }

  #duplicates(): readonly IdFinding[] {
    if (this.#onDisk !== null) this.#suspectOnDisk(this.#onDisk)
    if (this.#suspects.size === 0) return []
    const found = new Map<string, Generated[]>()
    for (const each of this.#pairs) {
      if (!isGenerated(each)) continue
      const id = inText(idOf(each))
      if (!this.#suspects.has(id)) continue
      const same = found.get(id)
      if (same === undefined) found.set(id, [each])
      else same.push(each)
    }
    return [...found].flatMap(([id, all]) => (all.length > 1 ? [duplicate(id, all)] : []))
  }

  #suspectOnDisk(onDisk: FingerprintsOnDisk): void {
    onDisk.take(this.#known)
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const seen = new Fingerprints()
      onDisk.each(bucket, (high, low) => {
        if (seen.hasHalves(high, low)) this.#suspects.addHalves(high, low)
        else seen.addHalves(high, low)
      })
    }
  }
}

/** Finds ids that are not greater than one that was known before they were asked for. */
class Order {
  readonly findings: IdFinding[] = []
  #greatest: Generated | null = null
  /** Those that were perhaps answered after the last one was asked for. */
  #open: Generated[] = []

  /** Takes them in the order in which they were asked for. */
  take(id: Generated): void {
    const asked = id.invocation.index
    const known = this.#open.filter(({ completion }) => completion.index <= asked)
    if (known.length > 0) {
      this.#open = this.#open.filter(({ completion }) => completion.index > asked)
      known.sort((a, b) => a.completion.index - b.completion.index)
      for (const each of known)
        if (this.#greatest === null || isAbove(each, this.#greatest)) this.#greatest = each
    }
    if (this.#greatest !== null && !isAbove(id, this.#greatest))
      this.findings.push(notGreater(id, this.#greatest))
    this.#open.push(id)
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
    return { take: (pair) => ids.take(pair), result: () => judge(ids, isOrdered) }
  },
})
