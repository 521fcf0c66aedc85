import { describe, expect, it } from 'vitest'
import type { FaultRecord } from '../api/record.ts'
import { pageFaults } from './faults.ts'

const FAULT: FaultRecord = {
  planned: {
    id: 'partition-1',
    nemesis: 'partition',
    atNs: 1e9,
    durationNs: 3e9,
    model: 'partition',
    intent: {},
    kind: 'partition/minority',
    label: 'partition',
    colour: 'red',
  },
  victims: ['n1'],
  injectedAtNs: 1.4e9,
  healedAtNs: 4e9,
  effective: true,
  effects: [],
}

describe('a fault on the page', () => {
  it('begins when its injection does, so that no effect is seen before it', () => {
    const [fault] = pageFaults([{ ...FAULT, injectingAtNs: 1.1e9 }], 5000)
    expect(fault?.inForce).toEqual({ startMs: 1100, endMs: 4000 })
  })

  it('of an older run begins when its injection was recorded', () =>
    expect(pageFaults([FAULT], 5000)[0]?.inForce).toEqual({ startMs: 1400, endMs: 4000 }))

  it('tells which lies reached whom, at times of the run, by the last measurement', () => {
    const lie = { lie: 'replay', kind: 'replay', by: 'n1', to: 'n2', what: 'old words' } as const
    const effect = (count: number) => ({
      effective: true,
      summary: '',
      measurements: {},
      lies: [{ ...lie, count, firstMs: 100, lastMs: 300 }],
    })
    const [fault] = pageFaults([{ ...FAULT, effects: [effect(1), effect(7)] }], 5000)
    expect(fault?.lies).toEqual([{ ...lie, count: 7, fromMs: 1500, toMs: 1700 }])
    expect(pageFaults([FAULT], 5000)[0]?.lies).toEqual([])
  })

  it('that was not made has none, although its injection began', () => {
    const { injectedAtNs: _, ...failed } = { ...FAULT, injectingAtNs: 1.1e9, error: 'no such node' }
    expect(pageFaults([failed], 5000)[0]?.inForce).toBeNull()
  })
})
