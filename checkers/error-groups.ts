/** The errors of a run by message, most frequent first: one mistake of a client can stand behind a thousand operations. */
import type { RunRecord } from '../harness/api/record.ts'
import type { ErrorGroup } from '../harness/api/verdict.ts'
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

const ofClients = ({ pairs }: RunRecord): readonly Seen[] =>
  pairs.flatMap(({ invocation: { node }, completion }): Seen[] => {
    const error = completion?.error
    if (error === undefined) return []
    const isUnopened = error.startsWith(NOT_CONNECTED)
    return [
      {
        source: isUnopened ? 'connection' : 'client',
        message: maskMessage(isUnopened ? error.slice(NOT_CONNECTED.length) : error),
        node,
        count: 1,
      },
    ]
  })

export const errorGroupsOf = (record: RunRecord): readonly ErrorGroup[] => {
  const seen = [...ofClients(record), ...(record.facts?.errors ?? [])]
  const groups = Map.groupBy(seen, ({ source, message }) => `${source} ${message}`)
  return [...groups.values()]
    .map((group) => {
      const { source, message } = group[0] as Seen
      return {
        source,
        message,
        count: group.reduce((sum, { count }) => sum + count, 0),
        nodes: [...new Set(group.flatMap(({ node }) => node ?? []))].sort(),
      }
    })
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_GROUPS)
}
