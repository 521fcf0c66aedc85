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

  it('that was not made has none, although its injection began', () => {
    const { injectedAtNs: _, ...failed } = { ...FAULT, injectingAtNs: 1.1e9, error: 'no such node' }
    expect(pageFaults([failed], 5000)[0]?.inForce).toBeNull()
  })
})
