/** Ids: none is handed out twice. */
import type { Operation } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Evidence } from '../../harness/api/verdict.ts'
import type { Generated } from '../../harness/vocabularies/unique-ids.ts'
import { checkerOf, type Judged } from '../checker-of.ts'

const SHOWN = 10

const at = (operation: Operation): string =>
  `process ${operation.process} on ${operation.node ?? 'a node'} at ${(operation.timeNs / 1e9).toFixed(3)} s`

const judge = ({ pairs }: RunRecord): Judged => {
  const generated = pairs.flatMap(({ invocation, completion }) =>
    invocation.f === 'generate' && completion?.type === 'ok' ? [completion] : [],
  )
  const byId = Map.groupBy(generated, ({ value }) => (value as Generated).id)
  const twice = [...byId].filter(([, operations]) => operations.length > 1)
  const details = { generated: generated.length, duplicated: twice.length }
  if (twice.length === 0)
    return {
      status: generated.length === 0 ? 'unknown' : 'valid',
      summary: `${generated.length} ids, no two alike.`,
      evidence: [],
      details,
    }
  const shown = twice.slice(0, SHOWN)
  const evidence: Evidence = {
    title: `${twice.length} ids were handed out more than once`,
    text: shown.map(([id, operations]) => `${id}: ${operations.map(at).join('; ')}`).join('\n'),
    operations: shown.flatMap(([, operations]) => operations.map(({ index }) => index)),
  }
  return {
    status: 'invalid',
    summary: `Of ${generated.length} ids ${twice.length} were handed out more than once.`,
    evidence: [evidence],
    details,
  }
}

export const uniqueIds = checkerOf({
  name: 'unique-ids',
  finds: 'ids handed out twice',
  needs: ['history'],
  promise: 'no id twice',
  judge,
})
