/** Who told of which decision: nodes in their statuses (`decisions`), and in their answers (`meta.acceptedBy`). */
import type { Pair } from '../../harness/api/history.ts'
import type { Sample } from '../../harness/api/record.ts'
import type { Decision } from '../../harness/api/target.ts'
import type { TableRow } from '../../harness/api/verdict.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { tableRow } from '../table-view.ts'

/** A decision, and who told of it first. */
export interface Told {
  readonly decision: Decision
  readonly by: string
  readonly timeNs: number
  /** The index of the answer that told it; null: a status did. */
  readonly answer: number | null
}

/** Each once: a node tells the latest ones again and again. */
export const toldByStatus = (samples: readonly Sample[]): readonly Told[] => {
  const told = new Map<string, Told>()
  for (const { node, timeNs, status } of samples)
    for (const decision of status?.decisions ?? []) {
      const name = `${node} ${decision.term} ${decision.slot}`
      if (!told.has(name)) told.set(name, { decision, by: node, timeNs, answer: null })
    }
  return [...told.values()]
}

const namesIn = (names: string): readonly string[] => names.split(',').map((name) => name.trim())

/** @param nodes all of the cluster; null if the answer tells nothing of the kind */
export const toldByAnswer = ({ completion }: Pair, nodes: readonly string[]): Told | null => {
  const { acceptedBy, members, index, term, servedBy } = completion?.meta ?? {}
  if (completion === null || typeof acceptedBy !== 'string') return null
  const decision: Decision = {
    slot: Number(index ?? 0),
    term: Number(term ?? 0),
    acceptedBy: namesIn(acceptedBy),
    members: typeof members === 'string' ? namesIn(members) : nodes,
  }
  const by = String(servedBy ?? completion.node ?? 'a node')
  return { decision, by, timeNs: completion.timeNs, answer: completion.index }
}

export const listed = (nodes: readonly string[]): string => nodes.join(', ')

export const DECISION_COLUMNS = ['at', 'told by', 'slot', 'term', 'accepted by', 'members']

export const rowOf = ({ decision, by, timeNs, answer }: Told, mark?: string): TableRow =>
  tableRow(
    [
      formatTimeNs(timeNs),
      by,
      decision.slot,
      decision.term,
      listed(decision.acceptedBy),
      listed(decision.members),
    ],
    answer === null ? [] : [answer],
    mark,
    answer === null ? [{ kind: 'sample', node: by, timeNs }] : [],
  )
