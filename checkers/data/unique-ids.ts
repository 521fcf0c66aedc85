/** Ids: none is handed out twice. */
import type { Operation } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { type Generated, UNIQUE_IDS } from '../../harness/vocabularies/unique-ids.ts'
import { promisedOf } from '../promise.ts'
import { checkerOf, conclude, type Judged } from '../verdict.ts'

/** Of one id, so many hand-outs are named. */
const NAMED = 5

const at = ({ process, node = 'a node', timeNs }: Operation): string =>
  `process ${process} on ${node} at ${formatTimeNs(timeNs)}`

const judge = ({ pairs }: RunRecord): Judged => {
  const generated = pairs.flatMap(({ invocation, completion }) =>
    invocation.f === 'generate' && completion?.type === 'ok' ? [completion] : [],
  )
  const byId = Map.groupBy(generated, ({ value }) => (value as Generated).id)
  const findings = [...byId].flatMap(([id, all]) => {
    if (all.length === 1) return []
    const named = all.slice(0, NAMED)
    const more = all.length > NAMED ? [`and ${all.length - NAMED} more`] : []
    return [
      {
        kind: 'duplicated' as const,
        text: `${id}: ${[...named.map(at), ...more].join('; ')}`,
        operations: named.map(({ index }) => index),
      },
    ]
  })
  return conclude(findings, {
    seen: `${generated.length} ids`,
    clean: 'no two alike',
    unproven: generated.length === 0 ? 'none was handed out' : null,
    kinds: ['duplicated'],
    details: { generated: generated.length },
  })
}

export const uniqueIds = checkerOf({
  name: 'unique-ids',
  finds: 'ids handed out twice',
  needs: ['history'],
  promise: promisedOf(UNIQUE_IDS, 'no id twice'),
  judge,
})
