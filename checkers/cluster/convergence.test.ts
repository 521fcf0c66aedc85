import { describe, expect, it } from 'vitest'
import type { Sample } from '../../harness/api/record.ts'
import { convergence } from './convergence.ts'
import { fault, judge, sample } from './testing/records.ts'

describe('convergence', () => {
  const at = (ms: number, node: string, digest: string): Sample => sample(ms, node, { digest, digestAt: 7 })
  it.each([
    [
      'equal after the heal',
      'valid',
      [at(10, 'a', 'x'), at(11, 'b', 'y'), at(200, 'a', 'z'), at(300, 'b', 'z')],
    ],
    [
      'equal before the heal alone',
      'invalid',
      [at(10, 'a', 'x'), at(11, 'b', 'x'), at(200, 'a', 'y'), at(9000, 'b', 'z')],
    ],
    ['not equal, but not for long', 'unknown', [at(200, 'a', 'y'), at(300, 'b', 'z')]],
    ['one that never answers', 'invalid', [at(200, 'a', 'y'), sample(9000, 'b', null)]],
  ])('%s: %s', async (_, status, samples) => {
    expect(await judge(convergence, { samples, faults: [fault('partition', 50, 100)] })).toMatchObject({
      status,
    })
  })

  it('a slow machine, or a fault that was not healed, is not held against the cluster', async () => {
    const samples = [at(200, 'a', 'y'), at(9000, 'b', 'z')]
    const machine = [
      {
        timeNs: 9e9,
        periodMs: 9000,
        sleeperLateMs: 0,
        sleeperWorstMs: 0,
        loopLateMs: 0,
        pressureMs: 6000,
        stealMs: null,
      },
    ]
    const faults = [fault('partition', 50, 100)]
    const slow = await judge(convergence, { samples, faults, machine })
    expect(slow).toMatchObject({
      status: 'unknown',
      summary: expect.stringContaining('missed a processor'),
    })
    const { healedAtNs: _, ...unhealed } = fault('partition', 50, 100)
    const broken = await judge(convergence, { samples, faults: [unhealed] })
    expect(broken).toMatchObject({ status: 'unknown', summary: expect.stringContaining('never healed') })
  })
})
