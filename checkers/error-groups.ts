/** The errors of a run by message, most frequent first: one mistake of a client can stand behind a thousand operations. */
import type { Pair } from '../harness/api/history.ts'
import type { RunRecord } from '../harness/api/record.ts'
import type { ErrorGroup, Fold } from '../harness/api/verdict.ts'
import { maskMessage } from '../harness/support/mask.ts'

const MOST_GROUPS = 50

interface Seen {
  readonly source: ErrorGroup['source']
  readonly message: string
  readonly node: string | undefined
  readonly count: number
}

/** What the engine puts before the error of a connection that could not be opened. */
const NOT_CONNECTED = 'not connected: '

const seenIn = ({ invocation: { node }, completion }: Pair): Seen | null => {
  const error = completion?.error
  if (error === undefined) return null
  const isUnopened = error.startsWith(NOT_CONNECTED)
  return {
    source: isUnopened ? 'connection' : 'client',
    message: maskMessage(isUnopened ? error.slice(NOT_CONNECTED.length) : error),
    node,
    count: 1,
  }
}

interface Group extends Pick<Seen, 'source' | 'message'> {
  count: number
  readonly nodes: Set<string>
}

/** The groups of a record. */
export const foldErrors = (record: RunRecord): Fold<readonly ErrorGroup[]> => {
  const groups = new Map<string, Group>()
  const add = ({ source, message, node, count }: Seen): void => {
    const name = `${source} ${message}`
    const group = groups.get(name) ?? { source, message, count: 0, nodes: new Set() }
    groups.set(name, group)
    group.count += count
    if (node !== undefined) group.nodes.add(node)
  }
  return {
    take: (pair) => {
      const seen = seenIn(pair)
      if (seen !== null) add(seen)
    },
    result: () => {
      for (const each of record.facts?.errors ?? []) add(each)
      return [...groups.values()]
        .map(({ nodes, ...group }) => ({ ...group, nodes: [...nodes].sort() }))
        .sort((a, b) => b.count - a.count)
        .slice(0, MOST_GROUPS)
    },
  }
}
