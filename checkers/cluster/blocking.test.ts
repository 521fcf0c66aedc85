import { describe, expect, it } from 'vitest'
import type { FaultRecord, Sample } from '../../harness/api/record.ts'
import type { Verdict } from '../../harness/api/verdict.ts'
import { recordOf } from '../../harness/testing/record.ts'
import { blocking } from './blocking.ts'
import { CLAIMS, provenFault } from './testing/records.ts'

const NODES = ['n1', 'n2', 'n3']

/** n2 is in doubt from 10 s on, as its status tells each second up to `toS`; the others only answer. */
const doubtful = (toS: number): readonly Sample[] =>
  Array.from({ length: toS }, (_, i) => i + 1).flatMap((atS) =>
    NODES.map((node): Sample => {
      const inDoubtMs = (atS - 10) * 1000
      const one = { id: 'n1.1.7', coordinator: 'n1', participants: ['n2', 'n3'], vote: 'yes' } as const
      const transactions = node === 'n2' && inDoubtMs > 0 ? [{ ...one, inDoubtMs }] : [one]
      return { timeNs: atS * 1e9, node, status: { role: 'unknown', transactions } }
    }),
  )

const recorded = (samples: readonly Sample[], faults: readonly FaultRecord[] = [], decidesWithinMs = 5000) =>
  recordOf({ history: [], samples, faults, claims: { ...CLAIMS, decidesWithinMs } })

const judge = (samples: readonly Sample[], faults?: readonly FaultRecord[]): Promise<Verdict> =>
  blocking.check(recorded(samples, faults), new AbortController().signal)

const killed = (victims: readonly string[], fromS: number, toS: number): FaultRecord =>
  provenFault({ id: `kill-${fromS}`, model: 'kill', victims: [...victims], fromS, toS })

describe('blocking', () => {
  it('is judged only where a limit is claimed', () => {
    const { decidesWithinMs: _, ...claims } = { ...CLAIMS, decidesWithinMs: 1 }
    expect(blocking.applies?.(recordOf({ history: [], samples: doubtful(12), claims }))).toBe(false)
    expect(blocking.applies?.(recorded(doubtful(12)))).toBe(true)
  })

  it.each([
    ['a doubt within the limit', 14, [], 'valid'],
    ['a longer one', 17, [], 'invalid'],
    ['a longer one while the coordinator is away', 17, [killed(['n1'], 9, 30)], 'invalid'],
    ['one while no majority runs', 17, [killed(['n1', 'n3'], 9, 30)], 'valid'],
    ['one of a node that is hit itself', 17, [killed(['n2'], 9, 30)], 'valid'],
    ['one in which a fault begins and one ends', 19, [killed(['n1'], 13, 17)], 'valid'],
  ] as const)('%s', async (_, toS, faults, status) => {
    const verdict = await judge(doubtful(toS), faults)
    expect(verdict.status, verdict.summary).toBe(status)
  })

  it('names the node, the transaction and its coordinator', async () => {
    const { evidence } = await judge(doubtful(17))
    expect(evidence[0]?.anomaly).toBe('blocked')
    expect(evidence[0]?.text).toMatch(/n2 was in doubt about n1\.1\.7 for 7(\.0)? s.*coordinator n1/)
  })

  it('proves nothing if no node tells of a transaction', async () => {
    const samples = NODES.map(
      (node): Sample => ({ timeNs: 1e9, node, status: { role: 'unknown', transactions: [] } }),
    )
    expect((await judge(samples)).status).toBe('unknown')
  })
})
