import { describe, expect, it } from 'vitest'
import type { RunFacts, RunRecord } from '../harness/api/record.ts'
import { recordOf } from '../harness/testing/record.ts'
import { historyWith, type Request } from './cluster/testing/records.ts'
import { foldErrors } from './error-groups.ts'
import { foldPairs } from './fold.ts'

const errorGroupsOf = (record: RunRecord) => foldPairs(record, foldErrors(record))

describe('errors by message', () => {
  const failed = (node: string, error: string): Request => ({ node, type: 'fail', fromS: 0, toS: 1, error })

  it('counts those of clients, connections, readiness and status, with their nodes', () => {
    const history = historyWith([
      failed('n2', 'client error: c.sync is not a function'),
      failed('n1', 'client error: c.sync is not a function'),
      failed('n1', 'client error: c.sync is not a function'),
      failed('n1', 'not connected: connect ECONNREFUSED 198.18.0.2:80'),
      failed('n2', 'not connected: connect ECONNREFUSED 198.18.0.3:80'),
      { node: 'n1', type: 'ok', fromS: 0, toS: 1 },
    ])
    const errors = [{ source: 'status', node: 'n3', message: 'no such field', count: 7 }]
    const facts = { errors } as unknown as RunFacts
    expect(errorGroupsOf(recordOf({ history, facts }))).toEqual([
      { source: 'status', message: 'no such field', count: 7, nodes: ['n3'] },
      { source: 'client', message: 'client error: c.sync is not a function', count: 3, nodes: ['n1', 'n2'] },
      { source: 'connection', message: 'connect ECONNREFUSED <address>', count: 2, nodes: ['n1', 'n2'] },
    ])
  })

  it('are none without errors', () => {
    expect(
      errorGroupsOf(recordOf({ history: historyWith([{ node: 'n1', type: 'ok', fromS: 0, toS: 1 }]) })),
    ).toEqual([])
  })
})
