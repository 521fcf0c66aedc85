import { describe, expect, it } from 'vitest'
import type { Operation } from '../api/history.ts'
import { pairOperations } from './pairing.ts'

const op = (index: number, process: Operation['process'], type: Operation['type'], f = 'r'): Operation => ({
  index,
  timeNs: index,
  process,
  type,
  f,
  value: null,
})

describe('pairOperations', () => {
  it('joins each invocation with its completion and leaves the open ones open', () => {
    const pairs = pairOperations([
      op(0, 0, 'invoke'),
      op(1, 1, 'invoke'),
      op(2, 'nemesis', 'info'),
      op(3, 1, 'ok'),
    ])
    expect(pairs.map(({ invocation, completion }) => [invocation.index, completion?.index ?? null])).toEqual([
      [0, null],
      [1, 3],
    ])
  })

  it.each<[string, Operation[]]>([
    ['operation 1', [op(0, 0, 'invoke'), op(1, 0, 'invoke')]],
    ['completes nothing', [op(0, 0, 'ok')]],
    ['process that has crashed', [op(0, 0, 'invoke'), op(1, 0, 'info'), op(2, 0, 'invoke')]],
    ['is a r', [op(0, 0, 'invoke'), op(1, 0, 'ok', 'w')]],
    ['goes back in time', [{ ...op(0, 0, 'invoke'), timeNs: 5 }, op(1, 0, 'ok')]],
    ['does not come after', [op(4, 0, 'invoke'), op(4, 0, 'ok')]],
  ])('refuses a history whose %s', (message, history) =>
    expect(() => pairOperations(history)).toThrow(message),
  )
})
