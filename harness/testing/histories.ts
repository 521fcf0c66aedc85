/** Small random histories, to compare a checker with its definition. A disagreement is shrunk. */
import fc from 'fast-check'
import type { Operation } from '../api/history.ts'

/** An operation of a client and its outcome. */
export interface RandomOperation {
  readonly f: string
  readonly value: unknown
  readonly type: 'ok' | 'fail' | 'info'
  readonly ok: unknown
}

/** Each operation is run by its own process, in overlapping intervals. */
export const histories = (operation: fc.Arbitrary<RandomOperation>): fc.Arbitrary<readonly Operation[]> =>
  fc.array(fc.tuple(operation, fc.nat({ max: 3 }), fc.nat({ max: 6 })), { maxLength: 12 }).map((drawn) => {
    let begunAt = 0
    const events = drawn.flatMap(([{ f, value, type, ok }, gap, length], process) => {
      begunAt += gap
      const base = { process, f, node: 'n1' } as const
      return [
        { at: begunAt, order: 2 * process, event: { ...base, type: 'invoke' as const, value } },
        {
          at: begunAt + length,
          order: 2 * process + 1,
          event: type === 'ok' ? { ...base, type, value: ok } : { ...base, type, value, error: 'no' },
        },
      ]
    })
    return events
      .toSorted((a, b) => a.at - b.at || a.order - b.order)
      .map(({ event }, index): Operation => ({ ...event, index, timeNs: index * 1e6 }))
  })
