/** Ids: no id is handed out twice. If they are `ordered`, each is greater than those that were known before it was asked for. */
import type { Operation, Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { TableRow } from '../../harness/api/verdict.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { type Generated as OkOfGenerate, UNIQUE_IDS } from '../../harness/vocabularies/unique-ids.ts'
import { inText, type Scalar } from '../../harness/vocabularies/values.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { checkerOf, conclude, type Finding, finding, type Judged } from '../verdict.ts'

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

const duplicates = (generated: readonly Generated[]): readonly IdFinding[] =>
  [...Map.groupBy(generated, idOf)].flatMap(([id, all]) => {
    if (all.length === 1) return []
    const named = all.slice(0, NAMED)
    const more = all.length > NAMED ? [`and ${all.length - NAMED} more`] : []
    return [
      {
        kind: 'duplicated' as const,
        text: `${inText(id)}: ${[...named.map(({ completion }) => at(completion)), ...more].join('; ')}`,
        operations: named.map(({ invocation }) => invocation.index),
        rows: all.map((each) => rowOf(each, 'duplicated')),
      },
    ]
  })

/** Numbers of any size are compared as numbers, texts by their characters. */
const isAbove = (a: Generated, b: Generated): boolean => idOf(a) > idOf(b)

const isComparable = (generated: readonly Generated[]): boolean =>
  generated.every((each) => typeof idOf(each) === 'string') ||
  generated.every((each) => typeof idOf(each) === 'number' || typeof idOf(each) === 'bigint')

/** Ids that are not greater than one that was known before they were asked for. */
const disorder = (generated: readonly Generated[]): readonly IdFinding[] => {
  const byAnswer = generated.toSorted((a, b) => a.completion.index - b.completion.index)
  let greatest: Generated | null = null
  let next = 0
  return generated.flatMap((id) => {
    for (; next < byAnswer.length; next++) {
      const earlier = byAnswer[next] as Generated
      if (earlier.completion.index > id.invocation.index) break
      if (greatest === null || isAbove(earlier, greatest)) greatest = earlier
    }
    if (greatest === null || isAbove(id, greatest)) return []
    const text = `${inText(idOf(id))}: ${at(id.completion)}, after ${inText(idOf(greatest))}: ${at(greatest.completion)}`
    const rows = [rowOf(greatest, 'greater before'), rowOf(id, 'not greater')]
    return [finding('not greater', text, [greatest, id], rows)]
  })
}

const judge = (record: RunRecord): Judged => {
  const generated = record.pairs.filter(
    (pair): pair is Generated => pair.invocation.f === 'generate' && pair.completion?.type === 'ok',
  )
  const isOrdered = promiseOf(record, UNIQUE_IDS, 'generate').name === 'ordered'
  const canCompare = isComparable(generated)
  return conclude([...duplicates(generated), ...(isOrdered && canCompare ? disorder(generated) : [])], {
    seen: `${generated.length} ids`,
    clean: isOrdered
      ? 'no duplicates, and each is greater than those that were known before'
      : 'no duplicates',
    unproven:
      generated.length === 0
        ? 'none was handed out'
        : isOrdered && !canCompare
          ? 'they are neither all numbers nor all texts, and have no order'
          : null,
    kinds: KINDS,
    anomalies: { duplicated: 'duplicate id', 'not greater': 'ids out of order' },
    table: { columns: COLUMNS },
    details: { generated: generated.length },
  })
}

export const uniqueIds = checkerOf({
  name: 'unique-ids',
  finds: 'ids handed out twice, or out of order',
  needs: ['history'],
  promise: promisedOf(UNIQUE_IDS, 'no id is handed out twice'),
  judge,
})
